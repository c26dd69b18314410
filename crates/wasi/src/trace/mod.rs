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

mod value;

use std::fmt;
use std::time::{Duration, Instant};

use fossor_host::{GuestMemory, HostError, Trap};

use crate::WasiCtx;
use crate::abi::Errno;
use crate::functions::Function;
use crate::layer::{Call, Layer, Next};
use crate::proc::Raised;
use crate::spans::{self, Span};

pub use value::Value;

/// Who is told of every call. A closure is told after it.
pub trait TraceSink: Send {
    /// Told before the call, which may wait.
    fn before(&mut self, _call: &TraceStart<'_>) {}

    /// Told after the call.
    fn after(&mut self, call: &TraceCall<'_>);
}

impl<F: FnMut(&TraceCall<'_>) + Send> TraceSink for F {
    fn after(&mut self, call: &TraceCall<'_>) {
        self(call);
    }
}

/// The layer that decodes every call for a sink.
struct Tracer<S> {
    sink: S,
    options: TraceOptions,
    spans: Vec<Span>,
}

/// One call, before it.
#[derive(Clone, Copy, Debug)]
pub struct TraceStart<'a> {
    /// What is called.
    pub function: &'static Function,
    /// Its arguments, decoded.
    pub args: &'a str,
    /// What it may write, if [`TraceOptions::values`].
    pub spans: &'a [Span],
    /// The guest's memory before it.
    pub memory: &'a GuestMemory<'a>,
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
    /// Whether [`TraceCall::values`] and [`TraceCall::spans`] are wanted.
    pub values: bool,
}

impl Default for TraceOptions {
    fn default() -> Self {
        Self {
            text_bytes: 32,
            paths: true,
            raw: false,
            values: false,
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
    /// Its arguments with their names, if [`TraceOptions::values`].
    pub values: &'a [(&'static str, Value)],
    /// What it stored, with names, if [`TraceOptions::values`].
    pub stored: &'a [(&'static str, Value)],
    /// What it read and wrote, if [`TraceOptions::values`].
    pub spans: &'a [Span],
    /// The guest's functions that led to it, innermost first, where the embedder
    /// says so: see [`WasiCtx::want_callers`].
    pub callers: &'a [String],
    /// The guest's memory after it.
    pub memory: &'a GuestMemory<'a>,
}

/// What follows the arguments in a trace line: ` = 0 {12}`. With `{:#}` it ends
/// in the time.
#[derive(Clone, Copy, Debug)]
pub struct TraceAnswer<'a>(&'a TraceCall<'a>);

impl TraceCall<'_> {
    /// The second half of the line.
    pub fn answer(&self) -> TraceAnswer<'_> {
        TraceAnswer(self)
    }

    /// The answer in a word: `SUCCESS` or another error's name, `EXIT`,
    /// `INTERRUPTED`, or `STOPPED` where the guest ends otherwise.
    pub fn outcome_name(&self) -> &'static str {
        match self.outcome {
            Ok(number) => Errno::from_number(number).map_or("UNKNOWN", Errno::name),
            Err(HostError::Exit(_)) => "EXIT",
            Err(HostError::Trap(Trap::Interrupted)) => "INTERRUPTED",
            Err(_) => "STOPPED",
        }
    }
}

impl fmt::Display for TraceCall<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({})", self.function.name, self.args)?;
        self.answer().fmt(f)
    }
}

impl fmt::Display for TraceAnswer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let call = self.0;
        match call.outcome {
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
        if !call.results.is_empty() {
            write!(f, " {}", call.results)?;
        }
        if !call.note.is_empty() {
            write!(f, " ({})", call.note)?;
        }
        if f.alternate() {
            let ns = u64::try_from(call.duration.as_nanos()).unwrap_or(u64::MAX);
            write!(f, " <{}>", text::short_ns(ns))?;
        }
        Ok(())
    }
}

impl WasiCtx {
    /// Tells `sink` of every call from now on.
    pub fn set_tracer(&mut self, sink: impl FnMut(&TraceCall<'_>) + Send + 'static) {
        self.set_tracer_with(TraceOptions::default(), sink);
    }

    /// Tells `sink` of every call from now on, in as much detail as asked.
    pub fn set_tracer_with(&mut self, options: TraceOptions, sink: impl TraceSink + 'static) {
        self.add_layer(Tracer {
            sink,
            options,
            spans: Vec::new(),
        });
    }
}

impl WasiCtx {
    /// A call as the trace shows it, without an answer: `fd_close(4</f.txt>)`.
    pub fn shown_call(
        &self,
        call: &Call<'_>,
        memory: &GuestMemory<'_>,
        options: TraceOptions,
    ) -> String {
        let Call { function, cells } = *call;
        let mut args = args::print(function, cells, memory, &self.descriptors, options);
        if options.raw {
            args.text.push_str(&text::raw(cells));
        }
        format!("{}({})", function.name, args.text)
    }
}

impl<S: TraceSink> Layer for Tracer<S> {
    fn call(
        &mut self,
        call: &Call<'_>,
        ctx: &mut WasiCtx,
        memory: &mut GuestMemory<'_>,
        next: Next<'_>,
    ) -> Result<u32, HostError> {
        let Call { function, cells } = *call;
        let options = self.options;
        let mut args = args::print(function, cells, memory, &ctx.descriptors, options);
        if options.raw {
            args.text.push_str(&text::raw(cells));
        }
        let mut values = Vec::new();
        self.spans.clear();
        if options.values {
            values = value::args(call, memory, &ctx.descriptors);
            spans::plan(call, ctx, memory, &mut self.spans);
        }
        self.sink.before(&TraceStart {
            function,
            args: &args.text,
            spans: &self.spans,
            memory,
        });
        let start = Instant::now();
        let outcome = next.run(ctx, memory);
        let duration = start.elapsed();
        let mut results = String::new();
        let mut stored = Vec::new();
        if let Ok(0) = outcome {
            results = results::print(function, cells, memory, &ctx.descriptors, options);
        }
        if options.values {
            let errno = outcome.as_ref().map_or(u32::MAX, |errno| *errno);
            spans::settle(call, errno, memory, &mut self.spans);
            stored = value::stored(&self.spans, memory);
            let written = self.spans.len();
            spans::read(call, memory, &mut |span| self.spans.push(span));
            // What was read comes first.
            self.spans.rotate_left(written);
        }
        let note = match outcome {
            Ok(0) | Err(_) => String::new(),
            Ok(number) => args.note(number),
        };
        self.sink.after(&TraceCall {
            function,
            cells,
            args: &args.text,
            outcome: outcome.as_ref().copied(),
            results: &results,
            note: &note,
            duration,
            values: &values,
            stored: &stored,
            spans: &self.spans,
            callers: &ctx.callers,
            memory,
        });
        outcome
    }
}
