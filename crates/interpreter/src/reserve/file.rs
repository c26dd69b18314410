//! Files read into reserved address space, in huge pages: the first touch of each
//! page costs more than what is copied into it.

use super::Reservation;
use fossor_module::Bytes;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Reads a file to decode a module from: the bytes are copied, so that the file may
/// change afterwards.
pub fn read_file(path: impl AsRef<Path>) -> io::Result<Bytes> {
    let mut file = File::open(path)?;
    let metadata = file.metadata()?;
    let len = usize::try_from(metadata.len()).unwrap_or(0);
    // Of other kinds than files nobody knows how long they are.
    let mut bytes = match metadata.is_file() && len >= HUGE_PAGE_BYTES {
        true => FileBytes::read(&mut file, len)?,
        false => None,
    };
    let mut rest = match bytes {
        Some(_) => Vec::new(),
        None => Vec::with_capacity(len.min(HUGE_PAGE_BYTES)),
    };
    // To the end, also of a file that grows.
    file.read_to_end(&mut rest)?;
    Ok(match bytes.take() {
        Some(bytes) if rest.is_empty() => Bytes::from_owner(bytes),
        Some(bytes) => [bytes.as_ref(), &rest].concat().into(),
        None => rest.into(),
    })
}

/// Bytes of a huge page on x86-64, and on aarch64 with pages of 4 KiB; elsewhere
/// the advice to use them is for a part that may be too small, and has no effect.
pub(crate) const HUGE_PAGE_BYTES: usize = 2 << 20;

/// A file's first bytes, where a huge page begins.
struct FileBytes {
    reservation: Reservation,
    start: usize,
    len: usize,
}

impl FileBytes {
    /// Reads up to `len` bytes. `None` if there is no room, or the system has no
    /// such pages.
    fn read(file: &mut File, len: usize) -> io::Result<Option<Self>> {
        let room = len.next_multiple_of(HUGE_PAGE_BYTES) + HUGE_PAGE_BYTES;
        let Some(reservation) = Reservation::new(room).filter(|new| new.len_bytes() == room) else {
            return Ok(None);
        };
        let start = (reservation.base() as usize).next_multiple_of(HUGE_PAGE_BYTES)
            - reservation.base() as usize;
        let whole_pages = len / HUGE_PAGE_BYTES * HUGE_PAGE_BYTES;
        if !reservation.advise_huge_pages(start, whole_pages) {
            return Ok(None);
        }
        // SAFETY: inside the reservation, which nobody else knows of; readable and
        // zero.
        let place = unsafe { std::slice::from_raw_parts_mut(reservation.base().add(start), len) };
        let mut filled = 0;
        while filled < len {
            match file.read(&mut place[filled..]) {
                Ok(0) => break,
                Ok(bytes) => filled += bytes,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Some(Self {
            reservation,
            start,
            len: filled,
        }))
    }
}

impl AsRef<[u8]> for FileBytes {
    fn as_ref(&self) -> &[u8] {
        // SAFETY: inside the reservation, and written by nobody any more.
        unsafe { std::slice::from_raw_parts(self.reservation.base().add(self.start), self.len) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_all_lengths_are_read_whole() {
        let directory = std::env::temp_dir();
        let path = directory.join(format!("fossor-read-file-{}", std::process::id()));
        for len in [0, 1, 4096, HUGE_PAGE_BYTES - 1, HUGE_PAGE_BYTES, 5_000_001] {
            let contents: Vec<u8> = (0..len).map(|at| (at * 7 / 5) as u8).collect();
            std::fs::write(&path, &contents).expect("written");
            let read = read_file(&path).expect("readable");
            // The file may change: the bytes do not.
            std::fs::write(&path, b"other").expect("written");
            assert!(read[..] == contents[..], "{len} bytes");
        }
        std::fs::remove_file(&path).expect("there");
        assert!(read_file(&path).is_err());
    }

    #[test]
    #[cfg(all(target_os = "linux", not(miri)))]
    fn what_has_no_length_is_read_to_its_end() {
        let read = read_file("/proc/self/status").expect("readable");
        assert!(read.starts_with(b"Name:"));
    }
}
