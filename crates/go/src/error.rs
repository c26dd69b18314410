//! Why there is nothing to say about a Go program.

/// Why a question about a Go program has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GoError {
    /// No table of functions in the image.
    #[error("there is no table of Go functions in this memory: not a Go program, or an old one")]
    NoTable,
    /// A table that contradicts itself.
    #[error("Go's table of functions is damaged: {what} at {at:#x}")]
    Damaged {
        /// Which part.
        what: &'static str,
        /// Address, or offset in its table.
        at: u64,
    },
    /// A program counter in no function.
    #[error("no Go function is at {0:#x}")]
    NoFunc(u64),
    /// A function body that is not valid.
    #[error("the function's body cannot be read: {0}")]
    Body(String),
    /// Goroutines cannot be found.
    #[error("goroutines cannot be listed: {0}")]
    Goroutines(&'static str),
}

impl GoError {
    pub(crate) fn damaged(what: &'static str, at: u64) -> Self {
        GoError::Damaged { what, at }
    }
}
