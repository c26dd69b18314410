//! The calls that were inlined into a function. Source:
//! `runtime/symtabinl.go`, `inlinedCall`.

use crate::image::Image;

/// Bytes of an entry.
const ENTRY_BYTES: u64 = 16;

pub(crate) struct InlineTree<'a> {
    image: Image<'a>,
    address: u64,
}

/// A call that was inlined.
pub(crate) struct InlinedCall {
    /// Offset among the names.
    pub name: u32,
    /// A place of the caller, on the line of the call.
    pub parent_place: u32,
    pub start_line: u32,
}

impl<'a> InlineTree<'a> {
    /// Index of the table (PCDATA) from places to indices in the tree.
    pub const PCDATA: u32 = 2;
    /// Index of the tree among a function's data (FUNCDATA).
    pub const FUNCDATA: u32 = 3;

    pub fn new(image: Image<'a>, address: u64) -> Self {
        Self { image, address }
    }

    pub fn call(&self, index: u32) -> Option<InlinedCall> {
        let at = self.address + u64::from(index) * ENTRY_BYTES;
        Some(InlinedCall {
            name: self.image.u32(at + 4)?,
            parent_place: self.image.u32(at + 8)?,
            start_line: self.image.u32(at + 12)?,
        })
    }
}
