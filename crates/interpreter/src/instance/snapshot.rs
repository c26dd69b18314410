//! Snapshots: the state of an instance, to begin others with.

use super::Instance;
use crate::error::Error;
use crate::execute::context::FuncRef;
use crate::execute::host;
use crate::module::Module;
use crate::reserve::Image;
use crate::store::Store;
use crate::value::InstanceId;
use fossor_module::{HeapType, ValType};
use std::sync::Arc;

/// The state of an instance at one moment: its memories, tables, globals, and
/// which segments it dropped. It belongs to no store; `Send + Sync`, and cheap
/// to clone.
///
/// Instances made from it begin in that state: see
/// [`Store::instantiate_snapshot`]. Their memories share its bytes until they
/// write to them.
#[derive(Clone)]
pub struct Snapshot(pub(super) Arc<State>);

pub(super) struct State {
    pub module: Module,
    /// The type of each function that was given as an import, which may be a subtype of
    /// the import's: references may be of that.
    pub import_types: Box<[u32]>,
    /// One for each memory of the module.
    pub memories: Vec<Image>,
    /// One for each table of the module.
    pub tables: Vec<Box<[FrozenRef]>>,
    /// One for each global of the module: its slots.
    pub globals: Vec<[u64; 2]>,
    /// One for each element segment; empty once dropped.
    pub elements: Vec<Box<[FrozenRef]>>,
    pub dropped_data: Box<[bool]>,
}

/// A reference outside of a store: 0 for null, otherwise one more than the
/// index of a function of the module.
#[derive(Clone, Copy)]
pub(super) struct FrozenRef(u32);

impl Snapshot {
    /// The module.
    pub fn module(&self) -> &Module {
        &self.0.module
    }

    /// Bytes of its memories, as far as guests see them.
    pub fn memory_bytes(&self) -> u64 {
        let sizes = self.0.memories.iter().map(|image| image.len_bytes() as u64);
        sizes.sum()
    }
}

impl Store {
    /// Takes a snapshot of an instance.
    ///
    /// Refused while the instance runs, and for what cannot exist in another
    /// store: memories, tables and globals that were imported, and references
    /// to functions that are neither the module's nor among its imports, or to
    /// values of the host.
    pub fn snapshot(&self, id: InstanceId) -> Result<Snapshot, Error> {
        let instance = self.instance(id);
        let decoded = instance.module.decoded();
        let refused = |why: &str| Err(Error::Snapshot(why.to_owned()));
        if self.execution.get().depth > 0 {
            return refused("the store is running a guest");
        }
        if decoded.imported_globals > 0 {
            return refused("the module imports a global");
        }
        let imported = |all: usize, own: usize| all != own;
        let own_memories = decoded.memories.len() - decoded.imported_memories as usize;
        if imported(decoded.memories.len(), own_memories) {
            return refused("the module imports a memory");
        }
        let own_tables = decoded.tables.len() - decoded.imported_tables as usize;
        if imported(decoded.tables.len(), own_tables) {
            return refused("the module imports a table");
        }
        let freezer = Freezer::new(instance);
        let tables = instance.table_ids.iter().map(|id| {
            let table = self.tables[id.0.index as usize].get();
            freezer.freeze_all(&table.elements, ValType::Ref(table.ty.element))
        });
        let globals = instance.global_ids.iter().map(|id| {
            let global = &self.globals[id.0.index as usize];
            let slots = global.cell.read(global.ty.value.slots());
            match global.ty.value {
                ty @ ValType::Ref(_) => Ok([freezer.freeze(slots[0], ty)?.0.into(), 0]),
                _ => Ok(slots),
            }
        });
        let elements = instance.elements.iter().zip(&decoded.elements);
        let elements =
            elements.map(|(values, segment)| freezer.freeze_all(values, ValType::Ref(segment.ty)));
        let (tables, globals) = (
            tables.collect::<Result<_, _>>()?,
            globals.collect::<Result<_, Error>>()?,
        );
        let elements = elements.collect::<Result<_, _>>()?;
        let memories = instance.memory_ids.iter();
        Ok(Snapshot(Arc::new(State {
            module: instance.module.clone(),
            import_types: instance
                .imported_funcs
                .iter()
                .map(|&func| host::type_id(func))
                .collect(),
            memories: memories.map(|&id| Image::new(self.memory(id))).collect(),
            tables,
            globals,
            elements,
            dropped_data: instance.dropped_data.clone(),
        })))
    }
}

/// Finds out which function a reference means.
struct Freezer<'a> {
    instance: &'a Instance,
    funcs: std::ops::Range<usize>,
}

impl<'a> Freezer<'a> {
    fn new(instance: &'a Instance) -> Self {
        let funcs = instance.funcs.as_ptr_range();
        Self {
            instance,
            funcs: funcs.start as usize..funcs.end as usize,
        }
    }

    fn freeze_all(&self, values: &[u64], ty: ValType) -> Result<Box<[FrozenRef]>, Error> {
        values.iter().map(|&value| self.freeze(value, ty)).collect()
    }

    fn freeze(&self, value: u64, ty: ValType) -> Result<FrozenRef, Error> {
        if value == 0 {
            return Ok(FrozenRef(0));
        }
        let what = match ty.heap().map(HeapType::top) {
            Some(HeapType::Func) => None,
            Some(HeapType::Extern) => Some("a value of the host"),
            _ => Some("an exception or an object"),
        };
        if let Some(what) = what {
            let message = format!("the instance holds a reference to {what}");
            return Err(Error::Snapshot(message));
        }
        let addr = value as usize;
        if self.funcs.contains(&addr) {
            let index = (addr - self.funcs.start) / size_of::<FuncRef>();
            return Ok(FrozenRef(index as u32 + 1));
        }
        let imported = &self.instance.imported_funcs;
        match imported.iter().position(|func| func.addr == addr) {
            Some(index) => Ok(FrozenRef(index as u32 + 1)),
            None => Err(Error::Snapshot(
                "the instance holds a reference to a function that is neither its own nor one \
                 of its imports"
                    .to_owned(),
            )),
        }
    }
}

impl FrozenRef {
    /// The reference in an instance.
    pub fn thaw(self, instance: &Instance) -> u64 {
        match self.0.checked_sub(1) {
            Some(index) => instance.func(0, index).addr as u64,
            None => 0,
        }
    }

    /// One that was kept as a global's slot.
    pub fn from_slot(slot: u64) -> Self {
        FrozenRef(slot as u32)
    }
}

impl std::fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Snapshot")
            .field("module", &self.0.module)
            .field("memory_bytes", &self.memory_bytes())
            .finish_non_exhaustive()
    }
}
