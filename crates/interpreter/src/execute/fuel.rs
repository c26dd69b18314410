//! Paying for operators: `translate/fuel.rs` says where, and how much.
//!
//! What cannot pay has done nothing that doing it again would not do alike, and is
//! executed again if there is more.

use super::context::{Context, Exit};
use super::control::{Direction, note_pause, trap};
use super::dispatch::next;
use super::go;
use super::registers::{FA, FB, Registers, handlers};
use fossor_host::Trap;

/// Takes `price`; `false`: there was not so much, which `pause` makes good.
#[inline(always)]
unsafe fn pay(r: &Registers, price: u64) -> bool {
    // SAFETY: V3.
    unsafe {
        // In memory, by one instruction that also tells.
        let fuel = &mut (*r.context().execution).fuel;
        let (rest, short) = fuel.overflowing_sub(price);
        *fuel = rest;
        !short
    }
}

/// Gives the price back and ends the run at the current instruction, from which it
/// may go on: all registers are kept.
#[inline(always)]
unsafe fn pause(r: Registers, price: u64) {
    // Scalars, as in `stop`.
    // SAFETY: V3.
    unsafe { note_short(r.ip, r.fp, r.ctx, r.acc, r.mem, price, r.acc_f64, r.acc_f32) }
}

#[cold]
#[inline(never)]
#[allow(
    clippy::too_many_arguments,
    reason = "all in registers, where they are"
)]
unsafe fn note_short(
    ip: *const u64,
    fp: *mut u64,
    ctx: *mut Context,
    acc: u64,
    mem: *mut u8,
    price: u64,
    acc_f64: f64,
    acc_f32: f32,
) {
    // SAFETY: V3.
    unsafe {
        let fuel = &mut (*(*ctx).execution).fuel;
        *fuel = fuel.wrapping_add(price);
        let exit = Exit::Trap(Trap::OutOfFuel);
        note_pause(ip, fp, ctx, acc, mem, exit, acc_f64, acc_f32);
    }
}

handlers! {
    /// Pays I.
    fn fuel(r) {
        let price = r.imm_u32().into();
        if !pay(&r, price) {
            return pause(r, price);
        }
        next::<D>(r, 2)
    }

    /// Pays A and B, 32 bits together; `goto I`
    fn pay_and_jump<V: Direction>(r) {
        let price = (r.word::<1>() as u32).into();
        if !pay(&r, price) {
            return pause(r, price);
        }
        V::branch::<D>(r)
    }

    /// `A := B, a constant`; pays word 2; `goto I`
    fn set_pay_and_jump<V: Direction>(r) {
        r.slot::<FA>().write(r.field::<FB>().into());
        let price = r.word::<2>();
        if !pay(&r, price) {
            return pause(r, price);
        }
        V::branch::<D>(r)
    }

    /// Calls the function whose entry is in word 2 with the argument 0, at slot A:
    /// what is left of `push_return_and_call` behind the price.
    fn call_with_zero(r) {
        if r.context().interrupted() {
            return trap(r, Trap::Interrupted);
        }
        go::call_with_zero::<D>(r, r.word::<2>(), r.slot::<FA>(), r.ip.add(3))
    }
}
