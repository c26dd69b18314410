//! Listing a directory.
//!
//! Cookies are the file system's own (`d_off`): they stay valid when entries
//! that were already returned are deleted, which is what Go's `RemoveAll` does.

use std::os::fd::BorrowedFd;

use super::{DirEntry, OsResult};
use crate::abi::Errno;

/// Bytes of the host's buffer; a fixed number, not the guest's.
#[cfg(target_os = "linux")]
const HOST_BUFFER_BYTES: usize = 8192;

#[cfg(target_os = "linux")]
pub(super) fn list(
    fd: BorrowedFd<'_>,
    cookie: u64,
    each: &mut dyn FnMut(DirEntry<'_>) -> bool,
) -> OsResult<()> {
    use std::mem::MaybeUninit;

    // Cookies are signed in the host; those that no listing returns are refused
    // by the seek.
    if i64::try_from(cookie).is_err() {
        return Err(Errno::Inval);
    }
    rustix::fs::seek(fd, rustix::fs::SeekFrom::Start(cookie))?;
    let mut buffer = [const { MaybeUninit::<u8>::uninit() }; HOST_BUFFER_BYTES];
    let mut entries = rustix::fs::RawDir::new(fd, &mut buffer);
    while let Some(entry) = entries.next() {
        let entry = match entry {
            Err(rustix::io::Errno::INTR) => continue,
            // The directory itself has been removed: nothing is in it.
            Err(rustix::io::Errno::NOENT) => return Ok(()),
            entry => entry?,
        };
        let wanted = each(DirEntry {
            next_cookie: entry.next_entry_cookie(),
            ino: entry.ino(),
            file_type: super::system::to_file_type(entry.file_type()),
            name: entry.file_name().to_bytes(),
        });
        if !wanted {
            break;
        }
    }
    Ok(())
}

/// Elsewhere a cookie is the number of entries already listed, and each call
/// lists from the start.
#[cfg(not(target_os = "linux"))]
pub(super) fn list(
    fd: BorrowedFd<'_>,
    cookie: u64,
    each: &mut dyn FnMut(DirEntry<'_>) -> bool,
) -> OsResult<()> {
    for (index, entry) in (1u64..).zip(rustix::fs::Dir::read_from(fd)?) {
        let entry = entry.map_err(Errno::from)?;
        if index <= cookie {
            continue;
        }
        let wanted = each(DirEntry {
            next_cookie: index,
            ino: entry.ino(),
            file_type: super::system::to_file_type(entry.file_type()),
            name: entry.file_name().to_bytes(),
        });
        if !wanted {
            break;
        }
    }
    Ok(())
}
