//! Paying for operators: `translate/fuel.rs` says where, and how much.
//!
//! What cannot pay has done nothing that doing it again would not do alike, and is
//! executed again if there is more.
//!
//! The fuel is given out in portions, and between them the stop flag is looked at: every
//! loop and every call pays, so with fuel no branch need look at it.

use super::call::{Entry, enter};
use super::context::{Context, Execution, Exit, FuncEntry};
use super::control::note_pause;
use super::dispatch::{branch, next};
use super::go;
use super::registers::{FA, FB, FC, Registers, handlers};
use super::sample;
use fossor_host::Trap;
use std::sync::atomic::Ordering;

/// No length is dearer: nothing has 64 GiB, and whoever asks for more is to trap, not to
/// be given portion after portion of all the fuel there is.
const MAX_PRICE: u64 = 1 << 30;

/// Takes `price`; `false`: there was not so much, which `pause` makes good.
#[inline(always)]
unsafe fn pay(r: &Registers, price: u64) -> bool {
    // SAFETY: V3.
    unsafe {
        // In memory, by one instruction that also tells.
        let fuel = &mut (*r.ctx).fuel;
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
        let fuel = &mut (*ctx).fuel;
        *fuel = fuel.wrapping_add(price);
        (*(*ctx).execution).unpaid = price;
        note_pause(ip, fp, ctx, acc, mem, Exit::Unpaid, acc_f64, acc_f32);
    }
}

/// Gives out the next portion, and has the sampler look, if there is one; `false`: the
/// run has ended.
pub(super) unsafe fn refill(execution: *mut Execution) -> bool {
    // SAFETY: V3.
    unsafe {
        if (*execution).interrupt.reason().is_some() {
            // What led here was executed.
            let store = &mut *(*execution).store;
            store.set_fuel(store.fuel().saturating_sub((*execution).unpaid));
            (*execution).exit = Exit::Trap(Trap::Interrupted);
            return false;
        }
        if (*execution).fuel_kept == 0 {
            (*execution).exit = Exit::Trap(Trap::OutOfFuel);
            return false;
        }
        sample::take(execution);
        let kept = (*execution).fuel_kept;
        // What was left of the last portion was too little for a block.
        let rest = (*execution).fuel;
        let portion = (*execution).keep_fuel(kept);
        (*execution).fuel = rest.saturating_add(portion);
        true
    }
}

impl Execution {
    /// Operators between two looks at the stop flag.
    const PORTION: u64 = 50_000;

    /// Keeps fuel back; returns the first portion.
    pub fn keep_fuel(&mut self, fuel: u64) -> u64 {
        let sampler = self.sampler.as_ref();
        let interval = sampler.map_or(Self::PORTION, |sampler| sampler.interval());
        let portion = fuel.min(interval);
        self.fuel_kept = fuel - portion;
        portion
    }

    /// Before the guest goes on after something that may have taken long: if the stop
    /// flag is set, whoever pays next looks at it.
    pub fn heed_interrupt(&mut self) {
        if self.interrupt.reason().is_some() {
            let fuel = std::mem::take(&mut self.fuel);
            self.fuel_kept = self.fuel_kept.saturating_add(fuel);
        }
    }
}

/// Behind an operator that may have taken long, as much as all those of a portion
/// together: if the guest must stop, whoever pays next looks at the flag.
#[inline(always)]
pub(super) unsafe fn heed_brake(ctx: *mut Context) {
    // SAFETY: V3.
    unsafe {
        if (*ctx).stack_limit.load(Ordering::Relaxed).is_null() {
            let execution = &mut *(*ctx).execution;
            let fuel = std::mem::take(&mut (*ctx).fuel);
            execution.fuel_kept = execution.fuel_kept.saturating_add(fuel);
        }
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

    /// Pays for a length, which is in slot A and has 64 bits if B is not 0: one for each
    /// 2^C.
    fn pay_for_length(r) {
        let slot = r.slot::<FA>();
        let length = match r.field::<FB>() {
            0 => slot.read() as u32 as u64,
            _ => slot.read(),
        };
        let price = (length >> r.field::<FC>()).min(MAX_PRICE);
        if !pay(&r, price) {
            return pause(r, price);
        }
        next::<D>(r, 2)
    }

    /// Pays A and B, 32 bits together; `goto I`
    fn pay_and_jump(r) {
        let price = (r.word::<1>() as u32).into();
        if !pay(&r, price) {
            return pause(r, price);
        }
        branch::<D>(r)
    }

    /// `A := B, a constant`; pays word 2; `goto I`
    fn set_pay_and_jump(r) {
        r.slot::<FA>().write(r.field::<FB>().into());
        let price = r.word::<2>();
        if !pay(&r, price) {
            return pause(r, price);
        }
        branch::<D>(r)
    }

    /// Pays B; calls the function of this instance whose entry is in word 2, its
    /// arguments from slot A.
    fn pay_and_call(r) {
        let price = r.field::<FB>().into();
        if !pay(&r, price) {
            return pause(r, price);
        }
        let code = (*(r.word::<2>() as *const FuncEntry)).code();
        enter::<D>(r, code, Entry::Start, r.slot::<FA>(), r.ip.add(3), r.fp)
    }

    /// Pays B; calls the function whose entry is in word 2 with the argument 0, at
    /// slot A: what is left of `push_return_and_call` behind the price.
    fn call_with_zero(r) {
        let price = r.field::<FB>().into();
        if !pay(&r, price) {
            return pause(r, price);
        }
        go::call_with_zero::<D>(r, r.word::<2>(), r.slot::<FA>(), r.ip.add(3))
    }
}
