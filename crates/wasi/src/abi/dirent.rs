//! `dirent`: one entry of a directory.

use super::FileType;

/// `dirent`, 24 bytes, followed at once by the name without a NUL:
///
/// ```text
/// 0           8          16            20         21 22 23   24
/// d_next u64  d_ino u64  d_namlen u32  d_type u8   0  0  0   name…
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dirent {
    /// The cookie that continues after this entry.
    pub next: u64,
    /// The inode.
    pub ino: u64,
    /// Length of the name.
    pub name_len_bytes: u32,
    /// What the entry is.
    pub file_type: FileType,
}

impl Dirent {
    /// Size of the fixed part.
    pub const SIZE_BYTES: usize = 24;

    /// The fixed part as it lies in memory.
    pub fn to_bytes(self) -> [u8; Self::SIZE_BYTES] {
        let mut bytes = [0; Self::SIZE_BYTES];
        bytes[0..8].copy_from_slice(&self.next.to_le_bytes());
        bytes[8..16].copy_from_slice(&self.ino.to_le_bytes());
        bytes[16..20].copy_from_slice(&self.name_len_bytes.to_le_bytes());
        bytes[20] = self.file_type as u8;
        bytes
    }
}
