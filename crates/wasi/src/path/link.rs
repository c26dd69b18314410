//! `path_link`, `path_symlink`, `path_readlink`.

use std::os::fd::AsFd;

use fossor_host::GuestMemory;

use crate::WasiCtx;
use crate::abi::{Buffer, Errno, Fd, GuestPath, LinkText, LookupFlags, Rights, Size};
use crate::call::Stop;
use crate::os::Os;
use crate::path::change::writable;
use crate::path::resolve::{self, Parent};

impl WasiCtx {
    /// Makes a second name for a file, or for a link itself. POSIX `linkat`.
    ///
    /// Errors: `inval` if links were to be followed; `perm` for a directory;
    /// `exist`; `noent`, `notdir`, `perm`; `xdev`; `rofs` if either side is
    /// read-only: a second name elsewhere would be a way to write.
    pub(crate) fn path_link(
        &mut self,
        old_fd: Fd,
        old_flags: LookupFlags,
        old_path: GuestPath,
        new_fd: Fd,
        new_path: GuestPath,
    ) -> Result<(), Stop> {
        let old_dir = writable(&self.descriptors, old_fd, Rights::PATH_LINK_SOURCE)?;
        let new_dir = writable(&self.descriptors, new_fd, Rights::PATH_LINK_TARGET)?;
        if old_flags.contains(LookupFlags::FOLLOW) {
            return Err(Errno::Inval.into());
        }
        let os = &mut *self.os;
        let old = resolve::parent(os, &mut self.resolver, old_dir, old_path.as_str())?;
        if old.must_be_dir && !os.stat_at(old.as_fd(), old.name)?.is_dir() {
            return Err(Errno::Notdir.into());
        }
        let new = resolve::parent(os, &mut self.resolver, new_dir, new_path.as_str())?;
        refuse_slash(os, &new)?;
        Ok(os.link_at(old.as_fd(), old.name, new.as_fd(), new.name)?)
    }

    /// Makes a symbolic link with any text, except that only below the host's
    /// `/` it may be absolute: elsewhere nothing here would follow it, and
    /// others would follow it out. POSIX `symlinkat`.
    ///
    /// Errors: `perm` for an absolute text; `exist`; `noent`, `notdir`, `perm`;
    /// `rofs`.
    pub(crate) fn path_symlink(
        &mut self,
        text: LinkText,
        fd: Fd,
        path: GuestPath,
    ) -> Result<(), Stop> {
        let dir = writable(&self.descriptors, fd, Rights::PATH_SYMLINK)?;
        if text.as_str().starts_with('/') && !dir.below_root {
            return Err(Errno::Perm.into());
        }
        let os = &mut *self.os;
        let parent = resolve::parent(os, &mut self.resolver, dir, path.as_str())?;
        refuse_slash(os, &parent)?;
        Ok(os.symlink_at(text.as_str(), parent.as_fd(), parent.name)?)
    }

    /// The text of a link, without NUL, cut to the buffer. POSIX `readlinkat`.
    ///
    /// Errors: `inval` not a link; `noent`, `notdir`, `perm`.
    pub(crate) fn path_readlink(
        &mut self,
        memory: &mut GuestMemory<'_>,
        fd: Fd,
        path: GuestPath,
        buf: Buffer,
    ) -> Result<Size, Stop> {
        let descriptor = self.descriptors.get(fd, Rights::PATH_READLINK)?;
        let dir = descriptor.directory()?;
        let os = &mut *self.os;
        let parent = resolve::parent(os, &mut self.resolver, dir, path.as_str())?;
        // With a slash it is what the link leads to, and that is no link.
        if parent.must_be_dir {
            let stat = os.stat_at(parent.as_fd(), parent.name)?;
            let error = if stat.is_dir() {
                Errno::Inval
            } else {
                Errno::Notdir
            };
            return Err(error.into());
        }
        let text = os.read_link_at(parent.as_fd(), parent.name)?;
        let place = buf.bytes(memory)?;
        let len = text.len().min(place.len());
        place[..len].copy_from_slice(&text[..len]);
        Ok(Size(len as u32))
    }
}

/// A new name that is not a directory's may not end in a slash.
fn refuse_slash(os: &mut dyn Os, new: &Parent<'_>) -> Result<(), Stop> {
    if !new.must_be_dir {
        return Ok(());
    }
    let stat = os.stat_at(new.as_fd(), new.name)?;
    let error = if stat.is_dir() {
        Errno::Exist
    } else {
        Errno::Notdir
    };
    Err(error.into())
}
