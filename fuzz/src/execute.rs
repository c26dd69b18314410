//! Modules of wasm-smith, run in every way.

use crate::features::config;
use arbitrary::Unstructured;
use fossor_compare::{Error, Plan, Random, Verdict, Way, compare};
use fossor_module::{DecodeError, DecodeOptions};
use wasm_smith::{Config, Module};

/// The ways that are compared; the first is the reference.
pub const WAYS: &[Way] = &[
    Way::Unfused,
    Way::Loop,
    Way::Tail,
    Way::UnfusedTail,
    Way::Wasmi,
    #[cfg(feature = "wasmtime")]
    Way::Wasmtime,
];

/// A module out of `data`; `None` if that is too little. The first byte decides
/// about the kind of module, so that libFuzzer keeps that when it mutates others.
pub fn module(data: &[u8]) -> Option<Vec<u8>> {
    let (&kind, rest) = data.split_first()?;
    let flag = |bit: u8| kind >> bit & 1 != 0;
    let base = config();
    let config = Config {
        simd_enabled: base.simd_enabled && flag(0),
        allow_floats: flag(1),
        disallow_traps: flag(2),
        max_imports: if flag(3) { 6 } else { 0 },
        allow_start_export: flag(4),
        max_instructions: if flag(5) { 1000 } else { 100 },
        gc_enabled: base.gc_enabled && flag(6),
        ..base
    };
    let mut source = Unstructured::new(rest);
    let mut module = Module::new(config, &mut source).ok()?;
    if flag(7) {
        module.ensure_termination(60).ok()?;
    }
    let bytes = module.to_bytes();
    // With atomics come shared memories.
    let options = DecodeOptions::default();
    match fossor_module::Module::decode(&*bytes, &options) {
        Err(DecodeError::Unsupported { .. }) => None,
        _ => Some(bytes),
    }
}

/// Every way is alike.
pub fn run(data: &[u8]) {
    if let Some(bytes) = module(data) {
        agree(&bytes, Random(data.len() as u64).bits());
    }
}

/// Calls all exports of a valid module with arguments out of `seed`.
pub fn agree(bytes: &[u8], seed: u64) {
    let plan = Plan {
        seed,
        ..Plan::default()
    };
    match compare(bytes, &plan, WAYS) {
        Ok(Verdict {
            difference: Some(difference),
            ..
        }) => panic!("seed {seed:#x}: {difference}"),
        Ok(_) | Err(Error::Import { .. }) => {}
        Err(error) => panic!("seed {seed:#x}: {error}"),
    }
}
