//! Images: the contents of a memory at one moment, from which other memories
//! begin.
//!
//! On Linux the bytes are in a sealed file without a name, which every memory
//! maps privately: nothing is copied until a memory writes to a page, and then
//! that page alone. Elsewhere, and where no such file can be had, the bytes are
//! copied.

use super::{Reservation, Spares};
use std::sync::Arc;

/// Where zero pages end a part: a WebAssembly page, which is a multiple of any
/// host's.
const PAGE_BYTES: usize = 1 << 16;
/// A mapping for each part: the system has a limit on those of a process.
const MOST_PARTS: usize = 16;
/// Memories that are kept, once dropped, for the next.
const SPARES: usize = 16;

/// The contents of a memory.
pub(crate) struct Image {
    /// What is not zero.
    parts: Vec<Part>,
    len_bytes: usize,
    #[cfg(all(target_os = "linux", not(miri)))]
    file: Option<rustix::fd::OwnedFd>,
    /// The parts' bytes, where there is no file.
    copies: Vec<Box<[u8]>>,
    spares: Arc<Spares>,
}

/// A range of whole pages; the last may be cut off where the memory ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Part {
    start_bytes: usize,
    len_bytes: usize,
}

impl Image {
    /// An image of these bytes: all of a memory.
    pub fn new(bytes: &[u8]) -> Self {
        let parts = parts(bytes);
        #[cfg(all(target_os = "linux", not(miri)))]
        let file = to_file(bytes, &parts)
            .inspect_err(|error| log::debug!("no file for an image: {error}"))
            .ok();
        #[cfg(all(target_os = "linux", not(miri)))]
        let copied = file.is_none();
        #[cfg(any(not(target_os = "linux"), miri))]
        let copied = true;
        let copy = |part: &Part| bytes[part.start_bytes..][..part.len_bytes].into();
        Self {
            copies: match copied {
                true => parts.iter().map(copy).collect(),
                false => Vec::new(),
            },
            parts,
            len_bytes: bytes.len(),
            #[cfg(all(target_os = "linux", not(miri)))]
            file,
            spares: Spares::new(SPARES, 0),
        }
    }

    /// Bytes of the memory that it was taken of.
    pub fn len_bytes(&self) -> usize {
        self.len_bytes
    }

    /// Reserves `len_bytes`, at least as many as the image has, with the image
    /// at the start; or `None` where the system refuses.
    pub fn reserve(&self, len_bytes: usize) -> Option<Reservation> {
        assert!(len_bytes >= self.len_bytes);
        if let Some(spare) = self.spares.take(len_bytes) {
            self.copy_to(&spare);
            return Some(spare);
        }
        let reservation = Reservation::new(len_bytes)?;
        // Less than was asked for, where memory is not committed lazily.
        if reservation.len_bytes < self.len_bytes {
            return None;
        }
        self.copy_to(&reservation);
        #[cfg(all(target_os = "linux", not(miri)))]
        if let Some(file) = &self.file {
            use rustix::mm::{MapFlags, ProtFlags, mmap};
            for part in &self.parts {
                // SAFETY: replaces pages of the reservation that was just made,
                // which nothing points into yet. The file is sealed, so that
                // its pages stay as they are.
                unsafe {
                    mmap(
                        reservation.base().add(part.start_bytes).cast(),
                        part.len_bytes,
                        ProtFlags::READ | ProtFlags::WRITE,
                        MapFlags::PRIVATE | MapFlags::FIXED | MapFlags::NORESERVE,
                        file,
                        part.start_bytes as u64,
                    )
                }
                .ok()?;
            }
        }
        Some(self.spares.adopt(reservation))
    }

    fn copy_to(&self, reservation: &Reservation) {
        for (part, bytes) in self.parts.iter().zip(&self.copies) {
            // SAFETY: inside the reservation, which is not in use yet.
            unsafe {
                reservation
                    .base()
                    .add(part.start_bytes)
                    .copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
            }
        }
    }
}

/// The ranges that are not zero: at most [`MOST_PARTS`], between which lie the
/// largest ranges that are.
fn parts(bytes: &[u8]) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for (index, page) in bytes.chunks(PAGE_BYTES).enumerate() {
        if is_zero(page) {
            continue;
        }
        let start_bytes = index * PAGE_BYTES;
        match parts.last_mut() {
            Some(last) if last.end() == start_bytes => last.len_bytes += page.len(),
            _ => parts.push(Part {
                start_bytes,
                len_bytes: page.len(),
            }),
        }
    }
    if parts.len() <= MOST_PARTS {
        return parts;
    }
    let mut gaps: Vec<(usize, usize)> = parts
        .windows(2)
        .map(|pair| pair[1].start_bytes - pair[0].end())
        .zip(1..)
        .collect();
    gaps.sort_unstable_by(|a, b| b.cmp(a));
    let mut starts: Vec<usize> = gaps[..MOST_PARTS - 1].iter().map(|gap| gap.1).collect();
    starts.push(0);
    starts.sort_unstable();
    let ends = starts[1..].iter().copied().chain([parts.len()]);
    starts
        .iter()
        .zip(ends)
        .map(|(&start, end)| Part {
            start_bytes: parts[start].start_bytes,
            len_bytes: parts[end - 1].end() - parts[start].start_bytes,
        })
        .collect()
}

impl Part {
    fn end(self) -> usize {
        self.start_bytes + self.len_bytes
    }
}

fn is_zero(bytes: &[u8]) -> bool {
    let (words, rest) = bytes.as_chunks::<8>();
    words.iter().all(|word| u64::from_ne_bytes(*word) == 0) && rest.iter().all(|&byte| byte == 0)
}

/// Writes the parts to a file at their places, and seals it.
#[cfg(all(target_os = "linux", not(miri)))]
fn to_file(bytes: &[u8], parts: &[Part]) -> rustix::io::Result<rustix::fd::OwnedFd> {
    use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, ftruncate, memfd_create};
    use rustix::io::{Errno, pwrite, retry_on_intr};
    /// What the system has holes of: zero pages take nothing.
    const HOLE_BYTES: usize = 4096;
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    let file = memfd_create("fossor-image", flags)?;
    ftruncate(&file, bytes.len() as u64)?;
    for part in parts {
        for start in (part.start_bytes..part.end()).step_by(HOLE_BYTES) {
            let mut rest = &bytes[start..part.end().min(start + HOLE_BYTES)];
            if is_zero(rest) {
                continue;
            }
            let mut at = start as u64;
            while !rest.is_empty() {
                match retry_on_intr(|| pwrite(&file, rest, at))? {
                    0 => return Err(Errno::NOSPC),
                    written => {
                        rest = &rest[written..];
                        at += written as u64;
                    }
                }
            }
        }
    }
    let seals = SealFlags::WRITE | SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL;
    fcntl_add_seals(&file, seals)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes_of(reservation: &mut Reservation) -> &mut [u8] {
        // SAFETY: inside the reservation, which is borrowed.
        unsafe { std::slice::from_raw_parts_mut(reservation.base(), reservation.len_bytes()) }
    }

    fn sample() -> Vec<u8> {
        let mut bytes = vec![0; 8 * PAGE_BYTES];
        for at in [0, PAGE_BYTES - 1, PAGE_BYTES, 3 * PAGE_BYTES + 5] {
            bytes[at] = at as u8 | 1;
        }
        bytes
    }

    #[test]
    fn parts_are_what_is_not_zero() {
        let found = parts(&sample());
        let part = |start: usize, pages: usize| Part {
            start_bytes: start * PAGE_BYTES,
            len_bytes: pages * PAGE_BYTES,
        };
        assert_eq!(found, [part(0, 2), part(3, 1)]);
        assert_eq!(parts(&[]), []);
        // Every second page, with one wider gap.
        let mut bytes = vec![0; 101 * PAGE_BYTES];
        for page in (0..40).chain(60..101).step_by(2) {
            bytes[page * PAGE_BYTES] = 1;
        }
        let found = parts(&bytes);
        assert_eq!(found.len(), MOST_PARTS);
        assert!(found.iter().any(|part| part.end() == 39 * PAGE_BYTES));
        for (at, page) in bytes.chunks(PAGE_BYTES).enumerate() {
            let start = at * PAGE_BYTES;
            let inside = |part: &Part| (part.start_bytes..part.end()).contains(&start);
            assert!(is_zero(page) || found.iter().any(inside));
        }
    }

    #[test]
    fn memories_of_an_image_do_not_see_each_other() {
        let bytes = sample();
        let mut copying = Image::new(&bytes);
        #[cfg(all(target_os = "linux", not(miri)))]
        {
            assert!(copying.file.is_some());
            copying.file = None;
        }
        let parts = copying.parts.clone();
        let copies = |part: &Part| bytes[part.start_bytes..part.end()].into();
        copying.copies = parts.iter().map(copies).collect();
        for image in [Image::new(&bytes), copying] {
            for _round in 0..3 {
                let mut a = image.reserve(16 * PAGE_BYTES).unwrap();
                let mut b = image.reserve(16 * PAGE_BYTES).unwrap();
                assert_eq!(&bytes_of(&mut a)[..bytes.len()], bytes);
                bytes_of(&mut a).fill(0xff);
                assert_eq!(&bytes_of(&mut b)[..bytes.len()], bytes);
                assert!(is_zero(&bytes_of(&mut b)[bytes.len()..]));
            }
        }
    }
}
