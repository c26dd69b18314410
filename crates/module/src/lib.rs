//! From bytes to [`Module`]: the structure of a WebAssembly module, decoded and
//! validated by `wasmparser`. Function bodies stay bytes; the interpreter
//! validates and translates them when they are first called.
//!
//! This crate never executes anything.
//!
//! ```
//! use fossor_module::{DecodeOptions, Module};
//!
//! let bytes = b"\0asm\x01\0\0\0".to_vec();
//! let module = Module::decode(bytes, &DecodeOptions::default())?;
//! assert!(module.exports.is_empty());
//! # Ok::<(), fossor_module::DecodeError>(())
//! ```

#![forbid(unsafe_code)]

mod bytes;
mod const_expr;
mod data;
mod decode;
mod error;
mod layout;
mod module;
mod names;
mod options;
mod sections;
mod types;

pub use bytes::Bytes;
pub use const_expr::{ConstEnv, ConstExpr, ConstOp, ConstOps, ConstValue, NewObject};
pub use data::{DataSegment, DataSegments, PlainSegment};
pub use error::DecodeError;
pub use module::Module;
pub use options::{DecodeOptions, ModuleLimits};
pub use sections::*;
pub use types::*;
pub use wasmparser::WasmFeatures;
