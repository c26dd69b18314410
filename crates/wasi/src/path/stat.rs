//! `path_filestat_get`, `path_filestat_set_times`.

use std::os::fd::AsFd;

use crate::WasiCtx;
use crate::abi::{
    Errno, Fd, FileType, Filestat, FstFlags, GuestPath, LookupFlags, Rights, Timestamp,
};
use crate::call::Stop;
use crate::fd::times_to_set;
use crate::path::resolve;

impl WasiCtx {
    /// What is known of a path; `flags` decide about a link at its end. POSIX
    /// `fstatat`.
    ///
    /// Errors: `badf`; `notdir`; `noent`; `perm` for a way out; `loop`.
    pub(crate) fn path_filestat_get(
        &mut self,
        fd: Fd,
        flags: LookupFlags,
        path: GuestPath,
    ) -> Result<Filestat, Stop> {
        let descriptor = self.descriptors.get(fd, Rights::PATH_FILESTAT_GET)?;
        let dir = descriptor.directory()?;
        let os = &mut *self.os;
        let parent = resolve::parent(os, &mut self.resolver, dir, path.as_str())?;
        let stat = os.stat_at(parent.as_fd(), parent.name)?;
        // A slash at the end asks for what the link leads to.
        let follow = flags.contains(LookupFlags::FOLLOW) || parent.must_be_dir;
        let stat = if follow && stat.file_type == FileType::SymbolicLink {
            let object = resolve::object(os, &mut self.resolver, dir, path.as_str())?;
            os.stat(object.as_fd())?
        } else {
            stat
        };
        if parent.must_be_dir && !stat.is_dir() {
            return Err(Errno::Notdir.into());
        }
        Ok(stat)
    }

    /// Sets a path's times of access and modification, in ns since 1970;
    /// `flags` decide about a link at its end. POSIX `utimensat`.
    ///
    /// Errors: as `path_filestat_get`; `inval` if a time is both given and the
    /// present; `rofs` below a read-only preopen.
    pub(crate) fn path_filestat_set_times(
        &mut self,
        fd: Fd,
        flags: LookupFlags,
        path: GuestPath,
        atim: Timestamp,
        mtim: Timestamp,
        fst_flags: FstFlags,
    ) -> Result<(), Stop> {
        let descriptor = self.descriptors.get(fd, Rights::PATH_FILESTAT_SET_TIMES)?;
        let dir = descriptor.directory()?;
        let (access, modification) = times_to_set(atim, mtim, fst_flags)?;
        if dir.read_only {
            return Err(Errno::Rofs.into());
        }
        let os = &mut *self.os;
        let parent = resolve::parent(os, &mut self.resolver, dir, path.as_str())?;
        if flags.contains(LookupFlags::FOLLOW) || parent.must_be_dir {
            let object = resolve::object(os, &mut self.resolver, dir, path.as_str())?;
            return Ok(os.set_times(object.as_fd(), access, modification)?);
        }
        Ok(os.set_times_at(parent.as_fd(), parent.name, access, modification)?)
    }
}
