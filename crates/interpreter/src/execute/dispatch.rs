//! The two dispatchers. Both run the same handler bodies; a handler is
//! instantiated once for each.
//!
//! * [`Tail`]: a handler ends by calling the next one, which an optimised
//!   build compiles to a jump. Nothing in the language promises that, so it is
//!   compiled in only where `build.rs` knows it to hold, and `cargo xtask asm`
//!   looks at the result.
//! * [`Loop`]: a handler stores the registers and returns to a loop that calls
//!   the next one. Works everywhere; the only one in debug builds.

use super::context::{Context, Exit};
use super::registers::{Handler, Registers};

/// How a handler goes on to the instruction at `registers.ip`.
pub(crate) trait Dispatch: 'static {
    /// Executes the instruction at `r.ip`.
    ///
    /// # Safety
    /// V1–V6 hold for `r`.
    unsafe fn jump(r: Registers);

    /// Executes the instruction at `r.ip`, which follows the one just executed.
    ///
    /// # Safety
    /// V1–V6 hold for `r`.
    #[inline(always)]
    unsafe fn next(r: Registers) {
        // SAFETY: as the caller promises.
        unsafe { Self::jump(r) }
    }

    /// Executes the instruction that the branch at `r.ip` leads back to, by its field I.
    ///
    /// # Safety
    /// V1–V6 hold for `r`.
    #[inline(always)]
    unsafe fn back(r: Registers)
    where
        Self: Sized,
    {
        // SAFETY: as the caller promises.
        unsafe { branch::<Self>(r) }
    }

    /// Keeps what a step of a sequence changed, before the next step begins with
    /// these registers as its own.
    ///
    /// # Safety
    /// V3 holds for `r`.
    #[inline(always)]
    unsafe fn keep(_: Registers) {}

    /// Keeps all of these registers, whatever ran since the handler began: a host
    /// function may have called the guest.
    ///
    /// # Safety
    /// V3 holds for `r`.
    #[inline(always)]
    unsafe fn settle(_: Registers) {}
}

/// Tail calls.
#[cfg(fossor_tail)]
pub(crate) struct Tail;

#[cfg(fossor_tail)]
impl Dispatch for Tail {
    #[inline(always)]
    unsafe fn jump(r: Registers) {
        // SAFETY: V2: the first word of an instruction is its handler.
        unsafe {
            let handler = handler_at(r.ip);
            handler(r.ip, r.fp, r.ctx, r.acc, r.mem, r.acc_f64, r.acc_f32);
        }
    }
}

/// A trampoline.
pub(crate) struct Loop;

impl Dispatch for Loop {
    #[inline(always)]
    unsafe fn jump(r: Registers) {
        // SAFETY: as the caller promises.
        unsafe { Self::keep(r) }
    }

    #[inline(always)]
    unsafe fn keep(r: Registers) {
        // SAFETY: V3: the context and its `Execution` are alive; contexts of one
        // store have the same execution.
        let resume = unsafe { &mut (*(*r.ctx).execution).resume };
        let before = r.before;
        resume.ip = r.ip;
        if r.fp != before.fp {
            resume.fp = r.fp;
        }
        if r.ctx != before.ctx {
            resume.ctx = r.ctx;
        }
        if r.acc != before.acc {
            resume.acc = r.acc;
        }
        if r.mem != before.mem {
            resume.mem = r.mem;
        }
        if r.acc_f64.to_bits() != before.acc_f64.to_bits() {
            resume.acc_f64 = r.acc_f64;
        }
        if r.acc_f32.to_bits() != before.acc_f32.to_bits() {
            resume.acc_f32 = r.acc_f32;
        }
    }

    #[inline(always)]
    unsafe fn settle(r: Registers) {
        // SAFETY: V3.
        unsafe { (*(*r.ctx).execution).resume = r }
    }
}

/// Goes on behind an instruction of `words` words.
#[inline(always)]
pub(crate) unsafe fn next<D: Dispatch>(mut r: Registers, words: usize) {
    // SAFETY: V2: translated code never ends without an instruction that jumps.
    unsafe {
        r.ip = r.ip.add(words);
        D::next(r)
    }
}

/// Goes on at the branch target in field I, in bytes from `ip`.
#[inline(always)]
pub(crate) unsafe fn branch<D: Dispatch>(mut r: Registers) {
    // SAFETY: V2: the translator resolved every branch to an instruction of the
    // same function.
    unsafe {
        r.ip = r.ip.byte_offset(r.imm() as isize);
        D::jump(r)
    }
}

/// The handler of the instruction at `ip`.
///
/// # Safety
/// V2 holds for `ip`.
#[inline(always)]
unsafe fn handler_at(ip: *const u64) -> Handler {
    // SAFETY: V2: the first word of an instruction is its handler, whose address was
    // taken as a number when the code was written.
    unsafe {
        let address = ip.read() as usize;
        std::mem::transmute::<*const (), Handler>(std::ptr::with_exposed_provenance(address))
    }
}

/// Runs from `r` until a handler stops.
///
/// # Safety
/// V1–V6 hold for `r`; `tail` only where that dispatcher's code was chosen.
pub(crate) unsafe fn run(r: Registers, tail: bool) {
    let execution = {
        // SAFETY: V3.
        let ctx: &Context = unsafe { &*r.ctx };
        ctx.execution
    };
    // SAFETY: V2, V3.
    unsafe {
        #[cfg(fossor_tail)]
        if tail {
            return Tail::jump(r);
        }
        debug_assert!(!tail);
        (*execution).resume = r;
        while let Exit::Running = (*execution).exit {
            let r = (*execution).resume;
            let handler = handler_at(r.ip);
            handler(r.ip, r.fp, r.ctx, r.acc, r.mem, r.acc_f64, r.acc_f32);
        }
    }
}
