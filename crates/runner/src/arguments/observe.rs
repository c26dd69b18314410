//! Arguments of what looks at a run: traces, recordings.

use super::{EngineFlags, RunArguments};
use clap::{Args, ValueHint};
use std::path::PathBuf;

pub const TRACE_EXAMPLES: &str = "\
Examples:
  fossor trace --dir . app.wasm                a line for each call, on standard error
  fossor trace -T -e path,poll app.wasm        only calls of these families, and how long they took
  fossor trace -e '!clock,!sched' app.wasm     all but these
  fossor trace --raw -s 8 app.wasm             with addresses, and 8 bytes of each text
  fossor trace --json -o calls.json app.wasm   for programs: arguments, results, memory written
  fossor trace --html calls.html app.wasm      a page: the calls over time, and the memory
  fossor trace -c app.wasm                     a table of calls, errors and times at the end

A line has the arguments and what the call stored, with names; `fossor explain NAME` tells what
they mean. A call that waits for more than 100 ms has a line at once, ended by <unfinished …>.";

pub const REPLAY_EXAMPLES: &str = "\
Examples:
  fossor run --record run.fossor --dir . app.wasm
  fossor replay run.fossor                     the same output, without the files
  fossor replay --trace -T run.fossor          and the calls

A replay touches no file, clock, socket or random source. It ends at the first call that is not
the recorded one, and says what differs; its exit code is that of the recorded run.";

pub const DEBUG_EXAMPLES: &str = "\
Examples:
  fossor debug app.wasm                        commands in lines; help lists them
  fossor debug -b main.go:31 --dir . app.wasm  with a breakpoint
  fossor debug run.fossor                      a recording: steps back too
  fossor debug -x commands app.wasm            commands from a file; - is standard input
  fossor debug --tui app.wasm                  source, stack, memory, calls side by side
  fossor debug --dap                           for an editor, over standard input and output

The guest's standard input is empty unless --stdin gives it a file. The module should be built
as usual: Go's own tables tell the lines. docs/debugging.md shows a session.";

pub const EXPLAIN_EXAMPLES: &str = "\
Examples:
  fossor explain                               lists all topics
  fossor explain fd_read                       a function: type, arguments, errors, who uses it
  fossor explain --run fd_read                 calls it, and shows memory before and after
  fossor explain subscription                  a structure, drawn byte by byte
  fossor explain 76                            an error, by number or name
  fossor explain go:wasmexport                 and so on: _start, preopens, trap, argv[0]
  fossor explain F0102                         a message of Fossor's";

/// Explain something.
#[derive(Args)]
pub struct ExplainArguments {
    /// What to explain; without it, all topics are listed
    pub topic: Vec<String>,

    /// Run the example of a function, and show the memory
    #[arg(long)]
    pub run: bool,
}

/// What is kept of a run.
#[derive(Args, Default)]
#[command(next_help_heading = "What is kept of the run")]
pub struct ObserveFlags {
    /// Show the guest's calls of WASI, on standard error or in a file;
    /// `fossor trace` has more to choose from
    #[arg(long = "trace", value_name = "FILE", num_args = 0..=1, require_equals = true)]
    pub trace: Option<Option<PathBuf>>,

    /// Record everything that the guest gets from the host, for `fossor replay`
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub record: Option<PathBuf>,
}

/// Replay a recording.
#[derive(Args)]
pub struct ReplayArguments {
    /// The recording
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub recording: PathBuf,

    /// The module, if it is no longer where it was
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub module: Option<PathBuf>,

    /// Show the calls
    #[arg(long = "trace")]
    pub traced: bool,

    #[command(flatten)]
    pub trace: TraceFlags,
    #[command(flatten)]
    pub engine: EngineFlags,
}

/// Debug a program.
#[derive(Args)]
pub struct DebugArguments {
    /// Set a breakpoint before the start: FILE:LINE, a function, wasi:NAME, …
    #[arg(long = "break", short = 'b', value_name = "PLACE")]
    pub breakpoints: Vec<String>,

    /// Show everything side by side on the terminal
    #[arg(long, conflicts_with_all = ["commands", "dap"])]
    pub tui: bool,

    /// Speak the Debug Adapter Protocol with an editor: on standard input and output,
    /// or with the one that connects to an address. Without a MODULE the editor says
    /// which
    #[arg(long, value_name = "HOST:PORT", num_args = 0..=1, require_equals = true,
        conflicts_with = "commands")]
    pub dap: Option<Option<String>>,

    /// Take commands from a file
    #[arg(long, short = 'x', value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub commands: Option<PathBuf>,

    /// Look for sources beneath this directory too, for modules that were built
    /// elsewhere or with -trimpath
    #[arg(long = "source", value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub sources: Vec<PathBuf>,

    /// Debug this recording of `fossor run --record`; a recording may also stand in
    /// the module's place
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub replay: Option<PathBuf>,

    /// The recording's module, if it is no longer where it was
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub module: Option<PathBuf>,

    #[command(flatten)]
    pub run: RunArguments,
}

/// Trace a program.
#[derive(Args)]
pub struct TraceArguments {
    #[command(flatten)]
    pub trace: TraceFlags,
    #[command(flatten)]
    pub run: RunArguments,
}

/// Bytes of a text that a trace shows.
pub const DEFAULT_STRING_BYTES: usize = 32;

/// What a trace shows, and where.
#[derive(Args, Default)]
#[command(next_help_heading = "Trace")]
pub struct TraceFlags {
    /// Write to a file in place of standard error
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,

    /// Show calls of these functions or families only; with ! all but them
    #[arg(long, short = 'e', value_name = "[!]NAME,…")]
    pub filter: Vec<String>,

    /// Show so many bytes of a text
    #[arg(long = "strings", short = 's', value_name = "N", default_value_t = DEFAULT_STRING_BYTES)]
    pub string_bytes: usize,

    /// Begin lines with the time since the start, in seconds
    #[arg(long, short = 't')]
    pub times: bool,

    /// End lines with how long the call took
    #[arg(long, short = 'T')]
    pub durations: bool,

    /// Show descriptors as bare numbers, without what they are
    #[arg(long)]
    pub no_paths: bool,

    /// The opposite, which is the default
    #[arg(short = 'y', hide = true)]
    pub paths: bool,

    /// Show where in the guest each call comes from: functions of a Go program
    /// with file and line
    #[arg(long, short = 'k')]
    pub callers: bool,

    /// Add the arguments as the guest passed them: addresses and numbers
    #[arg(long)]
    pub raw: bool,

    /// Show a table at the end, and no lines
    #[arg(long, short = 'c')]
    pub summary: bool,

    /// Write lines of JSON: typed arguments and results, and the memory that
    /// each call wrote
    #[arg(long, conflicts_with = "summary")]
    pub json: bool,

    /// Write a page to be opened in a browser: the calls over time, and for each
    /// the memory that it touched
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath,
        conflicts_with_all = ["summary", "json"])]
    pub html: Option<PathBuf>,
}

impl TraceFlags {
    /// Whether anything was asked for that a trace alone can have.
    pub fn is_wanted(&self) -> bool {
        let shows = self.times || self.durations || self.raw || self.summary || self.json;
        shows
            || self.output.is_some()
            || self.html.is_some()
            || self.callers
            || !self.filter.is_empty()
    }
}
