//! The guest's descriptors: a table of numbers, and what is behind each.

mod positions;
mod rights;
mod table;

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

pub(crate) use positions::Positions;
pub(crate) use rights::{
    ONLY_IF_STRICT, directory_rights, file_rights, inheriting_rights, listener_rights,
};
pub(crate) use table::Descriptors;

use crate::abi::{Errno, FdFlags, FileType, Rights};
use crate::os::{HostFlags, Os, OsResult};
use crate::stdio::{Input, Pipe};

/// One entry of the table.
#[derive(Debug)]
pub(crate) struct Descriptor {
    pub(crate) object: Object,
    pub(crate) file_type: FileType,
    /// As the guest set them. `NONBLOCK` and `APPEND` are ours to keep: the
    /// host's descriptor may be shared with other processes.
    pub(crate) flags: FdFlags,
    pub(crate) rights_base: Rights,
    pub(crate) rights_inheriting: Rights,
    /// What of the above is the guest's doing.
    pub(crate) changes: Changes,
    /// What the trace calls it: `stdin`, a guest path.
    pub(crate) name: Option<Box<str>>,
}

/// What a guest did to a descriptor: another one that begins in its state relies on
/// that, and on nothing else of this context's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Changes {
    /// Flags that it set or cleared.
    pub(crate) flags: FdFlags,
    /// Rights that it gave up.
    pub(crate) base: Rights,
    pub(crate) inheriting: Rights,
}

/// What is behind a descriptor.
#[derive(Debug)]
pub(crate) enum Object {
    File(HostFile),
    Directory(Directory),
    Listener(OwnedFd),
    /// Reads the end, swallows writes.
    Null,
    /// Bytes given by the embedder.
    Input(Input),
    /// A buffer shared with the embedder.
    Pipe(Pipe),
}

/// How to keep the host from waiting inside a read or a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Readiness {
    /// Regular files, block devices, `/dev/null`: they count as always ready.
    Always,
    /// Tried with `RWF_NOWAIT`; becomes one of the next two where that is not
    /// known.
    Nowait,
    /// Opened by us with `O_NONBLOCK`.
    HostNonblocking,
    /// Asked with `poll`, then used: pipes with names that the guest opened,
    /// whose reads would otherwise see an end before the first writer comes.
    PollFirst,
    /// Used with `MSG_DONTWAIT`.
    Socket,
}

/// Something of the host's that is read or written.
#[derive(Debug)]
pub(crate) struct HostFile {
    pub(crate) fd: OwnedFd,
    pub(crate) readiness: Readiness,
    /// The host's own descriptor appends, so that `pwrite` cannot.
    pub(crate) host_appends: bool,
    /// Why its times may not be set, if they may not: `rofs` below a read-only
    /// preopen, `badf` of a stream that was not given to be written. The host lets
    /// a file's owner, however it was opened.
    pub(crate) times_refused: Option<Errno>,
}

/// A directory, with the rules that it was preopened under.
#[derive(Debug)]
pub(crate) struct Directory {
    pub(crate) fd: OwnedFd,
    /// Nothing below may change.
    pub(crate) read_only: bool,
    /// It is the host's `/`: absolute links resolve as on the host.
    pub(crate) in_root: bool,
    /// It lies below a preopened `/`, where a link may be absolute.
    pub(crate) below_root: bool,
    /// The guest's name of a preopened directory.
    pub(crate) preopen: Option<Box<str>>,
    /// What its cookies mean.
    pub(crate) positions: Positions,
}

impl HostFile {
    /// For what does not know `RWF_NOWAIT`: terminals, and pipes with names. A
    /// description of our own may be non-blocking. Without one a `poll` has to
    /// do, and a read waits in the host if somebody else was faster.
    #[cold]
    pub(crate) fn do_without_nowait(&mut self, os: &mut dyn Os) {
        match os.reopen_nonblocking(self.fd.as_fd()) {
            Ok(own) => {
                self.fd = own;
                self.readiness = Readiness::HostNonblocking;
            }
            Err(_) => self.readiness = Readiness::PollFirst,
        }
    }
}

impl Descriptor {
    /// The directory, or `notdir`.
    pub(crate) fn directory(&self) -> Result<&Directory, Errno> {
        match &self.object {
            Object::Directory(directory) => Ok(directory),
            _ => Err(Errno::Notdir),
        }
    }

    /// As [`directory`](Self::directory), to change it.
    pub(crate) fn directory_mut(&mut self) -> Result<&mut Directory, Errno> {
        match &mut self.object {
            Object::Directory(directory) => Ok(directory),
            _ => Err(Errno::Notdir),
        }
    }

    /// The host's descriptor, if there is one.
    pub(crate) fn host_fd(&self) -> Option<BorrowedFd<'_>> {
        match &self.object {
            Object::File(file) => Some(file.fd.as_fd()),
            Object::Directory(directory) => Some(directory.fd.as_fd()),
            Object::Listener(listener) => Some(listener.as_fd()),
            Object::Null | Object::Input(_) | Object::Pipe(_) => None,
        }
    }

    /// Whether the guest does not wait on it.
    pub(crate) fn nonblock(&self) -> bool {
        self.flags.contains(FdFlags::NONBLOCK)
    }

    /// A descriptor for something of the host's that we did not open: its
    /// flags are shared, so they are looked at and left alone.
    pub(crate) fn inherited(os: &mut dyn Os, fd: OwnedFd, name: &str) -> OsResult<Self> {
        let file_type = os.stat(fd.as_fd())?.file_type;
        let host_flags = os.host_flags(fd.as_fd())?;
        let readiness = match file_type {
            FileType::RegularFile | FileType::BlockDevice | FileType::Directory => {
                Readiness::Always
            }
            FileType::SocketStream => Readiness::Socket,
            // Nothing waits there, and without `RWF_NOWAIT` a call is cheaper.
            FileType::CharacterDevice if os.is_null_device(fd.as_fd())? => Readiness::Always,
            _ => Readiness::Nowait,
        };
        let terminal = os.is_terminal(fd.as_fd())?;
        let mut rights_base = file_rights(file_type, host_flags, terminal);
        let settable = rights_base.contains(Rights::FD_FILESTAT_SET_TIMES | Rights::FD_WRITE);
        rights_base.set(Rights::FD_FILESTAT_SET_TIMES, settable);
        Ok(Self {
            object: Object::File(HostFile {
                fd,
                readiness,
                host_appends: host_flags.contains(HostFlags::APPEND),
                times_refused: (!settable).then_some(Errno::Badf),
            }),
            file_type,
            flags: from_host_flags(host_flags),
            rights_base,
            rights_inheriting: Rights::empty(),
            changes: Changes::default(),
            name: Some(name.into()),
        })
    }

    /// A descriptor for something that lives in this process.
    pub(crate) fn in_memory(object: Object, readable: bool, name: &str) -> Self {
        let access = if readable {
            HostFlags::RDONLY
        } else {
            HostFlags::WRONLY
        };
        Self {
            object,
            file_type: FileType::Unknown,
            flags: FdFlags::empty(),
            rights_base: file_rights(FileType::Unknown, access, false),
            rights_inheriting: Rights::empty(),
            changes: Changes::default(),
            name: Some(name.into()),
        }
    }

    /// A listening socket, which the guest sees as not waiting: Go never sets
    /// the flag on it, and would stop all its goroutines in `sock_accept`.
    pub(crate) fn listener(fd: OwnedFd, name: &str) -> Self {
        Self {
            object: Object::Listener(fd),
            file_type: FileType::SocketStream,
            flags: FdFlags::NONBLOCK,
            rights_base: listener_rights(),
            rights_inheriting: file_rights(FileType::SocketStream, HostFlags::RDWR, false),
            changes: Changes::default(),
            name: Some(name.into()),
        }
    }

    /// An accepted connection.
    pub(crate) fn connection(fd: OwnedFd, flags: FdFlags, name: Option<Box<str>>) -> Self {
        Self {
            object: Object::File(HostFile {
                fd,
                readiness: Readiness::Socket,
                host_appends: false,
                times_refused: None,
            }),
            file_type: FileType::SocketStream,
            flags,
            rights_base: file_rights(FileType::SocketStream, HostFlags::RDWR, false),
            rights_inheriting: Rights::empty(),
            changes: Changes::default(),
            name,
        }
    }

    /// A directory, preopened or opened below one.
    pub(crate) fn from_directory(directory: Directory, name: Option<Box<str>>) -> Self {
        Self {
            file_type: FileType::Directory,
            flags: FdFlags::empty(),
            rights_base: directory_rights(directory.read_only),
            rights_inheriting: inheriting_rights(directory.read_only),
            changes: Changes::default(),
            object: Object::Directory(directory),
            name,
        }
    }
}

/// The flags of a shared descriptor, as the guest sees them at first.
fn from_host_flags(host: HostFlags) -> FdFlags {
    let mut flags = FdFlags::empty();
    flags.set(FdFlags::APPEND, host.contains(HostFlags::APPEND));
    flags.set(FdFlags::NONBLOCK, host.contains(HostFlags::NONBLOCK));
    flags.set(FdFlags::DSYNC, host.contains(HostFlags::DSYNC));
    flags.set(FdFlags::SYNC, host.contains(HostFlags::SYNC));
    flags
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;

    #[test]
    #[cfg(target_os = "linux")]
    fn the_null_device_never_waits() {
        let readiness = |path: &str| {
            let file = File::options().read(true).write(true).open(path);
            let fd = file.expect("every Linux has it").into();
            let descriptor = Descriptor::inherited(&mut crate::os::System, fd, path).expect("open");
            match descriptor.object {
                Object::File(file) => file.readiness,
                other => panic!("{path} is {other:?}"),
            }
        };
        assert_eq!(readiness("/dev/null"), Readiness::Always);
        // What is no such device is asked as ever.
        assert_eq!(readiness("/dev/full"), Readiness::Nowait);
    }
}
