//! Pools: so many libraries at a time and no more.

use crate::context::sealed::{AsCore, AsCoreMut};
use crate::context::{AsContext, AsContextMut};
use crate::error::Error;
use crate::reactor::Reactor;
use crate::snapshot::Snapshot;
use crate::store::{Limits, Store};
use fossor_interpreter as core;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Gives out libraries in the state of a snapshot, a bounded number at a time:
/// with the bound on each one's memory, one on the memory of all. `Send +
/// Sync`, and cheap to clone.
///
/// Each is fresh, and ends when it is dropped; what a request leaves behind, no
/// other sees.
///
/// ```
/// # #[cfg(feature = "wat")] {
/// use fossor::{Engine, Limits, Linker, Module, Pool, Store};
///
/// let engine = Engine::default();
/// let module = Module::new(&engine, r#"(module
///     (memory (export "memory") 1)
///     (func (export "add") (param i32 i32) (result i32)
///         (i32.add (local.get 0) (local.get 1))))"#)?;
/// let pre = Linker::new(&engine).instantiate_pre(&module)?;
/// let snapshot = pre.snapshot(Store::new(&engine, ()))?;
/// // At most 8 plugins of 16 MiB at a time.
/// let pool = Pool::new(&snapshot, 8).limits(Limits::memory(16 << 20));
/// let mut plugin = pool.get(())?;
/// let add = plugin.func::<(i32, i32), i32>("add")?;
/// assert_eq!(add.call(&mut plugin, (1, 2))?, 3);
/// assert_eq!(pool.in_use(), 1);
/// # }
/// # Ok::<(), fossor::Error>(())
/// ```
pub struct Pool<T> {
    snapshot: Snapshot<T>,
    limits: Limits,
    places: Arc<Places>,
}

/// A library out of a [`Pool`]: a [`Reactor`] that gives its place back when it
/// is dropped.
#[derive(Debug)]
pub struct Pooled<T> {
    // Fields are dropped in order: the memory is free before the place is.
    reactor: Reactor<T>,
    _place: Place,
}

struct Places {
    max: usize,
    taken: Mutex<usize>,
    freed: Condvar,
}

#[derive(Debug)]
struct Place(Arc<Places>);

impl<T: Send + 'static> Pool<T> {
    /// A pool of at most `max` libraries, at least one, with default limits.
    pub fn new(snapshot: &Snapshot<T>, max: usize) -> Self {
        Self {
            snapshot: snapshot.clone(),
            limits: Limits::default(),
            places: Arc::new(Places {
                max: max.max(1),
                taken: Mutex::new(0),
                freed: Condvar::new(),
            }),
        }
    }

    /// Bounds on what each library may take.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// A library with this data for its host functions. Waits while all places
    /// are taken.
    pub fn get(&self, data: T) -> Result<Pooled<T>, Error> {
        let place = self.places.take(None);
        self.fill(place, data)
    }

    /// As [`get`](Self::get), but waits no longer than `timeout`: then the error
    /// is [`Error::PoolBusy`].
    pub fn get_timeout(&self, data: T, timeout: Duration) -> Result<Pooled<T>, Error> {
        let place = self.places.take(Instant::now().checked_add(timeout));
        self.fill(place, data)
    }

    /// Places that are taken.
    pub fn in_use(&self) -> usize {
        *self.places.lock()
    }

    /// Places there are.
    pub fn max(&self) -> usize {
        self.places.max
    }

    fn fill(&self, place: Option<Place>, data: T) -> Result<Pooled<T>, Error> {
        let place = place.ok_or(Error::PoolBusy(self.places.max))?;
        let mut store = Store::new(&self.snapshot.module().engine(), data);
        store.set_limits(self.limits.clone());
        Ok(Pooled {
            reactor: self.snapshot.instantiate(store)?,
            _place: place,
        })
    }
}

impl Places {
    /// A place, or `None` if none was free until then.
    fn take(self: &Arc<Self>, until: Option<Instant>) -> Option<Place> {
        let mut taken = self.lock();
        while *taken >= self.max {
            taken = match until {
                None => self
                    .freed
                    .wait(taken)
                    .unwrap_or_else(PoisonError::into_inner),
                Some(until) => {
                    let rest = until.checked_duration_since(Instant::now())?;
                    let waited = self.freed.wait_timeout(taken, rest);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        *taken += 1;
        Some(Place(self.clone()))
    }

    fn lock(&self) -> MutexGuard<'_, usize> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        *self.0.lock() -= 1;
        self.0.freed.notify_one();
    }
}

impl<T> Deref for Pooled<T> {
    type Target = Reactor<T>;

    fn deref(&self) -> &Reactor<T> {
        &self.reactor
    }
}

impl<T> DerefMut for Pooled<T> {
    fn deref_mut(&mut self) -> &mut Reactor<T> {
        &mut self.reactor
    }
}

impl<T> AsCore for Pooled<T> {
    fn core(&self) -> &core::Store {
        self.reactor.core()
    }
}

impl<T> AsCoreMut for Pooled<T> {
    fn core_mut(&mut self) -> &mut core::Store {
        self.reactor.core_mut()
    }
}

impl<T: Send + 'static> AsContext for Pooled<T> {
    type Data = T;
}

impl<T: Send + 'static> AsContextMut for Pooled<T> {}

impl<T> Clone for Pool<T> {
    fn clone(&self) -> Self {
        Self {
            snapshot: self.snapshot.clone(),
            limits: self.limits.clone(),
            places: self.places.clone(),
        }
    }
}

impl<T> fmt::Debug for Pool<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool")
            .field("snapshot", &self.snapshot)
            .field("limits", &self.limits)
            .field("places", &self.places)
            .finish()
    }
}

impl fmt::Debug for Places {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Places")
            .field("max", &self.max)
            .field("taken", &*self.lock())
            .finish_non_exhaustive()
    }
}
