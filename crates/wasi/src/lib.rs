//! WASI preview1 for Fossor, by hand.
//!
//! A [`WasiCtx`] is what one guest instance has. [`functions()`] lists what the
//! guest may import; each [`Function`] is called with the context, the guest's
//! memory and raw cells, and answers an errno. This crate does not know that an
//! interpreter exists.
//!
//! ```
//! use fossor_host::GuestMemory;
//! use fossor_wasi::{Pipe, Stdio, WasiCtx, functions};
//!
//! let out = Pipe::new();
//! let mut ctx = WasiCtx::builder().stdout(Stdio::pipe(out.clone())).build()?;
//!
//! // One buffer of three bytes at 16, described at 0; the count goes to 8.
//! let mut bytes = vec![0; 32];
//! bytes[0] = 16;
//! bytes[4] = 3;
//! bytes[16..19].copy_from_slice(b"hi\n");
//! let mut memory = GuestMemory::new(&mut bytes);
//!
//! let fd_write = functions().iter().find(|f| f.name == "fd_write").unwrap();
//! assert_eq!((fd_write.call)(&mut ctx, &mut memory, &[1, 0, 1, 8])?, 0);
//! assert_eq!(memory.get_u32(8)?, 3);
//! assert_eq!(out.take(), b"hi\n");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The flow of a call: [`functions`](mod@functions) declares, `abi` lifts and
//! lowers, `fd`, `path` and the other modules behave, [`os`](Os) acts.

#![forbid(unsafe_code)]

#[cfg(not(unix))]
compile_error!("fossor-wasi needs a Unix host: its files, waits and sockets are POSIX descriptors");

pub mod abi;
mod args;
mod builder;
mod call;
mod clock;
mod ctx;
mod descriptor;
mod fd;
pub mod functions;
mod hints;
mod keep;
pub mod layer;
pub mod os;
mod path;
mod poll;
mod proc;
mod random;
pub mod snapshot0;
mod sock;
pub mod spans;
mod stdio;
mod trace;
mod wait;

pub use abi::{AbiType, Errno, Kind};
pub use builder::{Access, BuildError, PreopenError, WasiCtxBuilder};
pub use ctx::{Preopened, WasiCtx};
pub use functions::{Function, ParamInfo, functions};
pub use hints::{Hint, HintReason};
pub use keep::{KeepError, KeptDescriptors};
pub use layer::{Call, Layer, Next};
pub use os::{Deterministic, Os, Scripted, System};
pub use path::resolve::Resolver;
pub use proc::Raised;
pub use spans::{Content, Span};
pub use stdio::{Pipe, Stdio};
pub use trace::{TraceAnswer, TraceCall, TraceOptions, TraceSink, TraceStart, Value};
