//! Structures, arrays and small integers. Declared in `include/wasi.h`.

use crate::engine::wasm_store_t;
use crate::last_error;
use crate::object::{Object, What};
use crate::value::{Kept, wasm_val_t};
use fossor::{AnyRef, AsContextMut};

fn any(object: &Object) -> Option<AnyRef> {
    match &object.what {
        What::Any(rooted) => Some(rooted.get()),
        _ => None,
    }
}

/// Writes what was found; false if nothing was.
fn give<T>(found: Option<T>, out: Option<&mut T>) -> bool {
    match (found, out) {
        (Some(found), Some(out)) => {
            *out = found;
            true
        }
        _ => false,
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn fossor_i31_new(store: &wasm_store_t, value: i32) -> Box<Object> {
    let rooted = store.0.with(|mut ctx| {
        let number = AnyRef::from_i31(&ctx, value);
        number.root(&mut ctx)
    });
    Kept::Any(rooted).into_object(&store.0)
}

#[unsafe(no_mangle)]
pub extern "C" fn fossor_ref_i31(object: &Object, out: Option<&mut i32>) -> bool {
    let number = any(object).and_then(|any| object.store.with(|ctx| any.i31(&ctx)));
    give(number, out)
}

#[unsafe(no_mangle)]
pub extern "C" fn fossor_ref_length(object: &Object, out: Option<&mut u32>) -> bool {
    let length = any(object).and_then(|any| object.store.with(|ctx| any.len(&ctx)));
    give(length, out)
}

#[unsafe(no_mangle)]
pub extern "C" fn fossor_ref_get(
    object: &Object,
    index: u32,
    out: Option<&mut wasm_val_t>,
) -> bool {
    let Some(any) = any(object) else {
        return false;
    };
    let store = &object.store;
    let found = store.with(|mut ctx| {
        AnyRef::scope(&mut ctx, |ctx| {
            let value = any.get(&*ctx, index)?;
            Some((value, Kept::of(ctx.as_context_mut(), value)))
        })
    });
    let value = found.and_then(|(value, kept)| wasm_val_t::of_kept(store, value, kept));
    give(value, out)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn fossor_ref_set(
    object: &Object,
    index: u32,
    value: Option<&wasm_val_t>,
) -> bool {
    // SAFETY: C1.
    let value = value.and_then(|value| unsafe { value.to_val_in(&object.store) });
    let (Some(any), Some(value)) = (any(object), value) else {
        return false;
    };
    let set = object.store.with(|ctx| any.set(ctx, index, value));
    set.or_else(|error| last_error::set(error).ok_or(()))
        .is_ok()
}

#[unsafe(no_mangle)]
pub extern "C" fn fossor_store_collect(store: &wasm_store_t) -> u64 {
    store
        .0
        .with_store(|store| {
            store.collect_objects();
            store.heap_stats().live_bytes
        })
        .unwrap_or_default()
}
