//! What a module may use and how large it may be.

use wasmparser::WasmFeatures;

/// How to decode a module.
#[derive(Clone, Debug)]
pub struct DecodeOptions {
    /// Features of WebAssembly a module may use. Anything else is refused when
    /// the module is decoded or, inside a function body, when that is validated.
    pub features: WasmFeatures,
    /// Sizes beyond which a module is refused.
    pub limits: ModuleLimits,
}

impl DecodeOptions {
    /// WebAssembly 1.0 and nothing more.
    pub fn wasm1() -> Self {
        Self::with_features(WasmFeatures::WASM1)
    }

    /// WebAssembly 2.0 and nothing more.
    pub fn wasm2() -> Self {
        Self::with_features(WasmFeatures::WASM2)
    }

    /// WebAssembly 3.0 and nothing more.
    pub fn wasm3() -> Self {
        Self::with_features(WasmFeatures::WASM3)
    }

    fn with_features(features: WasmFeatures) -> Self {
        Self {
            features,
            limits: ModuleLimits::default(),
        }
    }
}

impl Default for DecodeOptions {
    /// All that is supported.
    fn default() -> Self {
        Self::with_features(
            WasmFeatures::WASM2
                // Of WebAssembly 3.0:
                .union(WasmFeatures::EXTENDED_CONST)
                .union(WasmFeatures::TAIL_CALL)
                .union(WasmFeatures::MULTI_MEMORY)
                .union(WasmFeatures::RELAXED_SIMD)
                .union(WasmFeatures::MEMORY64)
                .union(WasmFeatures::FUNCTION_REFERENCES)
                .union(WasmFeatures::EXCEPTIONS)
                .union(WasmFeatures::GC)
                // Beyond it:
                .union(WasmFeatures::CUSTOM_PAGE_SIZES)
                .union(WasmFeatures::WIDE_ARITHMETIC)
                .union(WasmFeatures::THREADS),
        )
    }
}

/// Sizes beyond which a module is refused with
/// [`DecodeError::TooLarge`](crate::DecodeError::TooLarge).
///
/// The defaults are those browsers agreed on, which `wasmparser` enforces too:
/// a limit above its default has no effect, except for `module_bytes`. Fixed
/// besides are 50,000 locals of a function, 1,000 parameters and 1,000 results.
/// Source: WebAssembly JavaScript Interface, "Implementation-defined Limits".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleLimits {
    /// Bytes of the whole module; never more than 4 GiB - 1.
    pub module_bytes: u64,
    /// Bytes of one function body.
    pub function_bytes: u64,
    /// Types.
    pub types: u64,
    /// Imports.
    pub imports: u64,
    /// Functions, imported and defined.
    pub functions: u64,
    /// Tables, imported and defined.
    pub tables: u64,
    /// Memories, imported and defined.
    pub memories: u64,
    /// Globals, imported and defined.
    pub globals: u64,
    /// Tags of exceptions, imported and defined.
    pub tags: u64,
    /// Exports.
    pub exports: u64,
    /// Element segments.
    pub element_segments: u64,
    /// Items of one element segment.
    pub segment_elements: u64,
    /// Data segments. Go's linker emits up to 100,000.
    pub data_segments: u64,
}

impl Default for ModuleLimits {
    fn default() -> Self {
        Self {
            module_bytes: 1 << 30,
            function_bytes: 7_654_321,
            types: 1_000_000,
            imports: 1_000_000,
            functions: 1_000_000,
            tables: 100_000,
            memories: 100,
            globals: 1_000_000,
            tags: 1_000_000,
            exports: 1_000_000,
            element_segments: 100_000,
            segment_elements: 10_000_000,
            data_segments: 100_000,
        }
    }
}
