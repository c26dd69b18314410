//! `fd_read`, `fd_write`, `fd_pread`, `fd_pwrite`, `fd_sync`, `fd_datasync`,
//! `fd_close`, `fd_renumber`.

use std::io::{IoSlice, IoSliceMut};
use std::os::fd::AsFd;

use fossor_host::GuestMemory;

use crate::WasiCtx;
use crate::abi::{Ciovecs, Errno, Fd, FdFlags, Iovecs, Offset, Rights, Size};
use crate::call::Stop;
use crate::descriptor::{HostFile, Object, Readiness};
use crate::fd::pieces::{self, PIECE_BYTES};
use crate::os::{Os, WriteHow};
use crate::wait::{Waiter, wait_or_again};

/// The most that is written after a `poll` said there is room: a pipe with room
/// has that much.
const POLLED_WRITE_BYTES: usize = 4096;

impl WasiCtx {
    /// Reads at the descriptor's offset, into several buffers. POSIX `readv`.
    ///
    /// Errors: `badf`; `isdir` for a directory; `again` if nothing is there and
    /// the guest set `NONBLOCK`. At the end 0 bytes.
    #[inline]
    pub(crate) fn fd_read(
        &mut self,
        memory: &mut GuestMemory<'_>,
        fd: Fd,
        iovs: Iovecs,
    ) -> Result<Size, Stop> {
        let descriptor = self.descriptors.get_mut(fd, Rights::FD_READ)?;
        let nonblock = descriptor.nonblock();
        let (os, waiter) = (&mut *self.os, &self.waiter);
        let object = &mut descriptor.object;
        let nread = iovs.with_slices::<usize, Stop>(memory, |bufs| match object {
            Object::File(file) if file.readiness == Readiness::Always => {
                pieces::read(waiter, bufs, |bufs, _| {
                    os.read(file.fd.as_fd(), bufs, false)
                })
            }
            Object::File(file) => read_stream(file, nonblock, os, waiter, bufs),
            Object::Null => Ok(0),
            Object::Input(input) => Ok(input.read(bufs)),
            Object::Pipe(pipe) => Ok(pipe.read(bufs)),
            Object::Directory(_) => Err(Errno::Isdir.into()),
            Object::Listener(_) => Err(Errno::Notconn.into()),
        })?;
        Ok(Size(nread as u32))
    }

    /// Writes at the descriptor's offset, from several buffers. POSIX `writev`.
    ///
    /// Errors: `badf`; `pipe` when nobody reads any more; `again` if there is no
    /// room and the guest set `NONBLOCK`. A guest that waits gets everything
    /// written, or a short count before an error.
    #[inline]
    pub(crate) fn fd_write(
        &mut self,
        memory: &mut GuestMemory<'_>,
        fd: Fd,
        iovs: Ciovecs,
    ) -> Result<Size, Stop> {
        let descriptor = self.descriptors.get_mut(fd, Rights::FD_WRITE)?;
        let nonblock = descriptor.nonblock();
        let append = descriptor.flags.contains(FdFlags::APPEND);
        let (os, waiter) = (&mut *self.os, &self.waiter);
        let nwritten = match &mut descriptor.object {
            Object::File(file) if file.readiness == Readiness::Always => {
                let how = WriteHow {
                    nowait: false,
                    append: append && !file.host_appends,
                };
                iovs.with_slices::<usize, Stop>(memory, 0, |bufs| {
                    pieces::write(waiter, bufs, |bufs, _| os.write(file.fd.as_fd(), bufs, how))
                })?
            }
            Object::File(file) => write_stream(file, nonblock, os, waiter, memory, iovs)?,
            Object::Null => iovs.total_bytes() as usize,
            Object::Pipe(pipe) => iovs.with_slices(memory, 0, |bufs| pipe.write(bufs))?,
            Object::Input(_) | Object::Directory(_) => return Err(Errno::Badf.into()),
            Object::Listener(_) => return Err(Errno::Notconn.into()),
        };
        Ok(Size(nwritten as u32))
    }

    /// Reads at `offset`, in bytes; the descriptor's own stays. POSIX `preadv`.
    ///
    /// Errors: as `fd_read`; `spipe` without an offset; `inval` beyond 2^63.
    pub(crate) fn fd_pread(
        &mut self,
        memory: &mut GuestMemory<'_>,
        fd: Fd,
        iovs: Iovecs,
        offset: Offset,
    ) -> Result<Size, Stop> {
        let needs = Rights::FD_READ | Rights::FD_SEEK;
        let descriptor = self.descriptors.get(fd, needs)?;
        let file = positioned(&descriptor.object, Errno::Isdir)?;
        check_offset(offset)?;
        let (os, waiter) = (&mut *self.os, &self.waiter);
        let nread = iovs.with_slices::<usize, Stop>(memory, |bufs| {
            pieces::read(waiter, bufs, |bufs, moved_bytes| {
                os.pread(file.fd.as_fd(), bufs, offset.0 + moved_bytes)
            })
        })?;
        Ok(Size(nread as u32))
    }

    /// Writes at `offset`, in bytes, even to a file that appends; the
    /// descriptor's own stays. POSIX `pwritev`.
    ///
    /// Errors: as `fd_write`; `spipe` without an offset; `inval` beyond 2^63;
    /// `notsup` for a stream that was given to us appending.
    pub(crate) fn fd_pwrite(
        &mut self,
        memory: &mut GuestMemory<'_>,
        fd: Fd,
        iovs: Ciovecs,
        offset: Offset,
    ) -> Result<Size, Stop> {
        let needs = Rights::FD_WRITE | Rights::FD_SEEK;
        let descriptor = self.descriptors.get(fd, needs)?;
        let file = positioned(&descriptor.object, Errno::Badf)?;
        check_offset(offset)?;
        if file.host_appends {
            return Err(Errno::Notsup.into());
        }
        let (os, waiter) = (&mut *self.os, &self.waiter);
        let nwritten = iovs.with_slices::<usize, Stop>(memory, 0, |bufs| {
            pieces::write(waiter, bufs, |bufs, moved_bytes| {
                os.pwrite(file.fd.as_fd(), bufs, offset.0 + moved_bytes)
            })
        })?;
        Ok(Size(nwritten as u32))
    }

    /// Brings data and metadata to disk. POSIX `fsync`.
    ///
    /// Errors: `badf`; the host's, such as `inval` for a pipe.
    pub(crate) fn fd_sync(&mut self, fd: Fd) -> Result<(), Stop> {
        self.sync(fd, Rights::FD_SYNC, false)
    }

    /// Brings data to disk. POSIX `fdatasync`. Errors: as `fd_sync`.
    pub(crate) fn fd_datasync(&mut self, fd: Fd) -> Result<(), Stop> {
        self.sync(fd, Rights::FD_DATASYNC, true)
    }

    fn sync(&mut self, fd: Fd, needs: Rights, data_only: bool) -> Result<(), Stop> {
        match self.descriptors.get(fd, needs)?.host_fd() {
            Some(host) => Ok(self.os.sync(host, data_only)?),
            None => Err(Errno::Inval.into()),
        }
    }

    /// Closes a descriptor, also a preopened one. Errors: `badf`.
    pub(crate) fn fd_close(&mut self, fd: Fd) -> Result<(), Stop> {
        self.descriptors.remove(fd)?;
        Ok(())
    }

    /// Moves `fd` to the number `to`, whose descriptor is closed. POSIX `dup2`
    /// and `close` in one.
    ///
    /// Errors: `badf` unless both are open.
    pub(crate) fn fd_renumber(&mut self, fd: Fd, to: Fd) -> Result<(), Stop> {
        Ok(self.descriptors.renumber(fd, to)?)
    }
}

/// Something with an offset; `directory` is what a directory answers.
fn positioned(object: &Object, directory: Errno) -> Result<&HostFile, Errno> {
    match object {
        Object::File(file) => Ok(file),
        Object::Directory(_) => Err(directory),
        Object::Null | Object::Input(_) | Object::Pipe(_) | Object::Listener(_) => {
            Err(Errno::Spipe)
        }
    }
}

/// Offsets are signed in the host.
fn check_offset(offset: Offset) -> Result<(), Errno> {
    match i64::try_from(offset.0) {
        Ok(_) => Ok(()),
        Err(_) => Err(Errno::Inval),
    }
}

/// Reads from what may have to be waited for.
fn read_stream(
    file: &mut HostFile,
    nonblock: bool,
    os: &mut dyn Os,
    waiter: &Waiter,
    bufs: &mut [IoSliceMut<'_>],
) -> Result<usize, Stop> {
    let total_bytes: usize = bufs.iter().map(|buf| buf.len()).sum();
    if total_bytes == 0 {
        return Ok(0);
    }
    if total_bytes > PIECE_BYTES
        && let Some(buf) = bufs.iter_mut().find(|buf| !buf.is_empty())
    {
        let most = buf.len().min(PIECE_BYTES);
        let mut bufs = [IoSliceMut::new(&mut buf[..most])];
        return read_stream(file, nonblock, os, waiter, &mut bufs);
    }
    loop {
        let fd = file.fd.as_fd();
        let answer = match file.readiness {
            Readiness::Always | Readiness::HostNonblocking => os.read(fd, bufs, false),
            Readiness::Nowait => os.read(fd, bufs, true),
            Readiness::Socket => os
                .receive(fd, bufs, crate::abi::RiFlags::empty())
                .map(|(len, _)| len),
            Readiness::PollFirst => {
                wait_or_again(waiter, os, fd, false, nonblock)?;
                os.read(fd, bufs, false)
            }
        };
        match answer {
            Ok(len) => return Ok(len),
            Err(Errno::Notsup | Errno::Nosys | Errno::Inval)
                if file.readiness == Readiness::Nowait =>
            {
                file.do_without_nowait(os);
            }
            Err(Errno::Intr) => waiter.check()?,
            Err(Errno::Again) => wait_or_again(waiter, os, fd, false, nonblock)?,
            Err(error) => return Err(error.into()),
        }
    }
}

/// Writes everything to what may have to be waited for.
fn write_stream(
    file: &mut HostFile,
    nonblock: bool,
    os: &mut dyn Os,
    waiter: &Waiter,
    memory: &GuestMemory<'_>,
    iovs: Ciovecs,
) -> Result<usize, Stop> {
    let total_bytes = iovs.total_bytes();
    let mut written_bytes = 0u32;
    loop {
        let answer = iovs.with_slices::<usize, Stop>(memory, written_bytes, |bufs| {
            write_stream_once(file, nonblock, os, waiter, bufs)
        });
        match answer {
            Ok(len) => {
                written_bytes += len as u32;
                // A short count is all there was room for: a guest that does
                // not wait is told, the other is made to wait.
                let done = written_bytes >= total_bytes || nonblock || len == 0;
                if done || waiter.check().is_err() {
                    return Ok(written_bytes as usize);
                }
            }
            Err(Stop::Errno(_)) if written_bytes > 0 => return Ok(written_bytes as usize),
            Err(stop) => return Err(stop),
        }
    }
}

fn write_stream_once(
    file: &mut HostFile,
    nonblock: bool,
    os: &mut dyn Os,
    waiter: &Waiter,
    bufs: &[IoSlice<'_>],
) -> Result<usize, Stop> {
    let Some(first) = bufs.iter().find(|buf| !buf.is_empty()) else {
        return Ok(0);
    };
    let total_bytes: usize = bufs.iter().map(|buf| buf.len()).sum();
    if total_bytes > PIECE_BYTES {
        let begin = &first[..first.len().min(PIECE_BYTES)];
        return write_stream_once(file, nonblock, os, waiter, &[IoSlice::new(begin)]);
    }
    loop {
        let fd = file.fd.as_fd();
        let answer = match file.readiness {
            Readiness::Always | Readiness::HostNonblocking => {
                os.write(fd, bufs, WriteHow::default())
            }
            Readiness::Nowait => {
                let how = WriteHow {
                    nowait: true,
                    append: false,
                };
                os.write(fd, bufs, how)
            }
            Readiness::Socket => os.send(fd, bufs),
            // Nobody can end the wait, so the host may as well do it.
            Readiness::PollFirst if waiter.never_stops() && !nonblock => {
                os.write(fd, bufs, WriteHow::default())
            }
            Readiness::PollFirst => {
                wait_or_again(waiter, os, fd, true, nonblock)?;
                match bufs.iter().find(|buf| !buf.is_empty()) {
                    Some(buf) => {
                        let most = buf.len().min(POLLED_WRITE_BYTES);
                        os.write(fd, &[IoSlice::new(&buf[..most])], WriteHow::default())
                    }
                    None => Ok(0),
                }
            }
        };
        match answer {
            Ok(len) => return Ok(len),
            Err(Errno::Notsup | Errno::Nosys | Errno::Inval)
                if file.readiness == Readiness::Nowait =>
            {
                file.do_without_nowait(os);
            }
            Err(Errno::Intr) => waiter.check()?,
            Err(Errno::Again) => wait_or_again(waiter, os, fd, true, nonblock)?,
            Err(error) => return Err(error.into()),
        }
    }
}
