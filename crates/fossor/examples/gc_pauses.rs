//! How long one allocation takes at most, whatever the heap: a guest keeps a tree
//! of so many MiB and makes garbage, one small structure for each call, and the
//! longest call is what a pause is. `cargo run --release --example gc_pauses`

use fossor::{Config, Engine, HeapStats, Linker, Module, Store, Val};
use std::time::Instant;

const GUEST: &str = r#"(module
    (type $node (struct (field (ref null $node)) (field (ref null $node)) (field i64)))
    (global $kept (mut (ref null $node)) (ref.null $node))
    (func $tree (param $depth i32) (result (ref $node))
        (if (result (ref $node)) (local.get $depth)
            (then (struct.new $node
                (call $tree (i32.sub (local.get $depth) (i32.const 1)))
                (call $tree (i32.sub (local.get $depth) (i32.const 1)))
                (i64.const 0)))
            (else (struct.new_default $node))))
    (func (export "keep") (param i32) (global.set $kept (call $tree (local.get 0))))
    (func (export "churn") (drop (struct.new_default $node))))"#;

/// What an allocation costs is the same in every run; what the machine does in
/// between is not.
const RUNS: usize = 3;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("| live | collections | mean of a call | longest call |");
    println!("| --- | --- | --- | --- |");
    for depth in [10, 14, 16, 18, 20] {
        let mut least = Vec::new();
        let mut stats = Default::default();
        for _ in 0..RUNS {
            stats = measure(depth, &mut least)?;
        }
        let all: u64 = least.iter().map(|&ns| u64::from(ns)).sum();
        let (mean, longest) = (all / least.len() as u64, least.iter().max());
        println!(
            "| {} KiB | {} | {mean} ns | {} us |",
            stats.live_bytes >> 10,
            stats.collections,
            longest.map_or(0, |ns| ns.div_ceil(1000)),
        );
    }
    Ok(())
}

/// Calls the guest through some collections; for each call, the nanoseconds of the
/// quickest run so far.
fn measure(depth: i32, least: &mut Vec<u32>) -> Result<HeapStats, Box<dyn std::error::Error>> {
    let engine = Engine::new(&Config::new());
    let module = Module::new(&engine, GUEST)?;
    let mut store = Store::new(&engine, ());
    let instance = Linker::new(&engine).instantiate(&mut store, &module)?;
    let keep = instance.get_func(&store, "keep").ok_or("no keep")?;
    keep.call(&mut store, &[Val::I32(depth)])?;
    store.collect_objects();
    let live = store.heap_stats().live_bytes;
    let churn = instance.get_typed_func::<(), ()>(&store, "churn")?;
    let calls = 3 * (live as usize / 32).max(40_000);
    least.resize(calls, u32::MAX);
    for least in least {
        let start = Instant::now();
        churn.call(&mut store, ())?;
        *least = (*least).min(start.elapsed().as_nanos() as u32);
    }
    Ok(store.heap_stats())
}
