//! The commands.

use super::show::View;
use crate::face::{Back, Move};
use crate::place::Place;

/// What `help` prints.
pub const HELP: &str = "\
Run
  r, run                    begin; later: begin again
  c, continue               to the next breakpoint, or the end
  s, step                   to the next line of Go, also in a function that is called
  n, next                   to the next line in this function or its caller
  fin, finish               until this function has returned
  si [N], ni                one operator of WebAssembly (N of them); ni: calls as one
  nc, nextcall              to the next call of WASI
  to N                      to operator number N of the run
Back, in a recording
  rc, rs, rn, rfin, rsi     the same backwards; or reverse-continue, reverse-step, …
Stops
  b, break PLACE            FILE:LINE, LINE, a function, #INDEX, *OFFSET, wasi, wasi:NAME
  tb, tbreak PLACE          the same, once
  catch NAME                the same as b wasi:NAME
  watch ADDR [BYTES]        when memory changes (slow)
  d, delete N               deletes one; i b lists them
Look
  bt, bt wasm               the stack: of the goroutine, of WebAssembly
  f N, up, down             a frame of it
  l, list [PLACE]           source
  dis                       operators around here
  i locals                  locals and operand stack of the WebAssembly function
  i goroutines              all, with what they wait for; goroutine N: the stack of one
  i call                    the call of WASI that is next, with its memory
  i breakpoints, i globals, i functions NAME
  p EXPR                    a number: 12, 0x1f, $2 (local 2), global0, sp, g; + and -
  x/16xb ADDR               memory: count; x hex, d decimal, u unsigned, s text; b h w g
  x/filestat ADDR           a structure of WASI by name
  calls on|off              shows calls of WASI as they return
  q, quit
";

/// A command, taken apart.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Command {
    Go(Move),
    Run,
    Break { place: Place, once: bool },
    Delete(u32),
    Watch { addr: String, len_bytes: u32 },
    Backtrace { wasm: bool },
    Frame(usize),
    Up(isize),
    List(Option<String>),
    Operators,
    Info(Info),
    Goroutine(u64),
    Print(String),
    Examine { view: View, addr: String },
    Calls(bool),
    Help,
}

/// What `info` is asked for.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Info {
    Breakpoints,
    Locals,
    Globals,
    Goroutines,
    Call,
    Functions(String),
}

impl Command {
    /// The command in a line, or what is wrong with it.
    pub fn parse(line: &str) -> Result<Self, String> {
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let rest = rest.trim();
        let (word, format) = word.split_once('/').unwrap_or((word, ""));
        let number = |default: u64| match rest {
            "" => Ok(default),
            text => text.parse().map_err(|_| format!("{text} is no number")),
        };
        let small = |text: &str| {
            let number = text.parse();
            number.map_err(|_| format!("{word} needs a number"))
        };
        let place = |once| {
            let place = Place::parse(rest).map_err(|error| error.to_string())?;
            Ok::<_, String>(Command::Break { place, once })
        };
        let go = |next| Ok(Command::Go(next));
        match word {
            "r" | "run" | "restart" => Ok(Command::Run),
            "c" | "continue" => go(Move::Continue),
            "s" | "step" => go(Move::Into),
            "n" | "next" => go(Move::Over),
            "fin" | "finish" => go(Move::Out),
            "si" | "stepi" => go(Move::Operators(number(1)?)),
            "ni" | "nexti" => go(Move::OverOperator),
            "nc" | "nextcall" => go(Move::ToCall),
            "to" => go(Move::To(number(0)?)),
            "rc" | "reverse-continue" => go(Move::Back(Back::Continue)),
            "rs" | "reverse-step" => go(Move::Back(Back::Into)),
            "rn" | "reverse-next" => go(Move::Back(Back::Over)),
            "rsi" | "reverse-stepi" | "back" => go(Move::Back(Back::Operator)),
            "rfin" | "reverse-finish" => go(Move::Back(Back::Out)),
            "q" | "quit" | "exit" => go(Move::Quit),
            "b" | "break" if rest.is_empty() => Ok(Command::Info(Info::Breakpoints)),
            "b" | "break" => place(false),
            "tb" | "tbreak" => place(true),
            "catch" => Ok(Command::Break {
                place: Place::Call((!rest.is_empty()).then(|| rest.to_owned())),
                once: false,
            }),
            "watch" => {
                let (addr, len) = rest.rsplit_once(' ').unwrap_or((rest, "8"));
                let len_bytes = len.parse().ok().filter(|len| [1, 2, 4, 8].contains(len));
                match len_bytes {
                    Some(len_bytes) if !addr.is_empty() => Ok(Command::Watch {
                        addr: addr.trim().to_owned(),
                        len_bytes,
                    }),
                    _ => Err("watch ADDR [1|2|4|8]".to_owned()),
                }
            }
            "d" | "delete" => Ok(Command::Delete(small(rest)?)),
            "bt" | "where" | "backtrace" => Ok(Command::Backtrace {
                wasm: rest == "wasm",
            }),
            "f" | "frame" => Ok(Command::Frame(number(0)? as usize)),
            "up" => Ok(Command::Up(1)),
            "down" => Ok(Command::Up(-1)),
            "l" | "list" => Ok(Command::List((!rest.is_empty()).then(|| rest.to_owned()))),
            "dis" | "disassemble" => Ok(Command::Operators),
            "locals" => Ok(Command::Info(Info::Locals)),
            "goroutines" | "grs" => Ok(Command::Info(Info::Goroutines)),
            "goroutine" | "gr" => Ok(Command::Goroutine(number(1)?)),
            "funcs" => Ok(Command::Info(Info::Functions(rest.to_owned()))),
            "i" | "info" => Self::info(rest).map(Command::Info),
            "p" | "print" => Ok(Command::Print(rest.to_owned())),
            "x" if format == "i" => Ok(Command::Operators),
            "x" => Ok(Command::Examine {
                view: View::parse(format)?,
                addr: rest.to_owned(),
            }),
            "calls" => Ok(Command::Calls(rest != "off")),
            "h" | "help" => Ok(Command::Help),
            other => Err(format!("{other} is no command; help lists them")),
        }
    }

    /// Whether an empty line does it again.
    pub fn repeats(&self) -> bool {
        match self {
            Command::Go(next) => !matches!(next, Move::Quit | Move::Restart),
            Command::List(_) => true,
            _ => false,
        }
    }

    fn info(what: &str) -> Result<Info, String> {
        let (word, rest) = what.split_once(' ').unwrap_or((what, ""));
        let all = [
            ("breakpoints", Info::Breakpoints),
            ("locals", Info::Locals),
            ("globals", Info::Globals),
            ("goroutines", Info::Goroutines),
            ("call", Info::Call),
            ("functions", Info::Functions(rest.trim().to_owned())),
        ];
        let mut found = all.into_iter().filter(|(name, _)| name.starts_with(word));
        match found.next() {
            Some((_, info)) if !word.is_empty() => Ok(info),
            _ => Err("info breakpoints, locals, globals, goroutines, call or functions".to_owned()),
        }
    }
}
