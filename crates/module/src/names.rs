//! Function names out of the `name` section.
//!
//! Source: specification, appendix "Custom Sections / Name Section".

use std::ops::Range;

use wasmparser::{BinaryReader, Name, NameSectionReader};

/// Where the names of functions are, by function index.
#[derive(Debug, Default)]
pub(crate) struct FuncNames {
    /// Ranges in the module's bytes, empty for a function without a name.
    ranges: Vec<Range<u32>>,
}

impl FuncNames {
    /// Reads the `name` section at `section` as far as it makes sense: garbage in
    /// it is no reason to refuse a module. `functions` is the number of functions.
    pub(crate) fn parse(bytes: &[u8], section: &Range<u32>, functions: usize) -> Self {
        let contents = &bytes[section.start as usize..section.end as usize];
        let reader = NameSectionReader::new(BinaryReader::new(contents, section.start.into()));
        for subsection in reader {
            match subsection {
                Ok(Name::Function(names)) => {
                    let mut ranges = vec![0..0; functions];
                    let mut names = names;
                    while let Some(Ok(naming)) = names.next() {
                        // The reader stands right behind the name.
                        let end = names.names.original_position() as u32;
                        let start = end - naming.name.len() as u32;
                        if let Some(range) = ranges.get_mut(naming.index as usize) {
                            *range = start..end;
                        }
                    }
                    return Self { ranges };
                }
                Ok(_) => {}
                Err(error) => {
                    log::debug!("the name section is damaged: {error}");
                    break;
                }
            }
        }
        Self::default()
    }

    /// The name of a function.
    pub(crate) fn get<'a>(&self, bytes: &'a [u8], func_idx: u32) -> Option<&'a str> {
        let range = self.ranges.get(func_idx as usize)?;
        let name = bytes.get(range.start as usize..range.end as usize)?;
        std::str::from_utf8(name)
            .ok()
            .filter(|name| !name.is_empty())
    }
}
