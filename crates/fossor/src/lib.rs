//! Fossor: an interpreter for WebAssembly, made to run Go's wasip1 programs.
//!
//! Names are those of wasmtime and wasmi where they mean the same. A module is
//! compiled once ([`Module`]), linked once ([`Linker::instantiate_pre`]), and
//! then run in as many [`Store`]s as you like, each with its own data and
//! limits: as a program ([`InstancePre::command`]) or as a library
//! ([`InstancePre::reactor`]).
//!
//! ```no_run
//! use fossor::wasi::{self, Stdio, WasiCtx};
//! use fossor::{Engine, Error, Linker, Module, Store};
//! use std::time::Duration;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let engine = Engine::default();
//! let module = Module::from_file(&engine, "hello.wasm")?;
//! let mut linker = Linker::new(&engine);
//! wasi::add_to_linker(&mut linker, |ctx: &mut WasiCtx| ctx)?;
//! let pre = linker.instantiate_pre(&module)?;
//!
//! let ctx = WasiCtx::builder().arg("hello").stdout(Stdio::inherit()).build()?;
//! let mut store = Store::new(&engine, ctx);
//! store.set_deadline(Duration::from_secs(2));
//! match pre.command(store)?.run() {
//!     Ok(outcome) => println!("exit status {}", outcome.status()),
//!     Err(Error::Interrupted(reason, _)) => println!("stopped: {reason}"),
//!     Err(error) => return Err(error.into()),
//! }
//! # Ok(())
//! # }
//! ```

#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod any_ref;
mod caller;
mod command;
mod config;
mod context;
mod coverage;
mod deadline;
mod debug;
mod engine;
mod error;
mod exception;
mod func;
mod global;
mod go_info;
mod go_lines;
mod go_program;
mod guest_stack;
mod instance;
mod instance_pre;
mod into_func;
mod link_report;
mod linker;
mod memory;
mod module;
mod pool;
mod profiler;
mod reactor;
mod snapshot;
mod source;
mod store;
mod table;
mod trap_info;
mod typed;
mod value;
pub mod wasi;

pub use any_ref::{AnyRef, HeapStats, Rooted};
pub use caller::Caller;
pub use command::{Command, Outcome};
pub use config::{Collect, Compile, Config, Dispatch, RelaxedSimd};
pub use context::{AsContext, AsContextMut, StoreContext, StoreContextMut};
pub use coverage::BlockCount;
pub use debug::{GoMachine, Stopped, StoppedFrame};
pub use engine::Engine;
pub use error::{Error, InterruptReason, Trap};
pub use exception::{Exception, ExnRef, Tag};
pub use fossor_dwarf::{DwarfError, SourceLine};
pub use fossor_go::wasi_use as go_use;
pub use fossor_go::{
    BuildInfo, CreatedBy, Frame as GoFrame, Goroutine, Goroutines, SourceFrame,
    Version as GoVersion,
};
pub use fossor_host::{GuestMemory, HostError, OutOfBounds};
#[cfg(feature = "count")]
pub use fossor_interpreter::count;
pub use fossor_interpreter::{CodeLine, read_file};
pub use fossor_module::{
    Bytes, DecodeError, ExternType, FuncType, GlobalType, HeapType, Limits as SizeLimits,
    MemoryType, ModuleLimits, RefType, TableType, ValType,
};
pub use func::Func;
pub use global::Global;
pub use go_info::{GoFunction, GoInfo};
pub use go_lines::{GoLines, GoSpot};
pub use instance::Instance;
pub use instance_pre::InstancePre;
pub use into_func::IntoFunc;
pub use link_report::{LinkProblem, LinkReport};
pub use linker::Linker;
pub use memory::Memory;
pub use module::{ExportType, ImportType, Module};
pub use pool::{Pool, Pooled};
pub use profiler::{ProfiledStack, Profiler, SampleBy};
pub use reactor::Reactor;
pub use snapshot::Snapshot;
pub use store::{InterruptHandle, Limits, Store};
pub use table::Table;
pub use trap_info::{Frame, Sources, TrapInfo};
pub use typed::{TypedFunc, WasmRet, WasmTy, WasmTyList};
pub use value::{Extern, ExternRef, Val};
