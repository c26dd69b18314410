//! One function of a Go program.

use crate::arguments;
use crate::error::GoError;
use crate::inline::InlineTree;
use crate::pc::Pc;
use crate::pctab::{Steps, value_at};
use crate::program::Program;

// Fields of the record, in bytes. Source: `runtime/runtime2.go`, `_func`.
const NAME: u64 = 4;
const PCSP: u64 = 16;
const PCFILE: u64 = 20;
const PCLN: u64 = 24;
const PCDATA_COUNT: u64 = 28;
const UNIT: u64 = 32;
const START_LINE: u64 = 36;
const FLAGS: u64 = 41;
const FUNCDATA_COUNT: u64 = 43;
const PCDATA: u64 = 44;

/// Bit of the flags: the outermost frame of its stack.
const TOP_FRAME: u8 = 1;

/// Files that a function has lines of; in tables that lie more.
const MAX_FILES: usize = 1024;

/// Levels of inlining that are looked at.
const MAX_INLINED: usize = 64;

/// Longer names are cut: tables that lie have many frames of one long name.
const MAX_SHOWN_BYTES: usize = 1024;

/// A function.
#[derive(Clone, Copy, Debug)]
pub struct Func<'a> {
    program: Program<'a>,
    record: u64,
    entry: Pc,
}

/// Where a program counter is in the source. Functions that were inlined have
/// frames of their own.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceFrame {
    /// The function, `runtime.(*mspan).init` for instance.
    pub func: String,
    /// The file, as the compiler recorded it.
    pub file: String,
    /// The line, counted from 1; 0 if it is not known.
    pub line: u32,
    /// The line of the function's `func`.
    pub start_line: u32,
    /// Whether the function was inlined into the next frame's.
    pub inlined: bool,
}

/// Tables from places to values that tell about the source.
#[derive(Clone, Copy, Debug)]
enum Table {
    /// Numbers of files.
    Files,
    Lines,
    /// Indices of inlined calls.
    Inlined,
}

/// Where the places of a function are in the source.
#[derive(Clone, Debug)]
pub struct Sources<'a> {
    func: Func<'a>,
    /// Values, and the first place behind each, in the order of [`Table`].
    tables: [Vec<(i32, u32)>; 3],
}

impl Sources<'_> {
    /// As [`Func::source`].
    pub fn at(&self, pc: Pc) -> Vec<SourceFrame> {
        self.func.frames(pc, |table, place| {
            let steps = &self.tables[table as usize];
            let at = steps.partition_point(|(_, end)| *end <= place);
            steps.get(at).map(|(value, _)| *value)
        })
    }
}

impl<'a> Func<'a> {
    pub(crate) fn read(program: Program<'a>, record: u64, entry: Pc) -> Result<Self, GoError> {
        program.image.half(record + PCDATA - 4, "a function")?;
        Ok(Self {
            program,
            record,
            entry,
        })
    }

    /// Its first program counter.
    pub fn entry(&self) -> Pc {
        self.entry
    }

    /// Its name; what cannot be shown is replaced.
    pub fn name(&self) -> String {
        let offset = self.field(NAME);
        let name = offset.and_then(|offset| self.program.name(offset));
        name.map_or_else(|_| "?".to_owned(), shown)
    }

    /// The line of its `func`.
    pub fn start_line(&self) -> u32 {
        self.field(START_LINE).unwrap_or(0)
    }

    /// Whether it is the outermost of its stack: `runtime.goexit` and the like.
    pub fn is_outermost(&self) -> bool {
        self.program.image.u8(self.record + FLAGS).unwrap_or(0) & TOP_FRAME != 0
    }

    /// Bytes of its frame at a place, without the return address: what lies
    /// between the stack pointer and that.
    pub fn frame_bytes(&self, pc: Pc) -> Result<u64, GoError> {
        let bytes = self.value(self.field(PCSP)?, pc.block())?.unwrap_or(0);
        u64::try_from(bytes).map_err(|_| GoError::damaged("a frame's size", self.record))
    }

    /// Bytes of its frame once that is made.
    pub fn largest_frame_bytes(&self) -> Result<u64, GoError> {
        let offset = self.field(PCSP)?;
        let steps = self.program.pctab().get(offset as usize..);
        let values = Steps::new(steps.unwrap_or_default()).map(|(bytes, _)| bytes);
        let largest = if offset == 0 { None } else { values.max() };
        Ok(u64::try_from(largest.unwrap_or(0)).unwrap_or(0))
    }

    /// Places in it: PC_Bs are below this.
    pub fn places(&self) -> Result<u32, GoError> {
        let offset = self.field(PCLN)?;
        let steps = self.program.pctab().get(offset as usize..);
        let steps = Steps::new(steps.unwrap_or_default());
        Ok(steps.last().map_or(1, |(_, end)| end))
    }

    /// The line at a place, in the innermost of the functions inlined there.
    pub fn line(&self, pc: Pc) -> u32 {
        let line = self.field(PCLN).and_then(|t| self.value(t, pc.block()));
        line.ok()
            .flatten()
            .and_then(|line| u32::try_from(line).ok())
            .unwrap_or(0)
    }

    /// The file at a place.
    pub fn file(&self, pc: Pc) -> String {
        let number = self.field(PCFILE).and_then(|t| self.value(t, pc.block()));
        self.file_of(number.ok().flatten())
    }

    fn file_of(&self, number: Option<i32>) -> String {
        let name = || {
            let number = u32::try_from(number?).ok()?;
            self.program.file(self.field(UNIT).ok()?, number).ok()
        };
        name().map_or_else(|| "?".to_owned(), shown)
    }

    /// The numbers of the files that its places are of, each once, and their names.
    pub fn files(&self) -> Vec<(i32, String)> {
        let mut numbers = Vec::from_iter(self.steps(PCFILE).map(|(number, _)| number));
        numbers.sort_unstable();
        numbers.dedup();
        let unit = self.field(UNIT).unwrap_or(0);
        let files = numbers.into_iter().take(MAX_FILES).filter_map(|number| {
            let name = self.program.file(unit, u32::try_from(number).ok()?).ok()?;
            Some((number, shown(name)))
        });
        files.collect()
    }

    /// Runs of places that are of one line: the number of its file, the line, and the
    /// first place behind it. In order, from place 0.
    pub fn lines(&self) -> Vec<(i32, u32, u32)> {
        let mut files = self.steps(PCFILE);
        let mut current = files.next();
        let mut begin = 0;
        let mut runs = Vec::new();
        for (line, end) in self.steps(PCLN) {
            while begin < end {
                while current.is_some_and(|(_, until)| until <= begin) {
                    current = files.next();
                }
                let (file, until) = current.unwrap_or((-1, end));
                let until = until.min(end);
                runs.push((file, u32::try_from(line).unwrap_or(0), until));
                begin = until;
            }
        }
        runs
    }

    /// The lines of a file that its places are of, in no order; a line may come
    /// several times. No more than `max_places` are looked at: there are fewer than
    /// bytes of code.
    pub fn lines_in(&self, file: &str, max_places: usize) -> Vec<u32> {
        let unit = self.field(UNIT).unwrap_or(0);
        let is_file = |number: i32| {
            let number = u32::try_from(number).ok();
            number.is_some_and(|number| self.program.is_file(unit, number, file))
        };
        let mut files = self
            .steps(PCFILE)
            .take(max_places)
            .map(|(number, end)| (is_file(number), end));
        let mut current = files.next();
        let mut lines = Vec::new();
        let mut begin = 0;
        for (line, end) in self.steps(PCLN).take(max_places) {
            let mut at = begin;
            while let Some((is_wanted, until)) = current {
                if is_wanted && until > at && line > 0 {
                    lines.push(line as u32);
                    break;
                }
                if until >= end {
                    break;
                }
                at = until;
                current = files.next();
            }
            begin = end;
        }
        lines
    }

    /// Where a place is in the source: the innermost function first, those
    /// that it was inlined into behind it, this function last.
    pub fn source(&self, pc: Pc) -> Vec<SourceFrame> {
        self.frames(pc, |table, place| {
            let offset = self.offset(table)?;
            self.value(offset, place).ok()?
        })
    }

    /// Its tables, read once for many questions. No more than `max_places` are looked
    /// at: there are fewer than bytes of code.
    pub fn sources(&self, max_places: usize) -> Sources<'a> {
        let read = |table| {
            let steps = self.steps_at(self.offset(table).unwrap_or(0));
            Vec::from_iter(steps.take(max_places))
        };
        Sources {
            func: *self,
            tables: [Table::Files, Table::Lines, Table::Inlined].map(read),
        }
    }

    /// The frames at a place, whose values are asked for.
    fn frames(&self, pc: Pc, value: impl Fn(Table, u32) -> Option<i32>) -> Vec<SourceFrame> {
        let file = |at: Pc| self.file_of(value(Table::Files, at.block()));
        let line = |at: Pc| {
            let line = value(Table::Lines, at.block());
            line.and_then(|line| u32::try_from(line).ok()).unwrap_or(0)
        };
        let mut frames = Vec::new();
        let mut at = pc;
        let tree = self.inline_tree();
        while frames.len() < MAX_INLINED {
            let call = tree.as_ref().and_then(|tree| {
                let index = value(Table::Inlined, at.block())?;
                tree.call(u32::try_from(index).ok()?)
            });
            let Some(call) = call else { break };
            let name = self.program.name(call.name);
            frames.push(SourceFrame {
                func: name.map_or_else(|_| "?".to_owned(), shown),
                file: file(at),
                line: line(at),
                start_line: call.start_line,
                inlined: true,
            });
            at = self.entry.at(call.parent_place);
        }
        frames.push(SourceFrame {
            func: self.name(),
            file: file(at),
            line: line(at),
            start_line: self.start_line(),
            inlined: false,
        });
        frames
    }

    /// Where a table of places is, if there is one.
    fn offset(&self, table: Table) -> Option<u32> {
        match table {
            Table::Files => self.field(PCFILE).ok(),
            Table::Lines => self.field(PCLN).ok(),
            Table::Inlined => self.pcdata(InlineTree::PCDATA),
        }
    }

    /// The arguments of a call of it that lie at an address, as Go prints them;
    /// `None` if the table does not tell what they are.
    pub fn arguments(&self, address: u64) -> Option<String> {
        let Some(description) = self.funcdata(arguments::FUNCDATA) else {
            // As it does where it knows that there are none.
            return self.program.module().map(|_| String::new());
        };
        arguments::shown(self.program.image, description, address)
    }

    fn value(&self, table: u32, place: u32) -> Result<Option<i32>, GoError> {
        value_at(self.program.pctab(), table, place)
    }

    /// The table that a field names.
    fn steps(&self, field: u64) -> Steps<'a> {
        self.steps_at(self.field(field).unwrap_or(0))
    }

    fn steps_at(&self, offset: u32) -> Steps<'a> {
        let offset = offset as usize;
        let bytes = self.program.pctab().get(offset..).unwrap_or_default();
        Steps::new(if offset == 0 { &[] } else { bytes })
    }

    fn field(&self, offset: u64) -> Result<u32, GoError> {
        self.program.image.half(self.record + offset, "a function")
    }

    /// The table of an index of PCDATA.
    fn pcdata(&self, index: u32) -> Option<u32> {
        let count = self.field(PCDATA_COUNT).ok()?;
        let offset = PCDATA + u64::from(index) * 4;
        (index < count).then(|| self.field(offset).ok()).flatten()
    }

    fn inline_tree(&self) -> Option<InlineTree<'a>> {
        let address = self.funcdata(InlineTree::FUNCDATA)?;
        Some(InlineTree::new(self.program.image, address))
    }

    /// The address of its data of an index (FUNCDATA).
    fn funcdata(&self, index: u32) -> Option<u64> {
        let count = self.program.image.u8(self.record + FUNCDATA_COUNT)?;
        if index >= u32::from(count) {
            return None;
        }
        let pcdata = u64::from(self.field(PCDATA_COUNT).ok()?);
        let offset = PCDATA + (pcdata + u64::from(index)) * 4;
        let offset = self.field(offset).ok()?;
        let base = self.program.module()?.gofunc;
        (offset != u32::MAX).then(|| base + u64::from(offset))
    }
}

/// A name of the tables.
fn shown(name: &[u8]) -> String {
    fossor_text::lossy(name, MAX_SHOWN_BYTES)
}
