//! Where the runtime keeps what of a goroutine, by version.
//!
//! Source: `runtime/runtime2.go` (`g`, `m`, `gobuf`), as the compiler lays it
//! out: `go build -work -a runtime` leaves `go_asm.h`.

/// Offsets in bytes; pointers have 8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    /// In `g`: the status.
    pub status: u64,
    /// In `g`: the number.
    pub goid: u64,
    /// In `g`: what it waits for.
    pub wait_reason: u64,
    /// In `g`: the number of the one that started it.
    pub parent: u64,
    /// In `g`: the `go` statement that started it.
    pub gopc: u64,
    /// In `g`: its function.
    pub startpc: u64,
    /// In `m`: the goroutine that it runs.
    pub curg: u64,
}

/// In `g`: the bounds of the stack. These are the same in all versions.
pub(crate) const STACK_LOW: u64 = 0;
pub(crate) const STACK_HIGH: u64 = 8;
/// In `g`: its `m`.
pub(crate) const M: u64 = 48;
/// In `g`: stack pointer and program counter while it does not run.
pub(crate) const SCHED_SP: u64 = 56;
pub(crate) const SCHED_PC: u64 = 64;
/// In `m`: the goroutine of the scheduler.
pub(crate) const G0: u64 = 0;

const GO_1_21: Layout = Layout {
    status: 144,
    goid: 152,
    wait_reason: 176,
    parent: 272,
    gopc: 280,
    startpc: 296,
    curg: 144,
};

/// With `syscallbp`.
const GO_1_23: Layout = Layout {
    status: 152,
    goid: 160,
    wait_reason: 184,
    parent: 280,
    gopc: 288,
    startpc: 304,
    curg: 144,
};

/// Without `gobuf.ret`.
const GO_1_25: Layout = Layout {
    status: 144,
    goid: 152,
    wait_reason: 176,
    parent: 272,
    gopc: 280,
    startpc: 296,
    curg: 136,
};

/// With more flags before `parentGoid`.
const GO_1_26: Layout = Layout {
    parent: 280,
    gopc: 288,
    startpc: 304,
    ..GO_1_25
};

impl Layout {
    /// The newest first.
    pub const ALL: [Layout; 4] = [GO_1_26, GO_1_25, GO_1_23, GO_1_21];

    /// The layout of `1.MINOR`. A version that is newer than this list is taken
    /// to be like the newest; what is read is checked.
    pub fn of(minor: u32) -> Option<Self> {
        match minor {
            21 | 22 => Some(GO_1_21),
            23 | 24 => Some(GO_1_23),
            25 => Some(GO_1_25),
            26.. => Some(GO_1_26),
            _ => None,
        }
    }
}
