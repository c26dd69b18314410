//! What stores and modules share: the configuration and the numbering of types.

use crate::heap::Collect;
use crate::reserve::{Reservation, Spares};
use crate::types::TypeRegistry;
use fossor_module::{DecodeOptions, FuncType, SubType, TypeIndex, ValType};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

/// When function bodies are validated and translated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Compile {
    /// Everything before the module can be used.
    Eager,
    /// Validated with the module, translated when first called.
    #[default]
    LazyTranslation,
    /// Validated and translated when first called. Fastest start; an invalid
    /// body is found when it is reached.
    Lazy,
}

/// How handlers follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Dispatch {
    /// Tail calls where this build has them, else the loop.
    #[default]
    Tail,
    /// A loop that calls one handler after the other. Portable, slower.
    Loop,
}

/// What relaxed vector operators give where the specification leaves a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum RelaxedSimd {
    /// What the specification's deterministic profile says: everywhere the same.
    #[default]
    Deterministic,
    /// What this processor's instructions give. Only x86-64 makes a difference.
    Native,
}

/// Settings of an [`Engine`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// See [`Compile`].
    pub compile: Compile,
    /// See [`Dispatch`].
    pub dispatch: Dispatch,
    /// Whether instructions are folded and fused. Off, each operator is one
    /// instruction: the reference that the fast mode is compared with.
    pub fuse: bool,
    /// See [`RelaxedSimd`].
    pub relaxed_simd: RelaxedSimd,
    /// Whether code counts the operators it executes against the store's fuel.
    pub fuel: bool,
    /// Whether code counts how often each block is executed: see
    /// [`Module::block_counts`](crate::Module::block_counts).
    pub count_blocks: bool,
    /// Whether a debugger may stop before each operator: see
    /// [`Store::set_observer`](crate::Store::set_observer). Nothing is folded or
    /// fused then.
    pub debug: bool,
    /// Whether NaNs that are computed all get the canonical payload, so that runs are
    /// the same on all processors.
    pub canonical_nans: bool,
    /// Features and limits of modules.
    pub decode: DecodeOptions,
    /// Address space reserved for a store's value stack.
    pub max_stack_bytes: usize,
    /// Bytes of translated code per module.
    pub max_code_bytes: usize,
    /// When structures and arrays are collected.
    pub collect: Collect,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            compile: Compile::default(),
            dispatch: Dispatch::default(),
            fuse: true,
            relaxed_simd: RelaxedSimd::default(),
            fuel: false,
            count_blocks: false,
            debug: false,
            canonical_nans: false,
            decode: DecodeOptions::default(),
            max_stack_bytes: 2 << 30,
            max_code_bytes: 2 << 30,
            collect: Collect::default(),
        }
    }
}

/// Configuration and types, shared by modules and stores. Cheap to clone.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

struct Inner {
    config: Config,
    types: RwLock<TypeRegistry>,
    stacks: Arc<Spares>,
}

/// Value stacks that are kept for stores to come.
const SPARE_STACKS: usize = 16;
/// What is kept of them as it is: most runs use no more.
const SPARE_STACK_JUNK_BYTES: usize = 64 << 10;

impl Default for Engine {
    fn default() -> Self {
        Self::new(Config::default())
    }
}

impl Engine {
    /// An engine with these settings.
    pub fn new(mut config: Config) -> Self {
        config.fuse &= !config.debug;
        Self(Arc::new(Inner {
            config,
            types: RwLock::default(),
            stacks: Spares::new(SPARE_STACKS, SPARE_STACK_JUNK_BYTES),
        }))
    }

    /// The settings.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// Whether tail calls are used.
    pub fn has_tail_calls(&self) -> bool {
        self.dispatch_index() == 1
    }

    /// Whether two engines are the same.
    pub fn same(&self, other: &Engine) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// A value stack of this size, or `None` where the system refuses.
    pub(crate) fn stack(&self, len_bytes: usize) -> Option<Reservation> {
        let stacks = &self.0.stacks;
        let spare = stacks.take(len_bytes);
        spare.or_else(|| Some(stacks.adopt(Reservation::new(len_bytes)?)))
    }

    /// 0: loop, 1: tail calls.
    pub(crate) fn dispatch_index(&self) -> usize {
        usize::from(cfg!(fossor_tail) && self.0.config.dispatch == Dispatch::Tail)
    }

    /// The number of a function type: equal types have equal numbers.
    pub(crate) fn type_id(&self, ty: &FuncType) -> u32 {
        let mut types = self.0.types.write().unwrap_or_else(PoisonError::into_inner);
        types.of_signature(ty)
    }

    /// The numbers of a module's types.
    pub(crate) fn type_ids(&self, types: &[SubType], groups: &[u32]) -> Box<[u32]> {
        let mut registry = self.0.types.write().unwrap_or_else(PoisonError::into_inner);
        registry.of_module(types, groups)
    }

    /// The function type of a number.
    pub(crate) fn type_of(&self, id: u32) -> FuncType {
        self.types().signature(id)
    }

    /// All types, to look at.
    pub(crate) fn types(&self) -> RwLockReadGuard<'_, TypeRegistry> {
        self.0.types.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a type is another, or was declared as a subtype of it.
    pub(crate) fn is_subtype(&self, sub: u32, sup: u32) -> bool {
        sub == sup || self.types().is_subtype(sub, sup)
    }

    /// Whether all values of type `given` are values of type `wanted`; both are
    /// types of this engine.
    pub fn val_subtype(&self, given: ValType, wanted: ValType) -> bool {
        given.is_subtype(wanted, |given, wanted| self.index_subtype(given, wanted))
    }

    /// As [`val_subtype`](Self::val_subtype), of functions: that is declared.
    pub fn func_subtype(&self, given: &FuncType, wanted: &FuncType) -> bool {
        if !self.knows(given) || !self.knows(wanted) {
            return false;
        }
        given == wanted || {
            let (given, wanted) = (self.type_id(given), self.type_id(wanted));
            self.is_subtype(given, wanted)
        }
    }

    /// Whether a function type that says which of an engine's types it is can be
    /// one of this engine.
    pub(crate) fn knows(&self, ty: &FuncType) -> bool {
        ty.declared().is_none() || self.types().knows(ty)
    }

    fn index_subtype(&self, given: TypeIndex, wanted: TypeIndex) -> bool {
        match (given, wanted) {
            (TypeIndex::Engine(given), TypeIndex::Engine(wanted)) => self.is_subtype(given, wanted),
            _ => false,
        }
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine")
            .field("config", self.config())
            .finish_non_exhaustive()
    }
}
