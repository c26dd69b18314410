//! Handlers that may call, return or have a frame, and why.

use super::handler::Handler;

/// A handler that is allowed a frame.
pub struct Exception {
    /// Its function: `memory::memory_grow`.
    pub path: &'static str,
    /// The beginning of what it was made for; empty: all of them.
    pub arguments: &'static str,
    /// Why that costs nothing that matters.
    pub reason: &'static str,
}

/// All of them; one that no handler needs fails the check, too.
pub const EXCEPTIONS: &[Exception] = &[];

impl Exception {
    /// Whether it is about this handler.
    pub fn covers(&self, handler: &Handler) -> bool {
        handler.path() == self.path && handler.arguments.starts_with(self.arguments)
    }
}
