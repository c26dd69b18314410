//! Atomic instructions, on memories that are not shared: one handler for all,
//! since few programs have any, and its work outside.

use super::context::Context;
use super::control::trap;
use super::dispatch::next;
use super::memory::place;
use super::registers::{FA, FB, Registers, handlers};
use crate::semantics::atomic::Atomic;
use fossor_host::Trap;

/// Word 3 of an atomic instruction: what it does, the width of its access, and
/// the slots of the operands after the address.
pub(crate) fn word(op: Atomic, width_bytes: usize, operands: [u16; 2]) -> u64 {
    let [first, second] = operands.map(u64::from);
    op as u64 | (width_bytes as u64) << 16 | first << 32 | second << 48
}

/// Byte offsets of the fields of word 3.
const OP: usize = 24;
const WIDTH: usize = 26;
const FIRST: usize = 28;
const SECOND: usize = 30;

handlers! {
    /// `A := what was in memory I[B + word 2]`, or how many woke up; word 3 says
    /// what is done to it.
    fn atomic(r) {
        match access(r.ip, r.fp, r.ctx) {
            None => next::<D>(r, 4),
            Some(reason) => trap(r, reason),
        }
    }
}

#[inline(never)]
unsafe fn access(ip: *const u64, fp: *mut u64, ctx: *mut Context) -> Option<Trap> {
    let r = Registers::new(ip, fp, ctx, 0, std::ptr::null_mut(), 0.0, 0.0);
    // SAFETY: V1, V2: word 3 is as `word` made it.
    unsafe {
        let op = Atomic::ALL[r.field::<OP>() as usize];
        let width_bytes = usize::from(r.field::<WIDTH>());
        // Of the sum the lowest bits decide, so that nothing is lost if the rest
        // does not fit.
        let low = r.slot::<FB>().read().wrapping_add(r.word::<2>());
        if !low.is_multiple_of(width_bytes as u64) {
            return Some(Trap::UnalignedAtomic);
        }
        let Some(at) = place::<FB>(&r, width_bytes) else {
            return Some(Trap::MemoryOutOfBounds);
        };
        let result = match op {
            Atomic::Wait => return Some(Trap::ExpectedSharedMemory),
            // Nobody waits.
            Atomic::Notify => 0,
            _ => {
                // V4: `place` looked at as many bytes.
                let mut bytes = [0; 8];
                at.copy_to_nonoverlapping(bytes.as_mut_ptr(), width_bytes);
                let old = u64::from_le_bytes(bytes);
                let (operand, replacement) = (r.slot::<FIRST>().read(), r.slot::<SECOND>().read());
                if let Some(new) = op.memory(old, operand, replacement, width_bytes as u32) {
                    let bytes = new.to_le_bytes();
                    at.copy_from_nonoverlapping(bytes.as_ptr(), width_bytes);
                }
                old
            }
        };
        if op != Atomic::Store {
            r.slot::<FA>().write(result);
        }
        None
    }
}
