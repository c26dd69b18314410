//! From bytes to [`Module`]: the structure of a WebAssembly module, decoded and
//! validated by `wasmparser`. Function bodies stay bytes; the interpreter
//! validates and translates them when they are first called.
//!
//! This crate never executes anything.

#![forbid(unsafe_code)]

mod types;

pub use types::*;
