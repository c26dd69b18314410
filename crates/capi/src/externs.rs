//! Globals, tables, memories, and what they have in common.

use crate::engine::{StoreRef, wasm_store_t};
use crate::last_error;
use crate::object::{Attached, Object, What};
use crate::types::{Type, extern_kind};
use crate::value::{Kept, OTHER_STORE, reference_in, wasm_val_t};
use crate::vector::{Element, Vector, vectors};
use crate::wasi::Guest;
use fossor::{Error, Extern, ExternRef, Global, Memory, StoreContextMut, Table, Val, ValType};

vectors! {
    *mut Object: wasm_extern_vec_new_empty wasm_extern_vec_new_uninitialized
        wasm_extern_vec_new wasm_extern_vec_copy wasm_extern_vec_delete;
}

/// An external for C.
pub fn object(store: &StoreRef, item: Extern) -> Option<Box<Object>> {
    let what = match item {
        Extern::Func(func) => What::Func(func),
        Extern::Global(global) => What::Global(global),
        Extern::Table(table) => What::Table(table),
        Extern::Memory(memory) => What::Memory(memory),
        _ => return None,
    };
    Some(Object::new(store, what))
}

/// The external, if it is one.
pub fn item(object: &Object) -> Option<Extern> {
    Some(match object.what {
        What::Func(func) => func.into(),
        What::Global(global) => global.into(),
        What::Table(table) => table.into(),
        What::Memory(memory) => memory.into(),
        _ => return None,
    })
}

/// An object of what was made, or null and why not.
fn made(store: &StoreRef, outcome: Result<What, Error>) -> Option<Box<Object>> {
    match outcome {
        Ok(what) => Some(Object::new(store, what)),
        Err(error) => last_error::set(error),
    }
}

fn type_of(object: &Object) -> Option<Box<Type>> {
    let item = item(object)?;
    let ty = object.store.with(|ctx| item.ty(ctx));
    Type::of(&ty).map(Box::new)
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_extern_kind(object: &Object) -> u8 {
    match object.what {
        What::Global(_) => extern_kind::GLOBAL,
        What::Table(_) => extern_kind::TABLE,
        What::Memory(_) => extern_kind::MEMORY,
        _ => extern_kind::FUNC,
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_extern_type(object: &Object) -> Option<Box<Type>> {
    type_of(object)
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_foreign_new(store: &wasm_store_t) -> Box<Object> {
    let info = Attached::default();
    let value = store.0.with(|ctx| ExternRef::new(ctx, info.clone()));
    Object::with_info(&store.0, What::Foreign(value), info)
}

// Globals.

fn global(object: &Object) -> Option<Global> {
    match object.what {
        What::Global(global) => Some(global),
        _ => None,
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_global_new(
    store: &wasm_store_t,
    ty: &Type,
    value: &wasm_val_t,
) -> Option<Box<Object>> {
    // SAFETY: C1.
    let value = unsafe { value.to_val_in(&store.0) }?;
    let ty = ty.to_global()?;
    let global = store.0.with(|ctx| Global::new(ctx, ty, value));
    made(&store.0, global.map(What::Global))
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_global_type(object: &Object) -> Option<Box<Type>> {
    type_of(object)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_global_get(object: &Object, out: *mut wasm_val_t) {
    let value = global(object).map(|global| object.store.with(|ctx| global.get(ctx)));
    let value = value.and_then(|value| wasm_val_t::of(&object.store, value));
    // SAFETY: C1.
    unsafe { out.write(value.unwrap_or_else(wasm_val_t::empty)) };
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_global_set(object: &Object, value: &wasm_val_t) {
    // SAFETY: C1.
    if let (Some(global), Some(value)) = (global(object), unsafe { value.to_val_in(&object.store) })
        && let Err(error) = object.store.with(|ctx| global.set(ctx, value))
    {
        let _ = last_error::set::<()>(error);
    }
}

// Tables.

fn table(object: &Object) -> Option<(Table, ValType)> {
    match object.what {
        What::Table(table) => {
            let ty = object.store.with(|ctx| table.ty(ctx));
            Some((table, ValType::Ref(ty.element)))
        }
        _ => None,
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_table_new(
    store: &wasm_store_t,
    ty: &Type,
    init: Option<&Object>,
) -> Option<Box<Object>> {
    let ty = ty.to_table()?;
    let init = reference_in(&store.0, init, ValType::Ref(ty.element))?;
    let table = store.0.with(|ctx| Table::new(ctx, ty, init));
    made(&store.0, table.map(What::Table))
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_table_type(object: &Object) -> Option<Box<Type>> {
    type_of(object)
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_table_get(object: &Object, index: u32) -> Option<Box<Object>> {
    let (table, _) = table(object)?;
    let element = object.store.with(|ctx| table.get(ctx, index.into()))?;
    match element {
        Val::FuncRef(func) => func.map(|func| Object::new(&object.store, What::Func(func))),
        other => {
            let kept = object.store.with(|ctx| Kept::of(ctx, other))?;
            Some(kept.into_object(&object.store))
        }
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_table_set(object: &Object, index: u32, value: Option<&Object>) -> bool {
    let Some((table, ty)) = table(object) else {
        return false;
    };
    let Some(value) = reference_in(&object.store, value, ty) else {
        return false;
    };
    let set = object.store.with(|ctx| table.set(ctx, index.into(), value));
    set.or_else(|error| last_error::set(error).ok_or(()))
        .is_ok()
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_table_size(object: &Object) -> u32 {
    let size = table(object).map(|(table, _)| object.store.with(|ctx| table.size(ctx)));
    size.unwrap_or(0) as u32
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_table_grow(object: &Object, delta: u32, init: Option<&Object>) -> bool {
    let Some((table, ty)) = table(object) else {
        return false;
    };
    let Some(init) = reference_in(&object.store, init, ty) else {
        return false;
    };
    let grown = object.store.with(|ctx| table.grow(ctx, delta.into(), init));
    grown
        .or_else(|error| last_error::set(error).ok_or(()))
        .is_ok()
}

// Memories.

fn memory(object: &Object) -> Option<Memory> {
    match object.what {
        What::Memory(memory) => Some(memory),
        _ => None,
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_memory_new(store: &wasm_store_t, ty: &Type) -> Option<Box<Object>> {
    let ty = ty.to_memory()?;
    let memory = store.0.with(|ctx| Memory::new(ctx, ty));
    made(&store.0, memory.map(What::Memory))
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_memory_type(object: &Object) -> Option<Box<Type>> {
    type_of(object)
}

/// The pointer holds until the memory grows, and longer: it never moves.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_memory_data(object: &Object) -> *mut u8 {
    let data = |memory| object.store.with(|ctx| first_byte(ctx, memory));
    memory(object).map_or(std::ptr::null_mut(), data)
}

fn first_byte(mut ctx: StoreContextMut<'_, Guest>, memory: Memory) -> *mut u8 {
    memory.data_mut(&mut ctx).as_mut_ptr()
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_memory_data_size(object: &Object) -> usize {
    let size = |memory: Memory| object.store.with(|ctx| memory.data(&ctx).len());
    memory(object).map_or(0, size)
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_memory_size(object: &Object) -> u32 {
    let size = |memory: Memory| object.store.with(|ctx| memory.size(ctx));
    memory(object).map_or(0, size) as u32
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_memory_grow(object: &Object, delta_pages: u32) -> bool {
    let grow = |memory: Memory| {
        let grown = object
            .store
            .with(|ctx| memory.grow(ctx, delta_pages.into()));
        grown
            .or_else(|error| last_error::set(error).ok_or(()))
            .is_ok()
    };
    memory(object).is_some_and(grow)
}

/// What a vector of externals of this store holds, or what is wrong with one of them.
pub unsafe fn items(
    store: &StoreRef,
    vector: Option<&Vector<*mut Object>>,
) -> Result<Vec<Extern>, &'static str> {
    // SAFETY: C1.
    let objects = vector.map_or(&[][..], |vector| unsafe { vector.as_slice() });
    let items = objects.iter().map(|object| {
        // SAFETY: C1.
        let object = unsafe { object.as_ref() }.ok_or("an import is missing")?;
        match object.store.same(store) {
            true => item(object).ok_or("an import is missing"),
            false => Err(OTHER_STORE),
        }
    });
    items.collect()
}
