//! Results: values that are stored where the guest asked.

use super::{Fd, FileSize, Kind, RoFlags, Size, Timestamp};
use fossor_host::{GuestMemory, OutOfBounds};

/// A type that can be stored in guest memory.
///
/// The place is checked before the function does anything, so that a bad
/// address has no partial effect.
pub trait Lower {
    /// How it is printed.
    const KIND: Kind;
    /// How many bytes it takes.
    const SIZE_BYTES: u32;

    /// Stores all its bytes, padding as 0.
    fn store(self, memory: &mut GuestMemory<'_>, addr: u32) -> Result<(), OutOfBounds>;
}

macro_rules! lower_number {
    ($($name:ident => $put:ident, $bytes:literal;)*) => {$(
        impl Lower for $name {
            const KIND: Kind = Kind::$name;
            const SIZE_BYTES: u32 = $bytes;

            #[inline]
            fn store(self, memory: &mut GuestMemory<'_>, addr: u32) -> Result<(), OutOfBounds> {
                memory.$put(addr, self.0)
            }
        }
    )*};
}

lower_number! {
    Fd => put_u32, 4;
    Size => put_u32, 4;
    FileSize => put_u64, 8;
    Timestamp => put_u64, 8;
}

impl Lower for RoFlags {
    const KIND: Kind = Kind::RoFlags;
    const SIZE_BYTES: u32 = 2;

    fn store(self, memory: &mut GuestMemory<'_>, addr: u32) -> Result<(), OutOfBounds> {
        memory.put_u16(addr, self.bits())
    }
}
