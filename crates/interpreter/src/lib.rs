//! The interpreter: translates validated functions into its own code, and
//! executes that.
//!
//! Embedders use crate `fossor`, which puts types on top of this one.

#![deny(unsafe_code)]

#[cfg(feature = "count")]
pub mod count;
mod disassemble;
mod engine;
mod error;
mod execute;
mod frame_layout;
mod heap;
mod instance;
mod instruction;
mod module;
mod objects;
mod raw;
mod reference;
mod reserve;
pub mod semantics;
mod store;
mod translate;
mod types;
mod value;

pub use disassemble::CodeLine;
pub use engine::{Compile, Config, Dispatch, Engine, RelaxedSimd};
pub use error::{Error, ExceptionInfo, Frame, LinkError, TrapInfo};
pub use execute::debug::{Stopped, StoppedFrame};
pub use execute::sample::{Sample, SampleFrame};
pub use heap::{Collect, HeapStats};
pub use instance::{Snapshot, import_matches};
pub use module::{BlockCount, Module};
pub use objects::Rooted;
pub use raw::RawFunc;
pub use reference::{Instruction, instructions};
pub use reserve::read_file;
pub use store::{Caller, Store, StoreLimits};
pub use value::{
    AnyRef, ExnRef, Extern, ExternRef, Func, GlobalId, Handle, InstanceId, MemoryId, TableId,
    TagId, Thrown, Val,
};
