//! A debugger for guests: breakpoints, steps by operator or by line of Go, frames,
//! locals, memory, goroutines, the next call of WASI, and steps back in a recording.
//!
//! A [`Session`] runs a program. Whenever it stands still a [`Face`] is shown a
//! [`Halt`] and answers with a [`Move`]. There are three faces: commands in lines
//! ([`repl`]), a screen ([`tui`]) and the protocol of editors ([`dap`]). None of them
//! knows how stepping works, and the session does not know who looks.
//!
//! ```text
//! interpreter  pauses before an operator      (Stopped)
//! driver       decides whether to stop there  (steps, breakpoints, passes back)
//! face         shows it, and says what next   (Halt → Move)
//! ```
//!
//! Steps back need a recording: the guest is run again from its start, with the
//! answers it got, up to an operator that is counted (`passes.rs`).

#![forbid(unsafe_code)]

mod breakpoint;
pub mod dap;
mod driver;
mod face;
mod halt;
mod operator;
mod output;
mod passes;
mod place;
mod program;
pub mod repl;
mod session;
pub mod source;
mod step;
pub mod tui;

pub use breakpoint::{Breakpoint, Breakpoints};
pub use face::{Back, End, Face, Move, Running, Why};
pub use halt::{Frame, Halt, Position};
pub use output::{GuestOutput, Stream};
pub use place::{Place, PlaceError, Site};
pub use program::{OperatorLine, Program};
pub use session::{Guest, MakeContext, Session, SessionError, Watch};
