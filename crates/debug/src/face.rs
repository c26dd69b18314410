//! What the session and whoever looks at it say to each other.

use crate::breakpoint::Breakpoints;
use crate::halt::Halt;
use crate::output::Stream;
use crate::program::Program;
use fossor::InterruptHandle;

/// Who looks at a guest, and says what it does next.
pub trait Face: Send {
    /// A run of the guest begins, which can be ended from another thread.
    fn begins(&mut self, _interrupt: InterruptHandle) {}

    /// The guest stands still.
    fn stopped(&mut self, halt: &mut Halt<'_, '_, '_>) -> Move;

    /// The guest runs, and has done so for about ten milliseconds.
    fn running(&mut self, _program: &Program, _breakpoints: &mut Breakpoints) -> Running {
        Running::On
    }

    /// The guest wrote something to its standard output or error.
    fn output(&mut self, stream: Stream, bytes: &[u8]);

    /// The guest returned from a call of WASI: a line of the trace.
    fn called(&mut self, _line: &str) {}

    /// The guest's run is over. `Move`s back, [`Move::Restart`] and [`Move::Quit`] mean
    /// something then; others end the session too.
    fn ended(&mut self, end: &End, breakpoints: &mut Breakpoints, program: &Program) -> Move;
}

/// What a guest does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// Runs to a breakpoint, or its end.
    Continue,
    /// Executes so many operators.
    Operators(u64),
    /// Executes one operator and, if that is a call, all of the function.
    OverOperator,
    /// Goes to the next line of Go, in a function that is called too; one operator of
    /// other guests.
    Into,
    /// Goes to the next line of Go in this function or in its caller.
    Over,
    /// Goes on until this function has returned.
    Out,
    /// Runs to the next call of WASI.
    ToCall,
    /// Runs to the operator of a number, in a recording also back.
    To(u64),
    /// Goes back, in a recording.
    Back(Back),
    /// Begins again.
    Restart,
    /// Ends the guest, and the session.
    Quit,
}

/// Ways back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Back {
    /// One operator.
    Operator,
    /// To the beginning of the line, or of the one that was executed before, in a
    /// function that was called too.
    Into,
    /// The same, past functions that were called.
    Over,
    /// To where this function was called.
    Out,
    /// To the last breakpoint before.
    Continue,
}

/// What a guest that runs does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Running {
    /// Goes on.
    On,
    /// Stands still.
    Pause,
    /// Ends.
    Quit,
}

/// Why a guest stands still.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// It has not begun.
    Start,
    /// A step has come to its end.
    Step,
    /// Breakpoints of these numbers.
    Breakpoint(Vec<u32>),
    /// A word of memory has another value.
    Watchpoint {
        /// Its number among the breakpoints.
        number: u32,
        /// What it was before the last operator.
        old: u64,
        /// What it is.
        new: u64,
    },
    /// It was asked to.
    Pause,
    /// It trapped, and cannot go on.
    Trap(String),
    /// There is nothing further back.
    Beginning,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// The exit status, if it was no failure.
    pub status: Option<u32>,
    /// What a user is told.
    pub message: String,
    /// Operators that were executed.
    pub steps: u64,
    /// Whether there is a way back.
    pub can_go_back: bool,
}
