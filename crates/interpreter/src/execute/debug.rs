//! Standing still before an operator, for a debugger.
//!
//! Code that was translated for one has a `step` before every operator. It counts,
//! and pauses where the debugger wants to look; afterwards the run goes on behind
//! it. Other code has nothing of this.

use super::context::Execution;
use super::sample::Lent;
use super::walk::{Walker, frames};
use crate::frame_layout::FrameLayout;
use crate::module::ModuleInner;
use crate::store::Store;
use crate::value::{InstanceId, Val};
use fossor_host::Trap;
use fossor_module::ValType;
use std::any::Any;
use std::ops::ControlFlow;

/// Words of the instruction `step`.
pub(crate) const STEP_WORDS: usize = 3;

type ObserverFn = dyn FnMut(&mut Stopped<'_>) -> ControlFlow<()> + Send + Sync;

/// Who looks.
pub(crate) struct Observer {
    each: Box<ObserverFn>,
    walker: Walker,
}

/// A guest that stands still before an operator, or where it trapped.
pub struct Stopped<'a> {
    execution: *mut Execution,
    walker: &'a mut Walker,
    trap: Option<Trap>,
}

/// A frame of a guest that stands still.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoppedFrame {
    /// Index of the function in its module.
    pub func_idx: u32,
    /// Byte offset in the module of the operator: the next one, or the call that
    /// has not returned. `None` in a function that is about to be translated.
    pub wasm_offset: Option<u32>,
    /// How far from the stack's bottom the frame begins, in slots: what it called
    /// lies further up.
    pub depth_slots: usize,
}

impl Observer {
    pub fn new(each: Box<ObserverFn>) -> Self {
        Self {
            each,
            walker: Walker::default(),
        }
    }
}

impl Stopped<'_> {
    /// Why the guest cannot go on; `None` before an operator.
    pub fn trap(&self) -> Option<Trap> {
        self.trap
    }

    /// Operators executed before this one.
    pub fn steps(&self) -> u64 {
        // SAFETY: V3.
        unsafe { (*self.execution).steps }
    }

    /// Stops before the operator of this number as well. The next one has the
    /// number [`steps`](Self::steps), and is never stopped at again.
    pub fn stop_at(&mut self, steps: u64) {
        // SAFETY: V3.
        unsafe { (*self.execution).stop_at = steps }
    }

    /// Byte offset in the module of the operator that is next.
    pub fn wasm_offset(&mut self) -> Option<u32> {
        if self.trap.is_none() {
            // SAFETY: V2: `step`, whose field I it is.
            return Some(unsafe { (*self.execution).resume.imm_u32() });
        }
        self.frames(1).1.first()?.wasm_offset
    }

    /// How far from the stack's bottom the innermost frame begins, in slots.
    pub fn depth_slots(&self) -> usize {
        // SAFETY: V3.
        unsafe { self.depth_of((*self.execution).resume.fp) }
    }

    fn depth_of(&self, fp: *const u64) -> usize {
        // SAFETY: V3.
        let base = unsafe { (*self.execution).stack.base() };
        (fp as usize - base as usize) / size_of::<u64>()
    }

    /// The store.
    pub fn store(&self) -> &Store {
        // SAFETY: V3: a run holds no reference to the store, and the one made here
        // is bounded by `self`.
        unsafe { &*(*self.execution).store }
    }

    /// Memory 0 of the instance whose code is next, and the host's data, to be changed.
    /// Not the whole store: a call in it would overwrite the frames of the guest that
    /// stands still.
    pub fn memory_and_data(&mut self) -> (Option<&mut [u8]>, &mut (dyn Any + Send)) {
        let instance = self.instance();
        // SAFETY: as `store`.
        unsafe { (*(*self.execution).store).memory_and_data(instance) }
    }

    /// The instance whose code is next.
    pub fn instance(&self) -> Option<InstanceId> {
        // SAFETY: V3.
        unsafe {
            let ctx = (*self.execution).resume.ctx;
            let store = (*(*self.execution).store).id;
            let index = (!ctx.is_null()).then(|| (*(*ctx).instance).id)?;
            Some(InstanceId(crate::value::Handle { store, index }))
        }
    }

    /// The innermost frames, at most `max` of them, and the instance of the first.
    pub fn frames(&mut self, max: usize) -> (Option<InstanceId>, Vec<StoppedFrame>) {
        let mut found = Vec::new();
        let instance = self.each_frame(|_, frame, _| {
            found.push(frame);
            found.len() < max
        });
        (instance, found)
    }

    /// The locals of frame `index`, parameters first.
    pub fn locals(&mut self, index: usize) -> Vec<Val> {
        self.values(index, |layout| layout.locals)
    }

    /// The operand stack of the innermost frame, the top last.
    pub fn operands(&mut self) -> Vec<Val> {
        self.values(0, |layout| layout.operands)
    }

    fn values(
        &mut self,
        index: usize,
        choose: impl Fn(FrameLayout) -> Vec<(usize, ValType)>,
    ) -> Vec<Val> {
        // SAFETY: as `store`.
        let store: *const Store = unsafe { (*self.execution).store };
        let mut values = Vec::new();
        let mut at = 0;
        self.each_frame(|module, frame, fp| {
            at += 1;
            if at <= index {
                return true;
            }
            let defined_idx = frame.func_idx - module.decoded.imported_funcs;
            // The operands of a frame further out became its callee's parameters.
            let offset = frame.wasm_offset.filter(|_| index == 0);
            let mut layout = FrameLayout::of(module, defined_idx, offset);
            if frame.wasm_offset.is_none() {
                // About to be translated: it has its parameters, and no room for more.
                let ty = module.decoded.func_type(frame.func_idx);
                layout.locals.truncate(ty.params().len());
            }
            for (slot, ty) in choose(layout) {
                // SAFETY: V1: slots of a frame that was entered; V3: nobody else
                // refers to the store meanwhile.
                let (slots, store) = unsafe {
                    let slots = std::slice::from_raw_parts(fp.add(slot), ty.slots() as usize);
                    (slots, &*store)
                };
                values.push(Val::from_slots(ty, slots, store));
            }
            false
        });
        values
    }

    fn each_frame(
        &mut self,
        mut each: impl FnMut(&ModuleInner, StoppedFrame, *const u64) -> bool,
    ) -> Option<InstanceId> {
        // SAFETY: V3.
        let base = unsafe { (*self.execution).stack.base() } as usize;
        // SAFETY: V3: the run stands still in this execution.
        unsafe {
            frames(
                self.execution,
                self.walker,
                |module, _, func_idx, fp, wasm_offset| {
                    let frame = StoppedFrame {
                        func_idx,
                        wasm_offset: wasm_offset(),
                        depth_slots: (fp as usize - base) / size_of::<u64>(),
                    };
                    each(module, frame, fp)
                },
            )
        }
    }
}

/// Lets the observer look before an operator; `false` if the run is to end.
pub(super) unsafe fn pause(execution: *mut Execution) -> bool {
    // SAFETY: V3; V2: what paused is a `step`, and the next instruction follows it.
    unsafe {
        let goes_on = observe(execution, None);
        (*execution).steps += 1;
        (*execution).resume.ip = (*execution).resume.ip.add(STEP_WORDS);
        if let Some(ctx) = (*execution).resume.ctx.as_ref() {
            (*execution).resume.mem = ctx.memory_base;
        }
        goes_on
    }
}

/// Lets the observer look at a guest that trapped, which does not go on.
pub(super) unsafe fn trapped(execution: *mut Execution, trap: Trap) -> bool {
    // SAFETY: V3.
    unsafe {
        if !(*execution).resume.ip.is_null() {
            observe(execution, Some(trap));
        }
    }
    false
}

unsafe fn observe(execution: *mut Execution, trap: Option<Trap>) -> bool {
    // SAFETY: V3; the observer is taken out, so that it is reached once.
    unsafe {
        let Some(mut observer) = Lent::take(&raw mut (*execution).observer) else {
            return false;
        };
        let Observer { each, walker } = &mut **observer.get_mut();
        let outcome = each(&mut Stopped {
            execution,
            walker,
            trap,
        });
        outcome.is_continue()
    }
}
