//! Settings of an engine.

use fossor_interpreter as core;
use fossor_module::{DecodeOptions, ModuleLimits, WasmFeatures};

pub use core::{Collect, Compile, Dispatch, RelaxedSimd};

/// Settings of an [`Engine`](crate::Engine).
///
/// ```
/// use fossor::{Compile, Config, Engine};
///
/// let engine = Engine::new(Config::new().compile(Compile::Lazy).consume_fuel(true));
/// assert!(engine.config().consumes_fuel());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Config(pub(crate) core::Config);

impl Config {
    /// The defaults: bodies validated with the module and translated when first
    /// called, the fastest dispatcher of this build, and all of WebAssembly that
    /// is supported.
    pub fn new() -> Self {
        Self::default()
    }

    /// When function bodies are validated and translated.
    pub fn compile(&mut self, compile: Compile) -> &mut Self {
        self.0.compile = compile;
        self
    }

    /// How handlers follow each other.
    pub fn dispatch(&mut self, dispatch: Dispatch) -> &mut Self {
        self.0.dispatch = dispatch;
        self
    }

    /// Whether instructions are folded and fused. Off, each operator is one
    /// instruction: slower, and the reference for the fast mode.
    pub fn fuse(&mut self, fuse: bool) -> &mut Self {
        self.0.fuse = fuse;
        self
    }

    /// Whether guests use up the store's fuel, one unit for each operator, and one
    /// for each 64 bytes or eight elements that an operator fills or copies. A store starts with none: see [`Store::set_fuel`](crate::Store::set_fuel).
    pub fn consume_fuel(&mut self, consume: bool) -> &mut Self {
        self.0.fuel = consume;
        self
    }

    /// Whether code counts how often each block of operators is executed: see
    /// [`Module::block_counts`](crate::Module::block_counts).
    pub fn count_blocks(&mut self, count: bool) -> &mut Self {
        self.0.count_blocks = count;
        self
    }

    /// Whether a debugger may stop before each operator: see
    /// [`Stopped`](crate::Stopped). Nothing is folded or fused then.
    pub fn debug(&mut self, debug: bool) -> &mut Self {
        self.0.debug = debug;
        self
    }

    /// Whether NaNs that are computed all get the canonical payload, which processors
    /// differ in otherwise. Costs an instruction for each operator on floats.
    pub fn canonicalise_nans(&mut self, canonicalise: bool) -> &mut Self {
        self.0.canonical_nans = canonicalise;
        self
    }

    /// Bytes of a store's value stack, where the guest's frames are: 2 GiB of
    /// address space by default, of which only what is used takes memory.
    pub fn max_stack_bytes(&mut self, bytes: usize) -> &mut Self {
        self.0.max_stack_bytes = bytes;
        self
    }

    /// Bytes of translated code per module, 2 GiB by default.
    pub fn max_code_bytes(&mut self, bytes: usize) -> &mut Self {
        self.0.max_code_bytes = bytes;
        self
    }

    /// When structures and arrays are collected: for tests, which want that at
    /// moments that are seldom otherwise.
    pub fn collect(&mut self, collect: Collect) -> &mut Self {
        self.0.collect = collect;
        self
    }

    /// Sizes beyond which a module is refused.
    pub fn module_limits(&mut self, limits: ModuleLimits) -> &mut Self {
        self.0.decode.limits = limits;
        self
    }

    /// Modules may use WebAssembly 1.0 and nothing more.
    pub fn wasm1(&mut self) -> &mut Self {
        self.0.decode.features = DecodeOptions::wasm1().features;
        self
    }

    /// Modules may use WebAssembly 2.0 and nothing more.
    pub fn wasm2(&mut self) -> &mut Self {
        self.0.decode.features = DecodeOptions::wasm2().features;
        self
    }

    /// Modules may use WebAssembly 3.0 and nothing more.
    pub fn wasm3(&mut self) -> &mut Self {
        self.0.decode.features = DecodeOptions::wasm3().features;
        self
    }

    /// Whether modules may use tail calls.
    pub fn wasm_tail_call(&mut self, enable: bool) -> &mut Self {
        self.feature(WasmFeatures::TAIL_CALL, enable)
    }

    /// Whether modules may use extended constant expressions.
    pub fn wasm_extended_const(&mut self, enable: bool) -> &mut Self {
        self.feature(WasmFeatures::EXTENDED_CONST, enable)
    }

    /// Whether modules may have several memories.
    pub fn wasm_multi_memory(&mut self, enable: bool) -> &mut Self {
        self.feature(WasmFeatures::MULTI_MEMORY, enable)
    }

    /// Whether modules may use relaxed vector instructions.
    pub fn wasm_relaxed_simd(&mut self, enable: bool) -> &mut Self {
        self.feature(WasmFeatures::RELAXED_SIMD, enable)
    }

    /// What relaxed vector instructions give where there is a choice.
    pub fn relaxed_simd(&mut self, relaxed_simd: RelaxedSimd) -> &mut Self {
        self.0.relaxed_simd = relaxed_simd;
        self
    }

    /// Whether modules may have memories and tables with 64-bit indices.
    pub fn wasm_memory64(&mut self, enable: bool) -> &mut Self {
        self.feature(WasmFeatures::MEMORY64, enable)
    }

    /// Whether modules may use typed function references.
    pub fn wasm_function_references(&mut self, enable: bool) -> &mut Self {
        self.feature(WasmFeatures::FUNCTION_REFERENCES, enable)
    }

    /// Whether modules may use exceptions.
    pub fn wasm_exceptions(&mut self, enable: bool) -> &mut Self {
        self.feature(WasmFeatures::EXCEPTIONS, enable)
    }

    /// Whether modules may use structures and arrays that are collected.
    pub fn wasm_gc(&mut self, enable: bool) -> &mut Self {
        self.feature(WasmFeatures::GC, enable)
    }

    /// Whether modules may use instructions on 128-bit integers: a proposal
    /// beyond 3.0.
    pub fn wasm_wide_arithmetic(&mut self, enable: bool) -> &mut Self {
        self.feature(WasmFeatures::WIDE_ARITHMETIC, enable)
    }

    /// Whether memories may have pages of one byte: a proposal beyond 3.0.
    pub fn wasm_custom_page_sizes(&mut self, enable: bool) -> &mut Self {
        self.feature(WasmFeatures::CUSTOM_PAGE_SIZES, enable)
    }

    /// Whether modules may use the atomic instructions of the threads proposal,
    /// on memories that are not shared.
    pub fn wasm_atomics(&mut self, enable: bool) -> &mut Self {
        self.feature(WasmFeatures::THREADS, enable)
    }

    /// Whether guests use up fuel.
    pub fn consumes_fuel(&self) -> bool {
        self.0.fuel
    }

    fn feature(&mut self, feature: WasmFeatures, enable: bool) -> &mut Self {
        self.0.decode.features.set(feature, enable);
        self
    }
}
