//! Structures, arrays and casts.
//!
//! Only what is a load or a store has a handler of its own; the rest is one
//! handler that calls the function in its word 2 (`objects.rs`), since each
//! handler costs every start of the runner.

use super::context::Context;
use super::control::trap;
use super::dispatch::next;
use super::fuel;
use super::operand::{Target, ToSlot};
use super::registers::{FA, FB, FC, handlers};
use fossor_host::Trap;

/// What an [`outlined`] instruction does: reads its operands at `ip`, its slots
/// at `fp`; a trap, or none.
pub(crate) type Outlined =
    unsafe fn(ctx: *mut Context, fp: *mut u64, ip: *const u64) -> Option<Trap>;

/// Words of an [`outlined`] instruction: the handler, fields, the function, and
/// one more operand.
pub(crate) const OUTLINED_WORDS: usize = 4;

/// Calls the function in word 2. Apart from the handlers, so that these have no
/// call of which `cargo xtask asm` could not tell whether it is a lost jump.
#[inline(never)]
unsafe fn run(ctx: *mut Context, fp: *mut u64, ip: *const u64) -> Option<Trap> {
    // SAFETY: V2: the translator put the function there.
    unsafe {
        let function = std::ptr::with_exposed_provenance(ip.add(2).read() as usize);
        let function = std::mem::transmute::<*const (), Outlined>(function);
        let trap = function(ctx, fp, ip);
        // Arrays may be large, and allocating may collect.
        fuel::heed_brake(ctx);
        trap
    }
}

handlers! {
    /// Calls the function in word 2; the accumulator is left alone.
    fn outlined(r) {
        match run(r.ctx, r.fp, r.ip) {
            None => next::<D>(r, OUTLINED_WORDS),
            Some(reason) => trap(r, reason),
        }
    }

    /// Calls the function in word 2, which writes its result to A.
    fn outlined_result(r) {
        match run(r.ctx, r.fp, r.ip) {
            None => {
                r.acc = r.slot::<FA>().read();
                next::<D>(r, OUTLINED_WORDS)
            }
            Some(reason) => trap(r, reason),
        }
    }

    /// `A := word C of structure B`
    fn struct_get(r) {
        let object = r.slot::<FB>().read();
        let heap = &(*r.context().execution).heap;
        match heap.field(object, r.field::<FC>().into()) {
            Some(value) => {
                ToSlot::write(&mut r, value);
                next::<D>(r, 2)
            }
            None => trap(r, Trap::NullStructReference),
        }
    }

    /// `word C of structure A := B`, which is no reference of the heap.
    fn struct_set(r) {
        let object = r.slot::<FA>().read();
        let heap = &mut (*r.context().execution).heap;
        match heap.set_field(object, r.field::<FC>().into(), r.slot::<FB>().read()) {
            Some(()) => next::<D>(r, 2),
            None => trap(r, Trap::NullStructReference),
        }
    }
}
