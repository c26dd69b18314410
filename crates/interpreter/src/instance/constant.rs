//! Evaluating a module's constant expressions.

use super::Instance;
use super::instantiate::trap;
use crate::error::Error;
use crate::execute::objects::{StoreRoots, heap_and_roots};
use crate::heap::{Heap, Layout};
use crate::store::Store;
use crate::value::GlobalId;
use fossor_host::Trap;
use fossor_module::{ConstEnv, ConstExpr, ConstValue, NewObject};

/// What constant expressions of an instance refer to.
pub(super) struct Env<'a> {
    instance: &'a Instance,
    globals: &'a [GlobalId],
    heap: &'a mut Heap,
    roots: StoreRoots<'a>,
    store: u64,
    /// Whether an object was not to be had.
    exhausted: bool,
}

impl<'a> Env<'a> {
    /// Of an instance that is being made, with so many globals so far.
    pub fn new(store: &'a mut Store, instance: &'a Instance, globals: &'a [GlobalId]) -> Self {
        let id = store.id;
        let (heap, roots) = heap_and_roots(store);
        Self {
            instance,
            globals,
            heap,
            roots,
            store: id,
            exhausted: false,
        }
    }

    /// Of the store's instance `index`.
    pub fn of_instance(store: &'a mut Store, index: usize) -> Self {
        let id = store.id;
        let (heap, roots) = heap_and_roots(store);
        let instance = roots.instances[index].get();
        Self {
            instance,
            globals: &instance.global_ids,
            heap,
            roots,
            store: id,
            exhausted: false,
        }
    }

    /// The value of an expression. An object in it is held until the store's
    /// innermost scope ends.
    pub fn value(&mut self, expr: &ConstExpr) -> Result<ConstValue, Error> {
        let value = expr.evaluate(self);
        match self.exhausted {
            true => Err(trap(Trap::HeapExhausted)),
            false => Ok(value),
        }
    }

    fn layout(&self, type_idx: u32) -> &Layout {
        &self.instance.module.0.layouts[type_idx as usize]
    }

    fn fill(&mut self, object: u64, type_idx: u32, new: NewObject<'_>) {
        match new {
            NewObject::StructDefault | NewObject::ArrayDefault(_) => {}
            NewObject::Struct(values) => {
                let fields = self.layout(type_idx).fields.clone();
                for (&(access, word), value) in fields.iter().zip(values) {
                    for i in 0..access.words() {
                        let _ = self.heap.set_field(object, word + i, value[i as usize]);
                    }
                }
            }
            NewObject::Array(value, length) => {
                let _ = self.heap.fill_elements(object, 0, length, value);
            }
            NewObject::ArrayFixed(values) => {
                for (i, &value) in values.iter().enumerate() {
                    let _ = self.heap.fill_elements(object, i as u32, 1, value);
                }
            }
        }
    }
}

impl ConstEnv for Env<'_> {
    fn global(&mut self, idx: u32) -> ConstValue {
        let global = &self.roots.globals[self.globals[idx as usize].0.index as usize];
        global.cell.read(global.ty.value.slots())
    }

    fn func_ref(&mut self, idx: u32) -> u64 {
        self.instance.func(self.store, idx).addr as u64
    }

    fn struct_fields(&self, type_idx: u32) -> usize {
        self.layout(type_idx).fields.len()
    }

    fn new_object(&mut self, type_idx: u32, new: NewObject<'_>) -> u64 {
        let length = match new {
            NewObject::Struct(_) | NewObject::StructDefault => 0,
            NewObject::Array(_, length) | NewObject::ArrayDefault(length) => length,
            NewObject::ArrayFixed(values) => values.len() as u32,
        };
        let type_id = self.instance.module.0.type_ids[type_idx as usize];
        let Some(object) = self.heap.allocate(type_id, length, &self.roots) else {
            self.exhausted = true;
            return 0;
        };
        self.heap.roots.hold(object);
        self.fill(object, type_idx, new);
        object
    }
}
