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
    /// A cookie beyond the end lists nothing.
    ///
    /// Errors: `badf`; `notdir`.
    pub(crate) fn fd_readdir(
        &mut self,
        memory: &mut GuestMemory<'_>,
        fd: Fd,
        buf: Buffer,
        cookie: Cookie,
    ) -> Result<Size, Stop> {
        let descriptor = self.descriptors.get_mut(fd, Rights::FD_READDIR)?;
        let dir = descriptor.directory_mut()?;
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
        let waiter = &self.waiter;
        let (mut number, host_cookie) = dir.positions.at_or_before(cookie.0);
        self.os.list(dir.fd.as_fd(), host_cookie, &mut |entry| {
            number += 1;
            dir.positions.note(number, entry.next_cookie);
            if number <= cookie.0 {
                // There may be millions to pass over.
                return waiter.check().is_ok();
            }
            unknown_types |= entry.file_type == FileType::Unknown;
            let dirent = to_dirent(&entry, number);
            put(&dirent.to_bytes()) && put(entry.name)
        })?;
        self.waiter.check()?;
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

fn to_dirent(entry: &DirEntry<'_>, number: u64) -> Dirent {
    Dirent {
        next: number,
        ino: entry.ino,
        name_len_bytes: entry.name.len() as u32,
        file_type: entry.file_type,
    }
}
