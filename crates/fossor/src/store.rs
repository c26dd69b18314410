//! Stores.

use crate::any_ref::HeapStats;
use crate::context::sealed::{AsCore, AsCoreMut};
use crate::context::{AsContext, AsContextMut};
use crate::deadline::Deadline;
use crate::engine::Engine;
use fossor_host::{Interrupt, InterruptReason};
use fossor_interpreter as core;
use std::any::Any;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Owns instances, what belongs to them, and the data that host functions work
/// on.
///
/// ```
/// use fossor::{Engine, Limits, Store};
/// use std::time::Duration;
///
/// let mut store = Store::new(&Engine::default(), vec![1, 2, 3]);
/// store.set_limits(Limits::memory(64 << 20));
/// store.set_deadline(Duration::from_secs(2));
/// store.data_mut().push(4);
/// assert_eq!(store.into_data(), [1, 2, 3, 4]);
/// ```
pub struct Store<T> {
    core: core::Store,
    deadline: Option<Deadline>,
    data: PhantomData<fn() -> T>,
}

/// Bounds on what the instances of a store may take.
///
/// A guest that asks for more gets the answer that WebAssembly has for that:
/// `memory.grow` and `table.grow` fail.
#[derive(Clone, Debug, Default)]
pub struct Limits(core::StoreLimits);

/// Stops a guest from another thread, also one that waits in a WASI call.
#[derive(Clone, Debug)]
pub struct InterruptHandle(Arc<Interrupt>);

impl<T: Send + 'static> Store<T> {
    /// An empty store for modules of `engine`.
    pub fn new(engine: &Engine, data: T) -> Self {
        Self {
            core: core::Store::new(&engine.0, Box::new(data)),
            deadline: None,
            data: PhantomData,
        }
    }

    /// What host functions work on.
    pub fn data(&self) -> &T {
        data(self.core.data())
    }

    /// What host functions work on.
    pub fn data_mut(&mut self) -> &mut T {
        data_mut(self.core.data_mut())
    }

    /// Takes the data out; everything else ends.
    pub fn into_data(self) -> T {
        match self.core.into_data().downcast() {
            Ok(data) => *data,
            Err(_) => wrong_data(),
        }
    }

    /// The engine.
    pub fn engine(&self) -> Engine {
        Engine(self.core.engine().clone())
    }

    /// Bounds on the memories, tables and instances that are made from now on.
    pub fn set_limits(&mut self, limits: Limits) {
        self.core.set_limits(limits.0);
    }

    /// Collects the structures and arrays that nothing refers to. This happens by
    /// itself; hosts may do it at a moment that suits them.
    pub fn collect_objects(&mut self) {
        self.core.collect_objects();
    }

    /// What structures and arrays take, and what the collector did.
    pub fn heap_stats(&self) -> HeapStats {
        self.core.heap_stats()
    }

    /// Operators that guests may still execute. It counts down only if the
    /// engine was told to:
    /// [`Config::consume_fuel`](crate::Config::consume_fuel).
    pub fn fuel(&self) -> u64 {
        self.core.fuel()
    }

    /// Sets the operators that guests may still execute.
    pub fn set_fuel(&mut self, fuel: u64) {
        self.core.set_fuel(fuel);
    }

    /// Operators that guests have executed, if the engine is one for a debugger:
    /// [`Config::debug`](crate::Config::debug).
    pub fn steps(&self) -> u64 {
        self.core.steps()
    }

    /// Stops the guest this long from now, whatever it does then; replaces an
    /// earlier deadline. It holds until the store is dropped or
    /// [`clear_deadline`](Self::clear_deadline) is called.
    ///
    /// # Panics
    ///
    /// If the system refuses the one thread that deadlines need.
    pub fn set_deadline(&mut self, timeout: Duration) {
        self.clear_deadline();
        let at = Instant::now().checked_add(timeout);
        self.deadline = at.map(|at| Deadline::new(at, self.core.interrupt().clone()));
    }

    /// Calls the deadline off. A guest may run again if it was that that
    /// stopped it.
    pub fn clear_deadline(&mut self) {
        self.deadline = None;
        if self.core.interrupt().reason() == Some(InterruptReason::Deadline) {
            self.core.interrupt().clear();
        }
    }

    /// What stops the guest from another thread.
    pub fn interrupt_handle(&self) -> InterruptHandle {
        InterruptHandle(self.core.interrupt().clone())
    }
}

impl Limits {
    /// The defaults: 4 GiB for a memory, 64 GiB for one with 64-bit addresses, ten
    /// million elements for a table, 10,000 instances, 4 GiB for structures and
    /// arrays.
    pub fn new() -> Self {
        Self::default()
    }

    /// The defaults, with this many bytes for each memory.
    pub fn memory(bytes: u64) -> Self {
        Self::new().memory_bytes(bytes)
    }

    /// Bytes that one memory may grow to.
    pub fn memory_bytes(mut self, bytes: u64) -> Self {
        self.0.memory_bytes = bytes;
        self
    }

    /// Bytes of all memories of the store together: a module may have a hundred.
    pub fn total_memory_bytes(mut self, bytes: u64) -> Self {
        self.0.total_memory_bytes = bytes;
        self
    }

    /// Elements of all tables of the store together, twenty million by default. They
    /// take eight bytes each from the start.
    pub fn total_table_elements(mut self, elements: u64) -> Self {
        self.0.total_table_elements = elements;
        self
    }

    /// Elements that one table may grow to.
    pub fn table_elements(mut self, elements: u64) -> Self {
        self.0.table_elements = elements;
        self
    }

    /// Bytes that all structures, arrays and caught exceptions of the store may
    /// take, 4 GiB by default. An allocation beyond that traps. Set it before anything is
    /// allocated.
    pub fn heap_bytes(mut self, bytes: u64) -> Self {
        self.0.heap_bytes = bytes;
        self
    }

    /// Instances in the store.
    pub fn instances(mut self, instances: usize) -> Self {
        self.0.instances = instances;
        self
    }
}

impl InterruptHandle {
    /// Stops the guest: its call ends with
    /// [`Error::Interrupted`](crate::Error::Interrupted), and so does every
    /// later one until [`clear`](Self::clear).
    pub fn interrupt(&self) {
        self.0.interrupt(InterruptReason::Requested);
    }

    /// Lets the store's guests run again.
    pub fn clear(&self) {
        self.0.clear();
    }

    /// Whether guests are to stop.
    pub fn is_interrupted(&self) -> bool {
        self.0.reason().is_some()
    }

    /// The flag itself, for a context that is made apart from the store.
    pub fn flag(&self) -> &Arc<Interrupt> {
        &self.0
    }
}

pub(crate) fn data<T: 'static>(data: &(dyn Any + Send)) -> &T {
    data.downcast_ref().unwrap_or_else(|| wrong_data())
}

pub(crate) fn data_mut<T: 'static>(data: &mut (dyn Any + Send)) -> &mut T {
    data.downcast_mut().unwrap_or_else(|| wrong_data())
}

/// Types keep linkers and stores of different data apart.
#[cold]
fn wrong_data() -> ! {
    unreachable!("a store's data has the type that the store was made with")
}

impl<T> AsCore for Store<T> {
    fn core(&self) -> &core::Store {
        &self.core
    }
}

impl<T> AsCoreMut for Store<T> {
    fn core_mut(&mut self) -> &mut core::Store {
        &mut self.core
    }
}

impl<T: Send + 'static> AsContext for Store<T> {
    type Data = T;
}

impl<T: Send + 'static> AsContextMut for Store<T> {}

impl<T> fmt::Debug for Store<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store")
            .field("core", &self.core)
            .field("deadline", &self.deadline)
            .finish()
    }
}
