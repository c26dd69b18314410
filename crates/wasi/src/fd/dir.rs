//! `fd_readdir`.

use std::os::fd::AsFd;

use fossor_host::GuestMemory;

use crate::WasiCtx;
use crate::abi::{Buffer, Cookie, Dirent, Errno, Fd, FileType, Rights, Size};
use crate::call::Stop;
use crate::os::DirEntry;

impl WasiCtx {
    /// Lists a directory from `cookie` on: 0 is the start, others are the
    /// `d_next` of an entry. Entries go straight into the guest's buffer; the
    /// last one may be cut, and a buffer that is not full means the end.
    ///
    /// Errors: `badf`; `notdir`; `inval` for a cookie beyond 2^63.
    pub(crate) fn fd_readdir(
        &mut self,
        memory: &mut GuestMemory<'_>,
        fd: Fd,
        buf: Buffer,
        cookie: Cookie,
    ) -> Result<Size, Stop> {
        let descriptor = self.descriptors.get(fd, Rights::FD_READDIR)?;
        let dir = descriptor.directory()?.fd.as_fd();
        let bytes = buf.bytes(memory)?;
        let mut used = 0usize;
        let mut put = |part: &[u8]| -> bool {
            let rest = bytes.get_mut(used..).unwrap_or_default();
            let len = part.len().min(rest.len());
            rest[..len].copy_from_slice(&part[..len]);
            used += len;
            len == part.len()
        };
        let mut unknown_types = false;
        self.os.list(dir, cookie.0, &mut |entry: DirEntry<'_>| {
            unknown_types |= entry.file_type == FileType::Unknown;
            let dirent = to_dirent(&entry);
            put(&dirent.to_bytes()) && put(entry.name)
        })?;
        if unknown_types {
            self.complete_types(memory, fd, buf, used)?;
        }
        Ok(Size(used as u32))
    }

    /// Asks for the types that the file system did not list: walks rely on them.
    #[cold]
    fn complete_types(
        &mut self,
        memory: &mut GuestMemory<'_>,
        fd: Fd,
        buf: Buffer,
        used: usize,
    ) -> Result<(), Stop> {
        let descriptor = self.descriptors.get(fd, Rights::FD_READDIR)?;
        let dir = descriptor.directory()?.fd.as_fd();
        let bytes = buf.bytes(memory)?;
        let mut rest = bytes.get_mut(..used).ok_or(Errno::Fault)?;
        while let Some((head, tail)) = std::mem::take(&mut rest).split_at_mut_checked(24) {
            let name_len_bytes = u32::from_le_bytes([head[16], head[17], head[18], head[19]]);
            let Some((name, tail)) = tail.split_at_mut_checked(name_len_bytes as usize) else {
                break;
            };
            if head[20] == FileType::Unknown as u8
                && let Ok(name) = std::str::from_utf8(name)
                && let Ok(stat) = self.os.stat_at(dir, name)
            {
                head[20] = stat.file_type as u8;
            }
            rest = tail;
        }
        Ok(())
    }
}

fn to_dirent(entry: &DirEntry<'_>) -> Dirent {
    Dirent {
        next: entry.next_cookie,
        ino: entry.ino,
        name_len_bytes: entry.name.len() as u32,
        file_type: entry.file_type,
    }
}
