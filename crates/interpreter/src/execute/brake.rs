//! How a guest that runs learns that it must stop: the stack of its contexts has no
//! room any more.
//!
//! Calls compare their frame with `Context::stack_limit` anyway, so looking at the stop
//! flag costs them nothing, and a branch back needs one comparison with memory. The limit
//! must lie in each context for that; whoever stops the store writes to all of them.

use super::context::Context;
use fossor_host::Interrupt;
use std::ptr::NonNull;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

/// A store's contexts, for other threads to stop; nobody is stopped any more once it is
/// dropped.
pub(crate) struct Brake {
    interrupt: Arc<Interrupt>,
    contexts: Arc<Mutex<Vec<NonNull<Context>>>>,
    limit: *mut u64,
}

/// What travels to other threads: pointers to atomics.
struct Contexts(Arc<Mutex<Vec<NonNull<Context>>>>);
/// The end of a value stack, of which only the address is of interest.
#[derive(Clone, Copy)]
struct Limit(*mut u64);

// SAFETY: of the contexts, which live as long as they are listed, only atomic fields are
// reached.
unsafe impl Send for Contexts {}
// SAFETY: as above.
unsafe impl Sync for Contexts {}
// SAFETY: an address; nobody follows it.
unsafe impl Send for Limit {}
// SAFETY: as above.
unsafe impl Sync for Limit {}
super::send_with_store!(Brake);

impl Brake {
    /// For a store with this stop flag, whose stack ends at `limit`.
    pub fn new(interrupt: Arc<Interrupt>, limit: *mut u64) -> Self {
        let contexts = Arc::default();
        let (others, end) = (Contexts(Arc::clone(&contexts)), Limit(limit));
        let first = interrupt.set_brake(move |interrupt| {
            let (others, end) = (&others, end);
            apply(&others.0, interrupt, end.0);
        });
        debug_assert!(first, "a stop flag belongs to one store");
        Brake {
            interrupt,
            contexts,
            limit,
        }
    }

    /// Adds a context, which stays where it is until the brake is dropped.
    pub fn add(&self, ctx: NonNull<Context>) {
        let mut contexts = self.contexts.lock().unwrap_or_else(PoisonError::into_inner);
        contexts.push(ctx);
        drop(contexts);
        // The flag may be set already.
        apply(&self.contexts, &self.interrupt, self.limit);
    }
}

impl Drop for Brake {
    fn drop(&mut self) {
        let contexts = self.contexts.lock();
        contexts.unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// Has each context know what the flag says now: whoever comes last has seen the latest.
fn apply(contexts: &Mutex<Vec<NonNull<Context>>>, interrupt: &Interrupt, limit: *mut u64) {
    let contexts = contexts.lock().unwrap_or_else(PoisonError::into_inner);
    let limit = match interrupt.reason() {
        Some(_) => std::ptr::null_mut(),
        None => limit,
    };
    for ctx in contexts.iter() {
        // SAFETY: V3: listed contexts are alive.
        unsafe {
            (*ctx.as_ptr()).stack_limit.store(limit, Ordering::Release);
        }
    }
}
