//! Names of functions and tags out of the `name` section.
//!
//! Source: specification, appendix "Custom Sections / Name Section".

use std::ops::Range;

use wasmparser::{BinaryReader, Name, NameMap, NameSectionReader};

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
                Ok(Name::Function(names)) => found.funcs = ranges(names, funcs),
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
    let name = std::str::from_utf8(name).ok();
    name.filter(|name| !name.is_empty())
}
