//! The structures of preview1, one constant each.

use super::info::{EVENT_FLAGS, EVENT_TYPE, SUBSCRIPTION_CLOCK_FLAGS};
use super::{ClockId, FdFlags, Field, FieldType, FileType, Layout, Rights};
use FieldType::{Errno, Named, Pointer, Timestamp, U8, U32, U64};

const fn field(name: &'static str, offset_bytes: u32, ty: FieldType, doc: &'static str) -> Field {
    Field {
        name,
        offset_bytes,
        ty,
        tag: None,
        doc,
    }
}

const fn tagged(
    tag: u8,
    name: &'static str,
    offset_bytes: u32,
    ty: FieldType,
    doc: &'static str,
) -> Field {
    Field {
        name,
        offset_bytes,
        ty,
        tag: Some(tag),
        doc,
    }
}

/// A buffer to be filled.
pub const IOVEC: Layout = Layout {
    name: "iovec",
    doc: "A buffer to be filled; calls that read take an array of them.",
    size_bytes: 8,
    align_bytes: 4,
    fields: &[
        field("buf", 0, Pointer, "where the buffer is"),
        field("buf_len", 4, U32, "its length in bytes"),
    ],
};
/// A buffer to take from.
pub const CIOVEC: Layout = Layout {
    name: "ciovec",
    doc: "A buffer to take from; calls that write take an array of them.",
    ..IOVEC
};
/// What a descriptor is.
pub const FDSTAT: Layout = Layout {
    name: "fdstat",
    doc: "What a descriptor is, and what may be done with it.",
    size_bytes: 24,
    align_bytes: 8,
    fields: &[
        field(
            "fs_filetype",
            0,
            Named(&FileType::INFO),
            "what is behind it",
        ),
        field(
            "fs_flags",
            2,
            Named(&FdFlags::INFO),
            "how it reads and writes",
        ),
        field(
            "fs_rights_base",
            8,
            Named(&Rights::INFO),
            "what may be done with it",
        ),
        field(
            "fs_rights_inheriting",
            16,
            Named(&Rights::INFO),
            "and with what is opened through it",
        ),
    ],
};
/// What is known of a file.
pub const FILESTAT: Layout = Layout {
    name: "filestat",
    doc: "What is known of a file; times are in ns since 1970.",
    size_bytes: 64,
    align_bytes: 8,
    fields: &[
        field("dev", 0, U64, "the device, distinct for each file system"),
        field("ino", 8, U64, "the inode, distinct on a device"),
        field("filetype", 16, Named(&FileType::INFO), "what it is"),
        field("nlink", 24, U64, "how many names it has"),
        field("size", 32, U64, "bytes"),
        field("atim", 40, Timestamp, "last access"),
        field("mtim", 48, Timestamp, "last change of the contents"),
        field("ctim", 56, Timestamp, "last change of anything"),
    ],
};
/// The same in snapshot 0.
pub const FILESTAT0: Layout = Layout {
    name: "filestat (snapshot 0)",
    doc: "As `filestat`, with a link count of 32 bits.",
    size_bytes: 56,
    align_bytes: 8,
    fields: &[
        field("dev", 0, U64, "the device, distinct for each file system"),
        field("ino", 8, U64, "the inode, distinct on a device"),
        field("filetype", 16, Named(&FileType::INFO), "what it is"),
        field("nlink", 20, U32, "how many names it has"),
        field("size", 24, U64, "bytes"),
        field("atim", 32, Timestamp, "last access"),
        field("mtim", 40, Timestamp, "last change of the contents"),
        field("ctim", 48, Timestamp, "last change of anything"),
    ],
};
/// An entry of a directory.
pub const DIRENT: Layout = Layout {
    name: "dirent",
    doc: "An entry of a directory. The name follows at once, without padding and without NUL; the next entry follows the name, at any address.",
    size_bytes: 24,
    align_bytes: 8,
    fields: &[
        field("d_next", 0, U64, "the cookie that goes on after this entry"),
        field("d_ino", 8, U64, "the inode"),
        field("d_namlen", 16, U32, "bytes of the name"),
        field("d_type", 20, Named(&FileType::INFO), "what it is"),
    ],
};
/// A preopened object.
pub const PRESTAT: Layout = Layout {
    name: "prestat",
    doc: "What the host has opened for the guest before it started.",
    size_bytes: 8,
    align_bytes: 4,
    fields: &[
        field("tag", 0, U8, "0, a directory; there is nothing else"),
        field("pr_name_len", 4, U32, "bytes of its name, without NUL"),
    ],
};
/// What is waited for.
pub const SUBSCRIPTION: Layout = Layout {
    name: "subscription",
    doc: "What `poll_oneoff` shall wait for. After the tag it has one of three shapes.",
    size_bytes: 48,
    align_bytes: 8,
    fields: &[
        field("userdata", 0, U64, "comes back in the event"),
        field("tag", 8, Named(&EVENT_TYPE), "which shape"),
        tagged(0, "clock.id", 16, Named(&ClockId::INFO), "the clock"),
        tagged(
            0,
            "clock.timeout",
            24,
            Timestamp,
            "from now on, or at that time",
        ),
        tagged(0, "clock.precision", 32, Timestamp, "how late it may be"),
        tagged(
            0,
            "clock.flags",
            40,
            Named(&SUBSCRIPTION_CLOCK_FLAGS),
            "ABSTIME: at that time",
        ),
        tagged(1, "fd_read.fd", 16, U32, "the descriptor to be read"),
        tagged(2, "fd_write.fd", 16, U32, "the descriptor to be written"),
    ],
};
/// The same in snapshot 0.
pub const SUBSCRIPTION0: Layout = Layout {
    name: "subscription (snapshot 0)",
    doc: "As `subscription`, with an identifier before the clock's own fields.",
    size_bytes: 56,
    align_bytes: 8,
    fields: &[
        field("userdata", 0, U64, "comes back in the event"),
        field("tag", 8, Named(&EVENT_TYPE), "which shape"),
        tagged(0, "clock.identifier", 16, U64, "nobody reads it"),
        tagged(0, "clock.id", 24, Named(&ClockId::INFO), "the clock"),
        tagged(
            0,
            "clock.timeout",
            32,
            Timestamp,
            "from now on, or at that time",
        ),
        tagged(0, "clock.precision", 40, Timestamp, "how late it may be"),
        tagged(
            0,
            "clock.flags",
            48,
            Named(&SUBSCRIPTION_CLOCK_FLAGS),
            "ABSTIME: at that time",
        ),
        tagged(1, "fd_read.fd", 16, U32, "the descriptor to be read"),
        tagged(2, "fd_write.fd", 16, U32, "the descriptor to be written"),
    ],
};
/// What happened.
pub const EVENT: Layout = Layout {
    name: "event",
    doc: "What happened to a subscription.",
    size_bytes: 32,
    align_bytes: 8,
    fields: &[
        field("userdata", 0, U64, "from the subscription"),
        field("error", 8, Errno, "what went wrong, if anything"),
        field("type", 10, Named(&EVENT_TYPE), "the subscription's tag"),
        field(
            "fd_readwrite.nbytes",
            16,
            U64,
            "how much can be read at least",
        ),
        field(
            "fd_readwrite.flags",
            24,
            Named(&EVENT_FLAGS),
            "whether the other side has gone",
        ),
    ],
};
