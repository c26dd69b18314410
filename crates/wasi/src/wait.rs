//! Waiting, so that a stop can end it.
//!
//! Every wait is a `poll` on what the guest waits for *and* on the wake
//! descriptor that the stop flag's owner writes to. A stop is a trap, never an
//! errno, so that the guest cannot ignore it.

use std::os::fd::BorrowedFd;
use std::sync::Arc;

use fossor_host::{HostError, Interrupt, Trap};

use crate::abi::Errno;
use crate::call::Stop;
use crate::os::{Os, OsResult, PollEntry, Wake};

/// How long a wait may take when nobody can wake it: the interrupt has another
/// waker, so the flag must be looked at now and then.
const UNWOKEN_WAIT_NS: u64 = 10_000_000;

/// The stop flag, and what ends a wait when it is set.
#[derive(Debug, Default)]
pub(crate) struct Waiter {
    interrupt: Option<Arc<Interrupt>>,
    wake: Option<Arc<Wake>>,
}

impl Waiter {
    /// Waits that end when `interrupt` is set.
    pub(crate) fn new(interrupt: Arc<Interrupt>) -> OsResult<Self> {
        let wake = Arc::new(Wake::new()?);
        let waker = Arc::clone(&wake);
        let registered = interrupt.set_waker(move || waker.wake());
        Ok(Self {
            interrupt: Some(interrupt),
            wake: registered.then_some(wake),
        })
    }

    /// Whether `interrupt` is the flag.
    pub(crate) fn waits_on(&self, interrupt: &Arc<Interrupt>) -> bool {
        let own = self.interrupt.as_ref();
        own.is_some_and(|own| Arc::ptr_eq(own, interrupt))
    }

    /// As [`waits_on`](Self::waits_on), by the flag's address.
    #[inline]
    pub(crate) fn is_stopped_by(&self, interrupt: *const Interrupt) -> bool {
        let own = self.interrupt.as_ref();
        own.is_some_and(|own| std::ptr::eq(Arc::as_ptr(own), interrupt))
    }

    /// Whether a wait can be left to the system, as nobody may end it.
    pub(crate) fn never_stops(&self) -> bool {
        self.interrupt.is_none()
    }

    /// Traps if the guest must stop.
    #[inline]
    pub(crate) fn check(&self) -> Result<(), HostError> {
        match &self.interrupt {
            Some(interrupt) if interrupt.reason().is_some() => {
                Err(HostError::Trap(Trap::Interrupted))
            }
            _ => Ok(()),
        }
    }

    /// What to put before the entries of [`Waiter::poll`].
    pub(crate) fn wake_entry(&self) -> Option<PollEntry<'_>> {
        self.wake.as_ref().map(|wake| PollEntry::read(wake.fd()))
    }

    /// One wait on `entries`, the first of which is the wake entry if there is
    /// one. May end early with nothing ready.
    pub(crate) fn poll(
        &self,
        os: &mut dyn Os,
        entries: &mut [PollEntry<'_>],
        timeout_ns: Option<u64>,
    ) -> Result<(), Stop> {
        self.check()?;
        let timeout_ns = if self.interrupt.is_some() && self.wake.is_none() {
            Some(timeout_ns.unwrap_or(u64::MAX).min(UNWOKEN_WAIT_NS))
        } else {
            timeout_ns
        };
        match os.poll(entries, timeout_ns) {
            Ok(_) => {}
            // A signal: the caller looks again at what it waits for.
            Err(Errno::Intr) => entries.iter_mut().for_each(|entry| entry.ready = false),
            Err(error) => return Err(error.into()),
        }
        if let (Some(wake), Some(first)) = (&self.wake, entries.first())
            && first.ready
        {
            wake.drain();
        }
        Ok(self.check()?)
    }

    /// Waits until `entry` is ready.
    pub(crate) fn wait(&self, os: &mut dyn Os, entry: PollEntry<'_>) -> Result<(), Stop> {
        loop {
            if let Some(wake) = self.wake_entry() {
                let mut entries = [wake, entry];
                self.poll(os, &mut entries, None)?;
                if entries[1].ready {
                    return Ok(());
                }
            } else {
                let mut entries = [entry];
                self.poll(os, &mut entries, None)?;
                if entries[0].ready {
                    return Ok(());
                }
            }
        }
    }

    /// Lets some time pass, in ns; may end early.
    pub(crate) fn pause(&self, os: &mut dyn Os, time_ns: u64) -> Result<(), Stop> {
        match self.wake_entry() {
            Some(wake) => self.poll(os, &mut [wake], Some(time_ns)),
            None => self.poll(os, &mut [], Some(time_ns)),
        }
    }
}

/// Whether `entry` is ready now.
pub(crate) fn is_ready(os: &mut dyn Os, entry: PollEntry<'_>) -> OsResult<bool> {
    let mut entries = [entry];
    match os.poll(&mut entries, Some(0)) {
        Ok(_) => Ok(entries[0].ready),
        Err(Errno::Intr) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Waits until `fd` is ready, or answers `again` for a guest that does not wait.
pub(crate) fn wait_or_again(
    waiter: &Waiter,
    os: &mut dyn Os,
    fd: BorrowedFd<'_>,
    for_write: bool,
    nonblock: bool,
) -> Result<(), Stop> {
    let entry = if for_write {
        PollEntry::write(fd)
    } else {
        PollEntry::read(fd)
    };
    if !nonblock {
        return waiter.wait(os, entry);
    }
    if is_ready(os, entry)? {
        Ok(())
    } else {
        Err(Errno::Again.into())
    }
}
