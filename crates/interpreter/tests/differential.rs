//! Modules of wasm-smith: whatever they do, all modes do it alike.

mod common;

use common::differential::{Random, all_modes_agree};
use fossor_module::{DecodeError, DecodeOptions};

/// More were run when this was written; these take seconds in a debug build.
const SEEDS: u64 = 150;

fn module(seed: u64) -> Option<Vec<u8>> {
    let mut random = Random(seed);
    let bytes: Vec<u8> = (0..500 + random.below(3000))
        .map(|_| random.next() as u8)
        .collect();
    let config = wasm_smith::Config {
        exceptions_enabled: false,
        gc_enabled: false,
        compact_imports_enabled: false,
        memory64_enabled: random.percent(30),
        custom_page_sizes_enabled: random.percent(30),
        threads_enabled: random.percent(20),
        wide_arithmetic_enabled: random.percent(50),
        simd_enabled: random.percent(50),
        allow_floats: random.percent(50),
        disallow_traps: random.percent(60),
        canonicalize_nans: true,
        export_everything: true,
        memory_max_size_required: true,
        max_memory32_bytes: 2 << 16,
        max_memory64_bytes: 2 << 16,
        max_memories: 2,
        min_memories: 1,
        max_tables: 2,
        max_table_elements: 30,
        max_imports: 0,
        min_types: 2,
        min_funcs: 1,
        max_funcs: 8,
        max_values: 10,
        max_instructions: 300,
        ..wasm_smith::Config::default()
    };
    let mut source = arbitrary::Unstructured::new(&bytes);
    let mut module = wasm_smith::Module::new(config, &mut source).ok()?;
    if random.percent(80) {
        module.ensure_termination(50).ok()?;
    }
    let bytes = module.to_bytes();
    // With atomics come shared memories.
    let options = DecodeOptions::default();
    match fossor_module::Module::decode(&*bytes, &options) {
        Err(DecodeError::Unsupported { .. }) => None,
        _ => Some(bytes),
    }
}

#[test]
fn generated_modules() {
    for seed in 0..SEEDS {
        if let Some(bytes) = module(seed) {
            all_modes_agree(&bytes, seed);
        }
    }
}
