//! Where a module's sections are, and which functions call its imports.

use crate::Module;
use std::ops::Range;
use wasmparser::{Operator, Parser, Payload};

impl Module {
    /// The sections in order: name, and where the contents are in
    /// [`Module::bytes`]. A custom section has its own name.
    pub fn sections(&self) -> Vec<(String, Range<u32>)> {
        let payloads = Parser::new(0).parse_all(&self.bytes);
        let sections = payloads.map_while(Result::ok).filter_map(|payload| {
            if let Payload::CustomSection(custom) = &payload {
                return Some((custom.name().to_owned(), range(custom.range())));
            }
            let (id, place) = payload.as_section()?;
            Some((section_name(id).to_owned(), range(place)))
        });
        sections.collect()
    }

    /// For each imported function, the first defined function that calls it.
    pub fn import_callers(&self) -> Vec<Option<u32>> {
        let mut callers = vec![None; self.imported_funcs as usize];
        for defined_idx in 0..self.bodies.len() as u32 {
            let Ok(mut operators) = self.body(defined_idx).get_operators_reader() else {
                continue;
            };
            while let Ok(operator) = operators.read() {
                if let Operator::Call { function_index } = operator
                    && let Some(caller) = callers.get_mut(function_index as usize)
                {
                    caller.get_or_insert(self.imported_funcs + defined_idx);
                }
            }
        }
        callers
    }
}

fn range(range: Range<u64>) -> Range<u32> {
    range.start as u32..range.end as u32
}

/// Source: specification, "Binary Format / Modules / Sections".
fn section_name(id: u8) -> &'static str {
    const NAMES: [&str; 14] = [
        "custom",
        "type",
        "import",
        "function",
        "table",
        "memory",
        "global",
        "export",
        "start",
        "element",
        "code",
        "data",
        "data count",
        "tag",
    ];
    NAMES.get(usize::from(id)).copied().unwrap_or("unknown")
}
