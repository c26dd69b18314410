//! What wasmi takes for what `cargo run --release --example instantiation`
//! measures: a library instantiated and initialised anew, for a module that is
//! compiled once. `cargo run --release -- MODULE [ROUNDS]`.

use std::time::Instant;
use wasmi::{Config, Engine, Linker, Module, Store};
use wasmi_wasi::{WasiCtx, WasiCtxBuilder};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let wasm = std::fs::read(args.next().ok_or("which module?")?)?;
    let rounds: usize = args.next().map_or(Ok(200), |n| n.parse())?;
    let engine = Engine::new(&Config::default());
    let start = Instant::now();
    let module = Module::new(&engine, &wasm)?;
    println!("compile: {:.2} s", start.elapsed().as_secs_f64());
    let mut linker = Linker::<WasiCtx>::new(&engine);
    wasmi_wasi::add_to_linker(&mut linker, |ctx| ctx)?;
    let mut times = Vec::new();
    for _ in 0..rounds {
        let start = Instant::now();
        let mut store = Store::new(&engine, WasiCtxBuilder::new().build());
        let instance = linker.instantiate_and_start(&mut store, &module)?;
        let initialize = instance.get_typed_func::<(), ()>(&store, "_initialize")?;
        initialize.call(&mut store, ())?;
        times.push(start.elapsed());
        let add = instance.get_typed_func::<(i32, i32), i32>(&store, "add")?;
        assert_eq!(add.call(&mut store, (1, 2))?, 3);
    }
    times.sort_unstable();
    let us = |at: usize| times[at].as_secs_f64() * 1e6;
    println!(
        "instantiate and initialise: {:.1} µs at least, {:.1} in the median",
        us(0),
        us(rounds / 2)
    );
    Ok(())
}
