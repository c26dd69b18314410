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

/// Where `width` bytes of any memory begin, if they lie in it. The field
/// `OFFSET` names the address's slot, I the memory as [`any_memory`] makes it,
/// word 2 the offset.
#[inline(always)]
pub(super) unsafe fn place<const OFFSET: usize>(r: &Registers, width: usize) -> Option<*mut u8> {
    // SAFETY: V1, V2, V6. V4: neither addition overflows, and what begins at the
    // place ends at or before the memory's length.
    unsafe {
        let named = r.imm();
        let mask = (named >> 31) as u64 | u64::from(u32::MAX);
        let address = r.slot::<OFFSET>().read() & mask;
        let start = address.checked_add(r.word::<2>())?;
        let end = start.checked_add(width as u64)?;
        let memory = r.context().memory((named & i32::MAX) as usize);
        (end <= memory.len_bytes()).then(|| memory.base().add(start as usize))
    }
}

/// A memory as [`place`] takes it: the highest bit says that its addresses have
/// 64 bits.
pub(crate) fn any_memory(index: u32, index64: bool) -> u32 {
    index | u32::from(index64) << 31
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

    /// `A := Op(memory I[B + word 2])`: memories other than the first, and those
    /// with 64-bit addresses.
    fn load_other<Op: Load>(r) {
        let Some(from) = place::<FB>(&r, size_of::<Op::Raw>()) else {
            return trap(r, Trap::MemoryOutOfBounds);
        };
        // V4 for that memory: `place`.
        let raw = from.cast::<Op::Raw>().read_unaligned();
        super::operand::ToSlot::write(&mut r, Op::extend(raw));
        next::<D>(r, 3)
    }

    /// `memory I[A + word 2] := Op(B)`, as `load_other`.
    fn store_other<Op: Store>(r) {
        let Some(to) = place::<FA>(&r, size_of::<Op::Raw>()) else {
            return trap(r, Trap::MemoryOutOfBounds);
        };
        let raw = Op::narrow(Slot::read::<Op::In, FB>(&r));
        // V4 for that memory: `place`.
        to.cast::<Op::Raw>().write_unaligned(raw);
        next::<D>(r, 3)
    }

    /// `A := pages of memory I`
    fn memory_size(r) {
        let pages = r.context().memory(r.imm_u32() as usize).pages();
        super::operand::ToSlot::write(&mut r, pages);
        next::<D>(r, 2)
    }

    /// `A := memory I grown by B pages: the old size or -1`
    fn memory_grow(r) {
        let delta = r.slot::<FB>().read();
        let old = bulk::grow_memory(r.ctx, r.imm_u32(), delta);
        super::operand::ToSlot::write(&mut r, old);
        r.mem = r.context().memory_base;
        next::<D>(r, 2)
    }

    /// `memory I: bytes at slot[A] := slot[A+1], slot[A+2] of them`
    fn memory_fill(r) {
        match bulk::fill_memory(r.ctx, r.slot::<FA>(), r.imm_u32()) {
            true => next::<D>(r, 2),
            false => trap(r, Trap::MemoryOutOfBounds),
        }
    }

    /// `memory (I & 0xffff)[slot[A]] := memory (I >> 16)[slot[A+1]], slot[A+2] bytes`.
    /// Unless both are 0, their addresses are as wide as their types say.
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
