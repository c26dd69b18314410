//! References: everything that belongs to a store is one type in Rust, so that
//! the API's conversions between its types are no conversions at all.

use crate::engine::StoreRef;
use crate::trap::Reason;
use fossor::{ExternRef, Func, Global, Instance, Memory, Module, Rooted, Table};
use std::cell::RefCell;
use std::ffi::c_void;
use std::rc::Rc;

/// What `wasm_ref_t`, `wasm_func_t`, `wasm_module_t` and all others are.
#[derive(Clone)]
pub struct Object {
    pub store: StoreRef,
    pub what: What,
    info: Attached,
}

/// What a reference refers to.
#[derive(Clone)]
pub enum What {
    Func(Func),
    Global(Global),
    Table(Table),
    Memory(Memory),
    Instance(Instance),
    Module(Module),
    Trap(Rc<Reason>),
    /// A value of the host.
    Foreign(ExternRef),
    /// A structure, an array, or a small integer.
    Any(Rc<Rooted>),
}

/// What the host attached, shared by copies.
#[derive(Clone, Default)]
pub struct Attached(Rc<RefCell<Info>>);

// SAFETY: C3: objects of one store are used by one thread at a time.
unsafe impl Send for Attached {}
// SAFETY: as above.
unsafe impl Sync for Attached {}

struct Info {
    data: *mut c_void,
    finalizer: Option<Finalizer>,
}

pub type Finalizer = unsafe extern "C" fn(*mut c_void);

impl Object {
    pub fn new(store: &StoreRef, what: What) -> Box<Self> {
        Self::with_info(store, what, Attached::default())
    }

    pub fn with_info(store: &StoreRef, what: What, info: Attached) -> Box<Self> {
        Box::new(Self {
            store: store.clone(),
            what,
            info,
        })
    }

    fn same(&self, other: &Object) -> bool {
        let of_one_store = self.store.same(&other.store);
        match (&self.what, &other.what) {
            (What::Func(a), What::Func(b)) => a == b,
            (What::Global(a), What::Global(b)) => a == b,
            (What::Table(a), What::Table(b)) => a == b,
            (What::Memory(a), What::Memory(b)) => a == b,
            (What::Instance(a), What::Instance(b)) => a == b,
            (What::Foreign(a), What::Foreign(b)) => a == b,
            (What::Any(a), What::Any(b)) => a.get() == b.get(),
            (What::Trap(a), What::Trap(b)) => Rc::ptr_eq(a, b),
            (What::Module(a), What::Module(b)) => {
                of_one_store && std::ptr::eq(a.bytes(), b.bytes())
            }
            _ => false,
        }
    }

    fn set_info(&self, data: *mut c_void, finalizer: Option<Finalizer>) {
        // The finalizer of what was there may ask for what is there now.
        let before = self.info.0.replace(Info { data, finalizer });
        drop(before);
    }
}

impl Default for Info {
    fn default() -> Self {
        Self {
            data: std::ptr::null_mut(),
            finalizer: None,
        }
    }
}

impl Drop for Info {
    fn drop(&mut self) {
        if let Some(finalizer) = self.finalizer {
            // SAFETY: C1: given together with its data.
            unsafe { finalizer(self.data) };
        }
    }
}

/// The functions that every type of reference has.
macro_rules! references {
    ($($delete:ident $copy:ident $same:ident $get_info:ident $set_info:ident $set_info_with:ident;)*) => {$(
        #[unsafe(no_mangle)]
        pub extern "C" fn $delete(object: Option<Box<Object>>) {
            drop(object);
        }

        #[unsafe(no_mangle)]
        pub extern "C" fn $copy(object: Option<&Object>) -> Option<Box<Object>> {
            object.map(|object| Box::new(object.clone()))
        }

        #[unsafe(no_mangle)]
        pub extern "C" fn $same(a: Option<&Object>, b: Option<&Object>) -> bool {
            match (a, b) {
                (Some(a), Some(b)) => a.same(b),
                (None, None) => true,
                _ => false,
            }
        }

        #[unsafe(no_mangle)]
        pub extern "C" fn $get_info(object: &Object) -> *mut c_void {
            object.info.0.borrow().data
        }

        #[unsafe(no_mangle)]
        pub extern "C" fn $set_info(object: &Object, data: *mut c_void) {
            object.set_info(data, None);
        }

        #[unsafe(no_mangle)]
        pub extern "C" fn $set_info_with(
            object: &Object,
            data: *mut c_void,
            finalizer: Option<Finalizer>,
        ) {
            object.set_info(data, finalizer);
        }
    )*};
}
references! {
    wasm_ref_delete wasm_ref_copy wasm_ref_same wasm_ref_get_host_info
        wasm_ref_set_host_info wasm_ref_set_host_info_with_finalizer;
    wasm_trap_delete wasm_trap_copy wasm_trap_same wasm_trap_get_host_info
        wasm_trap_set_host_info wasm_trap_set_host_info_with_finalizer;
    wasm_foreign_delete wasm_foreign_copy wasm_foreign_same wasm_foreign_get_host_info
        wasm_foreign_set_host_info wasm_foreign_set_host_info_with_finalizer;
    wasm_module_delete wasm_module_copy wasm_module_same wasm_module_get_host_info
        wasm_module_set_host_info wasm_module_set_host_info_with_finalizer;
    wasm_func_delete wasm_func_copy wasm_func_same wasm_func_get_host_info
        wasm_func_set_host_info wasm_func_set_host_info_with_finalizer;
    wasm_global_delete wasm_global_copy wasm_global_same wasm_global_get_host_info
        wasm_global_set_host_info wasm_global_set_host_info_with_finalizer;
    wasm_table_delete wasm_table_copy wasm_table_same wasm_table_get_host_info
        wasm_table_set_host_info wasm_table_set_host_info_with_finalizer;
    wasm_memory_delete wasm_memory_copy wasm_memory_same wasm_memory_get_host_info
        wasm_memory_set_host_info wasm_memory_set_host_info_with_finalizer;
    wasm_extern_delete wasm_extern_copy wasm_extern_same wasm_extern_get_host_info
        wasm_extern_set_host_info wasm_extern_set_host_info_with_finalizer;
    wasm_instance_delete wasm_instance_copy wasm_instance_same wasm_instance_get_host_info
        wasm_instance_set_host_info wasm_instance_set_host_info_with_finalizer;
}

macro_rules! is {
    ($object:ident, Extern) => {
        is!($object, Func) || is!($object, Global) || is!($object, Table) || is!($object, Memory)
    };
    ($object:ident, $kind:ident) => {
        matches!($object.what, What::$kind(_))
    };
}
/// Conversions up, which always work, and down, null for another kind.
macro_rules! conversions {
    ($($kind:ident: $up:ident $up_const:ident $down:ident $down_const:ident;)*) => {$(
        #[unsafe(no_mangle)]
        pub extern "C" fn $up(object: *mut Object) -> *mut Object {
            object
        }

        #[unsafe(no_mangle)]
        pub extern "C" fn $up_const(object: *const Object) -> *const Object {
            object
        }

        #[unsafe(no_mangle)]
        pub extern "C" fn $down(object: Option<&mut Object>) -> Option<&mut Object> {
            object.filter(|object| is!(object, $kind))
        }

        #[unsafe(no_mangle)]
        pub extern "C" fn $down_const(object: Option<&Object>) -> Option<&Object> {
            object.filter(|object| is!(object, $kind))
        }
    )*};
}

conversions! {
    Trap: wasm_trap_as_ref wasm_trap_as_ref_const wasm_ref_as_trap wasm_ref_as_trap_const;
    Foreign: wasm_foreign_as_ref wasm_foreign_as_ref_const
        wasm_ref_as_foreign wasm_ref_as_foreign_const;
    Module: wasm_module_as_ref wasm_module_as_ref_const
        wasm_ref_as_module wasm_ref_as_module_const;
    Func: wasm_func_as_ref wasm_func_as_ref_const wasm_ref_as_func wasm_ref_as_func_const;
    Global: wasm_global_as_ref wasm_global_as_ref_const
        wasm_ref_as_global wasm_ref_as_global_const;
    Table: wasm_table_as_ref wasm_table_as_ref_const wasm_ref_as_table wasm_ref_as_table_const;
    Memory: wasm_memory_as_ref wasm_memory_as_ref_const
        wasm_ref_as_memory wasm_ref_as_memory_const;
    Extern: wasm_extern_as_ref wasm_extern_as_ref_const
        wasm_ref_as_extern wasm_ref_as_extern_const;
    Instance: wasm_instance_as_ref wasm_instance_as_ref_const
        wasm_ref_as_instance wasm_ref_as_instance_const;
    Func: wasm_func_as_extern wasm_func_as_extern_const
        wasm_extern_as_func wasm_extern_as_func_const;
    Global: wasm_global_as_extern wasm_global_as_extern_const
        wasm_extern_as_global wasm_extern_as_global_const;
    Table: wasm_table_as_extern wasm_table_as_extern_const
        wasm_extern_as_table wasm_extern_as_table_const;
    Memory: wasm_memory_as_extern wasm_memory_as_extern_const
        wasm_extern_as_memory wasm_extern_as_memory_const;
}
