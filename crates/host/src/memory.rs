//! A bounds-checked view of the guest's linear memory.

/// An address range that is not inside the guest's memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("guest range {addr:#x}+{len_bytes:#x} lies outside its memory of {memory_bytes:#x} bytes")]
pub struct OutOfBounds {
    /// First guest address of the range.
    pub addr: u64,
    /// Length of the range.
    pub len_bytes: u64,
    /// Size of the memory at the time.
    pub memory_bytes: u64,
}

/// The guest's linear memory for the duration of one host call.
///
/// Every access goes through one check: `addr + len <= memory size`, in 64
/// bits. Numbers are little-endian and may be misaligned.
#[derive(Debug)]
pub struct GuestMemory<'a> {
    bytes: &'a mut [u8],
}

impl<'a> GuestMemory<'a> {
    /// A view of `bytes`, which are the whole linear memory.
    pub fn new(bytes: &'a mut [u8]) -> Self {
        Self { bytes }
    }

    /// Size of the memory.
    #[inline]
    pub fn len_bytes(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// Whether `addr..addr + len_bytes` lies inside the memory.
    #[inline]
    pub fn check(&self, addr: u32, len_bytes: u64) -> Result<(), OutOfBounds> {
        self.range(addr, len_bytes).map(|_| ())
    }

    /// The bytes at `addr`.
    #[inline]
    pub fn view(&self, addr: u32, len_bytes: u32) -> Result<&[u8], OutOfBounds> {
        let range = self.range(addr, len_bytes.into())?;
        Ok(&self.bytes[range])
    }

    /// The bytes at `addr`, to write.
    #[inline]
    pub fn view_mut(&mut self, addr: u32, len_bytes: u32) -> Result<&mut [u8], OutOfBounds> {
        let range = self.range(addr, len_bytes.into())?;
        Ok(&mut self.bytes[range])
    }

    /// The whole memory.
    pub fn bytes(&self) -> &[u8] {
        self.bytes
    }

    /// The whole memory, to write.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        self.bytes
    }

    /// Copies `N` bytes out.
    #[inline]
    pub fn get<const N: usize>(&self, addr: u32) -> Result<[u8; N], OutOfBounds> {
        let range = self.range(addr, N as u64)?;
        let mut out = [0; N];
        out.copy_from_slice(&self.bytes[range]);
        Ok(out)
    }

    /// Writes `data` at `addr`.
    #[inline]
    pub fn put(&mut self, addr: u32, data: &[u8]) -> Result<(), OutOfBounds> {
        let range = self.range(addr, data.len() as u64)?;
        self.bytes[range].copy_from_slice(data);
        Ok(())
    }

    /// Reads a `u8`.
    pub fn get_u8(&self, addr: u32) -> Result<u8, OutOfBounds> {
        self.get(addr).map(u8::from_le_bytes)
    }

    /// Reads a `u16`.
    pub fn get_u16(&self, addr: u32) -> Result<u16, OutOfBounds> {
        self.get(addr).map(u16::from_le_bytes)
    }

    /// Reads a `u32`.
    pub fn get_u32(&self, addr: u32) -> Result<u32, OutOfBounds> {
        self.get(addr).map(u32::from_le_bytes)
    }

    /// Reads a `u64`.
    pub fn get_u64(&self, addr: u32) -> Result<u64, OutOfBounds> {
        self.get(addr).map(u64::from_le_bytes)
    }

    /// Writes a `u8`.
    pub fn put_u8(&mut self, addr: u32, value: u8) -> Result<(), OutOfBounds> {
        self.put(addr, &value.to_le_bytes())
    }

    /// Writes a `u16`.
    pub fn put_u16(&mut self, addr: u32, value: u16) -> Result<(), OutOfBounds> {
        self.put(addr, &value.to_le_bytes())
    }

    /// Writes a `u32`.
    pub fn put_u32(&mut self, addr: u32, value: u32) -> Result<(), OutOfBounds> {
        self.put(addr, &value.to_le_bytes())
    }

    /// Writes a `u64`.
    pub fn put_u64(&mut self, addr: u32, value: u64) -> Result<(), OutOfBounds> {
        self.put(addr, &value.to_le_bytes())
    }

    #[inline]
    fn range(&self, addr: u32, len_bytes: u64) -> Result<std::ops::Range<usize>, OutOfBounds> {
        let start = u64::from(addr);
        // Cannot wrap: `start` is below 2^32 and no length reaches 2^63.
        match start.checked_add(len_bytes) {
            Some(end) if end <= self.bytes.len() as u64 => Ok(start as usize..end as usize),
            _ => Err(OutOfBounds {
                addr: start,
                len_bytes,
                memory_bytes: self.bytes.len() as u64,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_byte_is_inside_and_the_next_is_not() {
        let mut bytes = [0u8; 16];
        let mut memory = GuestMemory::new(&mut bytes);
        assert!(memory.put_u32(12, 7).is_ok());
        assert_eq!(memory.get_u32(12), Ok(7));
        assert!(memory.put_u32(13, 7).is_err());
        assert!(memory.view(16, 0).is_ok());
        assert!(memory.view(17, 0).is_err());
        assert!(memory.view(u32::MAX, u32::MAX).is_err());
    }
}
