//! Bodies of answers and events.

use super::wire::Request;
use crate::breakpoint::Breakpoint;
use crate::face::Why;
use crate::halt::{Frame, Halt};
use crate::place::PlaceError;
use crate::repl::{shown_value, value_of};
use crate::source::Sources;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fossor::{Goroutine, Val};
use serde_json::{Value, json};

/// Bytes of memory in an answer.
const MAX_MEMORY_BYTES: u64 = 1 << 20;

/// The thread of a guest without goroutines.
const ONLY_THREAD: u64 = 1;

/// A scheduler's goroutine has number 0, which no thread may have.
const SCHEDULER: u64 = 1 << 40;

// References of groups of variables.
const LOCALS: u64 = 1;
const OPERANDS: u64 = 2;
const GLOBALS: u64 = 3;
const CALL: u64 = 4;

/// What an editor was told of a guest that stands still: numbers of frames count on.
#[derive(Debug, Default)]
pub(super) struct Shown {
    /// Whether the frame is the innermost of what runs.
    frames: Vec<bool>,
}

pub(super) fn capabilities(can_go_back: bool) -> Value {
    json!({
        "supportsConfigurationDoneRequest": true,
        "supportsFunctionBreakpoints": true,
        "supportsReadMemoryRequest": true,
        "supportsSteppingGranularity": true,
        "supportsEvaluateForHovers": false,
        "supportsTerminateRequest": true,
        "supportsRestartRequest": true,
        "supportsStepBack": can_go_back,
    })
}

pub(super) fn one_thread() -> Value {
    json!({"threads": [{"id": ONLY_THREAD, "name": "main"}]})
}

pub(super) fn breakpoint(set: Result<&Breakpoint, PlaceError>, numbers: &mut Vec<u32>) -> Value {
    let set = match set {
        Ok(set) => set,
        Err(error) => return json!({"verified": false, "message": error.to_string()}),
    };
    numbers.push(set.number);
    let source = set.sites.first().and_then(|site| site.source.as_ref());
    let mut answer = json!({"verified": true, "id": set.number});
    if let Some(at) = source {
        answer["line"] = at.line.into();
    }
    answer
}

pub(super) fn stopped(halt: &mut Halt<'_, '_, '_>) -> Value {
    let thread = thread_of(halt.running_goroutine());
    let call = halt.next_call();
    let (reason, text) = match halt.why() {
        Why::Start => ("entry", String::new()),
        Why::Step | Why::Beginning => ("step", String::new()),
        Why::Breakpoint(_) => ("breakpoint", String::new()),
        Why::Watchpoint { old, new, .. } => ("data breakpoint", format!("{old:#x} → {new:#x}")),
        Why::Pause => ("pause", String::new()),
        Why::Trap(trap) => ("exception", trap.clone()),
    };
    let mut event = json!({"reason": reason, "threadId": thread, "allThreadsStopped": true});
    if let Why::Breakpoint(numbers) = halt.why() {
        event["hitBreakpointIds"] = json!(numbers);
    }
    if !text.is_empty() {
        event["text"] = text.into();
    }
    if let Some(call) = call {
        event["description"] = format!("next: {call}").into();
    }
    event
}

fn thread_of(goroutine: Option<u64>) -> u64 {
    match goroutine {
        Some(0) => SCHEDULER,
        Some(id) => id,
        None => ONLY_THREAD,
    }
}

impl Shown {
    pub fn answer(
        &mut self,
        request: &Request,
        halt: &mut Halt<'_, '_, '_>,
        sources: &Sources,
    ) -> Result<Value, String> {
        let arguments = &request.arguments;
        match request.command.as_str() {
            "threads" => Ok(threads(halt)),
            "stackTrace" => Ok(self.stack(arguments, halt, sources)),
            "scopes" => Ok(self.scopes(arguments, halt)),
            "variables" => Ok(variables(arguments["variablesReference"].as_u64(), halt)),
            "readMemory" => read_memory(arguments, halt),
            "evaluate" => {
                let text = arguments["expression"].as_str().unwrap_or_default();
                let value = value_of(text, halt)?;
                Ok(json!({
                    "result": format!("{value} ({value:#x})"),
                    "memoryReference": format!("{value:#x}"),
                    "variablesReference": 0,
                }))
            }
            "pause" => Ok(json!({})),
            other => Err(format!("{other} is not supported")),
        }
    }

    fn stack(
        &mut self,
        arguments: &Value,
        halt: &mut Halt<'_, '_, '_>,
        sources: &Sources,
    ) -> Value {
        let thread = arguments["threadId"].as_u64().unwrap_or(ONLY_THREAD);
        let all = halt.goroutines().map(|all| all.list).unwrap_or_default();
        let of_thread = |one: &&Goroutine| thread_of(one.id) == thread;
        let runs = all
            .first()
            .is_none_or(|first| thread_of(first.id) == thread);
        let frames = match all.iter().find(of_thread) {
            Some(goroutine) => halt.frames_of(goroutine),
            None => halt.wasm_frames(),
        };
        let total = frames.len();
        let first = arguments["startFrame"].as_u64().unwrap_or(0) as usize;
        let levels = match arguments["levels"].as_u64() {
            None | Some(0) => usize::MAX,
            Some(levels) => levels as usize,
        };
        let shown = frames.iter().enumerate().skip(first).take(levels);
        let shown = shown.map(|(index, frame)| {
            self.frames.push(runs && index == 0);
            self::frame(self.frames.len(), frame, sources)
        });
        json!({"stackFrames": Vec::from_iter(shown), "totalFrames": total})
    }

    fn scopes(&self, arguments: &Value, halt: &mut Halt<'_, '_, '_>) -> Value {
        let frame = arguments["frameId"].as_u64().unwrap_or(0) as usize;
        let is_innermost = frame.checked_sub(1).and_then(|at| self.frames.get(at));
        let scope = |name: &str, reference: u64| json!({"name": name, "variablesReference": reference, "expensive": false});
        let mut scopes = Vec::new();
        if is_innermost == Some(&true) {
            scopes.push(scope("Locals of WebAssembly", LOCALS));
            scopes.push(scope("Operand stack", OPERANDS));
            if halt.next_call().is_some() {
                scopes.push(scope("Next call of WASI", CALL));
            }
        }
        scopes.push(scope("Globals", GLOBALS));
        json!({ "scopes": scopes })
    }
}

fn threads(halt: &mut Halt<'_, '_, '_>) -> Value {
    let Some(all) = halt.goroutines() else {
        return one_thread();
    };
    let threads = all.list.iter().map(|goroutine| {
        let id = thread_of(goroutine.id);
        let name = match goroutine.id {
            Some(id) => format!("goroutine {id} [{}]", goroutine.status),
            None => format!("goroutine [{}]", goroutine.status),
        };
        json!({"id": id, "name": name})
    });
    json!({"threads": Vec::from_iter(threads)})
}

fn frame(id: usize, frame: &Frame, sources: &Sources) -> Value {
    let mut answer = json!({"id": id, "name": frame.func, "line": 0, "column": 0});
    let Some(at) = frame.source.as_ref().filter(|at| at.line > 0) else {
        answer["presentationHint"] = "subtle".into();
        return answer;
    };
    answer["line"] = at.line.into();
    let name = at.file.rsplit('/').next().unwrap_or(&at.file);
    answer["source"] = json!({ "name": name });
    let path = sources.find(&at.file);
    if let Some(path) = path.and_then(|path| path.canonicalize().ok()) {
        answer["source"]["path"] = path.to_string_lossy().into();
    }
    answer
}

fn variables(reference: Option<u64>, halt: &mut Halt<'_, '_, '_>) -> Value {
    let variable = |name: String, value: Val| {
        let text = shown_value(value);
        let text = text.split_once(' ').map_or(&*text, |(_, text)| text.trim());
        let mut variable = json!({
            "name": name,
            "value": text,
            "type": value.ty().to_string(),
            "variablesReference": 0,
        });
        if let Some(addr) = value.i32() {
            variable["memoryReference"] = format!("{:#x}", addr as u32).into();
        }
        variable
    };
    let list = |name: &str, values: Vec<Val>| {
        let values = values.into_iter().enumerate();
        Vec::from_iter(values.map(|(index, value)| variable(format!("{name}{index}"), value)))
    };
    let variables = match reference {
        Some(LOCALS) => list("$", halt.locals(0)),
        Some(OPERANDS) => list("", halt.operands()),
        Some(GLOBALS) => list("global", halt.globals()),
        Some(CALL) => {
            let call = halt.next_call().unwrap_or_default();
            let name = call.split('(').next().unwrap_or_default().to_owned();
            vec![json!({"name": name, "value": call, "variablesReference": 0})]
        }
        _ => Vec::new(),
    };
    json!({ "variables": variables })
}

fn read_memory(arguments: &Value, halt: &mut Halt<'_, '_, '_>) -> Result<Value, String> {
    let reference = arguments["memoryReference"].as_str().unwrap_or_default();
    let base = value_of(reference, halt)?;
    let addr = base.wrapping_add_signed(arguments["offset"].as_i64().unwrap_or(0));
    let count = arguments["count"]
        .as_u64()
        .unwrap_or(0)
        .min(MAX_MEMORY_BYTES);
    let rest = usize::try_from(addr).ok();
    let rest = rest
        .and_then(|at| halt.memory().get(at..))
        .unwrap_or_default();
    let bytes = &rest[..rest.len().min(count as usize)];
    Ok(json!({
        "address": format!("{addr:#x}"),
        "data": STANDARD.encode(bytes),
        "unreadableBytes": count - bytes.len() as u64,
    }))
}
