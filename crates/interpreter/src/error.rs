//! What can go wrong, in sentences for whoever runs a guest.

use crate::value::{InstanceId, Thrown};
use fossor_host::Trap;
use fossor_module::{DecodeError, ExternType};

/// A function body that cannot be translated.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TranslateError {
    #[error("{0}")]
    Invalid(wasmparser::Error),
    #[error("the operator `{operator}` is not supported")]
    Unsupported { operator: &'static str },
    #[error("the function needs more than {limit} slots for its locals and operands")]
    TooManySlots { limit: u64 },
    #[error("the function's code would take more than {limit_bytes} bytes")]
    TooMuchCode { limit_bytes: usize },
    #[error("the guest is to stop")]
    Stopped,
}

/// One level of the guest's call stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Index of the function in its module.
    pub func_idx: u32,
    /// Its name, if the module's name section has one.
    pub name: Option<String>,
    /// Byte offset in the module of the operator that trapped or called.
    pub wasm_offset: Option<u32>,
    /// The instance that runs it.
    pub instance: InstanceId,
}

/// A trap, and where the guest was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrapInfo {
    /// Why.
    pub trap: Trap,
    /// The innermost frame first; at most [`TrapInfo::MAX_FRAMES`] of them.
    pub frames: Vec<Frame>,
    /// Frames that were left out.
    pub omitted: u64,
    /// The instance of the innermost frame, if there is one.
    pub instance: Option<InstanceId>,
}

impl TrapInfo {
    /// Frames that are reported.
    pub const MAX_FRAMES: usize = 64;
}

impl std::fmt::Display for TrapInfo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.trap)?;
        for frame in &self.frames {
            write!(f, "\n    at ")?;
            match &frame.name {
                Some(name) => write!(f, "{name}")?,
                None => write!(f, "function {}", frame.func_idx)?,
            }
            if let Some(offset) = frame.wasm_offset {
                write!(f, " (wasm offset {offset:#x})")?;
            }
        }
        if self.omitted > 0 {
            write!(f, "\n    … and {} more", self.omitted)?;
        }
        Ok(())
    }
}

/// An exception that was not caught, and where it was thrown.
#[derive(Clone, Debug)]
pub struct ExceptionInfo {
    /// What was thrown.
    pub thrown: Thrown,
    /// Where, as of a trap.
    pub info: TrapInfo,
}

impl std::fmt::Display for ExceptionInfo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.info.fmt(f)
    }
}

/// Why a guest's run ended without a result.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The guest trapped.
    #[error("{0}")]
    Trap(Box<TrapInfo>),
    /// The guest threw an exception that it did not catch.
    #[error("{0}")]
    Exception(Box<ExceptionInfo>),
    /// The guest called `proc_exit`.
    #[error("the guest exited with status {0}")]
    Exit(u32),
    /// A host function failed.
    #[error("{0}")]
    Host(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A host function panicked; the panic went no further.
    #[error("a host function panicked: {0}")]
    HostPanic(String),
    /// The module is not valid, or beyond a limit.
    #[error("{0}")]
    Invalid(#[from] DecodeError),
    /// A function body is beyond a limit.
    #[error("function {func_idx}: {message}")]
    Untranslatable {
        /// Index of the function.
        func_idx: u32,
        /// What is wrong with it.
        message: String,
    },
    /// Imports and what is provided do not match.
    #[error("{0}")]
    Link(#[from] LinkError),
    /// Arguments that do not match the function's type.
    #[error("{0}")]
    Call(String),
    /// The instance's state cannot be kept for others.
    #[error("no snapshot can be taken: {0}")]
    Snapshot(String),
    /// Memory or address space could not be had.
    #[error("{0}")]
    Resources(String),
}

impl Error {
    /// The trap, if this is one.
    pub fn trap(&self) -> Option<Trap> {
        match self {
            Error::Trap(info) => Some(info.trap),
            _ => None,
        }
    }

    /// Whether it is of a guest in another store than this, one that a host function ran.
    pub(crate) fn is_of_other_store(&self, store: u64) -> bool {
        let info = match self {
            Error::Trap(info) => info,
            Error::Exception(exception) if exception.thrown.store != store => return true,
            Error::Exception(exception) => &exception.info,
            _ => return false,
        };
        let frames = info.frames.iter().map(|frame| frame.instance);
        let mut instances = frames.chain(info.instance);
        instances.any(|instance| instance.0.store != store)
    }
}

/// An import and what is wrong with what was given for it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LinkError {
    /// As many imports as the module declares are needed, in their order.
    #[error("the module has {expected} imports, {given} were given")]
    Count {
        /// Imports of the module.
        expected: usize,
        /// Imports given.
        given: usize,
    },
    /// Something of another type was given.
    #[error(
        "incompatible import type for {module}.{name}: the module wants {wanted}, given was {given}"
    )]
    Type {
        /// The import's module name.
        module: String,
        /// The import's name.
        name: String,
        /// What the module declares.
        wanted: Box<ExternType>,
        /// What was given.
        given: Box<ExternType>,
    },
}
