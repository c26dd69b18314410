//! Arrays that instances leave for the next of the same module.
//!
//! A large array that is freed and allocated anew for each request goes back to
//! the system in between, and every page of it is a page fault then; whether it
//! does depends on what else lies on the heap.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Arrays that are kept, of one kind.
const MAX_KEPT: usize = 4;

/// Arrays that nobody uses at the moment, emptied.
pub(crate) struct Buffers<T>(Mutex<Vec<Vec<T>>>);

impl<T> Buffers<T> {
    pub fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::default()))
    }

    /// An empty one that comes back here when it is dropped.
    pub fn take(self: &Arc<Self>) -> Buffer<T> {
        Buffer {
            values: self.list().pop().unwrap_or_default(),
            home: Some(self.clone()),
        }
    }

    fn list(&self) -> MutexGuard<'_, Vec<Vec<T>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A `Vec` that may have a home to go to.
pub(crate) struct Buffer<T> {
    values: Vec<T>,
    home: Option<Arc<Buffers<T>>>,
}

impl<T> Default for Buffer<T> {
    fn default() -> Self {
        Self {
            values: Vec::new(),
            home: None,
        }
    }
}

impl<T> Deref for Buffer<T> {
    type Target = Vec<T>;

    #[inline(always)]
    fn deref(&self) -> &Vec<T> {
        &self.values
    }
}

impl<T> DerefMut for Buffer<T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut Vec<T> {
        &mut self.values
    }
}

impl<T> Drop for Buffer<T> {
    fn drop(&mut self) {
        let Some(home) = self.home.take() else {
            return;
        };
        let mut values = std::mem::take(&mut self.values);
        values.clear();
        let mut list = home.list();
        if list.len() < MAX_KEPT {
            list.push(values);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dropped_one_is_the_next_one() {
        let buffers = Buffers::<u64>::new();
        let mut first = buffers.take();
        first.extend(0..1000);
        let address = first.as_ptr();
        drop(first);
        let again = buffers.take();
        assert!(again.is_empty() && again.capacity() >= 1000);
        assert_eq!(again.as_ptr(), address);
        let more: Vec<_> = (0..10).map(|_| buffers.take()).collect();
        drop((again, more));
        assert_eq!(buffers.list().len(), MAX_KEPT);
    }
}
