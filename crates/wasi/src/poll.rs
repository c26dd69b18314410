//! `poll_oneoff`: waits for clocks and descriptors.
//!
//! 1. Copy all subscriptions: events may be written over them.
//! 2. What is ready by itself (files, errors) makes the wait a mere look.
//! 3. Otherwise wait in `poll`, in ns, until the first deadline.
//! 4. Report everything that is ready, and only clocks whose time has come; if
//!    that is nothing (a signal, a clock that was set), wait again. Nothing is
//!    written until all is known: a clock may fail, and a call that fails has
//!    written nothing.

use std::os::fd::AsFd;

use fossor_host::GuestMemory;

use crate::WasiCtx;
use crate::abi::{
    ClockId, Errno, Event, Fd, Rights, Size, Subscription, SubscriptionKind, Subscriptions,
};
use crate::call::Stop;
use crate::descriptor::{Descriptor, Object, Readiness};
use crate::os::{Os, PollEntry};

/// How long to wait on a clock that may be set before looking at it again.
const SETTABLE_CLOCK_WAIT_NS: u64 = 1_000_000_000;

/// When a clock subscription is due.
#[derive(Clone, Copy, Debug)]
enum Deadline {
    /// At this time of the monotonic clock, in ns.
    Monotonic(u64),
    /// At this time of the realtime clock, in ns.
    Realtime(u64),
    Never,
}

/// What a subscription waits for, once looked up.
#[derive(Clone, Copy, Debug)]
enum Wait {
    Clock(Deadline),
    /// The entry of that index in the list given to the system.
    Entry(usize),
    /// Nothing: the event is known.
    Ready(Event),
}

impl WasiCtx {
    /// Waits until at least one subscription has an event, and stores an event
    /// for each that has.
    ///
    /// Errors: `inval` none or too many, an unknown tag, flag or clock. An
    /// unknown descriptor is an event with error `badf`.
    pub(crate) fn poll_oneoff(
        &mut self,
        memory: &mut GuestMemory<'_>,
        subscriptions: Subscriptions,
    ) -> Result<Size, Stop> {
        if subscriptions.count() == 1
            && let SubscriptionKind::Clock { .. } = subscriptions.get(memory, 0)?.kind
        {
            return self.sleep(memory, subscriptions);
        }
        // At most 4,096: a constant of ours, not a number of the guest's.
        let mut waits: Vec<(Subscription, Wait)> =
            Vec::with_capacity(subscriptions.count() as usize);
        let mut entries: Vec<PollEntry<'_>> =
            Vec::with_capacity(subscriptions.count() as usize + 1);
        let mut events: Vec<Event> = Vec::with_capacity(subscriptions.count() as usize);
        entries.extend(self.waiter.wake_entry());
        let os = &mut *self.os;
        let mut ready_now = false;
        for index in 0..subscriptions.count() {
            let subscription = subscriptions.get(memory, index)?;
            let wait = match subscription.kind {
                SubscriptionKind::Clock {
                    id,
                    timeout_ns,
                    absolute,
                } => Wait::Clock(deadline(os, id, timeout_ns, absolute)?),
                SubscriptionKind::FdRead(fd) | SubscriptionKind::FdWrite(fd) => {
                    let for_write = matches!(subscription.kind, SubscriptionKind::FdWrite(_));
                    match self.descriptors.get(Fd(fd), Rights::POLL_FD_READWRITE) {
                        Err(error) => Wait::Ready(event(&subscription, error, 0, false)),
                        Ok(descriptor) => match waited_for(descriptor, for_write) {
                            Some(entry) => {
                                entries.push(entry);
                                Wait::Entry(entries.len() - 1)
                            }
                            None => {
                                let nbytes = ready_bytes(os, descriptor, for_write);
                                Wait::Ready(event(&subscription, Errno::Success, nbytes, false))
                            }
                        },
                    }
                }
            };
            ready_now |= matches!(wait, Wait::Ready(_));
            waits.push((subscription, wait));
        }

        loop {
            let timeout_ns = if ready_now {
                Some(0)
            } else {
                first_timeout(os, &waits)?
            };
            self.waiter.poll(os, &mut entries, timeout_ns)?;
            for (subscription, wait) in &waits {
                events.push(match wait {
                    Wait::Ready(event) => *event,
                    Wait::Clock(deadline) if remaining_ns(os, *deadline)? == Some(0) => {
                        event(subscription, Errno::Success, 0, false)
                    }
                    Wait::Entry(index) if entries[*index].ready => {
                        let entry = entries[*index];
                        let (nbytes, hangup) = amount(os, &entry);
                        event(subscription, Errno::Success, nbytes, hangup)
                    }
                    _ => continue,
                });
            }
            if !events.is_empty() {
                break;
            }
        }
        for (index, event) in (0..).zip(&events) {
            event.store(memory, subscriptions.out_addr(), index)?;
        }
        Ok(Size(events.len() as u32))
    }

    /// A single clock: how Go's scheduler idles, hence without lists.
    fn sleep(
        &mut self,
        memory: &mut GuestMemory<'_>,
        subscriptions: Subscriptions,
    ) -> Result<Size, Stop> {
        let subscription = subscriptions.get(memory, 0)?;
        let os = &mut *self.os;
        let SubscriptionKind::Clock {
            id,
            timeout_ns,
            absolute,
        } = subscription.kind
        else {
            return Err(Errno::Inval.into());
        };
        let deadline = deadline(os, id, timeout_ns, absolute)?;
        loop {
            match remaining_ns(os, deadline)? {
                Some(0) => break,
                Some(time_ns) => {
                    let time_ns = match deadline {
                        Deadline::Realtime(_) => time_ns.min(SETTABLE_CLOCK_WAIT_NS),
                        _ => time_ns,
                    };
                    self.waiter.pause(os, time_ns)?;
                }
                None => self.waiter.pause(os, u64::MAX)?,
            }
        }
        let event = event(&subscription, Errno::Success, 0, false);
        event.store(memory, subscriptions.out_addr(), 0)?;
        Ok(Size(1))
    }
}

fn event(subscription: &Subscription, error: Errno, nbytes: u64, hangup: bool) -> Event {
    Event {
        userdata: subscription.userdata,
        error,
        event_type: subscription.event_type(),
        nbytes,
        hangup,
    }
}

/// Relative timeouts run on the monotonic clock whatever clock they name: that
/// one may be set.
fn deadline(os: &mut dyn Os, id: u32, timeout_ns: u64, absolute: bool) -> Result<Deadline, Stop> {
    let clock = Subscription::clock(id).ok_or(Errno::Inval)?;
    Ok(match (absolute, clock) {
        (true, ClockId::Realtime) => Deadline::Realtime(timeout_ns),
        (true, _) => Deadline::Monotonic(timeout_ns),
        (false, _) => {
            let now_ns = os.clock_time_ns(ClockId::Monotonic)?;
            match now_ns.checked_add(timeout_ns) {
                Some(due_ns) => Deadline::Monotonic(due_ns),
                None => Deadline::Never,
            }
        }
    })
}

/// Time until it is due, 0 if it is; `None` for never.
fn remaining_ns(os: &mut dyn Os, deadline: Deadline) -> Result<Option<u64>, Stop> {
    Ok(match deadline {
        Deadline::Monotonic(due_ns) => {
            Some(due_ns.saturating_sub(os.clock_time_ns(ClockId::Monotonic)?))
        }
        Deadline::Realtime(due_ns) => {
            Some(due_ns.saturating_sub(os.clock_time_ns(ClockId::Realtime)?))
        }
        Deadline::Never => None,
    })
}

/// The time until the first clock is due, or may have to be looked at.
fn first_timeout(os: &mut dyn Os, waits: &[(Subscription, Wait)]) -> Result<Option<u64>, Stop> {
    let mut first_ns: Option<u64> = None;
    for (_, wait) in waits {
        let Wait::Clock(deadline) = wait else {
            continue;
        };
        let Some(mut time_ns) = remaining_ns(os, *deadline)? else {
            continue;
        };
        if let Deadline::Realtime(_) = deadline {
            time_ns = time_ns.min(SETTABLE_CLOCK_WAIT_NS);
        }
        first_ns = Some(first_ns.unwrap_or(u64::MAX).min(time_ns));
    }
    Ok(first_ns)
}

/// What the system must be asked about; `None` for what is always ready.
fn waited_for(descriptor: &Descriptor, for_write: bool) -> Option<PollEntry<'_>> {
    let fd = match &descriptor.object {
        Object::File(file) if file.readiness == Readiness::Always => return None,
        Object::File(file) => file.fd.as_fd(),
        Object::Listener(listener) => listener.as_fd(),
        Object::Directory(_) | Object::Null | Object::Input(_) | Object::Pipe(_) => return None,
    };
    Some(if for_write {
        PollEntry::write(fd)
    } else {
        PollEntry::read(fd)
    })
}

/// How much can be moved at once on what is always ready.
fn ready_bytes(os: &mut dyn Os, descriptor: &Descriptor, for_write: bool) -> u64 {
    if for_write {
        return 1;
    }
    match &descriptor.object {
        Object::File(file) => {
            let fd = file.fd.as_fd();
            match (os.stat(fd), os.seek(fd, std::io::SeekFrom::Current(0))) {
                (Ok(stat), Ok(offset)) => stat.size_bytes.saturating_sub(offset),
                _ => 0,
            }
        }
        Object::Input(input) => input.remaining_bytes() as u64,
        Object::Pipe(pipe) => pipe.len_bytes() as u64,
        _ => 0,
    }
}

/// How much can be moved at once, and whether the other side has gone.
fn amount(os: &mut dyn Os, entry: &PollEntry<'_>) -> (u64, bool) {
    if entry.for_write {
        return (u64::from(!entry.hangup), entry.hangup);
    }
    // A listener has no bytes, and answers with an error.
    let nbytes = os.readable_bytes(entry.fd).unwrap_or(0);
    (nbytes, entry.hangup)
}
