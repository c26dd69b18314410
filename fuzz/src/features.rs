//! What of WebAssembly generated modules use: what Fossor runs by default, so a
//! proposal that is turned on there is turned on here.

use fossor_module::{DecodeOptions, WasmFeatures};
use std::sync::OnceLock;
use wasm_smith::Config;

/// A proposal that modules can be made for alone: its name, what is not valid without it,
/// and what switches it on in wasm-smith.
pub type Proposal = (&'static str, WasmFeatures, fn(&mut Config));

/// Those beyond WebAssembly 2.0.
pub const PROPOSALS: [Proposal; 9] = [
    ("exceptions", WasmFeatures::EXCEPTIONS, |config| {
        config.exceptions_enabled = true;
    }),
    // With it come typed function references.
    ("gc", WasmFeatures::GC, |config| config.gc_enabled = true),
    ("memory64", WasmFeatures::MEMORY64, |config| {
        config.memory64_enabled = true;
    }),
    ("multi-memory", WasmFeatures::MULTI_MEMORY, |config| {
        config.max_memories = 3;
    }),
    ("tail-call", WasmFeatures::TAIL_CALL, |config| {
        config.tail_call_enabled = true;
    }),
    ("relaxed-simd", WasmFeatures::RELAXED_SIMD, |config| {
        config.relaxed_simd_enabled = true;
    }),
    ("wide-arithmetic", WasmFeatures::WIDE_ARITHMETIC, |config| {
        config.wide_arithmetic_enabled = true;
    }),
    (
        "custom-page-sizes",
        WasmFeatures::CUSTOM_PAGE_SIZES,
        |config| {
            config.custom_page_sizes_enabled = true;
        },
    ),
    ("threads", WasmFeatures::THREADS, |config| {
        config.threads_enabled = true;
    }),
];

/// The proposal that the variable `FOSSOR_FUZZ_PROPOSAL` names, if it is set.
pub fn chosen() -> Option<&'static Proposal> {
    static CHOSEN: OnceLock<Option<&Proposal>> = OnceLock::new();
    *CHOSEN.get_or_init(|| {
        let name = std::env::var("FOSSOR_FUZZ_PROPOSAL").ok()?;
        let found = PROPOSALS.iter().find(|proposal| proposal.0 == name);
        assert!(found.is_some(), "there is no proposal {name}");
        found
    })
}

/// [`config`] with one proposal alone.
pub fn config_for(proposal: &Proposal) -> Config {
    let mut config = Config {
        exceptions_enabled: false,
        gc_enabled: false,
        memory64_enabled: false,
        max_memories: 1,
        tail_call_enabled: false,
        relaxed_simd_enabled: false,
        wide_arithmetic_enabled: false,
        custom_page_sizes_enabled: false,
        threads_enabled: false,
        ..config()
    };
    (proposal.2)(&mut config);
    config
}

/// Modules that are executed: all is exported, sizes are small, NaNs canonical.
pub fn config() -> Config {
    let on = |feature| DecodeOptions::default().features.contains(feature);
    Config {
        exceptions_enabled: on(WasmFeatures::EXCEPTIONS),
        gc_enabled: on(WasmFeatures::GC),
        memory64_enabled: on(WasmFeatures::MEMORY64),
        relaxed_simd_enabled: false,
        simd_enabled: on(WasmFeatures::SIMD),
        tail_call_enabled: on(WasmFeatures::TAIL_CALL),
        extended_const_enabled: on(WasmFeatures::EXTENDED_CONST),
        threads_enabled: on(WasmFeatures::THREADS),
        wide_arithmetic_enabled: on(WasmFeatures::WIDE_ARITHMETIC),
        custom_page_sizes_enabled: on(WasmFeatures::CUSTOM_PAGE_SIZES),
        shared_everything_threads_enabled: false,
        custom_descriptors_enabled: false,
        compact_imports_enabled: false,
        canonicalize_nans: true,
        export_everything: true,
        memory_max_size_required: true,
        max_memory32_bytes: 3 << 16,
        max_memory64_bytes: 3 << 16,
        max_memories: 3,
        min_memories: 1,
        table_max_size_required: true,
        max_tables: 3,
        max_table_elements: 30,
        min_types: 2,
        min_funcs: 1,
        max_funcs: 8,
        max_type_size: 1000,
        max_globals: 20,
        max_values: 10,
        max_instructions: 300,
        max_imports: 0,
        ..Config::default()
    }
}
