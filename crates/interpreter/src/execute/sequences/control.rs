//! Sequences that begin with a branch, a copy, a variable, a call or a return.

use super::{Sequence, sequences};
use crate::execute::call::{call, call_indirect, return_value};
use crate::execute::control::{
    Backward, Forward, branch_if, branch_table, branch_unless, const32, const64, copy, copy_two,
    global_get, global_set, jump, select,
};
use crate::execute::dispatch::Loop;
use crate::execute::go::{
    add_global, pop_and_return, push_return, push_return_and_call, reload_and_branch_if,
    set_and_jump,
};
use crate::execute::handlers::Fast;
use crate::execute::memory::{SlotPlus, load, store};
use crate::execute::numeric::{binary, branch_compare, compare, copy_acc, unary};
use crate::execute::operand::{
    Acc, AccImm, AccSlot, Slot, SlotAcc, SlotImm, SlotSlot, ToAcc, ToSlot,
};
use crate::execute::operation::op::{
    F64Load, I32Add, I32GtU, I32Load, I32LtU, I32Ne, I32Store, I32Sub, I32Xor, I64Add, I64And,
    I64Eq, I64Extend32S, I64GtU, I64LeS, I64Load, I64Load8U, I64Load32S, I64Load32U, I64LtS,
    I64Mul, I64Ne, I64Shl, I64ShrU, I64Store, I64Xor,
};
use crate::execute::registers::{Handler, Registers};

#[rustfmt::skip]
pub(super) static SEQUENCES: &[Sequence] = sequences! {
    [add_global() global_get(u64, ToAcc) load(I64Load, Acc, ToSlot) branch_compare(I64Ne, AccImm, Forward)]
    [add_global() global_get(u64, ToSlot)]
    [add_global() load(I64Load, Acc, ToAcc) branch_compare(I64LtS, AccImm, Forward) set_and_jump(Forward)]
    [add_global() load(I64Load, Acc, ToAcc) branch_compare(I64Ne, AccImm, Forward)]
    [add_global() load(I64Load, Acc, ToAcc) compare(I64Eq, AccImm, ToSlot) branch_compare(I64Eq, AccImm, Forward)]
    [add_global() load(I64Load, Acc, ToAcc) store(I64Store, Slot, Acc) load(I64Load, Slot, ToAcc)]
    [add_global() load(I64Load, Acc, ToAcc) store(I64Store, Slot, Acc) push_return_and_call()]
    [add_global() load(I64Load, Acc, ToAcc) store(I64Store, Slot, Acc)]
    [add_global() load(I64Load, Acc, ToAcc)]
    [add_global() load(I64Load, Acc, ToSlot) load(I64Load, Slot, ToAcc)]
    [add_global() load(I64Load, Acc, ToSlot) load(I64Load, Slot, ToSlot) load(I64Load, Slot, ToSlot)]
    [add_global() load(I64Load32S, Acc, ToAcc)]
    [branch_unless(Acc, Forward) set_and_jump(Backward)] loops
    [branch_unless(Acc, Forward) set_and_jump(Forward)]
    [branch_unless(Slot, Forward) set_and_jump(Backward)] loops
    [const32() binary(I64Add, SlotImm, ToSlot) branch_compare(I32Ne, AccImm, Backward)] loops
    [const32() branch_compare(I32LtU, SlotImm, Forward) const32() binary(I64Add, SlotImm, ToSlot)]
    [const32() call()]
    [const32() const32() select(u64, Acc, ToSlot)]
    [const32() const32() set_and_jump(Forward)]
    [const32() const32()]
    [const32() jump(Forward)]
    [const32() load(F64Load, Slot, ToSlot)]
    [const32() load(I32Load, Slot, ToSlot)]
    [const32() load(I64Load, Slot, ToAcc)]
    [const32() load(I64Load, Slot, ToSlot) binary(I64Xor, AccSlot, ToAcc) const64()]
    [const32() load(I64Load, Slot, ToSlot) branch_compare(I64Ne, AccImm, Forward)]
    [const32() load(I64Load, Slot, ToSlot) load(I64Load, Slot, ToAcc)]
    [const32() load(I64Load, Slot, ToSlot)]
    [const32() load(I64Load32U, Slot, ToAcc) branch_compare(I64Ne, AccImm, Forward) set_and_jump(Forward)]
    [const32() load(I64Load32U, Slot, ToAcc) compare(I64Eq, AccImm, ToSlot)]
    [const32() load(I64Load32U, Slot, ToAcc)]
    [const32() load(I64Load8U, Slot, ToAcc) branch_compare(I32Ne, AccImm, Forward) set_and_jump(Forward)]
    [const32() load(I64Load8U, Slot, ToAcc) branch_unless(Acc, Forward)]
    [const32() load(I64Load8U, Slot, ToAcc)]
    [const32() select(u64, Acc, ToAcc)]
    [const32() set_and_jump(Forward)]
    [const32() store(I32Store, Slot, Acc)]
    [const32() store(I64Store, Acc, Slot)]
    [const32() store(I64Store, Slot, Slot) push_return_and_call()]
    [const32() store(I64Store, Slot, Slot)]
    [const32() store(I64Store, SlotPlus, Slot)]
    [const32() unary(I64Extend32S, Slot, ToAcc) branch_compare(I64LeS, SlotAcc, Forward)]
    [const32() unary(I64Extend32S, Slot, ToAcc)]
    [const32() unary(I64Extend32S, Slot, ToSlot) branch_compare(I64LeS, SlotAcc, Forward)]
    [const32() unary(I64Extend32S, Slot, ToSlot)]
    [const64() binary(I64And, AccSlot, ToAcc) binary(I64Mul, AccSlot, ToSlot) binary(I64ShrU, AccImm, ToAcc)]
    [const64() binary(I64And, AccSlot, ToAcc) binary(I64Shl, AccImm, ToAcc) binary(I64Add, AccSlot, ToAcc)]
    [const64() binary(I64And, AccSlot, ToAcc) binary(I64Shl, AccImm, ToAcc)]
    [const64() binary(I64And, AccSlot, ToAcc) binary(I64ShrU, AccImm, ToAcc)]
    [const64() binary(I64And, AccSlot, ToAcc) branch_compare(I64Eq, AccImm, Forward)]
    [const64() binary(I64And, AccSlot, ToAcc) branch_compare(I64Eq, SlotAcc, Forward)]
    [const64() binary(I64And, AccSlot, ToAcc) compare(I64Eq, AccImm, ToSlot) binary(I64Add, SlotSlot, ToSlot)]
    [const64() binary(I64And, AccSlot, ToAcc)]
    [const64() binary(I64And, AccSlot, ToSlot) branch_compare(I64Eq, AccImm, Forward) set_and_jump(Forward)]
    [const64() binary(I64And, AccSlot, ToSlot)]
    [const64() binary(I64And, SlotSlot, ToAcc) binary(I64Add, AccSlot, ToAcc)]
    [const64() binary(I64And, SlotSlot, ToAcc)]
    [const64() binary(I64And, SlotSlot, ToSlot) binary(I64Mul, AccSlot, ToSlot) binary(I64Mul, SlotSlot, ToSlot)]
    [const64() binary(I64And, SlotSlot, ToSlot) binary(I64ShrU, AccImm, ToAcc) binary(I64And, AccImm, ToSlot)]
    [const64() binary(I64And, SlotSlot, ToSlot) binary(I64ShrU, AccImm, ToAcc)]
    [const64() binary(I64And, SlotSlot, ToSlot) branch_compare(I64Ne, AccImm, Forward)]
    [const64() binary(I64And, SlotSlot, ToSlot) const64() binary(I64And, SlotSlot, ToSlot)]
    [const64() binary(I64And, SlotSlot, ToSlot)]
    [const64() binary(I64Mul, AccSlot, ToAcc) binary(I64ShrU, AccImm, ToSlot)]
    [const64() binary(I64Mul, AccSlot, ToAcc)]
    [const64() binary(I64Mul, AccSlot, ToSlot) binary(I64And, AccImm, ToAcc) binary(I64Add, AccImm, ToSlot)]
    [const64() binary(I64Mul, AccSlot, ToSlot) const64() binary(I64Mul, SlotSlot, ToSlot)]
    [const64() binary(I64Mul, AccSlot, ToSlot)]
    [const64() binary(I64Mul, SlotSlot, ToSlot)]
    [const64() branch_compare(I64GtU, SlotSlot, Forward)]
    [copy() binary(I64Add, SlotImm, ToSlot) branch_if(Acc, Backward)] loops
    [copy() binary(I64Add, SlotImm, ToSlot) call_indirect(Slot)]
    [copy() binary(I64Add, SlotImm, ToSlot)]
    [copy() branch_compare(I64LtS, SlotSlot, Forward)]
    [copy() const32()]
    [copy() copy_acc(u64)]
    [copy() jump(Backward)] loops
    [copy() load(I64Load, Slot, ToSlot)]
    [copy() set_and_jump(Forward)]
    [copy() store(I64Store, Slot, Slot)]
    [copy_two() binary(I32Xor, SlotSlot, ToAcc) copy()]
    [copy_two() copy()]
    [copy_two() copy_two() copy_two() copy()]
    [copy_two() copy_two() copy_two()]
    [copy_two() copy_two()]
    [copy_two() load(I32Load, Slot, ToSlot) store(I32Store, Slot, Slot) branch_if(Acc, Backward)] loops
    [global_get(u64, ToAcc) binary(I32Sub, AccImm, ToAcc)]
    [global_get(u64, ToAcc) branch_compare(I64Ne, AccImm, Forward)]
    [global_get(u64, ToAcc) copy() copy_acc(u64)]
    [global_get(u64, ToAcc) load(I32Load, Acc, ToAcc) binary(I32Add, AccImm, ToAcc) branch_compare(I32GtU, SlotAcc, Forward)]
    [global_get(u64, ToAcc) load(I64Load, Acc, ToSlot) branch_compare(I64Ne, AccImm, Forward)]
    [global_get(u64, ToAcc) load(I64Load, Acc, ToSlot) store(I64Store, Slot, Acc)]
    [global_get(u64, ToAcc) load(I64Load, Acc, ToSlot)]
    [global_get(u64, ToAcc) load(I64Load8U, Acc, ToAcc) branch_compare(I32Ne, AccImm, Forward) set_and_jump(Forward)]
    [global_get(u64, ToSlot) branch_table(Slot)]
    [global_get(u64, ToSlot) const32() call()]
    [global_get(u64, ToSlot) load(I64Load, Acc, ToSlot) load(I64Load, Slot, ToSlot) load(I64Load, Slot, ToSlot)]
    [global_get(u64, ToSlot) load(I64Load, Acc, ToSlot) load(I64Load, Slot, ToSlot)]
    [global_get(u64, ToSlot) pop_and_return()]
    [global_get(u64, ToSlot) return_value(u64, Slot)]
    [global_set(u64, Slot) push_return() binary(I64ShrU, SlotImm, ToSlot) const32()]
    [push_return() binary(I64ShrU, SlotImm, ToSlot) const32() call_indirect(Slot)]
    [reload_and_branch_if() const32() load(I64Load8U, Slot, ToAcc) branch_unless(Acc, Forward)]
    [reload_and_branch_if() load(F64Load, SlotPlus, ToSlot)]
    [reload_and_branch_if() load(I64Load, Slot, ToAcc) branch_compare(I64Ne, AccImm, Forward)]
    [reload_and_branch_if() load(I64Load, Slot, ToAcc) load(I64Load, Acc, ToSlot)]
    [reload_and_branch_if() load(I64Load, Slot, ToAcc) store(I64Store, SlotPlus, Acc) pop_and_return()]
    [reload_and_branch_if() load(I64Load, Slot, ToAcc)]
    [reload_and_branch_if() load(I64Load, Slot, ToSlot) load(I64Load, Slot, ToSlot)]
    [reload_and_branch_if() load(I64Load, Slot, ToSlot) load(I64Load, SlotPlus, ToAcc) binary(I64Add, AccSlot, ToAcc)]
    [reload_and_branch_if() load(I64Load, Slot, ToSlot) load(I64Load, SlotPlus, ToAcc)]
    [reload_and_branch_if() load(I64Load, Slot, ToSlot)]
    [reload_and_branch_if() load(I64Load, SlotPlus, ToAcc)]
    [reload_and_branch_if() load(I64Load, SlotPlus, ToSlot) branch_compare(I64Ne, AccImm, Forward)]
    [reload_and_branch_if() load(I64Load, SlotPlus, ToSlot) load(I64Load, Slot, ToAcc) binary(I64Add, AccImm, ToSlot)]
    [reload_and_branch_if() load(I64Load, SlotPlus, ToSlot) load(I64Load, SlotPlus, ToSlot) set_and_jump(Forward)]
    [reload_and_branch_if() load(I64Load, SlotPlus, ToSlot) load(I64Load, SlotPlus, ToSlot)]
    [reload_and_branch_if() load(I64Load, SlotPlus, ToSlot) store(I64Store, Slot, Acc) load(I64Load, Slot, ToAcc)]
    [reload_and_branch_if() load(I64Load, SlotPlus, ToSlot)]
    [reload_and_branch_if() load(I64Load32S, SlotPlus, ToSlot)]
    [reload_and_branch_if() load(I64Load8U, SlotPlus, ToAcc) branch_compare(I32Ne, AccImm, Forward) set_and_jump(Forward)]
    [reload_and_branch_if() load(I64Load8U, SlotPlus, ToAcc) branch_unless(Acc, Forward) set_and_jump(Forward)]
    [reload_and_branch_if() load(I64Load8U, SlotPlus, ToAcc)]
    [reload_and_branch_if() load(I64Load8U, SlotPlus, ToSlot)]
    [reload_and_branch_if() pop_and_return()]
    [reload_and_branch_if() set_and_jump(Forward)]
};
