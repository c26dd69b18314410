//! `wasi_unstable`, snapshot 0: what toolchains before 2020 import.
//!
//! The same functions over the same code, `sock_accept` apart. Three types
//! differ: `whence` counts in another order, `filestat` has 56 bytes, and a
//! subscription 56 as well.

use std::sync::LazyLock;

use fossor_host::{GuestMemory, HostError, OutOfBounds};

use crate::WasiCtx;
use crate::abi::*;
use crate::call::{Stop, invoke};
use crate::functions::{
    Function, ParamInfo, cell_types, count_cells, declare, has_result, lower, result_infos,
};

/// The 45 functions of `wasi_unstable`: those of snapshot 1, but for the one that
/// came later and the four below. Layers and traces are told of the others as
/// functions of snapshot 1.
pub fn functions() -> &'static [Function] {
    static FUNCTIONS: LazyLock<Vec<Function>> = LazyLock::new(|| {
        let later = crate::functions().iter();
        let known = later.filter(|function| function.name != "sock_accept");
        known.map(as_in_snapshot0).collect()
    });
    &FUNCTIONS
}

fn as_in_snapshot0(function: &Function) -> Function {
    let changed = CHANGED.iter().find(|other| other.name == function.name);
    Function {
        module: "wasi_unstable",
        ..*changed.unwrap_or(function)
    }
}

/// `whence` of snapshot 0: cur 0, end 1, set 2.
#[derive(Clone, Copy, Debug)]
struct Whence0(Whence);

impl Param for Whence0 {
    const KIND: Kind = Kind::Whence0;

    fn lift(cells: &mut Cells<'_>, _: &GuestMemory<'_>) -> Result<Self, Errno> {
        Whence::from_snapshot0(cells.i32())
            .map(Whence0)
            .ok_or(Errno::Inval)
    }
}

impl From<Whence0> for Whence {
    fn from(whence: Whence0) -> Self {
        whence.0
    }
}

/// `filestat` of snapshot 0, 56 bytes:
///
/// ```text
/// 0        8        16 filetype u8  20         24        32    40    48
/// dev u64  ino u64  and 3 of 0      nlink u32  size u64  atim  mtim  ctim
/// ```
#[derive(Clone, Copy, Debug)]
struct Filestat0(Filestat);

impl From<Filestat> for Filestat0 {
    fn from(stat: Filestat) -> Self {
        Filestat0(stat)
    }
}

impl Lower for Filestat0 {
    const KIND: Kind = Kind::Filestat0;
    const SIZE_BYTES: u32 = 56;

    fn store(self, memory: &mut GuestMemory<'_>, addr: u32) -> Result<(), OutOfBounds> {
        let stat = self.0;
        let nlink = u32::try_from(stat.nlink).unwrap_or(u32::MAX);
        let fields = [
            stat.dev,
            stat.ino,
            stat.file_type as u64 | u64::from(nlink) << 32,
            stat.size_bytes,
            stat.atim_ns,
            stat.mtim_ns,
            stat.ctim_ns,
        ];
        let mut bytes = [0; Self::SIZE_BYTES as usize];
        for (place, field) in bytes.chunks_exact_mut(8).zip(fields) {
            place.copy_from_slice(&field.to_le_bytes());
        }
        memory.put(addr, &bytes)
    }
}

/// The subscriptions of snapshot 0, of 56 bytes each.
#[derive(Clone, Copy, Debug)]
struct Subscriptions0(Subscriptions);

impl Param for Subscriptions0 {
    const KIND: Kind = Kind::Subscriptions0;

    fn lift(cells: &mut Cells<'_>, memory: &GuestMemory<'_>) -> Result<Self, Errno> {
        Subscriptions::lift_sized(cells, memory, true).map(Subscriptions0)
    }
}

impl From<Subscriptions0> for Subscriptions {
    fn from(subscriptions: Subscriptions0) -> Self {
        subscriptions.0
    }
}

declare! {
    CHANGED: [4] from "wasi_unstable";

    /// What is known of an open file.
    fn fd_filestat_get(fd: Fd) -> (buf: Filestat0);
    /// Moves a descriptor's offset.
    fn fd_seek(fd: Fd, offset: FileDelta, whence: Whence0) -> (newoffset: FileSize);
    /// What is known of a path.
    fn path_filestat_get(fd: Fd, flags: LookupFlags, path: GuestPath) -> (buf: Filestat0);
    /// Waits for any of several clocks and descriptors.
    fn poll_oneoff[memory](subscriptions: Subscriptions0) -> (nevents: Size);
}
