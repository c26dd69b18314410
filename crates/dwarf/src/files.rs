//! Lines: a unit's line program, run, and the names of its files.

use crate::budget::Budget;
use crate::error::DwarfError;
use crate::unit::{self, Dwarf, Unit};
use gimli::ColumnType;

/// Longer names of files are cut.
const MAX_PATH_BYTES: usize = 4096;

/// Code that comes from one place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    begin: u64,
    end: u64,
    pub at: Position,
}

/// A place in one of a unit's files.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Position {
    pub file_idx: u64,
    /// From 1; 0 for code that no line asked for.
    pub line: u32,
    /// From 1; 0 if it is not known.
    pub column: u32,
}

/// Runs a unit's line program. Rows by address.
pub(crate) fn rows(unit: &Unit<'_>, budget: &mut Budget) -> Result<Vec<Row>, DwarfError> {
    let Some(program) = unit.line_program.clone() else {
        return Ok(Vec::new());
    };
    budget.spend(program.header().raw_program_buf().len())?;
    let mut rows = Vec::<Row>::new();
    let mut machine = program.rows();
    let mut last: Option<(u64, Position)> = None;
    while let Some((_, row)) = machine.next_row()? {
        let begin = row.address();
        if let Some((start, at)) = last.filter(|(start, _)| *start < begin) {
            rows.push(Row {
                begin: start,
                end: begin,
                at,
            });
        }
        let number = |number: u64| u32::try_from(number).unwrap_or(0);
        let at = Position {
            file_idx: row.file_index(),
            line: row.line().map_or(0, |line| number(line.get())),
            column: match row.column() {
                ColumnType::LeftEdge => 0,
                ColumnType::Column(column) => number(column.get()),
            },
        };
        last = (!row.end_sequence()).then_some((begin, at));
    }
    rows.sort_by_key(|row| row.begin);
    Ok(rows)
}

/// The row that an address is in.
pub(crate) fn find(rows: &[Row], pc: u64) -> Option<Position> {
    let behind = rows.partition_point(|row| row.begin <= pc);
    let row = rows.get(behind.checked_sub(1)?)?;
    (pc < row.end).then_some(row.at)
}

/// A file's name as the compiler knew it: absolute where the unit tells its
/// directory.
pub(crate) fn path(
    dwarf: &Dwarf<'_>,
    unit: &Unit<'_>,
    file_idx: u64,
    budget: &mut Budget,
) -> Result<Option<String>, DwarfError> {
    let header = unit.line_program.as_ref().map(|program| program.header());
    let Some((header, file)) = header.and_then(|header| Some((header, header.file(file_idx)?)))
    else {
        return Ok(None);
    };
    let mut text = |value| unit::text(dwarf, unit, value, MAX_PATH_BYTES, budget);
    let directory = file.directory(header).map(&mut text).transpose()?.flatten();
    let Some(name) = text(file.path_name())? else {
        return Ok(None);
    };
    let base = unit
        .comp_dir
        .map(|base| fossor_text::lossy(base.slice(), MAX_PATH_BYTES));
    let path = directory.map_or(name.clone(), |directory| joined(&directory, &name));
    Ok(Some(base.map_or(path.clone(), |base| joined(&base, &path))))
}

/// A path, taken from a directory.
fn joined(directory: &str, path: &str) -> String {
    let drive = path.as_bytes().get(1) == Some(&b':');
    let path = match path.starts_with(['/', '\\']) || drive || matches!(directory, "" | ".") {
        true => path.to_owned(),
        false => format!("{}/{path}", directory.trim_end_matches('/')),
    };
    fossor_text::cut(&path, MAX_PATH_BYTES).to_owned()
}

#[cfg(test)]
mod tests {
    use super::joined;

    #[test]
    fn absolute_paths_stay() {
        assert_eq!(joined("/src", "a.c"), "/src/a.c");
        assert_eq!(joined("/src/", "/usr/a.c"), "/usr/a.c");
        assert_eq!(joined(".", "a.c"), "a.c");
        assert_eq!(joined("/src", "C:\\a.c"), "C:\\a.c");
    }
}
