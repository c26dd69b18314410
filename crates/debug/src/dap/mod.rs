//! The Debug Adapter Protocol, for editors: JSON messages with a header each.
//!
//! Source: the protocol's specification,
//! <https://microsoft.github.io/debug-adapter-protocol/specification>. Of its many
//! messages these have answers that say something; others are refused.
//!
//! Threads are goroutines, frames are Go's; the locals of a frame are those of the
//! WebAssembly function, with their types.

mod answers;
mod wire;

pub use wire::Connection;

use crate::breakpoint::Breakpoints;
use crate::face::{Back, End, Face, Move, Running, Why};
use crate::halt::Halt;
use crate::output::Stream;
use crate::place::Place;
use crate::program::Program;
use crate::source::Sources;
use answers::Shown;
use fossor::InterruptHandle;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::Path;
use wire::Request;

/// An editor that looks.
pub struct Dap {
    connection: Connection,
    sources: Sources,
    launch: Launch,
    /// Whether all breakpoints were told, so that the guest may run.
    is_configured: bool,
    /// Numbers of the breakpoints of a file, and of those by function.
    in_files: HashMap<String, Vec<u32>>,
    on_functions: Vec<u32>,
    /// What was told of the guest where it stands.
    shown: Shown,
}

/// What the editor wants to be launched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Launch {
    /// The module, or a recording.
    pub program: Option<String>,
    /// The guest's arguments.
    pub args: Vec<String>,
    /// Directories for the guest, as `--dir` takes them.
    pub dirs: Vec<String>,
    /// Variables for the guest, `K=V`.
    pub env: Vec<String>,
    /// Whether the guest stands still before its first operator.
    pub stop_on_entry: bool,
    /// Whether the guest's calls are told as output.
    pub calls: bool,
}

impl Dap {
    /// Talks with an editor until it says what to launch.
    pub fn start(mut connection: Connection, sources: Sources) -> Option<Self> {
        loop {
            let request = connection.receive()?;
            match request.command.as_str() {
                "initialize" => connection.answer(&request, answers::capabilities(false)),
                "launch" => {
                    let launch = Launch::of(&request.arguments);
                    connection.answer(&request, json!({}));
                    return Some(Self {
                        connection,
                        sources,
                        launch,
                        is_configured: false,
                        in_files: HashMap::new(),
                        on_functions: Vec::new(),
                        shown: Shown::default(),
                    });
                }
                "disconnect" => {
                    connection.answer(&request, json!({}));
                    return None;
                }
                _ => connection.refuse(&request, "launch something first"),
            }
        }
    }

    /// What is to be launched.
    pub fn launch(&self) -> &Launch {
        &self.launch
    }

    /// Says that what was to be launched cannot be.
    pub fn fail(mut self, message: &str) {
        let text = json!({"category": "important", "output": format!("{message}\n")});
        self.connection.event("output", text);
        self.connection.event("terminated", json!({}));
    }

    /// Tells the editor that breakpoints can be set.
    pub fn ready(&mut self, can_go_back: bool) {
        if can_go_back {
            let capabilities = json!({"capabilities": answers::capabilities(true)});
            self.connection.event("capabilities", capabilities);
        }
        self.connection.event("initialized", json!({}));
    }

    /// Answers what needs no guest; `false` if it does.
    fn configure(
        &mut self,
        request: &Request,
        program: &Program,
        breakpoints: &mut Breakpoints,
    ) -> bool {
        let body = match request.command.as_str() {
            "setBreakpoints" => self.set_in_file(&request.arguments, program, breakpoints),
            "setFunctionBreakpoints" => self.set_on_functions(&request.arguments, breakpoints),
            "setExceptionBreakpoints" => json!({"breakpoints": []}),
            _ => return false,
        };
        self.connection.answer(request, body);
        true
    }

    fn set_in_file(
        &mut self,
        arguments: &Value,
        program: &Program,
        breakpoints: &mut Breakpoints,
    ) -> Value {
        let path = arguments["source"]["path"].as_str().unwrap_or_default();
        for number in self.in_files.remove(path).unwrap_or_default() {
            breakpoints.delete(number);
        }
        let file = known_file(program, path);
        let wanted = arguments["breakpoints"].as_array().into_iter().flatten();
        let mut numbers = Vec::new();
        let set = wanted.map(|one| {
            let place = Place::Line {
                file: Some(file.clone()),
                line: one["line"].as_u64().unwrap_or(0) as u32,
            };
            answers::breakpoint(breakpoints.set(&place, None), &mut numbers)
        });
        let set = Vec::from_iter(set);
        self.in_files.insert(path.to_owned(), numbers);
        json!({ "breakpoints": set })
    }

    fn set_on_functions(&mut self, arguments: &Value, breakpoints: &mut Breakpoints) -> Value {
        for number in std::mem::take(&mut self.on_functions) {
            breakpoints.delete(number);
        }
        let wanted = arguments["breakpoints"].as_array().into_iter().flatten();
        let mut numbers = Vec::new();
        let set = wanted.map(|one| {
            let place = Place::parse(one["name"].as_str().unwrap_or_default());
            let set = place.and_then(|place| breakpoints.set(&place, None));
            answers::breakpoint(set, &mut numbers)
        });
        let set = Vec::from_iter(set);
        self.on_functions = numbers;
        json!({ "breakpoints": set })
    }

    /// The move that a request asks for.
    fn next_move(&self, request: &Request) -> Option<Move> {
        let by_operator = request.arguments["granularity"] == "instruction";
        Some(match (request.command.as_str(), by_operator) {
            ("continue", _) => Move::Continue,
            ("next", false) => Move::Over,
            ("next", true) => Move::OverOperator,
            ("stepIn", false) => Move::Into,
            ("stepIn", true) => Move::Operators(1),
            ("stepOut", _) => Move::Out,
            ("stepBack", false) => Move::Back(Back::Over),
            ("stepBack", true) => Move::Back(Back::Operator),
            ("reverseContinue", _) => Move::Back(Back::Continue),
            ("restart", _) => Move::Restart,
            ("disconnect" | "terminate", _) => Move::Quit,
            _ => return None,
        })
    }
}

impl Face for Dap {
    fn begins(&mut self, interrupt: InterruptHandle) {
        self.connection.interrupts(interrupt);
    }

    fn stopped(&mut self, halt: &mut Halt<'_, '_, '_>) -> Move {
        self.shown = Shown::default();
        if self.is_configured {
            let event = answers::stopped(halt);
            self.connection.event("stopped", event);
        }
        loop {
            let Some(request) = self.connection.receive() else {
                return Move::Quit;
            };
            if self.configure(&request, halt.program, halt.breakpoints) {
                continue;
            }
            if let Some(next) = self.next_move(&request) {
                if matches!(next, Move::Back(_)) && !halt.can_go_back() {
                    let why = "there is no way back in a live run; debug a recording";
                    self.connection.refuse(&request, why);
                    continue;
                }
                self.connection
                    .answer(&request, json!({"allThreadsContinued": true}));
                return next;
            }
            if request.command == "configurationDone" {
                self.is_configured = true;
                self.connection.answer(&request, json!({}));
                if matches!(halt.why(), Why::Start) && !self.launch.stop_on_entry {
                    return Move::Continue;
                }
                let event = answers::stopped(halt);
                self.connection.event("stopped", event);
                continue;
            }
            match self.shown.answer(&request, halt, &self.sources) {
                Ok(body) => self.connection.answer(&request, body),
                Err(message) => self.connection.refuse(&request, &message),
            }
        }
    }

    fn running(&mut self, program: &Program, breakpoints: &mut Breakpoints) -> Running {
        while let Some(request) = self.connection.receive_now() {
            match request.command.as_str() {
                "pause" => {
                    self.connection.answer(&request, json!({}));
                    return Running::Pause;
                }
                "disconnect" | "terminate" => {
                    self.connection.answer(&request, json!({}));
                    return Running::Quit;
                }
                "threads" => self.connection.answer(&request, answers::one_thread()),
                _ if self.configure(&request, program, breakpoints) => {}
                _ => self.connection.refuse(&request, "the program is running"),
            }
        }
        Running::On
    }

    fn output(&mut self, stream: Stream, bytes: &[u8]) {
        let category = match stream {
            Stream::Out => "stdout",
            Stream::Err => "stderr",
        };
        let text = String::from_utf8_lossy(bytes);
        let body = json!({"category": category, "output": text});
        self.connection.event("output", body);
    }

    fn called(&mut self, line: &str) {
        if self.launch.calls {
            let body = json!({"category": "console", "output": format!("{line}\n")});
            self.connection.event("output", body);
        }
    }

    fn ended(&mut self, end: &End, breakpoints: &mut Breakpoints, program: &Program) -> Move {
        let told = json!({"category": "console", "output": format!("{}\n", end.message)});
        self.connection.event("output", told);
        let code = end.status.unwrap_or(1);
        self.connection.event("exited", json!({ "exitCode": code }));
        self.connection.event("terminated", json!({}));
        while let Some(request) = self.connection.receive() {
            match request.command.as_str() {
                "disconnect" | "terminate" => {
                    self.connection.answer(&request, json!({}));
                    break;
                }
                "threads" => self.connection.answer(&request, answers::one_thread()),
                _ if self.configure(&request, program, breakpoints) => {}
                _ => self.connection.refuse(&request, "the program has ended"),
            }
        }
        Move::Quit
    }
}

impl Launch {
    fn of(arguments: &Value) -> Self {
        let texts = |name: &str| {
            let list = arguments[name].as_array().into_iter().flatten();
            Vec::from_iter(list.filter_map(Value::as_str).map(str::to_owned))
        };
        let mut env = texts("env");
        for (name, value) in arguments["env"].as_object().into_iter().flatten() {
            env.push(format!("{name}={}", value.as_str().unwrap_or_default()));
        }
        Self {
            program: arguments["program"].as_str().map(str::to_owned),
            args: texts("args"),
            dirs: texts("dirs"),
            env,
            stop_on_entry: arguments["stopOnEntry"] == true,
            calls: arguments["calls"] == true,
        }
    }
}

/// The name that the program has for a file of the editor's: the longest end of its
/// path that there is.
fn known_file(program: &Program, path: &str) -> String {
    let parts = Vec::from_iter(Path::new(path).components());
    let ends = (0..parts.len()).map(|first| {
        let end = std::path::PathBuf::from_iter(&parts[first..]);
        end.to_string_lossy().into_owned()
    });
    let mut known = ends.filter(|end| !program.files(end).is_empty());
    known.next().unwrap_or_else(|| path.to_owned())
}
