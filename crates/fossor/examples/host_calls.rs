//! Times calls across the border: guest to host and host to guest.

use fossor::{Caller, Engine, Error, Linker, Module, OutOfBounds, Store};
use std::time::Instant;

const CALLS: u32 = 20_000_000;

fn main() -> Result<(), Error> {
    let engine = Engine::default();
    let mut linker = Linker::<u64>::new(&engine);
    linker.func_wrap("host", "add", |a: u32, b: u32| a.wrapping_add(b))?;
    linker.func_wrap(
        "host",
        "read",
        |mut caller: Caller<'_, u64>, addr: u32, len: u32| {
            let (memory, data) = caller.memory_and_data();
            *data += u64::from(memory.view(addr, len)?[0]);
            Ok::<_, OutOfBounds>(len)
        },
    )?;
    let text = r#"(module
        (import "host" "add" (func $add (param i32 i32) (result i32)))
        (import "host" "read" (func $read (param i32 i32) (result i32)))
        (memory 1)
        (func (export "none") (param $n i32)
            (loop (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
        (func (export "add") (param $n i32)
            (loop (drop (call $add (local.get $n) (i32.const 8)))
                (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
        (func (export "read") (param $n i32)
            (loop (drop (call $read (i32.const 8) (i32.const 8)))
                (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
        (func (export "id") (param i32) (result i32) (local.get 0)))"#;
    let module = Module::new(&engine, text)?;
    let mut store = Store::new(&engine, 0);
    let instance = linker.instantiate(&mut store, &module)?;
    let print = |what: &str, start: Instant| {
        let ns = start.elapsed().as_secs_f64() * 1e9 / f64::from(CALLS);
        println!("{what}: {ns:.1} ns");
    };
    for (name, what) in [
        ("none", "a loop without calls"),
        ("add", "a host function of two numbers"),
        ("read", "a host function that reads memory and data"),
    ] {
        let func = instance.get_typed_func::<u32, ()>(&store, name)?;
        let start = Instant::now();
        func.call(&mut store, CALLS)?;
        print(what, start);
    }
    let id = instance.get_typed_func::<u32, u32>(&store, "id")?;
    let start = Instant::now();
    for n in 0..CALLS {
        assert_eq!(id.call(&mut store, n)?, n);
    }
    print("a typed call of a guest's function", start);
    Ok(())
}
