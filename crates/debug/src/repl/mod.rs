//! Commands in lines, as gdb and delve have them.

mod command;
mod expression;
mod show;

pub use command::HELP;
pub(crate) use expression::value as value_of;
pub(crate) use show::value as shown_value;

use crate::breakpoint::Breakpoints;
use crate::face::{End, Face, Move, Running};
use crate::halt::Halt;
use crate::output::Stream;
use crate::program::Program;
use crate::source::Sources;
use command::{Command, Info};
use std::io::{BufRead, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Reads commands, and writes answers.
pub struct Repl {
    input: Box<dyn BufRead + Send>,
    out: Box<dyn Write + Send>,
    /// Whether somebody types; otherwise commands are written among the answers.
    is_interactive: bool,
    sources: Sources,
    /// The frame that is looked at.
    frame: usize,
    /// The line that `list` goes on behind.
    listed: Option<(String, u32)>,
    /// What an empty line repeats.
    last: Option<Command>,
    /// Whether the guest's calls are shown as they return.
    shows_calls: bool,
    /// Whether the guest's last output ended a line.
    at_line_start: bool,
    is_begun: bool,
    /// Somebody wants the guest to stand still.
    pause: Arc<AtomicBool>,
    /// Stop when the commands are used up, wherever the guest is.
    is_over: bool,
}

impl Repl {
    /// Commands from `input`, answers to `out`.
    pub fn new(
        input: impl BufRead + Send + 'static,
        out: impl Write + Send + 'static,
        is_interactive: bool,
        sources: Sources,
    ) -> Self {
        Self {
            input: Box::new(input),
            out: Box::new(out),
            is_interactive,
            sources,
            frame: 0,
            listed: None,
            last: None,
            shows_calls: false,
            at_line_start: true,
            is_begun: false,
            pause: Arc::default(),
            is_over: false,
        }
    }

    /// What makes a guest that runs stand still, when it is set; each command clears it.
    pub fn pause_flag(&self) -> Arc<AtomicBool> {
        self.pause.clone()
    }

    /// A line to whoever looks. If nobody does any more there is nobody to tell.
    fn say(&mut self, text: impl AsRef<str>) {
        if !std::mem::replace(&mut self.at_line_start, true) {
            let _ = self.out.write_all(b"\n");
        }
        let _ = writeln!(self.out, "{}", text.as_ref());
    }

    /// The next command; `None` at the end of the input.
    fn read(&mut self) -> Option<Command> {
        loop {
            if !std::mem::replace(&mut self.at_line_start, true) {
                let _ = self.out.write_all(b"\n");
            }
            if self.is_interactive {
                let _ = self.out.write_all(b"(fossor) ");
            }
            let _ = self.out.flush();
            let mut line = String::new();
            if self.input.read_line(&mut line).ok()? == 0 {
                return None;
            }
            // What was asked at the prompt is not meant for the guest.
            self.pause.store(false, Ordering::Relaxed);
            let line = line.split(" # ").next().unwrap_or_default().trim();
            if line.starts_with('#') && !self.is_interactive {
                continue;
            }
            if !self.is_interactive && !line.is_empty() {
                self.say(format!("(fossor) {line}"));
            }
            if line.is_empty() {
                if let (true, Some(last)) = (self.is_interactive, self.last.clone()) {
                    return Some(last);
                }
                continue;
            }
            match Command::parse(line) {
                Ok(command) => {
                    self.last = command.repeats().then(|| command.clone());
                    return Some(command);
                }
                Err(message) => self.say(message),
            }
        }
    }

    /// Does what needs no guest; gives the command back otherwise.
    fn without_guest(
        &mut self,
        command: Command,
        breakpoints: &mut Breakpoints,
        program: &Program,
        file: Option<&str>,
    ) -> Option<Command> {
        match command {
            Command::Break { place, once } => {
                let text = match breakpoints.set(&place, file) {
                    Ok(set) => show::was_set(set),
                    Err(error) => error.to_string(),
                };
                if once {
                    breakpoints.make_last_temporary();
                }
                self.say(text);
            }
            Command::Delete(number) => {
                if !breakpoints.delete(number) {
                    self.say(format!("there is no breakpoint {number}"));
                }
            }
            Command::Info(Info::Breakpoints) => {
                let text = show::breakpoints(breakpoints.all());
                self.say(text);
            }
            Command::Info(Info::Functions(part)) => {
                let text = show::functions(program, &part);
                self.say(text);
            }
            Command::Calls(on) => {
                self.shows_calls = on;
            }
            Command::Help => self.say(HELP.trim_end()),
            other => return Some(other),
        }
        None
    }
}

impl Face for Repl {
    fn stopped(&mut self, halt: &mut Halt<'_, '_, '_>) -> Move {
        self.frame = 0;
        self.listed = None;
        let text = show::stop(halt, &mut self.sources);
        self.say(text);
        loop {
            let Some(command) = self.read() else {
                self.is_over = true;
                return Move::Quit;
            };
            let file = halt.position().source.map(|at| at.file);
            let program = halt.program;
            let command = self.without_guest(command, halt.breakpoints, program, file.as_deref());
            let Some(command) = command else { continue };
            let Some(next) = self.perform(command, halt) else {
                continue;
            };
            let goes_back = match next {
                Move::Back(_) => true,
                Move::To(steps) => steps <= halt.position().steps,
                _ => false,
            };
            if goes_back && !halt.can_go_back() {
                self.say(
                    "there is no way back in a live run; record it (fossor run --record FILE) \
                     and debug the recording",
                );
                continue;
            }
            self.is_begun = true;
            return next;
        }
    }

    fn running(&mut self, _: &Program, _: &mut Breakpoints) -> Running {
        match self.pause.swap(false, Ordering::Relaxed) {
            true => Running::Pause,
            false => Running::On,
        }
    }

    fn output(&mut self, _: Stream, bytes: &[u8]) {
        let _ = self.out.write_all(bytes);
        let _ = self.out.flush();
        self.at_line_start = bytes.ends_with(b"\n");
    }

    fn called(&mut self, line: &str) {
        if self.shows_calls {
            self.say(format!("  {line}"));
        }
    }

    fn ended(&mut self, end: &End, breakpoints: &mut Breakpoints, program: &Program) -> Move {
        self.say(format!("{} (after {} operators)", end.message, end.steps));
        if self.is_over {
            return Move::Quit;
        }
        loop {
            let Some(command) = self.read() else {
                return Move::Quit;
            };
            let command = self.without_guest(command, breakpoints, program, None);
            match command {
                None => {}
                Some(Command::Go(next @ (Move::Restart | Move::Quit))) => return next,
                Some(Command::Go(next @ Move::Back(_))) if end.can_go_back => return next,
                Some(Command::Go(next @ Move::To(steps)))
                    if end.can_go_back && steps < end.steps =>
                {
                    return next;
                }
                Some(Command::Run) => {
                    self.is_begun = false;
                    return Move::Restart;
                }
                Some(_) => self.say("the program is not running; r runs it again"),
            }
        }
    }
}

impl Repl {
    /// Does what one line says; a move if the guest goes on.
    pub fn execute(&mut self, line: &str, halt: &mut Halt<'_, '_, '_>) -> Option<Move> {
        let command = match Command::parse(line.trim()) {
            Ok(command) => command,
            Err(message) => {
                self.say(message);
                return None;
            }
        };
        let file = halt.position().source.map(|at| at.file);
        let program = halt.program;
        let command = self.without_guest(command, halt.breakpoints, program, file.as_deref())?;
        self.perform(command, halt)
    }

    /// Does what a command says; a move if the guest goes on.
    fn perform(&mut self, command: Command, halt: &mut Halt<'_, '_, '_>) -> Option<Move> {
        let text = match command {
            Command::Go(next) => return Some(next),
            Command::Run if self.is_begun => return Some(Move::Restart),
            Command::Run => return Some(Move::Continue),
            Command::Backtrace { wasm } => {
                let frames = match wasm {
                    true => halt.wasm_frames(),
                    false => halt.backtrace(),
                };
                show::frames(&frames, self.frame)
            }
            Command::Frame(index) => self.choose_frame(index, halt),
            Command::Up(by) => self.choose_frame(self.frame.saturating_add_signed(by), halt),
            Command::List(place) => self.list(place, halt),
            Command::Operators => show::operators(halt),
            Command::Info(Info::Locals) => show::locals(halt),
            Command::Info(Info::Globals) => show::globals(halt),
            Command::Info(Info::Goroutines) => show::goroutines(halt),
            Command::Info(Info::Call) => show::next_call(halt),
            Command::Goroutine(id) => show::goroutine(halt, id),
            Command::Print(text) => match expression::value(&text, halt) {
                Ok(value) => show::number(value),
                Err(message) => message,
            },
            Command::Examine { view, addr } => match expression::value(&addr, halt) {
                Ok(addr) => show::memory(halt.memory(), addr, &view),
                Err(message) => message,
            },
            Command::Watch { addr, len_bytes } => match expression::value(&addr, halt) {
                Ok(addr) => show::was_set(halt.breakpoints().watch(addr, len_bytes)),
                Err(message) => message,
            },
            _ => return None,
        };
        self.say(text);
        None
    }

    fn choose_frame(&mut self, index: usize, halt: &mut Halt<'_, '_, '_>) -> String {
        let frames = halt.backtrace();
        let Some(frame) = frames.get(index) else {
            return format!("there are {} frames", frames.len());
        };
        self.frame = index;
        let at = frame.source.as_ref();
        self.listed = at.map(|at| (at.file.clone(), at.line.saturating_sub(1)));
        let source = at.and_then(|at| {
            let line = self.sources.line(&at.file, at.line)?;
            Some(format!("\n{:>5}  {line}", at.line))
        });
        show::frame(index, frame) + &source.unwrap_or_default()
    }

    fn list(&mut self, place: Option<String>, halt: &mut Halt<'_, '_, '_>) -> String {
        let here = halt.position().source;
        let wanted = match place {
            Some(text) => {
                let file = here.as_ref().map(|at| at.file.as_str());
                let found = crate::Place::parse(&text);
                let found = found.and_then(|place| halt.program().find(&place, file));
                match found {
                    Ok(sites) => {
                        let at = sites.into_iter().find_map(|site| site.source);
                        at.map(|at| (at.file, at.line.saturating_sub(6)))
                    }
                    Err(error) => return error.to_string(),
                }
            }
            None => self.listed.clone().or_else(|| {
                let at = here.as_ref()?;
                Some((at.file.clone(), at.line.saturating_sub(6)))
            }),
        };
        let Some((file, behind)) = wanted else {
            return show::operators(halt);
        };
        let current = here.filter(|at| at.file == file).map(|at| at.line);
        let Some(lines) = self.sources.lines(&file) else {
            return format!("{file} cannot be read here");
        };
        let text = show::listing(lines, behind, current);
        self.listed = Some((file, behind + 10));
        text
    }
}
