//! Modules of wasm-smith, run in every way.

use crate::features::{chosen, config, config_for};
use arbitrary::Unstructured;
use fossor_compare::{Error, Plan, Random, Verdict, Way, compare};
use fossor_module::{DecodeError, DecodeOptions};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use wasm_smith::{Config, Module};

/// The ways that are compared; the first is the reference.
pub const WAYS: &[Way] = &[
    Way::Unfused,
    Way::Loop,
    Way::Tail,
    Way::UnfusedTail,
    Way::Stressed,
    Way::FreeLoop,
    Way::Free,
    Way::Watched,
    Way::Restored,
    Way::Wasmi,
    #[cfg(feature = "wasmtime")]
    Way::Wasmtime,
];

/// The engine of others that runs most modules.
const ORACLE: Way = *WAYS.last().expect("some");

/// A module out of `data`; `None` if that is too little. The first byte decides
/// about the kind of module, so that libFuzzer keeps that when it mutates others.
pub fn module(data: &[u8]) -> Option<Vec<u8>> {
    let (&kind, rest) = data.split_first()?;
    module_of(config_of(kind), kind, rest)
}

/// What modules of a kind are made of.
pub(crate) fn config_of(kind: u8) -> Config {
    let flag = |bit: u8| kind >> bit & 1 != 0;
    let chosen = chosen();
    let base = chosen.map_or_else(config, config_for);
    Config {
        simd_enabled: base.simd_enabled && (flag(0) || base.relaxed_simd_enabled),
        allow_floats: flag(1),
        disallow_traps: flag(2),
        max_imports: if flag(3) { 6 } else { 0 },
        allow_start_export: flag(4),
        max_instructions: if flag(5) { 1000 } else { 100 },
        gc_enabled: base.gc_enabled && (flag(6) || chosen.is_some()),
        ..base
    }
}

/// A module of a kind.
pub(crate) fn module_of(config: Config, kind: u8, data: &[u8]) -> Option<Vec<u8>> {
    let relaxed = config.relaxed_simd_enabled;
    let mut source = Unstructured::new(data);
    let mut module = Module::new(config, &mut source).ok()?;
    if kind >> 7 != 0 {
        module.ensure_termination(60).ok()?;
    }
    let bytes = module.to_bytes();
    // With atomics come shared memories.
    let options = DecodeOptions::default();
    match fossor_module::Module::decode(&*bytes, &options) {
        Err(DecodeError::Unsupported { .. }) => None,
        _ if relaxed && multiplies_and_adds(&bytes) => None,
        _ => Some(bytes),
    }
}

/// Whether a module has relaxed multiply-add, which wasmtime's deterministic mode
/// rounds once and Fossor, as the specification's deterministic profile, twice.
pub(crate) fn multiplies_and_adds(bytes: &[u8]) -> bool {
    let bodies = wasmparser::Parser::new(0).parse_all(bytes).flatten();
    let mut bodies = bodies.filter_map(|payload| match payload {
        wasmparser::Payload::CodeSectionEntry(body) => body.get_operators_reader().ok(),
        _ => None,
    });
    bodies.any(|operators| {
        let mut operators = operators.into_iter().flatten();
        operators.any(|operator| {
            let name = format!("{operator:?}");
            name.contains("RelaxedMadd") || name.contains("RelaxedNmadd")
        })
    })
}

/// Every way is alike.
pub fn run(data: &[u8]) {
    if let Some(bytes) = module(data) {
        agree_under(WAYS, &bytes, &plan(data.len()));
    }
}

/// What is done with a module that was made of so many bytes. Every fourth has so small
/// a stack that recursion comes to its end before it is out of fuel.
pub(crate) fn plan(len: usize) -> Plan {
    let mut plan = Plan {
        seed: Random(len as u64).bits(),
        ..Plan::default()
    };
    if len % 4 == 0 {
        plan.stack_bytes = 1 << 16;
    }
    plan
}

/// Calls all exports of a valid module with arguments out of `seed`.
pub fn agree(bytes: &[u8], seed: u64) {
    let plan = Plan {
        seed,
        ..Plan::default()
    };
    agree_under(WAYS, bytes, &plan);
}

/// As [`agree`], in some ways and under a plan. The module is written to the file that
/// the variable `FOSSOR_FUZZ_MODULE` names, for `fossor diff`; those that it is linked
/// to beside it, each with its name at the end.
pub fn agree_under(ways: &[Way], bytes: &[u8], plan: &Plan) {
    if let Some(file) = std::env::var_os("FOSSOR_FUZZ_MODULE") {
        for linked in &plan.linked {
            let mut beside = file.clone();
            beside.push(format!(".{}", linked.name));
            std::fs::write(beside, &linked.bytes).expect("the other module's file");
        }
        std::fs::write(file, bytes).expect("the module's file");
    }
    let seed = plan.seed;
    match compare(bytes, plan, ways) {
        Ok(Verdict {
            difference: Some(difference),
            ..
        }) => panic!("seed {seed:#x}: {difference}"),
        Ok(verdict) => count(&verdict),
        Err(Error::Import { .. }) => {}
        Err(error) => panic!("seed {seed:#x}: {error}"),
    }
}

/// Every two hundredth time says how much was compared: libFuzzer ends the process
/// without a word to us.
fn count(verdict: &Verdict) {
    static MODULES: AtomicU64 = AtomicU64::new(0);
    static CALLS: AtomicU64 = AtomicU64::new(0);
    static UNABLE: AtomicU64 = AtomicU64::new(0);
    static CONTRADICTED: AtomicU64 = AtomicU64::new(0);
    let add = |counter: &AtomicU64, by: u64| counter.fetch_add(by, Relaxed) + by;
    let modules = add(&MODULES, 1);
    let calls = add(&CALLS, verdict.calls.saturating_sub(1) as u64);
    let theirs = verdict.unable.iter().find(|(way, _)| *way == ORACLE);
    let unable = add(&UNABLE, theirs.is_some().into());
    let mut reasons = verdict.unable.iter();
    let contradicted = reasons.find(|(_, reason)| reason.contains("contradicts"));
    let contradictions = add(&CONTRADICTED, contradicted.is_some().into());
    if modules % 200 == 0 {
        println!(
            "compared: {modules} modules, {calls} calls; {unable} modules not by {ORACLE}, \
             {contradictions} times wasmi was wrong"
        );
    }
    for (way, why) in theirs.iter().chain(&contradicted) {
        if unable + contradictions < 50 {
            println!("not by {way}: {why}");
        }
    }
}
