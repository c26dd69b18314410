//! Sequences that pay for operators.
//!
//! Written by `cargo xtask isa --sequences`.

use super::{Sequence, sequences};
use crate::execute::call::{call_indirect, return_value};
use crate::execute::control::{
    Forward, branch_if, branch_table, branch_unless, const32, copy, copy_two, global_get,
    global_set,
};
use crate::execute::dispatch::Loop;
use crate::execute::fuel::{call_with_zero, fuel, pay_and_call, pay_and_jump, set_pay_and_jump};
use crate::execute::go::{
    add_global, enter_at_zero, enter_at_zero_checked, push_return, reload_and_branch_if,
};
use crate::execute::handlers::Fast;
use crate::execute::memory::{SlotPlus, load, store};
use crate::execute::numeric::{binary, branch_compare, compare};
use crate::execute::operand::{
    Acc, AccImm, AccSlot, Imm16, Slot, SlotAcc, SlotImm, SlotSlot, ToAcc, ToSlot,
};
use crate::execute::operation::ZeroExtendAdd;
use crate::execute::operation::op::{
    F64Add, F64Load, F64Mul, F64Store, F64Sub, I32Add, I32Eq, I32GeU, I32GtS, I32GtU, I32Load,
    I32Load8U, I32LtS, I32LtU, I32Ne, I32Store, I32Store8, I32Sub, I64Add, I64And, I64Eq, I64GeS,
    I64GeU, I64LeU, I64Load, I64Load8U, I64Load32U, I64LtS, I64LtU, I64Mul, I64Ne, I64Shl, I64ShrU,
    I64Store, I64Store8, I64Store32,
};
use crate::execute::registers::{Handler, Registers};

#[rustfmt::skip]
pub(super) static SEQUENCES: &[Sequence] = sequences! {
    [add_global() fuel() return_value(u64, Imm16)]
    [add_global() load(I64Load, Acc, ToAcc) branch_compare(I64LtS, AccImm, Forward) set_pay_and_jump()]
    [binary(F64Sub, SlotSlot, ToAcc) binary(F64Add, AccSlot, ToSlot) const32() binary(I64Add, SlotImm, ToSlot) fuel() branch_compare(I32Ne, AccImm, Forward)]
    [binary(I32Add, AccImm, ToSlot) fuel()]
    [binary(I64Add, AccSlot, ToSlot) binary(I64Add, SlotImm, ToSlot) fuel()]
    [binary(I64Add, SlotImm, ToSlot) binary(I32Add, SlotSlot, ToSlot) binary(I64Add, SlotImm, ToSlot) binary(I64Add, SlotImm, ToSlot) fuel()]
    [binary(I64Add, SlotImm, ToSlot) binary(I64Add, SlotImm, ToSlot) fuel()]
    [binary(I64Add, SlotImm, ToSlot) fuel()]
    [binary(I64Add, SlotImm, ToSlot) pay_and_call()]
    [binary(I64Add, SlotSlot, ToSlot) binary(I64Add, AccSlot, ToSlot) binary(I64Add, AccSlot, ToSlot) binary(I64Add, AccSlot, ToSlot) binary(I64Add, SlotImm, ToSlot) fuel()]
    [binary(I64Mul, SlotImm, ToSlot) binary(I64And, SlotImm, ToAcc) binary(I64Add, AccSlot, ToSlot) copy() pay_and_jump()]
    [binary(ZeroExtendAdd, SlotImm, ToAcc) binary(I64Add, AccSlot, ToAcc) fuel() return_value(u64, Acc)]
    [branch_compare(I32GeU, AccImm, Forward) binary(ZeroExtendAdd, SlotImm, ToAcc) binary(I64Add, AccSlot, ToAcc) fuel() return_value(u64, Acc)]
    [branch_compare(I32Ne, AccImm, Forward) set_pay_and_jump()]
    [branch_compare(I32Ne, SlotImm, Forward) set_pay_and_jump()]
    [branch_compare(I64Eq, AccImm, Forward) set_pay_and_jump()]
    [branch_compare(I64Eq, SlotImm, Forward) set_pay_and_jump()]
    [branch_compare(I64GeS, SlotSlot, Forward) set_pay_and_jump()]
    [branch_compare(I64GeU, SlotSlot, Forward) set_pay_and_jump()]
    [branch_compare(I64LeU, AccImm, Forward) set_pay_and_jump()]
    [branch_compare(I64LtS, AccImm, Forward) set_pay_and_jump()]
    [branch_compare(I64LtS, SlotImm, Forward) set_pay_and_jump()]
    [branch_compare(I64LtS, SlotSlot, Forward) set_pay_and_jump()]
    [branch_compare(I64Ne, AccImm, Forward) set_pay_and_jump()]
    [branch_compare(I64Ne, SlotAcc, Forward) set_pay_and_jump()]
    [branch_compare(I64Ne, SlotImm, Forward) set_pay_and_jump()]
    [branch_unless(Acc, Forward) set_pay_and_jump()]
    [compare(I64Eq, AccImm, ToSlot) branch_compare(I64Eq, AccImm, Forward) set_pay_and_jump()]
    [const32() branch_compare(I32LtU, SlotImm, Forward) const32() fuel()]
    [const32() const32() set_pay_and_jump()]
    [const32() fuel()]
    [const32() load(I64Load32U, Slot, ToAcc) branch_compare(I64Ne, AccImm, Forward) set_pay_and_jump()]
    [const32() load(I64Load8U, Slot, ToAcc) branch_compare(I32Ne, AccImm, Forward) set_pay_and_jump()]
    [const32() set_pay_and_jump()]
    [const32() store(I64Store, Slot, Slot) push_return() call_with_zero()]
    [copy() binary(I64Add, SlotImm, ToSlot) fuel() call_indirect(Slot)]
    [copy() fuel()]
    [copy() set_pay_and_jump()]
    [copy_two() copy_two() binary(I64Add, SlotImm, ToSlot) fuel()]
    [copy_two() fuel()]
    [copy_two() load(I32Load, Slot, ToSlot) store(I32Store, Slot, Slot) fuel() branch_if(Acc, Forward)]
    [fuel() binary(I64Add, SlotImm, ToAcc)]
    [fuel() binary(I64Add, SlotImm, ToSlot)]
    [fuel() binary(I64Add, SlotSlot, ToAcc) binary(I64ShrU, AccImm, ToSlot) branch_compare(I64LtU, AccSlot, Forward)]
    [fuel() binary(I64Add, SlotSlot, ToAcc) load(I64Load8U, Acc, ToAcc)]
    [fuel() binary(I64Add, SlotSlot, ToAcc) load(I64Load8U, Acc, ToSlot) load(I64Load8U, Slot, ToAcc) branch_compare(I64Eq, SlotAcc, Forward)]
    [fuel() binary(I64Add, SlotSlot, ToAcc) load(I64Load8U, Acc, ToSlot)]
    [fuel() binary(I64Add, SlotSlot, ToAcc)]
    [fuel() binary(I64Add, SlotSlot, ToSlot) branch_compare(I64LtU, AccSlot, Forward)]
    [fuel() binary(I64And, SlotImm, ToAcc) binary(I64Shl, AccImm, ToSlot) binary(I64Add, SlotImm, ToAcc) binary(I64Add, AccSlot, ToAcc)]
    [fuel() binary(I64And, SlotImm, ToSlot) binary(I64Add, SlotSlot, ToAcc) load(I64Load8U, Acc, ToAcc) branch_compare(I64Eq, SlotAcc, Forward) set_pay_and_jump()]
    [fuel() binary(I64Mul, SlotImm, ToAcc) binary(I64Add, AccSlot, ToSlot) binary(I64Add, SlotImm, ToSlot) copy() set_pay_and_jump()]
    [fuel() binary(I64Mul, SlotImm, ToAcc) binary(I64Add, AccSlot, ToSlot) load(I64Load, Acc, ToSlot) branch_compare(I64GeU, SlotAcc, Forward) set_pay_and_jump()]
    [fuel() binary(I64Mul, SlotImm, ToAcc) binary(I64Add, AccSlot, ToSlot)]
    [fuel() branch_compare(I32GtS, AccImm, Forward)]
    [fuel() branch_compare(I32LtS, AccImm, Forward)]
    [fuel() branch_compare(I32Ne, AccImm, Forward)]
    [fuel() branch_compare(I32Ne, SlotSlot, Forward)]
    [fuel() branch_compare(I64Eq, SlotImm, Forward) set_pay_and_jump()]
    [fuel() branch_compare(I64GeS, SlotSlot, Forward) set_pay_and_jump()]
    [fuel() branch_compare(I64LeU, SlotSlot, Forward)]
    [fuel() branch_compare(I64LtS, SlotImm, Forward) set_pay_and_jump()]
    [fuel() branch_compare(I64LtS, SlotSlot, Forward)]
    [fuel() branch_compare(I64LtU, SlotSlot, Forward)]
    [fuel() branch_compare(I64Ne, SlotImm, Forward)]
    [fuel() branch_if(Acc, Forward)]
    [fuel() branch_if(Slot, Forward)]
    [fuel() branch_table(Slot)]
    [fuel() call_indirect(Slot)]
    [fuel() const32() set_pay_and_jump()]
    [fuel() enter_at_zero()]
    [fuel() enter_at_zero_checked()]
    [fuel() load(F64Load, Slot, ToSlot) load(I64Load, Slot, ToAcc) binary(I64Add, AccSlot, ToAcc) load(F64Load, Acc, ToAcc) binary(F64Mul, AccSlot, ToAcc)]
    [fuel() load(I64Load, Slot, ToAcc) load(I64Load, Acc, ToSlot) load(I64Load, Slot, ToAcc)]
    [fuel() load(I64Load, Slot, ToAcc) load(I64Load, Acc, ToSlot)]
    [fuel() load(I64Load, Slot, ToAcc) store(I64Store, SlotPlus, Acc) add_global() fuel() return_value(u64, Imm16)]
    [fuel() load(I64Load, Slot, ToAcc)]
    [fuel() load(I64Load, Slot, ToSlot) binary(I64Shl, SlotImm, ToSlot) load(I64Load, Slot, ToSlot) binary(I64Add, SlotSlot, ToSlot) branch_compare(I64LtU, SlotSlot, Forward)]
    [fuel() load(I64Load, Slot, ToSlot) branch_compare(I64LtU, SlotAcc, Forward)]
    [fuel() load(I64Load, Slot, ToSlot) load(I64Load, Slot, ToAcc)]
    [fuel() load(I64Load, Slot, ToSlot) load(I64Load, Slot, ToSlot) binary(I64Add, SlotSlot, ToSlot) branch_compare(I64GeU, SlotSlot, Forward) set_pay_and_jump()]
    [fuel() load(I64Load, Slot, ToSlot) load(I64Load, Slot, ToSlot)]
    [fuel() load(I64Load, Slot, ToSlot)]
    [fuel() load(I64Load8U, Slot, ToSlot) branch_compare(I64LtU, AccImm, Forward)]
    [fuel() return_value(u64, Acc)]
    [fuel() return_value(u64, Imm16)]
    [fuel() store(I64Store, Slot, Slot) store(I64Store, Slot, Slot)]
    [fuel() store(I64Store, Slot, Slot)]
    [global_get(u64, ToAcc) load(I64Load8U, Acc, ToAcc) branch_compare(I32Ne, AccImm, Forward) set_pay_and_jump()]
    [global_get(u64, ToSlot) const32() pay_and_call()]
    [global_get(u64, ToSlot) fuel()]
    [global_set(u64, Slot) push_return() binary(I64ShrU, SlotImm, ToSlot) const32() fuel() call_indirect(Slot)]
    [load(F64Load, Slot, ToAcc) binary(F64Mul, AccSlot, ToAcc) binary(F64Add, AccSlot, ToSlot) binary(I64Add, SlotImm, ToSlot) binary(I64Add, SlotImm, ToSlot) fuel()]
    [load(I32Load, Slot, ToSlot) load(I32Load, Slot, ToSlot) compare(I32GtU, SlotAcc, ToSlot) compare(I32LtU, SlotSlot, ToAcc) binary(I32Sub, SlotAcc, ToAcc) fuel()]
    [load(I32Load8U, Slot, ToSlot) branch_compare(I32Eq, AccImm, Forward) branch_compare(I32Eq, AccImm, Forward) binary(I64Add, SlotImm, ToSlot) pay_and_jump()]
    [load(I64Load, Slot, ToAcc) binary(I64Add, AccImm, ToAcc) store(I64Store, Slot, Acc) push_return() call_with_zero()]
    [load(I64Load, Slot, ToAcc) load(I64Load8U, Acc, ToAcc) branch_compare(I32Ne, AccImm, Forward) set_pay_and_jump()]
    [load(I64Load, Slot, ToAcc) store(I64Store, SlotPlus, Acc) load(I64Load, Slot, ToAcc) store(I64Store, SlotPlus, Acc) push_return() call_with_zero()]
    [load(I64Load, Slot, ToAcc) store(I64Store, SlotPlus, Acc) push_return() call_with_zero()]
    [load(I64Load, Slot, ToSlot) set_pay_and_jump()]
    [load(I64Load32U, Acc, ToAcc) binary(I64Add, AccSlot, ToAcc) store(I64Store32, Slot, Acc) load(I64Load32U, Slot, ToSlot) set_pay_and_jump()]
    [load(I64Load8U, Slot, ToSlot) branch_compare(I32Ne, AccImm, Forward) set_pay_and_jump()]
    [push_return() binary(I64ShrU, SlotImm, ToSlot) const32() fuel() call_indirect(Slot)]
    [push_return() call_with_zero()]
    [reload_and_branch_if() add_global() fuel()]
    [reload_and_branch_if() load(I64Load8U, SlotPlus, ToAcc) branch_compare(I32Ne, AccImm, Forward) set_pay_and_jump()]
    [store(F64Store, Acc, Acc) binary(I64Add, SlotImm, ToSlot) fuel() branch_compare(I64GeS, SlotSlot, Forward) set_pay_and_jump()]
    [store(F64Store, Slot, Acc) binary(I64Add, SlotImm, ToSlot) fuel() branch_compare(I64LtS, SlotSlot, Forward)]
    [store(I32Store8, Slot, Imm16) binary(I32Add, SlotSlot, ToSlot) binary(I64Add, SlotSlot, ToSlot) fuel()]
    [store(I32Store8, Slot, Slot) binary(I64Add, SlotImm, ToSlot) binary(I64ShrU, SlotImm, ToSlot) binary(I64Add, SlotImm, ToSlot) fuel()]
    [store(I64Store, Slot, Acc) load(I64Load, Slot, ToAcc) store(I64Store, SlotPlus, Acc) push_return() call_with_zero()]
    [store(I64Store, Slot, Acc) push_return() call_with_zero()]
    [store(I64Store, Slot, Slot) store(I64Store, Slot, Slot) binary(I64Add, SlotImm, ToSlot) fuel()]
    [store(I64Store, SlotPlus, Acc) add_global() fuel() return_value(u64, Imm16)]
    [store(I64Store, SlotPlus, Imm16) add_global() fuel()]
    [store(I64Store, SlotPlus, Imm16) store(I64Store, SlotPlus, Imm16) add_global() fuel() return_value(u64, Imm16)]
    [store(I64Store, SlotPlus, Slot) add_global() fuel()]
    [store(I64Store, SlotPlus, Slot) push_return() call_with_zero()]
    [store(I64Store32, SlotPlus, Acc) add_global() fuel() return_value(u64, Imm16)]
    [store(I64Store8, SlotPlus, Acc) add_global() fuel()]
    [store(I64Store8, SlotPlus, Imm16) add_global() fuel()]
    [store(I64Store8, SlotPlus, Imm16) push_return() call_with_zero()]
};
