//! Rust types as WebAssembly types, and calls with them.

use crate::context::AsContextMut;
use crate::error::Error;
use crate::func::Func;
use fossor_host::HostError;
use fossor_interpreter as core;
use fossor_module::{FuncType, ValType};
use std::marker::PhantomData;

/// A Rust type that is a WebAssembly type: `i32`, `u32` (an `i32`), `i64`, `u64`
/// (an `i64`), `f32`, `f64`, `u128` (a `v128`).
pub trait WasmTy: Copy + Send + Sync + 'static {
    #[doc(hidden)]
    const TYPE: ValType;
    #[doc(hidden)]
    const SLOTS: usize = 1;
    #[doc(hidden)]
    fn load(slots: &[u64]) -> Self;
    #[doc(hidden)]
    fn store(self, slots: &mut [u64]);
}

/// Parameters or results: `()`, one [`WasmTy`], or a tuple of up to 16.
pub trait WasmTyList: Copy + Send + Sync + 'static {
    #[doc(hidden)]
    const TYPES: &'static [ValType];
    #[doc(hidden)]
    const SLOTS: usize;
    #[doc(hidden)]
    fn load(slots: &[u64]) -> Self;
    #[doc(hidden)]
    fn store(self, slots: &mut [u64]);
}

/// What a host function may return: a [`WasmTyList`], or a `Result` of one with
/// an error that becomes a [`HostError`].
pub trait WasmRet {
    #[doc(hidden)]
    const TYPES: &'static [ValType];
    #[doc(hidden)]
    fn finish(self, slots: &mut [u64]) -> Result<(), HostError>;
}

/// A function whose type was compared with Rust types once, so that calls need
/// not. See [`Instance::get_typed_func`](crate::Instance::get_typed_func).
#[derive(Debug)]
pub struct TypedFunc<P, R> {
    raw: core::RawFunc,
    types: PhantomData<fn(P) -> R>,
}

/// Slots that calls have at hand; parameters or results beyond them are rare.
const FEW_SLOTS: usize = 8;
/// 16 vectors.
const MOST_SLOTS: usize = 32;

impl<P: WasmTyList, R: WasmTyList> TypedFunc<P, R> {
    const COUNT: usize = match P::SLOTS > R::SLOTS {
        true => P::SLOTS,
        false => R::SLOTS,
    };

    pub(crate) fn new(store: &core::Store, func: core::Func) -> Result<Self, Error> {
        let ty = store.func_type(func);
        let mismatch = || {
            let wanted = FuncType::new(P::TYPES.iter().copied(), R::TYPES.iter().copied());
            Error::Type(format!("the function is {ty}, not {wanted}"))
        };
        if ty.params() != P::TYPES || ty.results() != R::TYPES {
            return Err(mismatch());
        }
        Ok(Self {
            raw: store.raw_func(func).ok_or_else(mismatch)?,
            types: PhantomData,
        })
    }

    /// Calls it.
    #[inline]
    pub fn call(&self, mut store: impl AsContextMut, params: P) -> Result<R, Error> {
        let store = store.core_mut();
        if Self::COUNT <= FEW_SLOTS {
            self.call_in(store, params, &mut [0; FEW_SLOTS])
        } else {
            self.call_in(store, params, &mut [0; MOST_SLOTS])
        }
    }

    /// The function.
    pub fn func(&self) -> Func {
        Func(self.raw.func())
    }

    #[inline]
    fn call_in(&self, store: &mut core::Store, params: P, slots: &mut [u64]) -> Result<R, Error> {
        let slots = &mut slots[..Self::COUNT];
        params.store(slots);
        match store.call_raw(self.raw, slots) {
            Ok(()) => Ok(R::load(slots)),
            Err(error) => Err(Error::of(error, store)),
        }
    }
}

impl<P, R> Clone for TypedFunc<P, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P, R> Copy for TypedFunc<P, R> {}

macro_rules! wasm_types {
    ($($ty:ty = $val:ident |$slot:ident| $load:expr, |$value:ident| $store:expr;)*) => {$(
        impl WasmTy for $ty {
            const TYPE: ValType = ValType::$val;

            #[inline]
            fn load(slots: &[u64]) -> Self {
                // Above the bits of a narrow value is junk.
                let $slot = slots[0];
                $load
            }

            #[inline]
            fn store(self, slots: &mut [u64]) {
                let $value = self;
                slots[0] = $store;
            }
        }
    )*};
}
wasm_types! {
    i32 = I32 |slot| slot as i32, |value| u64::from(value as u32);
    u32 = I32 |slot| slot as u32, |value| u64::from(value);
    i64 = I64 |slot| slot as i64, |value| value as u64;
    u64 = I64 |slot| slot, |value| value;
    f32 = F32 |slot| f32::from_bits(slot as u32), |value| u64::from(value.to_bits());
    f64 = F64 |slot| f64::from_bits(slot), |value| value.to_bits();
}

impl WasmTy for u128 {
    const TYPE: ValType = ValType::V128;
    const SLOTS: usize = 2;

    #[inline]
    fn load(slots: &[u64]) -> Self {
        u128::from(slots[0]) | u128::from(slots[1]) << 64
    }

    #[inline]
    fn store(self, slots: &mut [u64]) {
        slots[0] = self as u64;
        slots[1] = (self >> 64) as u64;
    }
}

impl<T: WasmTy> WasmTyList for T {
    const TYPES: &'static [ValType] = &[T::TYPE];
    const SLOTS: usize = T::SLOTS;

    #[inline]
    fn load(slots: &[u64]) -> Self {
        <T as WasmTy>::load(slots)
    }

    #[inline]
    fn store(self, slots: &mut [u64]) {
        <T as WasmTy>::store(self, slots)
    }
}

macro_rules! tuples {
    ($($ty:ident)*) => {
        #[allow(non_snake_case, unused_mut, unused_variables, unused_assignments)]
        #[allow(clippy::unused_unit)]
        impl<$($ty: WasmTy),*> WasmTyList for ($($ty,)*) {
            const TYPES: &'static [ValType] = &[$($ty::TYPE),*];
            const SLOTS: usize = 0 $(+ <$ty as WasmTy>::SLOTS)*;

            #[inline]
            fn load(slots: &[u64]) -> Self {
                let mut at = 0;
                $(
                    let $ty = <$ty as WasmTy>::load(&slots[at..]);
                    at += <$ty as WasmTy>::SLOTS;
                )*
                ($($ty,)*)
            }

            #[inline]
            fn store(self, slots: &mut [u64]) {
                let ($($ty,)*) = self;
                let mut at = 0;
                $(
                    <$ty as WasmTy>::store($ty, &mut slots[at..]);
                    at += <$ty as WasmTy>::SLOTS;
                )*
            }
        }
    };
}
crate::into_func::for_each_arity!(tuples);

impl<T: WasmTyList> WasmRet for T {
    const TYPES: &'static [ValType] = T::TYPES;

    #[inline]
    fn finish(self, slots: &mut [u64]) -> Result<(), HostError> {
        self.store(slots);
        Ok(())
    }
}

impl<T: WasmTyList, E: Into<HostError>> WasmRet for Result<T, E> {
    const TYPES: &'static [ValType] = T::TYPES;

    #[inline]
    fn finish(self, slots: &mut [u64]) -> Result<(), HostError> {
        match self {
            Ok(results) => {
                results.store(slots);
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }
}
