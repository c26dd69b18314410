//! The trace: one line per call, derived from the function's declaration.

use std::time::{Duration, Instant};

use fossor_host::{GuestMemory, HostError};

use crate::WasiCtx;
use crate::call::{Run, answer};
use crate::functions::Function;

/// Who is told of every call.
pub(crate) type Tracer = Box<dyn FnMut(&TraceCall<'_>) + Send>;

/// One call, after it. Its `Display` is the line of the trace.
#[derive(Debug)]
pub struct TraceCall<'a> {
    /// What was called.
    pub function: &'static Function,
    /// Its arguments, decoded.
    pub args: &'a str,
    /// The errno, or why the guest ends.
    pub outcome: Result<u32, &'a HostError>,
    /// What it stored for the guest, decoded; empty for nothing.
    pub results: &'a str,
    /// How long it took.
    pub duration: Duration,
}

impl WasiCtx {
    /// Tells `tracer` of every call from now on.
    pub fn set_tracer(&mut self, tracer: Box<dyn FnMut(&TraceCall<'_>) + Send>) {
        self.tracer = Some(tracer);
    }

    /// Ends the trace.
    pub fn clear_tracer(&mut self) {
        self.tracer = None;
    }
}

#[cold]
pub(crate) fn traced(
    function: &'static Function,
    run: Run,
    ctx: &mut WasiCtx,
    memory: &mut GuestMemory<'_>,
    args: &[u64],
) -> Result<u32, HostError> {
    let start = Instant::now();
    let outcome = answer(run(ctx, memory, args));
    let call = TraceCall {
        function,
        args: "",
        outcome: outcome.as_ref().copied(),
        results: "",
        duration: start.elapsed(),
    };
    if let Some(tracer) = &mut ctx.tracer {
        tracer(&call);
    }
    outcome
}
