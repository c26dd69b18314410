//! The kernels of the benchmarks compute the same under both dispatchers, with
//! and without fusion.

mod common;

use common::Place;
use std::path::Path;

/// Small sizes, that the slowest mode of a debug build is quick with.
const KERNELS: &[(&str, u32)] = &[
    ("fib", 15),
    ("fib-loop", 2000),
    ("sieve", 3000),
    ("matmul", 12),
    ("sha256", 1),
    ("keccak", 3),
    ("scan", 2000),
    ("nbody", 20),
    ("mandelbrot", 12),
    ("spectral", 8),
    ("hashmap", 2000),
    ("sort", 300),
    ("json", 1),
    ("marks", 1),
    ("matmul-f32x4", 12),
    ("sha256-x4", 3),
    ("scan-i8x16", 1),
];

#[test]
fn all_modes_compute_the_same() {
    let place = Place::new();
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../kernels/wasm");
    for (name, size) in KERNELS {
        let module = directory.join(format!("{name}.wasm"));
        let module = module.display();
        let unfused = place.run(&format!("run --no-fuse --dispatch loop {module} {size}"));
        let unfused = unfused.code(0).stderr("");
        assert_eq!(unfused.stdout.len(), 17, "{name}: {unfused:#?}");
        for flags in [
            "--dispatch loop",
            "--dispatch tail",
            "--fuel 10_000_000_000",
        ] {
            let run = place.run(&format!("run {flags} {module} {size}"));
            run.code(0).stderr("").stdout(&unfused.stdout);
        }
    }
}
