//! Answers as text.

use crate::breakpoint::Breakpoint;
use crate::face::Why;
use crate::halt::{Frame, Halt};
use crate::program::Program;
use crate::source::{Sources, shown};
use fossor::{Goroutine, Val};
use fossor_teach::explain;
use fossor_wasi::abi::{LAYOUTS, Layout};
use fossor_wasi::{Content, Span};
use std::fmt::Write as _;

/// Lines of source in a listing.
const LISTED: u32 = 10;

/// Operators before and behind the current one.
const AROUND: usize = 6;

/// Functions in an answer.
const MAX_FUNCTIONS: usize = 40;

/// How memory is to be shown.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum View {
    /// Numbers, or text.
    Units {
        /// How many.
        count: u32,
        /// Bytes of each.
        size_bytes: u32,
        /// `x`, `d`, `u` or `s`.
        form: char,
    },
    /// A structure.
    Struct(&'static Layout),
}

impl View {
    /// What follows `x/`.
    pub fn parse(text: &str) -> Result<Self, String> {
        if let Some(layout) = LAYOUTS.iter().find(|layout| layout.name == text) {
            return Ok(View::Struct(layout));
        }
        let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let mut count = match digits {
            "" => 1,
            digits => digits.parse().map_err(|_| unknown(text))?,
        };
        let (mut size_bytes, mut form) = (8, 'x');
        for letter in text[digits.len()..].chars() {
            match letter {
                'b' => size_bytes = 1,
                'h' => size_bytes = 2,
                'w' => size_bytes = 4,
                'g' => size_bytes = 8,
                'x' | 'd' | 'u' | 's' => form = letter,
                _ => return Err(unknown(text)),
            }
        }
        if form == 's' {
            size_bytes = 1;
            if digits.is_empty() {
                count = 64;
            }
        }
        Ok(View::Units {
            count,
            size_bytes,
            form,
        })
    }
}

fn unknown(text: &str) -> String {
    let names = LAYOUTS.iter().map(|layout| layout.name);
    let names = Vec::from_iter(names.filter(|name| !name.contains(' '))).join(", ");
    format!("x/{text}: a count, x d u s, b h w g; or a structure: {names}")
}

/// Why and where the guest stands still.
pub(super) fn stop(halt: &mut Halt<'_, '_, '_>, sources: &mut Sources) -> String {
    let mut text = match halt.why() {
        Why::Start => "at the start".to_owned(),
        Why::Step => "stopped".to_owned(),
        Why::Breakpoint(numbers) => breakpoint_title(halt, &numbers.clone()),
        Why::Watchpoint { number, old, new } => {
            format!("watchpoint {number}: {old:#x} became {new:#x}; stopped")
        }
        Why::Pause => "paused".to_owned(),
        Why::Trap(trap) => format!("trap: {trap}; stopped"),
        Why::Beginning => "at the beginning, nothing is further back; stopped".to_owned(),
    };
    let at = halt.position();
    let _ = write!(text, " in {}", at.func);
    if let Some(source) = &at.source {
        if source.func != at.func {
            let _ = write!(text, " (inlined {})", source.func);
        }
        let _ = write!(text, ", {}:{}", shown(&source.file), source.line);
    }
    if let Some(id) = halt.running_goroutine() {
        let _ = write!(text, ", goroutine {id}");
    }
    let _ = write!(text, ", operator {}", at.steps);
    if let Some(source) = &at.source
        && let Some(line) = sources.line(&source.file, source.line)
    {
        let _ = write!(text, "\n{:>5}  {}", source.line, line.trim_end());
    }
    if let Some(line) = halt.operator_at(at.wasm_offset) {
        let _ = write!(text, "\n{:#7x}  {line}", at.wasm_offset);
    }
    if let Some(call) = halt.next_call() {
        let _ = write!(text, "\n next  {call}");
    }
    text
}

fn breakpoint_title(halt: &mut Halt<'_, '_, '_>, numbers: &[u32]) -> String {
    let all = halt.breakpoints().all();
    let own = all
        .iter()
        .find(|one| numbers.contains(&one.number) && one.is_own);
    if let Some(own) = own {
        return format!("the program is about to end ({}); stopped", own.name);
    }
    match numbers {
        [] => "breakpoint".to_owned(),
        numbers => {
            let numbers = Vec::from_iter(numbers.iter().map(u32::to_string));
            format!("breakpoint {}", numbers.join(", "))
        }
    }
}

pub(super) fn was_set(breakpoint: &Breakpoint) -> String {
    let number = breakpoint.number;
    match &breakpoint.sites[..] {
        [] => format!("watchpoint {number}: {}", breakpoint.name),
        [site] => format!("breakpoint {number}: {site}"),
        sites => {
            let mut text = format!("breakpoint {number}: {} places", sites.len());
            for site in sites {
                let _ = write!(text, "\n    {site}");
            }
            text
        }
    }
}

pub(super) fn breakpoints(all: &[Breakpoint]) -> String {
    let lines = all.iter().map(|one| {
        let times = match one.hits {
            1 => "reached once".to_owned(),
            hits => format!("reached {hits} times"),
        };
        let own = if one.is_own { ", Fossor's own" } else { "" };
        let place = match &one.sites[..] {
            [site] => site.to_string(),
            [] => String::new(),
            sites => format!("{} places", sites.len()),
        };
        format!("{:>3}  {}  {place}, {times}{own}", one.number, one.name)
    });
    match all.is_empty() {
        true => "there are no breakpoints".to_owned(),
        false => Vec::from_iter(lines).join("\n"),
    }
}

pub(super) fn functions(program: &Program, part: &str) -> String {
    let module = program.module();
    let all = 0..module.func_count();
    let named = all.map(|func_idx| (func_idx, program.func_name(func_idx)));
    let mut found = Vec::from_iter(named.filter(|(_, name)| name.contains(part)));
    let more = found.len().saturating_sub(MAX_FUNCTIONS);
    found.truncate(MAX_FUNCTIONS);
    let lines = found.iter().map(|(func_idx, name)| {
        let source = program.go_function(*func_idx).map(|go| &go.source);
        let source = source.map_or_else(String::new, |at| {
            format!("  {}:{}", shown(&at.file), at.line)
        });
        format!("{func_idx:>6}  {name}{source}")
    });
    let mut text = Vec::from_iter(lines).join("\n");
    if more > 0 {
        let _ = write!(text, "\n… and {more} more");
    }
    match text.is_empty() {
        true => format!("no function's name contains {part}"),
        false => text,
    }
}

pub(super) fn frames(frames: &[Frame], current: usize) -> String {
    let lines = frames.iter().enumerate().map(|(index, one)| {
        let mark = if index == current { "*" } else { " " };
        format!("{mark}{}", frame(index, one))
    });
    Vec::from_iter(lines).join("\n")
}

pub(super) fn frame(index: usize, frame: &Frame) -> String {
    let mut text = format!("#{index:<2} {}", frame.func);
    if let Some(at) = frame.source.as_ref().filter(|at| at.line > 0) {
        let _ = write!(text, " at {}:{}", shown(&at.file), at.line);
    }
    if let Some(offset) = frame.wasm_offset {
        let _ = write!(text, " ({offset:#x})");
    }
    text
}

/// Source lines behind number `behind`.
pub(super) fn listing(lines: &[String], behind: u32, current: Option<u32>) -> String {
    let listed = lines.iter().enumerate().skip(behind as usize);
    let listed = listed.take(LISTED as usize).map(|(index, line)| {
        let number = index as u32 + 1;
        let mark = if Some(number) == current { "→" } else { " " };
        format!("{mark}{number:>4}  {line}").trim_end().to_owned()
    });
    let text = Vec::from_iter(listed).join("\n");
    match text.is_empty() {
        true => "the file ends before that".to_owned(),
        false => text,
    }
}

pub(super) fn operators(halt: &mut Halt<'_, '_, '_>) -> String {
    let at = halt.position();
    let operators = halt.program().operators(at.func_idx);
    let current = operators.partition_point(|line| line.wasm_offset < at.wasm_offset);
    let first = current.saturating_sub(AROUND);
    let shown = operators.iter().skip(first).take(2 * AROUND + 1);
    let lines = shown.map(|line| {
        let is_current = line.wasm_offset == at.wasm_offset;
        let mark = if is_current { "→" } else { " " };
        format!("{mark}{:#8x}  {}", line.wasm_offset, line.text)
    });
    let title = format!("{}, function {}:\n", at.func, at.func_idx);
    title + &Vec::from_iter(lines).join("\n")
}

pub(super) fn locals(halt: &mut Halt<'_, '_, '_>) -> String {
    let locals = halt.locals(0);
    let is_go = halt.program().is_go();
    let lines = locals.iter().enumerate().map(|(index, value)| {
        // Source: Go's `cmd/internal/obj/wasm/wasmobj.go`.
        let name = match (is_go, index) {
            (true, 0) => "  PC_B, where the function goes on",
            (true, 1) => "  SP",
            _ => "",
        };
        format!("${index:<3} {}{name}", self::value(*value))
    });
    let mut lines = Vec::from_iter(lines);
    if lines.is_empty() {
        lines.push("no locals".to_owned());
    }
    let operands = halt.operands();
    for (depth, value) in operands.iter().rev().enumerate() {
        lines.push(format!("top-{depth:<2} {}", self::value(*value)));
    }
    if operands.is_empty() {
        lines.push("the operand stack is empty".to_owned());
    }
    lines.join("\n")
}

pub(super) fn globals(halt: &mut Halt<'_, '_, '_>) -> String {
    let is_go = halt.program().is_go();
    let lines = halt
        .globals()
        .into_iter()
        .enumerate()
        .map(|(index, value)| {
            // Source: Go's `cmd/internal/obj/wasm/wasmobj.go`.
            let name = match (is_go, index) {
                (true, 0) => "  SP",
                (true, 1) => "  CTXT",
                (true, 2) => "  g",
                (true, 3..=6) => "  a result",
                (true, 7) => "  PAUSE",
                _ => "",
            };
            format!("global{index:<2} {}{name}", self::value(value))
        });
    Vec::from_iter(lines).join("\n")
}

/// A value with its type.
pub(crate) fn value(value: Val) -> String {
    match value {
        Val::I32(value) => format!("i32  {value} ({:#x})", value as u32),
        Val::I64(value) => format!("i64  {value} ({:#x})", value as u64),
        Val::F32(bits) => format!("f32  {}", f32::from_bits(bits)),
        Val::F64(bits) => format!("f64  {}", f64::from_bits(bits)),
        Val::V128(bits) => format!("v128 {bits:#034x}"),
        Val::FuncRef(None) | Val::ExternRef(None) => format!("{} null", value.ty()),
        _ => format!("{} a reference", value.ty()),
    }
}

pub(super) fn number(value: u64) -> String {
    match value as i64 {
        signed if signed < 0 => format!("{signed} ({value:#x}, unsigned {value})"),
        _ => format!("{value} ({value:#x})"),
    }
}

pub(super) fn goroutines(halt: &mut Halt<'_, '_, '_>) -> String {
    let Some(all) = halt.goroutines() else {
        return "this is no Go program".to_owned();
    };
    let shown = all.list.iter().enumerate().map(|(index, goroutine)| {
        let mark = if index == 0 { "*" } else { " " };
        let id = goroutine
            .id
            .map_or_else(|| "?".to_owned(), |id| id.to_string());
        let place = goroutine.shown().next().map(|(_, frame)| &frame.source);
        let place = place.map_or_else(String::new, |at| {
            format!("  {} at {}:{}", at.func, shown(&at.file), at.line)
        });
        let system = if goroutine.is_system() {
            ", the runtime's"
        } else {
            ""
        };
        format!("{mark}{id:>4} [{}{system}]{place}", goroutine.status)
    });
    let mut text = Vec::from_iter(shown).join("\n");
    if all.omitted > 0 {
        let _ = write!(text, "\n… and {} more", all.omitted);
    }
    if let Some(note) = &all.note {
        let _ = write!(text, "\n({note})");
    }
    text
}

pub(super) fn goroutine(halt: &mut Halt<'_, '_, '_>, id: u64) -> String {
    let all = halt.goroutines().map(|all| all.list).unwrap_or_default();
    let is_wanted = |goroutine: &&Goroutine| goroutine.id == Some(id);
    match all.iter().find(is_wanted) {
        Some(goroutine) => goroutine.to_string(),
        None => format!("there is no goroutine {id}"),
    }
}

pub(super) fn next_call(halt: &mut Halt<'_, '_, '_>) -> String {
    let Some(call) = halt.next_call() else {
        return "the next operator is no call of WASI; nc runs to the next one".to_owned();
    };
    let spans = halt.next_call_spans();
    let view = explain::viewed(halt.memory(), &spans);
    format!("{call}\n{}", view.trim_end())
}

pub(super) fn memory(memory: &[u8], addr: u64, view: &View) -> String {
    let beyond = || {
        format!(
            "{addr:#x} is beyond the memory, which has {:#x} bytes",
            memory.len()
        )
    };
    let rest = usize::try_from(addr).ok().and_then(|at| memory.get(at..));
    let Some(rest) = rest.filter(|rest| !rest.is_empty()) else {
        return beyond();
    };
    let (count, size_bytes, form) = match view {
        View::Struct(layout) => {
            let span = Span {
                name: layout.name,
                index: None,
                addr: addr as u32,
                len_bytes: layout.size_bytes,
                content: Content::Struct(layout),
                written: false,
            };
            return explain::viewed(memory, &[span]).trim_end().to_owned();
        }
        View::Units {
            count,
            size_bytes,
            form,
        } => (*count as usize, *size_bytes as usize, *form),
    };
    let bytes = &rest[..rest.len().min(count.saturating_mul(size_bytes))];
    if form == 's' {
        return format!("{addr:#x}  {:?}", String::from_utf8_lossy(bytes));
    }
    let rows = bytes.chunks(16).enumerate().map(|(row, bytes)| {
        let units = bytes.chunks(size_bytes).map(|unit| {
            let mut word = [0; 8];
            word[..unit.len()].copy_from_slice(unit);
            let value = u64::from_le_bytes(word);
            let unused = 64 - 8 * size_bytes as u32;
            match form {
                'd' => ((value << unused) as i64 >> unused).to_string(),
                'u' => value.to_string(),
                _ => format!("{value:0width$x}", width = 2 * size_bytes),
            }
        });
        let units = Vec::from_iter(units).join(" ");
        let text = String::from_iter(bytes.iter().map(|byte| match byte {
            b' '..=b'~' => char::from(*byte),
            _ => '.',
        }));
        format!("{:#x}  {units:<47}  {text}", addr + 16 * row as u64)
    });
    Vec::from_iter(rows).join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_shown_in_many_ways() {
        let mut bytes = b"hello\xff\xff\xff".to_vec();
        bytes.resize(32, 1);
        let show = |format: &str| memory(&bytes, 0, &View::parse(format).unwrap());
        assert!(show("8xb").starts_with("0x0  68 65 6c 6c 6f ff ff ff "));
        assert_eq!(show("5s"), r#"0x0  "hello""#);
        assert!(memory(&bytes, 5, &View::parse("1db").unwrap()).starts_with("0x5  -1 "));
        assert!(show("2xw").starts_with("0x0  6c6c6568 ffffff6f "));
        assert_eq!(show("17xb").lines().count(), 2);
        assert!(memory(&bytes, 99, &View::parse("x").unwrap()).contains("beyond"));
        assert!(show("iovec").contains("iovec.buf"));
        assert!(View::parse("3y").unwrap_err().contains("filestat"));
    }
}
