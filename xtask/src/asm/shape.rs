//! What is looked for in a function's code, on every architecture.

use std::collections::BTreeSet;

/// What is in a function's code.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Shape {
    /// Instructions, but those that do nothing.
    pub instructions: usize,
    /// Jumps to where a register or memory says: the next handler.
    pub indirect_jumps: usize,
    /// Jumps out of the function to a known place.
    pub tail_jumps: usize,
    /// What it does that a handler should not.
    pub faults: BTreeSet<Fault>,
}

/// What a handler of the tail-call dispatcher does not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// Calls what a register or memory says: maybe the next handler.
    IndirectCall,
    /// Calls a function.
    Call,
    /// Returns.
    Return,
    /// Saves a register or makes a frame.
    Frame,
    /// Uses the stack without a frame: a spill below the stack pointer.
    Spill,
    /// Has code that cannot be decoded, or none.
    Undecodable,
    /// Has no jump that leaves it.
    NoJump,
}

impl Fault {
    /// What the handler does.
    pub fn verb(self) -> &'static str {
        match self {
            Fault::IndirectCall => "calls indirectly",
            Fault::Call => "calls",
            Fault::Return => "returns",
            Fault::Frame => "has a frame",
            Fault::Spill => "spills",
            Fault::Undecodable => "cannot be decoded",
            Fault::NoJump => "has no jump out",
        }
    }
}
