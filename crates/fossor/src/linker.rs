//! Linkers: what guests may import, by name.

use crate::caller::Caller;
use crate::context::{AsContext, AsContextMut};
use crate::engine::Engine;
use crate::error::Error;
use crate::func::{Func, host_func_of_vals};
use crate::instance::Instance;
use crate::instance_pre::InstancePre;
use crate::into_func::{HostFunc, IntoFunc};
use crate::link_report::{LinkProblem, LinkReport};
use crate::module::{ImportType, Module};
use crate::value::{Extern, Val};
use fossor_host::HostError;
use fossor_interpreter as core;
use fossor_module::{ExternType, FuncType, Limits as SizeLimits};
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

/// What guests may import, by name.
///
/// ```
/// # #[cfg(feature = "wat")] {
/// use fossor::{Engine, Linker, Module};
///
/// let engine = Engine::default();
/// let mut linker = Linker::<()>::new(&engine);
/// linker.func_wrap("env", "f", |x: i32| x + 1)?;
/// let module = Module::new(&engine, r#"(module
///     (import "env" "f" (func (param i64)))
///     (import "env" "g" (func)))"#)?;
/// let report = linker.check(&module).unwrap_err();
/// assert_eq!(report.to_string(), "2 imports do not fit:
///     incompatible import type for env.f: the module wants func (i64) -> (), there is func (i32) -> i32
///     unknown import env.g: func () -> ()");
/// # }
/// # Ok::<(), fossor::Error>(())
/// ```
pub struct Linker<T> {
    engine: Engine,
    modules: HashMap<Box<str>, HashMap<Box<str>, Definition>>,
    allow_shadowing: bool,
    hooks: Vec<Arc<dyn Hook>>,
    data: PhantomData<fn() -> T>,
}

/// What the host's part of a guest needs around instantiation.
pub(crate) trait Hook: Send + Sync {
    /// Sets a store up in which something is about to be instantiated.
    fn prepare(&self, store: &mut core::Store) -> Result<(), Error>;

    /// Notes what an instance of a snapshot needs to find in its store.
    fn keep(&self, store: &mut core::Store) -> Result<Kept, Error>;
}

/// Sets a store up as it was when the snapshot was taken.
pub(crate) type Kept = Box<dyn Fn(&mut core::Store) -> Result<(), Error> + Send + Sync>;

/// What a name stands for.
#[derive(Clone, Debug)]
pub(crate) enum Definition {
    /// A host function, put into each store when it is needed.
    Host(HostFunc),
    /// Something that is in a store, with its type then.
    Item(core::Extern, ExternType),
}

impl<T: Send + 'static> Linker<T> {
    /// An empty linker.
    pub fn new(engine: &Engine) -> Self {
        Self {
            engine: engine.clone(),
            modules: HashMap::new(),
            allow_shadowing: false,
            hooks: Vec::new(),
            data: PhantomData,
        }
    }

    /// The engine.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Whether a name may be defined again; otherwise that is an error.
    pub fn allow_shadowing(&mut self, allow: bool) -> &mut Self {
        self.allow_shadowing = allow;
        self
    }

    /// Defines something that is in a store. What is instantiated with it must
    /// be in the same store.
    pub fn define(
        &mut self,
        store: impl AsContext<Data = T>,
        module: &str,
        name: &str,
        item: impl Into<Extern>,
    ) -> Result<&mut Self, Error> {
        let item = item.into();
        let ty = item.ty(store);
        self.insert(module, name, Definition::Item(item.to_core(), ty))
    }

    /// Defines a host function of any type. It finds its results zero or null,
    /// and sets them.
    pub fn func_new(
        &mut self,
        module: &str,
        name: &str,
        ty: FuncType,
        func: impl Fn(Caller<'_, T>, &[Val], &mut [Val]) -> Result<(), HostError>
        + Send
        + Sync
        + 'static,
    ) -> Result<&mut Self, Error> {
        self.insert(module, name, Definition::Host(host_func_of_vals(ty, func)))
    }

    /// Defines a closure as a host function.
    pub fn func_wrap<Params, Results>(
        &mut self,
        module: &str,
        name: &str,
        func: impl IntoFunc<T, Params, Results>,
    ) -> Result<&mut Self, Error> {
        self.insert(module, name, Definition::Host(func.into_host_func()))
    }

    /// Defines all exports of an instance, under the module name `module`.
    pub fn instance(
        &mut self,
        store: impl AsContext<Data = T>,
        module: &str,
        instance: Instance,
    ) -> Result<&mut Self, Error> {
        for (name, item) in instance.exports(&store) {
            self.define(&store, module, &name, item)?;
        }
        Ok(self)
    }

    /// Compares what a module imports with what there is: all that is missing
    /// or of another type, at once.
    pub fn check(&self, module: &Module) -> Result<(), LinkReport> {
        let mut problems = Vec::<LinkProblem>::new();
        // A module may repeat an import, and have a million of them.
        let mut seen = HashSet::new();
        for import in module.imports() {
            let definition = self.find(&import);
            if definition.is_some_and(|definition| definition.can_be(module, &import.ty)) {
                continue;
            }
            if !seen.insert((import.module, import.name, import.ty.to_string())) {
                continue;
            }
            let given = definition.map(Definition::ty);
            let problem = LinkProblem {
                module: import.module.to_owned(),
                name: import.name.to_owned(),
                wanted: import.ty,
                given,
            };
            problems.push(problem);
        }
        match problems.is_empty() {
            true => Ok(()),
            false => Err(LinkReport::new(problems)),
        }
    }

    /// What a name stands for, in this store: host functions are put into it.
    pub fn get(
        &self,
        mut store: impl AsContextMut<Data = T>,
        module: &str,
        name: &str,
    ) -> Result<Option<Extern>, Error> {
        let store = store.core_mut();
        self.hooks.iter().try_for_each(|hook| hook.prepare(store))?;
        let definition = self.modules.get(module).and_then(|names| names.get(name));
        Ok(definition.map(|definition| match definition {
            Definition::Host(func) => Extern::Func(Func(func.add_to(store))),
            Definition::Item(item, _) => (*item).into(),
        }))
    }

    /// Instantiates a module, and runs its start function.
    pub fn instantiate(
        &self,
        store: impl AsContextMut<Data = T>,
        module: &Module,
    ) -> Result<Instance, Error> {
        self.instantiate_pre(module)?.instantiate(store)
    }

    /// Finds all that a module imports, once for many instances.
    pub fn instantiate_pre(&self, module: &Module) -> Result<InstancePre<T>, Error> {
        self.check(module)?;
        let definitions = module.imports().filter_map(|import| self.find(&import));
        Ok(InstancePre::new(module, definitions, self.hooks.clone()))
    }

    pub(crate) fn insert_host(
        &mut self,
        module: &str,
        name: &str,
        func: HostFunc,
    ) -> Result<&mut Self, Error> {
        self.insert(module, name, Definition::Host(func))
    }

    pub(crate) fn hook(&mut self, hook: impl Hook + 'static) {
        self.hooks.push(Arc::new(hook));
    }

    fn find(&self, import: &ImportType<'_>) -> Option<&Definition> {
        self.modules.get(import.module)?.get(import.name)
    }

    fn insert(
        &mut self,
        module: &str,
        name: &str,
        definition: Definition,
    ) -> Result<&mut Self, Error> {
        if !self.modules.contains_key(module) {
            self.modules.insert(module.into(), HashMap::new());
        }
        let names = self.modules.entry(module.into()).or_default();
        match names.entry(name.into()) {
            Entry::Occupied(_) if !self.allow_shadowing => {
                return Err(Error::AlreadyDefined {
                    module: module.to_owned(),
                    name: name.to_owned(),
                });
            }
            Entry::Occupied(mut entry) => drop(entry.insert(definition)),
            Entry::Vacant(entry) => drop(entry.insert(definition)),
        }
        Ok(self)
    }
}

impl Definition {
    /// Whether it has a type, or can come to have it: memories and tables grow,
    /// so that their minimum is compared when something is instantiated.
    fn can_be(&self, module: &Module, wanted: &ExternType) -> bool {
        let mut ty = self.ty();
        match (&mut ty, wanted) {
            (ExternType::Memory(ty), ExternType::Memory(wanted)) => {
                grow(&mut ty.limits, wanted.limits.min)
            }
            (ExternType::Table(ty), ExternType::Table(wanted)) => {
                grow(&mut ty.limits, wanted.limits.min)
            }
            _ => {}
        }
        core::import_matches(module.0.engine(), &ty, wanted)
    }

    fn ty(&self) -> ExternType {
        match self {
            Definition::Host(func) => ExternType::Func(func.ty.clone()),
            Definition::Item(_, ty) => ty.clone(),
        }
    }
}

/// The limits after growing to `size`, if they allow that.
fn grow(limits: &mut SizeLimits, size: u64) {
    if limits.max.is_none_or(|max| size <= max) {
        limits.min = limits.min.max(size);
    }
}

impl<T> Clone for Linker<T> {
    fn clone(&self) -> Self {
        Self {
            engine: self.engine.clone(),
            modules: self.modules.clone(),
            allow_shadowing: self.allow_shadowing,
            hooks: self.hooks.clone(),
            data: PhantomData,
        }
    }
}

impl<T> fmt::Debug for Linker<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Linker")
            .field("modules", &self.modules)
            .finish_non_exhaustive()
    }
}
