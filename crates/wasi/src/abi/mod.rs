//! The types of WASI preview1: their values, their layout in guest memory, how
//! they are lifted from wasm cells and lowered into memory.
//!
//! Everything is little-endian; pointers and sizes are unsigned `i32`. Enums and
//! flags narrower than 32 bits arrive in an `i32`, and all 32 bits are checked:
//! a `whence` of 256 is not `set`.

mod dirent;
mod errno;
mod fdstat;
mod filestat;
mod flags;
mod info;
mod iovec;
pub mod layout;
mod param;
mod path;
mod poll;
mod result;

pub use dirent::Dirent;
pub use errno::Errno;
pub use fdstat::{Fdstat, FileType, Prestat};
pub use filestat::Filestat;
pub use flags::{
    Advice, ClockId, FdFlags, FstFlags, LookupFlags, OFlags, RiFlags, Rights, RoFlags, SdFlags,
    SiFlags, Whence,
};
pub use info::{Field, FieldType, Item, LAYOUTS, Layout, TYPES, TypeInfo};
pub use iovec::{Buffer, Ciovecs, Iovecs, MAX_IOVECS};

pub use param::{
    AbiType, Cells, Cookie, ExitCode, Fd, FileDelta, FileSize, Kind, Offset, Param, Pointer,
    Signal, Size, Timestamp,
};
pub use path::{GuestPath, LinkText, MAX_PATH_BYTES};
pub use poll::{
    Event, EventType, MAX_SUBSCRIPTIONS, Subscription, SubscriptionKind, Subscriptions,
};
pub use result::Lower;
