//! The symbolic operand stack and what the accumulators hold.

use super::Translator;
use super::emit::Fields;
use super::fuse::RecentOp;
use crate::error::TranslateError;
use crate::execute::handlers::{PairMode, ZERO_EXTEND_ADD, both, ops};
use crate::execute::operand::Kind;
use crate::execute::registers::Handler;
use crate::execute::{control, numeric};
use fossor_module::ValType;

/// A value on the operand stack.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub state: State,
    pub kind: Kind,
    /// A vector: two slots.
    pub wide: bool,
    /// Bits 32 to 63 of it, in its accumulator and at home, are known to be
    /// zero, so that `i64.extend_i32_u` has nothing to do.
    pub clean: bool,
    /// Its home: the slot of its stack position.
    pub slot: u16,
}

/// Where a value is, or how it would be computed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum State {
    /// In its home slot.
    Home,
    /// In the accumulator of its kind, and nowhere else yet.
    Acc,
    /// A constant: the slot's 64 bits.
    Const(u64),
    /// In a local's slot, which must not change before the value is used.
    Local(u16),
    /// A slot (of a local, or the value's own home) plus a constant; with
    /// `zext` the slot's low 32 bits, zero-extended. Go computes addresses so.
    Add { slot: u16, add: i32, zext: bool },
}

/// What an accumulator holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Holds {
    Nothing,
    /// The value at this stack index, which is nowhere else.
    Pending(usize),
    /// The same as this slot.
    Slot(u16),
}

/// The instruction that filled an accumulator.
#[derive(Clone, Copy, Default)]
pub(super) struct Producer {
    pub word: usize,
    /// Its variant that writes a slot as well.
    pub to_slot: Option<Handler>,
}

/// How an instruction gets at an operand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Operand {
    Slot(u16),
    Acc,
    Const(u64),
}

/// The accumulator for a type; vectors have none and say `Int`.
pub(super) fn kind_of(ty: ValType) -> Kind {
    match ty {
        ValType::F32 => Kind::F32,
        ValType::F64 => Kind::F64,
        _ => Kind::Int,
    }
}

/// Values noted but not emitted are limited, so that looking through them at
/// each `local.set` stays cheap whatever the module does.
const MAX_PENDING: usize = 64;

impl Translator<'_> {
    /// Pushes a value of `ty` that is, or will be, at home.
    pub(super) fn push_type(&mut self, ty: ValType) {
        let wide = ty == ValType::V128;
        let entry = Entry {
            state: State::Home,
            kind: kind_of(ty),
            wide,
            clean: false,
            slot: self.top_slot as u16,
        };
        self.push(entry);
    }

    /// Pushes a result that was just written to its home and its accumulator.
    pub(super) fn push_home(&mut self, kind: Kind) {
        let slot = self.top_slot as u16;
        self.push(Entry {
            state: State::Home,
            kind,
            wide: false,
            clean: false,
            slot,
        });
        self.wrote(slot);
        if self.fuse {
            self.holds[kind as usize] = Holds::Slot(slot);
        }
    }

    /// Pushes a result that is in its accumulator alone.
    pub(super) fn push_acc(&mut self, kind: Kind, producer: Producer) {
        self.holds[kind as usize] = Holds::Pending(self.stack.len());
        self.producers[kind as usize] = producer;
        self.push(Entry {
            state: State::Acc,
            kind,
            wide: false,
            clean: false,
            slot: self.top_slot as u16,
        });
    }

    /// Pushes a value that nothing was emitted for.
    #[inline(always)]
    pub(super) fn push_note(&mut self, state: State, kind: Kind, wide: bool) {
        self.push(Entry {
            state,
            kind,
            wide,
            clean: false,
            slot: self.top_slot as u16,
        });
        if !self.fuse {
            self.note_at_home();
        } else if self.stack.len() - self.pending_from > MAX_PENDING {
            self.flush();
        }
    }

    /// Without folding: the note just pushed is emitted.
    #[cold]
    fn note_at_home(&mut self) {
        self.go_home(self.stack.len() - 1);
        self.pending_from = self.stack.len();
    }

    /// The result just pushed came out of an instruction that fills 32 bits and
    /// clears the others.
    pub(super) fn mark_clean(&mut self, clean: bool) {
        if let Some(top) = self.stack.last_mut() {
            top.clean = clean;
        }
    }

    #[inline(always)]
    fn push(&mut self, entry: Entry) {
        if entry.state == State::Home && self.pending_from == self.stack.len() {
            self.pending_from += 1;
        }
        self.stack.push(entry);
        self.top_slot += 1 + u32::from(entry.wide);
        self.raise_max(0);
    }

    /// Removes the top value. If it was in the accumulator alone, it is the
    /// caller's to use at once.
    #[inline]
    pub(super) fn pop(&mut self) -> Entry {
        let Some(entry) = self.stack.pop() else {
            unreachable!("validation keeps the operand stack from underflowing");
        };
        self.pending_from = self.pending_from.min(self.stack.len());
        self.top_slot = entry.slot.into();
        if entry.state == State::Acc {
            self.holds[entry.kind as usize] = Holds::Nothing;
        }
        entry
    }

    /// Index of the value `depth` below the top.
    pub(super) fn index(&self, depth: usize) -> usize {
        self.stack.len() - 1 - depth
    }

    /// Removes all values from index `len` on.
    pub(super) fn truncate(&mut self, len: usize) {
        while self.stack.len() > len {
            self.pop();
        }
    }

    /// A slot was written other than through an accumulator.
    pub(super) fn wrote(&mut self, slot: u16) {
        for holds in &mut self.holds {
            if *holds == Holds::Slot(slot) {
                *holds = Holds::Nothing;
            }
        }
    }

    /// As `wrote`, for a vector.
    pub(super) fn wrote_wide(&mut self, slot: u16) {
        self.wrote(slot);
        self.wrote(slot + 1);
    }

    /// Frees the accumulator: a value that is only there goes home.
    #[inline(always)]
    pub(super) fn spill(&mut self, kind: Kind) {
        if let Holds::Pending(index) = self.holds[kind as usize] {
            self.spill_pending(kind, index);
        }
    }

    #[inline(never)]
    fn spill_pending(&mut self, kind: Kind, index: usize) {
        let home = self.stack[index].slot;
        self.retarget(self.producers[kind as usize], home);
        self.stack[index].state = State::Home;
        self.wrote(home);
        self.holds[kind as usize] = Holds::Slot(home);
    }

    /// Frees all accumulators.
    pub(super) fn spill_all(&mut self) {
        for kind in [Kind::Int, Kind::F32, Kind::F64] {
            self.spill(kind);
        }
    }

    /// Puts the value at `index` into its home slot.
    pub(super) fn go_home(&mut self, index: usize) {
        let entry = self.stack[index];
        match entry.state {
            State::Home => return,
            State::Acc => return self.spill(entry.kind),
            State::Const(value) => self.emit_const(entry.slot, value),
            State::Local(slot) => self.emit_copy(entry.slot, slot, entry.wide),
            State::Add { slot, add, zext } => self.emit_add(entry.slot, slot, add, zext),
        }
        self.stack[index].state = State::Home;
    }

    /// Puts all values into their homes: before labels and merges.
    #[inline(never)]
    pub(super) fn flush(&mut self) {
        self.flush_top(0);
    }

    /// Puts the values from `index` on into their homes; those below stay.
    pub(super) fn flush_top(&mut self, index: usize) {
        for index in index.max(self.pending_from)..self.stack.len() {
            self.go_home(index);
        }
        if index <= self.pending_from {
            self.pending_from = self.stack.len();
        }
    }

    /// Makes sure that the value at `index` is in some slot.
    pub(super) fn in_slot(&mut self, index: usize) -> u16 {
        if let State::Local(slot) = self.stack[index].state {
            return slot;
        }
        self.go_home(index);
        self.stack[index].slot
    }

    /// Computes the value at `index` if it is only noted as a sum.
    #[inline(always)]
    pub(super) fn settle(&mut self, index: usize) {
        if let State::Add { .. } = self.stack[index].state {
            self.compute(index);
        }
    }

    #[inline(never)]
    fn compute(&mut self, index: usize) {
        let entry = self.stack[index];
        if let State::Add { slot, add, zext } = entry.state {
            self.spill(Kind::Int);
            let (op, mode) = if zext {
                (&ZERO_EXTEND_ADD, PairMode::SlotImm)
            } else {
                (&ops::I64Add, PairMode::SlotImm)
            };
            let handlers = op.handlers[self.dispatch][mode as usize];
            let word = self.emit_handler(
                handlers[0],
                op.name,
                Fields::imm(entry.slot, slot, add as u32),
            );
            if !zext {
                self.note(RecentOp::Add { from: slot, add }, None);
            }
            self.stack[index].state = State::Acc;
            self.holds[Kind::Int as usize] = Holds::Pending(index);
            self.producers[Kind::Int as usize] = Producer {
                word,
                to_slot: Some(handlers[1]),
            };
        }
    }

    /// How to get at a popped value of `kind`.
    pub(super) fn operand(&self, entry: Entry) -> Operand {
        let slot = match entry.state {
            State::Acc => return Operand::Acc,
            State::Const(value) => return Operand::Const(value),
            State::Home => entry.slot,
            State::Local(slot) => slot,
            State::Add { .. } => unreachable!("settled before it is used"),
        };
        if self.holds[entry.kind as usize] == Holds::Slot(slot) {
            return Operand::Acc;
        }
        Operand::Slot(slot)
    }

    /// Pops a value that may be in a slot or in the accumulator.
    pub(super) fn pop_operand(&mut self) -> Operand {
        let index = self.index(0);
        self.settle(index);
        if let State::Const(_) = self.stack[index].state {
            self.go_home(index);
        }
        let entry = self.pop();
        self.operand(entry)
    }

    /// Pops a value that must be in a slot.
    pub(super) fn pop_slot(&mut self) -> u16 {
        let slot = self.in_slot(self.index(0));
        self.pop();
        slot
    }

    /// `slot := value`
    pub(super) fn emit_const(&mut self, slot: u16, value: u64) {
        if value as i64 == i64::from(value as i32) {
            self.emit(
                both!(control::const32),
                "const32",
                Fields::imm(slot, 0, value as u32),
            );
        } else {
            self.emit(both!(control::const64), "const64", Fields::imm(slot, 0, 0));
            self.word(value);
        }
        self.note(RecentOp::Const { value }, Some(slot));
        self.wrote(slot);
    }

    /// `to := from`
    pub(super) fn emit_copy(&mut self, to: u16, from: u16, wide: bool) {
        if to == from {
            return;
        }
        if wide {
            self.emit(
                both!(control::copy_wide),
                "copy_wide",
                Fields::slots(to, from, 0, 0),
            );
            self.wrote_wide(to);
            return;
        }
        if self.fuse && self.last_copy == self.last_word && self.last_word != super::NOWHERE {
            // Two copies in a row, in their order.
            let first = Fields(self.code[self.last_word + 1]);
            self.take_back(self.last_word);
            let both_copies = Fields::slots(first.a(), first.b(), to, from);
            self.emit(both!(control::copy_two), "copy_two", both_copies);
            self.last_copy = super::NOWHERE;
        } else {
            self.last_copy = self.emit(both!(control::copy), "copy", Fields::slots(to, from, 0, 0));
        }
        self.wrote(to);
    }

    /// `to := from + add`
    pub(super) fn emit_add(&mut self, to: u16, from: u16, add: i32, zext: bool) {
        if add == 0 && !zext {
            return self.emit_copy(to, from, false);
        }
        self.spill(Kind::Int);
        let op = if zext { &ZERO_EXTEND_ADD } else { &ops::I64Add };
        let handlers = op.handlers[self.dispatch][PairMode::SlotImm as usize];
        self.emit_handler(handlers[1], op.name, Fields::imm(to, from, add as u32));
        if !zext {
            self.note(RecentOp::Add { from, add }, Some(to));
        }
        self.wrote(to);
        if self.fuse {
            self.holds[Kind::Int as usize] = Holds::Slot(to);
        }
    }

    /// `to := the accumulator of kind`
    pub(super) fn emit_copy_acc(&mut self, to: u16, kind: Kind) {
        let handlers = match kind {
            Kind::Int => both!(numeric::copy_acc<u64>),
            Kind::F32 => both!(numeric::copy_acc<f32>),
            Kind::F64 => both!(numeric::copy_acc<f64>),
        };
        self.emit(handlers, "copy_acc", Fields::slots(to, 0, 0, 0));
        self.wrote(to);
    }

    /// After each operator: whether another value may be pushed. Results that
    /// are at home count as pending while a note is below them.
    #[inline(always)]
    pub(super) fn check_height(&mut self) -> Result<(), TranslateError> {
        if self.stack.len() - self.pending_from > MAX_PENDING {
            self.flush();
        }
        self.check_slots(self.top_slot.into())
    }
}
