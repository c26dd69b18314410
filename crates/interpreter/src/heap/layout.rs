//! What objects of a type look like.

use fossor_module::{CompositeType, FieldType, HeapType, RefType, StorageType, SubType, ValType};

/// What a type describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Functions, which are no objects of the heap.
    Func,
    /// Words of data, as many for each object.
    Struct,
    /// Elements of `1 << shift` bytes, as many as the object's header says.
    Array { shift: u8 },
}

/// Which words of an object are references that the collector follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refs {
    None,
    /// These words of the data.
    Words(Box<[u32]>),
    /// Every one.
    All,
}

/// A type of the engine, as the heap and casts see it.
///
/// An object is a header word (the type's id in the low half, the length of an
/// array in the high one) and its data. A structure's fields take a word each,
/// vectors two, in their order; narrow ones lie in the low bits. An array's
/// elements are packed, the first in the lowest bits of the first word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub shape: Shape,
    /// Words of a structure's data.
    pub words: u32,
    /// How a structure's fields, or the one kind of an array's elements, are
    /// accessed, and the first word of each field.
    pub fields: Box<[(Access, u32)]>,
    pub refs: Refs,
    /// Ids of the type's supertypes, the root first, then its own: one compare
    /// tells whether it is a subtype of another, whose depth is known.
    pub display: Box<[u32]>,
}

impl Layout {
    /// The layout of a type whose supertypes and itself are `chain`.
    pub fn of(ty: &SubType, chain: &[u32]) -> Self {
        let mut layout = Self {
            shape: Shape::Func,
            words: 0,
            fields: Box::default(),
            refs: Refs::None,
            display: chain.into(),
        };
        match &ty.composite {
            CompositeType::Func(_) => {}
            CompositeType::Struct(ty) => {
                let mut fields = Vec::with_capacity(ty.fields.len());
                for field in &ty.fields {
                    let access = Access::of_field(field);
                    fields.push((access, layout.words));
                    layout.words += access.words();
                }
                let refs = fields.iter().filter(|(access, _)| *access == Access::Ref);
                let refs: Box<[u32]> = refs.map(|&(_, word)| word).collect();
                layout.shape = Shape::Struct;
                layout.refs = match refs.is_empty() {
                    true => Refs::None,
                    false => Refs::Words(refs),
                };
                layout.fields = fields.into();
            }
            CompositeType::Array(ty) => {
                let access = Access::of_field(&ty.element);
                let shift = match access {
                    Access::S8 | Access::U8 => 0,
                    Access::S16 | Access::U16 => 1,
                    Access::Half => 2,
                    Access::Word | Access::Ref => 3,
                    Access::Wide => 4,
                };
                layout.shape = Shape::Array { shift };
                if access == Access::Ref {
                    layout.refs = Refs::All;
                }
                layout.fields = [(access, 0)].into();
            }
        }
        layout
    }

    /// Bytes of an array's elements, as a shift.
    pub fn shift(&self) -> u8 {
        match self.shape {
            Shape::Array { shift } => shift,
            _ => 0,
        }
    }

    /// Words of an object with `length` elements, the header included.
    pub fn object_words(&self, length: u32) -> u64 {
        match self.shape {
            Shape::Func => 1,
            Shape::Struct => 1 + u64::from(self.words),
            Shape::Array { shift } => 1 + (u64::from(length) << shift).div_ceil(8),
        }
    }

    /// Whether the type is `other`, which has `depth` supertypes, or below it.
    #[inline(always)]
    pub fn is_below(&self, other: u32, depth: u32) -> bool {
        self.display.get(depth as usize) == Some(&other)
    }
}

/// How a field or an element is read and written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Access {
    /// 64 bits, or as many of them as there are.
    Word,
    /// A reference that the collector follows.
    Ref,
    /// A vector: two slots, two words.
    Wide,
    /// 32 bits.
    Half,
    S8,
    U8,
    S16,
    U16,
}

impl Access {
    /// How a field of a type is accessed; a narrow one as unsigned.
    fn of_field(ty: &FieldType) -> Self {
        match ty.storage {
            StorageType::I8 => Access::U8,
            StorageType::I16 => Access::U16,
            StorageType::Val(ValType::I32 | ValType::F32) => Access::Half,
            StorageType::Val(ValType::V128) => Access::Wide,
            StorageType::Val(ValType::Ref(ty)) if ty.heap.top() != HeapType::Func => Access::Ref,
            StorageType::Val(_) => Access::Word,
        }
    }

    /// The same, of a narrow one as signed.
    pub fn signed(self) -> Self {
        match self {
            Access::U8 => Access::S8,
            Access::U16 => Access::S16,
            other => other,
        }
    }

    /// Slots of a value, words of a field.
    pub fn words(self) -> u32 {
        match self {
            Access::Wide => 2,
            _ => 1,
        }
    }

    const ALL: [Access; 8] = [
        Access::Word,
        Access::Ref,
        Access::Wide,
        Access::Half,
        Access::S8,
        Access::U8,
        Access::S16,
        Access::U16,
    ];

    /// The access of a number in code.
    #[inline(always)]
    pub fn of(number: usize) -> Self {
        Self::ALL[number & 7]
    }

    /// The value of a structure's word.
    #[inline(always)]
    pub fn of_word(self, word: u64) -> u64 {
        match self {
            Access::S8 => u64::from(word as i8 as u32),
            Access::U8 => u64::from(word as u8),
            Access::S16 => u64::from(word as i16 as u32),
            Access::U16 => u64::from(word as u16),
            _ => word,
        }
    }

    /// The value of an element: its slots.
    pub fn of_bytes(self, bytes: &[u8]) -> [u64; 2] {
        let mut value = [0; 16];
        let length = bytes.len().min(16);
        value[..length].copy_from_slice(&bytes[..length]);
        let value = u128::from_le_bytes(value);
        [self.of_word(value as u64), (value >> 64) as u64]
    }

    /// As a number in code.
    pub fn number(self) -> u16 {
        self as u16
    }
}

/// A type that references are compared with at run time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cast {
    pub nullable: bool,
    /// Whether the reference is one of the hierarchy of functions.
    pub is_func: bool,
    pub to: CastTo,
}

/// What a reference is to be, other than null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CastTo {
    /// Nothing else: the bottom of a hierarchy.
    Null,
    /// Anything of the hierarchy.
    Top,
    Eq,
    I31,
    Struct,
    Array,
    /// The engine's type `id`, which has `depth` supertypes.
    Concrete {
        id: u32,
        depth: u8,
    },
}

impl Cast {
    /// To a type with the engine's numbers; `depth` tells how many supertypes
    /// one of them has.
    pub fn to(ty: RefType, depth: impl Fn(u32) -> u8) -> Self {
        let top = ty.heap.top();
        Self {
            nullable: ty.nullable,
            is_func: top == HeapType::Func,
            to: match ty.heap {
                HeapType::Concrete(_, fossor_module::TypeIndex::Engine(id)) => CastTo::Concrete {
                    id,
                    depth: depth(id),
                },
                HeapType::Eq => CastTo::Eq,
                HeapType::I31 => CastTo::I31,
                HeapType::Struct => CastTo::Struct,
                HeapType::Array => CastTo::Array,
                heap if heap == top => CastTo::Top,
                _ => CastTo::Null,
            },
        }
    }

    /// As a word in code.
    pub fn word(self) -> u64 {
        let (kind, id, depth) = match self.to {
            CastTo::Null => (0, 0, 0),
            CastTo::Top => (1, 0, 0),
            CastTo::Eq => (2, 0, 0),
            CastTo::I31 => (3, 0, 0),
            CastTo::Struct => (4, 0, 0),
            CastTo::Array => (5, 0, 0),
            CastTo::Concrete { id, depth } => (6, id, depth),
        };
        kind | u64::from(self.nullable) << 8
            | u64::from(self.is_func) << 9
            | u64::from(depth) << 16
            | u64::from(id) << 32
    }

    /// Of a word in code.
    #[inline(always)]
    pub fn of_word(word: u64) -> Self {
        Self {
            nullable: word & 1 << 8 != 0,
            is_func: word & 1 << 9 != 0,
            to: match word as u8 {
                0 => CastTo::Null,
                1 => CastTo::Top,
                2 => CastTo::Eq,
                3 => CastTo::I31,
                4 => CastTo::Struct,
                5 => CastTo::Array,
                _ => CastTo::Concrete {
                    id: (word >> 32) as u32,
                    depth: (word >> 16) as u8,
                },
            },
        }
    }
}
