//! The real system, by rustix. One function per method of [`Os`](super::Os).

use std::collections::BTreeMap;
use std::io::{IoSlice, IoSliceMut, IsTerminal, SeekFrom};
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::fs::{AtFlags, FileType as HostType, Mode, OFlags as HostFlags, Stat, Timestamps};
use rustix::io::retry_on_intr;

use super::{OsResult, PollEntry, SetTime, WriteHow};
#[cfg(not(target_os = "linux"))]
use crate::abi::Errno;
use crate::abi::{Advice, ClockId, FileType, Filestat, RiFlags, SdFlags};

pub(super) use super::dir::list;

/// Nanoseconds of a second.
const SECOND_NS: u64 = 1_000_000_000;

/// Poll entries that need no allocation.
const FEW_ENTRIES: usize = 8;

fn host_clock(clock: ClockId) -> rustix::time::ClockId {
    match clock {
        ClockId::Realtime => rustix::time::ClockId::Realtime,
        ClockId::Monotonic => rustix::time::ClockId::Monotonic,
        ClockId::ProcessCputime => rustix::time::ClockId::ProcessCPUTime,
        ClockId::ThreadCputime => rustix::time::ClockId::ThreadCPUTime,
    }
}

/// Nanoseconds; a time before 1970 is 0, as WASI's times are unsigned.
fn to_ns(seconds: i64, nanoseconds: u64) -> u64 {
    u64::try_from(seconds)
        .unwrap_or(0)
        .saturating_mul(SECOND_NS)
        .saturating_add(nanoseconds)
}

fn to_timespec(ns: u64) -> Timespec {
    Timespec {
        // At most 18 billion seconds.
        tv_sec: (ns / SECOND_NS) as i64,
        tv_nsec: (ns % SECOND_NS) as _,
    }
}

#[inline]
pub(super) fn clock_time_ns(clock: ClockId) -> OsResult<u64> {
    let time = rustix::time::clock_gettime(host_clock(clock));
    Ok(to_ns(time.tv_sec, time.tv_nsec as u64))
}

pub(super) fn clock_resolution_ns(clock: ClockId) -> OsResult<u64> {
    let time = rustix::time::clock_getres(host_clock(clock));
    Ok(to_ns(time.tv_sec, time.tv_nsec as u64).max(1))
}

pub(super) fn random(bytes: &mut [u8]) -> OsResult<()> {
    let mut rest = bytes;
    while !rest.is_empty() {
        let filled = retry_on_intr(|| {
            rustix::rand::getrandom(&mut *rest, rustix::rand::GetRandomFlags::empty())
        })?;
        rest = rest.get_mut(filled..).unwrap_or_default();
    }
    Ok(())
}

pub(super) fn poll(entries: &mut [PollEntry<'_>], timeout_ns: Option<u64>) -> OsResult<usize> {
    let timeout = timeout_ns.map(to_timespec);
    let to_host = |entry: &PollEntry<'_>| -> PollFlags {
        if entry.for_write {
            PollFlags::OUT
        } else {
            PollFlags::IN
        }
    };
    let gone = PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL;
    let collect = |entry: &mut PollEntry<'_>, fd: &PollFd<'_>| {
        let events = fd.revents();
        entry.ready = events.intersects(to_host(entry) | gone);
        entry.hangup = events.intersects(gone);
    };
    // `PollFd` borrows by value, so that the entries stay free.
    if entries.len() <= FEW_ENTRIES {
        let Some(first) = entries.first() else {
            return Ok(rustix::event::poll(&mut [], timeout.as_ref())?);
        };
        let first = first.fd;
        let mut fds: [PollFd<'_>; FEW_ENTRIES] =
            std::array::from_fn(|index| match entries.get(index) {
                Some(entry) => PollFd::from_borrowed_fd(entry.fd, to_host(entry)),
                None => PollFd::from_borrowed_fd(first, PollFlags::empty()),
            });
        let fds = &mut fds[..entries.len()];
        let ready = rustix::event::poll(fds, timeout.as_ref())?;
        for (entry, fd) in entries.iter_mut().zip(fds) {
            collect(entry, fd);
        }
        Ok(ready)
    } else {
        // One for each descriptor: the host takes no more than it lets a process
        // open, and two are a wait for data and one for room on the same.
        let mut asked = BTreeMap::new();
        for entry in entries.iter() {
            let none = (entry.fd, PollFlags::empty());
            let (_, events) = asked.entry(entry.fd.as_raw_fd()).or_insert(none);
            *events |= to_host(entry);
        }
        let fds = asked.values();
        let fds = fds.map(|(fd, events)| PollFd::from_borrowed_fd(*fd, *events));
        let mut fds = Vec::from_iter(fds);
        rustix::event::poll(&mut fds, timeout.as_ref())?;
        let answers = BTreeMap::from_iter(asked.into_keys().zip(&fds));
        for entry in entries.iter_mut() {
            if let Some(fd) = answers.get(&entry.fd.as_raw_fd()) {
                collect(entry, fd);
            }
        }
        Ok(entries.iter().filter(|entry| entry.ready).count())
    }
}

pub(super) fn readable_bytes(fd: BorrowedFd<'_>) -> OsResult<u64> {
    Ok(rustix::io::ioctl_fionread(fd)?)
}

pub(super) fn read(
    fd: BorrowedFd<'_>,
    bufs: &mut [IoSliceMut<'_>],
    nowait: bool,
) -> OsResult<usize> {
    if nowait {
        return read_nowait(fd, bufs);
    }
    Ok(match bufs {
        [one] => rustix::io::read(fd, &mut **one)?,
        many => rustix::io::readv(fd, many)?,
    })
}

pub(super) fn write(fd: BorrowedFd<'_>, bufs: &[IoSlice<'_>], how: WriteHow) -> OsResult<usize> {
    if how.append {
        return append(fd, bufs);
    }
    if how.nowait {
        return write_nowait(fd, bufs);
    }
    Ok(match bufs {
        [one] => rustix::io::write(fd, one)?,
        many => rustix::io::writev(fd, many)?,
    })
}

/// The offset that stands for the descriptor's own in `preadv2` and `pwritev2`.
#[cfg(target_os = "linux")]
const OWN_OFFSET: u64 = u64::MAX;

#[cfg(target_os = "linux")]
fn read_nowait(fd: BorrowedFd<'_>, bufs: &mut [IoSliceMut<'_>]) -> OsResult<usize> {
    let flags = rustix::io::ReadWriteFlags::NOWAIT;
    Ok(rustix::io::preadv2(fd, bufs, OWN_OFFSET, flags)?)
}

#[cfg(target_os = "linux")]
fn write_nowait(fd: BorrowedFd<'_>, bufs: &[IoSlice<'_>]) -> OsResult<usize> {
    let flags = rustix::io::ReadWriteFlags::NOWAIT;
    Ok(rustix::io::pwritev2(fd, bufs, OWN_OFFSET, flags)?)
}

#[cfg(not(target_os = "linux"))]
fn read_nowait(_: BorrowedFd<'_>, _: &mut [IoSliceMut<'_>]) -> OsResult<usize> {
    Err(Errno::Notsup)
}

#[cfg(not(target_os = "linux"))]
fn write_nowait(_: BorrowedFd<'_>, _: &[IoSlice<'_>]) -> OsResult<usize> {
    Err(Errno::Notsup)
}

fn append(fd: BorrowedFd<'_>, bufs: &[IoSlice<'_>]) -> OsResult<usize> {
    #[cfg(target_os = "linux")]
    {
        let flags = rustix::io::ReadWriteFlags::APPEND;
        match rustix::io::pwritev2(fd, bufs, OWN_OFFSET, flags) {
            Err(rustix::io::Errno::OPNOTSUPP | rustix::io::Errno::NOSYS) => {}
            answer => return Ok(answer?),
        }
    }
    // In two steps where the system has no single one.
    rustix::fs::seek(fd, rustix::fs::SeekFrom::End(0))?;
    Ok(rustix::io::writev(fd, bufs)?)
}

#[cfg(not(target_vendor = "apple"))]
pub(super) fn pread(
    fd: BorrowedFd<'_>,
    bufs: &mut [IoSliceMut<'_>],
    offset: u64,
) -> OsResult<usize> {
    Ok(rustix::io::preadv(fd, bufs, offset)?)
}

#[cfg(not(target_vendor = "apple"))]
pub(super) fn pwrite(fd: BorrowedFd<'_>, bufs: &[IoSlice<'_>], offset: u64) -> OsResult<usize> {
    Ok(rustix::io::pwritev(fd, bufs, offset)?)
}

// Without vectors there, the first buffer alone: a short count.
#[cfg(target_vendor = "apple")]
pub(super) fn pread(
    fd: BorrowedFd<'_>,
    bufs: &mut [IoSliceMut<'_>],
    offset: u64,
) -> OsResult<usize> {
    match bufs.iter_mut().find(|buf| !buf.is_empty()) {
        Some(buf) => Ok(rustix::io::pread(fd, &mut **buf, offset)?),
        None => Ok(rustix::io::pread(fd, &mut [0u8; 0][..], offset)?),
    }
}

#[cfg(target_vendor = "apple")]
pub(super) fn pwrite(fd: BorrowedFd<'_>, bufs: &[IoSlice<'_>], offset: u64) -> OsResult<usize> {
    let buf = bufs.iter().find(|buf| !buf.is_empty());
    Ok(rustix::io::pwrite(
        fd,
        buf.map_or(&[], |buf| &**buf),
        offset,
    )?)
}

pub(super) fn seek(fd: BorrowedFd<'_>, to: SeekFrom) -> OsResult<u64> {
    let to = match to {
        SeekFrom::Start(offset) => rustix::fs::SeekFrom::Start(offset),
        SeekFrom::Current(delta) => rustix::fs::SeekFrom::Current(delta),
        SeekFrom::End(delta) => rustix::fs::SeekFrom::End(delta),
    };
    Ok(rustix::fs::seek(fd, to)?)
}

pub(super) fn stat(fd: BorrowedFd<'_>) -> OsResult<Filestat> {
    Ok(to_filestat(&rustix::fs::fstat(fd)?))
}

pub(super) fn host_flags(fd: BorrowedFd<'_>) -> OsResult<HostFlags> {
    Ok(rustix::fs::fcntl_getfl(fd)?)
}

#[cfg(target_os = "linux")]
pub(super) fn reopen_nonblocking(fd: BorrowedFd<'_>) -> OsResult<OwnedFd> {
    let mode = rustix::fs::fcntl_getfl(fd)? & HostFlags::RWMODE;
    let flags = mode | HostFlags::NONBLOCK | HostFlags::NOCTTY | HostFlags::CLOEXEC;
    let path = format!("/proc/self/fd/{}", fd.as_raw_fd());
    Ok(retry_on_intr(|| {
        rustix::fs::open(&path, flags, Mode::empty())
    })?)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn reopen_nonblocking(_fd: BorrowedFd<'_>) -> OsResult<OwnedFd> {
    Err(Errno::Nosys)
}

pub(super) fn is_terminal(fd: BorrowedFd<'_>) -> OsResult<bool> {
    Ok(fd.is_terminal())
}

pub(super) fn is_null_device(fd: BorrowedFd<'_>) -> OsResult<bool> {
    let stat = rustix::fs::fstat(fd)?;
    let character = HostType::from_raw_mode(stat.st_mode) == HostType::CharacterDevice;
    // As Linux numbers devices.
    let device = (
        rustix::fs::major(stat.st_rdev),
        rustix::fs::minor(stat.st_rdev),
    );
    Ok(cfg!(target_os = "linux") && character && device == (1, 3))
}

pub(super) fn set_size(fd: BorrowedFd<'_>, size_bytes: u64) -> OsResult<()> {
    Ok(retry_on_intr(|| rustix::fs::ftruncate(fd, size_bytes))?)
}

#[cfg(not(target_vendor = "apple"))]
pub(super) fn allocate(fd: BorrowedFd<'_>, offset: u64, len_bytes: u64) -> OsResult<()> {
    let mode = rustix::fs::FallocateFlags::empty();
    Ok(retry_on_intr(|| {
        rustix::fs::fallocate(fd, mode, offset, len_bytes)
    })?)
}

#[cfg(target_vendor = "apple")]
pub(super) fn allocate(_: BorrowedFd<'_>, _: u64, _: u64) -> OsResult<()> {
    Err(Errno::Notsup)
}

#[cfg(not(target_vendor = "apple"))]
pub(super) fn advise(
    fd: BorrowedFd<'_>,
    offset: u64,
    len_bytes: u64,
    advice: Advice,
) -> OsResult<()> {
    use rustix::fs::Advice as Host;
    let advice = match advice {
        Advice::Normal => Host::Normal,
        Advice::Sequential => Host::Sequential,
        Advice::Random => Host::Random,
        Advice::Willneed => Host::WillNeed,
        Advice::Dontneed => Host::DontNeed,
        Advice::Noreuse => Host::NoReuse,
    };
    let len_bytes = std::num::NonZeroU64::new(len_bytes);
    Ok(rustix::fs::fadvise(fd, offset, len_bytes, advice)?)
}

#[cfg(target_vendor = "apple")]
pub(super) fn advise(_: BorrowedFd<'_>, _: u64, _: u64, _: Advice) -> OsResult<()> {
    Ok(())
}

pub(super) fn sync(fd: BorrowedFd<'_>, data_only: bool) -> OsResult<()> {
    #[cfg(not(target_vendor = "apple"))]
    if data_only {
        return Ok(retry_on_intr(|| rustix::fs::fdatasync(fd))?);
    }
    let _ = data_only;
    Ok(retry_on_intr(|| rustix::fs::fsync(fd))?)
}

pub(super) fn set_times(
    fd: BorrowedFd<'_>,
    access: SetTime,
    modification: SetTime,
) -> OsResult<()> {
    let times = to_timestamps(access, modification);
    // `futimens` refuses `O_PATH` descriptors, the empty path does not.
    #[cfg(target_os = "linux")]
    match rustix::fs::utimensat(fd, "", &times, AtFlags::EMPTY_PATH) {
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOENT) => {}
        answer => return Ok(answer?),
    }
    Ok(rustix::fs::futimens(fd, &times)?)
}

pub(super) fn open_beneath(
    dir: BorrowedFd<'_>,
    path: &str,
    flags: HostFlags,
    mode: Mode,
    in_root: bool,
) -> OsResult<OwnedFd> {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::ResolveFlags;
        let within = if in_root {
            ResolveFlags::IN_ROOT
        } else {
            ResolveFlags::BENEATH
        };
        let resolve = within | ResolveFlags::NO_MAGICLINKS;
        let flags = flags | HostFlags::CLOEXEC;
        Ok(retry_on_intr(|| {
            rustix::fs::openat2(dir, path, flags, mode, resolve)
        })?)
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = (dir, path, flags, mode, in_root);
        Err(Errno::Nosys)
    }
}

pub(super) fn open_at(
    dir: BorrowedFd<'_>,
    name: &str,
    flags: HostFlags,
    mode: Mode,
) -> OsResult<OwnedFd> {
    let flags = flags | HostFlags::CLOEXEC | HostFlags::NOFOLLOW;
    Ok(retry_on_intr(|| {
        rustix::fs::openat(dir, name, flags, mode)
    })?)
}

pub(super) fn stat_at(dir: BorrowedFd<'_>, name: &str) -> OsResult<Filestat> {
    let stat = rustix::fs::statat(dir, name, AtFlags::SYMLINK_NOFOLLOW)?;
    Ok(to_filestat(&stat))
}

pub(super) fn read_link_at(dir: BorrowedFd<'_>, name: &str) -> OsResult<Vec<u8>> {
    Ok(rustix::fs::readlinkat(dir, name, Vec::new())?.into_bytes())
}

pub(super) fn set_times_at(
    dir: BorrowedFd<'_>,
    name: &str,
    access: SetTime,
    modification: SetTime,
) -> OsResult<()> {
    let times = to_timestamps(access, modification);
    Ok(rustix::fs::utimensat(
        dir,
        name,
        &times,
        AtFlags::SYMLINK_NOFOLLOW,
    )?)
}

pub(super) fn create_directory_at(dir: BorrowedFd<'_>, name: &str) -> OsResult<()> {
    Ok(rustix::fs::mkdirat(dir, name, Mode::from_raw_mode(0o777))?)
}

pub(super) fn remove_at(dir: BorrowedFd<'_>, name: &str, directory: bool) -> OsResult<()> {
    let flags = if directory {
        AtFlags::REMOVEDIR
    } else {
        AtFlags::empty()
    };
    Ok(rustix::fs::unlinkat(dir, name, flags)?)
}

pub(super) fn rename_at(
    old_dir: BorrowedFd<'_>,
    old: &str,
    new_dir: BorrowedFd<'_>,
    new: &str,
) -> OsResult<()> {
    Ok(rustix::fs::renameat(old_dir, old, new_dir, new)?)
}

pub(super) fn link_at(
    old_dir: BorrowedFd<'_>,
    old: &str,
    new_dir: BorrowedFd<'_>,
    new: &str,
) -> OsResult<()> {
    Ok(rustix::fs::linkat(
        old_dir,
        old,
        new_dir,
        new,
        AtFlags::empty(),
    )?)
}

pub(super) fn symlink_at(text: &str, dir: BorrowedFd<'_>, name: &str) -> OsResult<()> {
    Ok(rustix::fs::symlinkat(text, dir, name)?)
}

pub(super) fn accept(listener: BorrowedFd<'_>) -> OsResult<OwnedFd> {
    let socket = accept_nonblocking(listener)?;
    // Go sets this on every connection, and cannot here: small answers would
    // wait for the client's delayed acknowledgement. No TCP, no matter.
    let _ = rustix::net::sockopt::set_tcp_nodelay(&socket, true);
    Ok(socket)
}

fn accept_nonblocking(listener: BorrowedFd<'_>) -> OsResult<OwnedFd> {
    #[cfg(not(target_vendor = "apple"))]
    {
        let flags = rustix::net::SocketFlags::CLOEXEC | rustix::net::SocketFlags::NONBLOCK;
        Ok(rustix::net::accept_with(listener, flags)?)
    }
    #[cfg(target_vendor = "apple")]
    {
        let socket = rustix::net::accept(listener)?;
        rustix::io::ioctl_fioclex(&socket)?;
        rustix::io::ioctl_fionbio(&socket, true)?;
        Ok(socket)
    }
}

pub(super) fn receive(
    fd: BorrowedFd<'_>,
    bufs: &mut [IoSliceMut<'_>],
    flags: RiFlags,
) -> OsResult<(usize, bool)> {
    use rustix::net::{RecvFlags, ReturnFlags};
    let mut host = RecvFlags::DONTWAIT;
    host.set(RecvFlags::PEEK, flags.contains(RiFlags::PEEK));
    // Without waiting, the host's own WAITALL would be a no-op.
    let mut control = rustix::net::RecvAncillaryBuffer::default();
    let answer = rustix::net::recvmsg(fd, bufs, &mut control, host)?;
    Ok((answer.bytes, answer.flags.contains(ReturnFlags::TRUNC)))
}

pub(super) fn send(fd: BorrowedFd<'_>, bufs: &[IoSlice<'_>]) -> OsResult<usize> {
    use rustix::net::SendFlags;
    #[cfg(not(target_vendor = "apple"))]
    let flags = SendFlags::DONTWAIT | SendFlags::NOSIGNAL;
    #[cfg(target_vendor = "apple")]
    let flags = SendFlags::DONTWAIT;
    let mut control = rustix::net::SendAncillaryBuffer::default();
    Ok(rustix::net::sendmsg(fd, bufs, &mut control, flags)?)
}

pub(super) fn shutdown(fd: BorrowedFd<'_>, how: SdFlags) -> OsResult<()> {
    use rustix::net::Shutdown;
    let how = if how == SdFlags::RD {
        Shutdown::Read
    } else if how == SdFlags::WR {
        Shutdown::Write
    } else {
        Shutdown::Both
    };
    Ok(rustix::net::shutdown(fd, how)?)
}

pub(super) fn socket_name(fd: BorrowedFd<'_>) -> OsResult<String> {
    let address = match rustix::net::getpeername(fd) {
        Ok(Some(address)) => address,
        _ => rustix::net::getsockname(fd)?,
    };
    match std::net::SocketAddr::try_from(address) {
        Ok(address) => Ok(address.to_string()),
        Err(_) => Ok("socket".to_owned()),
    }
}

fn to_timestamps(access: SetTime, modification: SetTime) -> Timestamps {
    let to_host = |time| match time {
        SetTime::Omit => Timespec {
            tv_sec: 0,
            tv_nsec: rustix::fs::UTIME_OMIT,
        },
        SetTime::Now => Timespec {
            tv_sec: 0,
            tv_nsec: rustix::fs::UTIME_NOW,
        },
        SetTime::At(ns) => to_timespec(ns),
    };
    Timestamps {
        last_access: to_host(access),
        last_modification: to_host(modification),
    }
}

pub(super) fn to_file_type(host: HostType) -> FileType {
    match host {
        HostType::RegularFile => FileType::RegularFile,
        HostType::Directory => FileType::Directory,
        HostType::Symlink => FileType::SymbolicLink,
        HostType::CharacterDevice => FileType::CharacterDevice,
        HostType::BlockDevice => FileType::BlockDevice,
        HostType::Socket => FileType::SocketStream,
        _ => FileType::Unknown,
    }
}

// Field types differ between hosts, hence casts that some do not need.
#[allow(clippy::unnecessary_cast)]
fn to_filestat(stat: &Stat) -> Filestat {
    Filestat {
        dev: stat.st_dev as u64,
        ino: stat.st_ino as u64,
        file_type: to_file_type(HostType::from_raw_mode(stat.st_mode as _)),
        nlink: stat.st_nlink as u64,
        size_bytes: stat.st_size as u64,
        atim_ns: to_ns(stat.st_atime as i64, stat.st_atime_nsec as u64),
        mtim_ns: to_ns(stat.st_mtime as i64, stat.st_mtime_nsec as u64),
        ctim_ns: to_ns(stat.st_ctime as i64, stat.st_ctime_nsec as u64),
    }
}
