//! The modules and instances of a script.

use crate::spectest;
use fossor::{Compile, Engine, Error, Instance, Linker, Module, Store, Val};
use std::collections::HashMap;
use std::time::Duration;
use wast::token::Id;

/// What a script has defined and instantiated so far.
pub(crate) struct Modules {
    engine: Engine,
    pub store: Store<()>,
    pub linker: Linker<()>,
    timeout: Duration,
    /// By name; that of the empty name is the latest.
    definitions: HashMap<String, Module>,
    instances: HashMap<String, Instance>,
}

impl Modules {
    /// None yet but `spectest`.
    pub fn new(engine: &Engine, timeout: Duration) -> Result<Self, Error> {
        // Whatever its user chose: invalid bodies must be found, called or not.
        let engine = &Engine::new(engine.config().compile(Compile::LazyTranslation));
        let mut store = Store::new(engine, ());
        // For an engine that counts: as much as there is.
        store.set_fuel(u64::MAX);
        let mut linker = Linker::new(engine);
        linker.allow_shadowing(true);
        spectest::define(&mut linker, &mut store)?;
        Ok(Self {
            engine: engine.clone(),
            store,
            linker,
            timeout,
            definitions: HashMap::new(),
            instances: HashMap::new(),
        })
    }

    /// Compiles a binary module and validates all of it.
    pub fn compile(&self, binary: Vec<u8>) -> Result<Module, Error> {
        Module::from_shared(&self.engine, binary)
    }

    /// Keeps a module under its name, and as the latest.
    pub fn define(&mut self, name: Option<Id<'_>>, module: Module) {
        if let Some(name) = name {
            self.definitions.insert(key(Some(name)), module.clone());
        }
        self.definitions.insert(key(None), module);
    }

    /// A module by its name, or the latest.
    pub fn definition(&self, name: Option<Id<'_>>) -> Result<Module, String> {
        let module = self.definitions.get(&key(name)).cloned();
        module.ok_or_else(|| missing("module", name))
    }

    /// Instantiates a module, which is the latest instance then.
    pub fn instantiate(&mut self, name: Option<Id<'_>>, module: &Module) -> Result<(), Error> {
        // If this fails, what follows is not meant for an earlier instance.
        self.instances.remove(&key(None));
        let instance = self.try_instantiate(module)?;
        if let Some(name) = name {
            self.instances.insert(key(Some(name)), instance);
        }
        self.instances.insert(key(None), instance);
        Ok(())
    }

    /// Instantiates a module for an assertion.
    pub fn try_instantiate(&mut self, module: &Module) -> Result<Instance, Error> {
        self.store.set_deadline(self.timeout);
        self.linker.instantiate(&mut self.store, module)
    }

    /// An instance by its name, or the latest.
    pub fn instance(&self, name: Option<Id<'_>>) -> Result<Instance, String> {
        let instance = self.instances.get(&key(name)).copied();
        instance.ok_or_else(|| missing("instance", name))
    }

    /// Calls an export.
    pub fn invoke(
        &mut self,
        instance: Instance,
        name: &str,
        args: &[Val],
    ) -> Result<Vec<Val>, Error> {
        let Some(func) = instance.get_func(&self.store, name) else {
            return Err(Error::Export(format!("there is no function {name:?}")));
        };
        self.store.set_deadline(self.timeout);
        func.call(&mut self.store, args)
    }
}

fn missing(what: &str, name: Option<Id<'_>>) -> String {
    match name {
        Some(_) => format!("there is no {what} {}", key(name)),
        None => format!("there is no {what} at this point"),
    }
}

fn key(name: Option<Id<'_>>) -> String {
    name.map_or_else(String::new, |name| format!("${}", name.name()))
}
