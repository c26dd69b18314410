//! `fd_fdstat_*`, `fd_filestat_get`, `fd_filestat_set_times`.

use crate::WasiCtx;
use crate::abi::{Errno, Fd, FdFlags, Fdstat, FileType, Filestat, FstFlags, Rights, Timestamp};
use crate::call::Stop;
use crate::descriptor::{Descriptor, ONLY_IF_STRICT, Object};
use crate::os::SetTime;

/// Flags that a guest may change on an open descriptor.
const CHANGEABLE: FdFlags = FdFlags::APPEND.union(FdFlags::NONBLOCK);

impl WasiCtx {
    /// Type, flags and rights of a descriptor. Errors: `badf`.
    pub(crate) fn fd_fdstat_get(&mut self, fd: Fd) -> Result<Fdstat, Stop> {
        let descriptor = self.descriptors.get(fd, Rights::empty())?;
        let mut rights_base = descriptor.rights_base;
        if !self.descriptors.strict_rights() {
            rights_base -= ONLY_IF_STRICT;
        }
        Ok(Fdstat {
            file_type: descriptor.file_type,
            flags: descriptor.flags,
            rights_base,
            rights_inheriting: descriptor.rights_inheriting,
        })
    }

    /// Changes `APPEND` and `NONBLOCK`, in our table alone: the host's
    /// descriptor may be a terminal that others use.
    ///
    /// Errors: `badf`; `notsup` if one of the others would change.
    pub(crate) fn fd_fdstat_set_flags(&mut self, fd: Fd, flags: FdFlags) -> Result<(), Stop> {
        let descriptor = self.descriptors.get_mut(fd, Rights::FD_FDSTAT_SET_FLAGS)?;
        let changed = flags ^ descriptor.flags;
        if !CHANGEABLE.contains(changed) {
            return Err(Errno::Notsup.into());
        }
        if let Object::File(file) = &descriptor.object
            && file.host_appends
            && changed.contains(FdFlags::APPEND)
        {
            return Err(Errno::Notsup.into());
        }
        descriptor.flags = flags;
        descriptor.changes.flags |= changed;
        Ok(())
    }

    /// Gives up rights.
    ///
    /// Errors: `badf`; `notcapable` if some would be gained; `notsup` where
    /// rights are not enforced.
    pub(crate) fn fd_fdstat_set_rights(
        &mut self,
        fd: Fd,
        base: Rights,
        inheriting: Rights,
    ) -> Result<(), Stop> {
        let strict = self.descriptors.strict_rights();
        let descriptor = self.descriptors.get_mut(fd, Rights::empty())?;
        if !strict {
            return Err(Errno::Notsup.into());
        }
        if !descriptor.rights_base.contains(base)
            || !descriptor.rights_inheriting.contains(inheriting)
        {
            return Err(Errno::Notcapable.into());
        }
        descriptor.changes.base |= descriptor.rights_base - base;
        descriptor.changes.inheriting |= descriptor.rights_inheriting - inheriting;
        descriptor.rights_base = base;
        descriptor.rights_inheriting = inheriting;
        Ok(())
    }

    /// What is known of an open file. Errors: `badf`.
    pub(crate) fn fd_filestat_get(&mut self, fd: Fd) -> Result<Filestat, Stop> {
        let descriptor = self.descriptors.get(fd, Rights::FD_FILESTAT_GET)?;
        match descriptor.host_fd() {
            Some(host) => Ok(self.os.stat(host)?),
            None => Ok(in_memory_stat(fd, descriptor)),
        }
    }

    /// Sets the times of access and modification, in ns since 1970. POSIX
    /// `futimens`.
    ///
    /// Errors: `badf`, also for a stream that is no file or was given to be read
    /// alone; `inval` if a time is both given and the present; `rofs` below a
    /// read-only preopen.
    pub(crate) fn fd_filestat_set_times(
        &mut self,
        fd: Fd,
        atim: Timestamp,
        mtim: Timestamp,
        flags: FstFlags,
    ) -> Result<(), Stop> {
        let descriptor = self.descriptors.get(fd, Rights::FD_FILESTAT_SET_TIMES)?;
        let (access, modification) = times_to_set(atim, mtim, flags)?;
        let refused = match &descriptor.object {
            Object::File(file) => file.times_refused,
            Object::Directory(directory) => directory.read_only.then_some(Errno::Rofs),
            _ => None,
        };
        if let Some(errno) = refused {
            return Err(errno.into());
        }
        match descriptor.host_fd() {
            Some(host) => Ok(self.os.set_times(host, access, modification)?),
            None => Err(Errno::Inval.into()),
        }
    }
}

/// What becomes of the two times; `inval` if the flags contradict each other.
pub(crate) fn times_to_set(
    atim: Timestamp,
    mtim: Timestamp,
    flags: FstFlags,
) -> Result<(SetTime, SetTime), Errno> {
    let pick = |given: FstFlags, now: FstFlags, time: Timestamp| match (
        flags.contains(given),
        flags.contains(now),
    ) {
        (true, true) => Err(Errno::Inval),
        (true, false) => Ok(SetTime::At(time.0)),
        (false, true) => Ok(SetTime::Now),
        (false, false) => Ok(SetTime::Omit),
    };
    Ok((
        pick(FstFlags::ATIM, FstFlags::ATIM_NOW, atim)?,
        pick(FstFlags::MTIM, FstFlags::MTIM_NOW, mtim)?,
    ))
}

/// A stream that lives in this process: no device, and its number as inode.
fn in_memory_stat(fd: Fd, descriptor: &Descriptor) -> Filestat {
    let size_bytes = match &descriptor.object {
        Object::Input(input) => input.remaining_bytes() as u64,
        Object::Pipe(pipe) => pipe.len_bytes() as u64,
        _ => 0,
    };
    Filestat {
        dev: 0,
        ino: u64::from(fd.0),
        file_type: FileType::Unknown,
        nlink: 1,
        size_bytes,
        atim_ns: 0,
        mtim_ns: 0,
        ctim_ns: 0,
    }
}
