//! Fuel: who pays for which operators.
//!
//! At every place in a function it is known how many operators were executed and
//! not paid for yet: [`Translator::operators`]. They are paid for, in one sum, in
//! front of what leaves the straight run, or by it: a call, a return, a jump, a branch
//! back to a loop. A branch forward that is not taken pays nothing; where paths meet, the one
//! that owes least goes on with its debt, and the others pay what they owe beyond
//! that: a branch by a jump at the function's end that it leads to instead
//! ([`Stub`]). Nothing is owed where a loop begins or a call returns; hence no price
//! is ever negative, a cycle never free, and whether the fuel suffices does not
//! depend on the mode.
//!
//! Where a run traps in between, `Line::owed` says what is still to be paid: for
//! all operators up to the next label, branch or call, in every mode.

use super::emit::Fields;
use super::label::{Condition, Fixup, NO_FIXUP};
use super::{NOWHERE, Translator};
use crate::execute::control::{self, Forward};
use crate::execute::fuel;
use crate::execute::handlers::both;

/// A jump at the function's end that pays for the branch that leads to it.
pub(super) struct Stub {
    /// The branch's target: byte of the i32 to write, and the word that it is
    /// relative to.
    byte: usize,
    base: usize,
    /// Word that it goes on to.
    target: usize,
    price: u32,
    /// Byte offset in the module of the branch.
    offset: u32,
}

/// What of a branch can pay.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Payer {
    /// Nothing: a [`Stub`] pays.
    None,
    /// A `pay_and_jump`.
    Jump,
    /// A `set_pay_and_jump`.
    SetAndJump,
}

/// What is paid when a branch is taken whose target is not known yet.
pub(super) struct Debt {
    /// Operators that are not paid for where it is.
    pub owed: u32,
    /// Whether it can pay itself.
    pub payer: Payer,
    /// Byte offset in the module of the branch.
    offset: u32,
}

/// `Line::owed` where that is not known yet.
pub(crate) const OPEN: u32 = u32::MAX;

/// How much of a length costs as much as an operator, as the power of two.
#[derive(Clone, Copy)]
pub(super) enum Unit {
    /// 64 bytes of a memory.
    Bytes = 6,
    /// Eight elements of a table or an array.
    Elements = 3,
}

impl Translator<'_> {
    /// Begins a run of operators that are executed together.
    pub(super) fn fuel_start(&mut self) {
        if self.counts {
            self.count_block();
        }
        self.end_run();
    }

    /// All operators up to here are executed, or a trap stopped them.
    #[inline]
    pub(super) fn end_run(&mut self) {
        if self.fuel {
            self.write_owed();
        }
    }

    #[cold]
    #[inline(never)]
    fn write_owed(&mut self) {
        let Some(lines) = &mut self.lines else {
            return;
        };
        for line in lines.iter_mut().rev().take_while(|line| line.owed == OPEN) {
            line.owed = self.operators;
        }
    }

    /// The instruction just emitted traps with nothing owed.
    pub(super) fn pays(&mut self) {
        if let Some(line) = self.lines.as_mut().and_then(|lines| lines.last_mut()) {
            line.owed = 0;
        }
    }

    /// Pays for all operators up to here.
    #[inline]
    pub(super) fn pay(&mut self) {
        if self.fuel {
            self.end_run();
            self.pay_beyond(0);
        }
    }

    /// The price of all operators up to here, which the call that is emitted next pays.
    pub(super) fn price_of_call(&mut self) -> u16 {
        if u16::try_from(self.operators).is_err() {
            self.pay();
        }
        self.end_run();
        std::mem::take(&mut self.operators) as u16
    }

    /// Pays in front of a branch back, whether that is taken or not.
    pub(super) fn pay_before(&mut self, condition: &Condition) {
        // One that is there already comes of an `if`, which never goes back.
        debug_assert!(!matches!(condition, Condition::Emitted(_)));
        self.pay();
    }

    /// Pays for the operators beyond a debt.
    #[cold]
    #[inline(never)]
    fn pay_beyond(&mut self, owed: u32) {
        if self.operators > owed {
            let fields = Fields::imm(0, 0, self.operators - owed);
            self.emit(both!(fuel::fuel), "fuel", fields);
            self.pays();
            self.last_word = NOWHERE;
            self.operators = owed;
        }
    }

    /// Before an operator that takes time in proportion to a length, which is in `slot`:
    /// pays for all operators up to here, and for that.
    pub(super) fn pay_for_length(&mut self, slot: u16, is_wide: bool, unit: Unit) {
        if self.fuel {
            self.pay();
            let fields = Fields::slots(slot, is_wide.into(), unit as u16, 0);
            self.emit(both!(fuel::pay_for_length), "fuel", fields);
            self.pays();
            self.last_word = NOWHERE;
        }
    }

    /// Before a label: the branches of these lists, and what falls through, meet
    /// here.
    #[inline]
    pub(super) fn meet(&mut self, lists: &[u32], falls_through: bool) {
        if self.fuel {
            self.meet_owing(lists, falls_through);
        }
    }

    #[cold]
    #[inline(never)]
    fn meet_owing(&mut self, lists: &[u32], falls_through: bool) {
        if falls_through {
            self.end_run();
        }
        let mut least = if falls_through { self.operators } else { OPEN };
        for &list in lists {
            let mut fixup = list;
            while fixup != NO_FIXUP {
                let owed = self.debts[fixup as usize].owed;
                (least, fixup) = (least.min(owed), self.fixups[fixup as usize].next);
            }
        }
        if falls_through {
            self.pay_beyond(least);
        }
        self.operators = least;
    }

    /// A branch whose target is not known yet was emitted.
    #[cold]
    #[inline(never)]
    pub(super) fn note_debt(&mut self) {
        self.debts.push(Debt {
            owed: self.operators,
            payer: Payer::None,
            offset: self.offset,
        });
    }

    /// Resolves a list of branches to the next instruction; `meet` came before.
    // Apart from `resolve`, which runs for every target of a table.
    #[cold]
    #[inline(never)]
    pub(super) fn resolve_and_pay(&mut self, mut fixup: u32) {
        let here = self.code.len();
        while fixup != NO_FIXUP {
            let Fixup { byte, base, next } = self.fixups[fixup as usize];
            let Debt {
                owed,
                payer,
                offset,
            } = self.debts[fixup as usize];
            let (byte, base) = (byte as usize, base as usize);
            let price = owed.saturating_sub(self.operators);
            self.price_of_jump(payer, base, price);
            match payer != Payer::None || price == 0 {
                true => self.write_target(byte, base, here),
                false => self.add_stub(byte, base, here, price, offset),
            }
            fixup = next;
        }
    }

    /// Lets the i32 at `byte`, relative to word `base`, lead to `target`, where
    /// `owed` of the operators up to here are not paid for.
    #[inline]
    pub(super) fn branch_and_pay(&mut self, byte: usize, base: usize, target: usize, owed: u32) {
        let price = self.operators.saturating_sub(owed);
        if !self.fuel || price == 0 {
            return self.write_target(byte, base, target);
        }
        self.add_stub(byte, base, target, price, self.offset);
    }

    /// As `branch_and_pay`, with the price and the branch's place.
    #[cold]
    pub(super) fn add_stub(
        &mut self,
        byte: usize,
        base: usize,
        target: usize,
        price: u32,
        offset: u32,
    ) {
        self.stubs.push(Stub {
            byte,
            base,
            target,
            price,
            offset,
        });
    }

    /// Makes the jump at word `base`, whose target is known, pay.
    fn price_of_jump(&mut self, payer: Payer, base: usize, price: u32) {
        match payer {
            Payer::None => {}
            Payer::SetAndJump => self.code[base + 2] = price.into(),
            Payer::Jump if price == 0 => {
                self.code[base] = both!(control::jump<Forward>)[self.dispatch] as usize as u64;
            }
            Payer::Jump => {
                self.code[base + 1] = self.code[base + 1] & !0xffff_ffff | u64::from(price);
            }
        }
    }

    /// A `set_and_jump` that pays: to `end` if that is known, where so much is owed,
    /// or to block `block`.
    pub(super) fn set_pay_and_jump(&mut self, fields: Fields, end: (usize, u32), block: usize) {
        let known = match end {
            (NOWHERE, _) => self.is_loop(block).then(|| (self.controls[block].start, 0)),
            end => Some(end),
        };
        let word = self.emit(both!(fuel::set_pay_and_jump), "set_and_jump", fields);
        self.word(0);
        self.pays();
        match known {
            Some((target, owed)) => {
                self.code[word + 2] = self.operators.saturating_sub(owed).into();
                self.write_target(word * 8 + 12, word, target);
            }
            None => self.jump_to_end(word, block, Payer::SetAndJump),
        }
    }

    /// At the function's end: emits the jumps that pay.
    pub(super) fn emit_stubs(&mut self) {
        for stub in std::mem::take(&mut self.stubs) {
            self.offset = stub.offset;
            let fields = Fields(stub.price.into());
            let word = self.emit(both!(fuel::pay_and_jump), "br", fields);
            self.pays();
            self.write_target(word * 8 + 12, word, stub.target);
            self.write_target(stub.byte, stub.base, word);
        }
    }
}
