//! Configurations, engines, and stores.

use crate::wasi::Guest;
use fossor::{AsContextMut, Caller, Config, Engine, Store, StoreContextMut};
use std::cell::{RefCell, UnsafeCell};
use std::rc::{Rc, Weak};

pub struct wasm_config_t(Config);
pub struct wasm_engine_t(pub Engine);
pub struct wasm_store_t(pub StoreRef);

/// A store, kept alive by all its objects.
#[derive(Clone)]
pub struct StoreRef(Rc<StoreCell>);

/// A store that does not keep it alive: functions in a store refer to it.
pub struct WeakStore(Weak<StoreCell>);

// SAFETY: C3: stores are used by one thread at a time.
unsafe impl Send for WeakStore {}
// SAFETY: as above.
unsafe impl Sync for WeakStore {}

struct StoreCell {
    engine: Engine,
    store: UnsafeCell<Store<Guest>>,
    /// Callbacks that are under way, the innermost last.
    active: RefCell<Vec<*mut Caller<'static, Guest>>>,
}

impl StoreRef {
    fn new(engine: &Engine) -> Self {
        Self(Rc::new(StoreCell {
            engine: engine.clone(),
            store: UnsafeCell::new(Store::new(engine, Guest::default())),
            active: RefCell::default(),
        }))
    }

    pub fn engine(&self) -> &Engine {
        &self.0.engine
    }

    pub fn downgrade(&self) -> WeakStore {
        WeakStore(Rc::downgrade(&self.0))
    }

    pub fn same(&self, other: &StoreRef) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    /// Uses the store. `use_it` may call guests; it does not call this again
    /// but from a callback.
    pub fn with<R>(&self, use_it: impl FnOnce(StoreContextMut<'_, Guest>) -> R) -> R {
        let active = self.0.active.borrow().last().copied();
        match active {
            // SAFETY: C4.
            Some(caller) => use_it(unsafe { (*caller).as_context_mut() }),
            // SAFETY: C3, and no callback is under way: this is the only borrow.
            None => use_it(unsafe { (*self.0.store.get()).as_context_mut() }),
        }
    }

    /// Uses the store itself, which callbacks cannot.
    pub fn with_store<R>(&self, use_it: impl FnOnce(&mut Store<Guest>) -> R) -> Option<R> {
        match self.0.active.borrow().is_empty() {
            // SAFETY: C3, and no callback is under way.
            true => Some(use_it(unsafe { &mut *self.0.store.get() })),
            false => None,
        }
    }

    /// Runs a callback that was given `caller`.
    pub fn in_callback<R>(&self, caller: &mut Caller<'_, Guest>, run: impl FnOnce() -> R) -> R {
        let caller = std::ptr::from_mut(caller).cast::<Caller<'static, Guest>>();
        self.0.active.borrow_mut().push(caller);
        let _under_way = UnderWay(&self.0);
        run()
    }
}

/// A callback that is on top of its store's list, and leaves it also by a panic,
/// which the interpreter catches: the borrow ends with it.
struct UnderWay<'a>(&'a StoreCell);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.active.borrow_mut().pop();
    }
}

impl WeakStore {
    /// The store, which exists while one of its functions runs.
    pub fn upgrade(&self) -> Option<StoreRef> {
        self.0.upgrade().map(StoreRef)
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_config_new() -> Box<wasm_config_t> {
    Box::new(wasm_config_t(Config::new()))
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_config_delete(config: Option<Box<wasm_config_t>>) {
    drop(config);
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_engine_new() -> Box<wasm_engine_t> {
    Box::new(wasm_engine_t(Engine::default()))
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_engine_new_with_config(
    config: Option<Box<wasm_config_t>>,
) -> Box<wasm_engine_t> {
    let config = config.map_or_else(Config::new, |config| config.0);
    Box::new(wasm_engine_t(Engine::new(&config)))
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_engine_delete(engine: Option<Box<wasm_engine_t>>) {
    drop(engine);
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_store_new(engine: &wasm_engine_t) -> Box<wasm_store_t> {
    Box::new(wasm_store_t(StoreRef::new(&engine.0)))
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_store_delete(store: Option<Box<wasm_store_t>>) {
    drop(store);
}
