//! Calls across the border in both directions: with values, checked each time,
//! and with bare slots, checked once.

use crate::error::Error;
use crate::execute::host;
use crate::store::{Caller, Store};
use crate::value::{Func, Val};
use fossor_host::HostError;
use fossor_module::{FuncType, ValType};

/// A function that may be called with bare slots: none of its parameters is a
/// reference, so that no slot can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawFunc(Func);

impl RawFunc {
    /// The function itself.
    pub fn func(self) -> Func {
        self.0
    }
}

/// A host function that got its results wrong.
#[derive(Debug, thiserror::Error)]
enum WrongResult {
    #[error("a host function of type {ty} left {given} as result {index}")]
    Type {
        ty: FuncType,
        index: usize,
        given: ValType,
    },
    #[error("a host function's result {index} is a reference of another store")]
    Store { index: usize },
    #[error("a host function's result {index} is a reference whose scope has ended")]
    Stale { index: usize },
}

/// Values of most calls; more are allocated.
const INLINE_VALUES: usize = 16;

impl Store {
    /// A function to be called with [`call_raw`](Self::call_raw), or `None` if
    /// it takes a reference.
    pub fn raw_func(&self, func: Func) -> Option<RawFunc> {
        let ty = self.func_type(func);
        (!ty.params().iter().any(|ty| ty.is_ref())).then_some(RawFunc(func))
    }

    /// Calls a function with its arguments in `slots`, which are as many as its
    /// parameters or its results take, whichever is more, and leaves its
    /// results there, narrow ones with junk above their 32 bits.
    ///
    /// # Panics
    ///
    /// If there are more or fewer slots, or the function is another store's.
    #[inline]
    pub fn call_raw(&mut self, func: RawFunc, slots: &mut [u64]) -> Result<(), Error> {
        self.check_func(func.0);
        host::call(self, func.0, slots)
    }

    /// Makes a host function of any type that sees values, not slots. Its
    /// results are zero or null before it is called.
    ///
    /// # Panics
    ///
    /// If the type is one that another engine's module declares.
    pub fn new_func_with_vals(
        &mut self,
        ty: FuncType,
        func: impl Fn(&mut Caller<'_>, &[Val], &mut [Val]) -> Result<(), HostError>
        + Send
        + Sync
        + 'static,
    ) -> Func {
        let signature = ty.clone();
        let func = move |caller: &mut Caller<'_>, slots: &mut [u64]| {
            let (params, results) = (signature.params(), signature.results());
            let mut inline = [Val::I32(0); INLINE_VALUES];
            let mut heap = Vec::new();
            let count = params.len() + results.len();
            let values = match inline.get_mut(..count) {
                Some(values) => values,
                None => {
                    heap.resize(count, Val::I32(0));
                    &mut heap[..]
                }
            };
            let (args, rets) = values.split_at_mut(params.len());
            let mut at = 0;
            for (arg, &ty) in args.iter_mut().zip(params) {
                *arg = Val::from_slots(ty, &slots[at..], caller.store);
                at += ty.slots() as usize;
            }
            for (ret, &ty) in rets.iter_mut().zip(results) {
                *ret = Val::default_of(ty);
            }
            func(caller, args, rets)?;
            let mut at = 0;
            for (index, (ret, &ty)) in rets.iter().zip(results).enumerate() {
                if ret.store().is_some_and(|store| store != caller.store.id) {
                    return Err(HostError::other(WrongResult::Store { index }));
                }
                let held = |value| caller.store.is_held(value);
                if !ret.heap_ref().is_none_or(held) {
                    return Err(HostError::other(WrongResult::Stale { index }));
                }
                if !caller.store.fits(ret, ty) {
                    let (ty, given) = (signature.clone(), ret.ty());
                    return Err(HostError::other(WrongResult::Type { ty, index, given }));
                }
                let count = ty.slots() as usize;
                slots[at..at + count].copy_from_slice(&ret.to_slots()[..count]);
                at += count;
            }
            Ok(())
        };
        self.add_host_func(ty, Box::new(func))
    }
}
