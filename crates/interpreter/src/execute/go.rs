//! Instructions for what Go's compiler emits around calls, returns and jumps.
//! Each does what a sequence of operators does, in their order; the sequences
//! and why the fusion is sound stand in `translate/fuse.rs`.

use super::call::{Entry, enter};
use super::context::FuncEntry;
use super::control::{Direction, trap};
use super::dispatch::{Dispatch, branch, next};
use super::operand::Cell;
use super::registers::{FA, FB, FC, FD, Registers, handlers};
use fossor_host::Trap;

/// `slot A := slot B + C; global D := slot A`, as 32 bits; returns the value.
#[inline(always)]
unsafe fn update_stack_pointer(r: &mut Registers) -> u32 {
    // SAFETY: V1, V3, V6: D is an own global's offset in words.
    unsafe {
        let sp = u32::load(r.slot::<FB>()).wrapping_add(r.field::<FC>() as i16 as u32);
        set_stack_pointer(r, sp);
        sp
    }
}

#[inline(always)]
unsafe fn set_stack_pointer(r: &mut Registers, sp: u32) {
    // SAFETY: V1, V3, V6.
    unsafe {
        sp.store(r.slot::<FA>());
        sp.store(r.ctx.cast::<u64>().add(r.field::<FD>() as usize));
        r.acc = sp.into();
    }
}

/// `A := A + C; global D := A; memory[A] := word 2`; `false`: that is out of bounds.
#[inline(always)]
pub(super) unsafe fn push(r: &mut Registers) -> bool {
    // SAFETY: V1-V3, V6.
    unsafe {
        let sp = u32::load(r.slot::<FA>()).wrapping_add(r.field::<FC>() as i16 as u32);
        set_stack_pointer(r, sp);
        if u64::from(sp) + 8 > r.context().memory_bytes {
            return false;
        }
        // V4: checked above.
        let to = r.mem.add(sp as usize).cast::<u64>();
        to.write_unaligned(r.word::<2>());
        true
    }
}

/// Calls the function of this entry with the argument 0, at `args`.
#[inline(always)]
pub(super) unsafe fn call_with_zero<D: Dispatch>(
    r: Registers,
    entry: u64,
    args: *mut u64,
    return_ip: *const u64,
) {
    // SAFETY: V1, V2: `entry` is a word of the translator's.
    unsafe {
        args.write(0);
        let code = (*(entry as *const FuncEntry)).code();
        enter::<D>(r, code, Entry::Zero, args, return_ip, r.fp)
    }
}

handlers! {
    /// `A := B + C; global D := A`
    fn add_global(r) {
        update_stack_pointer(&mut r);
        next::<D>(r, 2)
    }

    /// `A := B + C; global D := A; memory[A] := word 2`
    fn push_return(r) {
        let sp = update_stack_pointer(&mut r);
        if u64::from(sp) + 8 > r.context().memory_bytes {
            return trap(r, Trap::MemoryOutOfBounds);
        }
        // V4: checked above.
        r.mem.add(sp as usize).cast::<u64>().write_unaligned(r.word::<2>());
        next::<D>(r, 3)
    }

    /// `A := A + C; global D := A; memory[A] := word 2; slot B := 0`, then calls
    /// the function whose entry is in word 3 with its argument at slot B.
    fn push_return_and_call(r) {
        if !push(&mut r) {
            return trap(r, Trap::MemoryOutOfBounds);
        }
        call_with_zero::<D>(r, r.word::<3>(), r.slot::<FB>(), r.ip.add(4))
    }

    /// `A := A + C; global D := A; return 0`; the link is in slot B.
    fn pop_and_return(r) {
        let sp = u32::load(r.slot::<FA>()).wrapping_add(r.field::<FC>() as i16 as u32);
        sp.store(r.ctx.cast::<u64>().add(r.field::<FD>() as usize));
        r.fp.write(0);
        r.acc = 0;
        super::call::leave::<D>(r, r.slot::<FB>())
    }

    /// `B := global word 2; if A != 0 goto I`
    fn reload_and_branch_if(r) {
        let sp = u32::load(r.ctx.cast::<u64>().add(r.word::<2>() as usize));
        sp.store(r.slot::<FB>());
        r.acc = sp.into();
        if u32::load(r.slot::<FA>()) != 0 {
            branch::<D>(r)
        } else {
            next::<D>(r, 3)
        }
    }

    /// `if !(A <= memory[global word 2 + B]) goto I`, 32 bits unsigned.
    fn branch_stack_fits(r) {
        let g = u32::load(r.ctx.cast::<u64>().add(r.word::<2>() as usize));
        let ea = u64::from(g) + u64::from(r.field::<FB>());
        if ea + 4 > r.context().memory_bytes {
            return trap(r, Trap::MemoryOutOfBounds);
        }
        // V4: checked above.
        let limit = r.mem.add(ea as usize).cast::<u32>().read_unaligned();
        if u32::load(r.slot::<FA>()) > limit {
            branch::<D>(r)
        } else {
            next::<D>(r, 3)
        }
    }

    /// A function's beginning when its argument is 0: `A := global (low half of
    /// word 2); goto I`
    fn enter_at_zero(r) {
        u32::load(r.ctx.cast::<u64>().add(r.word::<2>() as u32 as usize)).store(r.slot::<FA>());
        branch::<D>(r)
    }

    /// As `enter_at_zero`, and the stack check that stands there: goes to I if
    /// `A > memory[global (high half of word 2) + B]`, and to the check itself,
    /// word 3 bytes from here, otherwise.
    fn enter_at_zero_checked(r) {
        let sp = u32::load(r.ctx.cast::<u64>().add(r.word::<2>() as u32 as usize));
        sp.store(r.slot::<FA>());
        r.acc = sp.into();
        let g = u32::load(r.ctx.cast::<u64>().add((r.word::<2>() >> 32) as usize));
        let ea = u64::from(g) + u64::from(r.field::<FB>());
        if ea + 4 <= r.context().memory_bytes {
            // V4: checked above.
            let limit = r.mem.add(ea as usize).cast::<u32>().read_unaligned();
            if sp > limit {
                return branch::<D>(r);
            }
        }
        r.ip = r.ip.byte_offset(r.word::<3>() as isize);
        D::jump(r)
    }

    /// `A := B, a constant; goto I`
    fn set_and_jump<V: Direction>(r) {
        let value = u64::from(r.field::<FB>());
        r.slot::<FA>().write(value);
        V::branch::<D>(r)
    }
}
