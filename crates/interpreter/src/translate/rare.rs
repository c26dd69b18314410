//! Atomics and 128-bit integers: all operands are in slots, and so are results.

use super::Translator;
use super::emit::Fields;
use crate::execute::atomic;
use crate::execute::handlers::both;
use crate::execute::wide::{WideIntOp, ops};
use crate::instruction::for_each_rare_instruction;
use crate::semantics::atomic::Atomic;
use fossor_module::ValType;
use wasmparser::{MemArg, Ordering};

impl Translator<'_> {
    /// Integers to one of 128 bits.
    fn lower_wide_int(&mut self, op: &'static WideIntOp) {
        let mut slots = [0; 4];
        for slot in slots[..op.operands].iter_mut().rev() {
            *slot = self.pop_slot();
        }
        let home = self.top_slot as u16;
        let [b, c, d, fourth] = slots;
        self.emit(op.handlers, op.name, Fields::slots(home, b, c, d));
        if op.operands == 4 {
            self.word(fourth.into());
        }
        self.push_written(2);
    }

    fn lower_atomic(&mut self, op: Atomic, width_bytes: usize, name: &'static str, memarg: MemArg) {
        // The address in B, the others in word 3.
        let mut slots = [0; 3];
        for slot in slots[..op.operands()].iter_mut().rev() {
            *slot = self.pop_slot();
        }
        let [address, first, second] = slots;
        let fields = Fields::imm(self.top_slot as u16, address, self.memory_of(memarg));
        self.emit(both!(atomic::atomic), name, fields);
        self.word(memarg.offset);
        self.word(atomic::word(op, width_bytes, [first, second]));
        self.push_written(usize::from(op != Atomic::Store));
    }

    /// Pushes results that were just written to their homes alone.
    fn push_written(&mut self, count: usize) {
        for _ in 0..count {
            let slot = self.top_slot as u16;
            self.push_type(ValType::I64);
            self.wrote(slot);
        }
    }

    /// Nothing: one thread sees its own order.
    pub(super) fn visit_atomic_fence(&mut self, _: Ordering) {}
}

macro_rules! visit_rare_table {
    (
        wide_sum { $($sum:ident $sum_visit:ident $sum_text:literal = $sum_mod:ident::$sum_fn:ident;)* }
        wide_product { $($pro:ident $pro_visit:ident $pro_text:literal = $pro_mod:ident::$pro_fn:ident;)* }
        atomic { $($at:ident $at_visit:ident $at_text:literal $at_raw:ident = $at_mod:ident::$at_op:ident;)* }
    ) => {
        /// The table's rare instructions.
        impl Translator<'_> {
            $(pub(super) fn $sum_visit(&mut self) { self.lower_wide_int(&ops::$sum) })*
            $(pub(super) fn $pro_visit(&mut self) { self.lower_wide_int(&ops::$pro) })*
            $(pub(super) fn $at_visit(&mut self, memarg: MemArg) {
                self.lower_atomic(Atomic::$at_op, size_of::<$at_raw>(), $at_text, memarg)
            })*
        }
    };
}
for_each_rare_instruction!(visit_rare_table);
