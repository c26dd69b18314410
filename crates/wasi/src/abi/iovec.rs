//! Buffers in guest memory.
//!
//! An array of `iovs_len` pairs at `iovs`, 8 bytes each:
//!
//! ```text
//! iovs=8 iovs_len=2     u32le buf     u32le len
//!   [8..24]:  40 00 00 00 | 04 00 00 00 | 50 00 00 00 | 02 00 00 00
//!             └ iovs[0].buf └ .len        └ iovs[1].buf └ .len
//! ```
//!
//! Lifting checks the whole array and each buffer it names, before anything
//! happens. Past [`MAX_IOVECS`] the rest is left to the guest's next call, as
//! with any short count: no host list grows with a guest number.

use std::io::{IoSlice, IoSliceMut};

use super::{Cells, Errno, Kind, Param};
use fossor_host::GuestMemory;

/// Buffers used of one call, as in the host's `IOV_MAX`.
pub const MAX_IOVECS: u32 = 1024;

/// Buffers that most calls fit into, so that their list is small.
const FEW_IOVECS: usize = 8;

/// Bytes of one iovec: address and length.
const IOVEC_BYTES: u32 = 8;

/// An array of buffers that was checked when it was lifted.
#[derive(Clone, Copy, Debug)]
struct Array {
    addr: u32,
    /// At most `MAX_IOVECS`.
    count: u32,
    /// Sum of the lengths of those `count` buffers.
    total_bytes: u32,
}

impl Array {
    #[inline]
    fn lift(cells: &mut Cells<'_>, memory: &GuestMemory<'_>) -> Result<Self, Errno> {
        let addr = cells.i32();
        let count = cells.i32();
        memory.check(addr, u64::from(count) * u64::from(IOVEC_BYTES))?;
        let count = count.min(MAX_IOVECS);
        let mut array = Array {
            addr,
            count,
            total_bytes: 0,
        };
        let mut total_bytes = 0u64;
        for index in 0..count {
            let (buf, len_bytes) = array.entry(memory, index)?;
            memory.check(buf, len_bytes.into())?;
            total_bytes += u64::from(len_bytes);
        }
        array.total_bytes = total_bytes.try_into().map_err(|_| Errno::Inval)?;
        Ok(array)
    }

    /// Address and length of one buffer.
    #[inline]
    fn entry(&self, memory: &GuestMemory<'_>, index: u32) -> Result<(u32, u32), Errno> {
        // Inside the memory, since the whole array is.
        let at = self.addr.wrapping_add(index * IOVEC_BYTES);
        let pair: [u8; 8] = memory.get(at)?;
        let [a, b, c, d, e, f, g, h] = pair;
        Ok((
            u32::from_le_bytes([a, b, c, d]),
            u32::from_le_bytes([e, f, g, h]),
        ))
    }
}

/// Buffers to take from (`ciovec_array`).
#[derive(Clone, Copy, Debug)]
pub struct Ciovecs(Array);

impl Param for Ciovecs {
    const KIND: Kind = Kind::Ciovecs;

    #[inline]
    fn lift(cells: &mut Cells<'_>, memory: &GuestMemory<'_>) -> Result<Self, Errno> {
        Array::lift(cells, memory).map(Ciovecs)
    }
}

impl Ciovecs {
    /// Sum of the lengths, in bytes.
    pub fn total_bytes(&self) -> u32 {
        self.0.total_bytes
    }

    /// Calls `write` with the bytes after the first `skip_bytes`.
    #[inline]
    pub fn with_slices<R, E: From<Errno>>(
        &self,
        memory: &GuestMemory<'_>,
        skip_bytes: u32,
        write: impl FnOnce(&[IoSlice<'_>]) -> Result<R, E>,
    ) -> Result<R, E> {
        if self.0.count == 1 {
            let (buf, len_bytes) = self.0.entry(memory, 0)?;
            let bytes = memory.view(buf, len_bytes).map_err(Errno::from)?;
            let rest = bytes.get(skip_bytes as usize..).unwrap_or_default();
            return write(&[IoSlice::new(rest)]);
        }
        if self.0.count as usize <= FEW_IOVECS {
            self.with_list::<FEW_IOVECS, R, E>(memory, skip_bytes, write)
        } else {
            self.with_list::<{ MAX_IOVECS as usize }, R, E>(memory, skip_bytes, write)
        }
    }

    fn with_list<const N: usize, R, E: From<Errno>>(
        &self,
        memory: &GuestMemory<'_>,
        mut skip_bytes: u32,
        write: impl FnOnce(&[IoSlice<'_>]) -> Result<R, E>,
    ) -> Result<R, E> {
        let mut list = [IoSlice::new(&[]); N];
        let mut used = 0;
        for index in 0..self.0.count {
            let (buf, len_bytes) = self.0.entry(memory, index)?;
            let bytes = memory.view(buf, len_bytes).map_err(Errno::from)?;
            let skipped = skip_bytes.min(len_bytes);
            skip_bytes -= skipped;
            let rest = &bytes[skipped as usize..];
            if !rest.is_empty() {
                list[used] = IoSlice::new(rest);
                used += 1;
            }
        }
        write(&list[..used])
    }
}

/// Buffers to fill (`iovec_array`).
#[derive(Clone, Copy, Debug)]
pub struct Iovecs(Array);

impl Param for Iovecs {
    const KIND: Kind = Kind::Iovecs;

    #[inline]
    fn lift(cells: &mut Cells<'_>, memory: &GuestMemory<'_>) -> Result<Self, Errno> {
        Array::lift(cells, memory).map(Iovecs)
    }
}

impl Iovecs {
    /// Sum of the lengths, in bytes.
    pub fn total_bytes(&self) -> u32 {
        self.0.total_bytes
    }

    /// Calls `read` with the buffers, empty ones left out.
    ///
    /// Buffers that overlap cannot be borrowed at once; then `read` gets those
    /// before the first that overlaps an earlier one. A guest that does this
    /// sees a short count.
    pub fn with_slices<R, E: From<Errno>>(
        &self,
        memory: &mut GuestMemory<'_>,
        read: impl FnOnce(&mut [IoSliceMut<'_>]) -> Result<R, E>,
    ) -> Result<R, E> {
        if self.0.count == 1 {
            let (buf, len_bytes) = self.0.entry(memory, 0)?;
            let bytes = memory.view_mut(buf, len_bytes).map_err(Errno::from)?;
            return read(&mut [IoSliceMut::new(bytes)]);
        }
        if self.0.count as usize <= FEW_IOVECS {
            self.with_list::<FEW_IOVECS, R, E>(memory, read)
        } else {
            self.with_list::<{ MAX_IOVECS as usize }, R, E>(memory, read)
        }
    }

    fn with_list<const N: usize, R, E: From<Errno>>(
        &self,
        memory: &mut GuestMemory<'_>,
        read: impl FnOnce(&mut [IoSliceMut<'_>]) -> Result<R, E>,
    ) -> Result<R, E> {
        // (address, length, place in the guest's order), at first in its order.
        let mut entries = [(0u32, 0u32, 0usize); N];
        let mut used = 0;
        for index in 0..self.0.count {
            let (buf, len_bytes) = self.0.entry(memory, index)?;
            if len_bytes > 0 {
                entries[used] = (buf, len_bytes, used);
                used += 1;
            }
        }
        let used = disjoint_prefix(&entries[..used]);
        let entries = &mut entries[..used];
        entries.sort_unstable_by_key(|&(buf, ..)| buf);

        // Cut the memory from low to high addresses, one buffer at a time.
        let mut slices: [IoSliceMut<'_>; N] = std::array::from_fn(|_| IoSliceMut::new(&mut []));
        let mut rest = memory.bytes_mut();
        let mut rest_addr = 0usize;
        for &mut (buf, len_bytes, place) in entries {
            let (_, tail) = std::mem::take(&mut rest)
                .split_at_mut_checked(buf as usize - rest_addr)
                .ok_or(Errno::Fault)?;
            let (buffer, tail) = tail
                .split_at_mut_checked(len_bytes as usize)
                .ok_or(Errno::Fault)?;
            rest = tail;
            rest_addr = buf as usize + len_bytes as usize;
            slices[place] = IoSliceMut::new(buffer);
        }
        read(&mut slices[..used])
    }
}

/// How many of the first buffers do not overlap one another.
fn disjoint_prefix(entries: &[(u32, u32, usize)]) -> usize {
    let end = |&(buf, len_bytes, _): &(u32, u32, usize)| u64::from(buf) + u64::from(len_bytes);
    let ascending = entries
        .windows(2)
        .all(|pair| end(&pair[0]) <= u64::from(pair[1].0));
    if ascending {
        return entries.len();
    }
    // At most 1,024 squared comparisons, and only for a guest that shuffles.
    for (used, entry) in entries.iter().enumerate() {
        let overlaps = entries[..used]
            .iter()
            .any(|other| u64::from(entry.0) < end(other) && u64::from(other.0) < end(entry));
        if overlaps {
            return used;
        }
    }
    entries.len()
}

/// One buffer to fill, by address and length.
#[derive(Clone, Copy, Debug)]
pub struct Buffer {
    addr: u32,
    len_bytes: u32,
}

impl Param for Buffer {
    const KIND: Kind = Kind::Buffer;

    fn lift(cells: &mut Cells<'_>, memory: &GuestMemory<'_>) -> Result<Self, Errno> {
        let buffer = Buffer {
            addr: cells.i32(),
            len_bytes: cells.i32(),
        };
        memory.check(buffer.addr, buffer.len_bytes.into())?;
        Ok(buffer)
    }
}

impl Buffer {
    /// Its size.
    pub fn len_bytes(&self) -> u32 {
        self.len_bytes
    }

    /// Its bytes.
    pub fn bytes<'m>(&self, memory: &'m mut GuestMemory<'_>) -> Result<&'m mut [u8], Errno> {
        Ok(memory.view_mut(self.addr, self.len_bytes)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(list: &[(u32, u32)]) -> (Vec<u8>, u32) {
        let mut bytes = vec![b'?'; 64];
        for (index, (buf, len_bytes)) in list.iter().enumerate() {
            bytes[index * 8..index * 8 + 4].copy_from_slice(&buf.to_le_bytes());
            bytes[index * 8 + 4..index * 8 + 8].copy_from_slice(&len_bytes.to_le_bytes());
        }
        let mut memory = GuestMemory::new(&mut bytes);
        let cells = [0, list.len() as u64];
        let iovecs = Iovecs::lift(&mut Cells::new(&cells), &memory).unwrap();
        let mut next = b'a';
        let filled = iovecs
            .with_slices::<u32, Errno>(&mut memory, |slices| {
                let mut filled = 0;
                for byte in slices.iter_mut().flat_map(|slice| slice.iter_mut()) {
                    *byte = next;
                    next += 1;
                    filled += 1;
                }
                Ok(filled)
            })
            .unwrap();
        (bytes[32..].to_vec(), filled)
    }

    #[test]
    fn buffers_are_filled_in_the_guests_order() {
        let (bytes, filled) = read_all(&[(40, 2), (32, 3), (60, 0), (36, 2)]);
        assert_eq!(filled, 7);
        assert_eq!(&bytes[..12], b"cde?fg??ab??");
    }

    #[test]
    fn overlapping_buffers_end_the_list() {
        let (bytes, filled) = read_all(&[(40, 4), (42, 4)]);
        assert_eq!(filled, 4);
        assert_eq!(&bytes[8..16], b"abcd????");
    }

    #[test]
    fn counts_that_wrap_are_faults() {
        let mut bytes = vec![0; 64];
        let memory = GuestMemory::new(&mut bytes);
        for count in [u32::MAX, 1 << 29, 9] {
            let cells = [0, u64::from(count) | 0xdead << 32];
            assert_eq!(
                Iovecs::lift(&mut Cells::new(&cells), &memory).err(),
                Some(Errno::Fault)
            );
        }
    }
}
