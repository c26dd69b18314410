//! The trace: one line per call, derived from the function's declaration.
//!
//! Arguments are decoded before the call, so that a closed descriptor still has
//! its name; results after it. Both are read again from cells and memory, so
//! that no function knows of the trace:
//!
//! ```text
//! fd_write(1<stdout>, [6:"hello ", 6:"world\n"]) = 0 {12}
//! └ function.name     └ Kind::Ciovecs              │  └ Kind::Size
//!          └ Kind::Fd                              └ errno
//! ```

mod args;
mod results;
mod text;

use std::fmt;
use std::time::{Duration, Instant};

use fossor_host::{GuestMemory, HostError, Trap};

use crate::WasiCtx;
use crate::abi::Errno;
use crate::call::{Run, answer};
use crate::functions::Function;
use crate::proc::Raised;

/// Who is told of every call.
pub(crate) struct Tracer {
    sink: Box<dyn FnMut(&TraceCall<'_>) + Send>,
    options: TraceOptions,
}

/// How much a trace tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceOptions {
    /// Bytes shown of each text.
    pub text_bytes: usize,
    /// Whether descriptors are followed by what they are: `5</f.txt>`.
    pub paths: bool,
    /// Whether the raw cells follow the arguments.
    pub raw: bool,
}

impl Default for TraceOptions {
    fn default() -> Self {
        Self {
            text_bytes: 32,
            paths: true,
            raw: false,
        }
    }
}

/// One call, after it.
///
/// Its `Display` is the line of the trace; with `{:#}` it ends in the time.
#[derive(Debug)]
pub struct TraceCall<'a> {
    /// What was called.
    pub function: &'static Function,
    /// Its arguments as the guest passed them.
    pub cells: &'a [u64],
    /// Its arguments, decoded.
    pub args: &'a str,
    /// The errno, or why the guest ends.
    pub outcome: Result<u32, &'a HostError>,
    /// What it stored for the guest, decoded; empty for nothing.
    pub results: &'a str,
    /// What explains an error; empty for nothing.
    pub note: &'a str,
    /// How long it took.
    pub duration: Duration,
}

impl fmt::Display for TraceCall<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({})", self.function.name, self.args)?;
        match self.outcome {
            Ok(0) => f.write_str(" = 0")?,
            Ok(number) => match Errno::from_number(number) {
                Some(errno) => write!(f, " = {errno}")?,
                None => write!(f, " = {number}")?,
            },
            Err(HostError::Exit(_)) => {}
            Err(HostError::Trap(Trap::Interrupted)) => f.write_str(" = interrupted")?,
            Err(HostError::Other(other)) if other.is::<Raised>() => {
                f.write_str(" = guest stopped")?;
            }
            Err(error) => write!(f, " = {error}")?,
        }
        if !self.results.is_empty() {
            write!(f, " {}", self.results)?;
        }
        if !self.note.is_empty() {
            write!(f, " ({})", self.note)?;
        }
        if f.alternate() {
            let ns = u64::try_from(self.duration.as_nanos()).unwrap_or(u64::MAX);
            write!(f, " <{}>", text::short_ns(ns))?;
        }
        Ok(())
    }
}

impl WasiCtx {
    /// Tells `tracer` of every call from now on.
    pub fn set_tracer(&mut self, tracer: Box<dyn FnMut(&TraceCall<'_>) + Send>) {
        self.set_tracer_with(TraceOptions::default(), tracer);
    }

    /// Tells `tracer` of every call from now on, in as much detail as asked.
    pub fn set_tracer_with(
        &mut self,
        options: TraceOptions,
        tracer: Box<dyn FnMut(&TraceCall<'_>) + Send>,
    ) {
        self.tracer = Some(Tracer {
            sink: tracer,
            options,
        });
    }

    /// Ends the trace.
    pub fn clear_tracer(&mut self) {
        self.tracer = None;
    }
}

/// Runs one call and tells of it.
#[cold]
pub(crate) fn traced(
    function: &'static Function,
    run: Run,
    ctx: &mut WasiCtx,
    memory: &mut GuestMemory<'_>,
    cells: &[u64],
) -> Result<u32, HostError> {
    // Taken out meanwhile; a panic below loses the trace and nothing else.
    let Some(mut tracer) = ctx.tracer.take() else {
        return answer(run(ctx, memory, cells));
    };
    let options = tracer.options;
    let mut args = args::print(function, cells, memory, &ctx.descriptors, options);
    if options.raw {
        args.text.push_str(&text::raw(cells));
    }
    ctx.names_wanted = true;
    let start = Instant::now();
    let outcome = answer(run(ctx, memory, cells));
    let duration = start.elapsed();
    ctx.names_wanted = false;
    let results = match outcome {
        Ok(0) => results::print(function, cells, memory, &ctx.descriptors, options),
        _ => String::new(),
    };
    let note = match outcome {
        Ok(0) | Err(_) => String::new(),
        Ok(number) => args.note(number),
    };
    (tracer.sink)(&TraceCall {
        function,
        cells,
        args: &args.text,
        outcome: outcome.as_ref().copied(),
        results: &results,
        note: &note,
        duration,
    });
    ctx.tracer = Some(tracer);
    outcome
}
