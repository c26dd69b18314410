//! Labels and the branches that lead to them: where values must be when a
//! label is reached, conditions, and targets that are not known yet.

use super::Translator;
use super::control::Shape;
use super::emit::{Fields, Last};
use super::fuel::Payer;
use super::stack::{Operand, State};
use crate::execute::control::{self, Backward, Forward};
use crate::execute::fuel;
use crate::execute::handlers::{self, PairMode, both};
use crate::execute::operand::{Acc, Kind, Slot};

/// A branch whose target is not known yet.
pub(super) struct Fixup {
    /// Byte of the i32 to write.
    pub byte: u32,
    /// Word of the instruction it is relative to.
    pub base: u32,
    /// The next branch to the same label.
    pub next: u32,
}

/// The end of a list of branches.
pub(super) const NO_FIXUP: u32 = u32::MAX;

impl Translator<'_> {
    pub(super) fn label_arity(&self, target: usize) -> usize {
        let control = &self.controls[target];
        match control.shape {
            Shape::Loop => self.params(control.types).len(),
            _ => self.results(control.types).len(),
        }
    }

    /// Whether the top values' homes are the label's.
    pub(super) fn at_label_homes(&self, target: usize, arity: usize) -> bool {
        let first = self.stack.len() - arity;
        u32::from(self.stack[first].slot) == self.controls[target].slot
    }

    /// Moves the top values to where the label wants them, and pops nothing.
    pub(super) fn move_to_label(&mut self, target: usize) {
        let arity = self.label_arity(target);
        if arity == 0 {
            return;
        }
        let slot = self.controls[target].slot as u16;
        let top = self.index(0);
        let entry = self.stack[top];
        if arity == 1 && entry.slot != slot && self.fuse {
            // One value: its instruction may write the label's home directly.
            match entry.state {
                State::Acc if self.producers[entry.kind as usize].word == self.last_word => {
                    self.retarget(self.producers[entry.kind as usize], slot);
                    self.last = None;
                    return;
                }
                State::Acc => return self.emit_copy_acc(slot, entry.kind),
                State::Const(value) => return self.emit_const(slot, value),
                State::Local(from) => return self.emit_copy(slot, from, entry.wide),
                State::Add {
                    slot: from,
                    add,
                    zext,
                } => return self.emit_add(slot, from, add, zext),
                State::Home if entry.wide && self.retarget_wide(entry.slot, slot) => return,
                State::Home => {}
            }
        }
        self.flush_top(self.stack.len() - arity);
        self.copy_to_label(target, arity);
    }

    /// Copies values that are at home to the label's homes, which are lower.
    pub(super) fn copy_to_label(&mut self, target: usize, arity: usize) {
        if arity == 0 || self.at_label_homes(target, arity) {
            return;
        }
        let first = self.stack.len() - arity;
        let from = self.stack[first].slot;
        let slots = self.top_slot - u32::from(from);
        let to = self.controls[target].slot as u16;
        match slots {
            1 => {
                self.emit(both!(control::copy), "copy", Fields::slots(to, from, 0, 0));
            }
            2 if arity == 1 => self.emit_copy(to, from, true),
            _ => {
                self.emit(
                    both!(control::copy_many),
                    "copy_many",
                    Fields::imm(to, from, slots),
                );
            }
        }
        for i in 0..slots as u16 {
            self.wrote(to + i);
        }
    }

    /// Index and first word of the innermost loop.
    pub(super) fn innermost_loop(&self) -> Option<(usize, usize)> {
        let index = *self.loops.last()?;
        Some((index, self.controls[index].start))
    }

    /// Whether block `index` is a loop.
    pub(super) fn is_loop(&self, index: usize) -> bool {
        self.controls[index].shape == Shape::Loop
    }

    // Branches.

    /// Pops a condition; a comparison that was just emitted is taken back. With
    /// `stack_check`, a branch that is taken if it is false may be emitted.
    pub(super) fn pop_condition(&mut self, stack_check: bool) -> Condition {
        if let Some(last) = self.comparison_on_top() {
            if stack_check && let Some(word) = self.fuse_stack_check(&last) {
                return Condition::Emitted(word);
            }
            // A comparison of floats and its `i32.eqz`: the branch turns round.
            if let Some((word, negated)) = self.negated
                && word == last.word
                && let Some(fields) = short(&negated)
            {
                self.pop();
                self.take_back(last.word);
                self.take_back(negated.word);
                self.holds[Kind::Int as usize] = negated.holds;
                return Condition::Compare {
                    op: negated.op,
                    mode: negated.mode,
                    fields,
                    negated: true,
                };
            }
            if let Some(fields) = short(&last) {
                self.pop();
                self.take_back(last.word);
                self.holds[Kind::Int as usize] = last.holds;
                return Condition::Compare {
                    op: last.op,
                    mode: last.mode,
                    fields,
                    negated: false,
                };
            }
        }
        match self.pop_operand() {
            Operand::Slot(slot) => Condition::Slot(slot),
            _ => Condition::Acc,
        }
    }

    /// Branches to a label if the condition is `sense`.
    pub(super) fn branch_to(&mut self, target: usize, condition: Condition, sense: bool) {
        let start = self.controls[target].start;
        if self.controls[target].shape == Shape::Loop {
            self.pay_before(&condition);
            let fixup = self.emit_branch(condition, sense, Direction::Backward);
            let Fixup { byte, base, .. } = self.fixups[fixup as usize];
            self.write_target(byte as usize, base as usize, start);
        } else {
            let fixup = self.emit_branch(condition, sense, Direction::Forward);
            self.fixups[fixup as usize].next = self.controls[target].fixups;
            self.controls[target].fixups = fixup;
        }
    }

    /// Emits a conditional branch; the caller resolves the fixup.
    pub(super) fn emit_branch(
        &mut self,
        condition: Condition,
        sense: bool,
        direction: Direction,
    ) -> u32 {
        // Who pays need not look at the stop flag.
        let back = direction == Direction::Backward && !self.fuel;
        let word = match condition {
            Condition::Emitted(word) => word,
            Condition::Compare {
                op,
                mode,
                fields,
                negated,
            } => {
                let handlers = if sense != negated {
                    &op.branch_if
                } else {
                    &op.branch_unless
                };
                let handler = handlers[self.dispatch][mode as usize][usize::from(back)];
                self.emit_handler(handler, op.name, fields)
            }
            Condition::Slot(slot) => {
                if let (true, false, true) = (sense, back, self.fuse)
                    && let Some(word) = self.fuse_reload(slot)
                {
                    return self.add_fixup(word * 8 + 12, word);
                }
                let handlers = match (sense, back) {
                    (true, false) => both!(control::branch_if<Slot, Forward>),
                    (true, true) => both!(control::branch_if<Slot, Backward>),
                    (false, false) => both!(control::branch_unless<Slot, Forward>),
                    (false, true) => both!(control::branch_unless<Slot, Backward>),
                };
                self.emit(handlers, "br_if", Fields::imm(slot, 0, 0))
            }
            Condition::Acc => {
                let handlers = match (sense, back) {
                    (true, false) => both!(control::branch_if<Acc, Forward>),
                    (true, true) => both!(control::branch_if<Acc, Backward>),
                    (false, false) => both!(control::branch_unless<Acc, Forward>),
                    (false, true) => both!(control::branch_unless<Acc, Backward>),
                };
                self.emit(handlers, "br_if", Fields::default())
            }
        };
        self.add_fixup(word * 8 + 12, word)
    }

    /// Emits a jump to a label.
    pub(super) fn emit_jump(&mut self, target: usize) {
        let back = self.controls[target].shape == Shape::Loop;
        let handlers = match (self.fuel, back) {
            (false, false) => both!(control::jump<Forward>),
            (false, true) => both!(control::jump<Backward>),
            (true, _) => both!(fuel::pay_and_jump),
        };
        self.end_run();
        let word = self.emit(handlers, "br", Fields::default());
        if self.fuel {
            self.pays();
        }
        if back {
            if self.fuel {
                self.code[word + 1] = self.operators.into();
            }
            self.write_target(word * 8 + 12, word, self.controls[target].start);
        } else {
            self.jump_to_end(word, target, Payer::Jump);
        }
    }

    /// Lets the jump at `word` lead to a block's end.
    pub(super) fn jump_to_end(&mut self, word: usize, target: usize, payer: Payer) {
        let fixup = self.refer_to_end(word * 8 + 12, word, target);
        if let Some(debt) = self.debts.get_mut(fixup as usize) {
            debt.payer = payer;
        }
    }

    /// Lets the i32 at `byte`, relative to word `base`, lead to a label.
    pub(super) fn refer(&mut self, byte: usize, base: usize, target: usize) {
        if self.controls[target].shape == Shape::Loop {
            return self.branch_and_pay(byte, base, self.controls[target].start, 0);
        }
        self.refer_to_end(byte, base, target);
    }

    /// As `refer`, from a clause that catches: whatever throws has paid.
    pub(super) fn refer_clause(&mut self, byte: usize, target: usize) {
        if self.is_loop(target) {
            return self.write_target(byte, 0, self.controls[target].start);
        }
        let fixup = self.refer_to_end(byte, 0, target);
        if let Some(debt) = self.debts.get_mut(fixup as usize) {
            debt.owed = 0;
        }
    }

    /// As `refer`, to a label that is a block's end.
    #[inline(always)]
    fn refer_to_end(&mut self, byte: usize, base: usize, target: usize) -> u32 {
        let fixup = self.add_fixup(byte, base);
        self.fixups[fixup as usize].next = self.controls[target].fixups;
        self.controls[target].fixups = fixup;
        fixup
    }

    #[inline]
    pub(super) fn add_fixup(&mut self, byte: usize, base: usize) -> u32 {
        self.fixups.push(Fixup {
            byte: byte as u32,
            base: base as u32,
            next: NO_FIXUP,
        });
        if self.fuel {
            self.note_debt();
        }
        self.fixups.len() as u32 - 1
    }

    /// Resolves a list of branches to the next instruction; with fuel, `meet`
    /// came before.
    pub(super) fn resolve(&mut self, mut fixup: u32) {
        if self.fuel {
            return self.resolve_and_pay(fixup);
        }
        let here = self.code.len();
        while fixup != NO_FIXUP {
            let Fixup { byte, base, next } = self.fixups[fixup as usize];
            self.write_target(byte as usize, base as usize, here);
            fixup = next;
        }
    }

    pub(super) fn write_target(&mut self, byte: usize, base: usize, target: usize) {
        if self.write_clause(byte, target) {
            return;
        }
        let offset = (target as i64 - base as i64) * 8;
        let (word, high) = (byte / 8, byte % 8 == 4);
        let value = u64::from(offset as i32 as u32);
        self.code[word] = match high {
            true => self.code[word] & 0xffff_ffff | value << 32,
            false => self.code[word] & !0xffff_ffff | value,
        };
    }
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Direction {
    Forward,
    Backward,
}

/// What a conditional branch looks at.
pub(super) enum Condition {
    Slot(u16),
    Acc,
    /// A branch that is taken if the condition is false is already there.
    Emitted(usize),
    Compare {
        op: &'static handlers::CompareOp,
        mode: PairMode,
        fields: Fields,
        /// What counts is that it is false.
        negated: bool,
    },
}

/// The fields of a branch on a comparison, if the operands have room there.
fn short(compare: &Last) -> Option<Fields> {
    let b = compare.fields.b();
    let small = match compare.mode {
        PairMode::SlotSlot => compare.fields.c(),
        PairMode::AccSlot | PairMode::SlotAcc => 0,
        PairMode::SlotImm | PairMode::AccImm => {
            let imm = compare.fields.imm_value();
            match compare.op.kind {
                Kind::Int => i16::try_from(imm as i32).ok()? as u16,
                Kind::F32 => high_bits(u64::from(imm) << 32)?,
                Kind::F64 => high_bits(compare.extra)?,
            }
        }
        PairMode::ImmSlot | PairMode::ImmAcc => return None,
    };
    Some(Fields::imm(b, small, 0))
}

/// The high 16 bits, if all others are 0.
fn high_bits(value: u64) -> Option<u16> {
    (value << 16 == 0).then_some((value >> 48) as u16)
}
