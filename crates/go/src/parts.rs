//! What a program's data is, as far as the runtime's record of the module says.
//! Its symbols have no names in a module, so there is nothing by package.

use crate::program::Program;

/// A part of a program's data, at fixed addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// What it holds.
    pub name: &'static str,
    /// Its first address.
    pub start: u64,
    /// The first address behind it.
    pub end: u64,
}

impl Part {
    /// What lies in no part.
    pub const REST: &'static str = "strings and other constants";
}

// Words of the record, from its start: slices have three, of which the second is
// the length.
const SLICES: [(u64, u64, &str); 5] = [
    (1, 1, "names of functions"),
    (4, 4, "numbers of files"),
    (7, 1, "names of files"),
    (10, 1, "frames and lines of functions"),
    (13, 1, "records of functions"),
];
const RANGES: [(u64, &str); 2] = [
    (24, "variables without pointers"),
    (26, "variables with pointers"),
];

impl Program<'_> {
    /// The parts of its data, in the order of their addresses; none if the record is
    /// not there.
    pub fn parts(&self) -> Vec<Part> {
        let Some(module) = self.module() else {
            return Vec::new();
        };
        let word = |index: u64| self.image.field(module.address, index * 8);
        let slices = SLICES.iter().map(|&(index, size_bytes, name)| {
            let (start, count) = (word(index)?, word(index + 1)?);
            let end = start.checked_add(count.checked_mul(size_bytes)?)?;
            Some(Part { name, start, end })
        });
        let ranges = RANGES.iter().map(|&(index, name)| {
            let (start, end) = (word(index)?, word(index + 1)?);
            Some(Part { name, start, end })
        });
        let (start, end) = module.types;
        let name = "types";
        let types = Some(Part { name, start, end });
        let parts = slices.chain(ranges).chain([types]).flatten();
        // Zeros at the end of the data are not written down.
        let data_end = self.data.len() as u64;
        let parts = parts.map(|part| Part {
            end: part.end.min(data_end),
            ..part
        });
        let parts = parts.filter(|part| 0 < part.start && part.start < part.end);
        let mut parts = Vec::from_iter(parts);
        // Where the data of functions end is not told: where the next part begins.
        let start = module.gofunc;
        let starts = parts.iter().map(|part| part.start);
        let end = starts.chain([self.address()]).filter(|next| *next > start);
        if let Some(end) = end.min() {
            let name = "stack maps and inlined calls of functions";
            parts.push(Part { name, start, end });
        }
        parts.sort_by_key(|part| part.start);
        let mut behind = 0;
        parts.retain(|part| {
            let free = part.start >= behind;
            behind = behind.max(part.end);
            free
        });
        parts
    }
}
