//! The seam below WASI: what the host's system does for it.
//!
//! [`Os`] has one method per thing that WASI needs, with the system's own
//! behaviour as its default; [`System`] is that default. A scripted system for
//! tests and fuzzing overrides what it wants to lie about: clocks that jump,
//! short reads, any error. Nothing else in this crate makes a system call.
//!
//! No method blocks, except on regular files and in [`Os::poll`], which is the
//! only place where a guest waits.

mod deterministic;
mod dir;
mod scripted;
mod system;
mod wake;

use std::io::{IoSlice, IoSliceMut, SeekFrom};
use std::os::fd::{BorrowedFd, OwnedFd};

pub use deterministic::Deterministic;
pub use rustix::fs::{Mode, OFlags as HostFlags};
pub use scripted::Scripted;
pub(crate) use wake::Wake;

use crate::abi::{Advice, ClockId, Errno, FileType, Filestat, RiFlags, SdFlags};

/// What the host's system answers.
pub type OsResult<T> = Result<T, Errno>;

/// One entry of a directory, as the host lists it.
#[derive(Clone, Copy, Debug)]
pub struct DirEntry<'a> {
    /// Continues after this entry; survives the deletion of entries.
    pub next_cookie: u64,
    /// The inode.
    pub ino: u64,
    /// What it is, or `Unknown` if the file system does not say.
    pub file_type: FileType,
    /// Its name.
    pub name: &'a [u8],
}

/// How a write is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WriteHow {
    /// Answer `again` rather than wait; `notsup` if the object cannot tell.
    pub nowait: bool,
    /// Go to the end first, in one step.
    pub append: bool,
}

/// What one of a file's times becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetTime {
    /// It stays.
    Omit,
    /// The present.
    Now,
    /// Nanoseconds since 1970.
    At(u64),
}

/// One descriptor to wait for, and what became of it.
#[derive(Clone, Copy, Debug)]
pub struct PollEntry<'fd> {
    /// The descriptor.
    pub fd: BorrowedFd<'fd>,
    /// Whether to wait for room to write, rather than for data.
    pub for_write: bool,
    /// Ready for what was asked, or in error: a call would not wait.
    pub ready: bool,
    /// The other side has gone.
    pub hangup: bool,
}

impl<'fd> PollEntry<'fd> {
    /// Waits for data on `fd`, or for its end.
    pub fn read(fd: BorrowedFd<'fd>) -> Self {
        Self {
            fd,
            for_write: false,
            ready: false,
            hangup: false,
        }
    }

    /// Waits for room on `fd`.
    pub fn write(fd: BorrowedFd<'fd>) -> Self {
        Self {
            for_write: true,
            ..Self::read(fd)
        }
    }
}

/// Declares the trait and the system's functions that are its defaults.
macro_rules! os {
    ($($(#[doc = $doc:literal])+ fn $name:ident($($arg:ident: $type:ty),*) -> $result:ty;)*) => {
        /// The host's system, as WASI uses it. Errors are the host's, in WASI's
        /// numbers.
        pub trait Os: Send {
            /// Called before each of the system's own operations, with its name.
            /// What it answers as an error becomes the operation's.
            #[inline]
            fn before(&mut self, _operation: &'static str) -> OsResult<()> {
                Ok(())
            }

            $($(#[doc = $doc])+
            #[allow(clippy::too_many_arguments)]
            fn $name(&mut self, $($arg: $type),*) -> OsResult<$result> {
                self.before(stringify!($name))?;
                system::$name($($arg),*)
            })*
        }
    };
}

os! {
    // Clocks and random numbers.

    /// The clock's time in ns.
    fn clock_time_ns(clock: ClockId) -> u64;
    /// The clock's resolution in ns.
    fn clock_resolution_ns(clock: ClockId) -> u64;
    /// Fills the buffer from the system's secure source.
    fn random(bytes: &mut [u8]) -> ();

    // Waiting.

    /// Waits until one entry is ready or the time has passed; `None` waits for
    /// ever. Answers how many are ready. `intr` after a signal.
    fn poll(entries: &mut [PollEntry<'_>], timeout_ns: Option<u64>) -> usize;
    /// How many bytes can be read at once from a pipe, terminal or socket.
    fn readable_bytes(fd: BorrowedFd<'_>) -> u64;

    // Open files.

    /// Reads at the descriptor's offset. With `nowait`, `again` rather than
    /// waiting, `notsup` if the object cannot tell.
    fn read(fd: BorrowedFd<'_>, bufs: &mut [IoSliceMut<'_>], nowait: bool) -> usize;
    /// Writes at the descriptor's offset.
    fn write(fd: BorrowedFd<'_>, bufs: &[IoSlice<'_>], how: WriteHow) -> usize;
    /// Reads at `offset`, in bytes; the descriptor's own stays.
    fn pread(fd: BorrowedFd<'_>, bufs: &mut [IoSliceMut<'_>], offset: u64) -> usize;
    /// Writes at `offset`, in bytes; the descriptor's own stays.
    fn pwrite(fd: BorrowedFd<'_>, bufs: &[IoSlice<'_>], offset: u64) -> usize;
    /// Moves the descriptor's offset, in bytes.
    fn seek(fd: BorrowedFd<'_>, to: SeekFrom) -> u64;
    /// What is known of the file; works on `O_PATH` descriptors.
    fn stat(fd: BorrowedFd<'_>) -> Filestat;
    /// The flags it was opened with.
    fn host_flags(fd: BorrowedFd<'_>) -> HostFlags;
    /// Opens the pipe or terminal behind `fd` once more, such that nothing waits
    /// in it: the new description is ours alone. `nosys` where the system cannot.
    fn reopen_nonblocking(fd: BorrowedFd<'_>) -> OwnedFd;
    /// Whether it is a terminal.
    fn is_terminal(fd: BorrowedFd<'_>) -> bool;
    /// Whether it is `/dev/null`, known to be so.
    fn is_null_device(fd: BorrowedFd<'_>) -> bool;
    /// Cuts or extends the file to `size_bytes`.
    fn set_size(fd: BorrowedFd<'_>, size_bytes: u64) -> ();
    /// Makes room for `len_bytes` at `offset`; never shrinks the file.
    fn allocate(fd: BorrowedFd<'_>, offset: u64, len_bytes: u64) -> ();
    /// Says how the file will be accessed.
    fn advise(fd: BorrowedFd<'_>, offset: u64, len_bytes: u64, advice: Advice) -> ();
    /// Brings the file to disk; with `data_only`, not all its metadata.
    fn sync(fd: BorrowedFd<'_>, data_only: bool) -> ();
    /// Sets the times of last access and modification; works on `O_PATH`.
    fn set_times(fd: BorrowedFd<'_>, access: SetTime, modification: SetTime) -> ();
    /// Lists from `cookie` on (0 is the start), until the end or until `each`
    /// answers false.
    fn list(fd: BorrowedFd<'_>, cookie: u64, each: &mut dyn FnMut(DirEntry<'_>) -> bool) -> ();

    // Names in a directory. None of these follows a link at the end.

    /// `openat2`: the whole path, which must stay beneath `dir`, or as if `dir`
    /// were the root. `nosys` where the system has no such call.
    fn open_beneath(dir: BorrowedFd<'_>, path: &str, flags: HostFlags, mode: Mode, in_root: bool) -> OwnedFd;
    /// `openat` of a single name.
    fn open_at(dir: BorrowedFd<'_>, name: &str, flags: HostFlags, mode: Mode) -> OwnedFd;
    /// What is known of the name itself.
    fn stat_at(dir: BorrowedFd<'_>, name: &str) -> Filestat;
    /// A link's text; `inval` if it is not a link. An empty name reads the link
    /// that `dir` itself is.
    fn read_link_at(dir: BorrowedFd<'_>, name: &str) -> Vec<u8>;
    /// Sets the times of the name itself.
    fn set_times_at(dir: BorrowedFd<'_>, name: &str, access: SetTime, modification: SetTime) -> ();
    /// Makes a directory.
    fn create_directory_at(dir: BorrowedFd<'_>, name: &str) -> ();
    /// Removes a name; `directory` tells which kind.
    fn remove_at(dir: BorrowedFd<'_>, name: &str, directory: bool) -> ();
    /// Renames, replacing.
    fn rename_at(old_dir: BorrowedFd<'_>, old: &str, new_dir: BorrowedFd<'_>, new: &str) -> ();
    /// Makes a second name.
    fn link_at(old_dir: BorrowedFd<'_>, old: &str, new_dir: BorrowedFd<'_>, new: &str) -> ();
    /// Makes a symbolic link.
    fn symlink_at(text: &str, dir: BorrowedFd<'_>, name: &str) -> ();

    // Sockets.

    /// Takes a connection from a listener, without waiting.
    fn accept(listener: BorrowedFd<'_>) -> OwnedFd;
    /// Receives without waiting; answers the length, and whether a message was
    /// cut.
    fn receive(fd: BorrowedFd<'_>, bufs: &mut [IoSliceMut<'_>], flags: RiFlags) -> (usize, bool);
    /// Sends without waiting and without a signal.
    fn send(fd: BorrowedFd<'_>, bufs: &[IoSlice<'_>]) -> usize;
    /// Closes directions of a connection.
    fn shutdown(fd: BorrowedFd<'_>, how: SdFlags) -> ();
    /// The other side's address, or a listener's own, for the trace.
    fn socket_name(fd: BorrowedFd<'_>) -> String;
}

/// The host's real system.
#[derive(Clone, Copy, Debug, Default)]
pub struct System;

impl Os for System {}
