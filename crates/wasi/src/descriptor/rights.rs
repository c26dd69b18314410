//! Rights, derived from what a descriptor can do (`wasi.md` §1.3).

use crate::abi::{FileType, Rights};
use crate::os::HostFlags;

/// What changes something below a directory.
const CHANGING: Rights = Rights::FD_DATASYNC
    .union(Rights::FD_WRITE)
    .union(Rights::FD_ALLOCATE)
    .union(Rights::FD_FILESTAT_SET_SIZE)
    .union(Rights::FD_FILESTAT_SET_TIMES)
    .union(Rights::PATH_CREATE_DIRECTORY)
    .union(Rights::PATH_CREATE_FILE)
    .union(Rights::PATH_LINK_SOURCE)
    .union(Rights::PATH_LINK_TARGET)
    .union(Rights::PATH_RENAME_SOURCE)
    .union(Rights::PATH_RENAME_TARGET)
    .union(Rights::PATH_FILESTAT_SET_SIZE)
    .union(Rights::PATH_FILESTAT_SET_TIMES)
    .union(Rights::PATH_SYMLINK)
    .union(Rights::PATH_REMOVE_DIRECTORY)
    .union(Rights::PATH_UNLINK_FILE);

/// What a directory can do.
const DIRECTORY: Rights = Rights::FD_FDSTAT_SET_FLAGS
    .union(Rights::FD_SYNC)
    .union(Rights::FD_DATASYNC)
    .union(Rights::PATH_CREATE_DIRECTORY)
    .union(Rights::PATH_CREATE_FILE)
    .union(Rights::PATH_LINK_SOURCE)
    .union(Rights::PATH_LINK_TARGET)
    .union(Rights::PATH_OPEN)
    .union(Rights::FD_READDIR)
    .union(Rights::PATH_READLINK)
    .union(Rights::PATH_RENAME_SOURCE)
    .union(Rights::PATH_RENAME_TARGET)
    .union(Rights::PATH_FILESTAT_GET)
    .union(Rights::PATH_FILESTAT_SET_SIZE)
    .union(Rights::PATH_FILESTAT_SET_TIMES)
    .union(Rights::FD_FILESTAT_GET)
    .union(Rights::FD_FILESTAT_SET_TIMES)
    .union(Rights::PATH_SYMLINK)
    .union(Rights::PATH_REMOVE_DIRECTORY)
    .union(Rights::PATH_UNLINK_FILE);

/// What every open file can do.
const FILE: Rights = Rights::FD_FDSTAT_SET_FLAGS
    .union(Rights::FD_FILESTAT_GET)
    .union(Rights::POLL_FD_READWRITE);

/// What a regular file can do besides, or a device with an offset.
const SEEKABLE: Rights = Rights::FD_SEEK
    .union(Rights::FD_TELL)
    .union(Rights::FD_ADVISE)
    .union(Rights::FD_SYNC)
    .union(Rights::FD_FILESTAT_SET_TIMES);

/// What a writable regular file can do besides.
const SEEKABLE_WRITE: Rights = Rights::FD_DATASYNC
    .union(Rights::FD_ALLOCATE)
    .union(Rights::FD_FILESTAT_SET_SIZE);

/// A right to give up and nothing else: it is on a directory and about files.
/// Who sees it takes rights to be enforced (wasi-testsuite's
/// `truncation_rights`), so that it is shown only where they are.
pub(crate) const ONLY_IF_STRICT: Rights = Rights::PATH_FILESTAT_SET_SIZE;

/// The rights of a directory.
pub(crate) fn directory_rights(read_only: bool) -> Rights {
    if read_only {
        DIRECTORY - CHANGING
    } else {
        DIRECTORY
    }
}

/// The rights of what is opened through a directory.
pub(crate) fn inheriting_rights(read_only: bool) -> Rights {
    let all = DIRECTORY | FILE | SEEKABLE | SEEKABLE_WRITE | Rights::FD_READ | Rights::FD_WRITE;
    if read_only { all - CHANGING } else { all }
}

/// The rights of a listening socket.
pub(crate) fn listener_rights() -> Rights {
    FILE | Rights::SOCK_ACCEPT | Rights::SOCK_SHUTDOWN | Rights::FD_READ
}

/// The rights of anything else, by its type and how it was opened. A terminal
/// has neither `FD_SEEK` nor `FD_TELL`: by that wasi-libc's `isatty` knows it.
pub(crate) fn file_rights(file_type: FileType, access: HostFlags, terminal: bool) -> Rights {
    let access = access & HostFlags::RWMODE;
    let readable = access == HostFlags::RDONLY || access == HostFlags::RDWR;
    let writable = access == HostFlags::WRONLY || access == HostFlags::RDWR;
    let mut rights = FILE;
    rights.set(Rights::FD_READ, readable);
    rights.set(Rights::FD_WRITE, writable);
    match file_type {
        FileType::RegularFile | FileType::BlockDevice => {
            rights |= SEEKABLE;
            rights.set(SEEKABLE_WRITE, writable);
        }
        FileType::CharacterDevice if !terminal => rights |= Rights::FD_SEEK | Rights::FD_TELL,
        FileType::SocketStream | FileType::SocketDgram => rights |= Rights::SOCK_SHUTDOWN,
        _ => {}
    }
    rights
}
