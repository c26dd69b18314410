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

/// A flag that ends a guest, a brake by which running code learns of it at taken
/// backward branches and calls, and a waker that ends blocking host calls.
///
/// Shared as `Arc<Interrupt>` between a store, its WASI context and whoever
/// may stop it, from any thread, but not from a signal's handler: the brake may take a
/// lock.
#[derive(Default)]
pub struct Interrupt {
    /// 0 = go on, otherwise an `InterruptReason` + 1.
    flag: AtomicU32,
    brake: OnceLock<Box<Brake>>,
    waker: OnceLock<Box<dyn Fn() + Send + Sync>>,
}

type Brake = dyn Fn(&Interrupt) + Send + Sync;

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
        self.tell();
        if let Some(wake) = self.waker.get() {
            wake();
        }
    }

    fn tell(&self) {
        if let Some(brake) = self.brake.get() {
            brake(self);
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
        self.tell();
    }

    /// Registers what tells running code, each time that the flag has changed. Only the
    /// first registration counts; returns whether it was this one.
    pub fn set_brake(&self, brake: impl Fn(&Interrupt) + Send + Sync + 'static) -> bool {
        self.brake.set(Box::new(brake)).is_ok()
    }

    /// Registers what ends a blocking host call (WASI writes to its wake
    /// descriptor here). Only the first registration counts; returns whether
    /// it was this one.
    pub fn set_waker(&self, wake: impl Fn() + Send + Sync + 'static) -> bool {
        self.waker.set(Box::new(wake)).is_ok()
    }
}

impl std::fmt::Debug for Interrupt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Interrupt")
            .field("reason", &self.reason())
            .finish_non_exhaustive()
    }
}
