//! Looking at a guest each time it has executed so many operators.
//!
//! The fuel is given out in portions (`fuel.rs`): when one is used up, the run stops at
//! the instruction that takes fuel, which is executed again afterwards. A sampler says
//! how large they are, and looks between them.

use super::context::Execution;
use super::walk::{Walker, frames};
use crate::store::Store;
use crate::value::InstanceId;
use std::mem::ManuallyDrop;

/// What is done with each sample.
pub(crate) type SampleFn = dyn FnMut(&mut Sample<'_>) + Send + Sync;

/// How large portions of fuel are, and what is done between them.
pub(crate) struct Sampler {
    /// Operators between samples.
    interval: u64,
    each: Box<SampleFn>,
    walker: Walker,
}

/// A guest that stands still for a moment.
pub struct Sample<'a> {
    store: &'a Store,
    execution: *mut Execution,
    walker: &'a mut Walker,
}

/// A frame of a guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SampleFrame {
    /// Index of the function in its module.
    pub func_idx: u32,
    /// Byte offset in the module of the operator; `None` in a function that is
    /// about to be translated.
    pub wasm_offset: Option<u32>,
}

impl Sample<'_> {
    /// The store.
    pub fn store(&self) -> &Store {
        self.store
    }

    /// The innermost frames, at most `max` of them, and the instance of the
    /// first.
    pub fn frames(&mut self, max: usize) -> (Option<InstanceId>, Vec<SampleFrame>) {
        let mut found = Vec::new();
        // SAFETY: V3: the run stands still in this execution.
        let instance = unsafe {
            frames(
                self.execution,
                self.walker,
                |_, _, func_idx, _, wasm_offset| {
                    found.push(SampleFrame {
                        func_idx,
                        wasm_offset: wasm_offset(),
                    });
                    found.len() < max
                },
            )
        };
        (instance, found)
    }
}

impl Sampler {
    pub fn new(interval: u64, each: Box<SampleFn>) -> Self {
        Self {
            interval: interval.max(1),
            each,
            walker: Walker::default(),
        }
    }

    /// Operators between samples.
    pub fn interval(&self) -> u64 {
        self.interval
    }
}

/// Takes a sample, if there is a sampler.
pub(super) unsafe fn take(execution: *mut Execution) {
    // SAFETY: V3; the sampler is taken out, so that it is reached once.
    unsafe {
        let Some(mut sampler) = Lent::take(&raw mut (*execution).sampler) else {
            return;
        };
        let Sampler { each, walker, .. } = &mut **sampler.get_mut();
        each(&mut Sample {
            store: &*(*execution).store,
            execution,
            walker,
        });
    }
}

/// What was taken out of its place while it is used, and is back there afterwards, also
/// where it panics: the embedder may catch that, and call the guest again.
pub(super) struct Lent<T> {
    place: *mut Option<T>,
    value: ManuallyDrop<T>,
}

impl<T> Lent<T> {
    /// What is in the place, which stays where it is as long as the result lives.
    pub unsafe fn take(place: *mut Option<T>) -> Option<Self> {
        // SAFETY: V3, as the caller says.
        let value = unsafe { (*place).take() }?;
        Some(Self {
            place,
            value: ManuallyDrop::new(value),
        })
    }

    pub fn get_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<T> Drop for Lent<T> {
    fn drop(&mut self) {
        // SAFETY: V3, as whoever took it said; the value is not used any more.
        unsafe { *self.place = Some(ManuallyDrop::take(&mut self.value)) };
    }
}
