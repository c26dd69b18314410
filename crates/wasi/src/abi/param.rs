//! Parameters: from wasm cells to checked values.

use super::Errno;
use fossor_host::GuestMemory;

/// The two wasm types that WASI uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AbiType {
    /// A 32-bit integer; the upper half of its cell may hold anything.
    I32,
    /// A 64-bit integer.
    I64,
}

impl AbiType {
    /// A cell's value, without junk in its upper half.
    pub fn of_cell(self, cell: u64) -> u64 {
        match self {
            AbiType::I32 => cell & 0xffff_ffff,
            AbiType::I64 => cell,
        }
    }
}

/// What a parameter or a result is: how it is spelled in wasm, and how the
/// trace prints it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[allow(missing_docs)] // each is the ABI type of that name
pub enum Kind {
    Fd,
    Size,
    FileSize,
    FileDelta,
    Offset,
    Timestamp,
    Cookie,
    ClockId,
    Whence,
    /// Snapshot 0's whence: cur, end, set.
    Whence0,
    Advice,
    FdFlags,
    OFlags,
    LookupFlags,
    FstFlags,
    Rights,
    RiFlags,
    SiFlags,
    RoFlags,
    SdFlags,
    ExitCode,
    Signal,
    /// Address and length of a path.
    Path,
    /// Address and length of a link's text.
    LinkText,
    /// Address and count of buffers to fill.
    Iovecs,
    /// Address and count of buffers to take from.
    Ciovecs,
    /// Address and length of one buffer to fill.
    Buffer,
    /// A bare address, whose size the host alone knows.
    Pointer,
    /// Subscriptions, events, and their number.
    Subscriptions,
    /// The same with snapshot 0's subscriptions.
    Subscriptions0,
    Fdstat,
    Filestat,
    /// Snapshot 0's filestat of 56 bytes.
    Filestat0,
    Prestat,
}

impl Kind {
    /// The wasm values that carry a parameter of this kind.
    pub const fn cells(self) -> &'static [AbiType] {
        use AbiType::{I32, I64};
        match self {
            Kind::FileSize
            | Kind::FileDelta
            | Kind::Offset
            | Kind::Timestamp
            | Kind::Cookie
            | Kind::Rights => &[I64],
            Kind::Path | Kind::LinkText | Kind::Iovecs | Kind::Ciovecs | Kind::Buffer => {
                &[I32, I32]
            }
            Kind::Subscriptions | Kind::Subscriptions0 => &[I32, I32, I32],
            _ => &[I32],
        }
    }
}

/// The raw arguments of one call, taken from left to right.
#[derive(Clone, Debug)]
pub struct Cells<'a> {
    rest: std::slice::Iter<'a, u64>,
}

impl<'a> Cells<'a> {
    /// Starts at the first argument.
    #[inline]
    pub fn new(cells: &'a [u64]) -> Self {
        Self { rest: cells.iter() }
    }

    /// The next cell as an `i32`; its upper half is junk.
    #[inline]
    pub fn i32(&mut self) -> u32 {
        self.i64() as u32
    }

    /// The next cell as an `i64`. Zero past the end, which the caller has ruled
    /// out by counting.
    #[inline]
    pub fn i64(&mut self) -> u64 {
        self.rest.next().copied().unwrap_or(0)
    }
}

/// A type that can be lifted from cells.
pub trait Param: Sized {
    /// How it is spelled and printed.
    const KIND: Kind;

    /// Takes its cells and checks the value; addresses against the memory.
    fn lift(cells: &mut Cells<'_>, memory: &GuestMemory<'_>) -> Result<Self, Errno>;
}

/// Declares a number that any value is valid for.
macro_rules! abi_number {
    ($($(#[doc = $doc:literal])+ $name:ident($number:ty) from $cell:ident;)*) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub struct $name(pub $number);

        impl Param for $name {
            const KIND: Kind = Kind::$name;

            #[inline]
            fn lift(cells: &mut Cells<'_>, _: &GuestMemory<'_>) -> Result<Self, Errno> {
                Ok($name(cells.$cell() as $number))
            }
        }
    )*};
}

abi_number! {
    /// A descriptor's number.
    Fd(u32) from i32;
    /// A count or a length in memory, in bytes or elements.
    Size(u32) from i32;
    /// A file's size or an absolute offset, in bytes.
    FileSize(u64) from i64;
    /// An offset of `fd_pread`, `fd_pwrite`, `fd_advise`, `fd_allocate`, in bytes.
    Offset(u64) from i64;
    /// A relative offset, in bytes.
    FileDelta(i64) from i64;
    /// Nanoseconds.
    Timestamp(u64) from i64;
    /// A place in a directory: 0 is its start, others come from `d_next`.
    Cookie(u64) from i64;
    /// The status of `proc_exit`.
    ExitCode(u32) from i32;
    /// The signal of `proc_raise`.
    Signal(u32) from i32;
    /// A guest address that only the function itself can check.
    Pointer(u32) from i32;
}

impl Fd {
    /// -1: no descriptor has this number.
    pub const NONE: Fd = Fd(u32::MAX);
}
