//! The border between the host's Rust and translated code: entering code,
//! calling host functions, translating on demand.

use super::context::{CodeHeader, Context, Execution, Exit, FuncEntry, FuncRef, SlotCounts};
use super::dispatch;
use super::handlers::both;
use super::registers::Registers;
use super::{call, control, debug, fuel, walk};
use crate::engine::Engine;
use crate::error::{Error, ExceptionInfo, TrapInfo};
use crate::execute::owned::Owned;
use crate::heap::Heap;
use crate::store::{Caller, Store};
use crate::value::{Func, Handle, InstanceId};
use fossor_host::{HostError, Interrupt, Trap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// What a host function does with its slots.
pub(crate) type HostFn = dyn Fn(&mut Caller<'_>, &mut [u64]) -> Result<(), HostError> + Send + Sync;

/// A host function of a store.
pub(crate) struct HostFunc {
    func: Box<HostFn>,
    func_ref: Owned<FuncRef>,
}

impl HostFunc {
    pub fn new(type_id: u32, host_idx: u32, slots: SlotCounts, func: Box<HostFn>) -> Self {
        let func_ref = FuncRef {
            ctx: std::ptr::null_mut(),
            entry: std::ptr::null(),
            type_id,
            host_idx,
            slots,
        };
        Self {
            func,
            func_ref: Owned::new(func_ref),
        }
    }

    /// Address of its `FuncRef`.
    pub fn address(&self) -> usize {
        self.func_ref.as_ptr() as usize
    }
}

// SAFETY: pointers to what the store owns; followed only while it is borrowed.
unsafe impl Send for FuncRef {}
// SAFETY: as above.
unsafe impl Sync for FuncRef {}
// SAFETY: pointers to what the store owns; followed only while it is borrowed.
unsafe impl Send for Execution {}
// SAFETY: as above.
unsafe impl Sync for Execution {}

/// Host functions and guests may call each other this deep: each level takes
/// native stack.
const MAX_DEPTH: u32 = 200;

/// The `FuncRef` of a handle, whose store the caller checked.
pub(crate) fn func_ref(func: Func) -> FuncRef {
    // SAFETY: V5: handles are made from `FuncRef`s of the store, which live as
    // long as it.
    unsafe { std::ptr::read(func.addr as *const FuncRef) }
}

/// The number of a function's type.
pub(crate) fn type_id(func: Func) -> u32 {
    func_ref(func).type_id
}

/// A global's cell: in an instance's context, or on its own.
pub(crate) enum GlobalCell {
    /// Made by the host.
    Owned(Owned<[u64; 2]>),
    /// In the context of an instance of the store.
    Raw(*mut u64),
}

// SAFETY: points to what the store owns; followed only while it is borrowed.
unsafe impl Send for GlobalCell {}
// SAFETY: as above.
unsafe impl Sync for GlobalCell {}

impl GlobalCell {
    pub fn owned(value: [u64; 2]) -> Self {
        GlobalCell::Owned(Owned::new(value))
    }

    pub fn address(&self) -> *mut u64 {
        match self {
            GlobalCell::Owned(cell) => cell.as_ptr().cast(),
            GlobalCell::Raw(cell) => *cell,
        }
    }

    /// The cell's slots; a narrow one has only the first.
    pub fn read(&self, slots: u32) -> [u64; 2] {
        let cell = self.address();
        // SAFETY: V3, and a wide global has two slots.
        unsafe { [cell.read(), if slots > 1 { cell.add(1).read() } else { 0 }] }
    }

    pub fn write(&self, value: [u64; 2], slots: u32) {
        let cell = self.address();
        // SAFETY: as `read`.
        unsafe {
            cell.write(value[0]);
            if slots > 1 {
                cell.add(1).write(value[1]);
            }
        }
    }
}

/// A store's state of execution, with a value stack of the engine's size or,
/// where so much address space cannot be had, a smaller one.
pub(crate) fn new_execution(engine: &Engine, interrupt: Arc<Interrupt>) -> Execution {
    let mut bytes = engine.config().max_stack_bytes.max(1 << 16) & !0xfff;
    let stack = loop {
        // With none at all, every call exhausts the stack.
        if let Some(stack) = engine.stack(bytes) {
            break stack;
        }
        log::warn!("no {bytes} bytes of address space for the value stack; trying half of it");
        bytes = if bytes <= 1 << 16 { 0 } else { bytes / 2 };
    };
    let base = stack.base();
    let dispatch = engine.dispatch_index();
    Execution {
        exit: Exit::Running,
        resume: Registers::new(
            std::ptr::null(),
            base.cast(),
            std::ptr::null_mut(),
            0,
            std::ptr::null_mut(),
            0.0,
            0.0,
        ),
        fuel: 0,
        fuel_kept: 0,
        unpaid: 0,
        foreign: call::Foreign {
            func: std::ptr::null(),
            args: std::ptr::null_mut(),
            words: 0,
        },
        stack_top: base.cast(),
        stack,
        store: std::ptr::null_mut(),
        depth: 0,
        error: None,
        thrown: None,
        symbols: walk::Symbols::default(),
        interrupt,
        heap: Heap::new(engine.config().collect),
        sampler: None,
        steps: 0,
        stop_at: u64::MAX,
        observer: None,
        halt: [both!(control::halt)[dispatch] as usize as u64, 0],
        restore: [both!(call::restore_instance)[dispatch] as usize as u64, 0],
    }
}

/// Slots behind the last frame's end. A call without arguments from a frame that ends
/// there has its first result's place behind it, which handlers read for accumulators
/// before they know whether there is one.
const SPARE_SLOTS: usize = 8;

impl Execution {
    /// Where the last frame ends.
    pub fn stack_limit(&self) -> *mut u64 {
        let spare = SPARE_SLOTS.min(self.stack.len_bytes() / size_of::<u64>());
        // SAFETY: inside the reservation, which may be none at all.
        unsafe { self.stack_end().sub(spare) }
    }

    /// End of the value stack.
    pub fn stack_end(&self) -> *mut u64 {
        // SAFETY: one past the reservation.
        unsafe { self.stack.base().add(self.stack.len_bytes()).cast() }
    }
}

/// Calls `func` with its arguments in `slots`; results are left there.
pub(crate) fn call(store: &mut Store, func: Func, slots: &mut [u64]) -> Result<(), Error> {
    let callee = func_ref(func);
    let count = callee.slots.params.max(callee.slots.results) as usize;
    assert_eq!(
        slots.len(),
        count,
        "as many slots as parameters or results take"
    );
    let execution: *mut Execution = store.execution.as_ptr();
    // SAFETY: V3; the store is borrowed, and from here on reached through
    // `execution.store` alone.
    unsafe {
        if (*execution).depth == 0 {
            (*execution).stack_top = (*execution).stack.base().cast();
        }
        let base = (*execution).stack_top;
        let limit = (*execution).stack_limit();
        (*execution).store = store;
        // Room for the arguments and, in a host function, nothing else.
        if (limit as usize) - (base as usize) < (count + 8) * 8 || (*execution).depth >= MAX_DEPTH {
            return Err(Error::Trap(Box::new(TrapInfo {
                trap: Trap::StackExhausted,
                frames: Vec::new(),
                omitted: 0,
                instance: None,
            })));
        }
        base.copy_from_nonoverlapping(slots.as_ptr(), count);
        let under_way = UnderWay {
            execution,
            base,
            depth: (*execution).depth,
        };
        (*execution).depth += 1;
        (*execution).exit = Exit::Running;
        // Where an earlier run stopped is overwritten by now.
        (*execution).resume.ip = std::ptr::null();
        let exit = match callee.ctx.is_null() {
            true => call_host_of(execution, &callee, base, None),
            false => run(execution, &callee, base),
        };
        drop(under_way);
        match exit {
            Exit::Running | Exit::Returned => {
                slots.copy_from_slice(std::slice::from_raw_parts(base, count));
                Ok(())
            }
            Exit::Failed => Err((*execution)
                .error
                .take()
                .unwrap_or_else(|| Error::Resources("the run failed without a reason".to_owned()))),
            Exit::Thrown => Err(uncaught(execution)),
            // Nobody was there to go on from it.
            Exit::Paused | Exit::Unpaid => Err(Error::Trap(Box::new(walk::trap_info(
                execution,
                Trap::Interrupted,
            )))),
            Exit::Trap(trap) => {
                settle_fuel(execution, trap);
                Err(Error::Trap(Box::new(walk::trap_info(execution, trap))))
            }
        }
    }
}

/// A call that is under way. When it is over the store is ready for another one, also
/// where a panic of a sampler or an observer ends it, which the embedder may catch.
struct UnderWay {
    execution: *mut Execution,
    /// Where its frames begin.
    base: *mut u64,
    /// How many runs it is nested in.
    depth: u32,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        // SAFETY: V3: the call that made this is not over, so that its store is alive.
        unsafe {
            let execution = self.execution;
            (*execution).depth = self.depth;
            (*execution).exit = Exit::Running;
            (*execution).stack_top = self.base;
        }
    }
}

/// The error of a run that ended with an exception.
unsafe fn uncaught(execution: *mut Execution) -> Error {
    // SAFETY: V3.
    unsafe {
        let Some(exception) = (*execution).thrown.take() else {
            return Error::Resources("the run threw nothing".to_owned());
        };
        let store = &*(*execution).store;
        let thrown = store.thrown(exception);
        let info = walk::trap_info(execution, Trap::UncaughtException);
        Error::Exception(Box::new(ExceptionInfo { thrown, info }))
    }
}

/// After a trap: what was executed is paid for.
unsafe fn settle_fuel(execution: *mut Execution, trap: Trap) {
    // SAFETY: V3.
    unsafe {
        let store = &mut *(*execution).store;
        if !store.engine.config().fuel {
            return;
        }
        let rest = match trap {
            // More was executed than could be paid for.
            Trap::OutOfFuel => 0,
            _ => store.fuel().saturating_sub(walk::owed(execution).into()),
        };
        store.set_fuel(rest);
    }
}

/// Runs a guest function whose arguments are at `fp`.
unsafe fn run(execution: *mut Execution, callee: &FuncRef, fp: *mut u64) -> Exit {
    // SAFETY: V1: the frame's end is compared first; V2, V3.
    unsafe {
        let ctx = callee.ctx;
        Context::refresh_memory(ctx);
        let code = (*callee.entry).code();
        let header = code.cast::<CodeHeader>().read();
        if fp as usize + header.frame_slots as usize * 8 > (*execution).stack_limit() as usize {
            return Exit::Trap(Trap::StackExhausted);
        }
        let link = fp.add(header.link_slot as usize);
        link.write(&raw const (*execution).halt as u64);
        link.add(1).write(fp as u64);
        link.add(2).write_bytes(0, call::ZEROED_SLOTS);
        let mem = (*ctx).memory_base;
        let mut registers = Registers::new(code.add(1), fp, ctx, 0, mem, 0.0, 0.0);
        let tail = (*(*execution).store).engine.dispatch_index() == 1;
        (*execution).heed_interrupt();
        loop {
            (*registers.ctx).fuel = (*execution).fuel;
            dispatch::run(registers, tail);
            (*execution).fuel = (*(*execution).resume.ctx).fuel;
            let goes_on = match (*execution).exit {
                // The fuel's instruction is executed again.
                Exit::Unpaid => fuel::refill(execution),
                Exit::Paused => debug::pause(execution),
                Exit::Trap(trap) => debug::trapped(execution, trap),
                _ => false,
            };
            if !goes_on {
                return (*execution).exit;
            }
            (*execution).exit = Exit::Running;
            registers = (*execution).resume;
        }
    }
}

/// Calls a host function from translated code. Arguments and results at `args`.
#[inline(never)]
pub(super) unsafe fn call_host(ctx: *mut Context, func: *const FuncRef, args: *mut u64) -> Exit {
    // SAFETY: V3, V5.
    unsafe {
        let execution = (*ctx).execution;
        (*execution).fuel = (*ctx).fuel;
        let exit = call_host_of(execution, &*func, args, Some((*(*ctx).instance).id));
        (*execution).heed_interrupt();
        (*ctx).fuel = (*execution).fuel;
        Context::refresh_memory(ctx);
        exit
    }
}

unsafe fn call_host_of(
    execution: *mut Execution,
    func: &FuncRef,
    args: *mut u64,
    instance: Option<u32>,
) -> Exit {
    // SAFETY: V3, V5; a run holds no reference to the store, so the one made
    // here is the only one.
    unsafe {
        let count = func.slots.params.max(func.slots.results) as usize;
        let top = args.add(count);
        if top > (*execution).stack_limit() {
            return Exit::Trap(Trap::StackExhausted);
        }
        let before = (*execution).stack_top;
        (*execution).stack_top = top;
        let store = &mut *(*execution).store;
        // The function outlives the call: a store only ever adds functions, and
        // the box does not move when their vector grows.
        let host: *const HostFn = &*store.host_funcs[func.host_idx as usize].func;
        let slots = std::slice::from_raw_parts_mut(args, count);
        // What the host function is given of the heap, it holds until it returns.
        let roots = (*execution).heap.is_used().then(|| {
            let roots = (*execution).heap.roots.clone();
            let scope = roots.scope();
            (roots, scope)
        });
        let id = store.id;
        let instance = instance.map(|index| InstanceId(Handle { store: id, index }));
        let mut caller = Caller { store, instance };
        let result = catch_unwind(AssertUnwindSafe(|| (*host)(&mut caller, slots)));
        (*execution).stack_top = before;
        if let Some((roots, scope)) = roots {
            roots.end_scope(scope);
        }
        match result {
            Ok(Ok(())) => Exit::Running,
            Ok(Err(HostError::Trap(trap))) => Exit::Trap(trap),
            Ok(Err(HostError::Exit(status))) => fail(execution, Error::Exit(status)),
            Ok(Err(HostError::Other(error))) => match error.downcast::<Error>() {
                // A guest that was called back failed: as if it were one run.
                Ok(error) => match *error {
                    // What it names means something else here, or nothing.
                    error if error.is_of_other_store(id) => {
                        fail(execution, Error::Host(Box::new(error)))
                    }
                    Error::Exception(info) => {
                        (*execution).thrown = Some(info.thrown.exception);
                        Exit::Thrown
                    }
                    error => fail(execution, error),
                },
                Err(error) => fail(execution, Error::Host(error)),
            },
            Ok(Err(error)) => fail(execution, Error::Host(Box::new(error))),
            Err(panic) => {
                let text = panic
                    .downcast_ref::<&str>()
                    .map(|text| (*text).to_owned())
                    .or_else(|| panic.downcast_ref::<String>().cloned())
                    .unwrap_or_else(|| "no message".to_owned());
                fail(execution, Error::HostPanic(text))
            }
        }
    }
}

/// Whether a function's type was declared as a subtype of another.
#[cold]
#[inline(never)]
pub(super) unsafe fn is_subtype(ctx: *mut Context, func: *const FuncRef, wanted: u32) -> bool {
    // SAFETY: V3, V5.
    unsafe {
        let module = &(*(*ctx).instance).module.0;
        module.engine.is_subtype((*func).type_id, wanted)
    }
}

unsafe fn fail(execution: *mut Execution, error: Error) -> Exit {
    // SAFETY: V3.
    unsafe { (*execution).error = Some(error) };
    Exit::Failed
}

/// Takes over the memory of a context that was just made.
pub(crate) fn refresh(context: &mut Context) {
    // SAFETY: V3: its pointers were set.
    unsafe { Context::refresh_memory(context) }
}

/// Code of the context `to` goes on after code of `from`: its memory may have grown
/// meanwhile, and it takes over the fuel.
#[inline(always)]
pub(super) unsafe fn enter_instance(from: *mut Context, to: *mut Context) {
    // SAFETY: V3.
    unsafe {
        (*to).fuel = (*from).fuel;
        Context::refresh_memory(to);
    }
}

/// Translates a function; null if that fails, with the reason in the execution.
#[inline(never)]
pub(super) unsafe fn translate(ctx: *mut Context, entry: *const FuncEntry) -> *const u64 {
    // SAFETY: V3; entries belong to the instance's module.
    unsafe {
        let module = &(*(*ctx).instance).module.0;
        // A panic must not cross the handlers: that would end the process.
        let stop = &(*(*ctx).execution).interrupt;
        let code = catch_unwind(AssertUnwindSafe(|| module.code_of(&*entry, Some(stop))));
        let error = match code {
            Ok(Ok(code)) => return code,
            Ok(Err(error)) => error,
            Err(_) => Error::Untranslatable {
                func_idx: module.decoded.imported_funcs + (*entry).defined_idx,
                message: "the translator panicked, which is a fault of Fossor's".to_owned(),
            },
        };
        fail((*ctx).execution, error);
        std::ptr::null()
    }
}

/// Why [`translate`] gave nothing.
#[cold]
#[inline(never)]
pub(super) unsafe fn why_untranslated(ctx: *mut Context) -> Exit {
    // SAFETY: V3.
    unsafe {
        let error = &mut (*(*ctx).execution).error;
        match error.take() {
            Some(Error::Trap(info)) => Exit::Trap(info.trap),
            other => {
                *error = other;
                Exit::Failed
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reserve::Reservation;
    use crate::{Extern, Module, Val};
    use fossor_module::{FuncType, ValType};

    #[test]
    fn without_a_stack_every_call_exhausts_it() {
        let engine = Engine::default();
        let mut store = Store::new(&engine, Box::new(()));
        store.execution.get_mut().stack = Reservation::new(0).expect("nothing");
        let wat = r#"(module (func (export "f") (param i64)))"#;
        let module = Module::new(&engine, wat::parse_str(wat).expect("well-formed"));
        let instance = store.instantiate(&module.expect("valid"), &[]);
        let Some(Extern::Func(guest)) = store.export(instance.expect("no start"), "f") else {
            panic!("it is exported");
        };
        let host = store.new_func(FuncType::new([ValType::I64], []), |_, _| Ok(()));
        for func in [guest, host] {
            let Err(Error::Trap(info)) = store.call(func, &[Val::I64(1)]) else {
                panic!("there is no stack");
            };
            assert_eq!(info.trap, Trap::StackExhausted);
        }
    }
}
