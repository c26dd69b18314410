//! What the host holds of the heap.

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// An entry of the table, as long as its scope or its [`Rooted`] lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct RootId {
    index: u32,
    /// Tells it from an earlier one at the same place.
    generation: NonZeroU32,
}

impl std::fmt::Debug for RootGuard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("RootGuard").field(&self.id).finish()
    }
}

/// Keeps a reference in the table until it is dropped, on whatever thread.
pub(crate) struct RootGuard {
    id: RootId,
    table: RootTable,
}

/// References that the host holds: of a scope, until that ends, or of a
/// [`RootGuard`].
#[derive(Clone, Default)]
pub(crate) struct RootTable(Arc<Mutex<Entries>>);

#[derive(Default)]
struct Entries {
    all: Vec<Entry>,
    free: Vec<u32>,
    /// Entries of the open scopes, the innermost last.
    scoped: Vec<u32>,
}

struct Entry {
    slot: u64,
    generation: NonZeroU32,
}

impl RootGuard {
    /// The entry, which lasts as long as this.
    pub fn id(&self) -> RootId {
        self.id
    }
}

impl Drop for RootGuard {
    fn drop(&mut self) {
        self.table.entries().release(self.id.index);
    }
}

impl RootTable {
    /// Holds a reference until the innermost scope ends.
    pub fn hold(&self, slot: u64) -> RootId {
        let mut entries = self.entries();
        let id = entries.add(slot);
        entries.scoped.push(id.index);
        id
    }

    /// Holds a reference until the result is dropped.
    pub fn guard(&self, slot: u64) -> RootGuard {
        RootGuard {
            id: self.entries().add(slot),
            table: self.clone(),
        }
    }

    /// The reference of an entry; `None` if that is no longer held.
    pub fn get(&self, id: RootId) -> Option<u64> {
        let entries = self.entries();
        let entry = entries.all.get(id.index as usize)?;
        (entry.generation == id.generation).then_some(entry.slot)
    }

    /// Opens a scope; the result ends it.
    pub fn scope(&self) -> usize {
        self.entries().scoped.len()
    }

    /// Ends a scope: what was held in it is no longer.
    pub fn end_scope(&self, scope: usize) {
        let mut entries = self.entries();
        while entries.scoped.len() > scope {
            if let Some(index) = entries.scoped.pop() {
                entries.release(index);
            }
        }
    }

    /// Hands over what is held.
    pub fn each(&self, visit: &mut dyn FnMut(u64)) {
        self.entries()
            .all
            .iter()
            .for_each(|entry| visit(entry.slot));
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entries {
    fn add(&mut self, slot: u64) -> RootId {
        let index = self.free.pop().unwrap_or_else(|| {
            self.all.push(Entry {
                slot: 0,
                generation: NonZeroU32::MIN,
            });
            self.all.len() as u32 - 1
        });
        let entry = &mut self.all[index as usize];
        entry.slot = slot;
        RootId {
            index,
            generation: entry.generation,
        }
    }

    fn release(&mut self, index: u32) {
        let entry = &mut self.all[index as usize];
        entry.slot = 0;
        entry.generation = entry.generation.checked_add(1).unwrap_or(NonZeroU32::MIN);
        self.free.push(index);
    }
}
