//! How a guest's failure to start or to end well is told.

use crate::arguments::{EngineFlags, LimitFlags, RunArguments};
use crate::codes::Code;
use crate::failure::{Failure, hint_line};
use crate::{fault, record, signals};
use fossor::wasi::{Raised, WasiCtx};
use fossor::{
    Error, ExternType, ImportType, InterruptReason, LinkProblem, LinkReport, Module, Trap, TrapInfo,
};
use std::collections::HashMap;
use std::time::Duration;

/// What sentences about the guest's end need to know.
pub struct Ending<'a> {
    module: String,
    limits: &'a LimitFlags,
    test_timeout: Option<Duration>,
    wasm_frames: bool,
}

/// How much longer than `-test.timeout` a test may take: Go's own timer, which
/// names the tests, comes first where the program lets it.
const TEST_GRACE: Duration = Duration::from_secs(1);

impl<'a> Ending<'a> {
    /// For a module of this name, under these limits.
    pub fn new(module: String, limits: &'a LimitFlags) -> Self {
        Self {
            module,
            limits,
            test_timeout: None,
            wasm_frames: false,
        }
    }

    /// The same, with WebAssembly's frames if the flags ask for them.
    pub fn with_frames(self, flags: &EngineFlags) -> Self {
        Self {
            wasm_frames: flags.wasm_frames,
            ..self
        }
    }

    /// For a module of this name, run so.
    pub fn of_run(module: String, arguments: &'a RunArguments) -> Self {
        Self {
            test_timeout: arguments.test_timeout,
            ..Self::new(module, &arguments.limits).with_frames(&arguments.engine)
        }
    }

    /// What bounds structures and arrays.
    fn heap_limit(&self) -> String {
        match self.limits.max_heap {
            Some(bytes) => format!("--max-heap allows {bytes} bytes"),
            None => "the limit is 4 GiB; --max-heap sets another".to_owned(),
        }
    }

    /// How long the guest may run.
    pub fn time(&self) -> Option<Duration> {
        let test = self.test_timeout.map(|timeout| timeout + TEST_GRACE);
        self.limits.timeout.into_iter().chain(test).min()
    }

    /// The failure for an error of the library.
    pub fn failure(&self, error: Error) -> Failure {
        let named = |code, text: &str| Failure::new(code, format!("{}: {text}", self.module));
        match &error {
            Error::Trap(info) => {
                let failure = named(Code::Trap, info.trap.message());
                let failure = match info.trap {
                    Trap::HeapExhausted => failure.help(self.heap_limit()),
                    _ => failure,
                };
                self.with_stack(failure, info)
            }
            Error::Exception(exception) => {
                let info = exception.trap_info();
                self.with_stack(named(Code::Trap, &exception.message()), info)
            }
            Error::Interrupted(reason, info) => {
                // The place of a guest that is no Go program says little here.
                let failure = self.stopped(*reason);
                match info.goroutines.is_some() || signals::was_quit() {
                    true => self.with_stack(failure, info),
                    false => failure,
                }
            }
            Error::Link(report) => self.imports(report, None),
            Error::Text(message) => {
                let message = message.replace("<anon>", &self.module);
                let (sentence, rest) = message.split_once('\n').unwrap_or((&message, ""));
                let rest = rest.lines().map(|line| line.trim_end().to_owned());
                named(Code::Text, sentence).details(rest)
            }
            Error::Invalid(_) | Error::Untranslatable { .. } => {
                named(Code::Invalid, &error.to_string())
            }
            Error::Resources(message) => {
                let failure = named(Code::Resources, message);
                match self.limits.max_memory {
                    Some(bytes) => failure.help(format!("--max-memory allows {bytes} bytes")),
                    None => failure,
                }
            }
            Error::Lifecycle(message) => named(Code::NoStart, message),
            Error::Host(error) => match (error.downcast_ref(), record::failure(&**error)) {
                (Some(raised), _) => self.raised(raised),
                (None, Some(failure)) => failure,
                (None, None) => named(Code::Host, &error.to_string()),
            },
            // The rest has no way to come up in a run.
            other => fault::report(&other.to_string()),
        }
    }

    /// As a shell reports a program that died of the signal.
    fn raised(&self, raised: &Raised) -> Failure {
        let exit = u8::try_from(raised.signal).map_or(u8::MAX, |signal| 128 | signal);
        Failure::new(Code::Signal, format!("{}: {raised}", self.module)).exit_with(exit)
    }

    fn stopped(&self, reason: InterruptReason) -> Failure {
        let was_stopped =
            |code, why: &str| Failure::new(code, format!("{} was stopped: {why}", self.module));
        match reason {
            InterruptReason::Deadline if self.time() != self.limits.timeout => {
                let time = self.test_timeout.unwrap_or_default();
                was_stopped(
                    Code::TestTimeout,
                    &format!("the test timed out after {time:?} (go test -timeout)"),
                )
            }
            InterruptReason::Deadline => {
                let time = self.limits.timeout.unwrap_or_default();
                was_stopped(
                    Code::Timeout,
                    &format!("the time of {time:?} (--timeout) is up"),
                )
            }
            InterruptReason::OutOfFuel => {
                let fuel = self.limits.fuel.unwrap_or_default();
                let why = format!("the fuel of {fuel} operators (--fuel) is used up");
                was_stopped(Code::Fuel, &why)
            }
            _ if signals::was_quit() => was_stopped(Code::Quit, "SIGQUIT"),
            _ => was_stopped(Code::Interrupted, "Ctrl-C"),
        }
    }

    /// The failure with the guest's stack: goroutines, or WebAssembly's frames.
    fn with_stack(&self, failure: Failure, info: &TrapInfo) -> Failure {
        match &info.goroutines {
            None => failure.details(info.trace()),
            Some(goroutines) => {
                let wasm = if self.wasm_frames {
                    info.trace()
                } else {
                    Vec::new()
                };
                failure.details(wasm).stack(goroutines.to_string())
            }
        }
    }

    /// The failure for an error of linking this module: with who needs what is
    /// missing.
    pub fn link_failure(&self, error: Error, module: &Module) -> Failure {
        match &error {
            Error::Link(report) => self.imports(report, Some(module)),
            _ => self.failure(error),
        }
    }

    /// All imports that do not fit, in columns, and what to do.
    fn imports(&self, report: &LinkReport, module: Option<&Module>) -> Failure {
        let users = module.map(users).unwrap_or_default();
        let problems = report.problems();
        let name = |problem: &LinkProblem| format!("{}.{}", problem.module, problem.name);
        let shown = &problems[..problems.len().min(MAX_IMPORTS)];
        let widths = shown.iter().map(|p| name(p).chars().count());
        // One long name does not make all lines long.
        let width = widths.filter(|width| *width <= MAX_COLUMN).max();
        let width = width.unwrap_or(0);
        let more = (problems.len() > shown.len())
            .then(|| format!("… and {} more", problems.len() - shown.len()));
        let lines = shown.iter().map(|problem| {
            let line = format!("{:width$}  {}", name(problem), problem.wanted);
            let key = (problem.module.clone(), problem.name.clone());
            let line = match users.get(&key) {
                Some(user) => format!("{line}, called by {user}"),
                None => line,
            };
            match &problem.given {
                None => line,
                Some(given) => format!("{line}, but Fossor has it as {given}"),
            }
        });
        let what = match problems.len() {
            1 => "something".to_owned(),
            count => format!("{count} things"),
        };
        let sentence = format!(
            "{} imports {what} that Fossor does not provide:",
            self.module
        );
        let failure = Failure::new(Code::Imports, sentence);
        let failure = failure.details(lines.chain(more));
        let is_wasi = |problem: &LinkProblem| problem.module.starts_with("wasi_");
        if problems.iter().all(is_wasi) {
            failure.help("WASI preview1 is provided: was the module built for another version?")
        } else {
            failure.help(
                "WASI preview1 is all that `fossor run` provides; other functions (Go: \
                 //go:wasmimport) must be defined by a program that embeds Fossor",
            )
        }
    }

    /// The failure of a module that is not a program.
    pub fn no_start(&self, module: &Module) -> Failure {
        if module.export("_initialize").is_some() {
            let sentence = format!(
                "{} is a reactor: its `_initialize` was run, but it has no `_start` to go on with",
                self.module
            );
            return Failure::new(Code::Reactor, sentence)
                .help("Go builds a reactor with -buildmode=c-shared, and a program without it");
        }
        let names: Vec<_> = module
            .exports()
            .map(|export| export.name.to_owned())
            .collect();
        let exports = match names.len() {
            0 => "nothing".to_owned(),
            1..=8 => names.join(", "),
            count => format!("{} and {} more", names[..8].join(", "), count - 8),
        };
        let sentence = format!("{} has no `_start`; it exports {exports}", self.module);
        Failure::new(Code::NoStart, sentence)
    }
}

/// Imports that are listed; a module may have a million.
const MAX_IMPORTS: usize = 200;
/// Characters of a name that others are put into line with.
const MAX_COLUMN: usize = 60;

/// Hints that are printed; the first tell the most.
const MAX_HINTS: usize = 3;

/// Says which paths were refused to a guest that then failed: it often knows no
/// more than "bad file descriptor".
pub fn print_hints(context: &WasiCtx) {
    for hint in context.hints().iter().take(MAX_HINTS) {
        hint_line(Code::Path, &hint.to_string());
    }
}

/// Who calls each imported function, by its two names: in a Go program with the
/// file and line of the declaration.
fn users(module: &Module) -> HashMap<(String, String), String> {
    let go = module.go_info();
    let mut users = HashMap::new();
    let is_func = |import: &ImportType<'_>| matches!(import.ty, ExternType::Func(_));
    let imports = module.imports().filter(is_func);
    for (import, caller) in imports.zip(module.import_callers()) {
        let Some(caller) = caller else { continue };
        let function = go.as_ref().and_then(|go| go.function(caller));
        let user = match function.map(|function| &function.source) {
            Some(source) => format!("{} ({}:{})", source.func, source.file, source.start_line),
            None => module.shown_func_name(caller),
        };
        let key = (import.module.to_owned(), import.name.to_owned());
        users.entry(key).or_insert(user);
    }
    users
}
