//! `sock_accept`, `sock_recv`, `sock_send`, `sock_shutdown`.
//!
//! Preview1 cannot make a socket: listeners are preopened, and connections come
//! from them.

use std::os::fd::AsFd;

use fossor_host::GuestMemory;

use crate::WasiCtx;
use crate::abi::{
    Ciovecs, Errno, Fd, FdFlags, FileType, Iovecs, RiFlags, Rights, RoFlags, SdFlags, SiFlags, Size,
};
use crate::call::Stop;
use crate::descriptor::{Descriptor, Descriptors, HostFile, Object};
use crate::wait::wait_or_again;

impl WasiCtx {
    /// Takes a connection, whose descriptor gets `flags`. POSIX `accept`.
    ///
    /// Errors: `badf`; `notsock`; `inval` for a connection; `again` if there is
    /// none and the listener does not wait; `mfile`; `connaborted`.
    pub(crate) fn sock_accept(&mut self, fd: Fd, flags: FdFlags) -> Result<Fd, Stop> {
        let descriptor = self.descriptors.get(fd, Rights::SOCK_ACCEPT)?;
        let listener = match &descriptor.object {
            Object::Listener(listener) => listener.as_fd(),
            _ if descriptor.file_type == FileType::SocketStream => {
                return Err(Errno::Inval.into());
            }
            _ => return Err(Errno::Notsock.into()),
        };
        self.descriptors.check_room()?;
        let connection = loop {
            match self.os.accept(listener) {
                Ok(connection) => break connection,
                Err(Errno::Intr) => self.waiter.check()?,
                Err(Errno::Again) if descriptor.nonblock() => return Err(Errno::Again.into()),
                Err(Errno::Again) => {
                    wait_or_again(&self.waiter, &mut *self.os, listener, false, false)?;
                }
                Err(error) => return Err(error.into()),
            }
        };
        let name = match self.names_wanted {
            true => self.os.socket_name(connection.as_fd()).ok(),
            false => None,
        };
        let mut connection = Descriptor::connection(connection, flags, name.map(Into::into));
        if self.descriptors.strict_rights() {
            connection.rights_base &= descriptor.rights_inheriting;
        }
        Ok(self.descriptors.insert(connection)?)
    }

    /// Receives into several buffers. POSIX `recvmsg`.
    ///
    /// Errors: `badf`; `notsock`; `notconn` for a listener; `again`. At the end
    /// 0 bytes.
    pub(crate) fn sock_recv(
        &mut self,
        memory: &mut GuestMemory<'_>,
        fd: Fd,
        ri_data: Iovecs,
        ri_flags: RiFlags,
    ) -> Result<(Size, RoFlags), Stop> {
        let descriptor = self.descriptors.get(fd, Rights::FD_READ)?;
        let nonblock = descriptor.nonblock();
        let socket = connection(descriptor)?.fd.as_fd();
        let (os, waiter) = (&mut *self.os, &self.waiter);
        let wanted_bytes = ri_data.total_bytes() as usize;
        if wanted_bytes == 0 {
            return Ok((Size(0), RoFlags::empty()));
        }
        let all = ri_flags == RiFlags::WAITALL && !nonblock;
        let (len, truncated) = ri_data.with_slices::<(usize, bool), Stop>(memory, |bufs| {
            let mut rest = bufs;
            let mut received_bytes = 0;
            loop {
                match os.receive(socket, rest, ri_flags) {
                    Ok((len, truncated)) => {
                        received_bytes += len;
                        if !all || len == 0 || received_bytes >= wanted_bytes {
                            return Ok((received_bytes, truncated));
                        }
                        // Who sends may be as fast as we are.
                        if waiter.check().is_err() {
                            return Ok((received_bytes, truncated));
                        }
                        std::io::IoSliceMut::advance_slices(&mut rest, len);
                    }
                    Err(Errno::Intr) => waiter.check()?,
                    Err(Errno::Again) => wait_or_again(waiter, os, socket, false, nonblock)?,
                    Err(_) if received_bytes > 0 => return Ok((received_bytes, false)),
                    Err(error) => return Err(error.into()),
                }
            }
        })?;
        let mut flags = RoFlags::empty();
        flags.set(RoFlags::DATA_TRUNCATED, truncated);
        Ok((Size(len as u32), flags))
    }

    /// Sends from several buffers. POSIX `sendmsg`, without a signal.
    ///
    /// Errors: `badf`; `notsock`; `notconn` for a listener; `pipe` when the
    /// other side has gone; `again`.
    pub(crate) fn sock_send(
        &mut self,
        memory: &mut GuestMemory<'_>,
        fd: Fd,
        si_data: Ciovecs,
        _si_flags: SiFlags,
    ) -> Result<Size, Stop> {
        connection(self.descriptors.get(fd, Rights::FD_WRITE)?)?;
        self.fd_write(memory, fd, si_data)
    }

    /// Closes one or both directions. POSIX `shutdown`.
    ///
    /// Errors: `badf`; `inval` unless at least one direction is named;
    /// `notsock`; `notconn`.
    pub(crate) fn sock_shutdown(&mut self, fd: Fd, how: SdFlags) -> Result<(), Stop> {
        let socket = socket(&self.descriptors, fd)?;
        if how.is_empty() {
            return Err(Errno::Inval.into());
        }
        match socket.host_fd() {
            Some(host) => Ok(self.os.shutdown(host, how)?),
            None => Err(Errno::Notsock.into()),
        }
    }
}

fn socket(descriptors: &Descriptors, fd: Fd) -> Result<&Descriptor, Errno> {
    let descriptor = descriptors.get(fd, Rights::SOCK_SHUTDOWN)?;
    match descriptor.file_type {
        FileType::SocketStream | FileType::SocketDgram => Ok(descriptor),
        _ => Err(Errno::Notsock),
    }
}

/// A connection; `notconn` for a listener.
fn connection(descriptor: &Descriptor) -> Result<&HostFile, Errno> {
    match &descriptor.object {
        Object::Listener(_) => Err(Errno::Notconn),
        Object::File(file) if descriptor.file_type == FileType::SocketStream => Ok(file),
        _ => Err(Errno::Notsock),
    }
}
