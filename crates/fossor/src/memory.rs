//! Linear memories.

use crate::context::{AsContext, AsContextMut};
use crate::error::Error;
use fossor_host::OutOfBounds;
use fossor_interpreter as core;
use fossor_module::MemoryType;

/// A linear memory of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory(pub(crate) core::MemoryId);

impl Memory {
    /// Bytes of a page, unless its type says otherwise.
    pub const PAGE_BYTES: u64 = 1 << 16;

    /// A memory of the type's minimum, all zero.
    pub fn new(mut store: impl AsContextMut, ty: MemoryType) -> Result<Self, Error> {
        let id = store.core_mut().new_memory(ty);
        id.map(Self).map_err(Error::without_store)
    }

    /// Its type, with the present size as the minimum.
    pub fn ty(&self, store: impl AsContext) -> MemoryType {
        store.core().memory_type(self.0)
    }

    /// The bytes.
    pub fn data<'a>(&self, store: &'a impl AsContext) -> &'a [u8] {
        store.core().memory(self.0)
    }

    /// The bytes, to write.
    pub fn data_mut<'a>(&self, store: &'a mut impl AsContextMut) -> &'a mut [u8] {
        store.core_mut().memory_mut(self.0)
    }

    /// Copies bytes out, from `addr` on.
    pub fn read(
        &self,
        store: impl AsContext,
        addr: u64,
        buffer: &mut [u8],
    ) -> Result<(), OutOfBounds> {
        let bytes = store.core().memory(self.0);
        let range = range(addr, buffer.len(), bytes.len())?;
        buffer.copy_from_slice(&bytes[range]);
        Ok(())
    }

    /// Copies bytes in, from `addr` on.
    pub fn write(
        &self,
        mut store: impl AsContextMut,
        addr: u64,
        buffer: &[u8],
    ) -> Result<(), OutOfBounds> {
        let bytes = store.core_mut().memory_mut(self.0);
        let range = range(addr, buffer.len(), bytes.len())?;
        bytes[range].copy_from_slice(buffer);
        Ok(())
    }

    /// Its size in pages.
    pub fn size(&self, store: impl AsContext) -> u64 {
        self.ty(store).limits.min
    }

    /// Adds pages, and returns the old size in pages.
    pub fn grow(&self, mut store: impl AsContextMut, delta_pages: u64) -> Result<u64, Error> {
        let grown = store.core_mut().grow_memory(self.0, delta_pages);
        grown.ok_or_else(|| {
            Error::Resources(format!("the memory cannot grow by {delta_pages} pages"))
        })
    }
}

fn range(addr: u64, len: usize, memory: usize) -> Result<std::ops::Range<usize>, OutOfBounds> {
    match addr.checked_add(len as u64) {
        Some(end) if end <= memory as u64 => Ok(addr as usize..end as usize),
        _ => Err(OutOfBounds {
            addr,
            len_bytes: len as u64,
            memory_bytes: memory as u64,
        }),
    }
}
