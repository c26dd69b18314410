//! The command line, for clap.

mod observe;
mod words;

pub use observe::*;
pub use words::parse;

use crate::diff::DiffArguments;
use crate::inspect::InspectArguments;
use crate::mount::Mount;
use crate::profile::ProfileArguments;
use crate::units;
use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

/// Runs WebAssembly programs, above all those that Go builds with
/// GOOS=wasip1, in an interpreter: no compile step, nothing to cache.
///
/// `fossor MODULE ARGS…` is short for `fossor run MODULE ARGS…`.
#[derive(Parser)]
#[command(
    name = "fossor",
    version,
    max_term_width = 100,
    subcommand_required = true,
    arg_required_else_help = true,
    after_help = TOP_EXAMPLES
)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

const TOP_EXAMPLES: &str = "\
Examples:
  GOOS=wasip1 GOARCH=wasm go build -o app.wasm . && fossor app.wasm
  fossor run --dir . app.wasm -v input.txt     the current directory is / in the guest
  fossor install-exec ~/bin                    `go test` and `go run` use Fossor from now on

`fossor run --help` explains flags, names of directories and exit codes.";

/// The commands' names, to tell them from a module's. A test compares them
/// with clap's.
pub const COMMANDS: [&str; 15] = [
    "run",
    "trace",
    "replay",
    "debug",
    "explain",
    "invoke",
    "profile",
    "inspect",
    "wast",
    "disassemble",
    "diff",
    "install-exec",
    "completions",
    "man",
    "help",
];
/// Other names of commands.
pub const ALIASES: [&str; 1] = ["objdump"];

#[derive(Subcommand)]
pub enum Command {
    /// Run a program
    Run(Box<RunArguments>),
    /// Run a program and show its calls of WASI, as strace does
    #[command(
        override_usage = "fossor trace [OPTIONS] MODULE [--] [ARGS]...",
        after_help = TRACE_EXAMPLES
    )]
    Trace(Box<TraceArguments>),
    /// Run a recording of `fossor run --record` again: same module, same answers
    /// of the host, which is not asked
    #[command(after_help = REPLAY_EXAMPLES)]
    Replay(Box<ReplayArguments>),
    /// Run a program, or a recording, step by step: breakpoints by line of Go,
    /// goroutines, memory
    #[command(
        override_usage = "fossor debug [OPTIONS] MODULE [--] [ARGS]...\n       fossor debug [OPTIONS] RECORDING",
        after_help = DEBUG_EXAMPLES,
        // An editor, or a recording, may say what it is.
        mut_arg("module_and_args", |arg| arg.required(false))
    )]
    Debug(Box<DebugArguments>),
    /// Explain a function of WASI, a structure, a flag, an error, a message of
    /// Fossor's, or how modules and hosts work together
    #[command(after_help = EXPLAIN_EXAMPLES)]
    Explain(ExplainArguments),
    /// Call functions that a module exports
    Invoke(Box<InvokeCommand>),
    /// Run a program, and record where it spends its time
    Profile(Box<ProfileArguments>),
    /// Show what a module is, what it needs and what it weighs
    Inspect(InspectArguments),
    /// Run test scripts of the WebAssembly specification (.wast)
    Wast(WastArguments),
    /// Show a module's operators beside the code that Fossor makes of them
    #[command(alias = "objdump", after_help = DISASSEMBLE_EXAMPLES)]
    Disassemble(DisassembleArguments),
    /// Run a module in several ways and say where they part: with and without
    /// fusion, by tail calls and by a loop, in other engines
    #[command(after_help = DIFF_EXAMPLES)]
    Diff(DiffArguments),
    /// Make `go test` and `go run` use Fossor: put the link
    /// go_wasip1_wasm_exec into a directory
    InstallExec(InstallArguments),
    /// Print completions for a shell
    #[command(after_help = COMPLETIONS_EXAMPLE)]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page (`fossor man | man -l -`)
    Man,
}

const COMPLETIONS_EXAMPLE: &str = "\
Example:
  fossor completions bash > ~/.local/share/bash-completion/completions/fossor";

const DIFF_EXAMPLES: &str = "\
Examples:
  fossor diff app.wasm                         a command, as `fossor run` runs it
  fossor diff --against tail,wasmi lib.wasm    all exports, with made-up arguments
  fossor diff --func sum --seed 7 lib.wasm

The reference is the loop without fusion, one instruction for each operator. Clocks and
random numbers are made up, the guest sees no directory, and its output is compared, not
shown. wasmi and wasmtime are there in builds with the features of these names:
  cargo install --path crates/runner --features wasmi,wasmtime
Exit code: 0 if all are alike, 1 if not.";

const DISASSEMBLE_EXAMPLES: &str = "\
Examples:
  fossor disassemble app.wasm | less           all functions
  fossor disassemble app.wasm main.main        the one of this name, as Go calls it
  fossor disassemble app.wasm 1625             the one of this index
  fossor disassemble --list app.wasm           their indices, places and names

On the left: byte offset in the module, operator. On the right: word in Fossor's code,
instruction. s3 is slot 3 of the frame, acc the accumulator of the operand's type,
`-> s3` where the result goes beside it, @12 word 12. An instruction stands beside the
operator that completed it, and may do the work of several before it.";

const RUN_EXAMPLES: &str = "\
Examples:
  fossor run hello.wasm
  fossor run --dir . app.wasm report.txt       report.txt of the current directory
  fossor run --dir /srv/data::/data:ro --env TZ=UTC --timeout 2s --max-memory 64M app.wasm
  generate | fossor run - --verbose            the module from standard input
  fossor run --listen 127.0.0.1:8080 server.wasm

Directories:
  The guest sees no file unless --dir shows it one. Names in the guest are absolute:
  `--dir .` is / there, `--dir sub` is /sub, `--dir HOST::GUEST` is /GUEST, and with any of them
  its current directory (PWD) is / unless --env sets it. :ro makes a directory read-only.

Exit codes:
  The guest's own (its low 8 bits), or
  124  the time or the fuel is used up
  125  the guest did not start: wrong flags, no such file, no valid module, unknown imports
  130  Ctrl-C
  134  the guest trapped
  128  and the number of the signal, if the guest raised one
   70  a fault of Fossor's
  A guest can use these codes too; a message of Fossor's begins with `error[F`.";

/// Run a program.
#[derive(Args)]
#[command(
    override_usage = "fossor run [OPTIONS] MODULE [--] [ARGS]...",
    after_help = RUN_EXAMPLES
)]
pub struct RunArguments {
    /// The program (.wasm, .wat, or - for standard input), then its arguments
    #[arg(
        help_heading = None::<&str>,
        required = true,
        trailing_var_arg = true,
        num_args = 1..,
        value_names = ["MODULE", "ARGS"],
        value_hint = ValueHint::CommandWithArguments
    )]
    pub module_and_args: Vec<OsString>,

    /// Call this export instead of running the program; ARGS are its arguments
    /// (wasmtime's spelling of `fossor invoke MODULE FUNC ARGS`)
    #[arg(long, value_name = "FUNC", hide = true)]
    pub invoke: Option<OsString>,

    #[command(flatten)]
    pub guest: GuestFlags,
    #[command(flatten)]
    pub limits: LimitFlags,
    #[command(flatten)]
    pub engine: EngineFlags,
    #[command(flatten)]
    pub observe: ObserveFlags,

    /// Of a Go test: when it shall have ended, as `go test` told it. Not a flag.
    #[arg(skip)]
    pub test_timeout: Option<Duration>,

    /// Whether a recording answers for the host: then nothing is said of flags.
    /// Not a flag.
    #[arg(skip)]
    pub is_replayed: bool,

    /// What to record on the side. Not a flag.
    #[arg(skip)]
    pub plan: crate::watch::Plan,
}

const INVOKE_EXAMPLES: &str = "\
Examples:
  fossor invoke add.wasm add 1 -2
  fossor invoke plugin.wasm count -- count -- add 0x10 3      on one instance
  fossor invoke --bytes plugin.wasm render '@{\"Name\": \"Ada\"}'
  fossor invoke --bytes plugin.wasm sum @@picture.png

Arguments:
  Numbers as in Rust or Go: -1, 0xff, 1_000, 1.5, 1e9, inf, nan; true and false are the i32
  1 and 0; a v128 is a number of 128 bits; a reference can only be null.
  With --bytes, @TEXT and @@FILE are bytes. They are put into memory that the export named by
  --alloc makes room for (it takes a number of bytes and gives an address), and take two
  parameters, address and length, both i32. A result of one i64 is then the address (upper half) and
  length (lower half) of bytes, which are written out as they are.

Lifecycle:
  The module's `_initialize`, if it has one, runs first, once. A program (a module with
  `_start`) has no functions to call: build it as a library (Go: -buildmode=c-shared).
  With --no-initialize nothing runs first, and the calls may be of `_initialize` and `_start` too.";

/// Call functions that a module exports, one after the other, on one instance.
#[derive(Args)]
#[command(
    override_usage = "fossor invoke [OPTIONS] MODULE FUNC [ARGS]... [-- FUNC [ARGS]...]...",
    after_help = INVOKE_EXAMPLES
)]
pub struct InvokeCommand {
    /// The module (.wasm, .wat, or - for standard input), then the function and
    /// its arguments
    #[arg(
        required = true,
        trailing_var_arg = true,
        allow_hyphen_values = true,
        num_args = 2..,
        value_names = ["MODULE", "FUNC"],
        value_hint = ValueHint::CommandWithArguments
    )]
    pub words: Vec<OsString>,

    /// Pass @TEXT and @@FILE as bytes in the guest's memory, and take an i64
    /// result for such
    #[arg(long)]
    pub bytes: bool,

    /// The export that makes room for bytes [default: the first there is of
    /// alloc, allocate, malloc]
    #[arg(long, value_name = "FUNC")]
    pub alloc: Option<String>,

    /// Do not call `_initialize`, to see what a call before it does
    #[arg(long)]
    pub no_initialize: bool,

    #[command(flatten)]
    pub guest: GuestFlags,
    #[command(flatten)]
    pub limits: LimitFlags,
    #[command(flatten)]
    pub engine: EngineFlags,
}

/// What to call, in which module.
pub struct InvokeArguments {
    pub module: OsString,
    /// Each with the function's name and its arguments.
    pub calls: Vec<Vec<OsString>>,
    pub bytes: bool,
    pub alloc: Option<String>,
    pub no_initialize: bool,
    pub guest: GuestFlags,
    pub limits: LimitFlags,
    pub engine: EngineFlags,
}

impl From<InvokeCommand> for InvokeArguments {
    fn from(command: InvokeCommand) -> Self {
        let mut words = command.words.into_iter();
        let module = words.next().unwrap_or_default();
        let words = Vec::from_iter(words);
        let calls = words.split(|word| word == "--");
        Self {
            module,
            calls: calls.map(<[OsString]>::to_vec).collect(),
            bytes: command.bytes,
            alloc: command.alloc,
            no_initialize: command.no_initialize,
            guest: command.guest,
            limits: command.limits,
            engine: command.engine,
        }
    }
}

/// What the guest gets.
#[derive(Args, Default)]
#[command(next_help_heading = "What the guest gets")]
pub struct GuestFlags {
    /// Show the guest a directory; several are possible
    #[arg(
        long = "dir",
        value_name = "HOST[::GUEST][:ro]",
        value_hint = ValueHint::DirPath,
        value_parser = OsStringValueParser::new().try_map(|text| Mount::parse(&text))
    )]
    pub directories: Vec<Mount>,

    /// The same in wazero's spelling, HOST[:GUEST][:ro]
    #[arg(
        long = "mount",
        value_name = "HOST[:GUEST][:ro]",
        hide = true,
        value_parser = OsStringValueParser::new().try_map(|text| Mount::parse_wazero(&text))
    )]
    pub mounts: Vec<Mount>,

    /// Set a variable; K alone passes on the host's value, if it has one
    #[arg(long = "env", value_name = "K[=V]")]
    pub environment: Vec<OsString>,

    /// Pass on all variables of the host (but PWD)
    #[arg(long, alias = "env-inherit")]
    pub inherit_env: bool,

    /// The name by which the program is called, in place of the module's file name
    #[arg(long, value_name = "NAME")]
    pub argv0: Option<OsString>,

    /// Make up clocks and random numbers, the same in every run with the same
    /// seed; waiting takes no time then, and NaNs that are computed are canonical
    #[arg(long, value_name = "SEED", num_args = 0..=1, require_equals = true, default_missing_value = "0")]
    pub deterministic: Option<u64>,

    /// A file as standard input
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub stdin: Option<PathBuf>,

    /// Take rights away where WASI lets the guest ask for fewer, as its text says
    /// and hardly any guest expects
    #[arg(long)]
    pub strict_rights: bool,

    /// Say which paths were refused and which flag would help, also if the guest
    /// ends well
    #[arg(long)]
    pub hints: bool,

    /// Listen on a TCP address, and give the guest the socket: descriptor 3,
    /// or the next one after the directories
    #[arg(long, alias = "tcplisten", value_name = "HOST:PORT")]
    pub listen: Vec<String>,
}

/// Limits on the guest.
#[derive(Args, Default)]
#[command(next_help_heading = "Limits")]
pub struct LimitFlags {
    /// End the guest after this time, also if it sleeps or waits for input
    #[arg(long, value_name = "TIME", value_parser = units::duration)]
    pub timeout: Option<Duration>,

    /// End the guest after so many WebAssembly operators; each 64 bytes or 8 elements that one
    /// fills or copies count too
    #[arg(long, value_name = "N", value_parser = units::count)]
    pub fuel: Option<u64>,

    /// Let the guest's memory grow to this size and no further [default: 4G, of 64-bit memories 64G]
    #[arg(long, value_name = "SIZE", value_parser = units::size)]
    pub max_memory: Option<u64>,

    /// Let the guest's structures, arrays and exceptions take this much and no more [default: 4G]
    #[arg(long, value_name = "SIZE", value_parser = units::size)]
    pub max_heap: Option<u64>,

    /// Address space for the stack of calls [default: 2G]
    #[arg(long, value_name = "SIZE", value_parser = units::size)]
    pub max_stack: Option<u64>,
}

/// How the guest is executed.
#[derive(Args)]
#[command(next_help_heading = "Engine")]
pub struct EngineFlags {
    /// When function bodies are validated and translated: at their first call,
    /// or all of them before the start
    #[arg(long, value_name = "WHEN", default_value = "lazy")]
    pub compile: CompileChoice,

    /// How instructions follow each other; debug builds of Fossor have the
    /// loop alone
    #[arg(long, value_name = "HOW", default_value = "tail")]
    pub dispatch: DispatchChoice,

    /// What relaxed vector instructions give where there is a choice: the same
    /// everywhere, or what is fast on this processor
    #[arg(long, value_name = "HOW", default_value = "deterministic")]
    pub relaxed_simd: RelaxedSimdChoice,

    /// One instruction for each operator
    #[arg(long, hide = true)]
    pub no_fuse: bool,

    /// Show WebAssembly's frames as well where a Go program's stack is shown
    #[arg(long)]
    pub wasm_frames: bool,

    /// Log to standard error: error, warn, info, debug, trace, or what
    /// RUST_LOG may contain
    #[arg(long, value_name = "LEVEL")]
    pub log: Option<String>,
}

/// When code comes into being.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CompileChoice {
    Lazy,
    Eager,
}

/// Which dispatcher.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DispatchChoice {
    Tail,
    Loop,
}

/// Which results of relaxed vector instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RelaxedSimdChoice {
    Deterministic,
    Native,
}

/// Run scripts.
#[derive(Args)]
pub struct WastArguments {
    /// The scripts
    #[arg(required = true, value_name = "FILES", value_hint = ValueHint::FilePath)]
    pub files: Vec<PathBuf>,

    /// Allow what this version of WebAssembly has and no more: 1, 2 or 3
    #[arg(long, value_name = "VERSION", value_parser = clap::value_parser!(u8).range(1..=3))]
    pub spec: Option<u8>,

    /// How instructions follow each other
    #[arg(long, value_name = "HOW", default_value = "tail")]
    pub dispatch: DispatchChoice,

    /// One instruction for each operator
    #[arg(long, hide = true)]
    pub no_fuse: bool,

    /// End a directive after this time
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = units::duration)]
    pub timeout: Duration,

    /// Address space for the stack of calls. Scripts that exhaust it use all
    /// of it
    #[arg(long, value_name = "SIZE", default_value = "16M", value_parser = units::size)]
    pub max_stack: u64,

    /// Only failures and the summary
    #[arg(long, short)]
    pub quiet: bool,
}

/// Show code.
#[derive(Args)]
pub struct DisassembleArguments {
    /// The module (.wasm, .wat, or - for standard input)
    #[arg(value_name = "MODULE", value_hint = ValueHint::FilePath)]
    pub module: OsString,

    /// A function: its index or its name [default: all]
    #[arg(value_name = "FUNC")]
    pub func: Option<String>,

    /// List functions, not their code
    #[arg(long, short)]
    pub list: bool,

    /// One instruction for each operator
    #[arg(long, hide = true)]
    pub no_fuse: bool,
}

/// Install the link.
#[derive(Args)]
pub struct InstallArguments {
    /// A directory, best one that is on PATH
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub directory: PathBuf,

    /// Replace a file of that name that is no link
    #[arg(long)]
    pub force: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn clap_finds_nothing_wrong() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn the_list_of_commands_is_claps() {
        let mut command = Arguments::command();
        command.build();
        let names: Vec<_> = command.get_subcommands().map(|c| c.get_name()).collect();
        assert_eq!(names, COMMANDS);
    }

    fn run(words: &[&str]) -> RunArguments {
        match Arguments::try_parse_from(words).map(|arguments| arguments.command) {
            Ok(Command::Run(run)) => *run,
            Ok(_) => panic!("another command"),
            Err(error) => panic!("{error}"),
        }
    }

    #[test]
    fn what_follows_the_module_is_the_guests() {
        let run = run(&[
            "fossor", "run", "--env", "A=1", "m.wasm", "--env", "B", "--", "-x",
        ]);
        assert_eq!(run.guest.environment, ["A=1"]);
        assert_eq!(run.module_and_args, ["m.wasm", "--env", "B", "--", "-x"]);
    }

    #[test]
    fn an_unknown_flag_is_no_module() {
        assert!(Arguments::try_parse_from(["fossor", "run", "--dri", ".", "m.wasm"]).is_err());
        assert_eq!(
            run(&["fossor", "run", "-", "-x"]).module_and_args,
            ["-", "-x"]
        );
    }
}
