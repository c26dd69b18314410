//! The screen, as it is after keys.

use fossor::wasi::{self, Stdio, WasiCtx};
use fossor::{Config, Engine, Limits, Linker, Module};
use fossor_debug::source::Sources;
use fossor_debug::tui::Tui;
use fossor_debug::{Guest, GuestOutput, Session, Stream, Watch};
use ratatui::Terminal;
use ratatui::backend::{Backend, ClearType, TestBackend, WindowSize};
use ratatui::buffer::Cell;
use ratatui::crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use ratatui::layout::{Position, Size};
use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};

/// A terminal that the test can read while the debugger draws on it.
#[derive(Clone)]
struct Shared(Arc<Mutex<TestBackend>>);

impl Shared {
    fn screen(&self) -> String {
        self.0.lock().unwrap().to_string()
    }
}

type Result<T> = std::result::Result<T, Infallible>;

impl Backend for Shared {
    type Error = Infallible;

    fn draw<'a, I: Iterator<Item = (u16, u16, &'a Cell)>>(&mut self, content: I) -> Result<()> {
        self.0.lock().unwrap().draw(content)
    }

    fn hide_cursor(&mut self) -> Result<()> {
        self.0.lock().unwrap().hide_cursor()
    }

    fn show_cursor(&mut self) -> Result<()> {
        self.0.lock().unwrap().show_cursor()
    }

    fn get_cursor_position(&mut self) -> Result<Position> {
        self.0.lock().unwrap().get_cursor_position()
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> Result<()> {
        self.0.lock().unwrap().set_cursor_position(position)
    }

    fn clear(&mut self) -> Result<()> {
        self.0.lock().unwrap().clear()
    }

    fn clear_region(&mut self, clear_type: ClearType) -> Result<()> {
        self.0.lock().unwrap().clear_region(clear_type)
    }

    fn size(&self) -> Result<Size> {
        self.0.lock().unwrap().size()
    }

    fn window_size(&mut self) -> Result<WindowSize> {
        self.0.lock().unwrap().window_size()
    }

    fn flush(&mut self) -> Result<()> {
        self.0.lock().unwrap().flush()
    }
}

fn guest(module: &[u8]) -> Guest {
    let engine = Engine::new(Config::new().debug(true));
    let module = Module::new(&engine, module).unwrap();
    let mut linker = Linker::new(&engine);
    wasi::add_to_linker(&mut linker, |ctx: &mut WasiCtx| ctx).unwrap();
    let context = |output: &GuestOutput, watch: &mut Watch<'_>| {
        let out = Stdio::pipe(output.pipe(Stream::Out));
        let mut context = WasiCtx::builder().arg("guest").stdout(out).build()?;
        watch(&mut context);
        Ok(context)
    };
    Guest {
        pre: linker.instantiate_pre(&module).unwrap(),
        context: Box::new(context),
        is_replayed: false,
        limits: Limits::default(),
    }
}

/// The screens before each of the keys.
fn screens(module: &[u8], keys: &str) -> Vec<String> {
    let shared = Shared(Arc::new(Mutex::new(TestBackend::new(150, 44))));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let mut keys = VecDeque::from_iter(keys.chars());
    let (terminal, screens) = (shared.clone(), seen.clone());
    let events = move |time: std::time::Duration| {
        if time.is_zero() {
            return Ok(None);
        }
        screens.lock().unwrap().push(shared.screen());
        let code = match keys.pop_front() {
            Some('\n') => KeyCode::Enter,
            Some(letter) => KeyCode::Char(letter),
            None => KeyCode::Char('q'),
        };
        let key = KeyEvent::new(code, KeyModifiers::NONE);
        Ok(Some(Event::Key(key)))
    };
    let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/../../go-fixtures");
    let sources = Sources::new(vec![fixtures.into()]);
    let tui = Tui::new(Terminal::new(terminal).unwrap(), events, sources);
    Session::new(guest(module), tui).run().unwrap();
    let screens = seen.lock().unwrap().clone();
    screens
}

#[track_caller]
fn shows(screen: &str, parts: &[&str]) {
    for part in parts {
        assert!(screen.contains(part), "{part:?} is missing:\n{screen}");
    }
}

#[test]
fn a_go_program_is_shown_with_all_about_it() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../go-fixtures/prebuilt/hello.wasm"
    );
    let module = std::fs::read(path).unwrap();
    let screens = screens(&module, ":b main.main\nc:b wasi:fd_write\nco");
    shows(
        &screens[0],
        &["at the start", "Operators", "c continue", "Calls of WASI"],
    );
    let typed = screens
        .iter()
        .find(|screen| screen.contains(":b main.main▏"));
    assert!(typed.is_some());
    let at_main = screens
        .iter()
        .find(|screen| screen.contains("breakpoint [3]"))
        .unwrap();
    shows(
        at_main,
        &[
            "in main.main, operator ",
            "hello/main.go",
            "●→   7     fmt.Println(\"Hello from Go, running in Fossor!\")",
            "main.main  ",
            "runtime.main  ",
            "   1 [running] main.main",
            "$1   i32  ",
            "breakpoint 3: main.main",
            "Memory",
        ],
    );
    let at_call = screens
        .iter()
        .find(|screen| screen.contains("breakpoint [4]"))
        .unwrap();
    shows(
        at_call,
        &[
            "next: fd_write(1<stdout>, [34:\"Hello from Go",
            "call fd_write",
            "top-0 i32  ",
        ],
    );
    let after = screens.last().unwrap();
    shows(
        after,
        &["│Hello from Go, running in Fossor!", "fd_write(1<stdout>"],
    );
    assert!(!after.contains("next:"), "{after}");
}

#[test]
fn other_guests_are_shown_by_operators() {
    let text = r#"(module (func $f (param i32)) (func (export "_start") (local f64)
        (local.set 0 (f64.const 2.5)) (call $f (i32.const 7))))"#;
    let screens = screens(text.as_bytes(), "iis:fly\nC");
    shows(&screens[2], &["f64  2.5", "no source is known", "→0x"]);
    let last = screens.last().unwrap();
    shows(
        last,
        &[
            "$0   i32  7 (0x7)",
            "fly is no command",
            "there is no way back in a live run",
        ],
    );
}
