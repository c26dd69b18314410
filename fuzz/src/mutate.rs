//! Real programs, changed by wasm-mutate. What is valid afterwards is run in
//! every way.

use crate::{decode, execute, file};
use fossor_module::{DecodeOptions, Module};
use std::sync::LazyLock;
use wasm_mutate::WasmMutate;

/// Programs in C, and Go's hello world.
static PROGRAMS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let kernels = [
        "fib", "hashmap", "json", "keccak", "sort", "sieve", "sha256",
    ];
    let kernels = kernels.map(|name| file(&format!("kernels/wasm/{name}.wasm")));
    let mut programs = kernels.to_vec();
    programs.push(file("go-fixtures/prebuilt/hello.wasm"));
    programs
});

/// Mutates the program that the first byte chooses, some times over.
pub fn run(data: &[u8]) {
    let Some((&choice, rest)) = data.split_first() else {
        return;
    };
    // Go's is large: one in thirty-two.
    let kernels = PROGRAMS.len() - 1;
    let index = match choice % 32 {
        31 => kernels,
        other => usize::from(other) % kernels,
    };
    let (mut seed, _) = crate::seed(rest);
    let mut bytes = PROGRAMS[index].clone();
    for _ in 0..1 + usize::from(choice >> 5) {
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
        execute::agree(&bytes, seed);
    }
}
