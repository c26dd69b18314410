//! What a function is called.

use crate::budget::Budget;
use crate::error::DwarfError;
use crate::unit::{self, Dwarf, Unit};
use gimli::{AttributeValue, DebugInfoOffset, UnitOffset, constants};

/// Longer names are cut.
const MAX_NAME_BYTES: usize = 1024;

/// What an entry says of its function's name.
pub(crate) enum Name {
    Known(String),
    /// Another entry says it.
    At(UnitOffset),
    /// An entry of another unit.
    Elsewhere(DebugInfoOffset),
    Unknown,
}

/// Reads the entry at `offset` of the unit.
pub(crate) fn read(
    dwarf: &Dwarf<'_>,
    unit: &Unit<'_>,
    offset: UnitOffset,
    budget: &mut Budget,
) -> Result<Name, DwarfError> {
    let mut entries = unit.entries_raw(Some(offset))?;
    let Some(kind) = entries.read_abbreviation()? else {
        return Ok(Name::Unknown);
    };
    budget.spend(1 + kind.attributes().len())?;
    let (mut linkage, mut short, mut origin) = (None, None, Name::Unknown);
    for attribute in kind.attributes() {
        let attribute = entries.read_attribute(*attribute)?;
        let mut text = |value| unit::text(dwarf, unit, value, MAX_NAME_BYTES, budget);
        match (attribute.name(), attribute.value()) {
            (constants::DW_AT_linkage_name | constants::DW_AT_MIPS_linkage_name, value) => {
                linkage = text(value)?;
            }
            (constants::DW_AT_name, value) => short = text(value)?,
            (constants::DW_AT_abstract_origin | constants::DW_AT_specification, value) => {
                origin = match value {
                    AttributeValue::UnitRef(offset) => Name::At(offset),
                    AttributeValue::DebugInfoRef(offset) => Name::Elsewhere(offset),
                    _ => Name::Unknown,
                };
            }
            _ => {}
        }
    }
    // The entry's own texts: it may be asked again and again.
    budget.spend_on_text(entries.next_offset().0.saturating_sub(offset.0))?;
    // Rust's have the modules too; what C++ calls it is short already.
    let rust = linkage.as_deref().and_then(demangled);
    Ok(match rust.or(short).or(linkage) {
        Some(name) => Name::Known(name),
        None => origin,
    })
}

fn demangled(linkage: &str) -> Option<String> {
    let name = rustc_demangle::try_demangle(linkage).ok()?;
    // A short text may stand for a long one.
    let mut text = Limited(String::new());
    let _ = std::fmt::Write::write_fmt(&mut text, format_args!("{name:#}"));
    Some(text.0)
}

/// Text up to a length.
struct Limited(String);

impl std::fmt::Write for Limited {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        if self.0.len() + text.len() > MAX_NAME_BYTES {
            return Err(std::fmt::Error);
        }
        self.0.push_str(text);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::demangled;

    #[test]
    fn rusts_names_have_their_modules() {
        let name = demangled("_ZN4trap6divide17h0123456789abcdefE");
        assert_eq!(name.as_deref(), Some("trap::divide"));
        assert_eq!(demangled("divide"), None);
    }
}
