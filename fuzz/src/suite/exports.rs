//! Modules that export all that they have.

use fossor_module::{DecodeOptions, ExternKind, Module};
use wasm_encoder::{ExportKind, ExportSection, RawSection, SectionId};
use wasmparser::Parser;

/// `bytes` with an export of everything that has none; as they are, if they are no module.
pub(super) fn export_all(bytes: &[u8]) -> Vec<u8> {
    let Ok(module) = Module::decode(bytes, &DecodeOptions::default()) else {
        return bytes.to_vec();
    };
    let mut section = Some(section(&module));
    let mut all = wasm_encoder::Module::new();
    let payloads = Parser::new(0).parse_all(bytes).flatten();
    for (id, range) in payloads.filter_map(|payload| payload.as_section()) {
        let goes_behind = match id {
            0 => false,
            // Before the code comes the count of data segments, and before globals tags.
            id => id >= SectionId::Export as u8 && id != SectionId::Tag as u8,
        };
        if goes_behind && let Some(section) = section.take() {
            all.section(&section);
        }
        if id != SectionId::Export as u8 {
            let data = &bytes[range.start as usize..range.end as usize];
            all.section(&RawSection { id, data });
        }
    }
    if let Some(section) = section {
        all.section(&section);
    }
    all.finish()
}

fn section(module: &Module) -> ExportSection {
    let mut section = ExportSection::new();
    for export in &module.exports {
        section.export(&export.name, kind(export.kind), export.index);
    }
    for (of, count) in [
        (ExternKind::Func, module.funcs.len()),
        (ExternKind::Table, module.tables.len()),
        (ExternKind::Memory, module.memories.len()),
        (ExternKind::Global, module.globals.len()),
        (ExternKind::Tag, module.tags.len()),
    ] {
        for index in 0..count as u32 {
            let mut exports = module.exports.iter();
            if !exports.any(|export| export.kind == of && export.index == index) {
                section.export(&format!("the {of:?} {index}"), kind(of), index);
            }
        }
    }
    section
}

fn kind(kind: ExternKind) -> ExportKind {
    match kind {
        ExternKind::Func => ExportKind::Func,
        ExternKind::Table => ExportKind::Table,
        ExternKind::Memory => ExportKind::Memory,
        ExternKind::Global => ExportKind::Global,
        ExternKind::Tag => ExportKind::Tag,
    }
}
