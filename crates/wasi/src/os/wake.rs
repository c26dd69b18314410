//! The descriptor that ends a wait.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use super::OsResult;

/// An eventfd, or a pipe to oneself where there is none: readable after
/// [`Wake::wake`] until [`Wake::drain`].
#[derive(Debug)]
pub(crate) struct Wake {
    reader: OwnedFd,
    #[cfg(not(target_os = "linux"))]
    writer: OwnedFd,
}

impl Wake {
    #[cfg(target_os = "linux")]
    pub(crate) fn new() -> OsResult<Self> {
        use rustix::event::EventfdFlags;
        let reader = rustix::event::eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
        Ok(Self { reader })
    }

    #[cfg(not(target_os = "linux"))]
    pub(crate) fn new() -> OsResult<Self> {
        let (reader, writer) = rustix::pipe::pipe()?;
        for fd in [&reader, &writer] {
            rustix::io::ioctl_fioclex(fd)?;
            rustix::io::ioctl_fionbio(fd, true)?;
        }
        Ok(Self { reader, writer })
    }

    /// Makes it readable. A full pipe or counter is readable already.
    pub(crate) fn wake(&self) {
        #[cfg(target_os = "linux")]
        let writer = &self.reader;
        #[cfg(not(target_os = "linux"))]
        let writer = &self.writer;
        let _ = rustix::io::write(writer, &1u64.to_ne_bytes());
    }

    /// Makes it silent again.
    pub(crate) fn drain(&self) {
        let mut bytes = [0; 64];
        while rustix::io::read(&self.reader, &mut bytes).is_ok_and(|len| len == bytes.len()) {}
    }

    pub(crate) fn fd(&self) -> BorrowedFd<'_> {
        self.reader.as_fd()
    }
}
