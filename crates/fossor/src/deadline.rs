//! Deadlines: one thread, started by the first of them, sets the stop flags of
//! stores whose time is over.

use fossor_host::{Interrupt, InterruptReason};
use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Instant;

/// A deadline that is waited for; dropping it calls it off.
#[derive(Debug)]
pub(crate) struct Deadline {
    key: Key,
}

type Key = (Instant, u64);

#[derive(Default)]
struct Watcher {
    queue: Mutex<Queue>,
    earlier: Condvar,
}

#[derive(Default)]
struct Queue {
    next: u64,
    pending: BTreeMap<Key, Arc<Interrupt>>,
}

impl Deadline {
    /// Sets the flag at `at`, unless dropped before.
    ///
    /// # Panics
    ///
    /// If the system refuses a thread.
    pub fn new(at: Instant, interrupt: Arc<Interrupt>) -> Self {
        let watcher = watcher();
        let mut queue = watcher.lock();
        let key = (at, queue.next);
        queue.next += 1;
        queue.pending.insert(key, interrupt);
        if queue.pending.keys().next() == Some(&key) {
            watcher.earlier.notify_one();
        }
        Self { key }
    }
}

impl Drop for Deadline {
    fn drop(&mut self) {
        watcher().lock().pending.remove(&self.key);
    }
}

fn watcher() -> &'static Watcher {
    static WATCHER: OnceLock<&'static Watcher> = OnceLock::new();
    WATCHER.get_or_init(|| {
        let watcher: &'static Watcher = Box::leak(Box::default());
        std::thread::Builder::new()
            .name("fossor-deadlines".to_owned())
            .spawn(|| watcher.watch())
            .expect("a thread for deadlines");
        watcher
    })
}

impl Watcher {
    fn watch(&self) {
        let mut queue = self.lock();
        loop {
            let now = Instant::now();
            queue = match queue.pending.first_entry() {
                None => self
                    .earlier
                    .wait(queue)
                    .unwrap_or_else(PoisonError::into_inner),
                Some(first) if first.key().0 > now => {
                    let pause = first.key().0 - now;
                    self.earlier
                        .wait_timeout(queue, pause)
                        .unwrap_or_else(PoisonError::into_inner)
                        .0
                }
                Some(first) => {
                    // Under the lock: a deadline that was dropped is never met.
                    first.remove().interrupt(InterruptReason::Deadline);
                    queue
                }
            };
        }
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
