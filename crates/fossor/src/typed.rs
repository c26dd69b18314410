//! Rust types as WebAssembly types, and calls with them.

use crate::context::AsContextMut;
use crate::error::Error;
use crate::func::Func;
use crate::value::ExternRef;
use fossor_host::HostError;
use fossor_interpreter as core;
use fossor_module::{FuncType, ValType};
use std::marker::PhantomData;

/// A Rust type that is a WebAssembly type: `i32`, `u32` (an `i32`), `i64`, `u64`
/// (an `i64`), `f32`, `f64`, `u128` (a `v128`), `Option<Func>` (a `funcref`),
/// `Option<ExternRef>` (an `externref`).
pub trait WasmTy: Copy + Send + Sync + 'static {
    #[doc(hidden)]
    const TYPE: ValType;
    #[doc(hidden)]
    const SLOTS: usize = 1;
    /// Whether it must travel as a value, so that its store is checked.
    #[doc(hidden)]
    const IS_REF: bool = false;
    #[doc(hidden)]
    fn load(slots: &[u64]) -> Self;
    #[doc(hidden)]
    fn store(self, slots: &mut [u64]);
    #[doc(hidden)]
    fn to_val(self) -> core::Val;
    #[doc(hidden)]
    fn from_val(value: core::Val) -> Self;
}

/// Parameters or results: `()`, one [`WasmTy`], or a tuple of up to 16.
pub trait WasmTyList: Copy + Send + Sync + 'static {
    #[doc(hidden)]
    const TYPES: &'static [ValType];
    #[doc(hidden)]
    const SLOTS: usize;
    #[doc(hidden)]
    const HAS_REFS: bool;
    #[doc(hidden)]
    fn load(slots: &[u64]) -> Self;
    #[doc(hidden)]
    fn store(self, slots: &mut [u64]);
    #[doc(hidden)]
    fn to_vals(self, vals: &mut [core::Val]);
    #[doc(hidden)]
    fn from_vals(vals: &[core::Val]) -> Self;
}

/// What a host function may return: a [`WasmTyList`], or a `Result` of one with
/// an error that becomes a [`HostError`].
pub trait WasmRet {
    #[doc(hidden)]
    const TYPES: &'static [ValType];
    #[doc(hidden)]
    const HAS_REFS: bool;
    #[doc(hidden)]
    fn finish(self, slots: &mut [u64]) -> Result<(), HostError>;
    #[doc(hidden)]
    fn finish_vals(self, vals: &mut [core::Val]) -> Result<(), HostError>;
}

/// A function whose type was compared with Rust types once, so that calls need
/// not. See [`Instance::get_typed_func`](crate::Instance::get_typed_func).
#[derive(Debug)]
pub struct TypedFunc<P, R> {
    func: core::Func,
    /// Nothing if there are references among the parameters or results: values
    /// are checked.
    raw: Option<core::RawFunc>,
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
        if ty.params() != P::TYPES || ty.results() != R::TYPES {
            let wanted = FuncType::new(P::TYPES.iter().copied(), R::TYPES.iter().copied());
            let message = format!("the function is {ty}, not {wanted}");
            return Err(Error::Type(message));
        }
        Ok(Self {
            func,
            raw: match P::HAS_REFS || R::HAS_REFS {
                true => None,
                false => store.raw_func(func),
            },
            types: PhantomData,
        })
    }

    /// Calls it.
    #[inline]
    pub fn call(&self, mut store: impl AsContextMut, params: P) -> Result<R, Error> {
        let store = store.core_mut();
        let Some(raw) = self.raw else {
            return self.call_with_vals(store, params);
        };
        if Self::COUNT <= FEW_SLOTS {
            Self::call_in(raw, store, params, &mut [0; FEW_SLOTS])
        } else {
            Self::call_in(raw, store, params, &mut [0; MOST_SLOTS])
        }
    }

    /// The function.
    pub fn func(&self) -> Func {
        Func(self.func)
    }

    #[inline]
    fn call_in(
        raw: core::RawFunc,
        store: &mut core::Store,
        params: P,
        slots: &mut [u64],
    ) -> Result<R, Error> {
        let slots = &mut slots[..Self::COUNT];
        params.store(slots);
        match store.call_raw(raw, slots) {
            Ok(()) => Ok(R::load(slots)),
            Err(error) => Err(Error::of(error, store)),
        }
    }

    fn call_with_vals(&self, store: &mut core::Store, params: P) -> Result<R, Error> {
        let mut args = vec![core::Val::I32(0); P::TYPES.len()];
        params.to_vals(&mut args);
        match store.call(self.func, &args) {
            Ok(results) => Ok(R::from_vals(&results)),
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

/// Whoever passes values has compared their types.
#[cold]
fn other_type(value: core::Val) -> ! {
    unreachable!("a value of type {} where types were compared", value.ty())
}

macro_rules! wasm_types {
    ($($ty:ty = $val:ident $as:ty, |$slot:ident| $load:expr, |$value:ident| $store:expr;)*) => {$(
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

            fn to_val(self) -> core::Val {
                let $value = self;
                core::Val::$val($store as $as)
            }

            fn from_val(value: core::Val) -> Self {
                let core::Val::$val(value) = value else {
                    other_type(value)
                };
                let $slot = value as u64;
                $load
            }
        }
    )*};
}
wasm_types! {
    i32 = I32 i32, |slot| slot as i32, |value| u64::from(value as u32);
    u32 = I32 i32, |slot| slot as u32, |value| u64::from(value);
    i64 = I64 i64, |slot| slot as i64, |value| value as u64;
    u64 = I64 i64, |slot| slot, |value| value;
    f32 = F32 u32, |slot| f32::from_bits(slot as u32), |value| u64::from(value.to_bits());
    f64 = F64 u64, |slot| f64::from_bits(slot), |value| value.to_bits();
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

    fn to_val(self) -> core::Val {
        core::Val::V128(self)
    }

    fn from_val(value: core::Val) -> Self {
        match value {
            core::Val::V128(value) => value,
            other => other_type(other),
        }
    }
}

macro_rules! reference_types {
    ($($name:ident = $val:ident $ty:ident;)*) => {$(
        impl WasmTy for Option<$name> {
            const TYPE: ValType = ValType::$ty;
            const IS_REF: bool = true;

            fn load(_: &[u64]) -> Self {
                unreachable!("references travel as values")
            }

            fn store(self, _: &mut [u64]) {
                unreachable!("references travel as values")
            }

            fn to_val(self) -> core::Val {
                core::Val::$val(self.map(|value| value.0))
            }

            fn from_val(value: core::Val) -> Self {
                match value {
                    core::Val::$val(value) => value.map($name),
                    other => other_type(other),
                }
            }
        }
    )*};
}
reference_types! {
    Func = FuncRef FUNCREF;
    ExternRef = ExternRef EXTERNREF;
}

impl<T: WasmTy> WasmTyList for T {
    const TYPES: &'static [ValType] = &[T::TYPE];
    const SLOTS: usize = T::SLOTS;
    const HAS_REFS: bool = T::IS_REF;

    #[inline]
    fn load(slots: &[u64]) -> Self {
        <T as WasmTy>::load(slots)
    }

    #[inline]
    fn store(self, slots: &mut [u64]) {
        <T as WasmTy>::store(self, slots)
    }

    fn to_vals(self, vals: &mut [core::Val]) {
        vals[0] = self.to_val();
    }

    fn from_vals(vals: &[core::Val]) -> Self {
        T::from_val(vals[0])
    }
}

macro_rules! tuples {
    ($($ty:ident)*) => {
        #[allow(non_snake_case, unused_mut, unused_variables, unused_assignments)]
        #[allow(clippy::unused_unit)]
        impl<$($ty: WasmTy),*> WasmTyList for ($($ty,)*) {
            const TYPES: &'static [ValType] = &[$($ty::TYPE),*];
            const SLOTS: usize = 0 $(+ <$ty as WasmTy>::SLOTS)*;
            const HAS_REFS: bool = false $(|| <$ty as WasmTy>::IS_REF)*;

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

            fn to_vals(self, vals: &mut [core::Val]) {
                let ($($ty,)*) = self;
                let mut at = 0;
                $(
                    vals[at] = $ty.to_val();
                    at += 1;
                )*
            }

            fn from_vals(vals: &[core::Val]) -> Self {
                let mut at = 0;
                $(
                    let $ty = <$ty as WasmTy>::from_val(vals[at]);
                    at += 1;
                )*
                ($($ty,)*)
            }
        }
    };
}
crate::into_func::for_each_arity!(tuples);

impl<T: WasmTyList> WasmRet for T {
    const TYPES: &'static [ValType] = T::TYPES;
    const HAS_REFS: bool = T::HAS_REFS;

    #[inline]
    fn finish(self, slots: &mut [u64]) -> Result<(), HostError> {
        self.store(slots);
        Ok(())
    }

    fn finish_vals(self, vals: &mut [core::Val]) -> Result<(), HostError> {
        self.to_vals(vals);
        Ok(())
    }
}

impl<T: WasmTyList, E: Into<HostError>> WasmRet for Result<T, E> {
    const TYPES: &'static [ValType] = T::TYPES;
    const HAS_REFS: bool = T::HAS_REFS;

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
    fn finish_vals(self, vals: &mut [core::Val]) -> Result<(), HostError> {
        self.map_err(Into::into)?.finish_vals(vals)
    }
}
