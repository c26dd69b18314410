//! What the screen shows, taken from the guest when it stands still.

use super::{MAX_LINES, reason};
use crate::face::End;
use crate::halt::Halt;
use crate::repl::shown_value;
use crate::source::{Sources, shown};
use fossor_teach::explain;
use std::collections::BTreeSet;

/// Bytes of the stack on the screen.
const MEMORY_BYTES: usize = 256;

/// Everything on the screen.
#[derive(Default)]
pub(super) struct View {
    /// Where and why the guest stands.
    pub status: String,
    /// What is about to be called.
    pub next_call: Option<String>,
    pub file: String,
    pub lines: Vec<String>,
    /// The current line, counted from 1; 0 if it is not known.
    pub line: u32,
    /// Lines of the file that have breakpoints.
    pub breakpoints: BTreeSet<u32>,
    /// Offsets and texts.
    pub operators: Vec<(u32, String)>,
    /// Which of them is next.
    pub operator: usize,
    pub frames: Vec<String>,
    pub goroutines: Vec<String>,
    pub locals: Vec<String>,
    /// Memory as lines.
    pub memory: Vec<String>,
    pub calls: Vec<String>,
    pub output: Vec<String>,
    pub is_live: bool,
}

impl View {
    /// Takes everything anew.
    pub fn look(&mut self, halt: &mut Halt<'_, '_, '_>, sources: &mut Sources) {
        let at = halt.position();
        self.is_live = !halt.can_go_back();
        self.status = format!(
            "{} in {}, operator {}",
            reason(halt.why()),
            at.func,
            at.steps
        );
        self.next_call = halt.next_call();
        (self.file, self.line) = match &at.source {
            Some(source) => (source.file.clone(), source.line),
            None => (String::new(), 0),
        };
        let lines = sources.lines(&self.file);
        self.lines = lines.map(<[String]>::to_vec).unwrap_or_default();
        let all = halt.breakpoints().all().iter().flat_map(|one| &one.sites);
        let here = all.filter_map(|site| site.source.as_ref());
        let here = here.filter(|source| source.file == self.file);
        self.breakpoints = here.map(|source| source.line).collect();
        let operators = halt.program().operators(at.func_idx).into_iter();
        self.operators = operators
            .map(|line| (line.wasm_offset, line.text))
            .collect();
        self.operator = self
            .operators
            .partition_point(|(offset, _)| *offset < at.wasm_offset);
        let frames = halt.backtrace();
        self.frames = frames
            .iter()
            .map(|frame| match &frame.source {
                Some(at) if at.line > 0 => {
                    format!("{}  {}:{}", frame.func, shown(&at.file), at.line)
                }
                _ => frame.func.clone(),
            })
            .collect();
        let goroutines = halt.goroutines().map(|all| all.list).unwrap_or_default();
        self.goroutines = goroutines
            .iter()
            .map(|one| {
                let id = one.id.map_or_else(|| "?".to_owned(), |id| id.to_string());
                let place = one.shown().next();
                let place = place.map_or("", |(_, frame)| &frame.source.func);
                format!("{id:>4} [{}] {place}", one.status)
            })
            .collect();
        let locals = halt.locals(0).into_iter().enumerate();
        self.locals = locals
            .map(|(index, value)| format!("${index:<3} {}", shown_value(value)))
            .collect();
        let operands = halt.operands().into_iter().rev().enumerate();
        let operands = operands.map(|(depth, value)| format!("top-{depth} {}", shown_value(value)));
        self.locals.extend(operands);
        self.take_memory(halt);
    }

    /// What the next call is about, with its structures, or else the stack.
    fn take_memory(&mut self, halt: &mut Halt<'_, '_, '_>) {
        let spans = halt.next_call_spans();
        if !spans.is_empty() {
            let view = explain::viewed(halt.memory(), &spans);
            self.memory = view.trim_end().lines().map(str::to_owned).collect();
            return;
        }
        let addr = match halt.global(0) {
            Some(fossor::Val::I32(sp)) => u64::from(sp as u32) & !15,
            _ => 0,
        };
        let memory = halt.memory();
        let begin = usize::try_from(addr).map_or(memory.len(), |addr| addr.min(memory.len()));
        let end = memory.len().min(begin + MEMORY_BYTES);
        let rows = memory[begin..end].chunks(16).zip(0u64..);
        let rows = rows.map(|(bytes, row)| {
            let hex = Vec::from_iter(bytes.iter().map(|byte| format!("{byte:02x}"))).join(" ");
            let text = String::from_iter(bytes.iter().map(|byte| match byte {
                b' '..=b'~' => char::from(*byte),
                _ => '.',
            }));
            format!("{:#08x} {hex:<47} {text}", addr + 16 * row)
        });
        self.memory = rows.collect();
    }

    /// File and number of the line in the middle.
    pub fn marked_line(&self, scrolled: i64) -> Option<(String, u32)> {
        let line = i64::from(self.line) + scrolled;
        let line = line.clamp(1, self.lines.len().max(1) as i64);
        (self.line > 0).then(|| (self.file.clone(), line as u32))
    }

    /// Something that the guest wrote, or a command answered.
    pub fn print(&mut self, text: &str) {
        let mut parts = text.split('\n');
        if let (Some(last), Some(first)) = (self.output.last_mut(), parts.next()) {
            last.push_str(first);
        } else if !text.is_empty() {
            self.output
                .extend(text.split('\n').next().map(str::to_owned));
        }
        self.output.extend(parts.map(str::to_owned));
        let surplus = self.output.len().saturating_sub(MAX_LINES);
        self.output.drain(..surplus);
    }

    /// The guest returned from a call.
    pub fn called(&mut self, line: &str) {
        self.calls.push(line.to_owned());
        let surplus = self.calls.len().saturating_sub(MAX_LINES);
        self.calls.drain(..surplus);
    }

    /// The guest goes on.
    pub fn runs(&mut self) {
        self.status = "the program runs; any key pauses it".to_owned();
        self.next_call = None;
    }

    /// The guest has ended.
    pub fn ended(&mut self, end: &End) {
        self.status = format!("{}, after {} operators", end.message, end.steps);
    }
}
