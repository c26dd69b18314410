//! A screen: source, operators, stack, goroutines, locals, memory, calls and output
//! side by side.

mod draw;
mod view;

use crate::breakpoint::Breakpoints;
use crate::face::{Back, End, Face, Move, Running, Why};
use crate::halt::Halt;
use crate::output::Stream;
use crate::place::Place;
use crate::program::Program;
use crate::repl::Repl;
use crate::source::Sources;
use ratatui::Terminal;
use ratatui::backend::Backend;
use ratatui::crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use view::View;

/// Gives what was typed within a time; `None` if nothing was.
pub type Events = dyn FnMut(Duration) -> io::Result<Option<Event>> + Send;

/// Lines of output that are kept.
const MAX_LINES: usize = 2000;

/// A terminal that somebody looks at.
pub struct Tui<B: Backend> {
    terminal: Terminal<B>,
    events: Box<Events>,
    sources: Sources,
    /// Does what is typed behind a colon.
    repl: Repl,
    answers: Answers,
    /// What is on the screen.
    view: View,
    /// The command that is being typed.
    typed: Option<String>,
    /// Lines of source that the view is moved by.
    scrolled: i64,
}

/// What commands answer.
#[derive(Clone, Default)]
struct Answers(Arc<Mutex<Vec<u8>>>);

impl Write for Answers {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        answers.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Answers {
    fn take(&self) -> String {
        let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&std::mem::take(&mut *answers)).into_owned()
    }
}

/// What a key means.
enum Meaning {
    Move(Move),
    /// A breakpoint comes or goes in the line in the middle.
    Toggle,
    Scroll(i64),
    Type(&'static str),
    Nothing,
}

impl<B: Backend + Send> Tui<B> {
    /// A screen on a terminal that is ready, with what is typed there.
    pub fn new(
        terminal: Terminal<B>,
        events: impl FnMut(Duration) -> io::Result<Option<Event>> + Send + 'static,
        sources: Sources,
    ) -> Self {
        let answers = Answers::default();
        Self {
            terminal,
            events: Box::new(events),
            repl: Repl::new(io::empty(), answers.clone(), true, sources.clone()),
            sources,
            answers,
            view: View::default(),
            typed: None,
            scrolled: 0,
        }
    }

    fn draw(&mut self) {
        let (view, typed, scrolled) = (&self.view, self.typed.as_deref(), self.scrolled);
        // A terminal that has gone is found out when it is read.
        let _ = self
            .terminal
            .draw(|frame| draw::screen(frame, view, typed, scrolled));
    }

    /// The next key; `None` if the terminal has gone.
    fn key(&mut self) -> Option<KeyEvent> {
        loop {
            match (self.events)(Duration::from_secs(3600)) {
                Ok(Some(Event::Key(key))) if key.kind != KeyEventKind::Release => return Some(key),
                Ok(Some(Event::Resize(..))) => self.draw(),
                Ok(_) => {}
                Err(_) => return None,
            }
        }
    }

    /// Reads a line of which something is there already; `None` if it was given up.
    fn line(&mut self, begin: &str) -> Option<String> {
        self.typed = Some(begin.to_owned());
        loop {
            self.draw();
            let key = self.key()?;
            let line = self.typed.get_or_insert_default();
            match key.code {
                KeyCode::Enter => return self.typed.take(),
                KeyCode::Esc => {
                    self.typed = None;
                    return None;
                }
                KeyCode::Backspace => {
                    line.pop();
                }
                KeyCode::Char(letter) => line.push(letter),
                _ => {}
            }
        }
    }

    fn meaning(key: KeyEvent) -> Meaning {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Char('c' | 'd') if control => Meaning::Move(Move::Quit),
            KeyCode::Char('c') | KeyCode::F(5) => Meaning::Move(Move::Continue),
            KeyCode::Char('n') | KeyCode::F(10) => Meaning::Move(Move::Over),
            KeyCode::Char('s') | KeyCode::F(11) => Meaning::Move(Move::Into),
            KeyCode::Char('o') | KeyCode::F(12) => Meaning::Move(Move::Out),
            KeyCode::Char('i') => Meaning::Move(Move::Operators(1)),
            KeyCode::Char('w') => Meaning::Move(Move::ToCall),
            KeyCode::Char('C') => Meaning::Move(Move::Back(Back::Continue)),
            KeyCode::Char('N') => Meaning::Move(Move::Back(Back::Over)),
            KeyCode::Char('S') => Meaning::Move(Move::Back(Back::Into)),
            KeyCode::Char('O') => Meaning::Move(Move::Back(Back::Out)),
            KeyCode::Char('I') => Meaning::Move(Move::Back(Back::Operator)),
            KeyCode::Char('r') => Meaning::Move(Move::Restart),
            KeyCode::Char('q') => Meaning::Move(Move::Quit),
            KeyCode::Char('b') => Meaning::Toggle,
            KeyCode::Char('m') => Meaning::Type("x "),
            KeyCode::Char(':') => Meaning::Type(""),
            KeyCode::Up => Meaning::Scroll(-1),
            KeyCode::Down => Meaning::Scroll(1),
            KeyCode::PageUp => Meaning::Scroll(-10),
            KeyCode::PageDown => Meaning::Scroll(10),
            KeyCode::Home => Meaning::Scroll(0),
            _ => Meaning::Nothing,
        }
    }

    /// Sets a breakpoint in the line that is marked, or deletes those there.
    fn toggle(&mut self, halt: &mut Halt<'_, '_, '_>) {
        let Some((file, line)) = self.view.marked_line(self.scrolled) else {
            return;
        };
        let is_there = |one: &&crate::Breakpoint| {
            let mut sources = one.sites.iter().filter_map(|site| site.source.as_ref());
            sources.any(|at| at.file == file && at.line == line)
        };
        let found = halt.breakpoints().all().iter().find(is_there);
        let found = found.map(|one| one.number);
        if let Some(number) = found {
            halt.breakpoints().delete(number);
            return;
        }
        let place = Place::Line {
            file: Some(file),
            line,
        };
        if let Err(error) = halt.breakpoints().set(&place, None) {
            self.view.print(&format!("{error}\n"));
        }
    }

    fn look(&mut self, halt: &mut Halt<'_, '_, '_>) {
        self.view.look(halt, &mut self.sources);
    }
}

impl<B: Backend + Send> Face for Tui<B> {
    fn stopped(&mut self, halt: &mut Halt<'_, '_, '_>) -> Move {
        self.scrolled = 0;
        self.look(halt);
        loop {
            self.draw();
            let Some(key) = self.key() else {
                return Move::Quit;
            };
            let next = match Self::meaning(key) {
                Meaning::Move(next) => Some(next),
                Meaning::Toggle => {
                    self.toggle(halt);
                    None
                }
                Meaning::Scroll(0) => {
                    self.scrolled = 0;
                    None
                }
                Meaning::Scroll(by) => {
                    self.scrolled += by;
                    None
                }
                Meaning::Type(begin) => {
                    let line = self.line(begin).filter(|line| !line.trim().is_empty());
                    line.and_then(|line| {
                        self.view.print(&format!("(fossor) {line}\n"));
                        self.repl.execute(&line, halt)
                    })
                }
                Meaning::Nothing => None,
            };
            let answer = self.answers.take();
            self.view.print(&answer);
            match next {
                Some(Move::Back(_)) if !halt.can_go_back() => {
                    self.view
                        .print("there is no way back in a live run; debug a recording\n");
                }
                Some(next) => {
                    self.view.runs();
                    self.draw();
                    return next;
                }
                None => {}
            }
            self.look(halt);
        }
    }

    fn running(&mut self, _: &Program, _: &mut Breakpoints) -> Running {
        match (self.events)(Duration::ZERO) {
            Ok(Some(Event::Key(key))) => match key.code {
                KeyCode::Char('c') if key.modifiers.contains(KeyModifiers::CONTROL) => {
                    Running::Quit
                }
                KeyCode::Char('q') => Running::Quit,
                _ => Running::Pause,
            },
            Ok(_) => Running::On,
            Err(_) => Running::Quit,
        }
    }

    fn output(&mut self, _: Stream, bytes: &[u8]) {
        self.view.print(&String::from_utf8_lossy(bytes));
        self.draw();
    }

    fn called(&mut self, line: &str) {
        self.view.called(line);
    }

    fn ended(&mut self, end: &End, _: &mut Breakpoints, _: &Program) -> Move {
        self.view.ended(end);
        loop {
            self.draw();
            let Some(key) = self.key() else {
                return Move::Quit;
            };
            match Self::meaning(key) {
                Meaning::Move(next @ (Move::Quit | Move::Restart)) => return next,
                Meaning::Move(next @ Move::Back(_)) if end.can_go_back => return next,
                _ => {}
            }
        }
    }
}

/// Why the guest stands still, in a few words.
fn reason(why: &Why) -> String {
    match why {
        Why::Start => "at the start".to_owned(),
        Why::Step => "stopped".to_owned(),
        Why::Breakpoint(numbers) => match &numbers[..] {
            [] => "breakpoint".to_owned(),
            numbers => format!("breakpoint {numbers:?}"),
        },
        Why::Watchpoint { old, new, .. } => format!("{old:#x} became {new:#x}"),
        Why::Pause => "paused".to_owned(),
        Why::Trap(trap) => format!("trap: {trap}"),
        Why::Beginning => "nothing is further back".to_owned(),
    }
}
