//! `path_open`.

use std::os::fd::{AsFd, OwnedFd};

use crate::WasiCtx;
use crate::abi::{Errno, Fd, FdFlags, FileType, Filestat, GuestPath, LookupFlags, OFlags, Rights};
use crate::call::Stop;
use crate::descriptor::{Changes, Descriptor, Directory, HostFile, Object, Readiness, file_rights};
use crate::os::{HostFlags, Mode, Os};
use crate::path::resolve;

/// How often a pipe without a reader is tried again, in ns.
const FIFO_RETRY_NS: u64 = 5_000_000;

/// Longest name of a descriptor in a trace.
const MAX_NAME_BYTES: usize = 4096;

/// The mode of a new file, less the umask.
const NEW_FILE_MODE: u32 = 0o666;

impl WasiCtx {
    /// Opens a file or a directory below `fd`, creating the file if asked. The
    /// rights asked for decide whether it is opened to read or to write. POSIX
    /// `openat`.
    ///
    /// Never waits inside the host: a pipe without a reader is tried until it
    /// has one, or the guest is stopped.
    ///
    /// Errors: `badf`; `notdir`; `perm` for a way out; `isdir` a directory to
    /// write; `loop` a link that is not followed; `exist`; `noent`; `inval`
    /// contradictory flags; `rofs` a change below a read-only preopen;
    /// `notcapable` truncating with rights to read alone; `mfile`.
    #[allow(clippy::too_many_arguments)]
    pub(crate) fn path_open(
        &mut self,
        fd: Fd,
        dirflags: LookupFlags,
        path: GuestPath,
        oflags: OFlags,
        base: Rights,
        inheriting: Rights,
        fdflags: FdFlags,
    ) -> Result<Fd, Stop> {
        self.descriptors.check_room()?;
        let mut needs = Rights::PATH_OPEN;
        needs.set(Rights::PATH_CREATE_FILE, oflags.contains(OFlags::CREAT));
        needs.set(
            Rights::PATH_FILESTAT_SET_SIZE,
            oflags.contains(OFlags::TRUNC),
        );
        let descriptor = self.descriptors.get(fd, needs)?;
        let dir = descriptor.directory()?;
        let strict = self.descriptors.strict_rights();
        if strict && !descriptor.rights_inheriting.contains(base | inheriting) {
            return Err(Errno::Notcapable.into());
        }
        let flags = host_flags(dir, oflags, base, fdflags)?;
        let follow = dirflags.contains(LookupFlags::FOLLOW);
        let mode = Mode::from_raw_mode(NEW_FILE_MODE as _);
        let os = &mut *self.os;
        let opened = loop {
            let answer = resolve::open(
                os,
                &mut self.resolver,
                dir,
                path.as_str(),
                flags,
                mode,
                follow,
            );
            match answer {
                Ok(opened) => break opened,
                Err(Errno::Nxio) if !fdflags.contains(FdFlags::NONBLOCK) => {
                    let found = resolve::object(os, &mut self.resolver, dir, path.as_str())?;
                    // Pipes have no file type of their own in WASI.
                    if os.stat(found.as_fd())?.file_type != FileType::Unknown {
                        return Err(Errno::Nxio.into());
                    }
                    self.waiter.pause(os, FIFO_RETRY_NS)?;
                }
                Err(error) => return Err(error.into()),
            }
        };
        let stat = os.stat(opened.as_fd())?;
        let name = self
            .names_wanted
            .then(|| join_name(descriptor.name.as_deref(), path.as_str()));
        let mut new = describe(os, dir, opened, &stat, flags, fdflags)?;
        new.name = name;
        if strict {
            new.rights_base &= base;
            new.rights_inheriting &= inheriting;
        }
        Ok(self.descriptors.insert(new)?)
    }
}

/// The host's flags, or why this may not be opened so.
fn host_flags(
    dir: &Directory,
    oflags: OFlags,
    base: Rights,
    fdflags: FdFlags,
) -> Result<HostFlags, Errno> {
    if oflags.contains(OFlags::DIRECTORY)
        && oflags.intersects(OFlags::CREAT | OFlags::EXCL | OFlags::TRUNC)
    {
        return Err(Errno::Inval);
    }
    let write = base.contains(Rights::FD_WRITE);
    let read = base.contains(Rights::FD_READ) || !write;
    let truncate = oflags.contains(OFlags::TRUNC);
    // Of a directory the host says `isdir` to a write, also in a read-only one.
    let write_file = write && !oflags.contains(OFlags::DIRECTORY);
    if dir.read_only && (write_file || oflags.intersects(OFlags::CREAT | OFlags::TRUNC)) {
        return Err(Errno::Rofs);
    }
    if truncate
        && base.contains(Rights::FD_READ)
        && !base.intersects(Rights::FD_WRITE | Rights::PATH_FILESTAT_SET_SIZE)
    {
        return Err(Errno::Notcapable);
    }
    // Not waiting is ours to emulate; the host never waits in `open`.
    let mut flags = HostFlags::NONBLOCK | HostFlags::NOCTTY;
    flags |= match (read, write) {
        (true, true) => HostFlags::RDWR,
        (false, true) => HostFlags::WRONLY,
        _ => HostFlags::RDONLY,
    };
    flags.set(HostFlags::CREATE, oflags.contains(OFlags::CREAT));
    flags.set(HostFlags::EXCL, oflags.contains(OFlags::EXCL));
    flags.set(HostFlags::TRUNC, truncate);
    flags.set(HostFlags::DIRECTORY, oflags.contains(OFlags::DIRECTORY));
    flags.set(HostFlags::DSYNC, fdflags.contains(FdFlags::DSYNC));
    // Hosts have no other way to synchronise reads.
    if fdflags.intersects(FdFlags::SYNC | FdFlags::RSYNC) {
        flags |= HostFlags::SYNC;
    }
    Ok(flags)
}

/// The descriptor for what was opened.
fn describe(
    os: &mut dyn Os,
    dir: &Directory,
    opened: OwnedFd,
    stat: &Filestat,
    flags: HostFlags,
    fdflags: FdFlags,
) -> Result<Descriptor, Errno> {
    if stat.is_dir() {
        let directory = Directory {
            fd: opened,
            read_only: dir.read_only,
            in_root: false,
            below_root: dir.below_root,
            preopen: None,
            positions: Default::default(),
        };
        let mut new = Descriptor::from_directory(directory, None);
        new.flags = fdflags;
        return Ok(new);
    }
    let writes_only = flags & HostFlags::RWMODE == HostFlags::WRONLY;
    let readiness = match stat.file_type {
        FileType::RegularFile | FileType::BlockDevice => Readiness::Always,
        // A pipe without a writer yet would look like one at its end.
        FileType::Unknown if !writes_only => Readiness::PollFirst,
        _ => Readiness::HostNonblocking,
    };
    let terminal = stat.file_type == FileType::CharacterDevice && os.is_terminal(opened.as_fd())?;
    Ok(Descriptor {
        object: Object::File(HostFile {
            fd: opened,
            readiness,
            host_appends: false,
            times_refused: dir.read_only.then_some(Errno::Rofs),
        }),
        file_type: stat.file_type,
        flags: fdflags,
        rights_base: file_rights(stat.file_type, flags, terminal),
        rights_inheriting: Rights::empty(),
        changes: Changes::default(),
        name: None,
    })
}

/// What the trace calls a path below a directory; of a long one the end. Else
/// a guest could make each name longer than the one it opens from.
fn join_name(dir: Option<&str>, path: &str) -> Box<str> {
    let dir = dir.unwrap_or("?").trim_end_matches('/');
    let name = match path {
        "." if dir.is_empty() => return "/".into(),
        "." => return dir.into(),
        _ => format!("{dir}/{path}"),
    };
    match name.len().checked_sub(MAX_NAME_BYTES) {
        None | Some(0) => name.into(),
        Some(extra) => {
            let begin = name.ceil_char_boundary(extra);
            format!("…{}", &name[begin..]).into()
        }
    }
}
