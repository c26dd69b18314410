//! A module with everything it imports.

use crate::command::Command;
use crate::context::AsContextMut;
use crate::engine::Engine;
use crate::error::Error;
use crate::instance::Instance;
use crate::into_func::HostFunc;
use crate::linker::{Definition, Hook, Kept};
use crate::module::Module;
use crate::reactor::Reactor;
use crate::snapshot::Snapshot;
use crate::store::Store;
use fossor_interpreter as core;
use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

/// A module and all that it imports, found and compared: what remains is to
/// instantiate it. `Send + Sync`, and cheap to clone.
pub struct InstancePre<T> {
    inner: Arc<Inner>,
    data: PhantomData<fn() -> T>,
}

struct Inner {
    module: Module,
    /// The host functions it imports, each once.
    hosts: Vec<HostFunc>,
    imports: Vec<Import>,
    hooks: Vec<Arc<dyn Hook>>,
}

#[derive(Clone, Copy)]
enum Import {
    /// Index among the host functions.
    Host(usize),
    Item(core::Extern),
}

impl<T: Send + 'static> InstancePre<T> {
    pub(crate) fn new<'a>(
        module: &Module,
        definitions: impl Iterator<Item = &'a Definition>,
        hooks: Vec<Arc<dyn Hook>>,
    ) -> Self {
        let mut hosts = Vec::new();
        let mut indices = HashMap::new();
        let imports = definitions.map(|definition| match definition {
            Definition::Item(item, _) => Import::Item(*item),
            Definition::Host(func) => {
                Import::Host(*indices.entry(std::ptr::from_ref(func)).or_insert_with(|| {
                    hosts.push(func.clone());
                    hosts.len() - 1
                }))
            }
        });
        let imports = imports.collect();
        Self {
            inner: Arc::new(Inner {
                module: module.clone(),
                hosts,
                imports,
                hooks,
            }),
            data: PhantomData,
        }
    }

    /// The module.
    pub fn module(&self) -> &Module {
        &self.inner.module
    }

    /// The engine.
    pub fn engine(&self) -> Engine {
        self.inner.module.engine()
    }

    /// Instantiates the module, and runs its start function.
    pub fn instantiate(&self, mut store: impl AsContextMut<Data = T>) -> Result<Instance, Error> {
        let store = store.core_mut();
        let imports = self.prepare(store)?;
        Instance::instantiate(store, &self.inner.module, &imports)
    }

    /// A program: something with a `_start`, which can be run once.
    pub fn command(&self, store: Store<T>) -> Result<Command<T>, Error> {
        Command::new(self.clone(), store)
    }

    /// A library: an instance that was initialised, whose functions can be
    /// called.
    pub fn reactor(&self, store: Store<T>) -> Result<Reactor<T>, Error> {
        Reactor::new(self, store)
    }

    /// The state of the library after it was initialised in this store, from
    /// which others begin without being initialised: see [`Snapshot`].
    pub fn snapshot(&self, store: Store<T>) -> Result<Snapshot<T>, Error> {
        self.reactor(store)?.snapshot()
    }

    /// Sets a store up, and puts what the module imports into it.
    pub(crate) fn prepare(&self, store: &mut core::Store) -> Result<Vec<core::Extern>, Error> {
        for hook in &self.inner.hooks {
            hook.prepare(store)?;
        }
        let hosts: Vec<_> = self.inner.hosts.iter().map(|f| f.add_to(store)).collect();
        let imports = self.inner.imports.iter().map(|import| match *import {
            Import::Host(index) => core::Extern::Func(hosts[index]),
            Import::Item(item) => item,
        });
        Ok(imports.collect())
    }

    /// Notes what the instances of a snapshot need from their stores.
    pub(crate) fn keep(&self, store: &mut core::Store) -> Result<Vec<Kept>, Error> {
        let is_item = |import: &Import| matches!(import, Import::Item(_));
        if let Some(at) = self.inner.imports.iter().position(is_item) {
            let import = self.module().imports().nth(at);
            let name = import.map(|import| format!("{}.{}", import.module, import.name));
            return Err(Error::Snapshot(format!(
                "no snapshot can be taken: the import {} was defined as something in one store \
                 (`Linker::define`), which other instances cannot have",
                name.unwrap_or_default()
            )));
        }
        self.inner
            .hooks
            .iter()
            .map(|hook| hook.keep(store))
            .collect()
    }
}

impl<T> Clone for InstancePre<T> {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
            data: PhantomData,
        }
    }
}

impl<T> fmt::Debug for InstancePre<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InstancePre")
            .field("module", &self.inner.module)
            .finish_non_exhaustive()
    }
}
