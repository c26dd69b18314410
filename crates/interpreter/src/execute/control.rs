//! Branches, constants and copies, and how execution stops.

use super::context::{Context, Exit};
use super::dispatch::{Dispatch, branch, next};
use super::operand::{Cell, Source, Target};
use super::registers::{FA, FB, FC, FD, Registers, handlers};
use fossor_host::Trap;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering, fence};

/// Ends the run with a trap at the current instruction.
#[inline(always)]
pub(crate) unsafe fn trap(r: Registers, reason: Trap) {
    // SAFETY: V3.
    unsafe { stop(r, Exit::Trap(reason)) }
}

/// Ends the run: notes why and where, and returns to the driver.
#[inline(always)]
pub(crate) unsafe fn stop(r: Registers, exit: Exit) {
    // Scalars, not `r` itself: a struct this large would be passed by address,
    // and a handler that takes an address loses its tail call.
    // SAFETY: V3.
    unsafe { note_stop(r.ip, r.fp, r.ctx, exit) }
}

#[cold]
#[inline(never)]
unsafe fn note_stop(ip: *const u64, fp: *mut u64, ctx: *mut Context, exit: Exit) {
    // SAFETY: V3.
    unsafe {
        let execution = &mut *(*ctx).execution;
        execution.exit = match exit {
            Exit::Trap(Trap::StackExhausted) => Exit::Trap(execution.why_no_room()),
            other => other,
        };
        execution.resume.ip = ip;
        execution.resume.fp = fp;
        execution.resume.ctx = ctx;
    }
}

/// Ends the run at the current instruction, from which it may go on: all registers
/// are kept.
#[inline(always)]
unsafe fn pause(r: Registers, exit: Exit) {
    // Scalars, as in `stop`. A handler that traps after a calculation would have
    // to save them for this.
    // SAFETY: V3.
    unsafe { note_pause(r.ip, r.fp, r.ctx, r.acc, r.mem, exit, r.acc_f64, r.acc_f32) }
}

/// Notes how a run ended, and its registers.
#[cold]
#[inline(never)]
#[allow(
    clippy::too_many_arguments,
    reason = "all in registers, and but one where they are"
)]
pub(super) unsafe fn note_pause(
    ip: *const u64,
    fp: *mut u64,
    ctx: *mut Context,
    acc: u64,
    mem: *mut u8,
    exit: Exit,
    acc_f64: f64,
    acc_f32: f32,
) {
    // SAFETY: V3.
    unsafe {
        let execution = &mut *(*ctx).execution;
        execution.exit = exit;
        execution.resume = Registers::new(ip, fp, ctx, acc, mem, acc_f64, acc_f32);
    }
}

/// Copies slots in ascending order: `to` lies below `from`, or apart. Three
/// values in the loop and one on its way, as there are four free registers.
#[inline(always)]
pub(super) unsafe fn copy_slots(mut to: *mut u64, from: *const u64, count: usize) {
    // SAFETY: V1, as the caller says for both; all slots are of one stack.
    unsafe {
        let end = to.add(count);
        let distance = from.byte_offset_from(to);
        while to != end {
            to.write(to.byte_offset(distance).read());
            to = to.add(1);
            stay_a_loop();
        }
    }
}

/// In the body of a short loop: keeps the compiler from making it a call of
/// `memmove` or `memset`, or from unrolling it. Either would make the handler
/// save registers.
#[inline(always)]
pub(super) fn stay_a_loop() {
    std::hint::black_box(());
}

/// Whether the guest must stop; the trap is `StackExhausted`, which [`stop`] knows to be
/// an interrupt then.
#[inline(always)]
pub(super) unsafe fn must_stop(r: &Registers) -> bool {
    // SAFETY: V3. A frame that is running ends before the limit.
    unsafe { no_room(r, r.fp) }
}

/// Whether a frame that ends at `end` does not fit the stack, or the guest must stop.
///
/// On x86-64 the comparison is spelled out: the compiler loads an atomic by an
/// instruction of its own, for which calls would have to save a register.
#[inline(always)]
pub(super) unsafe fn no_room(r: &Registers, end: *const u64) -> bool {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    // SAFETY: V3: reads the limit.
    unsafe {
        std::arch::asm!(
            "cmp qword ptr [{ctx} + {limit}], {end}",
            "jb {beyond}",
            ctx = in(reg) r.ctx,
            limit = const std::mem::offset_of!(Context, stack_limit),
            end = in(reg) end,
            beyond = label { return true },
            // Not `readonly`: what is read behind it should be read behind it, when
            // registers are free again.
            options(nostack),
        );
        false
    }
    #[cfg(not(all(target_arch = "x86_64", not(miri))))]
    // SAFETY: V3.
    unsafe {
        end > (*r.ctx).stack_limit.load(Ordering::Relaxed).cast_const()
    }
}

impl super::context::Execution {
    /// Why a frame did not fit: the stack is at its end, or the guest must stop.
    fn why_no_room(&self) -> Trap {
        // Whoever wrote the limit had set the flag before.
        fence(Ordering::Acquire);
        match self.interrupt.reason() {
            Some(_) => Trap::Interrupted,
            None => Trap::StackExhausted,
        }
    }
}

/// Whether a branch goes back, and so must look whether to stop.
pub(crate) trait Direction: 'static {
    unsafe fn branch<D: Dispatch>(r: Registers);
}

/// To a later instruction.
pub(crate) struct Forward;
/// To an earlier one.
pub(crate) struct Backward;

impl Direction for Forward {
    #[inline(always)]
    unsafe fn branch<D: Dispatch>(r: Registers) {
        // SAFETY: V2.
        unsafe { branch::<D>(r) }
    }
}

impl Direction for Backward {
    #[inline(always)]
    unsafe fn branch<D: Dispatch>(r: Registers) {
        // SAFETY: V2, V3.
        unsafe {
            if must_stop(&r) {
                return trap(r, Trap::StackExhausted);
            }
            D::back(r)
        }
    }
}

handlers! {
    /// Traps.
    fn unreachable(r) {
        trap(r, Trap::Unreachable)
    }

    /// Ends a run: the bottom frame returns here.
    fn halt(r) {
        stop(r, Exit::Returned)
    }

    /// `goto I`
    fn jump<V: Direction>(r) {
        V::branch::<D>(r)
    }

    /// `if A != 0 goto I`
    fn branch_if<S: Source, V: Direction>(r) {
        if S::read::<u32, FA>(&r) != 0 {
            V::branch::<D>(r)
        } else {
            next::<D>(r, 2)
        }
    }

    /// `if A == 0 goto I`
    fn branch_unless<S: Source, V: Direction>(r) {
        if S::read::<u32, FA>(&r) == 0 {
            V::branch::<D>(r)
        } else {
            next::<D>(r, 2)
        }
    }

    /// `goto target[min(A, I)]`; the targets are i32 in bytes from `ip`, from
    /// word 2 on, the default last.
    fn branch_table<S: Source>(r) {
        let index = S::read::<u32, FA>(&r).min(r.imm_u32());
        if must_stop(&r) {
            return trap(r, Trap::StackExhausted);
        }
        let offset = r.ip.add(2).cast::<i32>().add(index as usize).read();
        r.ip = r.ip.byte_offset(offset as isize);
        D::jump(r)
    }

    /// `A := B`
    fn copy(r) {
        r.slot::<FA>().write(r.slot::<FB>().read());
        next::<D>(r, 2)
    }

    /// `A := B; C := D`
    fn copy_two(r) {
        r.slot::<FA>().write(r.slot::<FB>().read());
        r.slot::<FC>().write(r.slot::<FD>().read());
        next::<D>(r, 2)
    }

    /// `A := B`, two slots.
    fn copy_wide(r) {
        let value = super::operand::load_v128(r.slot::<FB>());
        super::operand::store_v128(value, r.slot::<FA>());
        next::<D>(r, 2)
    }

    /// `A.. := B..`, I slots, in ascending order (A below B, or apart).
    fn copy_many(r) {
        copy_slots(r.slot::<FA>(), r.slot::<FB>(), r.imm_u32() as usize);
        next::<D>(r, 2)
    }

    /// `A := I`, sign-extended to 64 bits.
    fn const32(r) {
        r.slot::<FA>().write(r.imm() as i64 as u64);
        next::<D>(r, 2)
    }

    /// `A := word 2`
    fn const64(r) {
        r.slot::<FA>().write(r.word::<2>());
        next::<D>(r, 3)
    }

    /// `A := words 2, 3`, two slots.
    fn const128(r) {
        super::operand::store_v128(super::operand::load_v128(r.ip.add(2)), r.slot::<FA>());
        next::<D>(r, 4)
    }

    /// `A := if B { C } else { D }`
    fn select<T: Cell, S: Source, W: Target>(r) {
        let (yes, no) = (T::load(r.slot::<FC>()), T::load(r.slot::<FD>()));
        let value = if S::read::<u32, FB>(&r) != 0 { yes } else { no };
        W::write(&mut r, value);
        next::<D>(r, 2)
    }

    /// As `select`, two slots.
    fn select_wide(r) {
        let from = if u32::load(r.slot::<FB>()) != 0 { r.slot::<FC>() } else { r.slot::<FD>() };
        super::operand::store_v128(super::operand::load_v128(from), r.slot::<FA>());
        next::<D>(r, 2)
    }

    /// `A := global`, I bytes from the context.
    fn global_get<T: Cell, W: Target>(r) {
        let value = T::load(r.ctx.byte_add(r.imm_u32() as usize).cast());
        W::write(&mut r, value);
        next::<D>(r, 2)
    }

    /// `global := A`, I bytes from the context.
    fn global_set<T: Cell, S: Source>(r) {
        let value = S::read::<T, FA>(&r);
        value.store(r.ctx.byte_add(r.imm_u32() as usize).cast());
        next::<D>(r, 2)
    }

    /// `A := imported global I`, both slots of it.
    fn global_get_import(r) {
        let from = r.context().imported_global(r.imm_u32() as usize);
        r.slot::<FA>().write(from.read());
        next::<D>(r, 2)
    }

    /// `imported global I := A`
    fn global_set_import(r) {
        let to = r.context().imported_global(r.imm_u32() as usize);
        to.write(r.slot::<FA>().read());
        next::<D>(r, 2)
    }

    /// `A := imported global I`, two slots.
    fn global_get_import_wide(r) {
        let from = r.context().imported_global(r.imm_u32() as usize);
        super::operand::store_v128(super::operand::load_v128(from), r.slot::<FA>());
        next::<D>(r, 2)
    }

    /// `imported global I := A`, two slots.
    fn global_set_import_wide(r) {
        let to = r.context().imported_global(r.imm_u32() as usize);
        super::operand::store_v128(super::operand::load_v128(r.slot::<FA>()), to);
        next::<D>(r, 2)
    }

    /// `A := own global`, I bytes from the context, two slots.
    fn global_get_wide(r) {
        let from = r.ctx.byte_add(r.imm_u32() as usize).cast();
        super::operand::store_v128(super::operand::load_v128(from), r.slot::<FA>());
        next::<D>(r, 2)
    }

    /// `own global := A`, two slots.
    fn global_set_wide(r) {
        let to = r.ctx.byte_add(r.imm_u32() as usize).cast();
        super::operand::store_v128(super::operand::load_v128(r.slot::<FA>()), to);
        next::<D>(r, 2)
    }

    /// Before the operator at the byte offset I, for a debugger: counts it, and
    /// pauses if it is the one that was asked for or the byte at word 2 is set.
    fn step(r) {
        let execution = &mut *r.context().execution;
        let is_break = (*(r.word::<2>() as *const AtomicU8)).load(Ordering::Relaxed) != 0;
        if is_break || execution.steps == execution.stop_at {
            return pause(r, Exit::Paused);
        }
        execution.steps += 1;
        next::<D>(r, super::debug::STEP_WORDS)
    }

    /// Counts, in the counter at word 2, that the block that follows is
    /// executed.
    fn count(r) {
        let counter = &*(r.word::<2>() as *const AtomicU64);
        counter.fetch_add(1, Ordering::Relaxed);
        next::<D>(r, 3)
    }
}
