//! What Go leaves in its WebAssembly modules, read from bytes: which function,
//! file and line a program counter is in, what is on a goroutine's stack, which
//! goroutines there are and what each waits for.
//!
//! Go's wasip1 modules carry no DWARF, and `-ldflags=-s` drops the name
//! section; but the runtime's own table (pclntab) is always in the data. Go's
//! stack lies in linear memory: a return address is stored before every call,
//! and global 0 is the stack pointer. WebAssembly's own frames are another
//! thing: after a switch of goroutines they are entered one by one again.
//!
//! This crate knows neither the interpreter nor modules as a whole. An
//! [`Image`] is a linear memory from address 0: a guest's, or the data segments
//! laid out ([`Image::flatten`]). Whatever the bytes say, nothing here panics
//! or works without bound: a hostile module gets an error, or nonsense names.
//!
//! Sources: Go's `runtime/symtab.go`, `runtime/runtime2.go`,
//! `runtime/traceback.go`, `cmd/link/internal/ld/pcln.go`,
//! `cmd/internal/obj/wasm/wasmobj.go`, of Go 1.21 to 1.27.

#![forbid(unsafe_code)]

mod arguments;
mod body;
mod build_info;
mod error;
mod func;
mod goroutine;
mod image;
mod inline;
mod layout;
mod moduledata;
mod parts;
mod pc;
mod pctab;
mod program;
mod traceback;
mod unwind;
mod uses;
mod version;

pub use body::{Body, Place, StackState};
pub use build_info::BuildInfo;
pub use error::GoError;
pub use func::{Func, SourceFrame, Sources};
pub use goroutine::{Goroutines, Scan};
pub use image::Image;
pub use parts::Part;
pub use pc::Pc;
pub use program::{Program, Tables};
pub use traceback::{CreatedBy, Frame, Goroutine};
pub use unwind::{Machine, StackPc, Stop};
pub use uses::wasi_use;
pub use version::Version;
