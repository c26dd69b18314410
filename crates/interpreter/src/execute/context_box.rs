//! A context with the cells of its own globals behind it.

use super::context::Context;
use std::ptr::NonNull;

/// Owns a [`Context`] and the global cells that follow it.
pub(crate) struct ContextBox {
    words: NonNull<u64>,
    len: usize,
}

// SAFETY: the owner of plain memory; the pointers in the context are followed
// only while the store is borrowed.
unsafe impl Send for ContextBox {}
// SAFETY: as above.
unsafe impl Sync for ContextBox {}

impl ContextBox {
    /// Places `context`, followed by `global_slots` zeroed cells.
    pub fn new(context: Context, global_slots: usize) -> Self {
        let len = size_of::<Context>() / 8 + global_slots;
        let words = NonNull::from(Box::leak(vec![0u64; len].into_boxed_slice())).cast::<u64>();
        // SAFETY: large enough, and aligned as a context is (checked below).
        unsafe { words.cast::<Context>().write(context) };
        Self { words, len }
    }

    pub fn as_ptr(&self) -> *mut Context {
        self.words.as_ptr().cast()
    }

    pub fn as_non_null(&self) -> NonNull<Context> {
        self.words.cast()
    }

    /// The context.
    pub fn get_mut(&mut self) -> &mut Context {
        // SAFETY: written in `new`.
        unsafe { self.words.cast().as_mut() }
    }

    /// The cell at `offset_bytes` from the context.
    pub fn cell(&self, offset_bytes: u32) -> *mut u64 {
        debug_assert!((offset_bytes as usize) < self.len * 8);
        // SAFETY: offsets come from the module, which counted the cells.
        unsafe { self.words.byte_add(offset_bytes as usize).as_ptr() }
    }
}

const _: () = assert!(align_of::<Context>() == 8 && size_of::<Context>().is_multiple_of(8));

impl Drop for ContextBox {
    fn drop(&mut self) {
        let words = std::ptr::slice_from_raw_parts_mut(self.words.as_ptr(), self.len);
        // SAFETY: leaked from such a box in `new`; a `Context` has no destructor.
        drop(unsafe { Box::from_raw(words) });
    }
}
