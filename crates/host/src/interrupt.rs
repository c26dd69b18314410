//! The stop flag: how another thread ends a guest that runs or waits.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// Who asked for the stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InterruptReason {
    /// The deadline passed.
    Deadline,
    /// The embedder, or the user by Ctrl-C, asked.
    Requested,
}

/// A flag that the interpreter tests at taken backward branches and calls, and
/// a waker that ends blocking host calls.
///
/// Shared as `Arc<Interrupt>` between the store, its WASI context and whoever
/// may stop it.
#[derive(Default)]
pub struct Interrupt {
    /// 0 = go on, otherwise an `InterruptReason` + 1.
    flag: AtomicU32,
    waker: OnceLock<Box<dyn Fn() + Send + Sync>>,
}

impl Interrupt {
    /// Asks the guest to stop. The first reason given stays.
    pub fn interrupt(&self, reason: InterruptReason) {
        let code = match reason {
            InterruptReason::Deadline => 1,
            InterruptReason::Requested => 2,
        };
        let _ = self
            .flag
            .compare_exchange(0, code, Ordering::SeqCst, Ordering::SeqCst);
        if let Some(wake) = self.waker.get() {
            wake();
        }
    }

    /// Why the guest must stop, or `None` while it may go on.
    #[inline]
    pub fn reason(&self) -> Option<InterruptReason> {
        match self.flag.load(Ordering::Relaxed) {
            0 => None,
            1 => Some(InterruptReason::Deadline),
            _ => Some(InterruptReason::Requested),
        }
    }

    /// Lets guests run again after an interrupt was reported.
    pub fn clear(&self) {
        self.flag.store(0, Ordering::SeqCst);
    }

    /// Registers what ends a blocking host call (WASI writes to its wake
    /// descriptor here). Only the first registration counts; returns whether
    /// it was this one.
    pub fn set_waker(&self, wake: impl Fn() + Send + Sync + 'static) -> bool {
        self.waker.set(Box::new(wake)).is_ok()
    }

    /// The flag itself, for the interpreter's compare: non-zero means stop.
    pub fn flag(&self) -> &AtomicU32 {
        &self.flag
    }
}

impl std::fmt::Debug for Interrupt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Interrupt")
            .field("reason", &self.reason())
            .finish_non_exhaustive()
    }
}
