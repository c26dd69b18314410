//! From a place in a module's code to its place in the source, as the DWARF in
//! the module's custom sections (`.debug_info`, `.debug_line`, …) tells: what
//! clang, rustc, zig and TinyGo write with `-g`.
//!
//! This crate knows bytes: neither modules nor the interpreter. A program
//! counter is the byte offset of an operator from the start of the code
//! section's contents. Nothing is read before the first question.
//!
//! DWARF is a graph of tables that may share their parts, so a small file can ask
//! for work without end. All work is counted: a [`SourceMap`] that has used up its
//! budget answers with [`DwarfError::TooMuch`]. Nothing here panics, whatever the
//! bytes say.
//!
//! Sources: DWARF 4 and 5; "DWARF for WebAssembly" (yurydelendik.github.io).

#![forbid(unsafe_code)]

mod budget;
mod error;
mod files;
mod function;
mod name;
mod ranges;
mod source_map;
mod unit;

pub use error::DwarfError;
pub use source_map::{SourceLine, SourceMap};

/// What sections are read as.
type Reader<'a> = gimli::EndianSlice<'a, gimli::LittleEndian>;
