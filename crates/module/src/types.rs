//! The types of WebAssembly 3.0. References are in [`heap`], the types that a
//! module declares in [`declared`].
//! Source: specification, "Structure / Types".

use std::fmt;

mod declared;
mod heap;

pub use declared::{
    ArrayType, CompositeType, FieldType, FuncType, StorageType, StructType, SubType,
};
pub use heap::{Composite, HeapType, RefType, TypeIndex};

/// The type of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ValType {
    /// 32-bit integer.
    I32,
    /// 64-bit integer.
    I64,
    /// 32-bit IEEE 754 float.
    F32,
    /// 64-bit IEEE 754 float.
    F64,
    /// 128-bit vector.
    V128,
    /// A reference.
    Ref(RefType),
}

impl ValType {
    /// `funcref`
    pub const FUNCREF: ValType = ValType::Ref(RefType::FUNCREF);
    /// `externref`
    pub const EXTERNREF: ValType = ValType::Ref(RefType::EXTERNREF);
    /// `exnref`
    pub const EXNREF: ValType = ValType::Ref(RefType::EXNREF);
    /// `anyref`
    pub const ANYREF: ValType = ValType::Ref(RefType::ANYREF);

    /// How many 64-bit slots a value of this type takes in a frame.
    #[inline]
    pub fn slots(self) -> u32 {
        match self {
            ValType::V128 => 2,
            _ => 1,
        }
    }

    /// Whether the value is a reference.
    pub fn is_ref(self) -> bool {
        matches!(self, ValType::Ref(_))
    }

    /// What it refers to, if it is a reference.
    pub fn heap(self) -> Option<HeapType> {
        match self {
            ValType::Ref(ty) => Some(ty.heap),
            _ => None,
        }
    }

    /// The declared type that it refers to, if it does.
    pub fn declared(self) -> Option<TypeIndex> {
        match self.heap() {
            Some(HeapType::Concrete(_, index)) => Some(index),
            _ => None,
        }
    }
}

/// Bounds of a table (in elements) or of a memory (in pages).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Limits {
    /// Size at the start.
    pub min: u64,
    /// Size that growing never exceeds.
    pub max: Option<u64>,
}

/// The type of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TableType {
    /// Type of the elements.
    pub element: RefType,
    /// Bounds in elements.
    pub limits: Limits,
    /// Whether indices are 64-bit.
    pub index64: bool,
}

/// The type of a linear memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MemoryType {
    /// Bounds in pages.
    pub limits: Limits,
    /// Whether addresses are 64-bit.
    pub index64: bool,
    /// Bytes of a page, as a power of two: 16, or 0 for pages of one byte.
    pub page_bytes_log2: u8,
}

impl MemoryType {
    /// A memory with 32-bit addresses and pages of 64 KiB.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            index64: false,
            page_bytes_log2: 16,
        }
    }

    /// Bytes of a page.
    #[inline]
    pub fn page_bytes(self) -> u64 {
        1 << self.page_bytes_log2
    }

    /// Pages that addresses reach and `memory.size` can tell.
    pub fn addressable_pages(self) -> u64 {
        match self.index64 {
            true => u64::MAX >> self.page_bytes_log2,
            false => (1u64 << (32 - self.page_bytes_log2)).min(u32::MAX.into()),
        }
    }
}

/// The type of a global variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GlobalType {
    /// Type of the value.
    pub value: ValType,
    /// Whether `global.set` is allowed.
    pub mutable: bool,
}

/// The type of something that can be imported or exported.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ExternType {
    /// A function.
    Func(FuncType),
    /// A table.
    Table(TableType),
    /// A linear memory.
    Memory(MemoryType),
    /// A global variable.
    Global(GlobalType),
    /// A tag of exceptions: its parameters are the values they carry.
    Tag(FuncType),
}

impl fmt::Display for ValType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ValType::I32 => f.write_str("i32"),
            ValType::I64 => f.write_str("i64"),
            ValType::F32 => f.write_str("f32"),
            ValType::F64 => f.write_str("f64"),
            ValType::V128 => f.write_str("v128"),
            ValType::Ref(ty) => ty.fmt(f),
        }
    }
}

impl fmt::Display for ExternType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let limits = |f: &mut fmt::Formatter<'_>, limits: &Limits| match limits.max {
            Some(max) => write!(f, " {}..={max}", limits.min),
            None => write!(f, " {}..", limits.min),
        };
        match self {
            ExternType::Func(ty) => write!(f, "func {ty}"),
            ExternType::Tag(ty) => {
                let types: Vec<_> = ty.params().iter().map(ToString::to_string).collect();
                write!(f, "tag ({})", types.join(", "))
            }
            ExternType::Table(ty) => {
                f.write_str(if ty.index64 { "table i64 " } else { "table " })?;
                ty.element.fmt(f)?;
                limits(f, &ty.limits)
            }
            ExternType::Memory(ty) => {
                f.write_str(if ty.index64 { "memory i64" } else { "memory" })?;
                limits(f, &ty.limits)?;
                match ty.page_bytes_log2 {
                    16 => Ok(()),
                    _ => write!(f, " of {} bytes", ty.page_bytes()),
                }
            }
            ExternType::Global(ty) if ty.mutable => write!(f, "global (mut {})", ty.value),
            ExternType::Global(ty) => write!(f, "global {}", ty.value),
        }
    }
}
