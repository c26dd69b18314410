//! The store: everything that instances own, and the state of execution.

mod exceptions;
mod limits;
mod objects;

pub use limits::StoreLimits;

use crate::engine::Engine;
use crate::error::Error;
use crate::execute::brake::Brake;
use crate::execute::context::{Allowance, Execution, Memory, SlotCounts, Table};
use crate::execute::debug::{Observer, Stopped};
use crate::execute::host::{self, HostFn, HostFunc};
use crate::execute::owned::Owned;
use crate::execute::sample::{Sample, Sampler};
use crate::heap::slot;
use crate::instance::Instance;
use crate::value::{Extern, ExternRef, Func, Handle, HeapRef, InstanceId, Val};
use fossor_host::{HostError, Interrupt};
use fossor_module::{Composite, ExternType, FuncType, GlobalType, HeapType, TypeIndex, ValType};
use std::any::Any;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The number of the next store. There is none twice: handles are told apart by it.
static NEXT_ID: AtomicU64 = AtomicU64::new(0);

/// A global variable's type and cell.
pub(crate) struct Global {
    pub ty: GlobalType,
    pub cell: host::GlobalCell,
}

/// Owns instances, memories, tables, globals and host functions, and the data
/// that host functions work on.
pub struct Store {
    pub(crate) id: u64,
    pub(crate) engine: Engine,
    /// Dropped before the contexts that it knows.
    pub(crate) brake: Brake,
    pub(crate) instances: Vec<Owned<Instance>>,
    pub(crate) memories: Vec<Owned<Memory>>,
    pub(crate) tables: Vec<Owned<Table>>,
    pub(crate) globals: Vec<Global>,
    pub(crate) host_funcs: Vec<HostFunc>,
    /// The types of tags.
    pub(crate) tags: Vec<FuncType>,
    /// The type of the objects that references to exceptions refer to, once there
    /// is one.
    pub(crate) exception_type: Option<u32>,
    externs: Vec<Box<dyn Any + Send + Sync>>,
    pub(crate) execution: Owned<Execution>,
    pub(crate) limits: StoreLimits,
    memory_allowance: Arc<Allowance>,
    table_allowance: Arc<Allowance>,
    interrupt: Arc<Interrupt>,
    data: Box<dyn Any + Send>,
}

/// What a host function is called with: the store, and the guest's instance.
pub struct Caller<'a> {
    /// The store.
    pub store: &'a mut Store,
    /// The calling instance; `None` if the host calls its own function.
    pub instance: Option<InstanceId>,
}

impl Caller<'_> {
    /// The calling instance's memory 0, and the store's data.
    pub fn memory_and_data(&mut self) -> (Option<&mut [u8]>, &mut (dyn Any + Send)) {
        self.store.memory_and_data(self.instance)
    }

    /// The calling instance's memory 0; nothing if it has none.
    pub fn memory(&self) -> &[u8] {
        self.instance
            .and_then(|id| self.store.instance(id).first_memory())
            .map_or(&[], |id| self.store.memory(id))
    }
}

impl Store {
    /// An empty store for modules of `engine`.
    pub fn new(engine: &Engine, data: Box<dyn Any + Send>) -> Self {
        Self::with_limits(engine, data, StoreLimits::default())
    }

    /// As [`new`](Self::new), with limits.
    pub fn with_limits(engine: &Engine, data: Box<dyn Any + Send>, limits: StoreLimits) -> Self {
        let interrupt = Arc::<Interrupt>::default();
        let mut execution = host::new_execution(engine, interrupt.clone());
        execution.heap.set_limit_bytes(limits.heap_bytes);
        Self {
            id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
            engine: engine.clone(),
            brake: Brake::new(interrupt.clone(), execution.stack_limit()),
            instances: Vec::new(),
            memories: Vec::new(),
            tables: Vec::new(),
            globals: Vec::new(),
            host_funcs: Vec::new(),
            tags: Vec::new(),
            exception_type: None,
            externs: Vec::new(),
            execution: Owned::new(execution),
            memory_allowance: Allowance::new(limits.total_memory_bytes),
            table_allowance: Allowance::new(limits.total_table_elements),
            limits,
            interrupt,
            data,
        }
    }

    /// The engine.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// What host functions work on.
    pub fn data(&self) -> &(dyn Any + Send) {
        &*self.data
    }

    /// What host functions work on.
    pub fn data_mut(&mut self) -> &mut (dyn Any + Send) {
        &mut *self.data
    }

    /// An instance's memory 0, and what host functions work on.
    pub fn memory_and_data(
        &mut self,
        instance: Option<InstanceId>,
    ) -> (Option<&mut [u8]>, &mut (dyn Any + Send)) {
        let memory = instance.and_then(|id| self.instance(id).first_memory());
        let memory = memory.map(|id| self.memories[id.0.index as usize].get_mut().data_mut());
        (memory, &mut *self.data)
    }

    /// Takes the data out.
    pub fn into_data(self) -> Box<dyn Any + Send> {
        self.data
    }

    /// The stop flag, for other threads.
    pub fn interrupt(&self) -> &Arc<Interrupt> {
        &self.interrupt
    }

    /// Operators that may still be executed, in code with fuel.
    pub fn fuel(&self) -> u64 {
        let execution = self.execution.get();
        execution.fuel.saturating_add(execution.fuel_kept)
    }

    /// Sets the operators that may still be executed.
    pub fn set_fuel(&mut self, fuel: u64) {
        let execution = self.execution.get_mut();
        execution.fuel = execution.keep_fuel(fuel);
    }

    /// Calls `each` whenever `interval` more operators were executed, in code
    /// with fuel, and while there is some.
    pub fn set_sampler(
        &mut self,
        interval: u64,
        each: impl FnMut(&mut Sample<'_>) + Send + Sync + 'static,
    ) {
        let fuel = self.fuel();
        let sampler = Sampler::new(interval, Box::new(each));
        self.execution.get_mut().sampler = Some(Box::new(sampler));
        self.set_fuel(fuel);
    }

    /// Has `each` look before the operators that
    /// [`Module::set_break`](crate::Module::set_break) marks and before the one that
    /// [`Stopped::stop_at`] asks for, in code for a debugger, and where the guest
    /// traps. It begins before the first operator. If `each` breaks, the run ends as
    /// if interrupted.
    pub fn set_observer(
        &mut self,
        each: impl FnMut(&mut Stopped<'_>) -> ControlFlow<()> + Send + Sync + 'static,
    ) {
        let execution = self.execution.get_mut();
        execution.observer = Some(Box::new(Observer::new(Box::new(each))));
        execution.stop_at = execution.steps;
    }

    /// Operators executed so far, in code for a debugger.
    pub fn steps(&self) -> u64 {
        self.execution.get().steps
    }

    /// Bounds on memories, tables and instances that are made from now on.
    pub fn set_limits(&mut self, limits: StoreLimits) {
        let heap = &mut self.execution.get_mut().heap;
        heap.set_limit_bytes(limits.heap_bytes);
        self.memory_allowance = Allowance::new(limits.total_memory_bytes);
        self.table_allowance = Allowance::new(limits.total_table_elements);
        self.limits = limits;
    }

    fn check(&self, handle: Handle) -> usize {
        assert_eq!(
            handle.store, self.id,
            "a handle was used with a store that it does not belong to"
        );
        handle.index as usize
    }

    fn handle(&self, index: usize) -> Handle {
        Handle {
            store: self.id,
            index: index as u32,
        }
    }

    // Functions.

    /// Makes a host function. It finds its arguments at the start of the slots,
    /// narrow ones with junk above their 32 bits, and leaves its results there.
    ///
    /// # Panics
    ///
    /// If a result is a reference: see
    /// [`new_func_with_vals`](Self::new_func_with_vals). If the type is one that
    /// another engine's module declares.
    pub fn new_func(
        &mut self,
        ty: FuncType,
        func: impl Fn(&mut Caller<'_>, &mut [u64]) -> Result<(), HostError> + Send + Sync + 'static,
    ) -> Func {
        assert!(
            !ty.results().iter().any(|ty| ty.is_ref()),
            "a host function with a reference as a result needs `new_func_with_vals`"
        );
        self.add_host_func(ty, Box::new(func))
    }

    pub(crate) fn add_host_func(&mut self, ty: FuncType, func: Box<HostFn>) -> Func {
        // Guests call by the number that the type names, and it by its signature.
        assert!(
            self.engine.knows(&ty),
            "a type was used with an engine that it does not belong to"
        );
        let slots = SlotCounts {
            params: ty.param_slots(),
            results: ty.result_slots(),
        };
        let type_id = self.engine.type_id(&ty);
        let host_idx = self.host_funcs.len() as u32;
        let func = HostFunc::new(type_id, host_idx, slots, func);
        let addr = func.address();
        self.host_funcs.push(func);
        Func {
            store: self.id,
            addr,
        }
    }

    /// A function's type.
    pub fn func_type(&self, func: Func) -> FuncType {
        self.check_func(func);
        self.engine.type_of(host::type_id(func))
    }

    /// The module of a guest's function; `None` for one of the host's.
    pub fn func_module(&self, func: Func) -> Option<&crate::Module> {
        self.check_func(func);
        let mut instances = self.instances.iter().map(Owned::get);
        let owner = instances.find(|instance| instance.defines(func))?;
        Some(&owner.module)
    }

    /// Calls a function.
    pub fn call(&mut self, func: Func, args: &[Val]) -> Result<Vec<Val>, Error> {
        let ty = self.func_type(func);
        let fits = |(arg, ty): (&Val, &ValType)| self.fits(arg, *ty);
        if args.len() != ty.params().len() || !args.iter().zip(ty.params()).all(fits) {
            let given: Vec<_> = args.iter().map(Val::ty).collect();
            let given = FuncType::new(given, ty.results().iter().copied());
            return Err(Error::Call(format!(
                "a function of type {ty} was called as {given}"
            )));
        }
        let mut slots = Vec::with_capacity(ty.param_slots().max(ty.result_slots()) as usize);
        for arg in args {
            self.check_val(arg);
            let both = arg.to_slots();
            slots.extend_from_slice(&both[..arg.ty().slots() as usize]);
        }
        slots.resize(ty.param_slots().max(ty.result_slots()) as usize, 0);
        host::call(self, func, &mut slots)?;
        let mut at = 0;
        Ok(ty
            .results()
            .iter()
            .map(|&result| {
                let value = Val::from_slots(result, &slots[at..], self);
                at += result.slots() as usize;
                value
            })
            .collect())
    }

    #[inline]
    pub(crate) fn check_func(&self, func: Func) {
        assert_eq!(
            func.store, self.id,
            "a function was used with a store that it does not belong to"
        );
    }

    /// Whether a value is one of a type of the store's engine.
    pub fn fits(&self, value: &Val, ty: ValType) -> bool {
        let ValType::Ref(wanted) = ty else {
            return value.ty() == ty;
        };
        match value {
            Val::FuncRef(Some(func)) => match wanted.heap {
                HeapType::Func => true,
                HeapType::Concrete(Composite::Func, TypeIndex::Engine(wanted)) => {
                    self.check_func(*func);
                    self.engine.is_subtype(host::type_id(*func), wanted)
                }
                _ => false,
            },
            Val::ExternRef(Some(_)) => wanted.heap == HeapType::Extern,
            Val::ExnRef(Some(_)) => wanted.heap == HeapType::Exn,
            Val::ExnRef(None) => wanted.nullable && wanted.heap.top() == HeapType::Exn,
            Val::AnyRef(Some(value)) => self.is_of(*value, wanted),
            Val::AnyRef(None) => wanted.nullable && wanted.heap.top() == HeapType::Any,
            Val::FuncRef(None) => wanted.nullable && wanted.heap.top() == HeapType::Func,
            Val::ExternRef(None) => wanted.nullable && wanted.heap.top() == HeapType::Extern,
            _ => false,
        }
    }

    pub(crate) fn check_val(&self, value: &Val) {
        if let Some(store) = value.store() {
            assert_eq!(
                store, self.id,
                "a reference was used with a store that it does not belong to"
            );
        }
        if let Some(value) = value.heap_ref() {
            assert!(
                self.is_held(value),
                "a reference was used after the scope in which the host was given it"
            );
        }
    }

    // Instances.

    pub(crate) fn instance(&self, id: InstanceId) -> &Instance {
        self.instances[self.check(id.0)].get()
    }

    /// The module of an instance.
    pub fn module_of(&self, id: InstanceId) -> &crate::Module {
        &self.instance(id).module
    }

    /// The bytes of an instance's memory 0; none if it has none.
    pub fn first_memory(&self, id: InstanceId) -> &[u8] {
        let memory = self.instance(id).first_memory();
        memory.map_or(&[], |id| self.memory(id))
    }

    /// The value of an instance's global of an index, exported or not.
    pub fn global_at(&self, id: InstanceId, index: u32) -> Option<Val> {
        let global = self.instance(id).global_ids.get(index as usize)?;
        Some(self.global_get(*global))
    }

    /// Something that an instance exports.
    pub fn export(&self, id: InstanceId, name: &str) -> Option<Extern> {
        let instance = self.instance(id);
        let export = instance.module.decoded().export(name)?;
        Some(instance.extern_of(self.id, export.kind, export.index))
    }

    /// The type of an import or export.
    pub fn extern_type(&self, item: Extern) -> ExternType {
        match item {
            Extern::Func(func) => ExternType::Func(self.func_type(func)),
            Extern::Memory(id) => ExternType::Memory(self.memory_type(id)),
            Extern::Table(id) => ExternType::Table(self.table_type(id)),
            Extern::Global(id) => ExternType::Global(self.global_type(id)),
            Extern::Tag(id) => ExternType::Tag(self.tag_type(id)),
        }
    }

    // Values of the host.

    /// Makes a value of the host a guest can hold. It lives as long as the
    /// store.
    pub fn new_extern(&mut self, value: Box<dyn Any + Send + Sync>) -> ExternRef {
        self.externs.push(value);
        ExternRef(HeapRef {
            store: self.id,
            slot: slot::of_host(self.externs.len() as u32 - 1),
            root: None,
        })
    }

    /// The value of the host behind a reference; `()` behind one of the guest.
    pub fn extern_value(&self, value: ExternRef) -> &(dyn Any + Send + Sync) {
        self.check_val(&Val::ExternRef(Some(value)));
        match slot::host(value.0.slot) {
            Some(index) => &*self.externs[index as usize],
            None => &(),
        }
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    /// A host that makes a store for each request makes four billion in some days.
    #[test]
    fn handles_of_a_store_are_not_taken_by_one_made_four_billion_stores_later() {
        let engine = Engine::default();
        let mut first = Store::new(&engine, Box::new(()));
        let func = first.new_func(FuncType::new([], []), |_, _| Ok(()));
        NEXT_ID.fetch_add(u32::MAX.into(), Ordering::Relaxed);
        let later = Store::new(&engine, Box::new(()));
        assert_ne!(later.id, first.id);
        let taken = catch_unwind(AssertUnwindSafe(|| later.check_func(func)));
        assert!(taken.is_err());
    }
}
