//! Values and what can be imported or exported, as hosts see them.

use crate::any_ref::AnyRef;
use crate::context::{AsContext, AsContextMut};
use crate::exception::{ExnRef, Tag};
use crate::func::Func;
use crate::global::Global;
use crate::memory::Memory;
use crate::table::Table;
use fossor_interpreter as core;
use fossor_module::{ExternType, ValType};
use std::any::Any;

/// A value.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Val {
    /// `i32`
    I32(i32),
    /// `i64`
    I64(i64),
    /// `f32`, as bits: NaN payloads survive.
    F32(u32),
    /// `f64`, as bits.
    F64(u64),
    /// `v128`, its first lane in the lowest bits.
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

/// A value of the host that guests can hold and pass on, but not look into; or one
/// of a guest that was converted to such ([`AnyRef::to_extern`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExternRef(pub(crate) core::ExternRef);

/// Something that can be imported or exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Extern {
    /// A function.
    Func(Func),
    /// A linear memory.
    Memory(Memory),
    /// A table.
    Table(Table),
    /// A global variable.
    Global(Global),
    /// A tag of exceptions.
    Tag(Tag),
}

impl Val {
    /// The value's type.
    pub fn ty(&self) -> ValType {
        self.to_core().ty()
    }

    /// Zero, or the null reference.
    pub fn default_of(ty: ValType) -> Val {
        core::Val::default_of(ty).into()
    }

    /// The number of an `i32`.
    pub fn i32(self) -> Option<i32> {
        match self {
            Val::I32(value) => Some(value),
            _ => None,
        }
    }

    /// The number of an `i64`.
    pub fn i64(self) -> Option<i64> {
        match self {
            Val::I64(value) => Some(value),
            _ => None,
        }
    }

    /// The number of an `f32`.
    pub fn f32(self) -> Option<f32> {
        match self {
            Val::F32(bits) => Some(f32::from_bits(bits)),
            _ => None,
        }
    }

    /// The number of an `f64`.
    pub fn f64(self) -> Option<f64> {
        match self {
            Val::F64(bits) => Some(f64::from_bits(bits)),
            _ => None,
        }
    }

    pub(crate) fn to_core(self) -> core::Val {
        match self {
            Val::I32(value) => core::Val::I32(value),
            Val::I64(value) => core::Val::I64(value),
            Val::F32(bits) => core::Val::F32(bits),
            Val::F64(bits) => core::Val::F64(bits),
            Val::V128(value) => core::Val::V128(value),
            Val::FuncRef(func) => core::Val::FuncRef(func.map(|func| func.0)),
            Val::ExternRef(value) => core::Val::ExternRef(value.map(|value| value.0)),
            Val::ExnRef(value) => core::Val::ExnRef(value.map(|value| value.0)),
            Val::AnyRef(value) => core::Val::AnyRef(value.map(|value| value.0)),
        }
    }
}

impl From<core::Val> for Val {
    fn from(value: core::Val) -> Self {
        match value {
            core::Val::I32(value) => Val::I32(value),
            core::Val::I64(value) => Val::I64(value),
            core::Val::F32(bits) => Val::F32(bits),
            core::Val::F64(bits) => Val::F64(bits),
            core::Val::V128(value) => Val::V128(value),
            core::Val::FuncRef(func) => Val::FuncRef(func.map(Func)),
            core::Val::ExternRef(value) => Val::ExternRef(value.map(ExternRef)),
            core::Val::ExnRef(value) => Val::ExnRef(value.map(ExnRef)),
            core::Val::AnyRef(value) => Val::AnyRef(value.map(AnyRef)),
        }
    }
}

macro_rules! from_numbers {
    ($($ty:ty => |$value:ident| $val:expr;)*) => {$(
        impl From<$ty> for Val {
            fn from($value: $ty) -> Val {
                $val
            }
        }
    )*};
}
from_numbers! {
    i32 => |value| Val::I32(value);
    u32 => |value| Val::I32(value as i32);
    i64 => |value| Val::I64(value);
    u64 => |value| Val::I64(value as i64);
    f32 => |value| Val::F32(value.to_bits());
    f64 => |value| Val::F64(value.to_bits());
    u128 => |value| Val::V128(value);
}

impl ExternRef {
    /// A reference to a value, which lives as long as the store.
    pub fn new(mut store: impl AsContextMut, value: impl Any + Send + Sync) -> Self {
        Self(store.core_mut().new_extern(Box::new(value)))
    }

    /// The value; `()` if it is one of the guest's that was converted.
    pub fn data<'a>(&self, store: &'a impl AsContext) -> &'a (dyn Any + Send + Sync) {
        store.core().extern_value(self.0)
    }
}

impl Extern {
    /// Its type.
    pub fn ty(&self, store: impl AsContext) -> ExternType {
        store.core().extern_type(self.to_core())
    }

    /// The function, if it is one.
    pub fn into_func(self) -> Option<Func> {
        match self {
            Extern::Func(func) => Some(func),
            _ => None,
        }
    }

    /// The memory, if it is one.
    pub fn into_memory(self) -> Option<Memory> {
        match self {
            Extern::Memory(memory) => Some(memory),
            _ => None,
        }
    }

    /// The table, if it is one.
    pub fn into_table(self) -> Option<Table> {
        match self {
            Extern::Table(table) => Some(table),
            _ => None,
        }
    }

    /// The global, if it is one.
    pub fn into_global(self) -> Option<Global> {
        match self {
            Extern::Global(global) => Some(global),
            _ => None,
        }
    }

    /// The tag, if it is one.
    pub fn into_tag(self) -> Option<Tag> {
        match self {
            Extern::Tag(tag) => Some(tag),
            _ => None,
        }
    }

    pub(crate) fn to_core(self) -> core::Extern {
        match self {
            Extern::Func(func) => core::Extern::Func(func.0),
            Extern::Memory(memory) => core::Extern::Memory(memory.0),
            Extern::Table(table) => core::Extern::Table(table.0),
            Extern::Global(global) => core::Extern::Global(global.0),
            Extern::Tag(tag) => core::Extern::Tag(tag.0),
        }
    }
}

impl From<core::Extern> for Extern {
    fn from(item: core::Extern) -> Self {
        match item {
            core::Extern::Func(func) => Extern::Func(Func(func)),
            core::Extern::Memory(memory) => Extern::Memory(Memory(memory)),
            core::Extern::Table(table) => Extern::Table(Table(table)),
            core::Extern::Global(global) => Extern::Global(Global(global)),
            core::Extern::Tag(tag) => Extern::Tag(Tag(tag)),
        }
    }
}

macro_rules! into_extern {
    ($($name:ident)*) => {$(
        impl From<$name> for Extern {
            fn from(item: $name) -> Extern {
                Extern::$name(item)
            }
        }
    )*};
}
into_extern! { Func Memory Table Global Tag }
