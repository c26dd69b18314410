//! Reading and writing objects.

use super::{Cast, CastTo, Heap, Shape, slot};

/// A range beyond an array's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OutOfBounds;

impl Heap {
    /// Word `word` of a structure's data; nothing if `object` is null.
    #[inline(always)]
    pub fn field(&self, object: u64, word: u32) -> Option<u64> {
        let at = slot::object(object)?;
        self.words().get(at + 1 + word as usize).copied()
    }

    /// Sets word `word` of a structure's data, no reference of the heap; `None`
    /// if `object` is null.
    #[inline(always)]
    pub fn set_field(&mut self, object: u64, word: u32, value: u64) -> Option<()> {
        let at = slot::object(object)?;
        let blocks = self.blocks.as_mut()?;
        *blocks.words.get_mut(at + 1 + word as usize)? = value;
        Some(())
    }

    /// As [`set_field`](Self::set_field), for references of the heap.
    pub fn set_ref_field(&mut self, object: u64, word: u32, value: u64) -> Option<()> {
        let old = self.field(object, word)?;
        self.before_overwrite(old);
        self.set_field(object, word, value)
    }

    /// The id of an object's type.
    #[inline(always)]
    pub fn type_of(&self, object: u64) -> Option<u32> {
        Some(*self.words().get(slot::object(object)?)? as u32)
    }

    /// Elements of an array; nothing if it is null.
    #[inline(always)]
    pub fn length(&self, array: u64) -> Option<u32> {
        Some((*self.words().get(slot::object(array)?)? >> 32) as u32)
    }

    /// Bytes of an array's data and of its elements, as a shift.
    fn elements(&self, array: u64) -> Option<(usize, u8)> {
        let at = slot::object(array)?;
        let header = *self.words().get(at)?;
        match self.layouts.get(header as u32 as usize)?.shape {
            Shape::Array { shift } => Some(((at + 1) * 8, shift)),
            _ => None,
        }
    }

    /// Bytes of an array: `None` if it is null, an error if elements from
    /// `first` on, `count` of them, are beyond its end.
    pub fn array_bytes(
        &self,
        array: u64,
        first: u32,
        count: u32,
    ) -> Option<Result<&[u8], OutOfBounds>> {
        let range = self.array_range(array, first, count)?;
        Some(range.map(|range| &self.bytes()[range]))
    }

    /// As [`array_bytes`](Self::array_bytes), to write what is no reference of
    /// the heap.
    pub fn array_bytes_mut(
        &mut self,
        array: u64,
        first: u32,
        count: u32,
    ) -> Option<Result<&mut [u8], OutOfBounds>> {
        let range = match self.array_range(array, first, count)? {
            Ok(range) => range,
            Err(error) => return Some(Err(error)),
        };
        let blocks = self.blocks.as_mut()?;
        Some(Ok(&mut blocks.words.bytes_mut()[range]))
    }

    /// Where elements lie among the heap's bytes.
    fn array_range(
        &self,
        array: u64,
        first: u32,
        count: u32,
    ) -> Option<Result<std::ops::Range<usize>, OutOfBounds>> {
        let (base, shift) = self.elements(array)?;
        let end = u64::from(first) + u64::from(count);
        if end > u64::from(self.length(array)?) {
            return Some(Err(OutOfBounds));
        }
        Some(Ok(
            base + ((first as usize) << shift)..base + ((end as usize) << shift)
        ))
    }

    /// Marks the references that are about to be overwritten.
    pub fn before_overwriting(&mut self, array: u64, first: u32, count: u32) {
        if self.phase != super::collect::Phase::Marking {
            return;
        }
        let Some(Ok(range)) = self.array_range(array, first, count) else {
            return;
        };
        for word in range.start / 8..range.end / 8 {
            let old = self.words()[word];
            self.before_overwrite(old);
        }
    }

    /// Sets elements to a value, of which each takes as many bytes as it has.
    pub fn fill_elements(
        &mut self,
        array: u64,
        first: u32,
        count: u32,
        value: [u64; 2],
    ) -> Option<Result<(), OutOfBounds>> {
        let (_, shift) = self.elements(array)?;
        let value = (u128::from(value[0]) | u128::from(value[1]) << 64).to_le_bytes();
        let value = &value[..1 << shift];
        Some(self.array_bytes_mut(array, first, count)?.map(|bytes| {
            for element in bytes.chunks_exact_mut(value.len()) {
                element.copy_from_slice(value);
            }
        }))
    }

    /// Sets elements of 64 bits.
    pub fn set_words(
        &mut self,
        array: u64,
        first: u32,
        values: &[u64],
    ) -> Option<Result<(), OutOfBounds>> {
        let bytes = self.array_bytes_mut(array, first, values.len() as u32)?;
        Some(bytes.map(|bytes| {
            for (element, value) in bytes.chunks_exact_mut(8).zip(values) {
                element.copy_from_slice(&value.to_le_bytes());
            }
        }))
    }

    /// Whether a reference that is not null is of a type; `type_id` is its own,
    /// if it is an object or a function.
    pub fn is_of(&self, slot: u64, type_id: Option<u32>, cast: Cast) -> bool {
        let shape = || Some(self.layouts.get(type_id? as usize)?.shape);
        match cast.to {
            CastTo::Null => false,
            CastTo::Top => true,
            CastTo::Eq => slot::host(slot).is_none(),
            CastTo::I31 => slot::i31_signed(slot).is_some(),
            CastTo::Struct => shape() == Some(Shape::Struct),
            CastTo::Array => matches!(shape(), Some(Shape::Array { .. })),
            CastTo::Concrete { id, depth } => type_id.is_some_and(|own| {
                let layout = self.layouts.get(own as usize);
                own == id || layout.is_some_and(|layout| layout.is_below(id, depth.into()))
            }),
        }
    }

    /// Copies elements between arrays of one element size, or within one.
    pub fn copy_elements(
        &mut self,
        (to, to_first): (u64, u32),
        (from, from_first): (u64, u32),
        count: u32,
    ) -> Option<Result<(), OutOfBounds>> {
        let (to, from) = (
            self.array_range(to, to_first, count)?,
            self.array_range(from, from_first, count)?,
        );
        let (Ok(to), Ok(from)) = (to, from) else {
            return Some(Err(OutOfBounds));
        };
        let blocks = self.blocks.as_mut()?;
        blocks.words.bytes_mut().copy_within(from, to.start);
        Some(Ok(()))
    }

    #[inline(always)]
    fn words(&self) -> &[u64] {
        match &self.blocks {
            Some(blocks) => &blocks.words,
            None => &[],
        }
    }

    fn bytes(&self) -> &[u8] {
        match &self.blocks {
            Some(blocks) => blocks.words.bytes(),
            None => &[],
        }
    }
}
