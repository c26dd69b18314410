//! Snapshots: libraries that begin where another one is.

use crate::context::sealed::AsCoreMut;
use crate::error::Error;
use crate::instance::Instance;
use crate::instance_pre::InstancePre;
use crate::linker::Kept;
use crate::module::Module;
use crate::reactor::Reactor;
use crate::store::Store;
use fossor_interpreter as core;
use std::fmt;
use std::sync::Arc;

/// The state of an initialised library: memories, tables, globals. `Send +
/// Sync`, and cheap to clone.
///
/// Each [`instantiate`](Self::instantiate) gives a library in that state, which
/// shares nothing with others: none of its own code runs before the first call,
/// and its memory is shared copy-on-write. So a request can have an instance of
/// its own, initialised, in microseconds.
///
/// What the guest read while it was initialised is in the state: arguments,
/// environment, the list of its directories, the time, random numbers. All
/// instances have the same random state: `docs/snapshots.md` says what that
/// means for Go, and how a plugin gets a new one.
///
/// ```
/// # #[cfg(feature = "wat")] {
/// use fossor::{Engine, Linker, Module, Store};
///
/// let engine = Engine::default();
/// let module = Module::new(&engine, r#"(module
///     (global $g (mut i32) (i32.const 0))
///     (func (export "_initialize") (global.set $g (i32.const 7)))
///     (func (export "next") (result i32)
///         (global.set $g (i32.add (global.get $g) (i32.const 1)))
///         (global.get $g)))"#)?;
/// let pre = Linker::new(&engine).instantiate_pre(&module)?;
/// let snapshot = pre.snapshot(Store::new(&engine, ()))?;
/// for _request in 0..2 {
///     let mut plugin = snapshot.instantiate(Store::new(&engine, ()))?;
///     let next = plugin.func::<(), i32>("next")?;
///     assert_eq!(next.call(&mut plugin, ())?, 8);
/// }
/// # }
/// # Ok::<(), fossor::Error>(())
/// ```
pub struct Snapshot<T> {
    pre: InstancePre<T>,
    core: core::Snapshot,
    kept: Arc<[Kept]>,
}

impl<T: Send + 'static> Snapshot<T> {
    pub(crate) fn new(
        pre: InstancePre<T>,
        store: &mut core::Store,
        instance: Instance,
    ) -> Result<Self, Error> {
        let kept = pre.keep(store)?;
        Ok(Self {
            core: store.snapshot(instance.0).map_err(Error::without_store)?,
            kept: kept.into(),
            pre,
        })
    }

    /// A library in this state.
    ///
    /// The store's data may be other than that of the library that the snapshot
    /// was taken of. A WASI context has to have the same directories and
    /// listeners, as the guest sees them.
    pub fn instantiate(&self, mut store: Store<T>) -> Result<Reactor<T>, Error> {
        let core = store.core_mut();
        let imports = self.pre.prepare(core)?;
        self.kept.iter().try_for_each(|restore| restore(core))?;
        let instance = Instance::of_snapshot(core, &self.core, &imports)?;
        Ok(Reactor::initialised(self.pre.clone(), store, instance))
    }

    /// The module.
    pub fn module(&self) -> &Module {
        self.pre.module()
    }

    /// Bytes of its memories, as guests see them. Each instance takes what it
    /// writes to of them, and what it adds.
    pub fn memory_bytes(&self) -> u64 {
        self.core.memory_bytes()
    }
}

impl<T> Clone for Snapshot<T> {
    fn clone(&self) -> Self {
        Self {
            pre: self.pre.clone(),
            core: self.core.clone(),
            kept: self.kept.clone(),
        }
    }
}

impl<T> fmt::Debug for Snapshot<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("core", &self.core)
            .finish_non_exhaustive()
    }
}
