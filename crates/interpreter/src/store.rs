//! The store: everything that instances own, and the state of execution.

use crate::engine::Engine;
use crate::error::{Error, ExceptionInfo, TrapInfo};
use crate::execute::context::{Allowance, Execution, Memory, SlotCounts, Table};
use crate::execute::debug::{Observer, Stopped};
use crate::execute::exception::{Exception, Exceptions};
use crate::execute::host::{self, HostFn, HostFunc};
use crate::execute::owned::Owned;
use crate::execute::sample::{Sample, Sampler};
use crate::heap::slot;
use crate::instance::{Buffer, Instance};
use crate::reserve::Image;
use crate::value::{
    ExnRef, Extern, ExternRef, Func, GlobalId, Handle, HeapRef, InstanceId, MemoryId, TableId,
    TagId, Thrown, Val,
};
use fossor_host::{HostError, Interrupt, Trap};
use fossor_module::{
    Composite, ExternType, FuncType, GlobalType, HeapType, MemoryType, TableType, TypeIndex,
    ValType,
};
use std::any::Any;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Bounds on what the instances of a store may take.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct StoreLimits {
    /// Bytes that one linear memory may grow to. So much address space is
    /// reserved for a memory that may; those with 32-bit addresses need 4 GiB.
    pub memory_bytes: u64,
    /// Bytes of all linear memories together.
    pub total_memory_bytes: u64,
    /// Elements that one table may grow to.
    pub table_elements: u64,
    /// Elements of all tables together. Unlike a memory's bytes they take memory
    /// from the start, eight bytes each.
    pub total_table_elements: u64,
    /// Instances in the store.
    pub instances: usize,
    /// Bytes that all structures and arrays together may take.
    pub heap_bytes: u64,
}

impl Default for StoreLimits {
    fn default() -> Self {
        Self {
            memory_bytes: 64 << 30,
            total_memory_bytes: u64::MAX,
            table_elements: 10_000_000,
            total_table_elements: 20_000_000,
            instances: 10_000,
            heap_bytes: crate::heap::DEFAULT_LIMIT_BYTES,
        }
    }
}

/// A global variable's type and cell.
pub(crate) struct Global {
    pub ty: GlobalType,
    pub cell: host::GlobalCell,
}

/// Owns instances, memories, tables, globals and host functions, and the data
/// that host functions work on.
pub struct Store {
    pub(crate) id: u32,
    pub(crate) engine: Engine,
    pub(crate) instances: Vec<Owned<Instance>>,
    pub(crate) memories: Vec<Owned<Memory>>,
    pub(crate) tables: Vec<Owned<Table>>,
    pub(crate) globals: Vec<Global>,
    pub(crate) host_funcs: Vec<HostFunc>,
    /// The types of tags.
    pub(crate) tags: Vec<FuncType>,
    pub(crate) exceptions: Exceptions,
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
        Self::with_limits(engine, data, StoreLimits::default(), Arc::default())
    }

    /// As [`new`](Self::new), with limits and a stop flag.
    pub fn with_limits(
        engine: &Engine,
        data: Box<dyn Any + Send>,
        limits: StoreLimits,
        interrupt: Arc<Interrupt>,
    ) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let mut execution = host::new_execution(engine, interrupt.clone());
        execution.heap.set_limit_bytes(limits.heap_bytes);
        Self {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            engine: engine.clone(),
            instances: Vec::new(),
            memories: Vec::new(),
            tables: Vec::new(),
            globals: Vec::new(),
            host_funcs: Vec::new(),
            tags: Vec::new(),
            exceptions: Exceptions::default(),
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
        let kept = execution
            .sampler
            .as_ref()
            .map_or(0, |sampler| sampler.left());
        execution.fuel.saturating_add(kept)
    }

    /// Sets the operators that may still be executed.
    pub fn set_fuel(&mut self, fuel: u64) {
        let execution = self.execution.get_mut();
        execution.fuel = match &mut execution.sampler {
            Some(sampler) => sampler.keep(fuel),
            None => fuel,
        };
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
    /// [`new_func_with_vals`](Self::new_func_with_vals).
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

    // Memories.

    /// Makes a linear memory.
    pub fn new_memory(&mut self, ty: MemoryType) -> Result<MemoryId, Error> {
        let memory = Memory::new(ty, self.limits.memory_bytes, &self.memory_allowance)
            .ok_or_else(|| no_such_memory(ty, ty.limits.min))?;
        self.memories.push(Owned::new(memory));
        Ok(MemoryId(self.handle(self.memories.len() - 1)))
    }

    /// A memory that begins as an image.
    pub(crate) fn new_memory_of(
        &mut self,
        ty: MemoryType,
        image: &Image,
    ) -> Result<MemoryId, Error> {
        let memory = Memory::of_image(ty, image, self.limits.memory_bytes, &self.memory_allowance)
            .ok_or_else(|| no_such_memory(ty, image.len_bytes() as u64 / ty.page_bytes()))?;
        self.memories.push(Owned::new(memory));
        Ok(MemoryId(self.handle(self.memories.len() - 1)))
    }

    /// A memory's type, with its current size as the minimum.
    pub fn memory_type(&self, id: MemoryId) -> MemoryType {
        let memory = self.memories[self.check(id.0)].get();
        let mut ty = memory.ty;
        ty.limits.min = memory.pages();
        ty
    }

    /// A memory's bytes.
    pub fn memory(&self, id: MemoryId) -> &[u8] {
        self.memories[self.check(id.0)].get().data()
    }

    /// A memory's bytes, to write.
    pub fn memory_mut(&mut self, id: MemoryId) -> &mut [u8] {
        let index = self.check(id.0);
        self.memories[index].get_mut().data_mut()
    }

    /// Grows a memory; the old size in pages, or `None` if it cannot.
    pub fn grow_memory(&mut self, id: MemoryId, delta_pages: u64) -> Option<u64> {
        let index = self.check(id.0);
        self.memories[index].get_mut().grow(delta_pages)
    }

    // Tables.

    /// Makes a table.
    pub fn new_table(&mut self, ty: TableType, init: Val) -> Result<TableId, Error> {
        self.check_val(&init);
        self.new_table_raw(ty, ty.limits.min, init.to_slots()[0])
    }

    /// A table of `size` elements, at least the type's minimum.
    pub(crate) fn new_table_raw(
        &mut self,
        ty: TableType,
        size: u64,
        init: u64,
    ) -> Result<TableId, Error> {
        let too_large = || Error::Resources(format!("a table of {size} elements cannot be had"));
        let mut table = Table {
            ty,
            elements: Buffer::default(),
            max: self.limits.table_elements,
            allowance: self.table_allowance.clone(),
        };
        table.grow(size, init).ok_or_else(too_large)?;
        self.tables.push(Owned::new(table));
        Ok(TableId(self.handle(self.tables.len() - 1)))
    }

    /// A table whose `size` elements are about to be written into `elements`.
    pub(crate) fn new_table_of(
        &mut self,
        ty: TableType,
        size: u64,
        mut elements: Buffer<u64>,
    ) -> Result<TableId, Error> {
        let max = self.limits.table_elements;
        let fits = size <= max && elements.try_reserve(size as usize).is_ok();
        let allowance = self.table_allowance.clone();
        if !fits || allowance.take(size).is_none() {
            let message = format!("a table of {size} elements cannot be had");
            return Err(Error::Resources(message));
        }
        let table = Table {
            ty,
            elements,
            max,
            allowance,
        };
        self.tables.push(Owned::new(table));
        Ok(TableId(self.handle(self.tables.len() - 1)))
    }

    /// A table's type, with its current size as the minimum.
    pub fn table_type(&self, id: TableId) -> TableType {
        let table = self.tables[self.check(id.0)].get();
        let mut ty = table.ty;
        ty.limits.min = table.elements.len() as u64;
        ty
    }

    /// An element of a table.
    pub fn table_get(&self, id: TableId, index: u64) -> Option<Val> {
        let table = self.tables[self.check(id.0)].get();
        let ty = ValType::Ref(table.ty.element);
        Some(Val::from_slots(ty, &[table.get(index)?], self))
    }

    /// Sets an element of a table; `false` if there is no such element or the
    /// value has another type.
    pub fn table_set(&mut self, id: TableId, index: u64, value: Val) -> bool {
        self.check_val(&value);
        let at = self.check(id.0);
        if !self.fits(&value, ValType::Ref(self.tables[at].get().ty.element)) {
            return false;
        }
        let table = self.tables[at].get_mut();
        match table.elements.get_mut(index as usize) {
            Some(element) => {
                *element = value.to_slots()[0];
                true
            }
            None => false,
        }
    }

    /// Grows a table; the old size, or `None` if it cannot.
    pub fn grow_table(&mut self, id: TableId, delta: u64, init: Val) -> Option<u64> {
        self.check_val(&init);
        let at = self.check(id.0);
        if !self.fits(&init, ValType::Ref(self.tables[at].get().ty.element)) {
            return None;
        }
        self.tables[at].get_mut().grow(delta, init.to_slots()[0])
    }

    // Globals.

    /// Makes a global variable.
    pub fn new_global(&mut self, ty: GlobalType, value: Val) -> Result<GlobalId, Error> {
        if !self.fits(&value, ty.value) {
            return Err(Error::Call(format!(
                "a global of type {} was given a {}",
                ty.value,
                value.ty()
            )));
        }
        self.check_val(&value);
        let cell = host::GlobalCell::owned(value.to_slots());
        Ok(self.add_global(Global { ty, cell }))
    }

    pub(crate) fn add_global(&mut self, global: Global) -> GlobalId {
        self.globals.push(global);
        GlobalId(self.handle(self.globals.len() - 1))
    }

    /// A global's type.
    pub fn global_type(&self, id: GlobalId) -> GlobalType {
        self.globals[self.check(id.0)].ty
    }

    /// A global's value.
    pub fn global_get(&self, id: GlobalId) -> Val {
        let global = &self.globals[self.check(id.0)];
        Val::from_slots(
            global.ty.value,
            &global.cell.read(global.ty.value.slots()),
            self,
        )
    }

    /// Sets a global; `false` if it is immutable or of another type.
    pub fn global_set(&mut self, id: GlobalId, value: Val) -> bool {
        self.check_val(&value);
        let index = self.check(id.0);
        let ty = self.globals[index].ty;
        if !ty.mutable || !self.fits(&value, ty.value) {
            return false;
        }
        let global = &mut self.globals[index];
        global.cell.write(value.to_slots(), global.ty.value.slots());
        true
    }

    // Exceptions.

    /// Makes a tag, of exceptions that carry values of the type's parameters.
    pub fn new_tag(&mut self, ty: FuncType) -> Result<TagId, Error> {
        if !ty.results().is_empty() {
            return Err(Error::Call(format!("a tag has no results, unlike {ty}")));
        }
        self.tags.push(ty);
        Ok(TagId(self.handle(self.tags.len() - 1)))
    }

    /// A tag's type.
    pub fn tag_type(&self, id: TagId) -> FuncType {
        self.tags[self.check(id.0)].clone()
    }

    /// Makes an exception, for a host function to end with.
    pub fn new_exception(&self, tag: TagId, values: &[Val]) -> Result<ExceptionInfo, Error> {
        let ty = &self.tags[self.check(tag.0)];
        let fits = |(value, ty): (&Val, &ValType)| self.fits(value, *ty);
        if values.len() != ty.params().len() || !values.iter().zip(ty.params()).all(fits) {
            return Err(Error::Call(format!(
                "the values of an exception are not of type {ty}"
            )));
        }
        let slots = values.iter().flat_map(|value| {
            self.check_val(value);
            let count = value.ty().slots() as usize;
            value.to_slots().into_iter().take(count)
        });
        let exception = Exception::new(tag.0.index, slots.collect());
        Ok(ExceptionInfo {
            thrown: self.thrown(exception),
            info: TrapInfo {
                trap: Trap::UncaughtException,
                frames: Vec::new(),
                omitted: 0,
                instance: None,
            },
        })
    }

    /// The exception that a reference refers to.
    pub fn exception(&self, exception: ExnRef) -> Thrown {
        let slot = self.check(exception.0) as u64 + 1;
        self.thrown(self.exceptions.get(slot).clone())
    }

    pub(crate) fn thrown(&self, exception: Arc<Exception>) -> Thrown {
        let ty = &self.tags[exception.tag as usize];
        let (mut values, mut guards, mut at) = (Vec::new(), Vec::new(), 0);
        for &ty in ty.params() {
            let mut value = Val::from_slots(ty, &exception.slots[at..], self);
            at += ty.slots() as usize;
            // The host may keep the exception longer than its scope lasts.
            if let Some(held) = value.heap_ref().filter(|held| held.root.is_some()) {
                let guard = self.execution.get().heap.roots.guard(held.slot);
                value = value.with_root(guard.id());
                guards.push(guard);
            }
            values.push(value);
        }
        Thrown {
            store: self.id,
            exception,
            values,
            _guards: guards.into(),
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

fn no_such_memory(ty: MemoryType, pages: u64) -> Error {
    Error::Resources(match ty.page_bytes_log2 {
        16 => format!("a memory of {pages} pages of 64 KiB cannot be had"),
        _ => format!("a memory of {pages} bytes cannot be had"),
    })
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
