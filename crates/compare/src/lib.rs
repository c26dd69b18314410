//! Runs one module in several ways, and compares all that can be seen: what each
//! call of an export answers, and then memories, globals, tables and output.
//!
//! The ways are Fossor's own dispatchers with and without fusion and, if the
//! features of those names are on, other engines. The loop without fusion is the
//! reference: it has no fast path to be wrong.
//!
//! ```
//! use fossor_compare::{Plan, Way, compare};
//!
//! let module = b"\0asm\x01\0\0\0";
//! let verdict = compare(module, &Plan::default(), &[Way::Loop, Way::Tail])?;
//! assert!(verdict.difference.is_none());
//! # Ok::<(), fossor_compare::Error>(())
//! ```

#![forbid(unsafe_code)]

mod fossor;
mod locate;
mod plan;
mod random;
mod reference;
mod seen;
mod verdict;
#[cfg(feature = "wasmi")]
mod wasmi;
#[cfg(feature = "wasmtime")]
mod wasmtime;
mod way;
mod world;

pub use locate::{Place, locate};
pub use plan::{Calls, Linked, Plan};
pub use random::Random;
pub use reference::Reference;
pub use seen::{End, Seen, State, Value};
pub use verdict::{Difference, Verdict, compare};
pub use way::Way;

/// Why a module cannot be run at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Fossor refuses the module.
    #[error("{0}")]
    Refused(String),
    /// An import is neither of WASI's nor one that can be made up.
    #[error("the import {module}.{name} is {what}, which cannot be made up")]
    Import {
        /// The import's module name.
        module: String,
        /// The import's name.
        name: String,
        /// What it is.
        what: String,
    },
    /// The other engine cannot run this module.
    #[error("{way}: {reason}")]
    Unable {
        /// Which.
        way: Way,
        /// Its reason.
        reason: String,
    },
    /// This build has no such engine.
    #[error("this build has no {0}: build it with `--features {0}`")]
    Missing(Way),
}
