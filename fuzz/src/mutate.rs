//! Real programs, changed by wasm-mutate. What is valid afterwards is run in
//! every way.

use crate::{decode, execute, file};
use fossor_compare::Plan;
use fossor_module::{DecodeOptions, Module};
use std::sync::LazyLock;
use wasm_mutate::WasmMutate;

/// Programs in C: small ones, so that there are many inputs in a second.
static PROGRAMS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let kernels = [
        "fib",
        "hashmap",
        "json",
        "keccak",
        "sort",
        "sieve",
        "sha256",
        "nbody",
        "matmul",
        "mandelbrot",
        "sha256-x4",
        "matmul-f32x4",
        "scan-i8x16",
    ];
    let kernels = kernels.map(|name| format!("kernels/wasm/{name}.wasm"));
    let guests = ["abort", "raise", "lines"];
    let guests = guests.map(|name| format!("go-fixtures/c/{name}/{name}.wasm"));
    kernels
        .iter()
        .chain(&guests)
        .map(|path| file(path))
        .collect()
});

/// Go's hello world, which takes a thousand times as long.
static GO: LazyLock<Vec<u8>> = LazyLock::new(|| file("go-fixtures/prebuilt/hello.wasm"));

/// Operators of each call: more than for modules of wasm-smith, since these programs
/// are in loops for longer.
const FUEL: u64 = 30_000;

/// Mutates the program that the first byte chooses, some times over: after eight bytes
/// of a seed may follow wasm-smith's choices, as [`execute`] has them.
pub fn run(data: &[u8]) {
    let Some((&choice, rest)) = data.split_first() else {
        return;
    };
    let go = choice == u8::MAX && rest.first() == Some(&0);
    let (mut seed, choices) = crate::seed(rest);
    let mut bytes = match execute::module(choices) {
        Some(module) => module,
        None if go => GO.clone(),
        None => PROGRAMS[usize::from(choice) % PROGRAMS.len()].clone(),
    };
    let times = if go { 1 } else { 1 + (choice >> 5) };
    for _ in 0..times {
        seed = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(1);
        let mut mutate = WasmMutate::default();
        mutate
            .seed(seed)
            .fuel(300)
            .preserve_semantics(choice & 1 == 0);
        let mutant = match mutate.run(&bytes) {
            Ok(mut mutants) => mutants.next(),
            Err(_) => break,
        };
        match mutant {
            Some(Ok(mutant)) => bytes = mutant,
            _ => break,
        }
    }
    decode::run(&bytes);
    let module = Module::decode(bytes.clone(), &DecodeOptions::default());
    if module.is_ok_and(|module| module.validate_bodies().is_ok()) {
        // Other engines compile all of a module first.
        let own = execute::WAYS
            .iter()
            .take_while(|way| way.config().is_some());
        let ways = if go { own.count() } else { execute::WAYS.len() };
        let plan = Plan {
            seed,
            fuel: FUEL,
            ..Plan::default()
        };
        execute::agree_under(&execute::WAYS[..ways], &bytes, &plan);
    }
}
