//! Reserved address space: for linear memories, whose base must not move, and
//! for the value stack. Pages come into being, zeroed, when first touched.

#![allow(unsafe_code)]

use std::ptr::NonNull;

/// A range of zeroed, writable address space, given back when dropped.
pub(crate) struct Reservation {
    base: NonNull<u8>,
    len_bytes: usize,
}

// SAFETY: a reservation is plain memory with one owner.
unsafe impl Send for Reservation {}
// SAFETY: it has no interior mutability of its own; who writes through `base`
// answers for that.
unsafe impl Sync for Reservation {}

#[cfg(unix)]
impl Reservation {
    /// Reserves `len_bytes`, or `None` where the system refuses.
    pub fn new(len_bytes: usize) -> Option<Self> {
        use rustix::mm::{MapFlags, ProtFlags, mmap_anonymous};
        if len_bytes == 0 {
            return Some(Self {
                base: NonNull::dangling(),
                len_bytes,
            });
        }
        // SAFETY: a new private mapping at an address of the kernel's choice
        // touches nothing that exists.
        let base = unsafe {
            mmap_anonymous(
                std::ptr::null_mut(),
                len_bytes,
                ProtFlags::READ | ProtFlags::WRITE,
                MapFlags::PRIVATE | MapFlags::NORESERVE,
            )
        };
        let base = NonNull::new(base.ok()?.cast())?;
        Some(Self { base, len_bytes })
    }
}

#[cfg(unix)]
impl Drop for Reservation {
    fn drop(&mut self) {
        if self.len_bytes > 0 {
            // SAFETY: `new` mapped exactly this range, and only the owner,
            // which is being dropped, knew of it.
            let _ = unsafe { rustix::mm::munmap(self.base.as_ptr().cast(), self.len_bytes) };
        }
    }
}

#[cfg(not(unix))]
impl Reservation {
    /// Allocates `len_bytes`; a system without lazily committed memory gives
    /// at most 1 GiB.
    pub fn new(len_bytes: usize) -> Option<Self> {
        let len_bytes = len_bytes.min(1 << 30);
        if len_bytes == 0 {
            return Some(Self {
                base: NonNull::dangling(),
                len_bytes,
            });
        }
        let layout = std::alloc::Layout::from_size_align(len_bytes, 4096).ok()?;
        // SAFETY: the layout is not empty.
        let base = NonNull::new(unsafe { std::alloc::alloc_zeroed(layout) })?;
        Some(Self { base, len_bytes })
    }
}

#[cfg(not(unix))]
impl Drop for Reservation {
    fn drop(&mut self) {
        if self.len_bytes > 0 {
            let layout = std::alloc::Layout::from_size_align(self.len_bytes, 4096);
            // SAFETY: `new` allocated it with this layout.
            unsafe {
                std::alloc::dealloc(
                    self.base.as_ptr(),
                    layout.unwrap_or_else(|_| unreachable!()),
                )
            };
        }
    }
}

impl Reservation {
    #[inline(always)]
    pub fn base(&self) -> *mut u8 {
        self.base.as_ptr()
    }

    pub fn len_bytes(&self) -> usize {
        self.len_bytes
    }
}
