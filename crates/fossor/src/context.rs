//! What gives access to a store.

use crate::store;
use fossor_interpreter as core;
use std::fmt;
use std::marker::PhantomData;

/// Something through which a store can be read: a [`Store`](crate::Store), a
/// [`Caller`](crate::Caller), a [`Reactor`](crate::Reactor), or a reference to
/// one of them.
pub trait AsContext: sealed::AsCore {
    /// What host functions work on.
    type Data: Send + 'static;

    /// The store, whatever this is.
    fn as_context(&self) -> StoreContext<'_, Self::Data> {
        StoreContext {
            core: self.core(),
            data: PhantomData,
        }
    }
}

/// Something through which a store can be used: see [`AsContext`].
pub trait AsContextMut: AsContext + sealed::AsCoreMut {
    /// The store, whatever this is: for code that is called with a
    /// [`Store`](crate::Store) and from host functions alike.
    fn as_context_mut(&mut self) -> StoreContextMut<'_, Self::Data> {
        StoreContextMut {
            core: self.core_mut(),
            data: PhantomData,
        }
    }
}

/// A borrowed store, to read: see [`AsContext::as_context`].
#[derive(Clone, Copy)]
pub struct StoreContext<'a, T> {
    core: &'a core::Store,
    data: PhantomData<fn() -> T>,
}

/// A borrowed store: see [`AsContextMut::as_context_mut`].
pub struct StoreContextMut<'a, T> {
    core: &'a mut core::Store,
    data: PhantomData<fn() -> T>,
}

impl<T: Send + 'static> StoreContext<'_, T> {
    /// What host functions work on.
    pub fn data(&self) -> &T {
        store::data(self.core.data())
    }
}

impl<T: Send + 'static> StoreContextMut<'_, T> {
    /// What host functions work on.
    pub fn data(&self) -> &T {
        store::data(self.core.data())
    }

    /// What host functions work on.
    pub fn data_mut(&mut self) -> &mut T {
        store::data_mut(self.core.data_mut())
    }
}

/// Access to the interpreter's store, which is not part of the API.
pub(crate) mod sealed {
    use super::core;

    pub trait AsCore {
        fn core(&self) -> &core::Store;
    }

    pub trait AsCoreMut: AsCore {
        fn core_mut(&mut self) -> &mut core::Store;
    }
}

use sealed::{AsCore, AsCoreMut};

impl<S: AsCore> AsCore for &S {
    fn core(&self) -> &core::Store {
        (**self).core()
    }
}

impl<S: AsCore> AsCore for &mut S {
    fn core(&self) -> &core::Store {
        (**self).core()
    }
}

impl<S: AsCoreMut> AsCoreMut for &mut S {
    fn core_mut(&mut self) -> &mut core::Store {
        (**self).core_mut()
    }
}

impl<S: AsContext> AsContext for &S {
    type Data = S::Data;
}

impl<S: AsContext> AsContext for &mut S {
    type Data = S::Data;
}

impl<S: AsContextMut> AsContextMut for &mut S {}

impl<T> AsCore for StoreContext<'_, T> {
    fn core(&self) -> &core::Store {
        self.core
    }
}

impl<T> AsCore for StoreContextMut<'_, T> {
    fn core(&self) -> &core::Store {
        self.core
    }
}

impl<T> AsCoreMut for StoreContextMut<'_, T> {
    fn core_mut(&mut self) -> &mut core::Store {
        self.core
    }
}

impl<T: Send + 'static> AsContext for StoreContext<'_, T> {
    type Data = T;
}

impl<T: Send + 'static> AsContext for StoreContextMut<'_, T> {
    type Data = T;
}

impl<T: Send + 'static> AsContextMut for StoreContextMut<'_, T> {}

impl<T> fmt::Debug for StoreContext<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("StoreContext").field(self.core).finish()
    }
}

impl<T> fmt::Debug for StoreContextMut<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("StoreContextMut").field(self.core).finish()
    }
}
