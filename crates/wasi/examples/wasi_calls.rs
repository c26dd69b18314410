//! What the calls that guests make most often cost, in ns each.
//!
//! `cargo run --release -p fossor-wasi --example wasi_calls > /dev/null`, or
//! with a pipe or a file behind it.

use std::sync::Arc;
use std::time::Instant;

use fossor_host::{GuestMemory, Interrupt};
use fossor_wasi::{Stdio, WasiCtx, functions};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut ctx = WasiCtx::builder()
        .stdout(Stdio::inherit())
        .interrupt(Arc::new(Interrupt::default()))
        .build()?;
    let mut bytes = vec![0; 65_536];
    // One buffer of one byte at 16.
    bytes[..8].copy_from_slice(&[16, 0, 0, 0, 1, 0, 0, 0]);
    bytes[16] = b'.';
    let mut memory = GuestMemory::new(&mut bytes);
    for (name, args, times) in [
        ("sched_yield", &[][..], 10_000_000u32),
        ("clock_time_get", &[1, 1_000, 64][..], 10_000_000),
        ("fd_write", &[1, 0, 1, 64][..], 1_000_000),
    ] {
        let function = functions()
            .iter()
            .find(|function| function.name == name)
            .ok_or("no such function")?;
        let mut best_ns = f64::INFINITY;
        for _ in 0..5 {
            let start = Instant::now();
            for _ in 0..times {
                (function.call)(&mut ctx, &mut memory, args)?;
            }
            best_ns = best_ns.min(start.elapsed().as_nanos() as f64 / f64::from(times));
        }
        eprintln!("{name:16} {best_ns:8.1} ns");
    }
    Ok(())
}
