//! What Fossor shows of WebAssembly and WASI to people who want to see how they
//! work: traces of a guest's calls as lines, as JSON, as a summary, and
//! as a page.
//!
//! Everything about the interface itself comes from the tables of
//! `fossor-wasi`; this crate only says it.

#![forbid(unsafe_code)]

pub mod explain;
pub mod page;
pub mod trace;
