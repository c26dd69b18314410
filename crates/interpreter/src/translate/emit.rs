//! Emitting instructions. The layout is drawn in `execute/registers.rs`.

use super::stack::{Holds, Producer};
use super::{Line, NOWHERE, Translator};
use crate::execute::handlers::{ByTarget, CompareOp, PairMode, PerDispatch};
use crate::execute::operand::Kind;
use crate::execute::registers::Handler;
use fossor_module::ValType;

/// The operand words of an instruction.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Fields(pub u64);

impl Fields {
    /// Fields A, B, C, D.
    pub fn slots(a: u16, b: u16, c: u16, d: u16) -> Self {
        Self(u64::from(a) | u64::from(b) << 16 | u64::from(c) << 32 | u64::from(d) << 48)
    }

    /// Fields A, B and the immediate I.
    pub fn imm(a: u16, b: u16, imm: u32) -> Self {
        Self(u64::from(a) | u64::from(b) << 16 | u64::from(imm) << 32)
    }

    fn with_a(self, a: u16) -> Self {
        Self(self.0 & !0xffff | u64::from(a))
    }

    pub fn with_b(self, b: u16) -> Self {
        Self(self.0 & !0xffff_0000 | u64::from(b) << 16)
    }

    /// Field A becomes B; C and D stay.
    pub fn shifted(self) -> Self {
        Self::slots(0, self.a(), self.c(), (self.0 >> 48) as u16)
    }

    pub fn a(self) -> u16 {
        self.0 as u16
    }

    pub fn b(self) -> u16 {
        (self.0 >> 16) as u16
    }

    pub fn c(self) -> u16 {
        (self.0 >> 32) as u16
    }

    pub fn imm_value(self) -> u32 {
        (self.0 >> 32) as u32
    }
}

/// The instruction emitted last, where it may yet become part of the next.
#[derive(Clone, Copy)]
pub(super) struct Last {
    pub word: usize,
    pub op: &'static CompareOp,
    pub mode: PairMode,
    pub fields: Fields,
    pub extra: u64,
    /// What the integer accumulator held before it; it leaves the others alone.
    pub holds: Holds,
}

impl Translator<'_> {
    /// Emits an instruction of two words; returns its position.
    pub(super) fn emit(
        &mut self,
        handlers: PerDispatch<Handler>,
        name: &'static str,
        fields: Fields,
    ) -> usize {
        self.emit_handler(handlers[self.dispatch], name, fields)
    }

    pub(super) fn emit_handler(
        &mut self,
        handler: Handler,
        name: &'static str,
        fields: Fields,
    ) -> usize {
        let word = self.code.len();
        self.starts.push(word as u32);
        self.code
            .extend_from_slice(&[handler as usize as u64, fields.0]);
        self.last = None;
        self.last_word = word;
        if let Some(lines) = &mut self.lines {
            lines.push(Line {
                word,
                wasm_offset: self.offset,
                name,
                handler: handler as usize as u64,
                owed: super::fuel::OPEN,
            });
        }
        word
    }

    /// Appends an operand word to the instruction just emitted.
    pub(super) fn word(&mut self, word: u64) {
        self.code.push(word);
    }

    /// Takes back the instruction emitted last.
    pub(super) fn take_back(&mut self, word: usize) {
        self.code.truncate(word);
        self.starts.pop();
        while self.noted.last().is_some_and(|noted| noted.word >= word) {
            self.noted.pop();
        }
        self.last = None;
        self.last_word = NOWHERE;
        if let Some(lines) = &mut self.lines {
            lines.pop();
        }
    }

    /// Emits an instruction with one result of `kind`, and pushes the result:
    /// into the accumulator alone where folding is on. Field A is filled in
    /// when the result must get a slot.
    pub(super) fn produce(
        &mut self,
        handlers: ByTarget,
        name: &'static str,
        fields: Fields,
        extra: Option<u64>,
        kind: Kind,
    ) {
        self.spill(kind);
        if self.fuse {
            let word = self.emit_handler(handlers[0], name, fields);
            if let Some(extra) = extra {
                self.word(extra);
            }
            self.push_acc(
                kind,
                Producer {
                    word,
                    to_slot: Some(handlers[1]),
                },
            );
        } else {
            let home = self.top_slot as u16;
            self.emit_handler(handlers[1], name, fields.with_a(home));
            if let Some(extra) = extra {
                self.word(extra);
            }
            self.push_home(kind);
        }
    }

    /// Emits an instruction whose result is a vector, and pushes the result: at
    /// home, until `retarget_wide` sends it elsewhere. Field A is filled in.
    pub(super) fn produce_wide(
        &mut self,
        handler: Handler,
        name: &'static str,
        fields: Fields,
        extra: &[u64],
    ) {
        let home = self.top_slot as u16;
        self.wrote_wide(home);
        self.last_wide = self.emit_handler(handler, name, fields.with_a(home));
        self.code.extend_from_slice(extra);
        self.push_type(ValType::V128);
    }

    /// Makes the instruction just emitted write its vector, which is the value
    /// at home in `home`, to `slot` instead. False: it is not such a one.
    pub(super) fn retarget_wide(&mut self, home: u16, slot: u16) -> bool {
        let word = self.last_wide;
        if !self.fuse || word == NOWHERE || word != self.last_word {
            return false;
        }
        let fields = Fields(self.code[word + 1]);
        if fields.a() != home {
            return false;
        }
        self.code[word + 1] = fields.with_a(slot).0;
        self.wrote_wide(slot);
        true
    }

    /// Makes the producer of the pending accumulator write `slot` as well.
    pub(super) fn retarget(&mut self, producer: Producer, slot: u16) {
        if let Some(handler) = producer.to_slot {
            self.code[producer.word] = handler as usize as u64;
            let fields = Fields(self.code[producer.word + 1]).with_a(slot);
            self.code[producer.word + 1] = fields.0;
            self.retargeted(producer.word, slot);
        }
    }

    /// Everything before is behind a label: nothing is known about accumulators,
    /// and no earlier instruction may change.
    pub(super) fn forget(&mut self) {
        self.holds = [Holds::Nothing; 3];
        self.last = None;
        self.last_word = NOWHERE;
        self.noted.clear();
        self.label_start = self.starts.len();
    }

    /// Emits what a debugger stops at before the operator at the current offset.
    pub(super) fn emit_step(&mut self) {
        if !self.reachable {
            return;
        }
        let flag = self.module.break_address(self.offset);
        self.emit(
            crate::execute::handlers::both!(crate::execute::control::step),
            "step",
            Fields::imm(0, 0, self.offset),
        );
        self.code.push(flag);
        self.last_word = NOWHERE;
    }

    /// Emits what counts executions from here.
    pub(super) fn count_block(&mut self) {
        // A listing is never executed.
        let counter = match self.lines.is_some() {
            true => 0,
            false => self.module.new_counter(self.func_idx, self.offset),
        };
        self.emit(
            crate::execute::handlers::both!(crate::execute::control::count),
            "count",
            Fields::default(),
        );
        self.code.push(counter);
        self.last_word = NOWHERE;
    }
}
