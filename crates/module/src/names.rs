//! Names of functions and tags out of the `name` section.
//!
//! Source: specification, appendix "Custom Sections / Name Section".

use std::ops::Range;

use fossor_text::{cut, is_fit};
use wasmparser::{BinaryReader, Name, NameMap, NameSectionReader};

/// Longer names are cut: a module may have one of a gigabyte, and show it in each line.
const MAX_NAME_BYTES: usize = 1024;

/// Where the names are.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// By function index: ranges in the module's bytes, empty without a name.
    funcs: Vec<Range<u32>>,
    /// The same by tag index.
    tags: Vec<Range<u32>>,
}

impl Names {
    /// Reads the `name` section at `section` as far as it makes sense: garbage in
    /// it is no reason to refuse a module. `funcs` and `tags` are how many there are.
    pub(crate) fn parse(bytes: &[u8], section: &Range<u32>, funcs: usize, tags: usize) -> Self {
        let mut found = Self::default();
        let contents = &bytes[section.start as usize..section.end as usize];
        let reader = NameSectionReader::new(BinaryReader::new(contents, section.start.into()));
        for subsection in reader {
            match subsection {
                Ok(Name::Function(names)) if found.funcs.is_empty() => {
                    found.funcs = ranges(names, funcs)
                }
                Ok(Name::Tag(names)) => found.tags = ranges(names, tags),
                Ok(_) => {}
                Err(error) => {
                    log::debug!("the name section is damaged: {error}");
                    break;
                }
            }
        }
        found
    }

    /// The name of a function.
    pub(crate) fn func<'a>(&self, bytes: &'a [u8], func_idx: u32) -> Option<&'a str> {
        text(bytes, self.funcs.get(func_idx as usize)?)
    }

    /// The name of a tag.
    pub(crate) fn tag<'a>(&self, bytes: &'a [u8], tag_idx: u32) -> Option<&'a str> {
        text(bytes, self.tags.get(tag_idx as usize)?)
    }
}

fn ranges(mut names: NameMap<'_>, count: usize) -> Vec<Range<u32>> {
    let mut ranges = vec![0..0; count];
    while let Some(Ok(naming)) = names.next() {
        // The reader stands right behind the name.
        let end = names.names.original_position() as u32;
        let start = end - naming.name.len() as u32;
        if let Some(range) = ranges.get_mut(naming.index as usize) {
            *range = start..end;
        }
    }
    ranges
}

fn text<'a>(bytes: &'a [u8], range: &Range<u32>) -> Option<&'a str> {
    let name = bytes.get(range.start as usize..range.end as usize)?;
    // With some room for the character that is cut.
    let name = &name[..name.len().min(MAX_NAME_BYTES + 4)];
    let name = match std::str::from_utf8(name) {
        Ok(name) => name,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&name[..error.valid_up_to()]).ok()?
        }
        Err(_) => return None,
    };
    let name = cut(name, MAX_NAME_BYTES);
    (!name.is_empty() && name.chars().all(is_fit)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(section: &[u8], funcs: usize) -> Vec<Option<String>> {
        let names = Names::parse(section, &(0..section.len() as u32), funcs, 0);
        let names = (0..funcs as u32).map(|func| names.func(section, func));
        names.map(|name| name.map(str::to_owned)).collect()
    }

    #[test]
    fn odd_names_are_none_and_long_ones_are_cut() {
        let long = ["ä".repeat(513).into_bytes(), b"x".to_vec()].concat();
        let mut map = vec![3, 0, 2, b'o', b'k', 1, 3, 0x1b, b'[', b'm', 2, 0x83, 8];
        assert_eq!(long.len(), 0x403);
        map.extend(&long);
        let mut section = vec![1, 0x80 | (map.len() % 128) as u8, (map.len() / 128) as u8];
        section.extend(&map);
        let cut = Some("ä".repeat(512));
        assert_eq!(names(&section, 3), [Some("ok".to_owned()), None, cut]);
    }
}
