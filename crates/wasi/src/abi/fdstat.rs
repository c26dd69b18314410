//! What a descriptor is: `fdstat` and `prestat`.

use super::{FdFlags, Item, Kind, Lower, Rights, TypeInfo};
use fossor_host::{GuestMemory, OutOfBounds};

/// `filetype`, u8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum FileType {
    /// None of the others, such as a pipe.
    Unknown = 0,
    /// A block device.
    BlockDevice = 1,
    /// A character device, such as a terminal.
    CharacterDevice = 2,
    /// A directory.
    Directory = 3,
    /// A regular file.
    RegularFile = 4,
    /// A datagram socket.
    SocketDgram = 5,
    /// A stream socket: a listener or a connection.
    SocketStream = 6,
    /// A symbolic link.
    SymbolicLink = 7,
}

impl FileType {
    /// The values, described.
    pub const INFO: TypeInfo = TypeInfo {
        name: "FileType",
        repr: "u8",
        doc: "`filetype`, u8: what is behind a descriptor or a name.",
        flags: false,
        items: &[
            Item {
                name: "UNKNOWN",
                value: 0,
                doc: "None of the others, such as a pipe.",
            },
            Item {
                name: "BLOCK",
                value: 1,
                doc: "A block device.",
            },
            Item {
                name: "CHAR",
                value: 2,
                doc: "A character device, such as a terminal.",
            },
            Item {
                name: "DIR",
                value: 3,
                doc: "A directory.",
            },
            Item {
                name: "REGULAR",
                value: 4,
                doc: "A regular file.",
            },
            Item {
                name: "SOCK_DGRAM",
                value: 5,
                doc: "A datagram socket.",
            },
            Item {
                name: "SOCK_STREAM",
                value: 6,
                doc: "A stream socket: a listener or a connection.",
            },
            Item {
                name: "SYMLINK",
                value: 7,
                doc: "A symbolic link.",
            },
        ],
    };

    /// The name as the trace prints it.
    pub fn name(number: u8) -> &'static str {
        Self::INFO.name_of(number.into()).unwrap_or("UNKNOWN")
    }
}

/// `fdstat`, 24 bytes:
///
/// ```text
/// 0        1   2      4           8                    16
/// filetype  0  flags  0 0 0 0     rights_base u64      rights_inheriting u64
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fdstat {
    /// What is behind the descriptor.
    pub file_type: FileType,
    /// How it reads and writes.
    pub flags: FdFlags,
    /// What may be done with it.
    pub rights_base: Rights,
    /// What may be done with what is opened through it.
    pub rights_inheriting: Rights,
}

impl Lower for Fdstat {
    const KIND: Kind = Kind::Fdstat;
    const SIZE_BYTES: u32 = 24;

    fn store(self, memory: &mut GuestMemory<'_>, addr: u32) -> Result<(), OutOfBounds> {
        let mut bytes = [0; Self::SIZE_BYTES as usize];
        bytes[0] = self.file_type as u8;
        bytes[2..4].copy_from_slice(&self.flags.bits().to_le_bytes());
        bytes[8..16].copy_from_slice(&self.rights_base.bits().to_le_bytes());
        bytes[16..24].copy_from_slice(&self.rights_inheriting.bits().to_le_bytes());
        memory.put(addr, &bytes)
    }
}

/// `prestat`, 8 bytes: `tag u8` (0, a directory), three of padding, and the
/// length of its name as `u32` at 4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prestat {
    /// Length of the preopened directory's name, without a NUL.
    pub name_len_bytes: u32,
}

impl Lower for Prestat {
    const KIND: Kind = Kind::Prestat;
    const SIZE_BYTES: u32 = 8;

    fn store(self, memory: &mut GuestMemory<'_>, addr: u32) -> Result<(), OutOfBounds> {
        memory.put_u64(addr, u64::from(self.name_len_bytes) << 32)
    }
}
