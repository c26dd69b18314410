//! Linear memory, read only, every access checked.

use crate::error::GoError;

/// A linear memory from address 0. Numbers in it are little-endian.
#[derive(Clone, Copy, Debug)]
pub struct Image<'a> {
    bytes: &'a [u8],
}

impl<'a> Image<'a> {
    /// A memory of these bytes.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// Lays out data segments (address, bytes) as they would be in memory.
    /// What lies beyond `max_bytes` is left out.
    pub fn flatten<'s>(
        segments: impl IntoIterator<Item = (u64, &'s [u8])>,
        max_bytes: usize,
    ) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (address, segment) in segments {
            let end = address.saturating_add(segment.len() as u64);
            if end > max_bytes as u64 {
                continue;
            }
            let (start, end) = (address as usize, end as usize);
            if bytes.len() < end {
                bytes.resize(end, 0);
            }
            bytes[start..end].copy_from_slice(segment);
        }
        bytes
    }

    /// All of it.
    pub fn bytes(self) -> &'a [u8] {
        self.bytes
    }

    /// Size of the memory.
    pub fn len_bytes(self) -> u64 {
        self.bytes.len() as u64
    }

    /// The bytes from `address` to the end of the memory.
    pub fn from(self, address: u64) -> Option<&'a [u8]> {
        self.bytes.get(usize::try_from(address).ok()?..)
    }

    /// `len_bytes` bytes at `address`.
    pub fn slice(self, address: u64, len_bytes: u64) -> Option<&'a [u8]> {
        self.from(address)?.get(..usize::try_from(len_bytes).ok()?)
    }

    /// The number at `address`.
    pub fn u8(self, address: u64) -> Option<u8> {
        self.bytes.get(usize::try_from(address).ok()?).copied()
    }

    /// The number at `address`.
    pub fn u32(self, address: u64) -> Option<u32> {
        let bytes = self.from(address)?.first_chunk()?;
        Some(u32::from_le_bytes(*bytes))
    }

    /// The number at `address`.
    pub fn u64(self, address: u64) -> Option<u64> {
        let bytes = self.from(address)?.first_chunk()?;
        Some(u64::from_le_bytes(*bytes))
    }

    /// The number at `offset` of what lies at `base`.
    pub(crate) fn field(self, base: u64, offset: u64) -> Option<u64> {
        self.u64(base.checked_add(offset)?)
    }

    /// The number at `offset` of what lies at `base`.
    pub(crate) fn field_u32(self, base: u64, offset: u64) -> Option<u32> {
        self.u32(base.checked_add(offset)?)
    }

    /// The text at `address` up to its NUL, at most `max_bytes`.
    pub(crate) fn text(self, address: u64, max_bytes: usize) -> Option<&'a [u8]> {
        let bytes = self.from(address)?;
        let bytes = &bytes[..bytes.len().min(max_bytes)];
        Some(&bytes[..memchr::memchr(0, bytes)?])
    }

    /// As [`u64`](Self::u64), or an error that names the place.
    pub(crate) fn word(self, address: u64, what: &'static str) -> Result<u64, GoError> {
        self.u64(address).ok_or(GoError::damaged(what, address))
    }

    /// As [`u32`](Self::u32), or an error that names the place.
    pub(crate) fn half(self, address: u64, what: &'static str) -> Result<u32, GoError> {
        self.u32(address).ok_or(GoError::damaged(what, address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_outside_is_read() {
        let image = Image::new(&[1, 0, 0, 0, 2, 0, 0, 0, b'a', 0]);
        assert_eq!(image.u32(4), Some(2));
        assert_eq!(image.u64(0), Some(0x2_0000_0001));
        assert_eq!(image.u64(3), None);
        assert_eq!(image.u32(u64::MAX), None);
        assert_eq!(image.slice(1, u64::MAX), None);
        assert_eq!(image.text(8, 10), Some(&b"a"[..]));
        assert_eq!(image.text(8, 1), None);
    }

    #[test]
    fn segments_are_laid_out() {
        let segments: [(u64, &[u8]); 3] = [(4, b"cd"), (1, b"ab"), (u64::MAX, b"x")];
        assert_eq!(Image::flatten(segments, 100), b"\0ab\0cd");
    }
}
