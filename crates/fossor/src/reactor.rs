//! Reactors: libraries, initialised once.

use crate::context::sealed::{AsCore, AsCoreMut};
use crate::context::{AsContext, AsContextMut};
use crate::error::Error;
use crate::instance::Instance;
use crate::instance_pre::InstancePre;
use crate::memory::Memory;
use crate::snapshot::Snapshot;
use crate::store::Store;
use crate::typed::{TypedFunc, WasmTyList};
use fossor_interpreter as core;

/// An instance whose `_initialize`, if it has one, ran, once: its functions can
/// be called.
///
/// ```
/// # #[cfg(feature = "wat")] {
/// use fossor::{Engine, Linker, Module, Store};
///
/// let engine = Engine::default();
/// let module = Module::new(&engine, r#"(module
///     (global $g (mut i32) (i32.const 0))
///     (func (export "_initialize") (global.set $g (i32.const 7)))
///     (func (export "get") (result i32) (global.get $g)))"#)?;
/// let pre = Linker::new(&engine).instantiate_pre(&module)?;
/// let mut plugin = pre.reactor(Store::new(&engine, ()))?;
/// let get = plugin.func::<(), i32>("get")?;
/// assert_eq!(get.call(&mut plugin, ())?, 7);
/// # }
/// # Ok::<(), fossor::Error>(())
/// ```
#[derive(Debug)]
pub struct Reactor<T> {
    pre: InstancePre<T>,
    store: Store<T>,
    instance: Instance,
}

impl<T: Send + 'static> Reactor<T> {
    pub(crate) fn new(pre: &InstancePre<T>, mut store: Store<T>) -> Result<Self, Error> {
        if pre.module().export("_start").is_some() {
            return Err(Error::Lifecycle(
                "the module exports `_start`: it is a command, a program that runs once; \
                 its functions cannot be called (Go: build with -buildmode=c-shared)"
                    .to_owned(),
            ));
        }
        let instance = pre.instantiate(&mut store)?;
        if instance.get_export(&store, "_initialize").is_some() {
            let initialize = instance.get_typed_func::<(), ()>(&store, "_initialize")?;
            initialize.call(&mut store, ())?;
        }
        Ok(Self::initialised(pre.clone(), store, instance))
    }

    /// An instance that is initialised already.
    pub(crate) fn initialised(pre: InstancePre<T>, store: Store<T>, instance: Instance) -> Self {
        Self {
            pre,
            store,
            instance,
        }
    }

    /// The state it is in, from which others begin: see [`Snapshot`]. The
    /// reactor goes on.
    pub fn snapshot(&mut self) -> Result<Snapshot<T>, Error> {
        Snapshot::new(self.pre.clone(), self.store.core_mut(), self.instance)
    }

    /// An exported function.
    pub fn func<P: WasmTyList, R: WasmTyList>(&self, name: &str) -> Result<TypedFunc<P, R>, Error> {
        if name == "_initialize" {
            return Err(Error::Lifecycle("`_initialize` has run already".to_owned()));
        }
        self.instance.get_typed_func(&self.store, name)
    }

    /// The exported memory `memory`, which toolchains give every module.
    pub fn memory(&self) -> Option<Memory> {
        self.instance.get_memory(&self.store, "memory")
    }

    /// The instance.
    pub fn instance(&self) -> Instance {
        self.instance
    }

    /// The store.
    pub fn store(&self) -> &Store<T> {
        &self.store
    }

    /// The store.
    pub fn store_mut(&mut self) -> &mut Store<T> {
        &mut self.store
    }

    /// The store; the reactor ends.
    pub fn into_store(self) -> Store<T> {
        self.store
    }
}

impl<T> AsCore for Reactor<T> {
    fn core(&self) -> &core::Store {
        self.store.core()
    }
}

impl<T> AsCoreMut for Reactor<T> {
    fn core_mut(&mut self) -> &mut core::Store {
        self.store.core_mut()
    }
}

impl<T: Send + 'static> AsContext for Reactor<T> {
    type Data = T;
}

impl<T: Send + 'static> AsContextMut for Reactor<T> {}
