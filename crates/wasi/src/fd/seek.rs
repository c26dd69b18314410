//! `fd_seek`, `fd_tell`, `fd_advise`, `fd_allocate`, `fd_filestat_set_size`.

use std::io::SeekFrom;
use std::os::fd::AsFd;

use crate::WasiCtx;
use crate::abi::{Advice, Errno, Fd, FileDelta, FileSize, Offset, Rights, Whence};
use crate::call::Stop;
use crate::descriptor::{Descriptors, HostFile, Object};

impl WasiCtx {
    /// Moves a descriptor's offset, relative to `whence`, in bytes. POSIX
    /// `lseek`.
    ///
    /// Errors: `badf` unknown, or a directory; `spipe` not seekable; `inval`
    /// the offset would be negative.
    pub(crate) fn fd_seek(
        &mut self,
        fd: Fd,
        offset: FileDelta,
        whence: Whence,
    ) -> Result<FileSize, Stop> {
        let needs = if whence == Whence::Cur && offset.0 == 0 {
            Rights::FD_TELL
        } else {
            Rights::FD_SEEK
        };
        let to = match whence {
            Whence::Set => SeekFrom::Start(u64::try_from(offset.0).map_err(|_| Errno::Inval)?),
            Whence::Cur => SeekFrom::Current(offset.0),
            Whence::End => SeekFrom::End(offset.0),
        };
        let file = seekable(&self.descriptors, fd, needs)?;
        let at = file.fd.as_fd();
        Ok(FileSize(self.os.seek(at, to)?))
    }

    /// A descriptor's offset, in bytes. Errors: as `fd_seek`.
    pub(crate) fn fd_tell(&mut self, fd: Fd) -> Result<FileSize, Stop> {
        self.fd_seek(fd, FileDelta(0), Whence::Cur)
    }

    /// Tells how `len` bytes at `offset` will be accessed (0: to the end).
    /// POSIX `posix_fadvise`.
    ///
    /// Errors: `badf` unknown, or a directory; `inval` if offset and length
    /// exceed 2^63; `spipe`.
    pub(crate) fn fd_advise(
        &mut self,
        fd: Fd,
        offset: Offset,
        len: FileSize,
        advice: Advice,
    ) -> Result<(), Stop> {
        let file = seekable(&self.descriptors, fd, Rights::FD_ADVISE)?;
        let at = file.fd.as_fd();
        check_range(offset, len)?;
        Ok(self.os.advise(at, offset.0, len.0, advice)?)
    }

    /// Makes room for `len` bytes at `offset`; the file grows if need be and
    /// never shrinks. POSIX `posix_fallocate`.
    ///
    /// Errors: `badf` unknown, a directory, or not writable; `inval` for no
    /// bytes; `fbig`; `nospc`; `notsup` where the file system cannot.
    pub(crate) fn fd_allocate(
        &mut self,
        fd: Fd,
        offset: Offset,
        len: FileSize,
    ) -> Result<(), Stop> {
        let file = seekable(&self.descriptors, fd, Rights::FD_ALLOCATE)?;
        let at = file.fd.as_fd();
        if len.0 == 0 {
            return Err(Errno::Inval.into());
        }
        check_range(offset, len)?;
        Ok(self.os.allocate(at, offset.0, len.0)?)
    }

    /// Cuts or extends a file to `size` bytes. POSIX `ftruncate`.
    ///
    /// Errors: `badf` unknown, or a directory; `inval` not writable, not a
    /// file, or beyond 2^63.
    pub(crate) fn fd_filestat_set_size(&mut self, fd: Fd, size: FileSize) -> Result<(), Stop> {
        let file = match &self
            .descriptors
            .get(fd, Rights::FD_FILESTAT_SET_SIZE)?
            .object
        {
            Object::File(file) => file,
            Object::Directory(_) => return Err(Errno::Badf.into()),
            _ => return Err(Errno::Inval.into()),
        };
        check_range(Offset(0), size)?;
        Ok(self.os.set_size(file.fd.as_fd(), size.0)?)
    }
}

/// A file; whether it has an offset, the host tells.
fn seekable(descriptors: &Descriptors, fd: Fd, needs: Rights) -> Result<&HostFile, Errno> {
    match &descriptors.get(fd, needs)?.object {
        Object::File(file) => Ok(file),
        Object::Directory(_) => Err(Errno::Badf),
        _ => Err(Errno::Spipe),
    }
}

/// The host's offsets are signed.
fn check_range(offset: Offset, len: FileSize) -> Result<(), Errno> {
    match offset.0.checked_add(len.0).map(i64::try_from) {
        Some(Ok(_)) => Ok(()),
        _ => Err(Errno::Inval),
    }
}
