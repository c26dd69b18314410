//! `fossor disassemble`: a module's operators beside the code that the engine
//! makes of them.

use crate::arguments::{DisassembleArguments, LimitFlags};
use crate::codes::Code;
use crate::ending::Ending;
use crate::failure::Failure;
use crate::module_file;
use fossor::{CodeLine, Compile, Config, Engine, Error, GoInfo, Module};
use std::collections::VecDeque;
use std::io::{self, BufWriter, Write};
use std::ops::Range;
use wasmprinter::Print;

/// Prints the functions that are asked for.
pub fn run(arguments: &DisassembleArguments) -> Result<(), Failure> {
    let shown = module_file::shown(&arguments.module);
    let limits = LimitFlags::default();
    let ending = Ending::new(shown.clone(), &limits);
    let bytes = module_file::read(&arguments.module)?;
    let mut config = Config::new();
    config.compile(Compile::Lazy).fuse(!arguments.no_fuse);
    let module = Module::new(&Engine::new(&config), &bytes);
    let module = module.map_err(|error| ending.failure(error))?;
    let names = Names {
        module: &module,
        go: module.go_info(),
    };
    let funcs = match &arguments.func {
        Some(name) => vec![find(&names, &shown, name)?],
        None => (0..module.func_count()).collect(),
    };
    let mut out = BufWriter::new(io::stdout().lock());
    if arguments.list {
        // A reader that has gone is no error, here and below.
        let _ = list(&mut out, &names, &funcs);
        return Ok(());
    }
    let bodies = funcs.iter().filter_map(|&func| {
        let body = module.func_body(func)?;
        Some((func, body))
    });
    let mut printer = Printer {
        out: &mut out,
        names: &names,
        wanted: bodies.collect(),
        line: String::new(),
        offset: None,
        code: VecDeque::new(),
        inside: None,
        invalid: None,
    };
    // An error is that of a body, or the reader has gone, or all was printed.
    let _ = wasmprinter::Config::new()
        .indent_text(" ")
        .print(module.bytes(), &mut printer)
        .map_err(|_| ())
        .and_then(|()| printer.finish().map_err(|_| ()));
    let invalid = printer.invalid.take();
    let _ = out.flush();
    match invalid {
        Some(error) => Err(ending.failure(error)),
        None => Ok(()),
    }
}

/// What functions are called: in a Go program as its own table says, which is there
/// after `-ldflags=-s` too, else as the name section does.
struct Names<'a> {
    module: &'a Module,
    go: Option<GoInfo>,
}

impl Names<'_> {
    fn of(&self, func_idx: u32) -> Option<&str> {
        let function = self.go.as_ref().and_then(|go| go.function(func_idx));
        let go = function.map(|function| function.source.func.as_str());
        go.or_else(|| self.module.func_name(func_idx))
    }

    /// Whether it is called that in either.
    fn fits(&self, func_idx: u32, name: &str) -> bool {
        self.of(func_idx) == Some(name) || self.module.func_name(func_idx) == Some(name)
    }
}

/// The function of an index or a name.
fn find(names: &Names<'_>, shown: &str, wanted: &str) -> Result<u32, Failure> {
    let module = names.module;
    let index = wanted.parse().ok();
    let index = index.filter(|&index| index < module.func_count());
    let Some(func) =
        index.or_else(|| (0..module.func_count()).find(|&func| names.fits(func, wanted)))
    else {
        let all = (0..module.func_count()).filter_map(|func| names.of(func));
        let mut near: Vec<_> = all
            .filter(|name| name.to_lowercase().contains(&wanted.to_lowercase()))
            .collect();
        near.sort_by_key(|name| name.len());
        near.truncate(5);
        let failure = Failure::new(
            Code::NoFunc,
            format!(
                "{shown} has no function {wanted}; its functions are 0 to {}",
                module.func_count().saturating_sub(1)
            ),
        );
        return Err(match near.is_empty() {
            true => failure.help(format!("`fossor disassemble --list {shown}` lists them")),
            false => failure.help(format!("perhaps {}", near.join(", "))),
        });
    };
    if module.func_body(func).is_none() {
        let sentence = format!("function {wanted} of {shown} is imported: its code is elsewhere");
        return Err(Failure::new(Code::NoFunc, sentence));
    }
    Ok(func)
}

fn list(out: &mut impl Write, names: &Names<'_>, funcs: &[u32]) -> io::Result<()> {
    writeln!(out, "  index    offset   bytes  name")?;
    for &func in funcs {
        let name = names.of(func).unwrap_or("-");
        match names.module.func_body(func) {
            Some(body) => writeln!(out, "{func:7} {:#9x} {:7}  {name}", body.start, body.len())?,
            None => writeln!(out, "{func:7} {:>9} {:>7}  {name}", "imported", "")?,
        }
    }
    out.flush()
}

/// Takes the lines of the text format, and sets the code beside those of the
/// wanted functions.
struct Printer<'a, W> {
    out: &'a mut W,
    names: &'a Names<'a>,
    /// Functions and their bodies, in order; those begun are gone.
    wanted: VecDeque<(u32, Range<usize>)>,
    line: String,
    /// Where the line's operator is.
    offset: Option<usize>,
    /// Of the current function, what was not printed yet.
    code: VecDeque<CodeLine>,
    /// The current function's body.
    inside: Option<Range<usize>>,
    /// Why there is no code.
    invalid: Option<Error>,
}

impl<W: Write> Print for Printer<'_, W> {
    fn write_str(&mut self, text: &str) -> io::Result<()> {
        self.line.push_str(text);
        Ok(())
    }

    fn newline(&mut self) -> io::Result<()> {
        self.end_line()?;
        self.line.clear();
        match self.inside.is_none() && self.wanted.is_empty() {
            true => Err(io::Error::other("everything was printed")),
            false => Ok(()),
        }
    }

    fn start_line(&mut self, offset: Option<u64>) {
        self.offset = offset.and_then(|offset| usize::try_from(offset).ok());
    }
}

impl<W: Write> Printer<'_, W> {
    fn end_line(&mut self) -> io::Result<()> {
        let Some(offset) = self.offset else {
            return Ok(());
        };
        if self
            .inside
            .as_ref()
            .is_some_and(|body| !body.contains(&offset))
        {
            self.finish()?;
        }
        if let Some((func, body)) = self.wanted.pop_front_if(|(_, body)| body.contains(&offset)) {
            self.begin(func, body)?;
        }
        if self.inside.is_none() {
            return Ok(());
        }
        let until = self
            .code
            .partition_point(|line| line.wasm_offset as usize <= offset);
        let left = format!("{offset:#9x} {}", self.line.trim_end());
        beside(self.out, &left, self.code.drain(..until))
    }

    fn begin(&mut self, func: u32, body: Range<usize>) -> io::Result<()> {
        match self.names.module.disassemble(func) {
            Ok(code) => self.code = code.unwrap_or_default().into(),
            Err(error) => {
                self.invalid = Some(error);
                return Err(io::ErrorKind::InvalidData.into());
            }
        }
        let name = self.names.of(func).unwrap_or("without a name");
        let (bytes, count) = (body.len(), self.code.len());
        writeln!(
            self.out,
            "function {func}, {name}: {bytes} bytes at {:#x}, {count} instructions",
            body.start
        )?;
        self.inside = Some(body);
        Ok(())
    }

    /// Ends the current function.
    fn finish(&mut self) -> io::Result<()> {
        if self.inside.take().is_some() {
            beside(self.out, "", self.code.drain(..))?;
            writeln!(self.out)?;
        }
        Ok(())
    }
}

/// Width of the left column.
const COLUMN: usize = 56;

/// One line, and as many more as there are instructions beside it.
fn beside(
    out: &mut impl Write,
    left: &str,
    mut code: impl Iterator<Item = CodeLine>,
) -> io::Result<()> {
    let mut row = |left: &str, line: CodeLine| {
        let (word, text) = (line.word, line.text);
        writeln!(out, "{left:<COLUMN$} |{word:5}  {text}")
    };
    match code.next() {
        Some(first) => {
            row(left, first)?;
            code.try_for_each(|line| row("", line))
        }
        None if left.is_empty() => Ok(()),
        None => writeln!(out, "{left}"),
    }
}
