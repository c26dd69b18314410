//! Loads, stores and the other instructions on linear memory.
//!
//! Every access computes `address + offset + width` in 64 bits and compares it
//! with the memory's length first (V4). Guard pages would save nothing: the
//! addition is needed anyway and compare and branch fuse
//! (`docs/decisions/bounds-checks.md`).

use super::bulk;
use super::control::trap;
use super::dispatch::next;
use super::operand::{Cell, Slot, Source, Target};
use super::operation::{Load, Store};
use super::registers::{FA, FB, FC, FD, Registers, handlers};
use fossor_host::Trap;

/// How an instruction names an address; the slot is in the field `OFFSET`.
pub(crate) trait Address: 'static {
    unsafe fn effective<const OFFSET: usize>(r: &Registers) -> u64;
}

impl Address for Slot {
    #[inline(always)]
    unsafe fn effective<const OFFSET: usize>(r: &Registers) -> u64 {
        // SAFETY: V1, V2.
        unsafe { u64::from(u32::load(r.slot::<OFFSET>())) + u64::from(r.imm_u32()) }
    }
}

impl Address for super::operand::Acc {
    #[inline(always)]
    unsafe fn effective<const OFFSET: usize>(r: &Registers) -> u64 {
        // SAFETY: V2.
        unsafe { u64::from(r.acc as u32) + u64::from(r.imm_u32()) }
    }
}

/// `(slot + C mod 2^32) + D`: a local plus a constant, and the memarg's offset.
pub(crate) struct SlotPlus;

impl Address for SlotPlus {
    #[inline(always)]
    unsafe fn effective<const OFFSET: usize>(r: &Registers) -> u64 {
        // SAFETY: V1, V2.
        unsafe {
            let base = u32::load(r.slot::<OFFSET>());
            let plus = r.field::<FC>() as i16 as u32;
            u64::from(base.wrapping_add(plus)) + u64::from(r.field::<FD>())
        }
    }
}

/// Whether `width` bytes at `ea` lie in memory 0.
#[inline(always)]
pub(super) unsafe fn inside(r: &Registers, ea: u64, width: usize) -> bool {
    // SAFETY: V3. No overflow: `ea` is below 2^33.
    unsafe { ea + width as u64 <= r.context().memory_bytes }
}

handlers! {
    /// `A := Op(memory[B + I])`
    fn load<Op: Load, E: Address, W: Target>(r) {
        let ea = E::effective::<FB>(&r);
        if !inside(&r, ea, size_of::<Op::Raw>()) {
            return trap(r, Trap::MemoryOutOfBounds);
        }
        // V4: checked above for the width of Raw.
        let raw = r.mem.add(ea as usize).cast::<Op::Raw>().read_unaligned();
        W::write(&mut r, Op::extend(raw));
        next::<D>(r, 2)
    }

    /// `memory[A + I] := Op(B)`
    fn store<Op: Store, E: Address, S: Source>(r) {
        let ea = E::effective::<FA>(&r);
        if !inside(&r, ea, size_of::<Op::Raw>()) {
            return trap(r, Trap::MemoryOutOfBounds);
        }
        let raw = Op::narrow(S::read::<Op::In, FB>(&r));
        // V4: checked above for the width of Raw.
        r.mem.add(ea as usize).cast::<Op::Raw>().write_unaligned(raw);
        next::<D>(r, 2)
    }

    /// `A := Op(memory N[B + I])`, N in word 2: memories other than the first.
    fn load_other<Op: Load>(r) {
        let ea = Slot::effective::<FB>(&r);
        let memory = r.context().memory(r.word::<2>() as usize);
        if ea + size_of::<Op::Raw>() as u64 > memory.len_bytes() {
            return trap(r, Trap::MemoryOutOfBounds);
        }
        // V4 for that memory: checked above.
        let raw = memory.base().add(ea as usize).cast::<Op::Raw>().read_unaligned();
        super::operand::ToSlot::write(&mut r, Op::extend(raw));
        next::<D>(r, 3)
    }

    /// `memory N[A + I] := Op(B)`, N in word 2.
    fn store_other<Op: Store>(r) {
        let ea = Slot::effective::<FA>(&r);
        let memory = r.context().memory(r.word::<2>() as usize);
        if ea + size_of::<Op::Raw>() as u64 > memory.len_bytes() {
            return trap(r, Trap::MemoryOutOfBounds);
        }
        let raw = Op::narrow(Slot::read::<Op::In, FB>(&r));
        // V4 for that memory: checked above.
        memory.base().add(ea as usize).cast::<Op::Raw>().write_unaligned(raw);
        next::<D>(r, 3)
    }

    /// `A := pages of memory I`
    fn memory_size(r) {
        let pages = r.context().memory(r.imm_u32() as usize).pages();
        super::operand::ToSlot::write(&mut r, pages as u32);
        next::<D>(r, 2)
    }

    /// `A := memory I grown by B pages: the old size or -1`
    fn memory_grow(r) {
        let delta = u32::load(r.slot::<FB>());
        let old = bulk::grow_memory(r.ctx, r.imm_u32(), delta);
        super::operand::ToSlot::write(&mut r, old);
        r.mem = r.context().memory_base;
        next::<D>(r, 2)
    }

    /// `memory I: A bytes at slot[A] := slot[A+1], slot[A+2] of them`
    fn memory_fill(r) {
        match bulk::fill_memory(r.ctx, r.slot::<FA>(), r.imm_u32()) {
            true => next::<D>(r, 2),
            false => trap(r, Trap::MemoryOutOfBounds),
        }
    }

    /// `memory (I & 0xffff)[slot[A]] := memory (I >> 16)[slot[A+1]], slot[A+2] bytes`
    fn memory_copy(r) {
        match bulk::copy_memory(r.ctx, r.slot::<FA>(), r.imm_u32()) {
            true => next::<D>(r, 2),
            false => trap(r, Trap::MemoryOutOfBounds),
        }
    }

    /// `memory B[slot[A]] := data segment I[slot[A+1]], slot[A+2] bytes`
    fn memory_init(r) {
        match bulk::init_memory(r.ctx, r.slot::<FA>(), r.field::<FB>().into(), r.imm_u32()) {
            true => next::<D>(r, 2),
            false => trap(r, Trap::MemoryOutOfBounds),
        }
    }

    /// Drops data segment I.
    fn data_drop(r) {
        bulk::drop_data(r.ctx, r.imm_u32());
        next::<D>(r, 2)
    }
}
