//! Numeric operators: choosing operand modes, and the additions and
//! conversions that need no instruction.

use super::Translator;
use super::emit::{Fields, Last};
use super::stack::{Entry, Operand, State};
use crate::execute::handlers::{BinaryOp, CompareOp, PairMode, Sum, UnaryOp, ops};
use crate::execute::operand::Kind;

/// Two operands as an instruction names them.
struct Pair {
    mode: PairMode,
    fields: Fields,
    /// The third word, for immediates of 64 bits.
    extra: Option<u64>,
}

impl Translator<'_> {
    /// A binary operator of the table.
    pub(super) fn lower_binary(&mut self, op: &'static BinaryOp) {
        if self.note_addition(op) {
            return;
        }
        let narrow = op.narrow;
        if op.commutative && self.constant_first(op.kind, narrow) {
            self.exchange();
        }
        if std::ptr::eq(op, &ops::I64And) {
            self.drop_extension();
        }
        let pair = self.pop_pair(op.kind, op.imm_words, narrow, op.commutative);
        let handlers = op.handlers[self.dispatch][pair.mode as usize];
        self.produce(handlers, op.name, pair.fields, pair.extra, op.result);
        self.mark_clean(narrow);
    }

    /// Below a mask of at most 32 bits: what the mask takes away anyway need not be
    /// cleared by an `i64.extend_i32_u` before.
    fn drop_extension(&mut self) {
        let (a, b) = (self.index(1), self.index(0));
        if let State::Add {
            slot,
            add: 0,
            zext: true,
        } = self.stack[a].state
            && let State::Const(mask) = self.stack[b].state
            && i32::try_from(mask).is_ok()
        {
            self.stack[a].state = State::Local(slot);
        }
    }

    /// A comparison of the table.
    pub(super) fn lower_compare(&mut self, mut op: &'static CompareOp) {
        let narrow = op.narrow;
        if self.constant_first(op.kind, narrow) {
            self.exchange();
            op = op.mirror;
        }
        let pair = self.pop_pair(op.kind, op.imm_words, narrow, false);
        let holds = self.holds[Kind::Int as usize];
        let handlers = op.handlers[self.dispatch][pair.mode as usize];
        self.produce(handlers, op.name, pair.fields, pair.extra, Kind::Int);
        self.mark_clean(true);
        if self.fuse {
            // If the accumulator was spilled for this, its value is in a slot.
            let holds = match holds {
                super::stack::Holds::Pending(index) => {
                    super::stack::Holds::Slot(self.stack[index].slot)
                }
                other => other,
            };
            let word = self.last_word;
            let extra = pair.extra.unwrap_or(0);
            self.last = Some(Last {
                word,
                op,
                mode: pair.mode,
                fields: pair.fields,
                extra,
                holds,
            });
        }
    }

    /// `i32.eqz` and `i64.eqz`: a comparison with zero; after a comparison, its
    /// inverse.
    pub(super) fn lower_eqz(&mut self, equal: &'static CompareOp) {
        if let Some(last) = self.comparison_on_top()
            && let Some(inverse) = last.op.inverse
        {
            self.pop();
            self.take_back(last.word);
            self.holds[Kind::Int as usize] = last.holds;
            let handlers = inverse.handlers[self.dispatch][last.mode as usize];
            let extra = (last.mode.has_imm() && inverse.imm_words == 3).then_some(last.extra);
            self.produce(handlers, inverse.name, last.fields, extra, Kind::Int);
            self.mark_clean(true);
            self.last = Some(Last {
                word: self.last_word,
                op: inverse,
                ..last
            });
            return;
        }
        let negated = self.comparison_on_top();
        self.push_note(State::Const(0), Kind::Int, false);
        self.lower_compare(equal);
        if let (Some(negated), Some(last)) = (negated, self.last) {
            self.negated = Some((last.word, negated));
        }
    }

    /// A unary operator of the table.
    pub(super) fn lower_unary(&mut self, op: &'static UnaryOp) {
        let (source, fields) = match self.pop_operand() {
            Operand::Slot(slot) => (0, Fields::slots(0, slot, 0, 0)),
            _ => (1, Fields::default()),
        };
        self.produce(
            op.best()[self.dispatch][source],
            op.name,
            fields,
            None,
            op.result,
        );
        self.mark_clean(op.narrow);
    }

    /// `i32.wrap_i64`: nothing, since whoever reads an i32 reads 32 bits.
    pub(super) fn lower_wrap(&mut self) {
        let index = self.index(0);
        if let State::Const(value) = self.stack[index].state {
            self.stack[index].state = State::Const(value as i32 as u64);
        }
    }

    /// `i64.extend_i32_u`: nothing where the upper half is zero already; noted,
    /// where the operand is in a slot.
    pub(super) fn lower_extend_u(&mut self) {
        let index = self.index(0);
        let entry = self.stack[index];
        match entry.state {
            State::Acc | State::Home if self.fuse && entry.clean => {}
            State::Add {
                add: 0, zext: true, ..
            } => {}
            State::Const(value) => self.stack[index].state = State::Const(value as u32 as u64),
            State::Local(slot) if self.fuse => {
                self.stack[index].state = State::Add {
                    slot,
                    add: 0,
                    zext: true,
                };
            }
            State::Home if self.fuse => {
                self.stack[index].state = State::Add {
                    slot: entry.slot,
                    add: 0,
                    zext: true,
                };
                self.pending_from = self.pending_from.min(index);
            }
            _ => {
                self.settle(index);
                self.push_note(State::Const(0), Kind::Int, false);
                self.lower_extend_add();
            }
        }
    }

    /// The top two values: `i64.extend_i32_u(a) + constant b`.
    fn lower_extend_add(&mut self) {
        let op = &crate::execute::handlers::ZERO_EXTEND_ADD;
        let pair = self.pop_pair(op.kind, op.imm_words, false, true);
        let handlers = op.handlers[self.dispatch][pair.mode as usize];
        self.produce(handlers, op.name, pair.fields, pair.extra, op.result);
        self.mark_clean(true);
    }

    /// Notes an addition or subtraction of a constant to a local instead of
    /// emitting it; addresses, and the next addition, take it up. Sound: the
    /// low 32 bits of a sum depend on the low 32 bits of its operands alone.
    fn note_addition(&mut self, op: &'static BinaryOp) -> bool {
        let Some(Sum { add, wide }) = op.sum else {
            return false;
        };
        if !self.fuse {
            return false;
        }
        let (a, b) = (self.stack[self.index(1)], self.stack[self.index(0)]);
        let (base, constant) = match (a.state, b.state) {
            (_, State::Const(value)) => (a, value),
            (State::Const(value), State::Local(_)) if add => (b, value),
            _ => return false,
        };
        let constant = if wide {
            constant as i64
        } else {
            i64::from(constant as i32)
        };
        let constant = if add {
            constant
        } else {
            constant.wrapping_neg()
        };
        let (slot, sum, zext) = match base.state {
            State::Local(slot) => (slot, constant, false),
            State::Home => (base.slot, constant, false),
            State::Add { slot, add, zext } if wide => {
                (slot, i64::from(add).wrapping_add(constant), zext)
            }
            // Junk above bit 31 does not matter to an i32.
            State::Add { slot, add, .. } => (slot, i64::from(add) + constant, false),
            _ => return false,
        };
        let sum = if wide {
            i32::try_from(sum).ok()
        } else {
            Some(sum as i32)
        };
        let Some(sum) = sum else { return false };
        // A constant below 2^31 in an i64 that was wrapped wraps alike.
        self.pop();
        self.pop();
        self.push_note(
            State::Add {
                slot,
                add: sum,
                zext,
            },
            Kind::Int,
            false,
        );
        true
    }

    /// Whether the first of two operands is a constant that can be an immediate.
    fn constant_first(&self, kind: Kind, narrow: bool) -> bool {
        match self.stack[self.index(1)].state {
            State::Const(value) => self.fuse && fits(value, kind, narrow),
            _ => false,
        }
    }

    /// Exchanges a constant with the value above it, for an instruction that
    /// takes both at once: a value at home stays there, and is named there.
    fn exchange(&mut self) {
        let (a, b) = (self.index(1), self.index(0));
        let (constant, other) = (self.stack[a].state, self.stack[b]);
        self.stack[a].state = match other.state {
            State::Home => State::Local(other.slot),
            state => state,
        };
        if other.state == State::Acc {
            self.holds[other.kind as usize] = super::stack::Holds::Pending(a);
        }
        self.stack[b].state = constant;
    }

    /// Pops two operands of `kind` and chooses the mode. `narrow`: 32-bit
    /// integers, whose constants always fit.
    fn pop_pair(&mut self, kind: Kind, imm_words: u8, narrow: bool, commutative: bool) -> Pair {
        let (a, b) = (self.index(1), self.index(0));
        self.settle(a);
        self.settle(b);
        for index in [a, b] {
            if let State::Const(value) = self.stack[index].state
                && (!self.fuse || !fits(value, kind, narrow))
            {
                self.go_home(index);
            }
        }
        if let (State::Const(_), State::Const(_)) = (self.stack[a].state, self.stack[b].state) {
            self.go_home(a);
        }
        let entry_b: Entry = self.pop();
        let b = self.operand(entry_b);
        // While `b` is used from the accumulator, `a` cannot be.
        let entry_a = self.pop();
        let a = match self.operand(entry_a) {
            Operand::Acc if b == Operand::Acc => Operand::Slot(match entry_a.state {
                State::Local(slot) => slot,
                _ => entry_a.slot,
            }),
            a => a,
        };
        let (a, b) = match (a, b) {
            (Operand::Slot(_), Operand::Acc) if commutative => (b, a),
            pair => pair,
        };
        let imm = |slot: u16, value: u64| match imm_words {
            3 => (Fields::slots(0, slot, 0, 0), Some(value)),
            _ => (Fields::imm(0, slot, value as u32), None),
        };
        let (mode, (fields, extra)) = match (a, b) {
            (Operand::Slot(a), Operand::Slot(b)) => {
                (PairMode::SlotSlot, (Fields::slots(0, a, b, 0), None))
            }
            (Operand::Slot(a), Operand::Const(b)) => (PairMode::SlotImm, imm(a, b)),
            (Operand::Acc, Operand::Slot(b)) => {
                (PairMode::AccSlot, (Fields::slots(0, b, 0, 0), None))
            }
            (Operand::Acc, Operand::Const(b)) => (PairMode::AccImm, imm(0, b)),
            (Operand::Slot(a), Operand::Acc) => {
                (PairMode::SlotAcc, (Fields::slots(0, a, 0, 0), None))
            }
            (Operand::Const(a), Operand::Slot(b)) => (PairMode::ImmSlot, imm(b, a)),
            (Operand::Const(a), Operand::Acc) => (PairMode::ImmAcc, imm(0, a)),
            (Operand::Acc, Operand::Acc) | (Operand::Const(_), Operand::Const(_)) => {
                unreachable!("resolved above")
            }
        };
        Pair {
            mode,
            fields,
            extra,
        }
    }

    /// The comparison that was just emitted, if its result is the top value.
    pub(super) fn comparison_on_top(&self) -> Option<Last> {
        let top = self.stack.last()?;
        let last = self.last?;
        let produced = self.producers[Kind::Int as usize].word;
        (top.state == State::Acc && top.kind == Kind::Int && last.word == produced).then_some(last)
    }

    pub(super) fn visit_i32_eqz(&mut self) {
        self.lower_eqz(&ops::I32Eq);
    }

    pub(super) fn visit_i64_eqz(&mut self) {
        self.lower_eqz(&ops::I64Eq);
    }
}

/// Whether a constant can be an immediate: `narrow` integers always can.
fn fits(value: u64, kind: Kind, narrow: bool) -> bool {
    match kind {
        Kind::Int => narrow || value as i64 == i64::from(value as i32),
        Kind::F32 | Kind::F64 => true,
    }
}

impl PairMode {
    /// Whether an operand is an immediate.
    pub(super) fn has_imm(self) -> bool {
        matches!(
            self,
            PairMode::SlotImm | PairMode::AccImm | PairMode::ImmSlot | PairMode::ImmAcc
        )
    }
}
