//! The memories, tables and globals of a store.

use super::{Global, Store};
use crate::error::Error;
use crate::execute::context::{Memory, Table};
use crate::execute::host;
use crate::execute::owned::Owned;
use crate::instance::Buffer;
use crate::reserve::Image;
use crate::value::{GlobalId, MemoryId, TableId, Val};
use fossor_module::{GlobalType, MemoryType, TableType, ValType};

impl Store {
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
        if !self.fits(&init, ValType::Ref(ty.element)) {
            return Err(Error::Call(format!(
                "a table of {} was given a {}",
                ty.element,
                init.ty()
            )));
        }
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
        elements: Buffer<u64>,
    ) -> Result<TableId, Error> {
        let max = self.limits.table_elements;
        let mut table = Table {
            ty,
            elements,
            max,
            allowance: self.table_allowance.clone(),
        };
        if size > max || table.reserve(size).is_none() {
            let message = format!("a table of {size} elements cannot be had");
            return Err(Error::Resources(message));
        }
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
}

fn no_such_memory(ty: MemoryType, pages: u64) -> Error {
    Error::Resources(match ty.page_bytes_log2 {
        16 => format!("a memory of {pages} pages of 64 KiB cannot be had"),
        _ => format!("a memory of {pages} bytes cannot be had"),
    })
}
