//! Instances: a module with its own memories, tables and globals.

mod buffer;
mod constant;
mod instantiate;
mod link;
mod snapshot;

pub(crate) use buffer::{Buffer, Buffers};
pub use link::matches as import_matches;
pub use snapshot::Snapshot;

use crate::execute::context::{FuncRef, Memory, Table};
use crate::execute::context_box::ContextBox;
use crate::execute::objects::is_traced;
use crate::module::Module;
use crate::value::{Extern, Func, GlobalId, Handle, MemoryId, TableId, TagId};
use fossor_module::{ExternKind, ValType};

/// What a store keeps of an instance.
pub(crate) struct Instance {
    /// Index in the store.
    pub id: u32,
    pub module: Module,
    pub context: ContextBox,
    /// By index; the context points to these arrays, which is what the first
    /// three are kept for.
    memories: Box<[*mut Memory]>,
    imported_globals: Box<[*mut u64]>,
    tables: Box<[*mut Table]>,
    funcs: Buffer<FuncRef>,
    pub memory_ids: Box<[MemoryId]>,
    pub table_ids: Box<[TableId]>,
    pub global_ids: Box<[GlobalId]>,
    pub tag_ids: Box<[TagId]>,
    /// Imported functions, as they were given.
    pub imported_funcs: Box<[Func]>,
    /// Evaluated element segments; empty once dropped.
    elements: Vec<Box<[u64]>>,
    dropped_data: Box<[bool]>,
}

// SAFETY of sharing: the pointers lead to what the same store owns; they are
// followed only while it is borrowed. `ContextBox` and `FuncRef` say so for
// themselves.
crate::execute::send_with_store!(Instance);

impl Instance {
    /// The bytes of a data segment; none once dropped.
    pub fn data_segment(&self, index: u32) -> &[u8] {
        if self.dropped_data[index as usize] {
            return &[];
        }
        let decoded = self.module.decoded();
        let Some(segment) = decoded.data.get(index as usize) else {
            return &[];
        };
        &decoded.bytes[segment.bytes.start as usize..segment.bytes.end as usize]
    }

    /// `data.drop`
    pub fn drop_data(&mut self, index: u32) {
        self.dropped_data[index as usize] = true;
    }

    /// The references of an element segment; none once dropped.
    pub fn element_segment(&self, index: u32) -> &[u64] {
        &self.elements[index as usize]
    }

    /// Hands over the element segments' references to what is collected.
    pub fn each_traced_element(&self, visit: &mut dyn FnMut(u64)) {
        let segments = &self.module.decoded().elements;
        for (elements, segment) in self.elements.iter().zip(segments) {
            if is_traced(ValType::Ref(segment.ty)) {
                elements.iter().for_each(|&slot| visit(slot));
            }
        }
    }

    /// `elem.drop`
    pub fn drop_elements(&mut self, index: u32) {
        self.elements[index as usize] = Box::default();
    }

    /// Memory 0, if there is one.
    pub fn first_memory(&self) -> Option<MemoryId> {
        self.memory_ids.first().copied()
    }

    /// A function by its index.
    pub fn func(&self, store: u64, index: u32) -> Func {
        match self.imported_funcs.get(index as usize) {
            Some(func) => *func,
            None => Func {
                store,
                addr: std::ptr::from_ref(&self.funcs[index as usize]) as usize,
            },
        }
    }

    /// Whether a function is one of the module's own, in this instance.
    pub fn defines(&self, func: Func) -> bool {
        let own = &self.funcs[self.imported_funcs.len()..];
        let range = own.as_ptr_range();
        (range.start as usize..range.end as usize).contains(&func.addr)
    }

    /// What an export names.
    pub fn extern_of(&self, store: u64, kind: ExternKind, index: u32) -> Extern {
        match kind {
            ExternKind::Func => Extern::Func(self.func(store, index)),
            ExternKind::Memory => Extern::Memory(self.memory_ids[index as usize]),
            ExternKind::Table => Extern::Table(self.table_ids[index as usize]),
            ExternKind::Global => Extern::Global(self.global_ids[index as usize]),
            ExternKind::Tag => Extern::Tag(self.tag_ids[index as usize]),
        }
    }

    fn handle(store: u64, index: usize) -> Handle {
        Handle {
            store,
            index: index as u32,
        }
    }
}
