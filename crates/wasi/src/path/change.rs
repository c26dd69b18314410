//! `path_create_directory`, `path_remove_directory`, `path_unlink_file`,
//! `path_rename`.

use std::os::fd::AsFd;

use crate::WasiCtx;
use crate::abi::{Errno, Fd, GuestPath, Rights};
use crate::call::Stop;
use crate::descriptor::{Descriptors, Directory};
use crate::path::resolve;

impl WasiCtx {
    /// Makes a directory. POSIX `mkdirat`.
    ///
    /// Errors: `exist`; `noent`, `notdir`, `perm` on the way; `rofs`.
    pub(crate) fn path_create_directory(&mut self, fd: Fd, path: GuestPath) -> Result<(), Stop> {
        let dir = writable(&self.descriptors, fd, Rights::PATH_CREATE_DIRECTORY)?;
        let os = &mut *self.os;
        let parent = resolve::parent(os, &mut self.resolver, dir, path.as_str())?;
        Ok(os.create_directory_at(parent.as_fd(), parent.name)?)
    }

    /// Removes an empty directory. POSIX `unlinkat` with `AT_REMOVEDIR`.
    ///
    /// Errors: `notempty`; `notdir`; `inval` for `.`; `noent`, `perm`; `rofs`.
    pub(crate) fn path_remove_directory(&mut self, fd: Fd, path: GuestPath) -> Result<(), Stop> {
        let dir = writable(&self.descriptors, fd, Rights::PATH_REMOVE_DIRECTORY)?;
        let os = &mut *self.os;
        let parent = resolve::parent(os, &mut self.resolver, dir, path.as_str())?;
        Ok(os.remove_at(parent.as_fd(), parent.name, true)?)
    }

    /// Removes a name that is not a directory's; of a link, the link. POSIX
    /// `unlinkat`.
    ///
    /// Errors: `isdir`; `notdir` for a file with a slash after it; `noent`,
    /// `perm`; `rofs`.
    pub(crate) fn path_unlink_file(&mut self, fd: Fd, path: GuestPath) -> Result<(), Stop> {
        let dir = writable(&self.descriptors, fd, Rights::PATH_UNLINK_FILE)?;
        let os = &mut *self.os;
        let parent = resolve::parent(os, &mut self.resolver, dir, path.as_str())?;
        if parent.must_be_dir {
            let stat = os.stat_at(parent.as_fd(), parent.name)?;
            let error = if stat.is_dir() {
                Errno::Isdir
            } else {
                Errno::Notdir
            };
            return Err(error.into());
        }
        match os.remove_at(parent.as_fd(), parent.name, false) {
            // Some hosts say so of directories.
            Err(Errno::Perm)
                if os
                    .stat_at(parent.as_fd(), parent.name)
                    .is_ok_and(|stat| stat.is_dir()) =>
            {
                Err(Errno::Isdir.into())
            }
            answer => Ok(answer?),
        }
    }

    /// Renames, also between preopened directories of one file system; what has
    /// the new name is replaced. POSIX `renameat`.
    ///
    /// Errors: `notempty`, `exist` a directory with entries; `notdir`, `isdir`
    /// of different kinds; `inval` into itself; `xdev`; `noent`, `perm`; `rofs`
    /// if either side is read-only.
    pub(crate) fn path_rename(
        &mut self,
        fd: Fd,
        old_path: GuestPath,
        new_fd: Fd,
        new_path: GuestPath,
    ) -> Result<(), Stop> {
        let old_dir = writable(&self.descriptors, fd, Rights::PATH_RENAME_SOURCE)?;
        let new_dir = writable(&self.descriptors, new_fd, Rights::PATH_RENAME_TARGET)?;
        let os = &mut *self.os;
        let old = resolve::parent(os, &mut self.resolver, old_dir, old_path.as_str())?;
        let new = resolve::parent(os, &mut self.resolver, new_dir, new_path.as_str())?;
        if (old.must_be_dir || new.must_be_dir) && !os.stat_at(old.as_fd(), old.name)?.is_dir() {
            return Err(Errno::Notdir.into());
        }
        Ok(os.rename_at(old.as_fd(), old.name, new.as_fd(), new.name)?)
    }
}

/// A directory below which things may change.
pub(super) fn writable(
    descriptors: &Descriptors,
    fd: Fd,
    needs: Rights,
) -> Result<&Directory, Errno> {
    let dir = descriptors.get(fd, needs)?.directory()?;
    if dir.read_only {
        return Err(Errno::Rofs);
    }
    Ok(dir)
}
