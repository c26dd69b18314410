//! Global variables.

use crate::context::{AsContext, AsContextMut};
use crate::error::Error;
use crate::value::Val;
use fossor_interpreter as core;
use fossor_module::GlobalType;

/// A global variable of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Global(pub(crate) core::GlobalId);

impl Global {
    /// A global with a value.
    pub fn new(mut store: impl AsContextMut, ty: GlobalType, value: Val) -> Result<Self, Error> {
        let id = store.core_mut().new_global(ty, value.to_core());
        id.map(Self).map_err(Error::without_store)
    }

    /// Its type.
    pub fn ty(&self, store: impl AsContext) -> GlobalType {
        store.core().global_type(self.0)
    }

    /// Its value.
    pub fn get(&self, store: impl AsContext) -> Val {
        store.core().global_get(self.0).into()
    }

    /// Sets its value.
    pub fn set(&self, mut store: impl AsContextMut, value: Val) -> Result<(), Error> {
        let store = store.core_mut();
        if store.global_set(self.0, value.to_core()) {
            return Ok(());
        }
        let ty = store.global_type(self.0);
        Err(Error::Type(match ty.mutable {
            false => "the global is immutable".to_owned(),
            true => format!("a global of type {} was given a {}", ty.value, value.ty()),
        }))
    }
}
