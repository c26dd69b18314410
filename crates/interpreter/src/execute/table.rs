//! Table instructions and references.

use super::bulk;
use super::context::FuncRef;
use super::control::trap;
use super::dispatch::next;
use super::operand::{Cell, Target, ToSlot};
use super::registers::{FA, FB, handlers};
use fossor_host::Trap;

handlers! {
    /// `A := reference to function I`, one of the instance's own.
    fn ref_func(r) {
        let func: *const FuncRef = r.context().func(r.imm_u32() as usize);
        ToSlot::write(&mut r, func as u64);
        next::<D>(r, 2)
    }

    /// `A := reference to imported function I`: the one that was given, not the copy
    /// of it that calls go by.
    fn ref_imported_func(r) {
        let func = bulk::imported_func(r.ctx, r.imm_u32());
        ToSlot::write(&mut r, func);
        next::<D>(r, 2)
    }

    /// Traps if A is null.
    fn ref_as_non_null(r) {
        match r.slot::<FA>().read() {
            0 => trap(r, Trap::NullReference),
            _ => next::<D>(r, 2),
        }
    }

    /// Traps unless the 64-bit index A is below 2^32, as those of all elements
    /// are; with the reason `call_indirect` has if B is 1.
    fn table_index(r) {
        match r.slot::<FA>().read() >> 32 {
            0 => next::<D>(r, 2),
            _ if r.field::<FB>() == 1 => trap(r, Trap::UndefinedElement),
            _ => trap(r, Trap::TableOutOfBounds),
        }
    }

    /// `A := table I[B]`
    fn table_get(r) {
        let index = u32::load(r.slot::<FB>());
        match r.context().table(r.imm_u32() as usize).get(index.into()) {
            Some(value) => {
                ToSlot::write(&mut r, value);
                next::<D>(r, 2)
            }
            None => trap(r, Trap::TableOutOfBounds),
        }
    }

    /// `table I[A] := B`
    fn table_set(r) {
        let index = u32::load(r.slot::<FA>());
        let value = r.slot::<FB>().read();
        match bulk::set_table(r.ctx, r.imm_u32(), index, value) {
            true => next::<D>(r, 2),
            false => trap(r, Trap::TableOutOfBounds),
        }
    }

    /// `A := elements of table I`
    fn table_size(r) {
        let size = r.context().table(r.imm_u32() as usize).elements.len() as u64;
        ToSlot::write(&mut r, size);
        next::<D>(r, 2)
    }

    /// `A := table I grown by C elements of value B: the old size or -1`
    fn table_grow(r) {
        let (value, delta) = (r.slot::<FB>().read(), r.slot::<FB>().add(1).read());
        let old = bulk::grow_table(r.ctx, r.imm_u32(), delta, value);
        ToSlot::write(&mut r, old);
        next::<D>(r, 2)
    }

    /// `table I: slot[A+2] elements at slot[A] := slot[A+1]`
    fn table_fill(r) {
        match bulk::fill_table(r.ctx, r.slot::<FA>(), r.imm_u32()) {
            true => next::<D>(r, 2),
            false => trap(r, Trap::TableOutOfBounds),
        }
    }

    /// `table I[slot[A]] := table word 2[slot[A+1]], slot[A+2] elements`
    fn table_copy(r) {
        match bulk::copy_table(r.ctx, r.slot::<FA>(), r.imm_u32(), r.word::<2>() as u32) {
            true => next::<D>(r, 3),
            false => trap(r, Trap::TableOutOfBounds),
        }
    }

    /// `table I[slot[A]] := element segment word 2[slot[A+1]], slot[A+2] elements`
    fn table_init(r) {
        match bulk::init_table(r.ctx, r.slot::<FA>(), r.imm_u32(), r.word::<2>() as u32) {
            true => next::<D>(r, 3),
            false => trap(r, Trap::TableOutOfBounds),
        }
    }

    /// Drops element segment I.
    fn elem_drop(r) {
        bulk::drop_elements(r.ctx, r.imm_u32());
        next::<D>(r, 2)
    }
}
