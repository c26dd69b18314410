//! Reserved address space: for linear memories, whose base must not move, and
//! for the value stack. Pages come into being, zeroed or from an [`Image`],
//! when first touched.

#![allow(unsafe_code)]

mod file;
mod image;
mod spares;
mod words;

pub(crate) use file::HUGE_PAGE_BYTES;
pub use file::read_file;
pub(crate) use image::Image;
pub(crate) use spares::Spares;
pub(crate) use words::Words;

use std::ptr::NonNull;
use std::sync::Arc;

/// A range of writable address space, zeroed unless an image lies in it. When
/// dropped it goes back to its spares, or to the system.
pub(crate) struct Reservation {
    base: NonNull<u8>,
    len_bytes: usize,
    home: Option<Arc<Spares>>,
}

// SAFETY: a reservation is plain memory with one owner.
unsafe impl Send for Reservation {}
// SAFETY: it has no interior mutability of its own; who writes through `base`
// answers for that.
unsafe impl Sync for Reservation {}

#[cfg(all(unix, not(miri)))]
impl Reservation {
    /// Reserves `len_bytes`, or `None` where the system refuses.
    pub fn new(len_bytes: usize) -> Option<Self> {
        use rustix::mm::{MapFlags, ProtFlags, mmap_anonymous};
        if len_bytes == 0 {
            return Some(Self {
                base: NonNull::dangling(),
                len_bytes,
                home: None,
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
        Some(Self {
            base,
            len_bytes,
            home: None,
        })
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        match self.home.take() {
            Some(home) => {
                home.give_back(Reservation {
                    base: self.base,
                    len_bytes: self.len_bytes,
                    home: None,
                });
            }
            None if self.len_bytes > 0 => self.free(),
            None => {}
        }
    }
}

#[cfg(all(unix, not(miri)))]
impl Reservation {
    fn free(&mut self) {
        // SAFETY: `new` mapped exactly this range, and only the owner, which is
        // being dropped, knew of it.
        let _ = unsafe { rustix::mm::munmap(self.base.as_ptr().cast(), self.len_bytes) };
    }
}

#[cfg(any(not(unix), miri))]
impl Reservation {
    /// Allocates `len_bytes`; a system without lazily committed memory gives
    /// at most 1 GiB.
    pub fn new(len_bytes: usize) -> Option<Self> {
        let len_bytes = len_bytes.min(1 << 30);
        if len_bytes == 0 {
            return Some(Self {
                base: NonNull::dangling(),
                len_bytes,
                home: None,
            });
        }
        let layout = std::alloc::Layout::from_size_align(len_bytes, 4096).ok()?;
        // SAFETY: the layout is not empty.
        let base = NonNull::new(unsafe { std::alloc::alloc_zeroed(layout) })?;
        Some(Self {
            base,
            len_bytes,
            home: None,
        })
    }
}

#[cfg(any(not(unix), miri))]
impl Reservation {
    fn free(&mut self) {
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

impl Reservation {
    #[inline(always)]
    pub fn base(&self) -> *mut u8 {
        self.base.as_ptr()
    }

    pub fn len_bytes(&self) -> usize {
        self.len_bytes
    }

    /// Says that this part, whose ends are on boundaries of huge pages, will be
    /// written all over. `false` if this system does not want to know.
    pub fn advise_huge_pages(&self, start: usize, len_bytes: usize) -> bool {
        debug_assert!(start + len_bytes <= self.len_bytes);
        #[cfg(all(target_os = "linux", not(miri)))]
        {
            use rustix::mm::{Advice, madvise};
            // SAFETY: a part of our own mapping; the advice changes no byte.
            unsafe {
                let start = self.base.as_ptr().add(start).cast();
                madvise(start, len_bytes, Advice::LinuxHugepage).is_ok()
            }
        }
        #[cfg(any(not(target_os = "linux"), miri))]
        false
    }

    /// Makes what lies behind `from_bytes` what it was at first: zero, or the
    /// image's. `false` if this system cannot.
    fn reset(&mut self, from_bytes: usize) -> bool {
        if from_bytes >= self.len_bytes {
            return true;
        }
        #[cfg(all(target_os = "linux", not(miri)))]
        {
            use rustix::mm::{Advice, madvise};
            // SAFETY: a part of our own private mapping, which nobody else
            // reaches; the pages of anonymous memory become zero, those of a
            // private mapping of a file become the file's.
            unsafe {
                let start = self.base.as_ptr().add(from_bytes).cast();
                let len_bytes = self.len_bytes - from_bytes;
                madvise(start, len_bytes, Advice::LinuxDontNeed).is_ok()
            }
        }
        #[cfg(any(not(target_os = "linux"), miri))]
        false
    }
}
