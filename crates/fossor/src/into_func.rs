//! Closures as host functions.

use crate::caller::Caller;
use crate::typed::{WasmRet, WasmTy};
use fossor_host::HostError;
use fossor_interpreter as core;
use fossor_module::FuncType;
use std::fmt;
use std::sync::Arc;

/// A closure that can be a host function: up to 16 parameters that are each a
/// [`WasmTy`], a [`Caller`] before them if it wants one, and a [`WasmRet`].
pub trait IntoFunc<T, Params, Results>: Send + Sync + 'static {
    #[doc(hidden)]
    fn into_host_func(self) -> HostFunc;
}

/// A host function that is not in a store yet.
#[doc(hidden)]
#[derive(Clone)]
pub struct HostFunc {
    pub(crate) ty: FuncType,
    pub(crate) body: Body,
}

/// What a host function does.
#[derive(Clone)]
pub(crate) enum Body {
    /// With slots: see [`core::Store::new_func`].
    Slots(Arc<SlotsFn>),
    /// With values: see [`core::Store::new_func_with_vals`].
    Vals(Arc<ValsFn>),
}

pub(crate) type SlotsFn =
    dyn Fn(&mut core::Caller<'_>, &mut [u64]) -> Result<(), HostError> + Send + Sync;
pub(crate) type ValsFn = dyn Fn(&mut core::Caller<'_>, &[core::Val], &mut [core::Val]) -> Result<(), HostError>
    + Send
    + Sync;

impl HostFunc {
    /// Puts it into a store.
    pub(crate) fn add_to(&self, store: &mut core::Store) -> core::Func {
        let ty = self.ty.clone();
        match &self.body {
            Body::Slots(body) => {
                let body = body.clone();
                store.new_func(ty, move |caller, slots| body(caller, slots))
            }
            Body::Vals(body) => {
                let body = body.clone();
                store.new_func_with_vals(ty, move |caller, args, results| {
                    body(caller, args, results)
                })
            }
        }
    }
}

impl fmt::Debug for HostFunc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HostFunc({})", self.ty)
    }
}

macro_rules! for_each_arity {
    ($macro:ident) => {
        $macro! {}
        $macro! { A }
        $macro! { A B }
        $macro! { A B C }
        $macro! { A B C D }
        $macro! { A B C D E }
        $macro! { A B C D E F }
        $macro! { A B C D E F G }
        $macro! { A B C D E F G H }
        $macro! { A B C D E F G H I }
        $macro! { A B C D E F G H I J }
        $macro! { A B C D E F G H I J K }
        $macro! { A B C D E F G H I J K L }
        $macro! { A B C D E F G H I J K L M }
        $macro! { A B C D E F G H I J K L M N }
        $macro! { A B C D E F G H I J K L M N O }
        $macro! { A B C D E F G H I J K L M N O P }
    };
}
pub(crate) use for_each_arity;

macro_rules! closures {
    ($($arg:ident)*) => {
        #[allow(non_snake_case, unused_mut, unused_variables, unused_assignments)]
        impl<T, Z, $($arg,)* R> IntoFunc<T, ($($arg,)*), R> for Z
        where
            T: Send + 'static,
            Z: Fn($($arg),*) -> R + Send + Sync + 'static,
            $($arg: WasmTy,)*
            R: WasmRet,
        {
            fn into_host_func(self) -> HostFunc {
                let ty = FuncType::new([$($arg::TYPE),*], R::TYPES.iter().copied());
                if R::HAS_REFS $(|| $arg::IS_REF)* {
                    let body = move |_: &mut core::Caller<'_>,
                                     args: &[core::Val],
                                     results: &mut [core::Val]| {
                        let mut at = 0;
                        $(
                            let $arg = <$arg as WasmTy>::from_val(args[at]);
                            at += 1;
                        )*
                        self($($arg),*).finish_vals(results)
                    };
                    let body = Body::Vals(Arc::new(body));
                    return HostFunc { ty, body };
                }
                let body = move |_: &mut core::Caller<'_>, slots: &mut [u64]| {
                    let mut at = 0;
                    $(
                        let $arg = <$arg as WasmTy>::load(&slots[at..]);
                        at += <$arg as WasmTy>::SLOTS;
                    )*
                    self($($arg),*).finish(slots)
                };
                let body = Body::Slots(Arc::new(body));
                HostFunc { ty, body }
            }
        }

        #[allow(non_snake_case, unused_mut, unused_variables, unused_assignments)]
        impl<T, Z, $($arg,)* R> IntoFunc<T, (Caller<'_, T>, $($arg,)*), R> for Z
        where
            T: Send + 'static,
            Z: Fn(Caller<'_, T>, $($arg),*) -> R + Send + Sync + 'static,
            $($arg: WasmTy,)*
            R: WasmRet,
        {
            fn into_host_func(self) -> HostFunc {
                let ty = FuncType::new([$($arg::TYPE),*], R::TYPES.iter().copied());
                if R::HAS_REFS $(|| $arg::IS_REF)* {
                    let body = move |caller: &mut core::Caller<'_>,
                                     args: &[core::Val],
                                     results: &mut [core::Val]| {
                        let mut at = 0;
                        $(
                            let $arg = <$arg as WasmTy>::from_val(args[at]);
                            at += 1;
                        )*
                        self(Caller::new(caller), $($arg),*).finish_vals(results)
                    };
                    let body = Body::Vals(Arc::new(body));
                    return HostFunc { ty, body };
                }
                let body = move |caller: &mut core::Caller<'_>, slots: &mut [u64]| {
                    let mut at = 0;
                    $(
                        let $arg = <$arg as WasmTy>::load(&slots[at..]);
                        at += <$arg as WasmTy>::SLOTS;
                    )*
                    self(Caller::new(caller), $($arg),*).finish(slots)
                };
                let body = Body::Slots(Arc::new(body));
                HostFunc { ty, body }
            }
        }
    };
}
for_each_arity!(closures);
