//! A module ready to be instantiated: decoded, with code that comes into being
//! as functions are called, shared by all instances and threads.

use crate::engine::{Compile, Engine};
use crate::error::{Error, TranslateError, TrapInfo};
use crate::execute::context::{Context, FuncEntry, FuncRef};
use crate::execute::exception::CatchTable;
use crate::execute::{call, handlers::both};
use crate::heap::Layout;
use crate::instance::Buffers;
use crate::translate::{Line, Spare, translate};
use fossor_host::{Interrupt, Trap};
use fossor_module::{ExternType, FuncType, TypeIndex};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use wasmparser::FuncValidatorAllocations;

/// A compiled module. `Send + Sync`, and cheap to clone: compile once,
/// instantiate often.
#[derive(Clone)]
pub struct Module(pub(crate) Arc<ModuleInner>);

pub(crate) struct ModuleInner {
    pub engine: Engine,
    pub decoded: fossor_module::Module,
    /// One for each defined function. Never moves: code refers to them.
    pub entries: Box<[FuncEntry]>,
    /// The engine's number of each type.
    pub type_ids: Box<[u32]>,
    /// Whether all types are functions that their signatures identify.
    pub plain_types: bool,
    /// What objects of each type look like; nothing if all types are plain.
    pub layouts: Box<[Arc<Layout>]>,
    /// Byte offset from the context of each own global.
    global_offsets: Box<[u32]>,
    pub own_globals_slots: u32,
    /// What instances leave for the next.
    pub func_buffers: Arc<Buffers<FuncRef>>,
    pub table_buffers: Arc<Buffers<u64>>,
    /// Bytes of code that was published.
    code_bytes: Mutex<usize>,
    scratch: Mutex<Scratch>,
    /// Of translated functions that catch exceptions, by defined index.
    catches: Mutex<HashMap<u32, Arc<CatchTable>>>,
    /// For each byte of the module, whether a debugger stops before the operator
    /// there; empty if there is none. Code refers to them.
    breaks: Box<[AtomicU8]>,
    /// Code refers to the counts, which therefore never move.
    counters: Mutex<Vec<(u32, u32, Box<AtomicU64>)>>,
}

/// How often a block of operators was executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockCount {
    /// Index of the function.
    pub func_idx: u32,
    /// Byte offset in the module of the operator that the block begins after,
    /// or with.
    pub wasm_offset: u32,
    /// Executions.
    pub count: u64,
}

/// Buffers that translating one function leaves for the next.
#[derive(Default)]
pub(crate) struct Scratch {
    /// wasmparser's.
    pub allocations: Option<FuncValidatorAllocations>,
    /// For code: empty, or to be emptied.
    pub code: Vec<u64>,
    pub spare: Spare,
}

impl Module {
    /// Decodes a binary module and, as the engine's [`Compile`] says, validates
    /// and translates its functions.
    pub fn new(engine: &Engine, bytes: impl Into<fossor_module::Bytes>) -> Result<Self, Error> {
        let mut decoded = fossor_module::Module::decode(bytes, &engine.config().decode)?;
        if engine.config().compile == Compile::LazyTranslation {
            decoded.validate_bodies()?;
        }
        let type_ids = engine.type_ids(&decoded.types, &decoded.type_groups);
        let refers_to_declared = decoded.refers_to_declared();
        if refers_to_declared {
            // From here on, types mean the same in all modules.
            decoded.map_type_indices(|index| match index {
                TypeIndex::Module(index) => TypeIndex::Engine(type_ids[index as usize]),
                other => other,
            });
        }
        let plain_types = decoded
            .types
            .iter()
            .all(|ty| ty.is_final && ty.supertype.is_none() && ty.as_func().is_some())
            && decoded.type_groups.len() == decoded.types.len()
            && !refers_to_declared;
        let layouts = match plain_types {
            true => Box::default(),
            false => {
                let types = engine.types();
                type_ids.iter().map(|&id| types.layout(id)).collect()
            }
        };
        let dispatch = engine.dispatch_index();
        let stub = both!(call::translate)[dispatch] as usize as u64;
        let link_slots = decoded.types.iter().map(|ty| {
            ty.as_func()
                .map_or(0, |ty| ty.param_slots().max(ty.result_slots()) as u16)
        });
        let link_slots: Box<[u16]> = link_slots.collect();
        let entries: Box<[FuncEntry]> = decoded.funcs[decoded.imported_funcs as usize..]
            .iter()
            .enumerate()
            .map(|(defined_idx, &ty)| {
                FuncEntry::new(defined_idx as u32, link_slots[ty as usize], stub)
            })
            .collect();
        let mut own_globals_slots = 0;
        let global_offsets = decoded.globals[decoded.imported_globals as usize..]
            .iter()
            .map(|global| {
                let offset = Context::GLOBALS_OFFSET as u32 + own_globals_slots * 8;
                own_globals_slots += global.ty.value.slots();
                offset
            })
            .collect();
        let breaks = match engine.config().debug {
            true => decoded.bytes.len(),
            false => 0,
        };
        let breaks = std::iter::repeat_with(AtomicU8::default).take(breaks);
        let module = Self(Arc::new(ModuleInner {
            engine: engine.clone(),
            breaks: breaks.collect(),
            decoded,
            entries,
            type_ids,
            plain_types,
            layouts,
            global_offsets,
            own_globals_slots,
            func_buffers: Buffers::new(),
            table_buffers: Buffers::new(),
            code_bytes: Mutex::default(),
            catches: Mutex::default(),
            scratch: Mutex::default(),
            counters: Mutex::default(),
        }));
        module.0.entries.iter().for_each(FuncEntry::seal);
        if engine.config().compile == Compile::Eager {
            for entry in &module.0.entries {
                module.0.code_of(entry, None)?;
            }
        }
        Ok(module)
    }

    /// The engine it was compiled for.
    pub fn engine(&self) -> &Engine {
        &self.0.engine
    }

    /// The module's structure.
    pub fn decoded(&self) -> &fossor_module::Module {
        &self.0.decoded
    }

    /// Validates and translates all functions that were not yet.
    pub fn compile_all(&self) -> Result<(), Error> {
        self.0
            .entries
            .iter()
            .try_for_each(|entry| self.0.code_of(entry, None).map(|_| ()))
    }

    /// How often each block was executed, of the functions that were called at
    /// all; nothing unless the engine was told to count. A block may come
    /// several times.
    pub fn block_counts(&self) -> Vec<BlockCount> {
        let counters = self
            .0
            .counters
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let counts = counters
            .iter()
            .map(|(func_idx, wasm_offset, count)| BlockCount {
                func_idx: *func_idx,
                wasm_offset: *wasm_offset,
                count: count.load(Ordering::Relaxed),
            });
        counts.collect()
    }

    /// A function's type, imported or defined.
    ///
    /// # Panics
    ///
    /// If there is no such function.
    pub fn func_type(&self, func_idx: u32) -> FuncType {
        self.0.signature(self.0.decoded.funcs[func_idx as usize])
    }

    /// A tag's type, imported or defined.
    ///
    /// # Panics
    ///
    /// If there is no such tag.
    pub fn tag_type(&self, tag_idx: u32) -> FuncType {
        self.0.signature(self.0.decoded.tags[tag_idx as usize])
    }

    /// Whether the store's observer is to be told before the operator at this byte
    /// offset is executed. Nothing happens unless the engine is for a debugger.
    pub fn set_break(&self, wasm_offset: u32, on: bool) {
        if let Some(flag) = self.0.breaks.get(wasm_offset as usize) {
            flag.store(on.into(), Ordering::Relaxed);
        }
    }

    /// The type of import `index`.
    pub fn import_type(&self, index: usize) -> ExternType {
        use fossor_module::ImportType;
        match &self.0.decoded.imports[index].ty {
            ImportType::Func(ty) => ExternType::Func(self.0.signature(*ty)),
            ImportType::Tag(ty) => ExternType::Tag(self.0.signature(*ty)),
            ImportType::Table(ty) => ExternType::Table(*ty),
            ImportType::Memory(ty) => ExternType::Memory(*ty),
            ImportType::Global(ty) => ExternType::Global(*ty),
        }
    }
}

impl std::fmt::Debug for Module {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Module")
            .field("decoded", &self.0.decoded)
            .finish_non_exhaustive()
    }
}

impl ModuleInner {
    /// The translated code of a function, translating it if need be. What is translated
    /// when a guest calls it ends with a trap if `stop` says that the guest must.
    pub(crate) fn code_of(
        &self,
        entry: &FuncEntry,
        stop: Option<&Interrupt>,
    ) -> Result<*const u64, Error> {
        if let Some((code, _)) = entry.translation() {
            return Ok(code);
        }
        let translation = self.translate(entry.defined_idx, false, stop)?;
        let bytes = translation.words.len() * 8;
        let limit = self.engine.config().max_code_bytes;
        // Held until the code is published: of threads that translated the same function,
        // one counts it.
        let mut taken = self
            .code_bytes
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some((code, _)) = entry.translation() {
            return Ok(code);
        }
        let all = taken.checked_add(bytes).filter(|&all| all <= limit);
        // A function that finds no room takes none: smaller ones may yet have it.
        let Some(all) = all else {
            return Err(Error::Untranslatable {
                func_idx: self.decoded.imported_funcs + entry.defined_idx,
                message: format!("the module's translated code would take more than {limit} bytes"),
            });
        };
        if !translation.catches.regions.is_empty() {
            let mut catches = self.catches.lock().unwrap_or_else(PoisonError::into_inner);
            catches.insert(entry.defined_idx, Arc::new(translation.catches));
        }
        // A copy of exactly its length; the buffer is for the next function.
        let code = entry.publish(translation.words.as_slice().into());
        *taken = all;
        drop(taken);
        self.scratch().code = translation.words;
        Ok(code)
    }

    /// What catches exceptions in a function, if something does.
    pub(crate) fn catches(&self, defined_idx: u32) -> Option<Arc<CatchTable>> {
        let catches = self.catches.lock().unwrap_or_else(PoisonError::into_inner);
        catches.get(&defined_idx).cloned()
    }

    /// What each instruction of a function is and where it comes from. Made
    /// anew by translating again, so that running code need not carry it;
    /// translation depends on nothing but the body.
    pub(crate) fn listing(&self, defined_idx: u32) -> Result<Vec<Line>, Error> {
        Ok(self.translate(defined_idx, true, None)?.lines)
    }

    /// A function's code, and what each instruction of it is.
    pub(crate) fn listing_with_code(
        &self,
        defined_idx: u32,
    ) -> Result<(Vec<u64>, Vec<Line>), Error> {
        let translation = self.translate(defined_idx, true, None)?;
        Ok((translation.words, translation.lines))
    }

    fn translate(
        &self,
        defined_idx: u32,
        listing: bool,
        stop: Option<&Interrupt>,
    ) -> Result<crate::translate::Translation, Error> {
        translate(self, defined_idx, listing, stop).map_err(|error| match error {
            TranslateError::Stopped => Error::Trap(Box::new(TrapInfo {
                trap: Trap::Interrupted,
                frames: Vec::new(),
                omitted: 0,
                instance: None,
            })),
            TranslateError::Invalid(error) => self.decoded.body_error(defined_idx, error).into(),
            other => Error::Untranslatable {
                func_idx: self.decoded.imported_funcs + defined_idx,
                message: other.to_string(),
            },
        })
    }

    /// A function type by its index, with its identity.
    pub(crate) fn signature(&self, type_idx: u32) -> FuncType {
        let ty = self.decoded.signature(type_idx);
        match self.plain_types {
            true => ty.clone(),
            false => self.engine.type_of(self.type_ids[type_idx as usize]),
        }
    }

    /// The address of a new counter, for a block at this offset.
    pub(crate) fn new_counter(&self, func_idx: u32, wasm_offset: u32) -> u64 {
        let counter = Box::new(AtomicU64::new(0));
        let address = std::ptr::from_ref(&*counter) as u64;
        let mut counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        counters.push((func_idx, wasm_offset, counter));
        address
    }

    /// The address of an operator's flag, as code refers to it.
    pub(crate) fn break_address(&self, wasm_offset: u32) -> u64 {
        std::ptr::from_ref(&self.breaks[wasm_offset as usize]) as u64
    }

    /// Address of a defined function's entry, as code refers to it.
    pub(crate) fn entry_address(&self, defined_idx: u32) -> u64 {
        std::ptr::from_ref(&self.entries[defined_idx as usize]) as u64
    }

    /// Byte offset from the context of an own global.
    pub(crate) fn global_offset(&self, global_idx: u32) -> u32 {
        self.global_offsets[(global_idx - self.decoded.imported_globals) as usize]
    }

    /// Buffers to be used again. A second thread that translates at the same time
    /// finds them empty.
    pub(crate) fn scratch(&self) -> MutexGuard<'_, Scratch> {
        self.scratch.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
