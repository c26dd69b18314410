//! Recordings of a guest's calls, and their replay.
//!
//! A guest of WASI is a function of its module and of what the host answers. A
//! recording keeps every answer: the error number, and what the call wrote into
//! the guest's memory. [`Replayer`] gives the same answers again, and touches no
//! file, clock, socket or random source. It compares each call with the recorded
//! one, and ends at the first that differs.
//!
//! What is not kept: how far memory and stack may grow (the limits given are),
//! and the payload of NaNs, which is the processor's unless they were canonical.
//!
//! # Format
//!
//! ```text
//! "fossrec1"                8 bytes
//! gzip of:
//!   length, header          JSON, see `Header`
//!   record …
//!   255                     the end
//! record:
//!   function                its number in the table; 64 more in snapshot 0
//!   cells …                 as many as the function has parameters
//!   read                    CRC-32 of all bytes that the call read, 4 bytes
//!   begin                   length, and the first bytes of what it read
//!   outcome                 0 errno | 1 status | 2 length, text | 3 signal
//!   count, written …        address, length, bytes
//!   name                    length, and the name of a new descriptor
//!   stream                  1 or 2 if it wrote to standard output or error
//! ```
//!
//! Numbers are LEB128, like WebAssembly's own.

#![forbid(unsafe_code)]

mod error;
mod format;
mod recorder;
mod replayer;

pub use error::{Divergence, ReplayError};
pub use format::{Header, Limits, MAGIC, module_sha256};
pub use recorder::Recorder;
pub use replayer::{RecordedStop, Replayer};
