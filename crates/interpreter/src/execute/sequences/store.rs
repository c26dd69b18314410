//! Sequences that begin with a store.
//!
//! Written by `cargo xtask isa --sequences`.

use super::{Sequence, sequences};
use crate::execute::control::{Backward, Forward, branch_if, const32, copy, copy_two, global_get};
use crate::execute::dispatch::Loop;
use crate::execute::go::{pop_and_return, push_return_and_call, set_and_jump};
use crate::execute::handlers::Fast;
use crate::execute::memory::{SlotPlus, load, store};
use crate::execute::numeric::{binary, branch_compare, compare};
use crate::execute::operand::{
    Acc, AccImm, AccSlot, Imm16, Slot, SlotAcc, SlotImm, SlotSlot, ToAcc, ToSlot,
};
use crate::execute::operation::op::{
    F64Add, F64Load, F64Mul, F64Store, I32Add, I32Load8U, I32Ne, I32Store, I32Store8, I64Add,
    I64And, I64Eq, I64GeS, I64LeU, I64Load, I64Load16U, I64Load32U, I64LtS, I64LtU, I64Ne, I64Shl,
    I64ShrU, I64Store, I64Store8, I64Store16, I64Store32, I64Xor,
};
use crate::execute::registers::{Handler, Registers};

#[rustfmt::skip]
pub(super) static SEQUENCES: &[Sequence] = sequences! {
    [store(F64Store, Acc, Acc) binary(I64Add, SlotImm, ToSlot) branch_compare(I64GeS, SlotSlot, Forward) set_and_jump(Backward)] loops
    [store(F64Store, Acc, Acc) binary(I64Add, SlotImm, ToSlot)]
    [store(F64Store, Slot, Acc) binary(I64Add, SlotImm, ToSlot)]
    [store(F64Store, Slot, Acc) binary(I64Add, SlotSlot, ToSlot) load(I64Load, Acc, ToSlot) branch_compare(I64LtU, SlotAcc, Forward) load(I64Load, Slot, ToSlot)]
    [store(F64Store, Slot, Acc) load(F64Load, Acc, ToSlot) load(F64Load, Slot, ToAcc) binary(F64Mul, AccSlot, ToAcc) binary(F64Mul, AccSlot, ToAcc) binary(F64Add, AccSlot, ToAcc)]
    [store(F64Store, Slot, Acc) load(F64Load, Slot, ToSlot) load(F64Load, Slot, ToAcc) binary(F64Mul, AccSlot, ToAcc) binary(F64Mul, AccSlot, ToAcc) binary(F64Add, AccSlot, ToAcc)]
    [store(F64Store, Slot, Acc) load(F64Load, Slot, ToSlot) load(F64Load, Slot, ToAcc) binary(F64Mul, AccSlot, ToAcc)]
    [store(I32Store, Slot, Acc) binary(I64Add, SlotImm, ToSlot)]
    [store(I32Store, Slot, Slot) copy() branch_compare(I32Ne, AccImm, Backward)] loops
    [store(I32Store, Slot, Slot) copy_two() copy()]
    [store(I32Store8, Slot, Imm16) binary(I32Add, SlotSlot, ToSlot) binary(I64Add, SlotSlot, ToSlot) branch_compare(I64LeU, AccSlot, Backward)] loops
    [store(I32Store8, Slot, Slot) binary(I64Add, SlotImm, ToSlot) binary(I64ShrU, SlotImm, ToSlot) binary(I64Add, SlotImm, ToSlot) branch_if(Acc, Backward)] loops
    [store(I32Store8, Slot, Slot) binary(I64Add, SlotImm, ToSlot) load(I32Load8U, Slot, ToSlot) binary(I64Add, SlotImm, ToSlot) branch_if(Slot, Backward)] loops
    [store(I32Store8, Slot, Slot) binary(I64Add, SlotImm, ToSlot) load(I32Load8U, Slot, ToSlot) binary(I64Add, SlotImm, ToSlot)]
    [store(I64Store, Acc, Slot) binary(I64Add, SlotImm, ToSlot) binary(I64Add, SlotImm, ToSlot)]
    [store(I64Store, Slot, Acc) binary(I64Xor, SlotSlot, ToAcc) store(I64Store, Slot, Acc) binary(I64Xor, SlotSlot, ToAcc) store(I64Store, Slot, Acc)]
    [store(I64Store, Slot, Acc) branch_compare(I64Ne, AccImm, Forward)]
    [store(I64Store, Slot, Acc) const32()]
    [store(I64Store, Slot, Acc) load(I64Load, Slot, ToAcc) binary(I64Add, AccImm, ToAcc) store(I64Store, Slot, Acc)]
    [store(I64Store, Slot, Acc) load(I64Load, Slot, ToAcc) store(I64Store, Slot, Acc)]
    [store(I64Store, Slot, Acc) load(I64Load, Slot, ToAcc) store(I64Store, SlotPlus, Acc) load(I64Load, Slot, ToAcc) store(I64Store, SlotPlus, Acc) push_return_and_call()]
    [store(I64Store, Slot, Acc) load(I64Load, Slot, ToAcc) store(I64Store, SlotPlus, Acc) load(I64Load, Slot, ToAcc) store(I64Store, SlotPlus, Acc)]
    [store(I64Store, Slot, Acc) load(I64Load, Slot, ToAcc) store(I64Store, SlotPlus, Acc)]
    [store(I64Store, Slot, Acc) load(I64Load, Slot, ToAcc)]
    [store(I64Store, Slot, Acc) load(I64Load, Slot, ToSlot)]
    [store(I64Store, Slot, Acc) pop_and_return()]
    [store(I64Store, Slot, Acc) push_return_and_call()]
    [store(I64Store, Slot, Acc) store(I64Store, SlotPlus, Slot)]
    [store(I64Store, Slot, Imm16) binary(I64Add, SlotImm, ToSlot) branch_compare(I32Ne, AccSlot, Backward)] loops
    [store(I64Store, Slot, Imm16) store(I64Store, Slot, Imm16)]
    [store(I64Store, Slot, Slot) binary(I64Add, SlotImm, ToAcc) binary(I64Shl, AccImm, ToAcc) binary(I64Add, AccSlot, ToSlot)]
    [store(I64Store, Slot, Slot) branch_compare(I64LtS, SlotSlot, Forward)]
    [store(I64Store, Slot, Slot) const32() load(I64Load32U, Slot, ToAcc) branch_compare(I64Ne, AccImm, Forward) set_and_jump(Backward)] loops
    [store(I64Store, Slot, Slot) const32()]
    [store(I64Store, Slot, Slot) copy_two() copy_two() copy_two() copy() load(I64Load, Slot, ToSlot)]
    [store(I64Store, Slot, Slot) load(I64Load, Slot, ToAcc) branch_compare(I64Ne, AccImm, Forward)]
    [store(I64Store, Slot, Slot) load(I64Load, Slot, ToAcc) load(I64Load, Acc, ToSlot) branch_compare(I64Ne, AccImm, Forward)]
    [store(I64Store, Slot, Slot) load(I64Load, Slot, ToAcc) store(I64Store, SlotPlus, Acc)]
    [store(I64Store, Slot, Slot) load(I64Load, Slot, ToAcc)]
    [store(I64Store, Slot, Slot) push_return_and_call()]
    [store(I64Store, Slot, Slot) store(I64Store, Slot, Slot) binary(I64Add, SlotImm, ToSlot) binary(I64Add, SlotImm, ToSlot)]
    [store(I64Store, Slot, Slot) store(I64Store, Slot, Slot) load(I64Load, Slot, ToAcc) branch_compare(I64Ne, AccImm, Forward)]
    [store(I64Store, Slot, Slot) store(I64Store, Slot, Slot) load(I64Load, Slot, ToAcc)]
    [store(I64Store, Slot, Slot) store(I64Store, Slot, Slot) store(I64Store, Slot, Slot) binary(I64Add, SlotSlot, ToAcc) store(I64Store, Slot, Acc) store(I64Store, SlotPlus, Slot)]
    [store(I64Store, Slot, Slot) store(I64Store, Slot, Slot) store(I64Store, Slot, Slot) binary(I64Add, SlotSlot, ToAcc)]
    [store(I64Store, Slot, Slot) store(I64Store, Slot, Slot) store(I64Store, Slot, Slot) store(I64Store, Slot, Slot) binary(I64Add, SlotImm, ToSlot) branch_compare(I64LtS, SlotSlot, Forward)]
    [store(I64Store, Slot, Slot) store(I64Store, Slot, Slot) store(I64Store, Slot, Slot) store(I64Store, Slot, Slot)]
    [store(I64Store, Slot, Slot) store(I64Store, Slot, Slot) store(I64Store, Slot, Slot)]
    [store(I64Store, Slot, Slot) store(I64Store, Slot, Slot) store(I64Store8, Slot, Slot)]
    [store(I64Store, Slot, Slot) store(I64Store, Slot, Slot)]
    [store(I64Store, Slot, Slot) store(I64Store, SlotPlus, Acc)]
    [store(I64Store, Slot, Slot) store(I64Store, SlotPlus, Slot) store(I64Store, SlotPlus, Slot)]
    [store(I64Store, Slot, Slot) store(I64Store, SlotPlus, Slot)]
    [store(I64Store, Slot, Slot) store(I64Store8, Slot, Slot) branch_compare(I64Ne, SlotImm, Forward)]
    [store(I64Store, Slot, Slot) store(I64Store8, Slot, Slot) load(I64Load, Slot, ToSlot)]
    [store(I64Store, Slot, Slot) store(I64Store8, Slot, Slot)]
    [store(I64Store, Slot, Slot) store(I64Store8, SlotPlus, Acc)]
    [store(I64Store, SlotPlus, Acc) load(I64Load, Slot, ToAcc) store(I64Store, SlotPlus, Acc)]
    [store(I64Store, SlotPlus, Acc) load(I64Load, Slot, ToAcc)]
    [store(I64Store, SlotPlus, Acc) pop_and_return()]
    [store(I64Store, SlotPlus, Acc) push_return_and_call()]
    [store(I64Store, SlotPlus, Acc) store(I64Store, SlotPlus, Slot)]
    [store(I64Store, SlotPlus, Acc) store(I64Store8, SlotPlus, Imm16)]
    [store(I64Store, SlotPlus, Imm16) pop_and_return()]
    [store(I64Store, SlotPlus, Imm16) push_return_and_call()]
    [store(I64Store, SlotPlus, Imm16) store(I64Store, SlotPlus, Imm16) pop_and_return()]
    [store(I64Store, SlotPlus, Imm16) store(I64Store, SlotPlus, Imm16) store(I64Store, SlotPlus, Imm16)]
    [store(I64Store, SlotPlus, Imm16) store(I64Store, SlotPlus, Imm16)]
    [store(I64Store, SlotPlus, Slot) pop_and_return()]
    [store(I64Store, SlotPlus, Slot) push_return_and_call()]
    [store(I64Store, SlotPlus, Slot) store(I64Store, SlotPlus, Acc) pop_and_return()]
    [store(I64Store, SlotPlus, Slot) store(I64Store, SlotPlus, Acc)]
    [store(I64Store, SlotPlus, Slot) store(I64Store, SlotPlus, Slot) pop_and_return()]
    [store(I64Store, SlotPlus, Slot) store(I64Store, SlotPlus, Slot) push_return_and_call()]
    [store(I64Store, SlotPlus, Slot) store(I64Store, SlotPlus, Slot) store(I64Store, SlotPlus, Slot)]
    [store(I64Store, SlotPlus, Slot) store(I64Store, SlotPlus, Slot)]
    [store(I64Store16, Slot, Slot) load(I64Load16U, Slot, ToAcc) binary(I64Add, AccImm, ToAcc) store(I64Store16, Slot, Acc) binary(I64And, SlotImm, ToSlot)]
    [store(I64Store16, Slot, Slot) load(I64Load16U, Slot, ToAcc) binary(I64Add, AccImm, ToAcc) store(I64Store16, Slot, Acc)]
    [store(I64Store32, Slot, Acc) global_get(u64, ToAcc) branch_compare(I64Ne, AccImm, Forward)]
    [store(I64Store32, Slot, Acc) load(I64Load, Slot, ToAcc) binary(I64Add, AccSlot, ToAcc)]
    [store(I64Store32, Slot, Acc) load(I64Load, Slot, ToAcc)]
    [store(I64Store32, Slot, Acc) set_and_jump(Backward)] loops
    [store(I64Store32, Slot, Imm16) load(I64Load, Slot, ToSlot) compare(I64Eq, AccImm, ToSlot) branch_compare(I64Eq, AccImm, Forward) set_and_jump(Forward)]
    [store(I64Store32, Slot, Imm16) load(I64Load, Slot, ToSlot) compare(I64Eq, AccImm, ToSlot) branch_compare(I64Eq, AccImm, Forward)]
    [store(I64Store32, Slot, Slot) branch_compare(I64LeU, SlotImm, Forward)]
    [store(I64Store32, Slot, Slot) copy_two() copy_two() copy_two() copy() load(I64Load32U, Slot, ToSlot)]
    [store(I64Store32, SlotPlus, Acc) pop_and_return()]
    [store(I64Store32, SlotPlus, Slot) push_return_and_call()]
    [store(I64Store32, SlotPlus, Slot) store(I64Store, SlotPlus, Slot) pop_and_return()]
    [store(I64Store32, SlotPlus, Slot) store(I64Store, SlotPlus, Slot)]
    [store(I64Store8, Slot, Slot) store(I64Store, Slot, Slot) store(I64Store, Slot, Slot)]
    [store(I64Store8, SlotPlus, Acc) pop_and_return()]
    [store(I64Store8, SlotPlus, Imm16) branch_compare(I64Ne, SlotImm, Forward)]
    [store(I64Store8, SlotPlus, Imm16) pop_and_return()]
    [store(I64Store8, SlotPlus, Imm16) push_return_and_call()]
    [store(I64Store8, SlotPlus, Slot) pop_and_return()]
};
