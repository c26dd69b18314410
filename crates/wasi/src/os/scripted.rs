//! A system that does as it is told, for tests and fuzzing.

use std::collections::VecDeque;
use std::io::{IoSlice, IoSliceMut};
use std::os::fd::BorrowedFd;

use super::{Os, OsResult, PollEntry, WriteHow, system};
use crate::abi::{ClockId, Errno};

/// The real system, except that its clocks and random numbers are made up, its
/// waits take no time, and any operation can be made to fail or fall short.
///
/// ```
/// use fossor_wasi::{Errno, Scripted};
///
/// let os = Scripted::new()
///     .start_ns(1_000)
///     .fail("read", Errno::Io);
/// # let _ = os;
/// ```
#[derive(Clone, Debug)]
pub struct Scripted {
    now_ns: u64,
    tick_ns: u64,
    random: u64,
    most_io_bytes: usize,
    faults: VecDeque<(&'static str, Errno)>,
    calls: Vec<&'static str>,
}

impl Default for Scripted {
    fn default() -> Self {
        Self::new()
    }
}

impl Scripted {
    /// Clocks start at 0 and move by 1 ns with each look.
    pub fn new() -> Self {
        Self {
            now_ns: 0,
            tick_ns: 1,
            random: 0,
            most_io_bytes: usize::MAX,
            faults: VecDeque::new(),
            calls: Vec::new(),
        }
    }

    /// Where every clock starts, in ns.
    pub fn start_ns(mut self, now_ns: u64) -> Self {
        self.now_ns = now_ns;
        self
    }

    /// How far a look at a clock moves it, in ns.
    pub fn tick_ns(mut self, tick_ns: u64) -> Self {
        self.tick_ns = tick_ns;
        self
    }

    /// Reads and writes move at most so many bytes.
    pub fn most_io_bytes(mut self, most_io_bytes: usize) -> Self {
        self.most_io_bytes = most_io_bytes;
        self
    }

    /// The next `operation` (a method of [`Os`]) fails with `error`. Several
    /// failures of one operation come in the order in which they were given.
    pub fn fail(mut self, operation: &'static str, error: Errno) -> Self {
        self.faults.push_back((operation, error));
        self
    }

    /// The operations so far.
    pub fn calls(&self) -> &[&'static str] {
        &self.calls
    }
}

/// The next of a fixed sequence, well mixed (SplitMix64).
pub(super) fn next_random(state: &mut u64) -> u8 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    splitmix(*state) as u8
}

/// A number in which every bit depends on every bit of the given one.
pub(super) fn splitmix(mut mixed: u64) -> u64 {
    mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ mixed >> 31
}

impl Os for Scripted {
    fn before(&mut self, operation: &'static str) -> OsResult<()> {
        self.calls.push(operation);
        match self.faults.iter().position(|(name, _)| *name == operation) {
            Some(index) => match self.faults.remove(index) {
                Some((_, error)) => Err(error),
                None => Ok(()),
            },
            None => Ok(()),
        }
    }

    fn clock_time_ns(&mut self, _: ClockId) -> OsResult<u64> {
        self.before("clock_time_ns")?;
        let now_ns = self.now_ns;
        self.now_ns = now_ns.saturating_add(self.tick_ns);
        Ok(now_ns)
    }

    fn clock_resolution_ns(&mut self, _: ClockId) -> OsResult<u64> {
        self.before("clock_resolution_ns")?;
        Ok(1)
    }

    fn random(&mut self, bytes: &mut [u8]) -> OsResult<()> {
        self.before("random")?;
        for byte in bytes {
            *byte = next_random(&mut self.random);
        }
        Ok(())
    }

    /// Looks without waiting; the time that would have been waited passes.
    fn poll(&mut self, entries: &mut [PollEntry<'_>], timeout_ns: Option<u64>) -> OsResult<usize> {
        self.before("poll")?;
        let ready = system::poll(entries, Some(0))?;
        match timeout_ns {
            Some(timeout_ns) if ready == 0 => {
                self.now_ns = self.now_ns.saturating_add(timeout_ns);
                Ok(0)
            }
            // A wait without an end would be one here too.
            None if ready == 0 => system::poll(entries, None),
            _ => Ok(ready),
        }
    }

    fn read(
        &mut self,
        fd: BorrowedFd<'_>,
        bufs: &mut [IoSliceMut<'_>],
        nowait: bool,
    ) -> OsResult<usize> {
        self.before("read")?;
        if self.most_io_bytes == usize::MAX {
            return system::read(fd, bufs, nowait);
        }
        match bufs.iter_mut().find(|buf| !buf.is_empty()) {
            Some(buf) => {
                let most = buf.len().min(self.most_io_bytes);
                system::read(fd, &mut [IoSliceMut::new(&mut buf[..most])], nowait)
            }
            None => Ok(0),
        }
    }

    fn write(
        &mut self,
        fd: BorrowedFd<'_>,
        bufs: &[IoSlice<'_>],
        how: WriteHow,
    ) -> OsResult<usize> {
        self.before("write")?;
        if self.most_io_bytes == usize::MAX {
            return system::write(fd, bufs, how);
        }
        match bufs.iter().find(|buf| !buf.is_empty()) {
            Some(buf) => {
                let most = buf.len().min(self.most_io_bytes);
                system::write(fd, &[IoSlice::new(&buf[..most])], how)
            }
            None => Ok(0),
        }
    }
}
