//! `fossor debug --dap`, as an editor uses it.

mod common;

use common::Place;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

/// An editor.
struct Editor<R, W> {
    input: BufReader<R>,
    output: W,
    seq: u64,
    /// Messages that nobody has asked for yet.
    waiting: Vec<Value>,
}

type Piped = Editor<ChildStdout, ChildStdin>;

fn start(place: &Place, words: &[&str]) -> (Child, Piped) {
    let mut command = place.command(words);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let (input, output) = (child.stdout.take().unwrap(), child.stdin.take().unwrap());
    (child, Editor::new(input, output))
}

impl<R: Read, W: Write> Editor<R, W> {
    fn new(input: R, output: W) -> Self {
        Self {
            input: BufReader::new(input),
            output,
            seq: 0,
            waiting: Vec::new(),
        }
    }

    fn send(&mut self, command: &str, arguments: Value) {
        self.seq += 1;
        let message = json!({
            "seq": self.seq, "type": "request", "command": command, "arguments": arguments,
        });
        let text = message.to_string();
        write!(self.output, "Content-Length: {}\r\n\r\n{text}", text.len()).unwrap();
        self.output.flush().unwrap();
    }

    fn receive(&mut self) -> Value {
        let mut len_bytes = 0;
        loop {
            let mut line = String::new();
            assert!(
                self.input.read_line(&mut line).unwrap() > 0,
                "the debugger has gone"
            );
            match line.trim_end().strip_prefix("Content-Length: ") {
                Some(number) => len_bytes = number.parse().unwrap(),
                None if line.trim_end().is_empty() => break,
                None => {}
            }
        }
        let mut bytes = vec![0; len_bytes];
        self.input.read_exact(&mut bytes).unwrap();
        serde_json::from_slice(&bytes).unwrap()
    }

    /// The first message of which this holds; others are kept.
    fn find(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.waiting.iter().position(&wanted) {
            return self.waiting.remove(at);
        }
        loop {
            let message = self.receive();
            if wanted(&message) {
                return message;
            }
            self.waiting.push(message);
        }
    }

    fn event(&mut self, name: &str) -> Value {
        self.find(|message| message["event"] == name)["body"].clone()
    }

    fn answer(&mut self, command: &str, arguments: Value) -> Value {
        self.send(command, arguments);
        let seq = self.seq;
        self.find(|message| message["request_seq"] == seq)
    }

    /// Asks, and fails if that is refused.
    #[track_caller]
    fn ask(&mut self, command: &str, arguments: Value) -> Value {
        let answer = self.answer(command, arguments);
        assert_eq!(answer["success"], true, "{answer:#}");
        answer["body"].clone()
    }

    /// All output of a kind so far.
    fn output(&self, category: &str) -> String {
        let of_kind = self.waiting.iter().filter(|message| {
            message["event"] == "output" && message["body"]["category"] == category
        });
        String::from_iter(of_kind.map(|message| message["body"]["output"].as_str().unwrap()))
    }
}

/// The prebuilt Go program, and its source.
fn hello() -> (String, String) {
    let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/../../go-fixtures");
    let fixtures = Path::new(fixtures).canonicalize().unwrap();
    let path = |name: &str| fixtures.join(name).to_str().unwrap().to_owned();
    (path("prebuilt/hello.wasm"), path("hello/main.go"))
}

#[test]
fn an_editor_debugs_a_go_program() {
    let (module, source) = hello();
    let place = Place::new();
    let (mut child, mut editor) = start(&place, &["debug", "--dap"]);
    let capabilities = editor.ask("initialize", json!({"adapterID": "fossor"}));
    assert_eq!(capabilities["supportsReadMemoryRequest"], true);
    editor.ask("launch", json!({"program": module, "calls": true}));
    editor.event("initialized");
    let set = editor.ask(
        "setBreakpoints",
        json!({"source": {"path": source}, "breakpoints": [{"line": 7}, {"line": 900}]}),
    );
    assert_eq!(set["breakpoints"][0]["verified"], true, "{set:#}");
    assert_eq!(set["breakpoints"][0]["line"], 7, "{set:#}");
    assert_eq!(set["breakpoints"][1]["verified"], false, "{set:#}");
    let on = json!({"breakpoints": [{"name": "wasi:fd_write"}, {"name": "nowhere"}]});
    let set = editor.ask("setFunctionBreakpoints", on);
    assert_eq!(set["breakpoints"][0]["verified"], true, "{set:#}");
    assert_eq!(set["breakpoints"][1]["verified"], false, "{set:#}");
    editor.ask("configurationDone", json!({}));

    let stopped = editor.event("stopped");
    assert_eq!(stopped["reason"], "breakpoint", "{stopped:#}");
    assert_eq!(stopped["threadId"], 1, "{stopped:#}");
    let threads = editor.ask("threads", json!({}));
    assert_eq!(
        threads["threads"][0]["name"], "goroutine 1 [running]",
        "{threads:#}"
    );
    let stack = editor.ask("stackTrace", json!({"threadId": 1}));
    let top = &stack["stackFrames"][0];
    assert_eq!(
        (&top["name"], &top["line"]),
        (&json!("main.main"), &json!(7)),
        "{stack:#}"
    );
    assert_eq!(stack["stackFrames"][1]["name"], "runtime.main");
    let part = json!({"threadId": 1, "startFrame": 1, "levels": 1});
    let part = editor.ask("stackTrace", part);
    assert_eq!(part["stackFrames"].as_array().unwrap().len(), 1, "{part:#}");
    assert_eq!(part["stackFrames"][0]["name"], "runtime.main", "{part:#}");

    let scopes = editor.ask("scopes", json!({"frameId": top["id"]}));
    assert_eq!(
        scopes["scopes"][0]["name"], "Locals of WebAssembly",
        "{scopes:#}"
    );
    let locals = scopes["scopes"][0]["variablesReference"].clone();
    let locals = editor.ask("variables", json!({"variablesReference": locals}));
    let sp = &locals["variables"][1];
    assert_eq!(
        (&sp["name"], &sp["type"]),
        (&json!("$1"), &json!("i32")),
        "{locals:#}"
    );
    let sp = sp["memoryReference"].clone();
    let global = editor.ask("evaluate", json!({"expression": "sp"}));
    assert_eq!(global["memoryReference"], sp, "{global:#}");
    let memory = editor.ask("readMemory", json!({"memoryReference": sp, "count": 9}));
    assert_eq!(memory["data"].as_str().unwrap().len(), 12, "{memory:#}");
    let refused = editor.answer("stepBack", json!({"threadId": 1}));
    assert_eq!(refused["success"], false, "{refused:#}");

    editor.ask(
        "stepIn",
        json!({"threadId": 1, "granularity": "instruction"}),
    );
    assert_eq!(editor.event("stopped")["reason"], "step");
    editor.ask("continue", json!({"threadId": 1}));
    let stopped = editor.event("stopped");
    let told = stopped["description"].as_str().unwrap();
    assert!(
        told.contains("fd_write(1<stdout>, [34:\"Hello from Go"),
        "{stopped:#}"
    );
    editor.ask("stepOut", json!({"threadId": 1}));
    editor.event("stopped");
    assert_eq!(
        editor.output("stdout"),
        "Hello from Go, running in Fossor!\n"
    );
    editor.ask("continue", json!({"threadId": 1}));
    assert_eq!(editor.event("exited")["exitCode"], 0);
    editor.event("terminated");
    assert!(editor.output("console").contains("fd_write(1<stdout>"));
    editor.ask("disconnect", json!({}));
    assert!(child.wait().unwrap().success());
}

/// Counts for ever.
const BUSY: &str = r#"(module (memory (export "memory") 1)
    (func (export "_start") (loop $again
        (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1)))
        (br $again))))"#;

#[test]
fn a_running_program_is_paused_and_left() {
    let place = Place::new();
    place.file("busy.wat", BUSY);
    let (mut child, mut editor) = start(&place, &["debug", "--dap", "busy.wat"]);
    editor.ask("initialize", json!({}));
    editor.ask("launch", json!({"stopOnEntry": true}));
    editor.event("initialized");
    editor.ask("configurationDone", json!({}));
    assert_eq!(editor.event("stopped")["reason"], "entry");
    editor.ask("continue", json!({"threadId": 1}));
    editor.ask("pause", json!({"threadId": 1}));
    assert_eq!(editor.event("stopped")["reason"], "pause");
    let stack = editor.ask("stackTrace", json!({"threadId": 1}));
    assert_eq!(stack["totalFrames"], 1, "{stack:#}");
    editor.ask("continue", json!({"threadId": 1}));
    editor.ask("disconnect", json!({}));
    child.wait().unwrap();
}

#[test]
fn an_editor_goes_back_in_a_recording() {
    let place = Place::new();
    let text = r#"(module
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (memory (export "memory") 1)
        (func $f (param i32))
        (func $main (export "_start")
            (call $f (i32.const 1)) (call $f (i32.const 2)) (call $exit (i32.const 3))))"#;
    place.file("guest.wat", text);
    place.run("run --record run.fossor guest.wat").code(3);
    let (mut child, mut editor) = start(&place, &["debug", "--dap=127.0.0.1:0", "run.fossor"]);
    drop(editor);
    child.kill().unwrap();
    child.wait().unwrap();

    (child, editor) = start(&place, &["debug", "--dap", "run.fossor"]);
    editor.ask("initialize", json!({}));
    editor.ask("launch", json!({}));
    let more = editor.event("capabilities");
    assert_eq!(more["capabilities"]["supportsStepBack"], true, "{more:#}");
    editor.event("initialized");
    editor.ask(
        "setFunctionBreakpoints",
        json!({"breakpoints": [{"name": "f"}]}),
    );
    editor.ask("configurationDone", json!({}));
    let value =
        |editor: &mut Piped| editor.ask("evaluate", json!({"expression": "$0"}))["result"].clone();
    editor.event("stopped");
    assert_eq!(value(&mut editor), "1 (0x1)");
    editor.ask("continue", json!({}));
    editor.event("stopped");
    assert_eq!(value(&mut editor), "2 (0x2)");
    editor.ask("reverseContinue", json!({}));
    editor.event("stopped");
    assert_eq!(value(&mut editor), "1 (0x1)");
    editor.ask("stepBack", json!({"granularity": "instruction"}));
    assert_eq!(editor.event("stopped")["reason"], "step");
    editor.ask("continue", json!({}));
    editor.event("stopped");
    editor.ask("continue", json!({}));
    editor.event("stopped");
    editor.ask("continue", json!({}));
    assert_eq!(editor.event("exited")["exitCode"], 3);
    editor.ask("disconnect", json!({}));
    child.wait().unwrap();
}

#[test]
fn an_editor_connects() {
    let place = Place::new();
    place.file("busy.wat", BUSY);
    let mut command = place.command(&["debug", "--dap=127.0.0.1:0", "busy.wat"]);
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    let stderr = child.stderr.take().unwrap();
    BufReader::new(stderr).read_line(&mut line).unwrap();
    let address = line.trim_end().rsplit(' ').next().unwrap();
    let stream = TcpStream::connect(address).unwrap();
    let mut editor = Editor::new(stream.try_clone().unwrap(), stream);
    editor.ask("initialize", json!({}));
    editor.ask("launch", json!({"stopOnEntry": true}));
    editor.event("initialized");
    editor.ask("configurationDone", json!({}));
    editor.event("stopped");
    editor.ask("terminate", json!({}));
    child.wait().unwrap();
}
