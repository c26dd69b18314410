//! Calls and returns. A frame lies on the value stack:
//!
//! ```text
//! fp → | parameters, later results | return ip | caller's fp | locals | temporaries |
//!        0                          link        link+1
//! ```
//!
//! The caller's outgoing arguments *are* the callee's parameters. A frame is
//! entered with one comparison against the stack's end and never uses the
//! native stack, so that depth is a matter of bytes of the value stack. The same
//! comparison finds that the guest must stop (see [`super::brake`]).

use super::context::{CodeHeader, Exit, FuncEntry, FuncRef};
use super::control::{copy_slots, no_room, stay_a_loop, stop, trap};
use super::dispatch::{Dispatch, next};
use super::operand::{Cell, Source};
use super::registers::{FA, FB, FC, Registers, handlers};
use super::{exception, host};
use fossor_host::Trap;

/// Locals zeroed on entry, needed or not; every frame has at least this many
/// slots behind its link. A function with more begins with a `zero` of its own.
pub(crate) const ZEROED_SLOTS: usize = 8;

/// Where code is entered.
#[derive(Clone, Copy)]
pub(super) enum Entry {
    /// At its first instruction.
    Start,
    /// Where it goes on if its argument is 0.
    Zero,
}

/// Enters the code at `code` with its frame at `fp`.
#[inline(always)]
pub(super) unsafe fn enter<D: Dispatch>(
    mut r: Registers,
    code: *const u64,
    entry: Entry,
    fp: *mut u64,
    return_ip: *const u64,
    caller_fp: *mut u64,
) {
    // SAFETY: V1: the frame is compared with the stack's end before it is
    // written; V2: `code` starts with its header.
    unsafe {
        let header = code.cast::<CodeHeader>();
        if no_room(&r, fp.add((*header).frame_slots as usize)) {
            r.acc = 0;
            return trap(r, Trap::StackExhausted);
        }
        enter_fitting::<D>(r, code, entry, fp, return_ip, caller_fp)
    }
}

/// As [`enter`], for whoever has found that the frame [`fits`]. To look again would be
/// wrong: meanwhile another thread may ask the guest to stop, and the frame, or the
/// context, of the instruction that would trap is given up.
#[inline(always)]
unsafe fn enter_fitting<D: Dispatch>(
    mut r: Registers,
    code: *const u64,
    entry: Entry,
    fp: *mut u64,
    return_ip: *const u64,
    caller_fp: *mut u64,
) {
    // SAFETY: V1, as the caller says; V2: `code` starts with its header.
    unsafe {
        let header = code.cast::<CodeHeader>();
        // Read only now, when the registers for the comparison are free again.
        let link = fp.add((*header).link_slot as usize);
        link.write(return_ip as u64);
        link.add(1).write(caller_fp as u64);
        let locals = link.add(2);
        for i in 0..ZEROED_SLOTS {
            locals.add(i).write(0);
        }
        r.fp = fp;
        r.ip = code.add(match entry {
            Entry::Start => 1,
            Entry::Zero => (*header).zero_entry as usize,
        });
        D::jump(r)
    }
}

/// Whether a frame of `code` at `fp` would fit: `enter` finds out too late for
/// whoever gives up its own frame, or changes its context, before.
#[inline(always)]
unsafe fn fits(r: &Registers, code: *const u64, fp: *mut u64) -> bool {
    // SAFETY: V2: `code` starts with its header.
    unsafe {
        let header = code.cast::<CodeHeader>().read();
        !no_room(r, fp.add(header.frame_slots as usize))
    }
}

/// Leaves the frame whose link is at `link`.
#[inline(always)]
pub(super) unsafe fn leave<D: Dispatch>(mut r: Registers, link: *mut u64) {
    // SAFETY: V1, V2: `enter` wrote the link.
    unsafe {
        r.ip = link.read() as *const u64;
        r.fp = link.add(1).read() as *mut u64;
        D::jump(r)
    }
}

/// Calls `func`, of any instance or the host's, with its arguments at `args`.
#[inline(always)]
unsafe fn call_func<D: Dispatch>(r: Registers, func: *const FuncRef, args: *mut u64, words: usize) {
    // SAFETY: V5: `func` was made by this store.
    unsafe {
        if (*func).ctx == r.ctx {
            let code = (*(*func).entry).code();
            enter::<D>(r, code, Entry::Start, args, r.ip.add(words), r.fp)
        } else {
            call_foreign::<D>(r, func, args, words)
        }
    }
}

/// Calls a host function or a function of another instance: hands it to the
/// handler `foreign`, so that the callers need no frame of their own.
#[inline(always)]
unsafe fn call_foreign<D: Dispatch>(
    r: Registers,
    func: *const FuncRef,
    args: *mut u64,
    words: usize,
) {
    // SAFETY: V3.
    unsafe {
        (*r.context().execution).foreign = Foreign { func, args, words };
        foreign::<D>(r.ip, r.fp, r.ctx, r.acc, r.mem, r.acc_f64, r.acc_f32)
    }
}

/// Calls a function of another type than the instruction's, which is a trap
/// unless that was declared as a subtype: hands it to the handler
/// `call_subtype`, so that the callers need no frame of their own.
#[inline(always)]
unsafe fn call_other_type<D: Dispatch>(r: Registers, func: *const FuncRef, words: usize) {
    // SAFETY: V3.
    unsafe {
        let args = r.slot::<FA>();
        (*r.context().execution).foreign = Foreign { func, args, words };
        call_subtype::<D>(r.ip, r.fp, r.ctx, r.acc, r.mem, r.acc_f64, r.acc_f32)
    }
}

/// Tail call of `func`: see `return_call_func`.
#[inline(always)]
unsafe fn return_call_to<D: Dispatch>(r: Registers, func: *const FuncRef) {
    // SAFETY: V1, V2, V5.
    unsafe {
        if (*func).ctx == r.ctx {
            let link = r.slot::<FC>();
            let (return_ip, caller_fp) = (link.read(), link.add(1).read());
            let code = (*(*func).entry).code();
            if !fits(&r, code, r.fp) {
                return trap(r, Trap::StackExhausted);
            }
            copy_slots(r.fp, r.slot::<FA>(), (*func).slots.params as usize);
            enter_fitting::<D>(
                r,
                code,
                Entry::Start,
                r.fp,
                return_ip as *const u64,
                caller_fp as *mut u64,
            )
        } else {
            // The translator put a copy of the results and a return behind.
            call_foreign::<D>(r, func, r.slot::<FA>(), 4)
        }
    }
}

/// The operands of the handlers `foreign` and `call_subtype`.
#[derive(Clone, Copy)]
pub(crate) struct Foreign {
    pub func: *const FuncRef,
    pub args: *mut u64,
    /// Of the calling instruction.
    pub words: usize,
}

handlers! {
    /// Calls what `Execution::foreign` says. Not in code itself.
    fn foreign(r) {
        let Foreign { func, args, words } = (*r.context().execution).foreign;
        if (*func).ctx.is_null() {
            let exit = host::call_host(r.ctx, func, args);
            if !matches!(exit, Exit::Running) {
                if matches!(exit, Exit::Thrown) {
                    return exception::raise_here::<D>(r);
                }
                return stop(r, exit);
            }
            // The host may have grown the memory.
            r.mem = r.context().memory_base;
            r.acc = args.read();
            r.acc_f64 = f64::load(args);
            r.acc_f32 = f32::load(args);
            D::settle(r);
            return next::<D>(r, words);
        }
        // Another instance: a small frame in between remembers this one.
        // | ctx | return ip | fp | args | slots of results | arguments … |
        let ty = (*func).slots;
        let record = args.add(ty.params.max(ty.results) as usize);
        let inner = record.add(RECORD_SLOTS);
        let code = (*(*func).entry).code();
        if !fits(&r, code, inner) {
            return trap(r, Trap::StackExhausted);
        }
        inner.copy_from_nonoverlapping(args, ty.params as usize);
        record.write(r.ctx as u64);
        record.add(1).write(r.ip.add(words) as u64);
        record.add(2).write(r.fp as u64);
        record.add(3).write(args as u64);
        record.add(4).write(u64::from(ty.results));
        let execution = r.context().execution;
        let restore = (&raw const (*execution).restore).cast::<u64>();
        host::enter_instance(r.ctx, (*func).ctx);
        r.ctx = (*func).ctx;
        r.mem = r.context().memory_base;
        enter_fitting::<D>(r, code, Entry::Start, inner, restore, record)
    }

    /// `slots A.. := 0`, I of them: locals that `enter` does not zero.
    fn zero(r) {
        let slots = r.slot::<FA>();
        for i in 0..r.imm_u32() as usize {
            slots.add(i).write(0);
            stay_a_loop();
        }
        next::<D>(r, 2)
    }
}

/// Slots of the record that [`call_foreign`] leaves.
const RECORD_SLOTS: usize = 5;

handlers! {
    /// Calls the function of this instance whose entry is in word 2; its
    /// arguments start at slot A.
    fn call(r) {
        let code = (*(r.word::<2>() as *const FuncEntry)).code();
        enter::<D>(r, code, Entry::Start, r.slot::<FA>(), r.ip.add(3), r.fp)
    }

    /// Calls the imported function I with arguments from slot A.
    fn call_import(r) {
        let func = r.context().func(r.imm_u32() as usize);
        call_func::<D>(r, func, r.slot::<FA>(), 2)
    }

    /// Calls `table I[B]`, of type word 2, with arguments from slot A.
    fn call_indirect<S: Source>(r) {
        let index = S::read::<u32, FB>(&r);
        let func = match resolve(&r, index) {
            Ok(func) => func,
            Err(reason) => return trap(r, reason),
        };
        if u64::from((*func).type_id) == r.word::<2>() {
            call_func::<D>(r, func, r.slot::<FA>(), 3)
        } else {
            call_other_type::<D>(r, func, 3)
        }
    }

    /// Calls the function that slot B refers to, with arguments from slot A.
    fn call_ref(r) {
        match Reference::func(&r) {
            Ok(func) => call_func::<D>(r, func, r.slot::<FA>(), 2),
            Err(reason) => trap(r, reason),
        }
    }

    /// Tail call of the function of this instance whose entry is in word 2,
    /// arguments from slot A, B slots of them; this frame's link is in slot C.
    fn return_call(r) {
        let link = r.slot::<FC>();
        let (return_ip, caller_fp) = (link.read(), link.add(1).read());
        let code = (*(r.word::<2>() as *const FuncEntry)).code();
        if !fits(&r, code, r.fp) {
            return trap(r, Trap::StackExhausted);
        }
        copy_slots(r.fp, r.slot::<FA>(), r.field::<FB>() as usize);
        enter_fitting::<D>(
            r,
            code,
            Entry::Start,
            r.fp,
            return_ip as *const u64,
            caller_fp as *mut u64,
        )
    }

    /// Turns a function reference in word 2's slot into a tail call: see
    /// `return_call`. A foreign function is called and its results returned.
    fn return_call_func<F: Callee>(r) {
        let func = match F::func(&r) {
            Ok(func) => func,
            Err(reason) => return trap(r, reason),
        };
        if F::has_type(&r, func) {
            return_call_to::<D>(r, func)
        } else {
            call_other_type::<D>(r, func, 4)
        }
    }

    /// Calls what `Execution::foreign` says, if its type is a declared subtype
    /// of word 2; a tail call if the instruction has 4 words. Not in code itself.
    fn call_subtype(r) {
        let Foreign { func, args, words } = (*r.context().execution).foreign;
        if !host::is_subtype(r.ctx, func, r.word::<2>() as u32) {
            return trap(r, Trap::IndirectCallTypeMismatch);
        }
        if words == 4 {
            return_call_to::<D>(r, func)
        } else {
            call_func::<D>(r, func, args, words)
        }
    }

    /// Returns; the results are in place. C is the link's slot.
    fn return_none(r) {
        leave::<D>(r, r.slot::<FC>())
    }

    /// Returns one value: slot 0 and the accumulator := B.
    fn return_value<T: Cell, S: Source>(r) {
        let value = S::read::<T, FB>(&r);
        value.store(r.fp);
        value.set_acc(&mut r);
        leave::<D>(r, r.slot::<FC>())
    }

    /// Back from another instance: `fp` is the record that `call_foreign` left.
    fn restore_instance(r) {
        let (callee, record) = (r.ctx, r.fp);
        r.ctx = record.read() as *mut _;
        r.ip = record.add(1).read() as *const u64;
        r.fp = record.add(2).read() as *mut u64;
        let args = record.add(3).read() as *mut u64;
        copy_slots(args, record.add(RECORD_SLOTS), record.add(4).read() as usize);
        host::enter_instance(callee, r.ctx);
        r.mem = r.context().memory_base;
        D::jump(r)
    }

    /// First instruction of a function that is not translated yet.
    fn translate(r) {
        let entry = FuncEntry::of_stub(r.ip);
        let code = host::translate(r.ctx, entry);
        if code.is_null() {
            return stop(r, host::why_untranslated(r.ctx));
        }
        // The stub's header has the same link, which holds the return.
        let link = r.fp.add(code.cast::<CodeHeader>().read().link_slot as usize);
        let (return_ip, caller_fp) = (link.read(), link.add(1).read());
        enter::<D>(r, code, Entry::Start, r.fp, return_ip as *const u64, caller_fp as *mut u64)
    }
}

/// How `return_call_func` finds its callee.
pub(crate) trait Callee: 'static {
    unsafe fn func(r: &Registers) -> Result<*const FuncRef, Trap>;

    /// Whether it is of exactly the type that the instruction wants.
    #[inline(always)]
    unsafe fn has_type(_: &Registers, _: *const FuncRef) -> bool {
        true
    }
}

/// The imported function I.
pub(crate) struct Imported;
/// `table word 3[B]`, of type word 2; see [`resolve`].
pub(crate) struct Indirect;
/// What slot B refers to.
pub(crate) struct Reference;

impl Callee for Imported {
    #[inline(always)]
    unsafe fn func(r: &Registers) -> Result<*const FuncRef, Trap> {
        // SAFETY: V6.
        unsafe { Ok(r.context().func(r.word::<3>() as usize)) }
    }
}

impl Callee for Indirect {
    #[inline(always)]
    unsafe fn func(r: &Registers) -> Result<*const FuncRef, Trap> {
        // SAFETY: V1.
        unsafe {
            let index = u32::load(r.slot::<FB>());
            resolve_in(r, r.word::<3>() as usize, index)
        }
    }

    #[inline(always)]
    unsafe fn has_type(r: &Registers, func: *const FuncRef) -> bool {
        // SAFETY: V5.
        unsafe { u64::from((*func).type_id) == r.word::<2>() }
    }
}

impl Callee for Reference {
    #[inline(always)]
    unsafe fn func(r: &Registers) -> Result<*const FuncRef, Trap> {
        // SAFETY: V1, V5.
        let func = unsafe { r.slot::<FB>().read() } as *const FuncRef;
        match func.is_null() {
            true => Err(Trap::NullFunctionReference),
            false => Ok(func),
        }
    }
}

/// The function at `index` of table I, of whatever type.
#[inline(always)]
unsafe fn resolve(r: &Registers, index: u32) -> Result<*const FuncRef, Trap> {
    // SAFETY: V2.
    unsafe { resolve_in(r, r.imm_u32() as usize, index) }
}

#[inline(always)]
unsafe fn resolve_in(r: &Registers, table: usize, index: u32) -> Result<*const FuncRef, Trap> {
    // SAFETY: V5, V6.
    unsafe {
        let table = r.context().table(table);
        let Some(element) = table.get(u64::from(index)) else {
            return Err(Trap::UndefinedElement);
        };
        let func = element as *const FuncRef;
        if func.is_null() {
            return Err(Trap::UninitializedElement);
        }
        Ok(func)
    }
}
