//! `proc_exit`, `proc_raise`, `sched_yield`.

use fossor_host::HostError;

use crate::WasiCtx;
use crate::abi::{Errno, ExitCode, Signal};
use crate::call::Stop;

/// The guest raised a signal that ends a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the guest raised {}", name(Signal(*.signal)).unwrap_or("a signal"))]
pub struct Raised {
    /// WASI's number of the signal; up to 15 it is that of every Unix.
    pub signal: u32,
}

/// Signals by WASI's number; 0 is none.
const SIGNALS: [&str; 31] = [
    "SIGNONE",
    "SIGHUP",
    "SIGINT",
    "SIGQUIT",
    "SIGILL",
    "SIGTRAP",
    "SIGABRT",
    "SIGBUS",
    "SIGFPE",
    "SIGKILL",
    "SIGUSR1",
    "SIGSEGV",
    "SIGUSR2",
    "SIGPIPE",
    "SIGALRM",
    "SIGTERM",
    "SIGCHLD",
    "SIGCONT",
    "SIGSTOP",
    "SIGTSTP",
    "SIGTTIN",
    "SIGTTOU",
    "SIGURG",
    "SIGXCPU",
    "SIGXFSZ",
    "SIGVTALRM",
    "SIGPROF",
    "SIGWINCH",
    "SIGPOLL",
    "SIGPWR",
    "SIGSYS",
];

/// Signals that end nothing unless somebody handles them.
const HARMLESS: [&str; 5] = ["SIGNONE", "SIGCHLD", "SIGCONT", "SIGURG", "SIGWINCH"];

/// The name of a signal.
pub(crate) fn name(signal: Signal) -> Option<&'static str> {
    SIGNALS.get(signal.0 as usize).copied()
}

impl WasiCtx {
    /// Ends the program; the status is passed on whole.
    pub(crate) fn proc_exit(&mut self, status: ExitCode) -> Result<(), Stop> {
        Err(HostError::Exit(status.0).into())
    }

    /// Ends the program as the signal would, with [`Raised`]; those that end
    /// nothing do nothing. Errors: `inval` no such signal.
    pub(crate) fn proc_raise(&mut self, signal: Signal) -> Result<(), Stop> {
        match name(signal) {
            None => Err(Errno::Inval.into()),
            Some(name) if HARMLESS.contains(&name) => Ok(()),
            Some(_) => Err(HostError::other(Raised { signal: signal.0 }).into()),
        }
    }

    /// Lets others run. There are none; the stop flag was looked at on the way.
    pub(crate) fn sched_yield(&mut self) -> Result<(), Stop> {
        Ok(())
    }
}
