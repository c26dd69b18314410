//! Flag sets and small enums.
//!
//! A set knows its valid bits: a guest that sets others is answered `inval`,
//! except for rights, which are masked (`wasi.md` §1.3).

use bitflags::bitflags;

use super::{Cells, Errno, Item, Kind, Param, TypeInfo};
use fossor_host::GuestMemory;

/// Declares a set of flags, and its description from the same lines.
macro_rules! abi_flags {
    ($(#[doc = $doc:literal])+ #[derive($($derive:ident),*)]
     pub struct $name:ident: $bits:ty {
        $($(#[doc = $flag_doc:literal])+ const $flag:ident = $value:expr;)*
    }) => {
        bitflags! {
            $(#[doc = $doc])+
            #[derive($($derive),*)]
            pub struct $name: $bits {
                $($(#[doc = $flag_doc])+ const $flag = $value;)*
            }
        }

        impl $name {
            /// The set, described.
            pub const INFO: TypeInfo = TypeInfo {
                name: stringify!($name),
                repr: stringify!($bits),
                doc: concat!($($doc),+),
                flags: true,
                items: &[$(Item {
                    name: stringify!($flag),
                    value: $value,
                    doc: concat!($($flag_doc),+),
                }),*],
            };
        }
    };
}

abi_flags! {
    /// `fdflags`, u16: how a descriptor reads and writes.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct FdFlags: u16 {
        /// Every write goes to the end.
        const APPEND = 1;
        /// Data is on disk when a write returns.
        const DSYNC = 2;
        /// Nothing waits; what is not ready answers `again`.
        const NONBLOCK = 4;
        /// Reads are synchronised as well.
        const RSYNC = 8;
        /// Data and metadata are on disk when a write returns.
        const SYNC = 16;
    }
}

abi_flags! {
    /// `oflags`, u16: how `path_open` opens.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct OFlags: u16 {
        /// Create the file if it is missing.
        const CREAT = 1;
        /// Fail if it is not a directory.
        const DIRECTORY = 2;
        /// With `CREAT`: fail if it exists.
        const EXCL = 4;
        /// Empty the file.
        const TRUNC = 8;
    }
}

abi_flags! {
    /// `lookupflags`, u32: what happens to a link at the end of a path.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct LookupFlags: u32 {
        /// The link is followed.
        const FOLLOW = 1;
    }
}

abi_flags! {
    /// `fstflags`, u16: which times are set, and to what.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct FstFlags: u16 {
        /// Last access, to the value given.
        const ATIM = 1;
        /// Last access, to the present.
        const ATIM_NOW = 2;
        /// Last modification, to the value given.
        const MTIM = 4;
        /// Last modification, to the present.
        const MTIM_NOW = 8;
    }
}

abi_flags! {
    /// `riflags`, u16: how `sock_recv` receives.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct RiFlags: u16 {
        /// The data stays in the socket.
        const PEEK = 1;
        /// Wait until the buffers are full.
        const WAITALL = 2;
    }
}

abi_flags! {
    /// `siflags`, u16: none is defined.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct SiFlags: u16 {}
}

abi_flags! {
    /// `roflags`, u16: what `sock_recv` tells about a message.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct RoFlags: u16 {
        /// The message was longer than the buffers.
        const DATA_TRUNCATED = 1;
    }
}

abi_flags! {
    /// `sdflags`, u8: which directions `sock_shutdown` closes.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct SdFlags: u8 {
        /// Receiving.
        const RD = 1;
        /// Sending.
        const WR = 2;
    }
}

abi_flags! {
    /// `rights`, u64: what may be done with a descriptor.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct Rights: u64 {
        /// `fd_datasync`; `path_open` with `dsync`.
        const FD_DATASYNC = 1 << 0;
        /// `fd_read`, `sock_recv`; with `FD_SEEK` `fd_pread`.
        const FD_READ = 1 << 1;
        /// `fd_seek`.
        const FD_SEEK = 1 << 2;
        /// `fd_fdstat_set_flags`.
        const FD_FDSTAT_SET_FLAGS = 1 << 3;
        /// `fd_sync`; `path_open` with `rsync` or `sync`.
        const FD_SYNC = 1 << 4;
        /// `fd_tell`, and `fd_seek` by nothing.
        const FD_TELL = 1 << 5;
        /// `fd_write`, `sock_send`; with `FD_SEEK` `fd_pwrite`.
        const FD_WRITE = 1 << 6;
        /// `fd_advise`.
        const FD_ADVISE = 1 << 7;
        /// `fd_allocate`.
        const FD_ALLOCATE = 1 << 8;
        /// `path_create_directory`.
        const PATH_CREATE_DIRECTORY = 1 << 9;
        /// `path_open` with `creat`.
        const PATH_CREATE_FILE = 1 << 10;
        /// `path_link` from here.
        const PATH_LINK_SOURCE = 1 << 11;
        /// `path_link` to here.
        const PATH_LINK_TARGET = 1 << 12;
        /// `path_open`.
        const PATH_OPEN = 1 << 13;
        /// `fd_readdir`.
        const FD_READDIR = 1 << 14;
        /// `path_readlink`.
        const PATH_READLINK = 1 << 15;
        /// `path_rename` from here.
        const PATH_RENAME_SOURCE = 1 << 16;
        /// `path_rename` to here.
        const PATH_RENAME_TARGET = 1 << 17;
        /// `path_filestat_get`.
        const PATH_FILESTAT_GET = 1 << 18;
        /// `path_open` with `trunc`.
        const PATH_FILESTAT_SET_SIZE = 1 << 19;
        /// `path_filestat_set_times`.
        const PATH_FILESTAT_SET_TIMES = 1 << 20;
        /// `fd_filestat_get`.
        const FD_FILESTAT_GET = 1 << 21;
        /// `fd_filestat_set_size`.
        const FD_FILESTAT_SET_SIZE = 1 << 22;
        /// `fd_filestat_set_times`.
        const FD_FILESTAT_SET_TIMES = 1 << 23;
        /// `path_symlink`.
        const PATH_SYMLINK = 1 << 24;
        /// `path_remove_directory`.
        const PATH_REMOVE_DIRECTORY = 1 << 25;
        /// `path_unlink_file`.
        const PATH_UNLINK_FILE = 1 << 26;
        /// `poll_oneoff` on reading or writing.
        const POLL_FD_READWRITE = 1 << 27;
        /// `sock_shutdown`.
        const SOCK_SHUTDOWN = 1 << 28;
        /// `sock_accept`.
        const SOCK_ACCEPT = 1 << 29;
    }
}

/// Lifts flag sets that live in an `i32` and have invalid bits.
macro_rules! lift_flags {
    ($($flags:ident: $bits:ty, $kind:ident;)*) => {$(
        impl Param for $flags {
            const KIND: Kind = Kind::$kind;

            fn lift(cells: &mut Cells<'_>, _: &GuestMemory<'_>) -> Result<Self, Errno> {
                <$bits>::try_from(cells.i32())
                    .ok()
                    .and_then($flags::from_bits)
                    .ok_or(Errno::Inval)
            }
        }
    )*};
}

lift_flags! {
    FdFlags: u16, FdFlags;
    OFlags: u16, OFlags;
    LookupFlags: u32, LookupFlags;
    FstFlags: u16, FstFlags;
    RiFlags: u16, RiFlags;
    SiFlags: u16, SiFlags;
    SdFlags: u8, SdFlags;
}

impl Param for Rights {
    const KIND: Kind = Kind::Rights;

    /// Unknown rights are dropped: they are advice (`wasi.md` §1.3).
    fn lift(cells: &mut Cells<'_>, _: &GuestMemory<'_>) -> Result<Self, Errno> {
        Ok(Rights::from_bits_truncate(cells.i64()))
    }
}

/// Declares an enum that arrives in an `i32`.
macro_rules! abi_enum {
    ($(#[doc = $doc:literal])+ $name:ident: $kind:ident $repr:literal { $($(#[doc = $vdoc:literal])+ $variant:ident = $value:literal $text:literal,)* }) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[doc = $vdoc])+ $variant = $value,)*
        }

        impl $name {
            /// The values, described.
            pub const INFO: TypeInfo = TypeInfo {
                name: stringify!($name),
                repr: $repr,
                doc: concat!($($doc),+),
                flags: false,
                items: &[$(Item {
                    name: $text,
                    value: $value,
                    doc: concat!($($vdoc),+),
                }),*],
            };

            /// The value of that number.
            pub fn from_number(number: u32) -> Option<Self> {
                match number {
                    $($value => Some($name::$variant),)*
                    _ => None,
                }
            }

            /// The name, in capitals, as the trace prints it.
            pub fn name(self) -> &'static str {
                match self {
                    $($name::$variant => $text,)*
                }
            }
        }

        impl Param for $name {
            const KIND: Kind = Kind::$kind;

            fn lift(cells: &mut Cells<'_>, _: &GuestMemory<'_>) -> Result<Self, Errno> {
                $name::from_number(cells.i32()).ok_or(Errno::Inval)
            }
        }
    };
}

abi_enum! {
    /// `clockid`, u32.
    ClockId: ClockId "u32" {
        /// Time since 1970, which may be set.
        Realtime = 0 "REALTIME",
        /// Time since some point, which never goes back.
        Monotonic = 1 "MONOTONIC",
        /// CPU time of the process.
        ProcessCputime = 2 "PROCESS_CPUTIME",
        /// CPU time of the thread.
        ThreadCputime = 3 "THREAD_CPUTIME",
    }
}

abi_enum! {
    /// `whence`, u8: what an offset is relative to.
    Whence: Whence "u8" {
        /// The start.
        Set = 0 "SET",
        /// The present offset.
        Cur = 1 "CUR",
        /// The end.
        End = 2 "END",
    }
}

abi_enum! {
    /// `advice`, u8: how the guest will access a file.
    Advice: Advice "u8" {
        /// Nothing known.
        Normal = 0 "NORMAL",
        /// From low to high offsets.
        Sequential = 1 "SEQUENTIAL",
        /// In no order.
        Random = 2 "RANDOM",
        /// Soon.
        Willneed = 3 "WILLNEED",
        /// Not soon.
        Dontneed = 4 "DONTNEED",
        /// Once.
        Noreuse = 5 "NOREUSE",
    }
}

impl Whence {
    /// The value of that number in snapshot 0.
    pub fn from_snapshot0(number: u32) -> Option<Self> {
        match number {
            0 => Some(Whence::Cur),
            1 => Some(Whence::End),
            2 => Some(Whence::Set),
            _ => None,
        }
    }
}
