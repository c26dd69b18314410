//! What a host function is called with.

use crate::context::sealed::{AsCore, AsCoreMut};
use crate::context::{AsContext, AsContextMut};
use crate::error::Error;
use crate::instance::Instance;
use crate::store;
use crate::typed::{TypedFunc, WasmTyList};
use crate::value::Extern;
use fossor_host::{GuestMemory, OutOfBounds};
use fossor_interpreter as core;
use std::fmt;
use std::marker::PhantomData;

/// The guest that called a host function, and the store.
///
/// [`read`](Self::read), [`write`](Self::write) and
/// [`memory_and_data`](Self::memory_and_data) mean the calling instance's memory
/// 0; a caller without one has a memory of no bytes.
///
/// ```
/// # #[cfg(feature = "wat")] {
/// use fossor::{Caller, Engine, HostError, Linker, Module, Store};
///
/// let engine = Engine::default();
/// let mut linker = Linker::<Vec<String>>::new(&engine);
/// linker.func_wrap("host", "emit", |mut caller: Caller<'_, Vec<String>>, addr: u32, len: u32| {
///     let (memory, log) = caller.memory_and_data();
///     log.push(String::from_utf8_lossy(memory.view(addr, len)?).into_owned());
///     Ok::<_, HostError>(len)
/// })?;
/// let module = Module::new(&engine, r#"(module
///     (import "host" "emit" (func $emit (param i32 i32) (result i32)))
///     (memory 1)
///     (data (i32.const 8) "hello")
///     (func (export "run") (result i32) i32.const 8 i32.const 5 call $emit))"#)?;
/// let mut store = Store::new(&engine, Vec::new());
/// let instance = linker.instantiate(&mut store, &module)?;
/// let run = instance.get_typed_func::<(), u32>(&store, "run")?;
/// assert_eq!(run.call(&mut store, ())?, 5);
/// assert_eq!(store.data(), &["hello"]);
/// # }
/// # Ok::<(), fossor::Error>(())
/// ```
pub struct Caller<'a, T> {
    core: core::Caller<'a>,
    data: PhantomData<fn() -> T>,
}

impl<'a, T: Send + 'static> Caller<'a, T> {
    #[inline]
    pub(crate) fn new(caller: &'a mut core::Caller<'_>) -> Self {
        Self {
            core: core::Caller {
                store: &mut *caller.store,
                instance: caller.instance,
            },
            data: PhantomData,
        }
    }

    /// The store's data.
    pub fn data(&self) -> &T {
        store::data(self.core.store.data())
    }

    /// The store's data.
    pub fn data_mut(&mut self) -> &mut T {
        store::data_mut(self.core.store.data_mut())
    }

    /// The caller's memory, and the store's data.
    #[inline]
    pub fn memory_and_data(&mut self) -> (GuestMemory<'_>, &mut T) {
        let (memory, data) = self.core.memory_and_data();
        let memory = GuestMemory::new(memory.unwrap_or_default());
        (memory, store::data_mut(data))
    }

    /// The caller's memory.
    pub fn memory(&mut self) -> GuestMemory<'_> {
        self.memory_and_data().0
    }

    /// The bytes at `addr` of the caller's memory.
    pub fn read(&self, addr: u32, len_bytes: u32) -> Result<&[u8], OutOfBounds> {
        let memory = self.core.memory();
        let start = addr as usize;
        let bytes = memory
            .get(start..)
            .and_then(|m| m.get(..len_bytes as usize));
        bytes.ok_or(OutOfBounds {
            addr: addr.into(),
            len_bytes: len_bytes.into(),
            memory_bytes: memory.len() as u64,
        })
    }

    /// Writes bytes to `addr` of the caller's memory.
    pub fn write(&mut self, addr: u32, bytes: &[u8]) -> Result<(), OutOfBounds> {
        self.memory().put(addr, bytes)
    }

    /// The calling instance; `None` if the host calls its own function.
    pub fn instance(&self) -> Option<Instance> {
        self.core.instance.map(Instance)
    }

    /// Something that the calling instance exports.
    pub fn get_export(&self, name: &str) -> Option<Extern> {
        self.instance()?.get_export(self, name)
    }

    /// A function that the calling instance exports.
    pub fn get_typed_func<P: WasmTyList, R: WasmTyList>(
        &self,
        name: &str,
    ) -> Result<TypedFunc<P, R>, Error> {
        match self.instance() {
            Some(instance) => instance.get_typed_func(self, name),
            None => Err(Error::Export("no guest called this function".to_owned())),
        }
    }
}

impl<T> AsCore for Caller<'_, T> {
    fn core(&self) -> &core::Store {
        self.core.store
    }
}

impl<T> AsCoreMut for Caller<'_, T> {
    fn core_mut(&mut self) -> &mut core::Store {
        self.core.store
    }
}

impl<T: Send + 'static> AsContext for Caller<'_, T> {
    type Data = T;
}

impl<T: Send + 'static> AsContextMut for Caller<'_, T> {}

impl<T> fmt::Debug for Caller<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller")
            .field("instance", &self.core.instance)
            .finish_non_exhaustive()
    }
}
