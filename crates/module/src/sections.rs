//! The parts of a [`Module`](crate::Module), as its sections declare them.

use std::ops::Range;

use crate::{ConstExpr, GlobalType, MemoryType, RefType, TableType};

/// Something the module needs from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// First half of the name, `wasi_snapshot_preview1` for instance.
    pub module: Box<str>,
    /// Second half of the name, `fd_write` for instance.
    pub name: Box<str>,
    /// What it has to be.
    pub ty: ImportType,
}

/// The type an import has to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportType {
    /// A function; index into [`Module::types`](crate::Module::types).
    Func(u32),
    /// A table.
    Table(TableType),
    /// A linear memory.
    Memory(MemoryType),
    /// A global variable.
    Global(GlobalType),
    /// A tag of exceptions; index into [`Module::types`](crate::Module::types).
    Tag(u32),
}

/// A table, imported or defined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its type.
    pub ty: TableType,
    /// What every element is at the start; null if `None`.
    pub init: Option<ConstExpr>,
}

/// A global variable, imported or defined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Global {
    /// Its type.
    pub ty: GlobalType,
    /// Its value at the start; `None` for an imported one.
    pub init: Option<ConstExpr>,
}

/// What an index of an export counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExternKind {
    /// Functions.
    Func,
    /// Tables.
    Table,
    /// Memories.
    Memory,
    /// Globals.
    Global,
    /// Tags of exceptions.
    Tag,
}

/// Something the module offers under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// The name, unique in the module.
    pub name: Box<str>,
    /// The index space.
    pub kind: ExternKind,
    /// The index in it.
    pub index: u32,
}

/// References to put into a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElementSegment {
    /// Type of the references.
    pub ty: RefType,
    /// The references.
    pub items: ElementItems,
    /// When they are put where.
    pub mode: SegmentMode,
}

/// The references of an [`ElementSegment`], in either of the two forms the
/// format has for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ElementItems {
    /// Function indices.
    Funcs(Vec<u32>),
    /// One expression per reference.
    Exprs(Vec<ConstExpr>),
}

impl ElementItems {
    /// How many references there are.
    pub fn len(&self) -> usize {
        match self {
            ElementItems::Funcs(funcs) => funcs.len(),
            ElementItems::Exprs(exprs) => exprs.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// When the contents of a segment are put where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SegmentMode {
    /// When the code asks for it.
    Passive,
    /// Never: an element segment that only declares functions as referenced.
    Declared,
    /// When the module is instantiated.
    Active {
        /// Index of the table or of the memory.
        index: u32,
        /// Offset in it, of the type of its addresses.
        offset: ConstExpr,
    },
}

/// A section whose meaning is outside of the specification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomSection {
    /// Its name, not necessarily unique.
    pub name: Box<str>,
    /// Where its contents are in [`Module::bytes`](crate::Module::bytes).
    pub bytes: Range<u32>,
}
