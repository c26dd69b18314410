//! Structures, arrays and small integers, as hosts hold them.

use crate::context::{AsContext, AsContextMut};
use crate::error::Error;
use crate::value::{ExternRef, Val};
use fossor_interpreter as core;
use fossor_module::{HeapType, RefType};

pub use core::HeapStats;

/// A reference of type `anyref`: a structure, an array, a small integer (`i31`),
/// or a value of the host that was converted. Two are equal where `ref.eq` says
/// so.
///
/// A host function may use what it was given until it returns. References that a
/// host gets otherwise last as long as the store, or the [`scope`](Self::scope)
/// around; [`root`](Self::root) keeps one beyond that. Using one later panics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnyRef(pub(crate) core::AnyRef);

/// Keeps an object alive until it is dropped: see [`AnyRef::root`].
#[derive(Debug)]
pub struct Rooted(core::Rooted);

impl Rooted {
    /// The reference, to be used as long as this lives.
    pub fn get(&self) -> AnyRef {
        AnyRef(self.0.get())
    }
}

impl AnyRef {
    /// A small integer: the low 31 bits of `value`.
    pub fn from_i31(store: impl AsContext, value: i32) -> Self {
        Self(store.core().new_i31(value as u32))
    }

    /// A structure of a declared type, a value for each field; or an array, a
    /// value for each element. The type is one that a function's or a global's
    /// type refers to.
    ///
    /// ```
    /// use fossor::{AnyRef, Config, Engine, Instance, Linker, Module, Store, Val, ValType};
    ///
    /// let engine = Engine::new(Config::new().wasm3());
    /// let module = Module::new(&engine, r#"(module
    ///     (type $point (struct (field i32) (field (mut i32))))
    ///     (func (export "sum") (param (ref $point)) (result i32)
    ///         (i32.add (struct.get $point 0 (local.get 0)) (struct.get $point 1 (local.get 0)))))"#)?;
    /// let mut store = Store::new(&engine, ());
    /// let instance = Linker::new(&engine).instantiate(&mut store, &module)?;
    /// let sum = instance.get_func(&store, "sum").unwrap();
    /// let ValType::Ref(point) = sum.ty(&store).params()[0] else { panic!() };
    ///
    /// let point = AnyRef::new_object(&mut store, point.heap, &[Val::I32(3), Val::I32(4)])?;
    /// point.set(&mut store, 1, Val::I32(5))?;
    /// assert_eq!(sum.call(&mut store, &[Val::AnyRef(Some(point))])?, [Val::I32(8)]);
    /// # Ok::<(), fossor::Error>(())
    /// ```
    pub fn new_object(
        mut store: impl AsContextMut,
        ty: HeapType,
        values: &[Val],
    ) -> Result<Self, Error> {
        let values: Vec<_> = values.iter().map(|value| value.to_core()).collect();
        let store = store.core_mut();
        match store.new_object(ty, &values) {
            Ok(object) => Ok(Self(object)),
            Err(error) => Err(Error::of(error, store)),
        }
    }

    /// The number of an `i31`, its sign extended; `None` if it is none.
    pub fn i31(&self, store: impl AsContext) -> Option<i32> {
        store.core().i31(self.0)
    }

    /// The type: a declared one, `i31`, or `any` for a value of the host.
    pub fn ty(&self, store: impl AsContext) -> HeapType {
        store.core().heap_type(self.0)
    }

    /// Whether it is of a type, as `ref.test` says.
    pub fn is_of(&self, store: impl AsContext, ty: RefType) -> bool {
        store.core().is_of(self.0, ty)
    }

    /// Fields of a structure, or elements of an array; `None` for other values.
    pub fn len(&self, store: impl AsContext) -> Option<u32> {
        store.core().object_len(self.0)
    }

    /// A field of a structure or an element of an array, if there is such a one.
    /// Narrow ones have zeros above.
    pub fn get(&self, store: impl AsContext, index: u32) -> Option<Val> {
        Some(store.core().object_get(self.0, index)?.into())
    }

    /// Sets a field or an element, if it is mutable and of the value's type.
    pub fn set(&self, mut store: impl AsContextMut, index: u32, value: Val) -> Result<(), Error> {
        let store = store.core_mut();
        match store.object_set(self.0, index, value.to_core()) {
            Ok(()) => Ok(()),
            Err(error) => Err(Error::of(error, store)),
        }
    }

    /// The same as an `externref`: `extern.convert_any`.
    pub fn to_extern(&self, store: impl AsContext) -> ExternRef {
        ExternRef(store.core().to_extern(self.0))
    }

    /// An `externref` as this: `any.convert_extern`.
    pub fn from_extern(store: impl AsContext, value: ExternRef) -> Self {
        Self(store.core().to_any(value.0))
    }

    /// The same reference, held until the innermost scope ends.
    pub fn hold(&self, mut store: impl AsContextMut) -> Self {
        Self(store.core_mut().hold(self.0))
    }

    /// Keeps it alive until the result is dropped.
    pub fn root(&self, mut store: impl AsContextMut) -> Rooted {
        Rooted(store.core_mut().root(self.0))
    }

    /// Calls `body`. References that the host is given in it end with it, so that
    /// they keep nothing alive after it.
    pub fn scope<S: AsContextMut, R>(store: &mut S, body: impl FnOnce(&mut S) -> R) -> R {
        let number = store.core_mut().hold_scope();
        let scope = Scope { store, number };
        body(&mut *scope.store)
    }
}

/// A scope, which ends with this, also by a panic of the host's.
struct Scope<'a, S: AsContextMut> {
    store: &'a mut S,
    number: usize,
}

impl<S: AsContextMut> Drop for Scope<'_, S> {
    fn drop(&mut self) {
        self.store.core_mut().end_hold_scope(self.number);
    }
}
