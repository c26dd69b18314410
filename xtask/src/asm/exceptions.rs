//! Handlers that may call, return or have a frame, and why.

use super::handler::Handler;
use object::Architecture;

/// A handler that is allowed a frame.
pub struct Exception {
    /// Its function: `memory::memory_grow`.
    pub path: &'static str,
    /// The beginning of what it was made for; empty: all of them.
    pub arguments: &'static str,
    /// Why that costs nothing that matters.
    pub reason: &'static str,
    /// The only processor whose handler needs it.
    pub only: Option<Architecture>,
}

/// All of them; one that no handler needs fails the check, too, on processors that it
/// is for.
pub const EXCEPTIONS: &[Exception] = &[
    all("call::foreign", "the way out to the host's Rust"),
    all(
        "call::translate",
        "runs the translator, once for each function",
    ),
    all(
        "call::call_subtype",
        "runs the part in `host.rs` that compares types; compilers rarely need it",
    ),
    all(
        "gc::outlined",
        "runs the part for one instruction in `gc.rs`",
    ),
    all(
        "gc::outlined_result",
        "runs the part for one instruction in `gc.rs`",
    ),
    all("exception::throw", "allocates an exception"),
    all("exception::throw_ref", "takes a kept exception"),
    on_x86(
        "control::copy_many",
        "saves one register of a loop for many results",
    ),
    all(
        "memory::memory_grow",
        "runs the part in `bulk.rs`; a system call, mostly",
    ),
    all(
        "memory::memory_copy",
        "runs the part in `bulk.rs`, which runs memmove",
    ),
    all(
        "memory::memory_fill",
        "runs the part in `bulk.rs`, which runs memset",
    ),
    all(
        "memory::memory_init",
        "runs the part in `bulk.rs`, which runs memcpy",
    ),
    all("memory::data_drop", "once for each segment"),
    all(
        "atomic::atomic",
        "runs the part outside it; compilers rarely emit it",
    ),
    all("table::elem_drop", "once for each segment"),
    all(
        "table::ref_imported_func",
        "runs the part in `bulk.rs`; for imported functions alone",
    ),
    all(
        "table::table_copy",
        "runs the part in `bulk.rs`, which runs memmove",
    ),
    all("table::table_fill", "runs the part in `bulk.rs`"),
    all("table::table_grow", "runs the part in `bulk.rs`; allocates"),
    all(
        "table::table_init",
        "runs the part in `bulk.rs`, which runs memcpy",
    ),
    all(
        "table::table_set",
        "runs the part in `bulk.rs`; compilers rarely emit it",
    ),
    all(
        "simd::v_shuffle",
        "where `simd_x86.rs` has no better one: no SSSE3",
    ),
    Exception {
        path: "simd::v_binary",
        arguments: "I8x16Swizzle",
        reason: "where `simd_x86.rs` has no better one: no SSSE3",
        only: None,
    },
    Exception {
        path: "simd::v_unary",
        arguments: "I32x4TruncSatF32x4",
        reason: "saves one register of over 40 instructions",
        only: Some(Architecture::X86_64),
    },
    Exception {
        path: "control::count",
        arguments: "",
        reason: "calls the atomic addition; only where blocks are counted",
        only: Some(Architecture::Aarch64),
    },
];

const fn all(path: &'static str, reason: &'static str) -> Exception {
    Exception {
        path,
        arguments: "",
        reason,
        only: None,
    }
}

const fn on_x86(path: &'static str, reason: &'static str) -> Exception {
    Exception {
        only: Some(Architecture::X86_64),
        ..all(path, reason)
    }
}

impl Exception {
    /// Whether it is about this handler.
    pub fn covers(&self, handler: &Handler) -> bool {
        handler.path() == self.path && handler.arguments.starts_with(self.arguments)
    }
}
