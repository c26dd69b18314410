//! Values and handles, as hosts see them.

use crate::execute::exception::Exception;
use crate::heap::{RootGuard, RootId, slot};
use crate::store::Store;
use fossor_module::{HeapType, RefType, ValType};
use std::sync::Arc;

/// A handle of something in a store. Using it with another store is an error
/// that panics in the functions of [`Store`](crate::Store).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Handle {
    pub(crate) store: u64,
    pub(crate) index: u32,
}

macro_rules! handles {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub struct $name(pub(crate) Handle);
    )*};
}
handles! {
    /// An instance.
    InstanceId;
    /// A linear memory.
    MemoryId;
    /// A table.
    TableId;
    /// A global variable.
    GlobalId;
    /// A tag of exceptions.
    TagId;
}

/// A reference of the hierarchies `any`, `extern` and `exn`, as hosts hold it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HeapRef {
    pub store: u64,
    /// Never null.
    pub slot: u64,
    /// What keeps an object alive.
    pub root: Option<RootId>,
}

impl PartialEq for HeapRef {
    fn eq(&self, other: &Self) -> bool {
        (self.store, self.slot) == (other.store, other.slot)
    }
}

impl Eq for HeapRef {}

/// A reference of type `externref`: a value of the host, or one of the guest that
/// was converted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExternRef(pub(crate) HeapRef);

/// A reference of type `anyref`: a structure, an array, a small integer, or a
/// value of the host that was converted. Two are equal if `ref.eq` says so.
///
/// It keeps an object alive until the scope ends in which the host was given it:
/// that of the host function, or one of the host's own
/// ([`Store::hold_scope`](crate::Store::hold_scope)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnyRef(pub(crate) HeapRef);

/// A reference of type `exnref`: an exception that was caught. It lasts as an
/// [`AnyRef`] does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExnRef(pub(crate) HeapRef);

/// A function of a store, the guest's or the host's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Func {
    pub(crate) store: u64,
    /// Address of its `FuncRef`, never zero.
    pub(crate) addr: usize,
}

/// Something that can be imported or exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extern {
    /// A function.
    Func(Func),
    /// A linear memory.
    Memory(MemoryId),
    /// A table.
    Table(TableId),
    /// A global variable.
    Global(GlobalId),
    /// A tag of exceptions.
    Tag(TagId),
}

/// An exception: its tag, and the values that it carries.
#[derive(Clone, Debug)]
pub struct Thrown {
    pub(crate) store: u64,
    pub(crate) exception: Arc<Exception>,
    pub(crate) values: Vec<Val>,
    /// Keep the objects among the values alive.
    pub(crate) _guards: Arc<[RootGuard]>,
}

impl Thrown {
    /// Its tag.
    pub fn tag(&self) -> TagId {
        TagId(Handle {
            store: self.store,
            index: self.exception.tag,
        })
    }

    /// The values, of the types of the tag's parameters.
    pub fn values(&self) -> Vec<Val> {
        self.values.clone()
    }
}

/// A value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Val {
    /// `i32`
    I32(i32),
    /// `i64`
    I64(i64),
    /// `f32`, as bits: NaN payloads survive.
    F32(u32),
    /// `f64`, as bits.
    F64(u64),
    /// `v128`
    V128(u128),
    /// `funcref`
    FuncRef(Option<Func>),
    /// `externref`
    ExternRef(Option<ExternRef>),
    /// `exnref`
    ExnRef(Option<ExnRef>),
    /// `anyref`
    AnyRef(Option<AnyRef>),
}

impl Val {
    /// The value's type.
    pub fn ty(&self) -> ValType {
        match self {
            Val::I32(_) => ValType::I32,
            Val::I64(_) => ValType::I64,
            Val::F32(_) => ValType::F32,
            Val::F64(_) => ValType::F64,
            Val::V128(_) => ValType::V128,
            Val::FuncRef(_) => ValType::FUNCREF,
            Val::ExternRef(_) => ValType::EXTERNREF,
            Val::ExnRef(_) => ValType::EXNREF,
            Val::AnyRef(_) => ValType::Ref(RefType::ANYREF),
        }
    }

    /// Zero, or the null of a reference's hierarchy, also where the type has no
    /// null.
    pub fn default_of(ty: ValType) -> Val {
        match ty {
            ValType::I32 => Val::I32(0),
            ValType::I64 => Val::I64(0),
            ValType::F32 => Val::F32(0),
            ValType::F64 => Val::F64(0),
            ValType::V128 => Val::V128(0),
            ValType::Ref(ty) => match ty.heap.top() {
                HeapType::Extern => Val::ExternRef(None),
                HeapType::Exn => Val::ExnRef(None),
                HeapType::Any => Val::AnyRef(None),
                _ => Val::FuncRef(None),
            },
            _ => unreachable!("all numbers are above"),
        }
    }

    /// The store that a reference belongs to.
    pub(crate) fn store(&self) -> Option<u64> {
        match self {
            Val::FuncRef(Some(func)) => Some(func.store),
            Val::ExternRef(Some(ExternRef(value)))
            | Val::ExnRef(Some(ExnRef(value)))
            | Val::AnyRef(Some(AnyRef(value))) => Some(value.store),
            _ => None,
        }
    }

    /// The same value, held by another entry of the heap's roots.
    pub(crate) fn with_root(self, root: RootId) -> Val {
        match self {
            Val::AnyRef(Some(AnyRef(value))) => Val::AnyRef(Some(AnyRef(HeapRef {
                root: Some(root),
                ..value
            }))),
            Val::ExternRef(Some(ExternRef(value))) => Val::ExternRef(Some(ExternRef(HeapRef {
                root: Some(root),
                ..value
            }))),
            Val::ExnRef(Some(ExnRef(value))) => Val::ExnRef(Some(ExnRef(HeapRef {
                root: Some(root),
                ..value
            }))),
            other => other,
        }
    }

    /// The value's slots: the low one, and the high one of a vector.
    pub(crate) fn to_slots(self) -> [u64; 2] {
        match self {
            Val::I32(value) => [u64::from(value as u32), 0],
            Val::I64(value) => [value as u64, 0],
            Val::F32(bits) => [bits.into(), 0],
            Val::F64(bits) => [bits, 0],
            Val::V128(value) => [value as u64, (value >> 64) as u64],
            Val::FuncRef(func) => [func.map_or(0, |func| func.addr as u64), 0],
            Val::ExnRef(value) => [value.map_or(slot::NULL, |value| value.0.slot), 0],
            Val::ExternRef(value) => [value.map_or(slot::NULL, |value| value.0.slot), 0],
            Val::AnyRef(value) => [value.map_or(slot::NULL, |value| value.0.slot), 0],
        }
    }

    /// What the value refers to, if that is of `any`, `extern` or `exn`.
    pub(crate) fn heap_ref(&self) -> Option<HeapRef> {
        match self {
            Val::ExternRef(Some(ExternRef(value)))
            | Val::ExnRef(Some(ExnRef(value)))
            | Val::AnyRef(Some(AnyRef(value))) => Some(*value),
            _ => None,
        }
    }

    /// The value in `slots`; what lies above the low 32 bits of a narrow one is
    /// junk and ignored. An object is held until the store's innermost scope ends.
    pub(crate) fn from_slots(ty: ValType, slots: &[u64], store: &Store) -> Val {
        match ty {
            ValType::I32 => Val::I32(slots[0] as i32),
            ValType::I64 => Val::I64(slots[0] as i64),
            ValType::F32 => Val::F32(slots[0] as u32),
            ValType::F64 => Val::F64(slots[0]),
            ValType::V128 => Val::V128(u128::from(slots[0]) | u128::from(slots[1]) << 64),
            ValType::Ref(ty) => match ty.heap.top() {
                HeapType::Extern => Val::ExternRef(store.held(slots[0]).map(ExternRef)),
                HeapType::Any => Val::AnyRef(store.held(slots[0]).map(AnyRef)),
                HeapType::Exn => Val::ExnRef(store.held(slots[0]).map(ExnRef)),
                _ => Val::FuncRef((slots[0] != 0).then_some(Func {
                    store: store.id,
                    addr: slots[0] as usize,
                })),
            },
            _ => unreachable!("all numbers are above"),
        }
    }
}
