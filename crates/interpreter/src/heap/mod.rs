//! The heap: structures, arrays and what else the collector owns.
//!
//! Objects never move, so a reference is a byte offset (`slot.rs`). Allocation,
//! marking and sweeping are spread out: each allocation does a share of the
//! collection's work. See `docs/decisions/collector.md`.
//!
//! Nothing here is `unsafe`: offsets are checked against the reserved words. That
//! a reference leads to an object of its type, so that a field is what the
//! validator took it for, is invariant V7 of `execute`.

mod blocks;
mod collect;
mod layout;
mod object;
mod roots;
pub(crate) mod slot;
#[cfg(test)]
mod tests;

pub(crate) use collect::Roots;
pub(crate) use layout::{Access, Cast, CastTo, Layout, Refs, Shape};
pub(crate) use object::OutOfBounds;
pub(crate) use roots::{RootGuard, RootId, RootTable};

use blocks::Blocks;
use std::sync::Arc;

/// When the collector does its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Collect {
    /// Spread over allocations, as much as is needed to keep up with them.
    #[default]
    Paced,
    /// All of it before every allocation, and what is freed is overwritten: a
    /// reference that was overlooked is noticed at once. For tests.
    Always,
    /// As slowly as possible, and again at once, so that guests run in the midst
    /// of it: a missing write barrier is noticed. For tests.
    Creeping,
}

/// What the collector did so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct HeapStats {
    /// Bytes of blocks that are in use.
    pub used_bytes: u64,
    /// Bytes that were ever allocated.
    pub allocated_bytes: u64,
    /// Bytes of the objects that the last collection found alive.
    pub live_bytes: u64,
    /// Collections that were finished.
    pub collections: u64,
}

/// Bytes that objects may take if nothing else is said.
pub(crate) const DEFAULT_LIMIT_BYTES: u64 = 4 << 30;

/// A store's objects.
pub(crate) struct Heap {
    /// None until something is allocated.
    blocks: Option<Box<Blocks>>,
    limit_bytes: u64,
    mode: Collect,
    /// By the engine's type id.
    layouts: Vec<Arc<Layout>>,
    phase: collect::Phase,
    /// Marked objects that are yet to be looked through.
    gray: Vec<collect::Gray>,
    /// Words allocated since the last collection began.
    since: u64,
    /// How many of them begin the next one.
    trigger: u64,
    /// Words of the objects that were marked in this collection.
    marked: u64,
    stats: HeapStats,
    /// What the host holds.
    pub roots: RootTable,
}

impl Heap {
    /// An empty heap, of [`DEFAULT_LIMIT_BYTES`] at most.
    pub fn new(mode: Collect) -> Self {
        Self {
            blocks: None,
            limit_bytes: DEFAULT_LIMIT_BYTES,
            mode,
            layouts: Vec::new(),
            phase: collect::Phase::Idle,
            gray: Vec::new(),
            since: 0,
            trigger: collect::FIRST_TRIGGER_WORDS,
            marked: 0,
            stats: HeapStats::default(),
            roots: RootTable::default(),
        }
    }

    /// Sets the bytes that the objects may take; too late once there are some.
    pub fn set_limit_bytes(&mut self, limit_bytes: u64) {
        self.limit_bytes = limit_bytes;
    }

    /// What the collector did so far.
    pub fn stats(&self) -> HeapStats {
        let used = self.blocks.as_ref().map_or(0, |blocks| blocks.used());
        HeapStats {
            used_bytes: used as u64 * blocks::BLOCK_BYTES,
            ..self.stats
        }
    }

    /// Whether anything was ever allocated.
    #[inline]
    pub fn is_used(&self) -> bool {
        self.blocks.is_some()
    }

    /// Types that were added to the engine; ids are positions.
    pub fn add_layouts(&mut self, layouts: impl IntoIterator<Item = Arc<Layout>>) {
        self.layouts.extend(layouts);
    }

    /// Types that are known.
    pub fn layouts(&self) -> &[Arc<Layout>] {
        &self.layouts
    }

    /// Allocates an object of a type, with `length` elements if that is an
    /// array; all of it zero and null. `None` if the limit does not allow it.
    /// `roots` says what is alive.
    pub fn allocate(&mut self, type_id: u32, length: u32, roots: &impl Roots) -> Option<u64> {
        let layout = &self.layouts[type_id as usize];
        let words = layout.object_words(length);
        if words * 8 > self.limit_bytes {
            return None;
        }
        let rounded = Blocks::rounded(words);
        self.step(rounded, roots);
        let at = match self.blocks().take(words) {
            Some(at) => at,
            None => {
                if !self.collect_for(rounded, roots) {
                    return None;
                }
                self.blocks().take(words)?
            }
        };
        self.since += rounded;
        self.stats.allocated_bytes += rounded * 8;
        let black = self.phase == collect::Phase::Marking;
        let blocks = self.blocks();
        if black || blocks.is_unswept(at) {
            blocks.mark(at);
        }
        blocks.words[at] = u64::from(type_id) | u64::from(length) << 32;
        Some(slot::of_object(at))
    }

    fn blocks(&mut self) -> &mut Blocks {
        let (limit, poison) = (self.limit_bytes, self.mode == Collect::Always);
        self.blocks
            .get_or_insert_with(|| Box::new(Blocks::new(limit, poison)))
    }
}
