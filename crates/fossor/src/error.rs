//! Everything that can go wrong, each kind for itself.

use crate::exception::Exception;
use crate::guest_stack;
use crate::link_report::{LinkProblem, LinkReport};
use crate::trap_info::TrapInfo;
use fossor_host::{HostError, OutOfBounds};
use fossor_interpreter as core;
use fossor_module::DecodeError;
use std::path::PathBuf;

pub use fossor_host::Trap;

/// Why there is no result.
///
/// That a guest exits is none of these where it is run as a command: see
/// [`Outcome`](crate::Outcome).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The guest trapped; with its stack.
    #[error("{0}")]
    Trap(Box<TrapInfo>),
    /// The guest threw an exception that it did not catch.
    #[error("{0}")]
    Exception(Box<Exception>),
    /// The guest was stopped from outside, here.
    #[error("{0}")]
    Interrupted(InterruptReason, Box<TrapInfo>),
    /// The guest called `proc_exit` inside a plain call.
    #[error("the guest exited with status {0}")]
    Exit(u32),
    /// A host function failed.
    #[error("{0}")]
    Host(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A host function panicked; the panic went no further.
    #[error("a host function panicked: {0}")]
    HostPanic(String),
    /// The bytes are no module, or not a valid one.
    #[error(transparent)]
    Invalid(#[from] DecodeError),
    /// The text of a module has a mistake.
    #[error("{0}")]
    Text(String),
    /// The module's file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A function body is beyond a limit.
    #[error("function {func_idx}: {message}")]
    Untranslatable {
        /// Index of the function in its module.
        func_idx: u32,
        /// What is wrong with it.
        message: String,
    },
    /// Imports that are missing or of another type: all of them.
    #[error(transparent)]
    Link(#[from] LinkReport),
    /// A name was defined in a linker twice.
    #[error("{module}.{name} is already defined; `allow_shadowing` permits that")]
    AlreadyDefined {
        /// First half of the name.
        module: String,
        /// Second half of the name.
        name: String,
    },
    /// An export that is not there, or something else than expected.
    #[error("{0}")]
    Export(String),
    /// Values that do not fit the type of a function, global or table.
    #[error("{0}")]
    Type(String),
    /// An access of the host beyond the end of a guest's memory.
    #[error(transparent)]
    OutOfBounds(#[from] OutOfBounds),
    /// A command used as a reactor, or the other way round.
    #[error("{0}")]
    Lifecycle(String),
    /// A guest's state cannot be kept for others, or a store does not fit it.
    #[error("{0}")]
    Snapshot(String),
    /// All places of a pool, of which there are so many, stayed taken.
    #[error("all {0} places of the pool stayed taken")]
    PoolBusy(usize),
    /// Memory or address space could not be had.
    #[error("{0}")]
    Resources(String),
}

/// Who stopped the guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InterruptReason {
    /// The store's deadline passed.
    #[error("the deadline passed")]
    Deadline,
    /// Somebody called [`InterruptHandle::interrupt`](crate::InterruptHandle::interrupt).
    #[error("the guest was interrupted")]
    Requested,
    /// The store's fuel is used up.
    #[error("the guest is out of fuel")]
    OutOfFuel,
}

impl Error {
    /// The trap, if the guest trapped.
    pub fn trap(&self) -> Option<Trap> {
        match self {
            Error::Trap(info) => Some(info.trap),
            _ => None,
        }
    }

    /// Where the guest was when it trapped or was stopped.
    pub fn trap_info(&self) -> Option<&TrapInfo> {
        match self {
            Error::Trap(info) | Error::Interrupted(_, info) => Some(info),
            Error::Exception(exception) => Some(exception.trap_info()),
            _ => None,
        }
    }

    /// The error of a run.
    pub(crate) fn of(error: core::Error, store: &core::Store) -> Self {
        let info = match error {
            core::Error::Trap(info) => info,
            core::Error::Exception(exception) => {
                let core::ExceptionInfo { thrown, info } = *exception;
                let goroutines = guest_stack::goroutines(store, &info);
                let info = TrapInfo::new(info, goroutines, Some(store));
                let name = store.tag_name(thrown.tag()).map(str::to_owned);
                return Error::Exception(Box::new(Exception::of(thrown, info, name)));
            }
            other => return Self::without_store(other),
        };
        let goroutines = guest_stack::goroutines(store, &info);
        let info = Box::new(TrapInfo::new(*info, goroutines, Some(store)));
        let reason = match (info.trap, store.interrupt().reason()) {
            (Trap::OutOfFuel, _) => InterruptReason::OutOfFuel,
            (Trap::Interrupted, Some(fossor_host::InterruptReason::Deadline)) => {
                InterruptReason::Deadline
            }
            (Trap::Interrupted, _) => InterruptReason::Requested,
            _ => return Error::Trap(info),
        };
        Error::Interrupted(reason, info)
    }

    /// An error that no run is behind.
    pub(crate) fn without_store(error: core::Error) -> Self {
        match error {
            core::Error::Trap(info) => Error::Trap(Box::new(TrapInfo::new(*info, None, None))),
            core::Error::Exception(exception) => {
                let core::ExceptionInfo { thrown, info } = *exception;
                let info = TrapInfo::new(info, None, None);
                Error::Exception(Box::new(Exception::of(thrown, info, None)))
            }
            core::Error::Exit(status) => Error::Exit(status),
            core::Error::Host(error) => Error::Host(error),
            core::Error::HostPanic(message) => Error::HostPanic(message),
            core::Error::Invalid(error) => Error::Invalid(error),
            core::Error::Untranslatable { func_idx, message } => {
                Error::Untranslatable { func_idx, message }
            }
            core::Error::Link(core::LinkError::Type {
                module,
                name,
                wanted,
                given,
            }) => Error::Link(LinkReport::new(vec![LinkProblem {
                module,
                name,
                wanted: *wanted,
                given: Some(*given),
            }])),
            core::Error::Call(message) => Error::Type(message),
            core::Error::Resources(message) => Error::Resources(message),
            core::Error::Snapshot(_) => Error::Snapshot(error.to_string()),
            other => Error::Type(other.to_string()),
        }
    }
}

/// A host function passes on what a guest it called did, stack included.
impl From<Error> for HostError {
    fn from(error: Error) -> Self {
        match error {
            Error::Trap(info) | Error::Interrupted(_, info) => {
                HostError::other(core::Error::Trap(Box::new(info.into_core())))
            }
            Error::Exception(exception) => HostError::from(*exception),
            Error::Exit(status) => HostError::Exit(status),
            Error::Host(error) => HostError::Other(error),
            Error::HostPanic(message) => HostError::other(core::Error::HostPanic(message)),
            Error::OutOfBounds(error) => error.into(),
            other => HostError::other(other),
        }
    }
}
