//! A unit's functions, and the calls that were inlined into them.

use crate::budget::Budget;
use crate::error::DwarfError;
use crate::files::Position;
use crate::ranges::Ranges;
use crate::unit::{self, Dwarf, Unit};
use gimli::{AttributeValue, UnitOffset, constants};

/// A function, or a call that was inlined into one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Function {
    /// How deep the entry lies in its unit: inlined calls lie below those that
    /// they were inlined into.
    depth: isize,
    pub entry: UnitOffset,
    /// Where the call was, if it was inlined.
    pub call: Option<Position>,
}

/// All functions of a unit that have code.
pub(crate) fn functions(
    dwarf: &Dwarf<'_>,
    unit: &Unit<'_>,
    budget: &mut Budget,
) -> Result<Ranges<Function>, DwarfError> {
    let mut functions = Vec::new();
    let mut attributes = Vec::new();
    let mut entries = unit.entries_raw(None)?;
    while !entries.is_empty() {
        let (entry, depth) = (entries.next_offset(), entries.next_depth());
        budget.spend(1)?;
        let Some(kind) = entries.read_abbreviation()? else {
            continue;
        };
        budget.spend(kind.attributes().len())?;
        let inlined = match kind.tag() {
            constants::DW_TAG_subprogram => false,
            constants::DW_TAG_inlined_subroutine => true,
            _ => {
                entries.skip_attributes(kind.attributes())?;
                continue;
            }
        };
        entries.read_attributes(kind.attributes(), &mut attributes)?;
        let number = |name| {
            let mut with_name = attributes.iter().filter(|found| found.name() == name);
            match with_name.next()?.value() {
                AttributeValue::FileIndex(index) => Some(index),
                value => value.udata_value(),
            }
        };
        let narrow = |name| number(name).and_then(|number| u32::try_from(number).ok());
        let call = inlined.then(|| Position {
            file_idx: number(constants::DW_AT_call_file).unwrap_or(0),
            line: narrow(constants::DW_AT_call_line).unwrap_or(0),
            column: narrow(constants::DW_AT_call_column).unwrap_or(0),
        });
        let ranges = unit::ranges(dwarf, unit, &attributes, budget)?;
        let function = Function { depth, entry, call };
        functions.extend(
            ranges
                .into_iter()
                .map(|(begin, end)| (begin, end, function)),
        );
    }
    Ok(Ranges::new(functions))
}

/// The functions that an address is in, the innermost first.
pub(crate) fn around(
    functions: &Ranges<Function>,
    pc: u64,
    budget: &mut Budget,
) -> Result<Vec<Function>, DwarfError> {
    let around = functions.around(pc, budget)?.into_iter();
    let mut around = Vec::from_iter(around.map(|(_, function)| *function));
    around.sort_by_key(|function| (-function.depth, function.entry.0));
    // A function lies in no other: what lies further out is not its caller.
    if let Some(outermost) = around.iter().position(|function| function.call.is_none()) {
        around.truncate(outermost + 1);
    }
    Ok(around)
}
