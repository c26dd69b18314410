//! A system with whims: any operation may fail with any error, reads and writes
//! fall short, clocks jump in both directions.

use fossor_compare::Random;
use fossor_host::{Interrupt, InterruptReason};
use fossor_wasi::abi::ClockId;
use fossor_wasi::os::{OsResult, PollEntry, WriteHow};
use fossor_wasi::{Errno, Os, System};
use std::io::{IoSlice, IoSliceMut};
use std::os::fd::BorrowedFd;
use std::sync::Arc;

/// Operations after which the guest is stopped: no call goes on for ever.
const PATIENCE: u32 = 4000;
/// Bytes that files may be made to have.
const FILE_BYTES: u64 = 1 << 20;

/// See the module.
pub struct Chaos {
    random: Random,
    /// Of a hundred operations, so many fail.
    failures: usize,
    operations: u32,
    interrupt: Arc<Interrupt>,
}

impl Chaos {
    pub fn new(seed: u64, whims: u8, interrupt: Arc<Interrupt>) -> Chaos {
        Chaos {
            random: Random(seed),
            failures: [0, 0, 1, 3, 10, 30][usize::from(whims) % 6],
            operations: 0,
            interrupt,
        }
    }

    /// How much of `len` bytes is moved.
    fn part(&mut self, len: usize) -> usize {
        match self.random.below(4) {
            0 if self.failures > 0 && len > 1 => 1 + self.random.below(len - 1),
            _ => len,
        }
    }
}

impl Os for Chaos {
    fn before(&mut self, _: &'static str) -> OsResult<()> {
        self.operations += 1;
        if self.operations > PATIENCE {
            self.interrupt.interrupt(InterruptReason::Deadline);
            return Err(Errno::Io);
        }
        match self.random.percent(self.failures) {
            true => Err(self.random.pick(&Errno::ALL[1..])),
            false => Ok(()),
        }
    }

    fn clock_time_ns(&mut self, _: ClockId) -> OsResult<u64> {
        self.before("clock_time_ns")?;
        let mut random = self.random.clone();
        self.random.bits();
        Ok(random.pick(&[0, 1, 1_000_000, u64::MAX, 1 << 63, 77]))
    }

    fn random(&mut self, bytes: &mut [u8]) -> OsResult<()> {
        self.before("random")?;
        bytes.fill(4);
        Ok(())
    }

    fn poll(&mut self, entries: &mut [PollEntry<'_>], timeout: Option<u64>) -> OsResult<usize> {
        self.before("poll")?;
        let ready = System.poll(entries, Some(0))?;
        if ready == 0 && timeout.is_none() {
            // Nothing will ever come.
            self.interrupt.interrupt(InterruptReason::Deadline);
        }
        Ok(ready)
    }

    fn read(
        &mut self,
        fd: BorrowedFd<'_>,
        bufs: &mut [IoSliceMut<'_>],
        nowait: bool,
    ) -> OsResult<usize> {
        self.before("read")?;
        match bufs.iter_mut().find(|buf| !buf.is_empty()) {
            Some(buf) => {
                let part = self.part(buf.len());
                System.read(fd, &mut [IoSliceMut::new(&mut buf[..part])], nowait)
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
        match bufs.iter().find(|buf| !buf.is_empty()) {
            Some(buf) => {
                let part = self.part(buf.len());
                System.write(fd, &[IoSlice::new(&buf[..part])], how)
            }
            None => Ok(0),
        }
    }

    fn set_size(&mut self, fd: BorrowedFd<'_>, size_bytes: u64) -> OsResult<()> {
        self.before("set_size")?;
        match size_bytes {
            ..=FILE_BYTES => System.set_size(fd, size_bytes),
            _ => Err(Errno::Fbig),
        }
    }

    fn allocate(&mut self, fd: BorrowedFd<'_>, offset: u64, len_bytes: u64) -> OsResult<()> {
        self.before("allocate")?;
        match offset.checked_add(len_bytes) {
            Some(..=FILE_BYTES) => System.allocate(fd, offset, len_bytes),
            _ => Err(Errno::Nospc),
        }
    }
}
