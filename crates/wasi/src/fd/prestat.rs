//! `fd_prestat_get`, `fd_prestat_dir_name`: how a guest finds its directories.

use fossor_host::GuestMemory;

use crate::WasiCtx;
use crate::abi::{Buffer, Errno, Fd, Prestat, Rights};
use crate::call::Stop;
use crate::descriptor::{Descriptors, Object};

impl WasiCtx {
    /// The kind of a preopened object, and the length of its name in bytes.
    ///
    /// Errors: `badf` unknown, or not preopened; `notdir` for a listener, over
    /// which a guest's scan goes on.
    pub(crate) fn fd_prestat_get(&mut self, fd: Fd) -> Result<Prestat, Stop> {
        let name = preopen_name(&self.descriptors, fd)?;
        Ok(Prestat {
            name_len_bytes: name.len() as u32,
        })
    }

    /// The name, without NUL, at the start of the buffer.
    ///
    /// Errors: as `fd_prestat_get`; `nametoolong` if the buffer is shorter.
    pub(crate) fn fd_prestat_dir_name(
        &mut self,
        memory: &mut GuestMemory<'_>,
        fd: Fd,
        path: Buffer,
    ) -> Result<(), Stop> {
        let name = preopen_name(&self.descriptors, fd)?.as_bytes();
        match path.bytes(memory)?.get_mut(..name.len()) {
            Some(place) => {
                place.copy_from_slice(name);
                Ok(())
            }
            None => Err(Errno::Nametoolong.into()),
        }
    }
}

fn preopen_name(descriptors: &Descriptors, fd: Fd) -> Result<&str, Errno> {
    match &descriptors.get(fd, Rights::empty())?.object {
        Object::Directory(directory) => directory.preopen.as_deref().ok_or(Errno::Badf),
        Object::Listener(_) => Err(Errno::Notdir),
        _ => Err(Errno::Badf),
    }
}
