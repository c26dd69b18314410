//! Functions as text: what they are called, their operators, and the code beside these.

use fossor::{CodeLine, Error, GoInfo, Module};
use std::collections::VecDeque;
use std::io::{self, Write};
use std::ops::Range;
use wasmprinter::Print;

/// What functions are called: in a Go program as its own table says, which is there
/// after `-ldflags=-s` too, else as the name section does.
pub struct Names<'a> {
    pub module: &'a Module,
    go: Option<GoInfo>,
}

impl<'a> Names<'a> {
    /// Those of a module.
    pub fn of_module(module: &'a Module) -> Self {
        Self {
            module,
            go: module.go_info(),
        }
    }

    /// The name of a function.
    pub fn of(&self, func_idx: u32) -> Option<&str> {
        let function = self.go.as_ref().and_then(|go| go.function(func_idx));
        let go = function.map(|function| function.source.func.as_str());
        go.or_else(|| self.module.func_name(func_idx))
    }

    /// Whether it is called that in either.
    pub fn fits(&self, func_idx: u32, name: &str) -> bool {
        self.of(func_idx) == Some(name) || self.module.func_name(func_idx) == Some(name)
    }
}

/// The functions: index, place, bytes, name.
pub fn list(out: &mut impl Write, names: &Names<'_>, funcs: &[u32]) -> io::Result<()> {
    writeln!(out, "  index    offset   bytes  name")?;
    for &func in funcs {
        let name = names.of(func).unwrap_or("-");
        match names.module.func_body(func) {
            Some(body) => writeln!(out, "{func:7} {:#9x} {:7}  {name}", body.start, body.len())?,
            None => writeln!(out, "{func:7} {:>9} {:>7}  {name}", "imported", "")?,
        }
    }
    Ok(())
}

/// The functions' code beside their operators. Gives the error of the body that is not
/// valid, if there is one; that of the writer is none of ours.
pub fn print(out: &mut impl Write, names: &Names<'_>, funcs: &[u32]) -> Option<Error> {
    let bodies = funcs.iter().filter_map(|&func| {
        let body = names.module.func_body(func)?;
        Some((func, body))
    });
    let mut printer = Printer {
        out,
        names,
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
        .print(names.module.bytes(), &mut printer)
        .map_err(|_| ())
        .and_then(|()| printer.finish().map_err(|_| ()));
    printer.invalid.take()
}

/// Longer lines are cut: each call may have a long name in it.
const MAX_LINE_BYTES: usize = 4096;

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
        let room = MAX_LINE_BYTES.saturating_sub(self.line.len());
        self.line.push_str(fossor_text::cut(text, room));
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
