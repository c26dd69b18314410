//! Exceptions: blocks that catch them, and operators that throw.
//!
//! Entering such a block takes no instruction. What it covers, and where its
//! clauses lead, is a table beside the code, which is looked at only when
//! something is thrown.

use super::Translator;
use super::control::Shape;
use super::emit::Fields;
use crate::execute::exception::{self, Catch, Region};
use crate::execute::handlers::both;
use wasmparser::TryTable;

/// Branches to bytes from here on lead from a clause: the code has fewer.
const CLAUSES: usize = 1 << 31;

impl Translator<'_> {
    pub(super) fn visit_try_table(&mut self, block: TryTable) {
        // Labels count from outside of the block.
        let outside = self.controls.len();
        let reachable = self.reachable;
        self.open(Shape::Try, block.ty);
        if !reachable {
            return;
        }
        // No instruction from before the block may become part of one inside.
        self.forget();
        let first = self.catches.clauses.len();
        for clause in block.catches {
            let (tag, with_ref, label) = match clause {
                wasmparser::Catch::One { tag, label } => (Some(tag), false, label),
                wasmparser::Catch::OneRef { tag, label } => (Some(tag), true, label),
                wasmparser::Catch::All { label } => (None, false, label),
                wasmparser::Catch::AllRef { label } => (None, true, label),
            };
            let target = outside - 1 - label as usize;
            let index = self.catches.clauses.len();
            self.catches.clauses.push(Catch {
                tag,
                with_ref,
                slot: self.controls[target].slot,
                word: 0,
            });
            self.refer_clause(CLAUSES + index, target);
        }
        self.open_tries.push(self.catches.regions.len());
        self.catches.regions.push(Region {
            words: self.code.len() as u32..u32::MAX,
            clauses: first as u32..self.catches.clauses.len() as u32,
        });
    }

    /// The innermost block that catches ends here.
    pub(super) fn end_of_try(&mut self) {
        if let Some(region) = self.open_tries.pop() {
            self.catches.regions[region].words.end = self.code.len() as u32;
            self.forget();
        }
    }

    /// If a branch to be written is a clause's, writes it.
    #[inline]
    pub(super) fn write_clause(&mut self, byte: usize, target: usize) -> bool {
        match byte.checked_sub(CLAUSES) {
            Some(index) => {
                self.catches.clauses[index].word = target as u32;
                true
            }
            None => false,
        }
    }

    /// The instruction at `word` gives its frame up: what it calls is not in any
    /// block of this function, though a host's function returns here.
    pub(super) fn outside_of_tries(&mut self, word: usize) {
        if !self.open_tries.is_empty() {
            let end = self.code.len() as u32;
            self.catches.left.push(word as u32..end);
        }
    }

    pub(super) fn visit_throw(&mut self, tag: u32) {
        let ty = self.module.decoded.tag_type(tag);
        let args = self.place_args(ty);
        self.pay();
        self.emit(both!(exception::throw), "throw", Fields::imm(args, 0, tag));
        self.pays();
        self.end_of_path();
    }

    pub(super) fn visit_throw_ref(&mut self) {
        let slot = self.in_slot(self.index(0));
        self.pop();
        self.pay();
        self.emit(
            both!(exception::throw_ref),
            "throw_ref",
            Fields::imm(slot, 0, 0),
        );
        self.pays();
        self.end_of_path();
    }
}
