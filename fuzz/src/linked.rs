//! Two modules of wasm-smith, of which one imports what the other exports: they call
//! each other through imports and shared tables, and share memories, globals and tags.

use crate::execute::{WAYS, agree_under, config_of, module_of, plan};
use fossor_compare::{Linked, Plan, Way};
use wasm_encoder::reencode::{Error, Reencode, RoundtripReencoder};
use wasm_encoder::{EntityType, ImportSection, Module, RawSection, TagKind, TagType};
use wasm_smith::Config;
use wasmparser::{Encoding, ExternalKind, Parser, Payload, TypeRef};

/// What the second imports from the first by.
const NAME: &str = "first";

/// Every way is alike on both. The first two bytes are the modules' kinds, the third
/// says how much of the rest makes the first.
pub fn run(data: &[u8]) {
    let [first_kind, kind, share, rest @ ..] = data else {
        return;
    };
    let (first, second) = rest.split_at(rest.len() * usize::from(*share) / 256);
    let Some(first) = module_of(linkable(*first_kind), *first_kind, first) else {
        return;
    };
    let exports = exports(&first).expect("a module of wasm-smith can be read");
    let config = Config {
        available_imports: Some(exports),
        // There is room for what is imported, and for what is not.
        max_memories: 6,
        max_tables: 6,
        max_imports: 100,
        max_funcs: 16,
        ..linkable(*kind)
    };
    let Some(second) = module_of(config, *kind, second) else {
        return;
    };
    let plan = Plan {
        linked: vec![Linked {
            name: NAME.to_owned(),
            bytes: first,
        }],
        ..plan(data.len())
    };
    // wasmi is told of one module alone; a snapshot is not taken where memories are shared.
    let ways: Vec<_> = WAYS
        .iter()
        .filter(|way| !matches!(way, Way::Wasmi | Way::Restored))
        .copied()
        .collect();
    agree_under(&ways, &second, &plan);
}

/// wasm-smith reads imports that it may use with a validator that knows no pages of
/// other sizes.
fn linkable(kind: u8) -> Config {
    Config {
        custom_page_sizes_enabled: false,
        ..config_of(kind)
    }
}

/// A module that imports all that `bytes` exports, with its types.
fn exports(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let mut types = None;
    let (mut funcs, mut tables, mut memories) = (Vec::new(), Vec::new(), Vec::new());
    let (mut globals, mut tags) = (Vec::new(), Vec::new());
    let mut imports = ImportSection::new();
    let same = &mut RoundtripReencoder;
    let tag = |index: u32| TagType {
        kind: TagKind::Exception,
        func_type_idx: index,
    };
    for payload in Parser::new(0).parse_all(bytes) {
        match payload? {
            Payload::Version { encoding, .. } => assert_eq!(encoding, Encoding::Module),
            Payload::TypeSection(section) => {
                let range = section.range();
                types = bytes.get(range.start as usize..range.end as usize);
            }
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    match import?.ty {
                        TypeRef::Func(ty) | TypeRef::FuncExact(ty) => funcs.push(ty),
                        TypeRef::Table(ty) => tables.push(same.table_type(ty)?),
                        TypeRef::Memory(ty) => memories.push(same.memory_type(ty)?),
                        TypeRef::Global(ty) => globals.push(same.global_type(ty)?),
                        TypeRef::Tag(ty) => tags.push(tag(ty.func_type_idx)),
                    }
                }
            }
            Payload::FunctionSection(section) => {
                for ty in section {
                    funcs.push(ty?);
                }
            }
            Payload::TableSection(section) => {
                for table in section {
                    tables.push(same.table_type(table?.ty)?);
                }
            }
            Payload::MemorySection(section) => {
                for ty in section {
                    memories.push(same.memory_type(ty?)?);
                }
            }
            Payload::GlobalSection(section) => {
                for global in section {
                    globals.push(same.global_type(global?.ty)?);
                }
            }
            Payload::TagSection(section) => {
                for ty in section {
                    tags.push(tag(ty?.func_type_idx));
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export?;
                    let index = export.index as usize;
                    let ty = match export.kind {
                        ExternalKind::Func | ExternalKind::FuncExact => {
                            EntityType::Function(funcs[index])
                        }
                        ExternalKind::Table => EntityType::Table(tables[index]),
                        ExternalKind::Memory => EntityType::Memory(memories[index]),
                        ExternalKind::Global => EntityType::Global(globals[index]),
                        ExternalKind::Tag => EntityType::Tag(tags[index]),
                    };
                    imports.import(NAME, export.name, ty);
                }
            }
            _ => {}
        }
    }
    let mut module = Module::new();
    if let Some(data) = types {
        module.section(&RawSection { id: 1, data });
    }
    module.section(&imports);
    Ok(module.finish())
}
