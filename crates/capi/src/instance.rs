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
    out: Option<&mut Option<Box<Object>>>,
) -> Option<Box<Object>> {
    let module = module(object)?;
    // SAFETY: C1.
    let outcome = match unsafe { externs::items(imports) } {
        Some(items) => store
            .0
            .with(|ctx| Instance::new(ctx, module, &items))
            .map_err(|error| {
                let _ = last_error::set::<()>(&error);
                Reason::of(&error, Some(module))
            }),
        None => Err(Reason {
            message: "an import is missing".to_owned(),
            ..Reason::default()
        }),
    };
    match outcome {
        Ok(instance) => {
            if let Some(out) = out {
                // Whatever C had there is not ours to free.
                std::mem::forget(out.take());
            }
            Some(Object::new(&store.0, What::Instance(instance)))
        }
        Err(reason) => {
            if let Some(out) = out {
                std::mem::forget(out.replace(trap::new(&store.0, reason)));
            }
            None
        }
    }
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
