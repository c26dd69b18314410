//! One call: declare, lift, behave, lower.
//!
//! A function's line in [`functions`](crate::functions) expands to a `run` that
//! lifts its parameters, checks where its results go, calls the behaviour (a
//! method of [`WasiCtx`] that sees no raw pointer) and stores the results.
//! [`invoke`] is what surrounds every `run`.

use fossor_host::{GuestMemory, HostError, OutOfBounds};

use crate::WasiCtx;
use crate::abi::Errno;
use crate::functions::Function;
use crate::{hints, layer};

/// Why a function does not succeed: a number for the guest, or its end.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The guest sees this error.
    Errno(Errno),
    /// The guest does not go on.
    Host(HostError),
}

impl From<Errno> for Stop {
    fn from(errno: Errno) -> Self {
        Stop::Errno(errno)
    }
}

impl From<HostError> for Stop {
    fn from(error: HostError) -> Self {
        Stop::Host(error)
    }
}

impl From<OutOfBounds> for Stop {
    fn from(_: OutOfBounds) -> Self {
        Stop::Errno(Errno::Fault)
    }
}

/// What a function's line expands to.
pub(crate) type Run = fn(&mut WasiCtx, &mut GuestMemory<'_>, &[u64]) -> Result<(), Stop>;

/// The host was given other arguments than the function's type says.
#[derive(Debug, thiserror::Error)]
#[error("{function} takes {expected} arguments, the embedder passed {given}")]
struct WrongArgumentCount {
    function: &'static str,
    expected: usize,
    given: usize,
}

/// Runs one call, through the layers if there are any.
#[inline]
pub(crate) fn invoke(
    function: &'static Function,
    run: Run,
    ctx: &mut WasiCtx,
    memory: &mut GuestMemory<'_>,
    args: &[u64],
) -> Result<u32, HostError> {
    if args.len() != function.params.len() {
        return Err(HostError::other(WrongArgumentCount {
            function: function.name,
            expected: function.params.len(),
            given: args.len(),
        }));
    }
    ctx.waiter.check()?;
    let number = if !ctx.layers.is_empty() {
        layer::layered(function, run, ctx, memory, args)?
    } else {
        answer(run(ctx, memory, args))?
    };
    if number != 0
        && let Some(errno @ (Errno::Badf | Errno::Perm | Errno::Rofs)) = Errno::from_number(number)
    {
        hints::note(ctx, function, memory, args, errno);
    }
    Ok(number)
}

/// The guest's number, or why it ends.
#[inline]
pub(crate) fn answer(outcome: Result<(), Stop>) -> Result<u32, HostError> {
    match outcome {
        Ok(()) => Ok(0),
        Err(Stop::Errno(errno)) => Ok(errno.number()),
        Err(Stop::Host(error)) => Err(error),
    }
}
