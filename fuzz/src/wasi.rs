//! Any calls of WASI with any arguments on any memory, over a system that fails,
//! falls short and turns its clocks back.

mod chaos;
mod sandbox;

use crate::wasi::chaos::Chaos;
use crate::wasi::sandbox::Sandbox;
use fossor_compare::Random;
use fossor_host::{GuestMemory, HostError, Interrupt};
use fossor_wasi::{AbiType, Access, Call, Errno, Function, Resolver, Stdio, WasiCtx, spans};
use fossor_wasi::{functions, snapshot0};
use std::sync::Arc;

/// Bytes of the guest's memory.
const MEMORY_BYTES: usize = 1 << 16;
/// Calls at most.
const CALLS: usize = 40;
/// Descriptors that the guest may have.
const DESCRIPTORS: usize = 12;

/// Paths that are somewhere in the memory, each with its length.
const PATHS: &[&str] = &[
    "f",
    "d",
    "d/g",
    "out",
    "up",
    "loop",
    "../secret",
    "d/../../secret",
    "out/secret",
    "d/out",
    "d/out/secret",
    ".",
    "/",
    "/etc/passwd",
    "d/up/secret",
    "new",
    "new/",
    "out/new",
    "d//g",
    "fifo",
    "..",
    "up/outside/secret",
    "",
];
/// Where they are, 64 bytes for each.
const PATHS_AT: usize = 0x4000;
/// Where lists of buffers are.
const IOVECS_AT: usize = 0x3000;

/// The first byte chooses the context, the next eight seed the system's whims;
/// then 25 bytes for each call.
pub fn run(data: &[u8]) {
    let Some((&kind, rest)) = data.split_first() else {
        return;
    };
    let (seed, rest) = crate::seed(rest);
    let sandbox = Sandbox::new();
    let interrupt = Arc::new(Interrupt::default());
    let chaos = Chaos::new(seed, kind >> 4, interrupt.clone());
    let resolver = match kind & 1 {
        0 => Resolver::Auto,
        _ => Resolver::Walk,
    };
    let mut ctx = WasiCtx::builder()
        .args(["guest", "one"])
        .env("KEY", "value")
        .stdin(Stdio::bytes("input"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .resolver(resolver)
        .strict_rights(kind & 2 != 0)
        .max_descriptors(DESCRIPTORS)
        .interrupt(interrupt)
        .os(Box::new(chaos))
        .preopen_dir(sandbox.writable(), "/", Access::ReadWrite)
        .and_then(|builder| builder.preopen_dir(sandbox.read_only(), "/ro", Access::ReadOnly))
        .expect("the sandbox is there")
        .build()
        .expect("a context");
    let mut memory = initial_memory(seed);
    for bytes in rest.chunks(25).take(CALLS) {
        let all = match bytes[0] {
            128.. => snapshot0::functions(),
            _ => functions(),
        };
        let function = &all[usize::from(bytes[0] & 127) % all.len()];
        let mut random = Random(
            bytes
                .iter()
                .fold(seed, |sum, byte| sum.rotate_left(8) ^ u64::from(*byte)),
        );
        let cells = cells(function, &bytes[1..], &mut random);
        if !call(&mut ctx, &mut memory, function, &cells) {
            break;
        }
        assert!(
            !contains(&memory, sandbox::SECRET),
            "{}: the guest holds what is outside its directories",
            function.name
        );
    }
    drop(ctx);
    sandbox.check();
}

/// Whether the guest goes on.
fn call(ctx: &mut WasiCtx, bytes: &mut [u8], function: &'static Function, cells: &[u64]) -> bool {
    let call = Call { function, cells };
    let mut expected = bytes.to_vec();
    let mut memory = GuestMemory::new(bytes);
    let mut announced = Vec::new();
    spans::plan(&call, ctx, &memory, &mut announced);
    let outcome = (function.call)(ctx, &mut memory, cells);
    let errno = outcome.as_ref().map_or(u32::MAX, |errno| *errno);
    spans::settle(&call, errno, &memory, &mut announced);
    for span in &announced {
        let range = span.addr as usize..(span.addr + span.len_bytes) as usize;
        expected[range.clone()].copy_from_slice(&memory.bytes()[range]);
    }
    assert!(
        expected == memory.bytes(),
        "{} wrote more than was announced: {announced:?}",
        function.name
    );
    match outcome {
        Ok(errno) => {
            assert!(
                Errno::from_number(errno).is_some(),
                "{}: {errno} is no errno",
                function.name
            );
            true
        }
        // `proc_exit`, `proc_raise`, or the system has had enough.
        Err(HostError::Exit(_) | HostError::Trap(_)) => false,
        Err(HostError::Other(error)) => {
            assert!(function.name == "proc_raise", "{}: {error}", function.name);
            false
        }
        #[allow(unreachable_patterns, reason = "the enum may grow")]
        Err(other) => panic!("{}: {other}", function.name),
    }
}

/// Each cell out of three bytes: what kind of number, and which.
fn cells(function: &Function, bytes: &[u8], random: &mut Random) -> Vec<u64> {
    let mut path = None;
    let params = function.params.iter().enumerate();
    let cells = params.map(|(index, ty)| {
        let (kind, number) = match bytes.get(index * 2..index * 2 + 2) {
            Some(pair) => (pair[0], u64::from(pair[1])),
            None => (random.bits() as u8, random.bits() & 0xff),
        };
        let wide = *ty == AbiType::I64;
        // A path's length follows its address.
        if let Some(path) = path.take() {
            return PATHS[path as usize % PATHS.len()].len() as u64;
        }
        match kind % 16 {
            0..4 => number % DESCRIPTORS as u64,
            4..7 => {
                path = Some(number);
                (PATHS_AT + 64 * (number as usize % PATHS.len())) as u64
            }
            7..9 => IOVECS_AT as u64 + 8 * (number % 16),
            9 => 0x8000 + number * 8,
            10 => number % 4,
            11 => 1 << (number % if wide { 64 } else { 32 }),
            12 if wide => u64::MAX - number,
            12 => u64::from(u32::MAX) - number,
            13 => MEMORY_BYTES as u64 - number % 32,
            14 if wide => random.bits(),
            14 => random.bits() & 0xffff_ffff,
            _ => number,
        }
    });
    cells.collect()
}

/// Paths and lists of buffers where [`cells`] points, small numbers elsewhere.
fn initial_memory(seed: u64) -> Vec<u8> {
    let mut random = Random(seed);
    let mut memory = vec![0; MEMORY_BYTES];
    for byte in &mut memory[..IOVECS_AT] {
        *byte = random.pick(&[0, 0, 0, 1, 3, 4, 0xff]);
    }
    for (index, pair) in memory[IOVECS_AT..IOVECS_AT + 256]
        .chunks_exact_mut(8)
        .enumerate()
    {
        let (addr, len) = match index % 8 {
            6 => (u32::MAX - 2, 4),
            7 => (random.bits() as u32, random.bits() as u32),
            _ => (0x9000 + 64 * index as u32, random.below(64) as u32),
        };
        pair[..4].copy_from_slice(&addr.to_le_bytes());
        pair[4..].copy_from_slice(&len.to_le_bytes());
    }
    for (index, path) in PATHS.iter().enumerate() {
        let at = PATHS_AT + 64 * index;
        memory[at..at + path.len()].copy_from_slice(path.as_bytes());
    }
    memory
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    let first = needle[0];
    let starts = bytes.iter().enumerate().filter(|(_, byte)| **byte == first);
    starts
        .into_iter()
        .any(|(at, _)| bytes[at..].starts_with(needle))
}
