//! Collecting: mark what was alive when the collection began, then sweep.
//!
//! All roots are looked at once, when marking begins. From then on what was
//! reachable at that moment gets marked, because a reference that is about to be
//! overwritten in an object is marked first (`shade`), and new objects are born
//! marked. So neither the stack nor tables and globals are looked at again, and
//! writing to those needs no barrier.

use super::blocks::{BLOCK_WORDS, Blocks};
use super::{Collect, Heap, Refs, Shape, slot};

/// What may hold references, besides objects and what the host holds.
pub(crate) trait Roots {
    /// Hands over every slot that may be a reference; others do no harm.
    fn each(&self, visit: &mut dyn FnMut(u64));
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Nothing is to be marked; blocks may be left to sweep.
    Idle,
    Marking,
}

/// A marked object, and how many of its references were looked at.
#[derive(Clone, Copy)]
pub(super) struct Gray {
    /// Its header's word: heaps have less than 2^32.
    at: u32,
    next: u32,
}

/// Words after which the first collection begins.
pub(super) const FIRST_TRIGGER_WORDS: u64 = (1 << 20) / 8;
/// Objects and references that are looked at for each word allocated: marking is
/// through before the heap has grown by a quarter.
const MARK_PER_WORD: u64 = 4;
/// At most so many for one allocation, however large it is: the bound of the
/// pause.
const MARK_AT_ONCE: u64 = 1 << 14;
/// Words allocated for which one block is swept: much less than a block has.
const WORDS_PER_SWEEP: u64 = 16;
/// At most so many blocks for one allocation.
const SWEEP_AT_ONCE: u64 = 1 << 10;

impl Heap {
    /// A share of the work, for an allocation of so many words.
    pub(super) fn step(&mut self, words: u64, roots: &impl Roots) {
        match self.mode {
            Collect::Paced => {}
            Collect::Always => return self.collect(roots),
            Collect::Creeping => return self.creep(roots),
        }
        if self.phase == Phase::Marking {
            self.mark_some((words * MARK_PER_WORD).min(MARK_AT_ONCE));
        } else if self.is_sweeping() {
            let blocks = (words / WORDS_PER_SWEEP + 1).min(SWEEP_AT_ONCE);
            self.blocks().sweep(blocks as usize);
        } else if self.since >= self.trigger {
            self.begin(roots);
        }
    }

    fn creep(&mut self, roots: &impl Roots) {
        if self.phase == Phase::Marking {
            self.mark_some(16);
        } else if self.is_sweeping() {
            self.blocks().sweep(1);
        } else {
            self.begin(roots);
        }
    }

    /// Collects everything that is not reachable now.
    pub fn collect(&mut self, roots: &impl Roots) {
        self.finish();
        self.begin(roots);
        self.finish();
    }

    /// Makes room for `words` where the limit was met. `false` if that left so
    /// little that the next allocations would all do the same.
    pub(super) fn collect_for(&mut self, words: u64, roots: &impl Roots) -> bool {
        self.collect(roots);
        let limit = self.blocks().limit() as u64 * BLOCK_WORDS as u64;
        self.marked + words.max(limit / 32) <= limit
    }

    fn is_sweeping(&self) -> bool {
        self.blocks
            .as_ref()
            .is_some_and(|blocks| blocks.is_sweeping())
    }

    /// Marks the roots.
    fn begin(&mut self, roots: &impl Roots) {
        debug_assert!(self.phase == Phase::Idle && !self.is_sweeping());
        self.phase = Phase::Marking;
        self.since = 0;
        self.marked = 0;
        let Some(blocks) = &mut self.blocks else {
            return;
        };
        let gray = &mut self.gray;
        roots.each(&mut |slot| shade(blocks, gray, slot));
        self.roots.each(&mut |slot| shade(blocks, gray, slot));
    }

    /// Does all that is left of a collection.
    fn finish(&mut self) {
        if self.phase == Phase::Marking {
            self.mark_some(u64::MAX);
        }
        if self.is_sweeping() {
            self.blocks().sweep(usize::MAX);
        }
    }

    /// Marks what `slot` refers to, which is about to be overwritten.
    #[inline(always)]
    pub(super) fn before_overwrite(&mut self, slot: u64) {
        if self.phase == Phase::Marking
            && let Some(blocks) = &mut self.blocks
        {
            shade(blocks, &mut self.gray, slot);
        }
    }

    /// Looks at `budget` objects and references, or at all that are left.
    fn mark_some(&mut self, mut budget: u64) {
        let Some(blocks) = &mut self.blocks else {
            self.phase = Phase::Idle;
            return;
        };
        while budget > 0 {
            let Some(Gray { at, next }) = self.gray.pop() else {
                self.phase = Phase::Idle;
                self.trigger = self.marked.max(FIRST_TRIGGER_WORDS);
                self.stats.live_bytes = self.marked * 8;
                self.stats.collections += 1;
                blocks.begin_sweep();
                return;
            };
            budget -= 1;
            let header = blocks.words[at as usize];
            let (id, length) = (header as u32, (header >> 32) as u32);
            let layout = &self.layouts[id as usize];
            if next == 0 {
                self.marked += Blocks::rounded(layout.object_words(length));
            }
            let count = match (&layout.refs, layout.shape) {
                (Refs::None, _) => 0,
                (Refs::Words(words), _) => words.len() as u32,
                (Refs::All, Shape::Array { .. }) => length,
                (Refs::All, _) => layout.words,
            };
            for i in next..count {
                if budget == 0 {
                    self.gray.push(Gray { at, next: i });
                    return;
                }
                budget -= 1;
                let word = match &layout.refs {
                    Refs::Words(words) => words[i as usize],
                    _ => i,
                };
                let slot = blocks.words[at as usize + 1 + word as usize];
                shade(blocks, &mut self.gray, slot);
            }
        }
    }
}

/// Marks an object and puts it down to be looked through, if `slot` is one and
/// it is not marked.
fn shade(blocks: &mut Blocks, gray: &mut Vec<Gray>, slot: u64) {
    if let Some(at) = slot::object(slot)
        && blocks.is_object(at)
        && blocks.mark(at)
    {
        gray.push(Gray {
            at: at as u32,
            next: 0,
        });
    }
}
