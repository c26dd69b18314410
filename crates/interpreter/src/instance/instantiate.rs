//! Making an instance. Source: specification, "Instantiation".

use super::constant::Env;
use super::snapshot::{FrozenRef, State};
use super::{Instance, Snapshot, link};
use crate::error::{Error, TrapInfo};
use crate::execute::context::{Context, FuncRef, SlotCounts};
use crate::execute::context_box::ContextBox;
use crate::execute::host::{self, GlobalCell};
use crate::execute::owned::Owned;
use crate::module::Module;
use crate::store::{Global, Store};
use crate::value::{Extern, Func, InstanceId};
use fossor_host::Trap;
use fossor_module::{ConstEnv, ElementItems, FuncType, PlainSegment, SegmentMode, ValType};

impl Store {
    /// Instantiates a module: checks and links its imports, in their order,
    /// initialises its globals, tables and memories, and runs its start
    /// function.
    pub fn instantiate(
        &mut self,
        module: &Module,
        imports: &[Extern],
    ) -> Result<InstanceId, Error> {
        let (id, start) = self.instantiate_without_start(module, imports)?;
        if let Some(start) = start {
            self.call(start, &[])?;
        }
        Ok(id)
    }

    /// As [`instantiate`](Self::instantiate), but leaves it to the caller to
    /// run the start function.
    pub fn instantiate_without_start(
        &mut self,
        module: &Module,
        imports: &[Extern],
    ) -> Result<(InstanceId, Option<Func>), Error> {
        self.check_instantiation(module, imports)?;
        // What constant expressions make is held until it has its place.
        let scope = self.hold_scope();
        let filled = self.allocate(module, imports, None).and_then(|index| {
            self.fill_tables(index)?;
            self.fill_memories(index)?;
            Ok(index)
        });
        self.end_hold_scope(scope);
        let index = filled?;
        let start = module
            .decoded()
            .start
            .map(|func| self.instances[index].get().func(self.id, func));
        Ok((InstanceId(Instance::handle(self.id, index)), start))
    }

    /// Makes an instance in the state of a snapshot. Nothing of the guest's
    /// runs: neither a start function nor an initialiser.
    pub fn instantiate_snapshot(
        &mut self,
        snapshot: &Snapshot,
        imports: &[Extern],
    ) -> Result<InstanceId, Error> {
        let state = &*snapshot.0;
        self.check_instantiation(&state.module, imports)?;
        let funcs = imports.iter().filter_map(|import| match import {
            Extern::Func(func) => Some(host::type_id(*func)),
            _ => None,
        });
        for (at, (given, &wanted)) in funcs.zip(&state.import_types).enumerate() {
            if !self.engine.is_subtype(given, wanted) {
                return Err(Error::Resources(format!(
                    "imported function {at} is not of the type of the one that the snapshot was \
                     taken with"
                )));
            }
        }
        let index = self.allocate(&state.module, imports, Some(state))?;
        for (position, frozen) in state.tables.iter().enumerate() {
            let instance = self.instances[index].get();
            let id = instance.table_ids[position];
            let table = self.tables[id.0.index as usize].get_mut();
            let values = frozen.iter().map(|value| value.thaw(instance));
            table.elements.extend(values);
        }
        let instance = self.instances[index].get();
        let thaw = |values: &[FrozenRef]| values.iter().map(|v| v.thaw(instance)).collect();
        let elements = state.elements.iter().map(|values| thaw(values)).collect();
        let instance = self.instances[index].get_mut();
        instance.elements = elements;
        instance.dropped_data = state.dropped_data.clone();
        Ok(InstanceId(Instance::handle(self.id, index)))
    }

    fn check_instantiation(&self, module: &Module, imports: &[Extern]) -> Result<(), Error> {
        if !module.engine().same(&self.engine) {
            return Err(Error::Resources(
                "the module was compiled for another engine".to_owned(),
            ));
        }
        if self.instances.len() >= self.limits.instances {
            let limit = self.limits.instances;
            return Err(Error::Resources(format!(
                "the store already has {limit} instances"
            )));
        }
        Ok(link::check(self, module, imports)?)
    }

    /// Everything but the segments; with a state, its memories and globals, and
    /// tables of its sizes without its elements.
    fn allocate(
        &mut self,
        module: &Module,
        imports: &[Extern],
        state: Option<&State>,
    ) -> Result<usize, Error> {
        let globals = self.globals.len();
        let index = self.allocate_parts(module, imports, state);
        if index.is_err() {
            // The cells went with the instance, and the collector looks at all globals.
            self.globals.truncate(globals);
        }
        index
    }

    fn allocate_parts(
        &mut self,
        module: &Module,
        imports: &[Extern],
        state: Option<&State>,
    ) -> Result<usize, Error> {
        let decoded = module.decoded();
        if !module.0.plain_types {
            self.know_types();
        }
        let store = self.id;
        let mut memory_ids = Vec::new();
        let mut table_ids = Vec::new();
        let mut global_ids = Vec::new();
        let mut tag_ids = Vec::new();
        let mut imported_funcs = Vec::new();
        for import in imports {
            match *import {
                Extern::Func(func) => imported_funcs.push(func),
                Extern::Memory(id) => memory_ids.push(id),
                Extern::Table(id) => table_ids.push(id),
                Extern::Global(id) => global_ids.push(id),
                Extern::Tag(id) => tag_ids.push(id),
            }
        }
        for (position, ty) in decoded.memories.iter().enumerate().skip(memory_ids.len()) {
            memory_ids.push(match state {
                None => self.new_memory(*ty)?,
                Some(state) => self.new_memory_of(*ty, &state.memories[position])?,
            });
        }
        for &ty in decoded.tags.iter().skip(tag_ids.len()) {
            tag_ids.push(self.new_tag(module.0.signature(ty))?);
        }
        let memories: Box<[_]> = memory_ids
            .iter()
            .map(|id| self.memories[id.0.index as usize].as_ptr())
            .collect();
        let imported_globals: Box<[_]> = global_ids
            .iter()
            .map(|id| self.globals[id.0.index as usize].cell.address())
            .collect();
        let execution = self.execution.get();
        let stack_limit = execution.stack_limit().into();
        let context = Context {
            memory_bytes: 0,
            memory_base: std::ptr::NonNull::dangling().as_ptr(),
            stack_limit,
            fuel: 0,
            execution: self.execution.as_ptr(),
            memories: std::ptr::null(),
            tables: std::ptr::null(),
            funcs: std::ptr::null(),
            imported_globals: std::ptr::null(),
            instance: std::ptr::null_mut(),
            memory_count: memories.len() as u32,
        };
        let context = ContextBox::new(context, module.0.own_globals_slots as usize);
        let counted = decoded.types.iter().map(|ty| SlotCounts {
            params: ty.as_func().map_or(0, FuncType::param_slots),
            results: ty.as_func().map_or(0, FuncType::result_slots),
        });
        let slots_of: Box<[SlotCounts]> = counted.collect();
        let mut funcs = module.0.func_buffers.take();
        funcs.extend(decoded.funcs.iter().enumerate().map(|(index, &ty)| {
            match imported_funcs.get(index) {
                Some(&func) => host::func_ref(func),
                None => {
                    let entry = &module.0.entries[index - imported_funcs.len()];
                    let type_id = module.0.type_ids[ty as usize];
                    let slots = slots_of[ty as usize];
                    FuncRef {
                        ctx: context.as_ptr(),
                        entry,
                        type_id,
                        host_idx: u32::MAX,
                        slots,
                    }
                }
            }
        }));
        let index = self.instances.len();
        let mut instance = Owned::new(Instance {
            id: index as u32,
            module: module.clone(),
            context,
            memories,
            tables: Box::default(),
            funcs,
            imported_globals,
            memory_ids: memory_ids.into(),
            table_ids: Box::default(),
            global_ids: Box::default(),
            tag_ids: tag_ids.into(),
            imported_funcs: imported_funcs.into(),
            elements: Vec::new(),
            dropped_data: vec![false; decoded.data.len()].into(),
        });
        for (i, global) in decoded.globals.iter().enumerate().skip(global_ids.len()) {
            let cell = GlobalCell::Raw(
                instance
                    .get()
                    .context
                    .cell(module.0.global_offset(i as u32)),
            );
            if let Some(state) = state {
                let slots = match global.ty.value {
                    ValType::Ref(_) => {
                        let frozen = FrozenRef::from_slot(state.globals[i][0]);
                        [frozen.thaw(instance.get()), 0]
                    }
                    _ => state.globals[i],
                };
                cell.write(slots, global.ty.value.slots());
            } else if let Some(init) = &global.init {
                let value = Env::new(self, instance.get(), &global_ids).value(init)?;
                cell.write(value, global.ty.value.slots());
            }
            global_ids.push(self.add_global(Global {
                ty: global.ty,
                cell,
            }));
        }
        for (position, table) in decoded.tables.iter().enumerate().skip(table_ids.len()) {
            if let Some(state) = state {
                let elements = module.0.table_buffers.take();
                let size = state.tables[position].len() as u64;
                table_ids.push(self.new_table_of(table.ty, size, elements)?);
                continue;
            }
            let init = match &table.init {
                Some(init) => Env::new(self, instance.get(), &global_ids).value(init)?[0],
                None => 0,
            };
            table_ids.push(self.new_table_raw(table.ty, table.ty.limits.min, init)?);
        }
        let tables: Box<[_]> = table_ids
            .iter()
            .map(|id| self.tables[id.0.index as usize].as_ptr())
            .collect();
        let address = instance.as_ptr();
        let this = instance.get_mut();
        (this.tables, this.table_ids, this.global_ids) =
            (tables, table_ids.into(), global_ids.into());
        // Pointers into boxes are taken here: they would not outlive a move of theirs.
        let context = this.context.get_mut();
        context.memories = this.memories.as_ptr();
        context.tables = this.tables.as_ptr();
        context.funcs = this.funcs.as_ptr();
        context.imported_globals = this.imported_globals.as_ptr();
        context.instance = address;
        host::refresh(context);
        debug_assert_eq!(store, self.id);
        self.brake.add(instance.get().context.as_non_null());
        self.instances.push(instance);
        Ok(index)
    }

    /// Evaluates element segments and writes the active ones.
    fn fill_tables(&mut self, index: usize) -> Result<(), Error> {
        let module = self.instances[index].get().module.clone();
        let segments = &module.decoded().elements;
        for segment in segments {
            let values = match &segment.mode {
                SegmentMode::Passive => self.element_values(index, &segment.items)?,
                SegmentMode::Active { .. } | SegmentMode::Declared => Box::default(),
            };
            self.instances[index].get_mut().elements.push(values);
        }
        for segment in segments {
            let SegmentMode::Active {
                index: table,
                offset,
            } = &segment.mode
            else {
                continue;
            };
            let offset = Env::of_instance(self, index).value(offset)?[0];
            let values = self.element_values(index, &segment.items)?;
            let instance = self.instances[index].get();
            let table = instance.table_ids[*table as usize];
            let table = self.tables[table.0.index as usize].get_mut();
            let place = usize::try_from(offset).ok().and_then(|start| {
                table
                    .elements
                    .get_mut(start..start.checked_add(values.len())?)
            });
            match place {
                Some(place) => place.copy_from_slice(&values),
                None => return Err(trap(Trap::TableOutOfBounds)),
            }
        }
        Ok(())
    }

    fn element_values(&mut self, index: usize, items: &ElementItems) -> Result<Box<[u64]>, Error> {
        let mut env = Env::of_instance(self, index);
        match items {
            ElementItems::Funcs(funcs) => Ok(funcs.iter().map(|&i| env.func_ref(i)).collect()),
            ElementItems::Exprs(exprs) => {
                let values = exprs.iter().map(|expr| Ok(env.value(expr)?[0]));
                values.collect()
            }
        }
    }

    /// Writes the active data segments.
    fn fill_memories(&mut self, index: usize) -> Result<(), Error> {
        let module = self.instances[index].get().module.clone();
        let decoded = module.decoded();
        if let Some(segments) = decoded.data.plain() {
            let end = decoded.data.plain_end();
            return self.fill_memory(index, segments, end, &decoded.bytes);
        }
        for (i, segment) in decoded.data.iter().enumerate() {
            let SegmentMode::Active {
                index: memory,
                offset,
            } = segment.mode
            else {
                continue;
            };
            let offset = Env::of_instance(self, index).value(&offset)?[0];
            let instance = self.instances[index].get();
            let memory = instance.memory_ids[memory as usize];
            let bytes = &decoded.bytes[segment.bytes.start as usize..segment.bytes.end as usize];
            let memory = self.memories[memory.0.index as usize].get_mut().data_mut();
            write(memory, offset, bytes)?;
            self.instances[index].get_mut().drop_data(i as u32);
        }
        Ok(())
    }

    /// As above, where all segments go to memory 0: all of a Go program, which
    /// has 30,000 and more.
    fn fill_memory(
        &mut self,
        index: usize,
        segments: impl Iterator<Item = PlainSegment>,
        end: u64,
        binary: &[u8],
    ) -> Result<(), Error> {
        let instance = self.instances[index].get_mut();
        let Some(memory) = instance.memory_ids.first() else {
            return Ok(());
        };
        let memory = self.memories[memory.0.index as usize].get_mut();
        memory.expect_writes(end);
        let memory = memory.data_mut();
        for (i, segment) in segments.enumerate() {
            let bytes = &binary[segment.bytes.start as usize..segment.bytes.end as usize];
            write(memory, segment.address.into(), bytes)?;
            instance.drop_data(i as u32);
        }
        Ok(())
    }
}

/// Writes a segment, if it fits.
#[inline]
fn write(memory: &mut [u8], offset: u64, bytes: &[u8]) -> Result<(), Error> {
    let place = usize::try_from(offset)
        .ok()
        .and_then(|start| memory.get_mut(start..start.checked_add(bytes.len())?));
    match place {
        Some(place) => place.copy_from_slice(bytes),
        None => return Err(trap(Trap::MemoryOutOfBounds)),
    }
    Ok(())
}

pub(super) fn trap(trap: Trap) -> Error {
    Error::Trap(Box::new(TrapInfo {
        trap,
        frames: Vec::new(),
        omitted: 0,
        instance: None,
    }))
}
