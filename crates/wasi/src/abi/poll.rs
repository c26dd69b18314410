//! Subscriptions and events of `poll_oneoff`.

use super::{Cells, ClockId, Errno, Kind, Param};
use fossor_host::{GuestMemory, OutOfBounds};

/// Most subscriptions of one call.
pub const MAX_SUBSCRIPTIONS: u32 = 4096;

/// `eventtype`, u8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum EventType {
    /// A clock's time has come.
    Clock = 0,
    /// A descriptor can be read.
    FdRead = 1,
    /// A descriptor can be written.
    FdWrite = 2,
}

/// What a subscription waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubscriptionKind {
    /// A time.
    Clock {
        /// Which clock, not yet checked.
        id: u32,
        /// Nanoseconds from now, or since the clock's start.
        timeout_ns: u64,
        /// Whether the timeout is since the clock's start.
        absolute: bool,
    },
    /// Data, or the end of it, on this descriptor.
    FdRead(u32),
    /// Room on this descriptor.
    FdWrite(u32),
}

/// `subscription`, 48 bytes:
///
/// ```text
/// 0             8       16               24           32             40
/// userdata u64  tag u8  clock: id u32    timeout u64  precision u64  flags u16
///                       fd_*:  fd u32
/// ```
///
/// Snapshot 0 has 56: the clock's arm begins with an identifier at 16 that
/// nobody reads, and the rest moves by 8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// Returned in the event.
    pub userdata: u64,
    /// What is waited for.
    pub kind: SubscriptionKind,
}

impl Subscription {
    /// Size of one, in snapshot 1.
    pub const SIZE_BYTES: u32 = 48;
    /// Size of one, in snapshot 0.
    pub const SNAPSHOT0_SIZE_BYTES: u32 = 56;

    /// Reads one; the precision is only a permission to be late.
    ///
    /// Errors: `inval` for an unknown tag or flag.
    fn load(memory: &GuestMemory<'_>, addr: u32, snapshot0: bool) -> Result<Self, Errno> {
        // One copy of everything: nothing is read twice.
        let mut bytes = [0u8; Self::SNAPSHOT0_SIZE_BYTES as usize];
        let size_bytes = Subscriptions::size_of_one(snapshot0);
        bytes[..size_bytes as usize].copy_from_slice(memory.view(addr, size_bytes)?);
        let u64_at = |at: usize| {
            bytes[at..at + 8]
                .iter()
                .rev()
                .fold(0u64, |value, byte| value << 8 | u64::from(*byte))
        };
        let u32_at = |at: usize| u64_at(at) as u32;
        let clock = if snapshot0 { 24 } else { 16 };
        let kind = match bytes[8] {
            0 => {
                let flags = u32_at(clock + 24) as u16;
                if flags & !1 != 0 {
                    return Err(Errno::Inval);
                }
                SubscriptionKind::Clock {
                    id: u32_at(clock),
                    timeout_ns: u64_at(clock + 8),
                    absolute: flags == 1,
                }
            }
            1 => SubscriptionKind::FdRead(u32_at(16)),
            2 => SubscriptionKind::FdWrite(u32_at(16)),
            _ => return Err(Errno::Inval),
        };
        Ok(Subscription {
            userdata: u64_at(0),
            kind,
        })
    }

    /// The type of its events.
    pub fn event_type(&self) -> EventType {
        match self.kind {
            SubscriptionKind::Clock { .. } => EventType::Clock,
            SubscriptionKind::FdRead(_) => EventType::FdRead,
            SubscriptionKind::FdWrite(_) => EventType::FdWrite,
        }
    }

    /// The clock, if it is one that can be waited for.
    pub fn clock(id: u32) -> Option<ClockId> {
        match ClockId::from_number(id) {
            Some(clock @ (ClockId::Realtime | ClockId::Monotonic)) => Some(clock),
            _ => None,
        }
    }
}

/// The three pointers and numbers of `poll_oneoff`: where the subscriptions
/// are, where the events go, and how many there are. Both places are checked.
#[derive(Clone, Copy, Debug)]
pub struct Subscriptions {
    in_addr: u32,
    out_addr: u32,
    count: u32,
    snapshot0: bool,
}

impl Param for Subscriptions {
    const KIND: Kind = Kind::Subscriptions;

    fn lift(cells: &mut Cells<'_>, memory: &GuestMemory<'_>) -> Result<Self, Errno> {
        Self::lift_sized(cells, memory, false)
    }
}

impl Subscriptions {
    /// How many there are: at least 1 and at most [`MAX_SUBSCRIPTIONS`].
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Reads one of them.
    pub fn get(&self, memory: &GuestMemory<'_>, index: u32) -> Result<Subscription, Errno> {
        let size_bytes = Self::size_of_one(self.snapshot0);
        Subscription::load(memory, self.in_addr + index * size_bytes, self.snapshot0)
    }

    /// Where the events go.
    pub fn out_addr(&self) -> u32 {
        self.out_addr
    }

    /// Lifts with the sizes of snapshot 0 or 1.
    pub(crate) fn lift_sized(
        cells: &mut Cells<'_>,
        memory: &GuestMemory<'_>,
        snapshot0: bool,
    ) -> Result<Self, Errno> {
        let in_addr = cells.i32();
        let out_addr = cells.i32();
        let count = cells.i32();
        let size_bytes = Self::size_of_one(snapshot0);
        memory.check(in_addr, u64::from(count) * u64::from(size_bytes))?;
        memory.check(out_addr, u64::from(count) * u64::from(Event::SIZE_BYTES))?;
        if count == 0 || count > MAX_SUBSCRIPTIONS {
            return Err(Errno::Inval);
        }
        Ok(Subscriptions {
            in_addr,
            out_addr,
            count,
            snapshot0,
        })
    }

    fn size_of_one(snapshot0: bool) -> u32 {
        if snapshot0 {
            Subscription::SNAPSHOT0_SIZE_BYTES
        } else {
            Subscription::SIZE_BYTES
        }
    }
}

/// `event`, 32 bytes:
///
/// ```text
/// 0             8          10       11…  16          24                26…
/// userdata u64  error u16  type u8  0    nbytes u64  hangup: flags u16  0
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// From the subscription.
    pub userdata: u64,
    /// What went wrong, if anything.
    pub error: Errno,
    /// The subscription's type.
    pub event_type: EventType,
    /// How much can be read or written at least.
    pub nbytes: u64,
    /// Whether the other side has gone.
    pub hangup: bool,
}

impl Event {
    /// Size of one.
    pub const SIZE_BYTES: u32 = 32;

    /// Stores it as number `index` of those at `out_addr`.
    pub fn store(
        &self,
        memory: &mut GuestMemory<'_>,
        out_addr: u32,
        index: u32,
    ) -> Result<(), OutOfBounds> {
        let mut bytes = [0; Self::SIZE_BYTES as usize];
        bytes[0..8].copy_from_slice(&self.userdata.to_le_bytes());
        bytes[8..10].copy_from_slice(&(self.error as u16).to_le_bytes());
        bytes[10] = self.event_type as u8;
        bytes[16..24].copy_from_slice(&self.nbytes.to_le_bytes());
        bytes[24] = u8::from(self.hangup);
        memory.put(out_addr + index * Self::SIZE_BYTES, &bytes)
    }
}
