//! Instances.

use crate::context::{AsContext, AsContextMut};
use crate::error::Error;
use crate::func::Func;
use crate::global::Global;
use crate::memory::Memory;
use crate::module::Module;
use crate::table::Table;
use crate::typed::{TypedFunc, WasmTyList};
use crate::value::Extern;
use fossor_interpreter as core;

/// A module with its own memories, tables and globals, in a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instance(pub(crate) core::InstanceId);

impl Instance {
    /// Instantiates a module with these imports, in its order, and runs its
    /// start function. A [`Linker`](crate::Linker) finds them by name.
    pub fn new(
        mut store: impl AsContextMut,
        module: &Module,
        imports: &[Extern],
    ) -> Result<Self, Error> {
        let imports: Vec<_> = imports.iter().map(|item| item.to_core()).collect();
        Self::instantiate(store.core_mut(), module, &imports)
    }

    pub(crate) fn instantiate(
        store: &mut core::Store,
        module: &Module,
        imports: &[core::Extern],
    ) -> Result<Self, Error> {
        match store.instantiate(&module.0, imports) {
            Ok(id) => Ok(Self(id)),
            Err(error) => Err(Error::of(error, store)),
        }
    }

    pub(crate) fn of_snapshot(
        store: &mut core::Store,
        snapshot: &core::Snapshot,
        imports: &[core::Extern],
    ) -> Result<Self, Error> {
        match store.instantiate_snapshot(snapshot, imports) {
            Ok(id) => Ok(Self(id)),
            Err(error) => Err(Error::of(error, store)),
        }
    }

    /// Its module.
    pub fn module(&self, store: impl AsContext) -> Module {
        Module(store.core().module_of(self.0).clone())
    }

    /// Its exports with their names, in order.
    pub fn exports(&self, store: impl AsContext) -> Vec<(String, Extern)> {
        let store = store.core();
        let decoded = store.module_of(self.0).decoded();
        let names = decoded.exports.iter().map(|export| &export.name);
        names
            .filter_map(|name| Some((name.to_string(), store.export(self.0, name)?.into())))
            .collect()
    }

    /// The export of a name.
    pub fn get_export(&self, store: impl AsContext, name: &str) -> Option<Extern> {
        store.core().export(self.0, name).map(Extern::from)
    }

    /// The exported function of a name.
    pub fn get_func(&self, store: impl AsContext, name: &str) -> Option<Func> {
        self.get_export(store, name)?.into_func()
    }

    /// The exported function of a name, if it has this type.
    pub fn get_typed_func<P: WasmTyList, R: WasmTyList>(
        &self,
        store: impl AsContext,
        name: &str,
    ) -> Result<TypedFunc<P, R>, Error> {
        let func = match self.get_export(&store, name) {
            Some(Extern::Func(func)) => func,
            Some(_) => return Err(Error::Export(format!("the export {name} is no function"))),
            None => return Err(Error::Export(format!("there is no export {name}"))),
        };
        func.typed(store).map_err(|error| match error {
            Error::Type(message) => Error::Export(format!("the export {name}: {message}")),
            other => other,
        })
    }

    /// The exported memory of a name.
    pub fn get_memory(&self, store: impl AsContext, name: &str) -> Option<Memory> {
        self.get_export(store, name)?.into_memory()
    }

    /// The exported global of a name.
    pub fn get_global(&self, store: impl AsContext, name: &str) -> Option<Global> {
        self.get_export(store, name)?.into_global()
    }

    /// The exported table of a name.
    pub fn get_table(&self, store: impl AsContext, name: &str) -> Option<Table> {
        self.get_export(store, name)?.into_table()
    }
}
