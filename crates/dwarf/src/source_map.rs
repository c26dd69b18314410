//! From addresses to places in the source.

use crate::Reader;
use crate::budget::Budget;
use crate::error::DwarfError;
use crate::files::{self, Position, Row};
use crate::function::{self, Function};
use crate::name::{self, Name};
use crate::ranges::Ranges;
use crate::unit::{self, Dwarf, Header, Unit};
use gimli::{DebugInfoOffset, LittleEndian, UnitOffset};
use std::collections::HashMap;
use std::rc::Rc;

/// Inlined calls at one address that are told.
const MAX_INLINED: usize = 64;

/// Entries that are asked, one after the other, for a function's name.
const MAX_ORIGINS: usize = 8;

/// A place in the source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SourceLine {
    /// The function, if it is known: Rust's as `module::name`, others' as in the
    /// source.
    pub func: Option<String>,
    /// The file, if it is known: as the compiler recorded it.
    pub file: Option<String>,
    /// The line, counted from 1; 0 if it is not known.
    pub line: u32,
    /// The column, counted from 1; 0 if it is not known.
    pub column: u32,
    /// Whether the function was inlined into the next one.
    pub inlined: bool,
}

/// The source of a module, read as far as it is asked for.
pub struct SourceMap<'a> {
    dwarf: Dwarf<'a>,
    budget: Budget,
    /// Where the units are, in their order, and what code each is about.
    index: Option<Index<'a>>,
    units: HashMap<usize, Result<Rc<Known<'a>>, DwarfError>>,
}

struct Index<'a> {
    headers: Vec<Header<'a>>,
    /// The code of each unit.
    ranges: Ranges<usize>,
    /// What was wrong with the first unit that could not be read.
    error: Option<DwarfError>,
}

/// A unit that was read in full.
struct Known<'a> {
    unit: Unit<'a>,
    rows: Vec<Row>,
    functions: Ranges<Function>,
}

impl<'a> SourceMap<'a> {
    /// The map of a module with these sections: `section` gives the contents of
    /// the custom section of a name, nothing if there is none. `None` if the
    /// module has no DWARF.
    pub fn new(section: impl Fn(&str) -> Option<&'a [u8]>) -> Option<Self> {
        section(gimli::SectionId::DebugInfo.name())?;
        let all_bytes = std::cell::Cell::new(0);
        let read = |id: gimli::SectionId| -> Result<Reader<'a>, std::convert::Infallible> {
            let bytes = section(id.name()).unwrap_or_default();
            all_bytes.set(all_bytes.get() + bytes.len());
            Ok(Reader::new(bytes, LittleEndian))
        };
        let Ok(dwarf) = Dwarf::load(read);
        Some(Self {
            dwarf,
            budget: Budget::of(all_bytes.get()),
            index: None,
            units: HashMap::new(),
        })
    }

    /// Where the operator at byte `pc` of the code section's contents comes from:
    /// the innermost of the functions inlined there first, the function itself
    /// last; nothing if the DWARF does not tell.
    pub fn lines(&mut self, pc: u32) -> Result<Vec<SourceLine>, DwarfError> {
        let pc = u64::from(pc);
        let Some(unit_idx) = self.unit_at(pc)? else {
            return Ok(Vec::new());
        };
        let known = self.known(unit_idx)?;
        let mut lines = Vec::new();
        let mut at = files::find(&known.rows, pc);
        let around = function::around(&known.functions, pc, &mut self.budget)?;
        for function in around.into_iter().take(MAX_INLINED) {
            let func = self.name(unit_idx, function.entry)?;
            lines.push(self.line(&known, func, at, function.call.is_some())?);
            at = function.call;
        }
        if lines.is_empty() && at.is_some() {
            lines.push(self.line(&known, None, at, false)?);
        }
        Ok(lines)
    }

    /// How much work is left to be done; at 0 all answers are
    /// [`DwarfError::TooMuch`].
    pub fn steps_left(&self) -> u64 {
        self.budget.left()
    }

    fn line(
        &mut self,
        known: &Known<'_>,
        func: Option<String>,
        at: Option<Position>,
        inlined: bool,
    ) -> Result<SourceLine, DwarfError> {
        let budget = &mut self.budget;
        let file = at.map(|at| files::path(&self.dwarf, &known.unit, at.file_idx, budget));
        Ok(SourceLine {
            func,
            file: file.transpose()?.flatten(),
            line: at.map_or(0, |at| at.line),
            column: at.map_or(0, |at| at.column),
            inlined,
        })
    }

    /// The unit of an address. Of several the one that is the most precise.
    fn unit_at(&mut self, pc: u64) -> Result<Option<usize>, DwarfError> {
        if self.index.is_none() {
            self.index = Some(Index::read(&self.dwarf, &mut self.budget));
        }
        let Some(index) = &self.index else {
            return Ok(None);
        };
        let around = index.ranges.around(pc, &mut self.budget)?.into_iter();
        match (around.min(), &index.error) {
            (Some((_, &unit_idx)), _) => Ok(Some(unit_idx)),
            (None, Some(error)) => Err(error.clone()),
            (None, None) => Ok(None),
        }
    }

    fn known(&mut self, unit_idx: usize) -> Result<Rc<Known<'a>>, DwarfError> {
        if let Some(known) = self.units.get(&unit_idx) {
            return known.clone();
        }
        let known = self.read(unit_idx).map(Rc::new);
        self.units.insert(unit_idx, known.clone());
        known
    }

    fn read(&mut self, unit_idx: usize) -> Result<Known<'a>, DwarfError> {
        let header = self
            .index
            .as_ref()
            .and_then(|index| index.headers.get(unit_idx));
        let header = *header.ok_or(gimli::Error::MissingUnitDie)?;
        let unit = unit::read(&self.dwarf, header, &mut self.budget)?;
        Ok(Known {
            rows: files::rows(&unit, &mut self.budget)?,
            functions: function::functions(&self.dwarf, &unit, &mut self.budget)?,
            unit,
        })
    }

    /// The name that an entry has, or one of those that it refers to.
    fn name(
        &mut self,
        mut unit_idx: usize,
        mut offset: UnitOffset,
    ) -> Result<Option<String>, DwarfError> {
        for _ in 0..MAX_ORIGINS {
            let known = self.known(unit_idx)?;
            match name::read(&self.dwarf, &known.unit, offset, &mut self.budget)? {
                Name::Known(name) => return Ok(Some(name)),
                Name::At(next) => offset = next,
                Name::Elsewhere(next) => match self.entry(next) {
                    Some(found) => (unit_idx, offset) = found,
                    None => return Ok(None),
                },
                Name::Unknown => return Ok(None),
            }
        }
        Ok(None)
    }

    /// The unit of an entry, and where it is in that.
    fn entry(&self, offset: DebugInfoOffset) -> Option<(usize, UnitOffset)> {
        let headers = &self.index.as_ref()?.headers;
        let behind = headers.partition_point(|header| {
            header
                .debug_info_offset()
                .is_some_and(|start| start <= offset)
        });
        let unit_idx = behind.checked_sub(1)?;
        Some((unit_idx, offset.to_unit_offset(&headers[unit_idx])?))
    }
}

impl std::fmt::Debug for SourceMap<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SourceMap")
            .field("budget", &self.budget)
            .finish_non_exhaustive()
    }
}

impl<'a> Index<'a> {
    fn read(dwarf: &Dwarf<'a>, budget: &mut Budget) -> Self {
        let (mut headers, mut all, mut error) = (Vec::new(), Vec::new(), None);
        let mut units = dwarf.units();
        loop {
            let header = match units.next() {
                Ok(Some(header)) => header,
                Ok(None) => break,
                Err(damage) => {
                    error.get_or_insert(damage.into());
                    break;
                }
            };
            let unit_idx = headers.len();
            headers.push(header);
            match ranges(dwarf, header, budget) {
                Ok(ranges) => {
                    let ranges = ranges.into_iter();
                    all.extend(ranges.map(|(begin, end)| (begin, end, unit_idx)));
                }
                Err(damage) => {
                    error.get_or_insert(damage);
                }
            }
        }
        Self {
            headers,
            ranges: Ranges::new(all),
            error,
        }
    }
}

/// The code that a unit is about.
fn ranges<'a>(
    dwarf: &Dwarf<'a>,
    header: Header<'a>,
    budget: &mut Budget,
) -> Result<Vec<(u64, u64)>, DwarfError> {
    budget.spend(8)?;
    let unit = unit::read(dwarf, header, budget)?;
    let mut entries = unit.entries_raw(None)?;
    let mut attributes = Vec::new();
    if let Some(root) = entries.read_abbreviation()? {
        entries.read_attributes(root.attributes(), &mut attributes)?;
    }
    unit::ranges(dwarf, &unit, &attributes, budget)
}
