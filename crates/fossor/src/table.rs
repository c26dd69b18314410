//! Tables.

use crate::context::{AsContext, AsContextMut};
use crate::error::Error;
use crate::value::Val;
use fossor_interpreter as core;
use fossor_module::{TableType, ValType};

/// A table of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Table(pub(crate) core::TableId);

impl Table {
    /// A table of the type's minimum, all elements `init`.
    pub fn new(mut store: impl AsContextMut, ty: TableType, init: Val) -> Result<Self, Error> {
        let fits = |init: Val| store.core().fits(&init.to_core(), ValType::Ref(ty.element));
        if !fits(init) {
            let given = init.ty();
            let message = format!("a table of {} was given a {given}", ty.element);
            return Err(Error::Type(message));
        }
        let id = store.core_mut().new_table(ty, init.to_core());
        id.map(Self).map_err(Error::without_store)
    }

    /// Its type, with the present size as the minimum.
    pub fn ty(&self, store: impl AsContext) -> TableType {
        store.core().table_type(self.0)
    }

    /// Its elements.
    pub fn size(&self, store: impl AsContext) -> u64 {
        self.ty(store).limits.min
    }

    /// Adds elements, all `init`, and returns the old size.
    pub fn grow(&self, mut store: impl AsContextMut, delta: u64, init: Val) -> Result<u64, Error> {
        let store = store.core_mut();
        let ty = store.table_type(self.0);
        if !store.fits(&init.to_core(), ValType::Ref(ty.element)) {
            let message = format!("a table of {} was given a {}", ty.element, init.ty());
            return Err(Error::Type(message));
        }
        let grown = store.grow_table(self.0, delta, init.to_core());
        grown.ok_or_else(|| Error::Resources(format!("the table cannot grow by {delta} elements")))
    }

    /// An element, if there is one at `index`.
    pub fn get(&self, store: impl AsContext, index: u64) -> Option<Val> {
        store.core().table_get(self.0, index).map(Val::from)
    }

    /// Sets an element.
    pub fn set(&self, mut store: impl AsContextMut, index: u64, value: Val) -> Result<(), Error> {
        let store = store.core_mut();
        if store.table_set(self.0, index, value.to_core()) {
            return Ok(());
        }
        let ty = store.table_type(self.0);
        Err(Error::Type(format!(
            "element {index} of a table with {} elements of type {} cannot be a {}",
            ty.limits.min,
            ty.element,
            value.ty()
        )))
    }
}
