//! How a host function ends the guest.

use crate::{OutOfBounds, Trap};

/// What a host function answers when the guest must not go on.
///
/// An `errno` is not one of these: it is a value for the guest.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HostError {
    /// The guest traps, as if it had executed a trapping instruction.
    #[error("{0}")]
    Trap(#[from] Trap),
    /// The guest asked to exit (`proc_exit`) with this status. Not a failure.
    #[error("the guest exited with status {0}")]
    Exit(u32),
    /// Whatever else the host function reports.
    #[error("{0}")]
    Other(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl HostError {
    /// Wraps any error of a host function.
    pub fn other(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        HostError::Other(error.into())
    }
}

impl From<OutOfBounds> for HostError {
    fn from(_: OutOfBounds) -> Self {
        HostError::Trap(Trap::MemoryOutOfBounds)
    }
}
