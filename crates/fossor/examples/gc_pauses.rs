//! How long one allocation takes at most, whatever the heap: a guest keeps a tree
//! of so many MiB and makes garbage, one small structure for each call, and the
//! longest call is what a pause is. `cargo run --release --example gc_pauses`

use fossor::{Config, Engine, Linker, Module, Store, Val};
use std::time::{Duration, Instant};

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

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let engine = Engine::new(&Config::new());
    let module = Module::new(&engine, GUEST)?;
    println!("live MiB, collections, mean ns, longest us of a call");
    for depth in [10, 14, 18, 21] {
        let mut store = Store::new(&engine, ());
        let instance = Linker::new(&engine).instantiate(&mut store, &module)?;
        let keep = instance.get_func(&store, "keep").ok_or("no keep")?;
        keep.call(&mut store, &[Val::I32(depth)])?;
        store.collect_objects();
        let live = store.heap_stats().live_bytes;
        let churn = instance.get_typed_func::<(), ()>(&store, "churn")?;
        let calls = 4 * (live / 32).max(100_000);
        let (mut longest, mut all) = (Duration::ZERO, Duration::ZERO);
        for _ in 0..calls {
            let start = Instant::now();
            churn.call(&mut store, ())?;
            let took = start.elapsed();
            longest = longest.max(took);
            all += took;
        }
        println!(
            "{}, {}, {}, {}",
            live >> 20,
            store.heap_stats().collections,
            all.as_nanos() / u128::from(calls),
            longest.as_micros()
        );
    }
    Ok(())
}
