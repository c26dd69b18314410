//! What the host holds of the heap.

use std::sync::{Arc, Mutex, PoisonError};

/// An entry of the table, as long as its scope lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct RootId {
    index: u32,
    /// Tells it from an earlier one at the same place.
    generation: u32,
}

/// Keeps an object alive until it is dropped.
pub(crate) struct Rooted {
    id: RootId,
    dropped: Arc<Mutex<Vec<u32>>>,
}

/// References that the host holds: of a scope, until that ends, or of a
/// [`Rooted`].
#[derive(Default)]
pub(crate) struct RootTable {
    entries: Vec<Entry>,
    free: Vec<u32>,
    /// Entries of the open scopes, the innermost last.
    scoped: Vec<u32>,
    /// Entries whose `Rooted` was dropped, perhaps on another thread.
    dropped: Arc<Mutex<Vec<u32>>>,
}

struct Entry {
    slot: u64,
    generation: u32,
}

impl Rooted {
    /// The entry, which lasts as long as this.
    pub fn id(&self) -> RootId {
        self.id
    }
}

impl Drop for Rooted {
    fn drop(&mut self) {
        let mut dropped = self.dropped.lock().unwrap_or_else(PoisonError::into_inner);
        dropped.push(self.id.index);
    }
}

impl RootTable {
    /// Holds a reference until the innermost scope ends.
    pub fn hold(&mut self, slot: u64) -> RootId {
        let id = self.add(slot);
        self.scoped.push(id.index);
        id
    }

    /// Holds a reference until the result is dropped.
    pub fn root(&mut self, slot: u64) -> Rooted {
        Rooted {
            id: self.add(slot),
            dropped: self.dropped.clone(),
        }
    }

    /// The reference of an entry; `None` if that is no longer held.
    pub fn get(&self, id: RootId) -> Option<u64> {
        let entry = self.entries.get(id.index as usize)?;
        (entry.generation == id.generation).then_some(entry.slot)
    }

    /// Opens a scope; the result ends it.
    pub fn scope(&self) -> usize {
        self.scoped.len()
    }

    /// Ends a scope: what was held in it is no longer.
    pub fn end_scope(&mut self, scope: usize) {
        for index in self.scoped.split_off(scope.min(self.scoped.len())) {
            self.release(index);
        }
    }

    /// Hands over what is held.
    pub fn each(&mut self, visit: &mut dyn FnMut(u64)) {
        self.release_dropped();
        self.entries.iter().for_each(|entry| visit(entry.slot));
    }

    fn add(&mut self, slot: u64) -> RootId {
        self.release_dropped();
        let index = match self.free.pop() {
            Some(index) => index,
            None => {
                self.entries.push(Entry {
                    slot: 0,
                    generation: 0,
                });
                self.entries.len() as u32 - 1
            }
        };
        let entry = &mut self.entries[index as usize];
        entry.slot = slot;
        RootId {
            index,
            generation: entry.generation,
        }
    }

    fn release_dropped(&mut self) {
        let dropped = {
            let mut dropped = self.dropped.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *dropped)
        };
        for index in dropped {
            self.release(index);
        }
    }

    fn release(&mut self, index: u32) {
        let entry = &mut self.entries[index as usize];
        entry.slot = 0;
        entry.generation = entry.generation.wrapping_add(1);
        self.free.push(index);
    }
}
