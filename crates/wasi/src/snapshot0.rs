//! `wasi_unstable`, snapshot 0: what toolchains before 2020 import.
//!
//! The same functions over the same code, `sock_accept` apart. Three types
//! differ: `whence` counts in another order, `filestat` has 56 bytes, and a
//! subscription 56 as well.

use fossor_host::{GuestMemory, HostError, OutOfBounds};

use crate::WasiCtx;
use crate::abi::*;
use crate::call::{Stop, invoke};
use crate::functions::{
    Function, ParamInfo, cell_types, count_cells, declare, has_result, lower, result_infos,
};

/// The 45 functions of `wasi_unstable`.
pub fn functions() -> &'static [Function] {
    &FUNCTIONS
}

/// `whence` of snapshot 0: cur 0, end 1, set 2.
#[derive(Clone, Copy, Debug)]
struct Whence0(Whence);

impl Param for Whence0 {
    const KIND: Kind = Kind::Whence0;

    fn lift(cells: &mut Cells<'_>, _: &GuestMemory<'_>) -> Result<Self, Errno> {
        Whence::from_snapshot0(cells.i32())
            .map(Whence0)
            .ok_or(Errno::Inval)
    }
}

impl From<Whence0> for Whence {
    fn from(whence: Whence0) -> Self {
        whence.0
    }
}

/// `filestat` of snapshot 0, 56 bytes:
///
/// ```text
/// 0        8        16 filetype u8  20         24        32    40    48
/// dev u64  ino u64  and 3 of 0      nlink u32  size u64  atim  mtim  ctim
/// ```
#[derive(Clone, Copy, Debug)]
struct Filestat0(Filestat);

impl From<Filestat> for Filestat0 {
    fn from(stat: Filestat) -> Self {
        Filestat0(stat)
    }
}

impl Lower for Filestat0 {
    const KIND: Kind = Kind::Filestat0;
    const SIZE_BYTES: u32 = 56;

    fn store(self, memory: &mut GuestMemory<'_>, addr: u32) -> Result<(), OutOfBounds> {
        let stat = self.0;
        let nlink = u32::try_from(stat.nlink).unwrap_or(u32::MAX);
        let fields = [
            stat.dev,
            stat.ino,
            stat.file_type as u64 | u64::from(nlink) << 32,
            stat.size_bytes,
            stat.atim_ns,
            stat.mtim_ns,
            stat.ctim_ns,
        ];
        let mut bytes = [0; Self::SIZE_BYTES as usize];
        for (place, field) in bytes.chunks_exact_mut(8).zip(fields) {
            place.copy_from_slice(&field.to_le_bytes());
        }
        memory.put(addr, &bytes)
    }
}

/// The subscriptions of snapshot 0, of 56 bytes each.
#[derive(Clone, Copy, Debug)]
struct Subscriptions0(Subscriptions);

impl Param for Subscriptions0 {
    const KIND: Kind = Kind::Subscriptions0;

    fn lift(cells: &mut Cells<'_>, memory: &GuestMemory<'_>) -> Result<Self, Errno> {
        Subscriptions::lift_sized(cells, memory, true).map(Subscriptions0)
    }
}

impl From<Subscriptions0> for Subscriptions {
    fn from(subscriptions: Subscriptions0) -> Self {
        subscriptions.0
    }
}

declare! {
    FUNCTIONS: [45] from "wasi_unstable";

    /// Stores the argument strings, each ended by NUL, and a pointer to each.
    fn args_get[memory](argv: Pointer, argv_buf: Pointer) -> ();
    /// How many arguments there are, and the size of their strings with NULs.
    fn args_sizes_get() -> (argc: Size, argv_buf_size: Size);
    /// Stores the environment as `KEY=VALUE` strings, and a pointer to each.
    fn environ_get[memory](environ: Pointer, environ_buf: Pointer) -> ();
    /// How many variables there are, and the size of their strings with NULs.
    fn environ_sizes_get() -> (environc: Size, environ_buf_size: Size);
    /// The resolution of a clock.
    fn clock_res_get(id: ClockId) -> (resolution: Timestamp);
    /// The time of a clock; the precision is a permission to be late.
    fn clock_time_get(id: ClockId, precision: Timestamp) -> (time: Timestamp);
    /// Tells how a part of a file will be accessed.
    fn fd_advise(fd: Fd, offset: Offset, len: FileSize, advice: Advice) -> ();
    /// Makes room in a file, growing it if need be.
    fn fd_allocate(fd: Fd, offset: Offset, len: FileSize) -> ();
    /// Closes a descriptor.
    fn fd_close(fd: Fd) -> ();
    /// Brings a file's data to disk.
    fn fd_datasync(fd: Fd) -> ();
    /// What kind of descriptor this is, and its flags and rights.
    fn fd_fdstat_get(fd: Fd) -> (stat: Fdstat);
    /// Changes a descriptor's flags.
    fn fd_fdstat_set_flags(fd: Fd, flags: FdFlags) -> ();
    /// Gives up rights; only where rights are enforced.
    fn fd_fdstat_set_rights(fd: Fd, fs_rights_base: Rights, fs_rights_inheriting: Rights) -> ();
    /// What is known of an open file.
    fn fd_filestat_get(fd: Fd) -> (buf: Filestat0);
    /// Cuts or extends a file.
    fn fd_filestat_set_size(fd: Fd, size: FileSize) -> ();
    /// Sets an open file's times of access and modification.
    fn fd_filestat_set_times(fd: Fd, atim: Timestamp, mtim: Timestamp, fst_flags: FstFlags) -> ();
    /// Reads at an offset; the descriptor's own stays.
    fn fd_pread[memory](fd: Fd, iovs: Iovecs, offset: Offset) -> (nread: Size);
    /// What kind of preopened object this is, and how long its name.
    fn fd_prestat_get(fd: Fd) -> (buf: Prestat);
    /// The name of a preopened directory, without NUL.
    fn fd_prestat_dir_name[memory](fd: Fd, path: Buffer) -> ();
    /// Writes at an offset; the descriptor's own stays.
    fn fd_pwrite[memory](fd: Fd, iovs: Ciovecs, offset: Offset) -> (nwritten: Size);
    /// Reads from a descriptor.
    fn fd_read[memory](fd: Fd, iovs: Iovecs) -> (nread: Size);
    /// Lists a directory from a cookie on; the last entry may be cut.
    fn fd_readdir[memory](fd: Fd, buf: Buffer, cookie: Cookie) -> (bufused: Size);
    /// Moves a descriptor to the number of another, which is closed.
    fn fd_renumber(fd: Fd, to: Fd) -> ();
    /// Moves a descriptor's offset.
    fn fd_seek(fd: Fd, offset: FileDelta, whence: Whence0) -> (newoffset: FileSize);
    /// Brings a file's data and metadata to disk.
    fn fd_sync(fd: Fd) -> ();
    /// A descriptor's offset.
    fn fd_tell(fd: Fd) -> (offset: FileSize);
    /// Writes to a descriptor.
    fn fd_write[memory](fd: Fd, iovs: Ciovecs) -> (nwritten: Size);
    /// Makes a directory.
    fn path_create_directory(fd: Fd, path: GuestPath) -> ();
    /// What is known of a path.
    fn path_filestat_get(fd: Fd, flags: LookupFlags, path: GuestPath) -> (buf: Filestat0);
    /// Sets a path's times of access and modification.
    fn path_filestat_set_times(fd: Fd, flags: LookupFlags, path: GuestPath, atim: Timestamp, mtim: Timestamp, fst_flags: FstFlags) -> ();
    /// Makes a second name for a file.
    fn path_link(old_fd: Fd, old_flags: LookupFlags, old_path: GuestPath, new_fd: Fd, new_path: GuestPath) -> ();
    /// Opens a file or a directory.
    fn path_open(fd: Fd, dirflags: LookupFlags, path: GuestPath, oflags: OFlags, fs_rights_base: Rights, fs_rights_inheriting: Rights, fdflags: FdFlags) -> (opened_fd: Fd);
    /// The text of a symbolic link, cut to the buffer, without NUL.
    fn path_readlink[memory](fd: Fd, path: GuestPath, buf: Buffer) -> (bufused: Size);
    /// Removes an empty directory.
    fn path_remove_directory(fd: Fd, path: GuestPath) -> ();
    /// Renames a file or a directory.
    fn path_rename(fd: Fd, old_path: GuestPath, new_fd: Fd, new_path: GuestPath) -> ();
    /// Makes a symbolic link.
    fn path_symlink(old_path: LinkText, fd: Fd, new_path: GuestPath) -> ();
    /// Removes a name that is not a directory's.
    fn path_unlink_file(fd: Fd, path: GuestPath) -> ();
    /// Waits for any of several clocks and descriptors.
    fn poll_oneoff[memory](subscriptions: Subscriptions0) -> (nevents: Size);
    /// Ends the program with a status.
    fn proc_exit(rval: ExitCode) -> !;
    /// Ends the program as a signal would.
    fn proc_raise(sig: Signal) -> ();
    /// Lets others run.
    fn sched_yield() -> ();
    /// Fills a buffer with random bytes.
    fn random_get[memory](buf: Buffer) -> ();
    /// Receives from a connection.
    fn sock_recv[memory](fd: Fd, ri_data: Iovecs, ri_flags: RiFlags) -> (ro_datalen: Size, ro_flags: RoFlags);
    /// Sends on a connection.
    fn sock_send[memory](fd: Fd, si_data: Ciovecs, si_flags: SiFlags) -> (so_datalen: Size);
    /// Closes directions of a connection.
    fn sock_shutdown(fd: Fd, how: SdFlags) -> ();
}
