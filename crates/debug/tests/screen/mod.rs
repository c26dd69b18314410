//! The debugger on a screen that can be read.

#![allow(dead_code, reason = "each user takes its part")]

use fossor::wasi::{self, Access, Deterministic, Stdio, WasiCtx};
use fossor::{Config, Engine, Limits, Linker, Module};
use fossor_debug::source::Sources;
use fossor_debug::tui::Tui;
use fossor_debug::{Guest, GuestOutput, Session, Stream, Watch};
use ratatui::Terminal;
use ratatui::backend::{Backend, ClearType, TestBackend, WindowSize};
use ratatui::buffer::{Buffer, Cell};
use ratatui::crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use ratatui::layout::{Position, Size};
use std::collections::VecDeque;
use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

/// A terminal that the test can read while the debugger draws on it.
#[derive(Clone)]
struct Shared(Arc<Mutex<TestBackend>>);

impl Shared {
    fn buffer(&self) -> Buffer {
        self.0.lock().unwrap().buffer().clone()
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

/// A module that is shown `directory` as `/`, and whose clock is made up.
pub fn guest(module: &[u8], directory: Option<PathBuf>) -> Guest {
    let engine = Engine::new(Config::new().debug(true));
    let module = Module::new(&engine, module).unwrap();
    let mut linker = Linker::new(&engine);
    wasi::add_to_linker(&mut linker, |ctx: &mut WasiCtx| ctx).unwrap();
    let context = move |output: &GuestOutput, watch: &mut Watch<'_>| {
        let [out, err] = [Stream::Out, Stream::Err].map(|stream| output.pipe(stream));
        let mut context = WasiCtx::builder().arg("guest");
        context = context.stdout(Stdio::pipe(out)).stderr(Stdio::pipe(err));
        context = context.os(Box::new(Deterministic::new(0)));
        if let Some(directory) = &directory {
            context = context.preopen_dir(directory, "/", Access::ReadOnly)?;
        }
        let mut context = context.build()?;
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

/// The screens before each of the keys, and at the end. Lines of source are looked for
/// beneath `go-fixtures`.
pub fn screens(guest: Guest, size: (u16, u16), keys: &str) -> Vec<Buffer> {
    let backend = TestBackend::new(size.0, size.1);
    let shared = Shared(Arc::new(Mutex::new(backend)));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let mut keys = VecDeque::from_iter(keys.chars());
    let (terminal, screens) = (shared.clone(), seen.clone());
    let events = move |time: std::time::Duration| {
        if time.is_zero() {
            return Ok(None);
        }
        screens.lock().unwrap().push(shared.buffer());
        let code = match keys.pop_front() {
            Some('\n') => KeyCode::Enter,
            Some(letter) => KeyCode::Char(letter),
            None => KeyCode::Char('q'),
        };
        Ok(Some(Event::Key(KeyEvent::new(code, KeyModifiers::NONE))))
    };
    let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/../../go-fixtures");
    let sources = Sources::new(vec![fixtures.into()]);
    let tui = Tui::new(Terminal::new(terminal).unwrap(), events, sources);
    Session::new(guest, tui).run().unwrap();
    seen.lock().unwrap().clone()
}

/// What a screen says, without its colours.
pub fn text(screen: &Buffer) -> String {
    let width = usize::from(screen.area.width);
    let lines = screen.content.chunks(width);
    let lines = lines.map(|cells| String::from_iter(cells.iter().map(Cell::symbol)) + "\n");
    lines.collect()
}
