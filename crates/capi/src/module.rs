//! Modules.

use crate::engine::{StoreRef, wasm_store_t};
use crate::last_error;
use crate::object::{Object, What};
use crate::types::{wasm_exporttype_t, wasm_importtype_t};
use crate::vector::{ByteVec, Vector};
use fossor::Module;

/// A module apart from any store, for other threads.
pub struct wasm_shared_module_t(Module);

/// The module, if it is one.
pub fn module(object: &Object) -> Option<&Module> {
    match &object.what {
        What::Module(module) => Some(module),
        _ => None,
    }
}

unsafe fn compile(store: &StoreRef, binary: Option<&ByteVec>) -> Option<Module> {
    // SAFETY: C1.
    let bytes = binary.map_or(&[][..], |binary| unsafe { binary.as_slice() });
    Module::new(store.engine(), bytes)
        .or_else(|error| last_error::set(error).ok_or(()))
        .ok()
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_module_new(
    store: &wasm_store_t,
    binary: Option<&ByteVec>,
) -> Option<Box<Object>> {
    // SAFETY: C1.
    let module = unsafe { compile(&store.0, binary) }?;
    Some(Object::new(&store.0, What::Module(module)))
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_module_validate(
    store: &wasm_store_t,
    binary: Option<&ByteVec>,
) -> bool {
    // SAFETY: C1.
    unsafe { compile(&store.0, binary) }.is_some()
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_module_imports(
    object: &Object,
    out: *mut Vector<*mut wasm_importtype_t>,
) {
    let imports = module(object).into_iter().flat_map(Module::imports);
    let boxes =
        imports.filter_map(|import| Some(Box::into_raw(Box::new(wasm_importtype_t::of(&import)?))));
    // SAFETY: C1.
    unsafe { out.write(Vector::new(boxes.collect())) };
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_module_exports(
    object: &Object,
    out: *mut Vector<*mut wasm_exporttype_t>,
) {
    let exports = module(object).into_iter().flat_map(Module::exports);
    let boxes =
        exports.filter_map(|export| Some(Box::into_raw(Box::new(wasm_exporttype_t::of(&export)?))));
    // SAFETY: C1.
    unsafe { out.write(Vector::new(boxes.collect())) };
}

/// The module's own binary: nothing is compiled ahead that could be kept.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_module_serialize(object: &Object, out: *mut ByteVec) {
    let bytes = module(object).map_or(&[][..], Module::bytes);
    // SAFETY: C1.
    unsafe { out.write(Vector::new(bytes.to_vec())) };
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_module_deserialize(
    store: &wasm_store_t,
    binary: Option<&ByteVec>,
) -> Option<Box<Object>> {
    // SAFETY: C1.
    unsafe { wasm_module_new(store, binary) }
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_module_share(object: &Object) -> Option<Box<wasm_shared_module_t>> {
    Some(Box::new(wasm_shared_module_t(module(object)?.clone())))
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_module_obtain(
    store: &wasm_store_t,
    shared: &wasm_shared_module_t,
) -> Box<Object> {
    Object::new(&store.0, What::Module(shared.0.clone()))
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_shared_module_delete(shared: Option<Box<wasm_shared_module_t>>) {
    drop(shared);
}
