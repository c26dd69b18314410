//! WASI preview1: what guests import to reach the system.
//!
//! ```
//! # #[cfg(feature = "wat")] {
//! use fossor::wasi::{self, Pipe, Stdio, WasiCtx};
//! use fossor::{Engine, Linker, Module, Outcome, Store};
//!
//! let engine = Engine::default();
//! let mut linker = Linker::<WasiCtx>::new(&engine);
//! wasi::add_to_linker(&mut linker, |ctx| ctx)?;
//! let module = Module::new(&engine, r#"(module
//!     (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
//!     (memory (export "memory") 1)
//!     (func (export "_start") (call $exit (i32.const 3))))"#)?;
//! let pre = linker.instantiate_pre(&module)?;
//!
//! let out = Pipe::new();
//! let ctx = WasiCtx::builder().arg("guest").stdout(Stdio::pipe(out.clone())).build()?;
//! let outcome = pre.command(Store::new(&engine, ctx))?.run()?;
//! assert_eq!(outcome, Outcome::Exited(3));
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::error::Error;
use crate::guest_stack::Wrappers;
use crate::into_func::{Body, HostFunc};
use crate::linker::{Hook, Kept, Linker};
use crate::store;
use fossor_host::{GuestMemory, HostError};
use fossor_interpreter as core;
use fossor_module::{FuncType, ValType};
use fossor_wasi::AbiType;
use std::marker::PhantomData;
use std::sync::Arc;

pub use fossor_wasi::{
    Access, BuildError, Call, Deterministic, Errno, Function, Layer, Next, Os, Pipe, PreopenError,
    Preopened, Raised, Stdio, TraceCall, TraceOptions, TraceSink, TraceStart, WasiCtx,
    WasiCtxBuilder,
};

/// Defines all functions of `wasi_snapshot_preview1`, and those of its
/// predecessor `wasi_unstable`, on the context that `ctx` finds in the store's
/// data.
///
/// What stops the store's guest also wakes it from a WASI call that waits: the
/// context's own stop flag is replaced by the store's.
pub fn add_to_linker<T: Send + 'static>(
    linker: &mut Linker<T>,
    ctx: impl Fn(&mut T) -> &mut WasiCtx + Copy + Send + Sync + 'static,
) -> Result<(), Error> {
    let functions = fossor_wasi::functions().iter();
    for function in functions.chain(fossor_wasi::snapshot0::functions()) {
        linker.insert_host(function.module, function.name, host_func(function, ctx))?;
    }
    linker.hook(ContextHook {
        ctx,
        data: PhantomData,
    });
    Ok(())
}

/// Ties the context to its store.
struct ContextHook<T, F> {
    ctx: F,
    data: PhantomData<fn() -> T>,
}

impl<T, F> Hook for ContextHook<T, F>
where
    T: Send + 'static,
    F: Fn(&mut T) -> &mut WasiCtx + Copy + Send + Sync + 'static,
{
    fn prepare(&self, store: &mut core::Store) -> Result<(), Error> {
        let interrupt = store.interrupt().clone();
        let ctx = (self.ctx)(store::data_mut(store.data_mut()));
        let set = ctx.set_interrupt(interrupt);
        set.map_err(|error| Error::Resources(error.to_string()))
    }

    fn keep(&self, store: &mut core::Store) -> Result<Kept, Error> {
        let ctx = self.ctx;
        let kept = ctx(store::data_mut(store.data_mut())).keep_descriptors();
        let kept = kept.map_err(|error| Error::Snapshot(error.to_string()))?;
        Ok(Box::new(move |store| {
            let ctx = ctx(store::data_mut(store.data_mut()));
            let restored = ctx.restore_descriptors(&kept);
            restored.map_err(|error| Error::Snapshot(error.to_string()))
        }))
    }
}

fn host_func<T: Send + 'static>(
    function: &'static Function,
    ctx: impl Fn(&mut T) -> &mut WasiCtx + Copy + Send + Sync + 'static,
) -> HostFunc {
    let params = function.params.iter().map(|ty| match ty {
        AbiType::I32 => ValType::I32,
        AbiType::I64 => ValType::I64,
    });
    let results = function.has_result.then_some(ValType::I32);
    let wrappers = Wrappers::new(function.name);
    let body = move |caller: &mut core::Caller<'_>, slots: &mut [u64]| {
        call(function, ctx, &wrappers, caller, slots)
    };
    HostFunc {
        ty: FuncType::new(params, results),
        body: Body::Slots(Arc::new(body)),
    }
}

#[inline]
fn call<T: Send + 'static>(
    function: &'static Function,
    ctx: impl Fn(&mut T) -> &mut WasiCtx,
    wrappers: &Wrappers,
    caller: &mut core::Caller<'_>,
    slots: &mut [u64],
) -> Result<(), HostError> {
    let flag = Arc::as_ptr(caller.store.interrupt());
    let (memory, data) = caller.memory_and_data();
    let context = ctx(store::data_mut(data));
    if context.callers_wanted() || !context.is_stopped_by(flag) {
        return call_prepared(function, ctx, wrappers, caller, slots);
    }
    answer(function, context, memory, slots)
}

/// As [`call`], where the context wants to know the callers, or does not know the store's
/// stop flag: the embedder may have exchanged it after the guest was made. Without the
/// flag, nothing would end its waits.
#[cold]
fn call_prepared<T: Send + 'static>(
    function: &'static Function,
    ctx: impl Fn(&mut T) -> &mut WasiCtx,
    wrappers: &Wrappers,
    caller: &mut core::Caller<'_>,
    slots: &mut [u64],
) -> Result<(), HostError> {
    let interrupt = caller.store.interrupt().clone();
    let context = ctx(store::data_mut(caller.store.data_mut()));
    context.set_interrupt(interrupt).map_err(HostError::other)?;
    let wanted = context.callers_wanted();
    let callers = wanted.then(|| wrappers.callers(caller));
    let (memory, data) = caller.memory_and_data();
    let context = ctx(store::data_mut(data));
    if let Some(callers) = callers {
        context.set_callers(callers);
    }
    answer(function, context, memory, slots)
}

/// Calls, with the first slots as arguments, and leaves the errno in the first.
#[inline]
fn answer(
    function: &Function,
    ctx: &mut WasiCtx,
    memory: Option<&mut [u8]>,
    slots: &mut [u64],
) -> Result<(), HostError> {
    let mut memory = GuestMemory::new(memory.unwrap_or_default());
    let count = function.params.len();
    let errno = (function.call)(ctx, &mut memory, &slots[..count])?;
    if let (true, Some(slot)) = (function.has_result, slots.first_mut()) {
        *slot = errno.into();
    }
    Ok(())
}
