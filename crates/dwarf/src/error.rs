//! Why there is no place in the source.

use thiserror::Error;

/// Why a question about the source has no answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DwarfError {
    /// The sections contradict the standard.
    #[error("the module's DWARF is damaged: {0}")]
    Damaged(#[from] gimli::Error),

    /// The tables refer to each other in a way that has no end in sight.
    #[error("the module's DWARF asks for too much work")]
    TooMuch,
}
