//! Functions.

use crate::caller::Caller;
use crate::context::{AsContext, AsContextMut};
use crate::error::Error;
use crate::into_func::{Body, HostFunc, IntoFunc};
use crate::module::Module;
use crate::typed::{TypedFunc, WasmTyList};
use crate::value::Val;
use fossor_host::HostError;
use fossor_interpreter as core;
use fossor_module::FuncType;
use std::sync::Arc;

/// A function of a store, a guest's or the host's.
///
/// ```
/// use fossor::{Engine, Func, Store, Val};
///
/// let mut store = Store::new(&Engine::default(), ());
/// let add = Func::wrap(&mut store, |a: i32, b: i32| a.wrapping_add(b));
/// assert_eq!(add.ty(&store).to_string(), "(i32, i32) -> i32");
/// assert_eq!(add.call(&mut store, &[Val::I32(1), Val::I32(2)])?, [Val::I32(3)]);
/// # Ok::<(), fossor::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Func(pub(crate) core::Func);

impl Func {
    /// A host function of any type. It finds its results zero or null, and sets
    /// them.
    ///
    /// # Panics
    ///
    /// If the type is one that a module of another engine declares.
    pub fn new<S: AsContextMut>(
        mut store: S,
        ty: FuncType,
        func: impl Fn(Caller<'_, S::Data>, &[Val], &mut [Val]) -> Result<(), HostError>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        let func = host_func_of_vals(ty, func);
        Self(func.add_to(store.core_mut()))
    }

    /// A closure as a host function.
    pub fn wrap<S: AsContextMut, Params, Results>(
        mut store: S,
        func: impl IntoFunc<S::Data, Params, Results>,
    ) -> Self {
        Self(func.into_host_func().add_to(store.core_mut()))
    }

    /// Its type.
    pub fn ty(&self, store: impl AsContext) -> FuncType {
        store.core().func_type(self.0)
    }

    /// The module that it is defined in; `None` for a host function.
    pub fn module(&self, store: impl AsContext) -> Option<Module> {
        store.core().func_module(self.0).cloned().map(Module)
    }

    /// Calls it.
    pub fn call(&self, mut store: impl AsContextMut, args: &[Val]) -> Result<Vec<Val>, Error> {
        let store = store.core_mut();
        let args: Vec<core::Val> = args.iter().map(|arg| arg.to_core()).collect();
        match store.call(self.0, &args) {
            Ok(results) => Ok(results.into_iter().map(Val::from).collect()),
            Err(error) => Err(Error::of(error, store)),
        }
    }

    /// Compares its type with Rust types, for calls that need not.
    pub fn typed<P: WasmTyList, R: WasmTyList>(
        &self,
        store: impl AsContext,
    ) -> Result<TypedFunc<P, R>, Error> {
        TypedFunc::new(store.core(), self.0)
    }
}

/// Values of most calls; more are allocated.
const INLINE_VALUES: usize = 16;

pub(crate) fn host_func_of_vals<T: Send + 'static>(
    ty: FuncType,
    func: impl Fn(Caller<'_, T>, &[Val], &mut [Val]) -> Result<(), HostError> + Send + Sync + 'static,
) -> HostFunc {
    let body =
        move |caller: &mut core::Caller<'_>, args: &[core::Val], results: &mut [core::Val]| {
            let mut inline = [Val::I32(0); INLINE_VALUES];
            let mut heap = Vec::new();
            let count = args.len() + results.len();
            let values = match inline.get_mut(..count) {
                Some(values) => values,
                None => {
                    heap.resize(count, Val::I32(0));
                    &mut heap[..]
                }
            };
            let given = args.iter().chain(results.iter());
            for (value, &given) in values.iter_mut().zip(given) {
                *value = given.into();
            }
            let (args, rets) = values.split_at_mut(args.len());
            func(Caller::new(caller), args, rets)?;
            for (result, ret) in results.iter_mut().zip(rets) {
                *result = ret.to_core();
            }
            Ok(())
        };
    HostFunc {
        ty,
        body: Body::Vals(Arc::new(body)),
    }
}
