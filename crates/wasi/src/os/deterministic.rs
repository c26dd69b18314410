//! A system whose time and chance are made up: the same in every run.

use super::scripted::{next_random, splitmix};
use super::{Os, OsResult, PollEntry, system};
use crate::abi::ClockId;

/// Where the realtime clock starts: 2026-01-01T00:00:00Z, in ns since 1970.
const START_NS: u64 = 1_767_225_600_000_000_000;

/// How far a look at a clock moves it: a guest that waits by looking gets on.
const TICK_NS: u64 = 1_000;

/// The real system, but for clocks and random numbers. They are functions of the
/// seed and of what the guest has done; waiting takes no time, the clocks move
/// on instead.
///
/// Files, and the moment at which input arrives, are still the host's.
#[derive(Clone, Debug)]
pub struct Deterministic {
    random: u64,
    elapsed_ns: u64,
}

impl Deterministic {
    /// The seed decides about random numbers.
    pub fn new(seed: u64) -> Self {
        Self {
            random: splitmix(seed),
            elapsed_ns: 0,
        }
    }
}

impl Os for Deterministic {
    fn clock_time_ns(&mut self, clock: ClockId) -> OsResult<u64> {
        self.elapsed_ns = self.elapsed_ns.saturating_add(TICK_NS);
        Ok(match clock {
            ClockId::Realtime => START_NS.saturating_add(self.elapsed_ns),
            _ => self.elapsed_ns,
        })
    }

    fn clock_resolution_ns(&mut self, _: ClockId) -> OsResult<u64> {
        Ok(TICK_NS)
    }

    fn random(&mut self, bytes: &mut [u8]) -> OsResult<()> {
        for byte in bytes {
            *byte = next_random(&mut self.random);
        }
        Ok(())
    }

    fn poll(&mut self, entries: &mut [PollEntry<'_>], timeout_ns: Option<u64>) -> OsResult<usize> {
        let ready = system::poll(entries, Some(0))?;
        match timeout_ns {
            // `u64::MAX` waits for ever, as no timeout does.
            Some(timeout_ns) if ready == 0 && timeout_ns < u64::MAX => {
                self.elapsed_ns = self.elapsed_ns.saturating_add(timeout_ns);
                Ok(0)
            }
            _ if ready == 0 => system::poll(entries, timeout_ns),
            _ => Ok(ready),
        }
    }
}
