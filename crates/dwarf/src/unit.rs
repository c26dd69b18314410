//! Compilation units: reading one, and which code each is about.

use crate::Reader;
use crate::budget::Budget;
use crate::error::DwarfError;
use gimli::{
    Attribute, AttributeValue, DebugLineOffset, Reader as _, Section as _, UnitHeader, constants,
};
use std::sync::Arc;

pub(crate) type Dwarf<'a> = gimli::Dwarf<Reader<'a>>;
pub(crate) type Unit<'a> = gimli::Unit<Reader<'a>>;
pub(crate) type Header<'a> = UnitHeader<Reader<'a>>;

/// Reads a unit's abbreviations, its first entry and the head of its lines.
/// Units may share these parts, so each is paid for each time.
pub(crate) fn read<'a>(
    dwarf: &Dwarf<'a>,
    header: Header<'a>,
    budget: &mut Budget,
) -> Result<Unit<'a>, DwarfError> {
    let abbreviations = abbreviations(dwarf, &header, budget)?;
    let mut entries = header.entries_raw(&abbreviations, None)?;
    if let Some(root) = entries.read_abbreviation()? {
        budget.spend(2 * root.attributes().len())?;
        for attribute in root.attributes() {
            let attribute = entries.read_attribute(*attribute)?;
            if let (constants::DW_AT_stmt_list, AttributeValue::DebugLineRef(offset)) =
                (attribute.name(), attribute.value())
            {
                budget.spend(line_header_bytes(dwarf, offset))?;
            }
            let is_text = matches!(
                attribute.name(),
                constants::DW_AT_name | constants::DW_AT_comp_dir
            );
            let is_inline = matches!(attribute.value(), AttributeValue::String(_));
            if is_text && !is_inline && !ends(dwarf) {
                budget.spend_on_text(text_bytes(dwarf))?;
            }
        }
    }
    let unit = Unit::new_with_abbreviations(dwarf, header, abbreviations)?;
    // Its name and its directory were looked for.
    for text in [unit.name, unit.comp_dir] {
        budget.spend_on_text(text.map_or(0, |text| text.len()))?;
    }
    Ok(unit)
}

/// The text that an attribute names, or its beginning; `None` if there is none.
pub(crate) fn text(
    dwarf: &Dwarf<'_>,
    unit: &Unit<'_>,
    value: AttributeValue<Reader<'_>>,
    max_bytes: usize,
    budget: &mut Budget,
) -> Result<Option<String>, DwarfError> {
    match dwarf.attr_string(unit, value) {
        Ok(text) => {
            budget.spend_on_text(text.len())?;
            Ok(Some(fossor_text::lossy(text.slice(), max_bytes)))
        }
        Err(_) => {
            budget.spend_on_text(text_bytes(dwarf))?;
            Ok(None)
        }
    }
}

/// Whether the texts end within their sections. Those of compilers do.
fn ends(dwarf: &Dwarf<'_>) -> bool {
    let sections = [dwarf.debug_str.reader(), dwarf.debug_line_str.reader()];
    let mut sections = sections.into_iter();
    sections.all(|section| section.slice().last().is_none_or(|byte| *byte == 0))
}

/// Bytes of the sections with text. A text without an end is sought to theirs.
fn text_bytes(dwarf: &Dwarf<'_>) -> usize {
    dwarf.debug_str.reader().len() + dwarf.debug_line_str.reader().len()
}

/// Reads the unit's abbreviations; first counts what they take.
fn abbreviations(
    dwarf: &Dwarf<'_>,
    header: &Header<'_>,
    budget: &mut Budget,
) -> Result<Arc<gimli::Abbreviations>, DwarfError> {
    let mut rest = *dwarf.debug_abbrev.reader();
    rest.skip(header.debug_abbrev_offset().0)?;
    while rest.read_uleb128()? != 0 {
        let (_tag, _has_children) = (rest.read_uleb128()?, rest.read_u8()?);
        loop {
            budget.spend(2)?;
            let (name, form) = (rest.read_uleb128()?, rest.read_uleb128()?);
            if form == u64::from(constants::DW_FORM_implicit_const.0) {
                rest.read_sleb128()?;
            }
            if (name, form) == (0, 0) {
                break;
            }
        }
    }
    Ok(Arc::new(header.abbreviations(&dwarf.debug_abbrev)?))
}

/// How long the head of a line program is, with its directories and files.
fn line_header_bytes(dwarf: &Dwarf<'_>, offset: DebugLineOffset) -> usize {
    let read = || -> gimli::Result<usize> {
        let mut head = *dwarf.debug_line.reader();
        head.skip(offset.0)?;
        let (_length, format) = head.read_initial_length()?;
        let version = head.read_u16()?;
        if version >= 5 {
            let (_address_bytes, _segment_bytes) = (head.read_u8()?, head.read_u8()?);
        }
        head.read_length(format)
    };
    // What cannot be read is not read later either.
    read().unwrap_or(0)
}

/// The code that an entry is about: first address, and first one behind.
pub(crate) fn ranges(
    dwarf: &Dwarf<'_>,
    unit: &Unit<'_>,
    attributes: &[Attribute<Reader<'_>>],
    budget: &mut Budget,
) -> Result<Vec<(u64, u64)>, DwarfError> {
    let (mut low, mut high, mut bytes) = (None, None, None);
    for attribute in attributes {
        match (attribute.name(), attribute.value()) {
            (constants::DW_AT_low_pc, value) => low = dwarf.attr_address(unit, value)?,
            (constants::DW_AT_high_pc, AttributeValue::Udata(value)) => bytes = Some(value),
            (constants::DW_AT_high_pc, value) => high = dwarf.attr_address(unit, value)?,
            (constants::DW_AT_ranges, value) => {
                if let Some(offset) = dwarf.attr_ranges_offset(unit, value)? {
                    return listed(dwarf, unit, offset, budget);
                }
            }
            _ => {}
        }
    }
    let end = |low: u64| bytes.map(|bytes| low.saturating_add(bytes)).or(high);
    let range = low.and_then(|low| Some((low, end(low)?)));
    Ok(range.into_iter().filter(is_code).collect())
}

fn listed(
    dwarf: &Dwarf<'_>,
    unit: &Unit<'_>,
    offset: gimli::RangeListsOffset,
    budget: &mut Budget,
) -> Result<Vec<(u64, u64)>, DwarfError> {
    let mut list = dwarf.ranges(unit, offset)?;
    let mut ranges = Vec::new();
    loop {
        budget.spend(1)?;
        let Some(raw) = list.next_raw()? else {
            return Ok(ranges);
        };
        let range = list.convert_raw(raw)?;
        let range = range.map(|range| (range.begin, range.end));
        ranges.extend(range.filter(is_code));
    }
}

/// Linkers leave what they dropped at address 0, where the code section has its
/// count of functions, or at the last addresses.
fn is_code(range: &(u64, u64)) -> bool {
    let &(begin, end) = range;
    begin > 0 && begin < end && end < u32::MAX.into()
}
