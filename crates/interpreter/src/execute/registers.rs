//! The interpreter's registers: what every handler receives and passes on.
//!
//! | register | x86-64 | holds |
//! | --- | --- | --- |
//! | `ip` | rdi | the current instruction: its handler, then its operands |
//! | `fp` | rsi | slot 0 of the current frame |
//! | `ctx` | rdx | the current instance's [`Context`] |
//! | `acc` | rcx | the integer accumulator: the result of the last integer instruction |
//! | `mem` | r8 | first byte of memory 0 |
//! | `acc_f64` | xmm0 | the `f64` accumulator |
//! | `acc_f32` | xmm1 | the `f32` accumulator |
//!
//! Five integer registers of six: the sixth is left for a pinned local. A
//! seventh would go to the native stack, and with it every tail call would be
//! lost (measured; see `docs/decisions/dispatch.md`). `acc` is in rcx since a
//! shift count must be there anyway.

use super::context::Context;

/// A handler: executes the instruction at `ip`, then goes on.
///
/// # Safety
/// The arguments fulfil the invariants V1–V6 of [`super`].
#[cfg(target_arch = "x86_64")]
pub(crate) type Handler =
    unsafe extern "sysv64" fn(*const u64, *mut u64, *mut Context, u64, *mut u8, f64, f32);
/// A handler: executes the instruction at `ip`, then goes on.
///
/// # Safety
/// The arguments fulfil the invariants V1–V6 of [`super`].
#[cfg(not(target_arch = "x86_64"))]
pub(crate) type Handler =
    unsafe extern "C" fn(*const u64, *mut u64, *mut Context, u64, *mut u8, f64, f32);

/// The registers as one value. Handlers take them apart at once; the compiler
/// keeps them in CPU registers as long as no address of a `Registers` is taken.
#[derive(Clone, Copy)]
pub(crate) struct Registers {
    pub ip: *const u64,
    pub fp: *mut u64,
    pub ctx: *mut Context,
    pub acc: u64,
    pub mem: *mut u8,
    pub acc_f64: f64,
    pub acc_f32: f32,
    /// As they were when the handler began. The loop writes back only what is
    /// different, which the compiler nearly always knows; nothing is left of this
    /// with tail calls.
    pub before: Before,
}

/// What of the registers the loop need not write back if it is the same.
#[derive(Clone, Copy)]
pub(crate) struct Before {
    pub fp: *mut u64,
    pub ctx: *mut Context,
    pub acc: u64,
    pub mem: *mut u8,
    pub acc_f64: f64,
    pub acc_f32: f32,
}

impl Registers {
    /// The registers when a handler begins, or a run.
    #[inline(always)]
    pub fn new(
        ip: *const u64,
        fp: *mut u64,
        ctx: *mut Context,
        acc: u64,
        mem: *mut u8,
        acc_f64: f64,
        acc_f32: f32,
    ) -> Self {
        Self {
            ip,
            fp,
            ctx,
            acc,
            mem,
            acc_f64,
            acc_f32,
            before: Before {
                fp,
                ctx,
                acc,
                mem,
                acc_f64,
                acc_f32,
            },
        }
    }
}

/// Defines handlers: functions over `Registers` and a dispatcher `D`.
///
/// The body sees `$r`, a `mut Registers`, and ends by `next::<D, WORDS>($r)`,
/// `jump::<D>($r)` or `stop`. It must not keep a value with drop glue alive at
/// that point, nor take an address of a local, else the tail call is lost.
macro_rules! handlers {
    ($($(#[$meta:meta])* fn $name:ident $(<$($g:ident $(: $bound:path)? ),*>)? ($r:ident) $body:block)*) => {$(
        $(#[$meta])*
        #[cfg(target_arch = "x86_64")]
        pub(crate) unsafe extern "sysv64" fn $name<D: crate::execute::dispatch::Dispatch $($(, $g $(: $bound)?)*)?>(
            ip: *const u64, fp: *mut u64, ctx: *mut crate::execute::context::Context,
            acc: u64, mem: *mut u8, acc_f64: f64, acc_f32: f32,
        ) {
            #[cfg(feature = "count")]
            crate::count::executed(ip, stringify!($name), std::any::type_name::<($($($g,)*)?)>());
            #[allow(unused_mut)]
            let mut $r = crate::execute::registers::Registers::new(ip, fp, ctx, acc, mem, acc_f64, acc_f32);
            // SAFETY: V1-V6, which the caller of a handler promises; the body
            // says where it relies on more.
            unsafe { $body }
        }
        $(#[$meta])*
        #[cfg(not(target_arch = "x86_64"))]
        pub(crate) unsafe extern "C" fn $name<D: crate::execute::dispatch::Dispatch $($(, $g $(: $bound)?)*)?>(
            ip: *const u64, fp: *mut u64, ctx: *mut crate::execute::context::Context,
            acc: u64, mem: *mut u8, acc_f64: f64, acc_f32: f32,
        ) {
            #[cfg(feature = "count")]
            crate::count::executed(ip, stringify!($name), std::any::type_name::<($($($g,)*)?)>());
            #[allow(unused_mut)]
            let mut $r = crate::execute::registers::Registers::new(ip, fp, ctx, acc, mem, acc_f64, acc_f32);
            // SAFETY: V1-V6, which the caller of a handler promises; the body
            // says where it relies on more.
            unsafe { $body }
        }
    )*};
}
pub(crate) use handlers;

// Operand fields of an instruction, as byte offsets from `ip`:
//
//   0        8     10    12    14    16       24
//   | handler | A   | B   | C   | D   | word 2 |
//                         | I: i32    |
//
// Results go to the slot in A; see `translate/emit.rs` for who writes what.
impl Registers {
    /// The 16-bit field at byte `OFFSET`.
    #[inline(always)]
    pub unsafe fn field<const OFFSET: usize>(&self) -> u16 {
        // SAFETY: V2, an instruction has at least two words.
        unsafe { self.ip.cast::<u8>().add(OFFSET).cast::<u16>().read() }
    }

    /// The signed 32-bit field I.
    #[inline(always)]
    pub unsafe fn imm(&self) -> i32 {
        // SAFETY: V2.
        unsafe { self.ip.cast::<u8>().add(12).cast::<i32>().read() }
    }

    /// The unsigned 32-bit field I.
    #[inline(always)]
    pub unsafe fn imm_u32(&self) -> u32 {
        // SAFETY: V2.
        unsafe { self.imm() as u32 }
    }

    /// Word `N` of the instruction.
    #[inline(always)]
    pub unsafe fn word<const N: usize>(&self) -> u64 {
        // SAFETY: V2; the translator emitted the words that the handler reads.
        unsafe { self.ip.add(N).read() }
    }

    /// Address of the slot that the field at byte `OFFSET` names.
    #[inline(always)]
    pub unsafe fn slot<const OFFSET: usize>(&self) -> *mut u64 {
        // SAFETY: V1, and V3 for the context.
        unsafe {
            let slot = self.fp.add(self.field::<OFFSET>() as usize);
            debug_assert!(
                self.fp <= slot && slot < (*self.context().execution).stack_end(),
                "an operand lies outside of the value stack"
            );
            slot
        }
    }

    /// The context.
    #[inline(always)]
    pub unsafe fn context(&self) -> &Context {
        // SAFETY: V3.
        unsafe { &*self.ctx }
    }
}

/// Byte offset of field A: the result's slot.
pub(crate) const FA: usize = 8;
/// Byte offset of field B.
pub(crate) const FB: usize = 10;
/// Byte offset of field C.
pub(crate) const FC: usize = 12;
/// Byte offset of field D.
pub(crate) const FD: usize = 14;
