//! A heap object with a stable address that raw pointers also reach.

use std::ptr::NonNull;

/// Like `Box<T>`, but without its promise that nobody else points to the
/// object: contexts hold pointers to memories, tables and each other's
/// functions.
pub(crate) struct Owned<T>(NonNull<T>);

// SAFETY: an `Owned` is the object's owner, as a `Box` is; the raw pointers to
// it are only followed while the store that holds both is borrowed.
unsafe impl<T: Send> Send for Owned<T> {}
// SAFETY: as above.
unsafe impl<T: Sync> Sync for Owned<T> {}

impl<T> Owned<T> {
    pub fn new(value: T) -> Self {
        Self(NonNull::from(Box::leak(Box::new(value))))
    }

    pub fn as_ptr(&self) -> *mut T {
        self.0.as_ptr()
    }

    pub fn get(&self) -> &T {
        // SAFETY: alive until `self` is dropped; handlers only write through
        // their pointers while the store is borrowed mutably.
        unsafe { self.0.as_ref() }
    }

    pub fn get_mut(&mut self) -> &mut T {
        // SAFETY: as `get`.
        unsafe { self.0.as_mut() }
    }
}

impl<T> Drop for Owned<T> {
    fn drop(&mut self) {
        // SAFETY: made by `Box::leak` in `new`, dropped once.
        drop(unsafe { Box::from_raw(self.0.as_ptr()) });
    }
}
