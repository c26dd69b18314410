//! What gives access to a store.

use fossor_interpreter as core;

/// Something through which a store can be read: a [`Store`](crate::Store), a
/// [`Caller`](crate::Caller), a [`Reactor`](crate::Reactor), or a reference to
/// one of them.
pub trait AsContext: sealed::AsCore {
    /// What host functions work on.
    type Data: Send + 'static;
}

/// Something through which a store can be used: see [`AsContext`].
pub trait AsContextMut: AsContext + sealed::AsCoreMut {}

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
