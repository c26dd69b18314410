//! `filestat`: what is known of a file.

use super::{FileType, Kind, Lower};
use fossor_host::{GuestMemory, OutOfBounds};

/// `filestat`, 64 bytes; times in nanoseconds since 1970:
///
/// ```text
/// 0        8        16 filetype u8   24         32        40    48    56
/// dev u64  ino u64  and 7 of 0       nlink u64  size u64  atim  mtim  ctim
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Filestat {
    /// The device, distinct per file system.
    pub dev: u64,
    /// The file, distinct per device.
    pub ino: u64,
    /// What it is.
    pub file_type: FileType,
    /// Number of hard links.
    pub nlink: u64,
    /// Size in bytes.
    pub size_bytes: u64,
    /// Last access, in ns since 1970.
    pub atim_ns: u64,
    /// Last modification of the contents, in ns since 1970.
    pub mtim_ns: u64,
    /// Last change of the metadata, in ns since 1970.
    pub ctim_ns: u64,
}

impl Filestat {
    /// Whether this is a directory.
    pub fn is_dir(&self) -> bool {
        self.file_type == FileType::Directory
    }
}

impl Lower for Filestat {
    const KIND: Kind = Kind::Filestat;
    const SIZE_BYTES: u32 = 64;

    fn store(self, memory: &mut GuestMemory<'_>, addr: u32) -> Result<(), OutOfBounds> {
        let mut bytes = [0; Self::SIZE_BYTES as usize];
        let fields = [
            self.dev,
            self.ino,
            self.file_type as u64,
            self.nlink,
            self.size_bytes,
            self.atim_ns,
            self.mtim_ns,
            self.ctim_ns,
        ];
        for (place, field) in bytes.chunks_exact_mut(8).zip(fields) {
            place.copy_from_slice(&field.to_le_bytes());
        }
        memory.put(addr, &bytes)
    }
}
