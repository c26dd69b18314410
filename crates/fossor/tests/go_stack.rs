//! Stacks of a Go program, wherever it is stopped.

use fossor::wasi::{self, WasiCtx};
use fossor::{Config, Engine, Error, Goroutine, Linker, Module, Store};

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
const OUTERMOST: [&str; 4] = [
    "runtime.goexit",
    "runtime.rt0_go",
    "runtime.mstart",
    "runtime.mcall",
];

/// All that is known for a few operators of a switch in which the stack pointer has
/// moved, and what goes on there has not begun or is not recognised: the caller.
/// Which it is depends on the moment, and so on the clock.
const SWITCHING: [&str; 2] = ["runtime.execute", "runtime.gopark"];

#[test]
fn wherever_it_stops_the_stack_leads_to_its_beginning() {
    let module = hello(&mut Config::new());
    let mut stops = 0;
    let mut users = 0;
    let mut switching = 0;
    let mut fuel = 1000;
    while let Some((goroutine, frames)) = stopped_after(&module, fuel) {
        let names = Vec::from_iter(goroutine.frames.iter().map(|f| f.source.func.as_str()));
        fuel += STEP;
        stops += 1;
        if matches!(*names, [only] if SWITCHING.contains(&only)) {
            switching += 1;
            continue;
        }
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
    assert!(switching <= 3, "{switching} of {stops}");
}
