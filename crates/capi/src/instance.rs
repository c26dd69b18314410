//! Instances.

use crate::engine::wasm_store_t;
use crate::externs;
use crate::last_error;
use crate::module::module;
use crate::object::{Object, What};
use crate::trap::{self, Reason};
use crate::vector::Vector;
use fossor::Instance;

#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_instance_new(
    store: &wasm_store_t,
    object: &Object,
    imports: Option<&Vector<*mut Object>>,
    out: *mut Option<Box<Object>>,
) -> Option<Box<Object>> {
    // A callback may delete the handles of the store and of the module.
    let store = &store.0.clone();
    let module = &module(object)?.clone();
    // SAFETY: C1.
    let outcome = match unsafe { externs::items(store, imports) } {
        Ok(items) => store
            .with(|ctx| Instance::new(ctx, module, &items))
            .map_err(|error| {
                let _ = last_error::set::<()>(&error);
                Reason::of(&error, Some(module))
            }),
        Err(message) => Err(Reason {
            message: message.to_owned(),
            ..Reason::default()
        }),
    };
    let (instance, trap) = match outcome {
        Ok(instance) => (Some(Object::new(store, What::Instance(instance))), None),
        Err(reason) => (None, Some(trap::new(store, reason))),
    };
    if !out.is_null() {
        // SAFETY: C1. Whatever C had there, if it had anything, is not ours to read or free.
        unsafe { out.write(trap) };
    }
    instance
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_instance_exports(object: &Object, out: *mut Vector<*mut Object>) {
    let store = &object.store;
    let exports = match object.what {
        What::Instance(instance) => store.with(|ctx| instance.exports(ctx)),
        _ => Vec::new(),
    };
    let objects = exports
        .into_iter()
        .filter_map(|(_, item)| Some(Box::into_raw(externs::object(store, item)?)));
    // SAFETY: C1.
    unsafe { out.write(Vector::new(objects.collect())) };
}
