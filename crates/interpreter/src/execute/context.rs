//! What handlers see of an instance and of the store.

use super::registers::Registers;
use crate::instance::Buffer;
use crate::reserve::{HUGE_PAGE_BYTES, Image, Reservation};
use fossor_host::{Interrupt, Trap};
use fossor_module::{MemoryType, TableType};
use std::mem::offset_of;
use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, Ordering};

/// Why a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// It has not.
    Running,
    /// The bottom frame returned.
    Returned,
    /// `Execution::error` says.
    Failed,
    /// The guest trapped.
    Trap(Trap),
    /// Nothing in the run catches `Execution::thrown`.
    Thrown,
    /// A debugger wants to look, and the run goes on.
    Paused,
    /// What is next could not be paid, and the run goes on if there is more fuel. Not the
    /// trap `OutOfFuel`, with which a host's function may end.
    Unpaid,
}

/// An instance, as its code sees it. Its own globals follow the struct, so
/// that one load from `ctx` reaches them; see [`Context::GLOBALS_OFFSET`].
///
/// The fields down to `fuel` are on hot paths.
#[repr(C)]
pub(crate) struct Context {
    /// Bytes of memory 0; refreshed whenever something else may have grown it.
    pub memory_bytes: u64,
    /// First byte of memory 0.
    pub memory_base: *mut u8,
    /// Frames end at or before this address; null if the guest must stop (see
    /// [`super::brake`]).
    pub stack_limit: AtomicPtr<u64>,
    /// Where code was translated with fuel, and only while this context's code runs:
    /// [`Execution::fuel`].
    pub fuel: u64,
    pub execution: *mut Execution,
    /// The instance's memories, in index order.
    pub memories: *const *mut Memory,
    pub tables: *const *mut Table,
    /// One for each function of the index space.
    pub funcs: *const FuncRef,
    /// The cells of imported globals.
    pub imported_globals: *const *mut u64,
    pub instance: *mut crate::instance::Instance,
    pub memory_count: u32,
}

impl Context {
    /// Where the own globals begin, in bytes from the context.
    pub const GLOBALS_OFFSET: usize = size_of::<Context>();

    /// Memory `index`.
    #[inline(always)]
    pub unsafe fn memory(&self, index: usize) -> &Memory {
        // SAFETY: V6: validation bounds the index.
        unsafe { &**self.memories.add(index) }
    }

    /// Table `index`.
    #[inline(always)]
    pub unsafe fn table(&self, index: usize) -> &Table {
        // SAFETY: V6.
        unsafe { &**self.tables.add(index) }
    }

    /// Function `index`, as a reference to it.
    #[inline(always)]
    pub unsafe fn func(&self, index: usize) -> *const FuncRef {
        // SAFETY: V6.
        unsafe { self.funcs.add(index) }
    }

    /// Imported global `index`.
    #[inline(always)]
    pub unsafe fn imported_global(&self, index: usize) -> *mut u64 {
        // SAFETY: V6.
        unsafe { *self.imported_globals.add(index) }
    }

    /// Takes over memory 0 as it is now. By a pointer, as a unique reference would claim
    /// `stack_limit` too, which other threads may write meanwhile.
    pub unsafe fn refresh_memory(this: *mut Self) {
        // SAFETY: V3.
        unsafe {
            if (*this).memory_count > 0 {
                let memory = (*this).memory(0);
                ((*this).memory_base, (*this).memory_bytes) = (memory.base(), memory.len_bytes());
            }
        }
    }
}

/// A store's state of execution, shared by its instances. Never moves.
pub(crate) struct Execution {
    pub exit: Exit,
    /// The loop dispatcher's registers; after a stop, where it was.
    pub resume: Registers,
    /// Operators that may still be executed before the next look at the stop flag,
    /// where code was translated with fuel. While code runs, they lie in its context.
    pub fuel: u64,
    /// Operators that may be executed after those.
    pub fuel_kept: u64,
    /// What could not be paid, where a run has just stopped for want of fuel.
    pub unpaid: u64,
    pub foreign: super::call::Foreign,
    /// The value stack.
    pub stack: Reservation,
    /// First free slot: host functions that call back start their frames here.
    pub stack_top: *mut u64,
    /// The store, while it runs.
    pub store: *mut crate::store::Store,
    /// How many runs are nested through host functions.
    pub depth: u32,
    /// What a failed run reports.
    pub error: Option<crate::Error>,
    pub interrupt: Arc<Interrupt>,
    /// The exception on its way.
    pub thrown: Option<Arc<super::exception::Exception>>,
    /// Where code lies, for exceptions on their way.
    pub symbols: super::walk::Symbols,
    /// The store's structures and arrays.
    pub heap: crate::heap::Heap,
    /// Who looks at the guest from time to time.
    pub sampler: Option<Box<super::sample::Sampler>>,
    /// Operators executed so far, where code was translated for a debugger.
    pub steps: u64,
    /// The debugger wants to look before operator number `stop_at`.
    pub stop_at: u64,
    pub observer: Option<Box<super::debug::Observer>>,
    /// One-instruction code that ends a run.
    pub halt: [u64; 2],
    /// One-instruction code that returns from another instance.
    pub restore: [u64; 2],
}

/// First word of translated code, before its first instruction.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct CodeHeader {
    /// Slots from `fp` to the frame's end.
    pub frame_slots: u32,
    /// Slot of the return ip; the caller's fp follows, then the locals.
    pub link_slot: u16,
    /// Word at which to enter if the argument is 0; else 1.
    pub zero_entry: u16,
}

const _: () = assert!(size_of::<CodeHeader>() == 8);

/// A function of a module. Lives as long as the module and never moves; shared
/// by all threads that run it.
#[repr(C)]
pub(crate) struct FuncEntry {
    /// Header of the code: at first `stub_header`, then the translation.
    code: AtomicPtr<u64>,
    stub_header: CodeHeader,
    /// The handler `translate`.
    stub_handler: u64,
    /// Words of the translation.
    words: AtomicU32,
    /// Index among the module's defined functions.
    pub defined_idx: u32,
}

impl FuncEntry {
    /// An entry that is translated when it is first called. It must be given
    /// its final address (`seal`) before it is used.
    pub fn new(defined_idx: u32, link_slot: u16, translate: u64) -> Self {
        let frame_slots = u32::from(link_slot) + 2 + super::call::ZEROED_SLOTS as u32;
        Self {
            code: AtomicPtr::new(std::ptr::null_mut()),
            stub_header: CodeHeader {
                frame_slots,
                link_slot,
                zero_entry: 1,
            },
            stub_handler: translate,
            words: AtomicU32::new(0),
            defined_idx,
        }
    }

    /// Makes the entry callable at the address it has now.
    pub fn seal(&self) {
        // From the whole entry, as the handler behind the header is read too; by a
        // shared reference, as moving the owner would end a unique one.
        let stub = std::ptr::from_ref(self).wrapping_byte_add(offset_of!(Self, stub_header));
        self.code.store(stub.cast_mut().cast(), Ordering::Release);
    }

    /// The code to enter.
    #[inline(always)]
    pub fn code(&self) -> *const u64 {
        // Acquire: whoever sees the pointer sees the code.
        self.code.load(Ordering::Acquire)
    }

    /// The translation, if there is one.
    pub fn translation(&self) -> Option<(*const u64, usize)> {
        let code = self.code();
        let stub: *const CodeHeader = &self.stub_header;
        (code != stub.cast()).then(|| (code, self.words.load(Ordering::Relaxed) as usize))
    }

    /// Publishes a translation, and returns the code to use: another thread may
    /// have been faster.
    pub fn publish(&self, code: Box<[u64]>) -> *const u64 {
        let stub: *const CodeHeader = &self.stub_header;
        self.words.store(code.len() as u32, Ordering::Relaxed);
        let code = Box::into_raw(code);
        let exchanged = self.code.compare_exchange(
            stub.cast_mut().cast(),
            code.cast(),
            Ordering::AcqRel,
            Ordering::Acquire,
        );
        match exchanged {
            Ok(_) => code.cast(),
            Err(earlier) => {
                // SAFETY: not published, so this is the only pointer to it.
                drop(unsafe { Box::from_raw(code) });
                earlier
            }
        }
    }

    /// The entry whose stub instruction is at `ip`.
    pub unsafe fn of_stub(ip: *const u64) -> *const FuncEntry {
        // SAFETY: `translate` is only ever found in an entry.
        unsafe { ip.byte_sub(offset_of!(FuncEntry, stub_handler)).cast() }
    }
}

impl Drop for FuncEntry {
    fn drop(&mut self) {
        if let Some((code, words)) = self.translation() {
            // SAFETY: `publish` made it from a box of that many words (all
            // translations of a function are equal), and nothing runs it
            // any more: instances keep their module.
            drop(unsafe {
                Box::from_raw(std::ptr::slice_from_raw_parts_mut(code.cast_mut(), words))
            });
        }
    }
}

/// Slots of a function's parameters and results.
#[derive(Clone, Copy)]
pub(crate) struct SlotCounts {
    pub params: u32,
    pub results: u32,
}

/// What a function reference points to. Made once per function and instance
/// (or host function), so that equal functions are equal references. An instance
/// calls its imports by copies of theirs; no reference leads to these.
pub(crate) struct FuncRef {
    /// The function's instance; null for a host function.
    pub ctx: *mut Context,
    /// The function's code; null for a host function.
    pub entry: *const FuncEntry,
    /// The engine's number of its type: equal types, equal numbers.
    pub type_id: u32,
    /// Index among the store's host functions.
    pub host_idx: u32,
    pub slots: SlotCounts,
}

/// What the memories, or the tables, of a store may still take together. A module
/// may have a hundred memories and a hundred thousand tables.
pub(crate) struct Allowance(AtomicU64);

impl Allowance {
    pub fn new(amount: u64) -> Arc<Self> {
        Arc::new(Self(AtomicU64::new(amount)))
    }

    /// Takes from it, or `None` if there is not so much. What was taken for something
    /// that exists is never given back: memories and tables live as long as their store.
    pub fn take(&self, amount: u64) -> Option<()> {
        let less = |left: u64| left.checked_sub(amount);
        let taken = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
        taken.ok().map(drop)
    }

    /// Gives back what was taken for something that could not be had after all.
    fn give_back(&self, amount: u64) {
        self.0.fetch_add(amount, Ordering::Relaxed);
    }
}

/// A linear memory.
pub(crate) struct Memory {
    pub ty: MemoryType,
    bytes: Reservation,
    len_bytes: u64,
    /// Pages that growing never exceeds: the type's maximum, the store's limit
    /// and what could be reserved.
    max_pages: u64,
    allowance: Arc<Allowance>,
}

/// Bytes that are reserved at least, if so many are allowed, where all that is
/// allowed cannot be had.
const FALLBACK_BYTES: u64 = 256 << 20;

impl Memory {
    /// A memory of the type's minimum, all zero, or `None` if so much cannot be
    /// had.
    pub fn new(ty: MemoryType, limit_bytes: u64, allowance: &Arc<Allowance>) -> Option<Self> {
        let max_bytes = Self::max_bytes(ty, limit_bytes);
        let page_bytes = ty.page_bytes();
        if ty.limits.min > max_bytes / page_bytes {
            return None;
        }
        let min_bytes = ty.limits.min * page_bytes;
        // Address space only: a page is taken when it is first touched.
        let bytes = Reservation::new(max_bytes as usize).or_else(|| {
            let fewer = min_bytes.saturating_mul(2).max(FALLBACK_BYTES);
            Reservation::new(fewer.min(max_bytes) as usize)
        })?;
        let max_bytes = max_bytes.min(bytes.len_bytes() as u64);
        if min_bytes > max_bytes {
            return None;
        }
        allowance.take(min_bytes)?;
        Some(Self {
            ty,
            bytes,
            len_bytes: min_bytes,
            max_pages: max_bytes / page_bytes,
            allowance: allowance.clone(),
        })
    }

    /// Takes notice that the first `len_bytes` are about to be written. Where that
    /// is most of a huge page, one such page is taken instead of 512 others.
    pub fn expect_writes(&self, len_bytes: u64) {
        let page_bytes = HUGE_PAGE_BYTES as u64;
        let pages = (len_bytes + page_bytes / 2) / page_bytes;
        let huge_bytes = pages * page_bytes;
        let aligned = (self.bytes.base() as usize).is_multiple_of(HUGE_PAGE_BYTES);
        if pages > 0 && aligned && huge_bytes <= self.bytes.len_bytes() as u64 {
            self.bytes.advise_huge_pages(0, huge_bytes as usize);
        }
    }

    /// A memory with the size and the bytes of an image.
    pub fn of_image(
        ty: MemoryType,
        image: &Image,
        limit_bytes: u64,
        allowance: &Arc<Allowance>,
    ) -> Option<Self> {
        let max_bytes = Self::max_bytes(ty, limit_bytes);
        let len_bytes = image.len_bytes() as u64;
        if len_bytes > max_bytes {
            return None;
        }
        let bytes = image.reserve(max_bytes as usize)?;
        allowance.take(len_bytes)?;
        Some(Self {
            ty,
            max_pages: max_bytes.min(bytes.len_bytes() as u64) / ty.page_bytes(),
            bytes,
            len_bytes,
            allowance: allowance.clone(),
        })
    }

    /// Whole pages that the type and the limit allow, in bytes.
    fn max_bytes(ty: MemoryType, limit_bytes: u64) -> u64 {
        let max_pages = ty.limits.max.unwrap_or(u64::MAX);
        let page_bytes = ty.page_bytes();
        // A host's addresses are no more than this.
        let limit_pages = limit_bytes.min(isize::MAX as u64) / page_bytes;
        max_pages.min(ty.addressable_pages()).min(limit_pages) * page_bytes
    }

    /// First byte. Never changes.
    #[inline(always)]
    pub fn base(&self) -> *mut u8 {
        self.bytes.base()
    }

    #[inline(always)]
    pub fn len_bytes(&self) -> u64 {
        self.len_bytes
    }

    #[inline(always)]
    pub fn pages(&self) -> u64 {
        self.len_bytes >> self.ty.page_bytes_log2
    }

    /// Adds zeroed pages; returns the old size in pages, or `None` where the
    /// maximum or a limit forbids it. Never copies.
    pub fn grow(&mut self, delta_pages: u64) -> Option<u64> {
        let old = self.pages();
        let new = old.checked_add(delta_pages)?;
        if new > self.max_pages {
            return None;
        }
        // Within the maximum, so that no product overflows.
        self.allowance.take(delta_pages * self.ty.page_bytes())?;
        self.len_bytes = new * self.ty.page_bytes();
        Some(old)
    }

    /// The bytes.
    pub fn data(&self) -> &[u8] {
        // SAFETY: the reservation is at least this long, readable, and zero or
        // an image where it was never written; guests only write while the store is
        // borrowed mutably.
        unsafe { std::slice::from_raw_parts(self.base(), self.len_bytes as usize) }
    }

    /// The bytes, to write.
    pub fn data_mut(&mut self) -> &mut [u8] {
        // SAFETY: as `data`.
        unsafe { std::slice::from_raw_parts_mut(self.base(), self.len_bytes as usize) }
    }
}

/// A table of references, each in one slot; zero is null.
pub(crate) struct Table {
    pub ty: TableType,
    pub elements: Buffer<u64>,
    /// Elements that growing never exceeds.
    pub max: u64,
    pub allowance: Arc<Allowance>,
}

impl Table {
    #[inline(always)]
    pub fn get(&self, index: u64) -> Option<u64> {
        self.elements.get(index as usize).copied()
    }

    /// Adds elements; returns the old size.
    pub fn grow(&mut self, delta: u64, init: u64) -> Option<u64> {
        let old = self.elements.len() as u64;
        let new = old.checked_add(delta)?;
        if new > self.max || new > self.ty.limits.max.unwrap_or(u64::from(u32::MAX)) {
            return None;
        }
        self.reserve(delta)?;
        self.elements.resize(new as usize, init);
        Some(old)
    }

    /// Room for more elements, which the allowance is asked for first: what it refuses
    /// must not be taken from the system either.
    pub fn reserve(&mut self, delta: u64) -> Option<()> {
        self.allowance.take(delta)?;
        if self.elements.try_reserve(delta as usize).is_err() {
            self.allowance.give_back(delta);
            return None;
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fossor_module::{Limits, RefType};

    fn table(allowed: u64) -> Table {
        Table {
            ty: TableType {
                element: RefType::FUNCREF,
                limits: Limits { min: 0, max: None },
                index64: false,
            },
            elements: Buffer::default(),
            max: 10_000_000,
            allowance: Allowance::new(allowed),
        }
    }

    #[test]
    fn a_table_that_is_not_allowed_to_grow_takes_no_memory() {
        let mut table = table(100);
        assert_eq!(table.grow(1_000_000, 0), None);
        assert_eq!(table.elements.capacity(), 0);
        assert_eq!(table.grow(100, 0), Some(0));
        assert_eq!(table.grow(1, 0), None);
    }
}
