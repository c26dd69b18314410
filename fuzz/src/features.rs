//! What of WebAssembly generated modules use: what Fossor runs by default, so a
//! proposal that is turned on there is turned on here.

use fossor_module::{DecodeOptions, WasmFeatures};
use wasm_smith::Config;

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
