//! Functions.

use crate::engine::{StoreRef, wasm_store_t};
use crate::last_error;
use crate::object::{Finalizer, Object, What};
use crate::trap::{self, Reason};
use crate::types::Type;
use crate::value::{Kept, OTHER_STORE, wasm_val_t};
use crate::vector::{Element, Vector};
use crate::wasi::Guest;
use fossor::{AnyRef, AsContextMut, Error, Func, FuncType, HostError, StoreContextMut, Val};
use std::ffi::c_void;

type Values = Vector<wasm_val_t>;
type Callback = unsafe extern "C" fn(*const Values, *mut Values) -> Option<Box<Object>>;
type CallbackWithEnv =
    unsafe extern "C" fn(*mut c_void, *const Values, *mut Values) -> Option<Box<Object>>;

/// A function of C's, with what it is called with.
struct HostFunc {
    callback: AnyCallback,
    env: *mut c_void,
    finalizer: Option<Finalizer>,
}

enum AnyCallback {
    Plain(Callback),
    WithEnv(CallbackWithEnv),
}

// SAFETY: C3: it is called by the thread that uses its store.
unsafe impl Send for HostFunc {}
// SAFETY: as above.
unsafe impl Sync for HostFunc {}

impl Drop for HostFunc {
    fn drop(&mut self) {
        if let Some(finalizer) = self.finalizer {
            // SAFETY: C1: given together with its data.
            unsafe { finalizer(self.env) };
        }
    }
}

impl HostFunc {
    /// Calls it with values that it borrows; the results are ours.
    unsafe fn call(&self, args: &Values, results: &mut Values) -> Option<Box<Object>> {
        // SAFETY: C1.
        unsafe {
            match self.callback {
                AnyCallback::Plain(callback) => callback(args, results),
                AnyCallback::WithEnv(callback) => callback(self.env, args, results),
            }
        }
    }
}

fn new(store: &StoreRef, ty: FuncType, host: HostFunc) -> Box<Object> {
    let weak = store.downgrade();
    let func = store.with(|ctx| {
        Func::new(ctx, ty, move |mut caller, args, results| {
            let store = weak
                .upgrade()
                .ok_or_else(|| HostError::other("the store is gone"))?;
            store
                .clone()
                .in_callback(&mut caller, || call_host(&store, &host, args, results))
        })
    });
    Object::new(store, What::Func(func))
}

fn call_host(
    store: &StoreRef,
    host: &HostFunc,
    args: &[Val],
    results: &mut [Val],
) -> Result<(), HostError> {
    let owned = args.iter().map(|&arg| wasm_val_t::of(store, arg));
    let vector = || HostError::other("a v128 cannot be passed through the C API");
    let mut args = Vector::new(owned.collect::<Option<Vec<_>>>().ok_or_else(vector)?);
    let mut answers = Values::uninitialized(results.len());
    // SAFETY: C1, C2: both vectors are ours, with values for as many parameters
    // and results as the type has.
    let outcome = unsafe {
        match host.call(&args, &mut answers) {
            Some(trap) => Err(trap::reason(&trap).map_or_else(
                || HostError::other("a callback answered with something that is no trap"),
                Reason::to_host_error,
            )),
            None => results
                .iter_mut()
                .zip(answers.as_slice())
                .try_for_each(|(result, answer)| {
                    let wrong = || HostError::other("a callback answered with another reference");
                    if !answer.is_of(store) {
                        let message = "a callback answered with a reference of another store";
                        return Err(HostError::other(message));
                    }
                    let answer = answer.to_val().ok_or_else(wrong)?;
                    // The callback's handle is gone before the guest goes on.
                    *result = store.with(|ctx| hold(ctx, answer));
                    Ok(())
                }),
        }
    };
    // SAFETY: C2.
    unsafe {
        args.delete();
        answers.delete();
    }
    outcome
}

/// The same value, which lasts until the callback has returned.
fn hold(mut ctx: StoreContextMut<'_, Guest>, value: Val) -> Val {
    match value {
        Val::AnyRef(Some(any)) => Val::AnyRef(Some(any.hold(&mut ctx))),
        Val::ExternRef(Some(value)) => {
            let any = AnyRef::from_extern(&ctx, value).hold(&mut ctx);
            Val::ExternRef(Some(any.to_extern(&ctx)))
        }
        other => other,
    }
}

/// The function, if it is one.
fn func(object: &Object) -> Option<Func> {
    match object.what {
        What::Func(func) => Some(func),
        _ => None,
    }
}

fn ty(object: &Object) -> FuncType {
    let ty = func(object).map(|func| object.store.with(|ctx| func.ty(ctx)));
    ty.unwrap_or_else(|| FuncType::new([], []))
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_func_new(
    store: &wasm_store_t,
    ty: &Type,
    callback: Callback,
) -> Option<Box<Object>> {
    let host = HostFunc {
        callback: AnyCallback::Plain(callback),
        env: std::ptr::null_mut(),
        finalizer: None,
    };
    Some(new(&store.0, ty.to_func()?, host))
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_func_new_with_env(
    store: &wasm_store_t,
    ty: &Type,
    callback: CallbackWithEnv,
    env: *mut c_void,
    finalizer: Option<Finalizer>,
) -> Option<Box<Object>> {
    let host = HostFunc {
        callback: AnyCallback::WithEnv(callback),
        env,
        finalizer,
    };
    Some(new(&store.0, ty.to_func()?, host))
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_func_type(object: &Object) -> Box<Type> {
    Box::new(Type::func(&ty(object)))
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_func_param_arity(object: &Object) -> usize {
    ty(object).params().len()
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_func_result_arity(object: &Object) -> usize {
    ty(object).results().len()
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_func_call(
    object: &Object,
    args: Option<&Values>,
    results: Option<&mut Values>,
) -> Option<Box<Object>> {
    // A callback may delete the function's handle, and all others of its store.
    let store = &object.store.clone();
    let fail = |message: &str| {
        let _ = last_error::set::<()>(message);
        Some(trap::new(
            store,
            Reason {
                message: message.to_owned(),
                ..Reason::default()
            },
        ))
    };
    let Some(func) = func(object) else {
        return fail("what was called is no function");
    };
    // SAFETY: C1.
    let args = args.map_or(&[][..], |args| unsafe { args.as_slice() });
    // SAFETY: C1.
    if !args.iter().all(|arg| unsafe { arg.is_of(store) }) {
        return fail(OTHER_STORE);
    }
    // SAFETY: C1.
    let args: Option<Vec<Val>> = args.iter().map(|arg| unsafe { arg.to_val() }).collect();
    let Some(args) = args else {
        return fail("an argument is a reference of another kind than it says");
    };
    // What C is not given a handle of is not held for it.
    let outcome = store.with(|mut ctx| {
        AnyRef::scope(&mut ctx, |ctx| {
            let values = func.call(&mut *ctx, &args)?;
            let keep = |value| (value, Kept::of(ctx.as_context_mut(), value));
            Ok::<Vec<_>, Error>(values.into_iter().map(keep).collect())
        })
    });
    let values = match outcome {
        Ok(values) => values,
        Err(error) => {
            let _ = last_error::set::<()>(&error);
            let module = store.with(|ctx| error.trap_info().and(func.module(&ctx)));
            return Some(trap::new(store, Reason::of(&error, module.as_ref())));
        }
    };
    // SAFETY: C1.
    let places = results.map_or(&mut [][..], |results| unsafe { results.as_mut_slice() });
    if places.len() < values.len() {
        return fail("there is less room for results than the function has");
    }
    for (place, (value, kept)) in places.iter_mut().zip(values) {
        match wasm_val_t::of_kept(store, value, kept) {
            Some(value) => *place = value,
            None => {
                *place = wasm_val_t::empty();
                return fail("a v128 cannot be passed through the C API");
            }
        }
    }
    None
}
