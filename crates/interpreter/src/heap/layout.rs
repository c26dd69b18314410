//! What objects of a type look like.

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
    pub refs: Refs,
    /// Ids of the type's supertypes, the root first, then its own: one compare
    /// tells whether it is a subtype of another, whose depth is known.
    pub display: Box<[u32]>,
}

impl Layout {
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
