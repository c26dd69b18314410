//! Stacks of a Go program, wherever it is stopped.

use fossor::wasi::{self, WasiCtx};
use fossor::{Config, Engine, Error, Goroutine, Linker, Module, Profiler, SampleBy, Store};

/// Runs `hello` with so much fuel; the goroutine that ran when it was used up,
/// or `None` if the program ended.
fn stopped_after(module: &Module, fuel: u64) -> Option<(Goroutine, Vec<String>)> {
    let engine = module.engine();
    let mut linker = Linker::new(&engine);
    wasi::add_to_linker(&mut linker, |ctx: &mut WasiCtx| ctx).unwrap();
    let pre = linker.instantiate_pre(module).unwrap();
    let ctx = WasiCtx::builder().arg("hello").build().unwrap();
    let mut store = Store::new(&engine, ctx);
    store.set_fuel(fuel);
    match pre.command(store).unwrap().run() {
        Ok(_) => None,
        Err(Error::Interrupted(_, info)) => {
            let frames = info.frames.iter().map(|frame| format!("{frame}"));
            let goroutines = info.goroutines.clone().unwrap();
            Some((goroutines.list[0].clone(), frames.collect()))
        }
        Err(error) => panic!("{error}"),
    }
}

fn hello(config: &mut Config) -> Module {
    let engine = Engine::new(config.consume_fuel(true));
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../go-fixtures/prebuilt/hello.wasm"
    );
    Module::from_file(&engine, path).unwrap()
}

/// Operators between stops: a prime, so that it hits all kinds of places.
const STEP: u64 = 4001;

/// What Go's stacks begin with.
const OUTERMOST: [&str; 5] = [
    "_rt0_wasm_wasip1",
    "runtime.goexit",
    "runtime.rt0_go",
    "runtime.mstart",
    "runtime.mcall",
];

#[test]
fn wherever_it_stops_the_stack_leads_to_its_beginning() {
    let module = hello(&mut Config::new());
    let mut stops = 0;
    let mut users = 0;
    let mut fuel = 1000;
    while let Some((goroutine, frames)) = stopped_after(&module, fuel) {
        let names = Vec::from_iter(goroutine.frames.iter().map(|f| f.source.func.as_str()));
        fuel += STEP;
        stops += 1;
        let last = names.last().unwrap();
        assert!(
            OUTERMOST.contains(last),
            "before fuel {fuel}: {names:#?} {frames:#?}"
        );
        assert!(
            names.len() > 1 || *last == "runtime.mcall",
            "before fuel {fuel}: {names:#?} {frames:#?}"
        );
        users += usize::from(names.contains(&"main.main"));
    }
    assert!(stops > 200 && users > 0, "{stops} {users}");
}

/// Operators between samples, and so few that most kinds of places are among
/// them: switches of goroutines, and frames entered again after one.
const INTERVAL: u64 = 7;

#[test]
fn every_stack_of_a_run_leads_to_its_beginning() {
    let module = hello(&mut Config::new());
    let engine = module.engine();
    let mut linker = Linker::new(&engine);
    wasi::add_to_linker(&mut linker, |ctx: &mut WasiCtx| ctx).unwrap();
    let pre = linker.instantiate_pre(&module).unwrap();
    let ctx = WasiCtx::builder().arg("hello").build().unwrap();
    let mut store = Store::new(&engine, ctx);
    store.set_fuel(u64::MAX);
    let profiler = Profiler::attach(&mut store, SampleBy::Instructions(INTERVAL));
    let _ = pre.command(store).unwrap().run().unwrap();
    let mut samples = 0;
    for stack in profiler.stacks() {
        samples += stack.samples;
        let last = &stack.frames.last().unwrap().func;
        assert!(OUTERMOST.contains(&last.as_str()), "{stack:#?}");
    }
    assert!(samples > 100_000, "{samples}");
}
