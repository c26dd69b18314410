// Runs a kernel under Stitch: `stitch MODULE ARGS…`.

mod preview1;

use makepad_stitch::{Engine, Func, Linker, Mem, Module, Store};
use std::cell::OnceCell;

thread_local! {
    static MEMORY: OnceCell<Mem> = const { OnceCell::new() };
}

fn call(store: &mut Store, name: &str, params: &[i32]) -> i32 {
    let memory = MEMORY.with(|memory| memory.get().expect("begun").clone());
    preview1::call(name, memory.bytes_mut(store), params)
}

fn main() {
    let engine = Engine::new();
    let mut store = Store::new(engine.clone());
    let module = Module::new(store.engine(), &preview1::module()).expect("valid");
    let mut linker = Linker::new();
    let functions = [
        (
            "args_get",
            Func::wrap(&mut store, |store: &mut Store, a: i32, b: i32| {
                call(store, "args_get", &[a, b])
            }),
        ),
        (
            "args_sizes_get",
            Func::wrap(&mut store, |store: &mut Store, a: i32, b: i32| {
                call(store, "args_sizes_get", &[a, b])
            }),
        ),
        (
            "fd_write",
            Func::wrap(
                &mut store,
                |store: &mut Store, a: i32, b: i32, c: i32, d: i32| {
                    call(store, "fd_write", &[a, b, c, d])
                },
            ),
        ),
        (
            "proc_exit",
            Func::wrap(&mut store, |store: &mut Store, a: i32| {
                call(store, "proc_exit", &[a]);
            }),
        ),
    ];
    for (name, func) in functions {
        linker.define("wasi_snapshot_preview1", name, func);
    }
    let instance = linker
        .instantiate(&mut store, &module)
        .expect("instantiates");
    let memory = instance.exported_mem("memory").expect("a memory");
    MEMORY.with(|one| assert!(one.set(memory).is_ok(), "one guest"));
    let start = instance.exported_func("_start").expect("a command");
    start.call(&mut store, &[], &mut []).expect("no trap");
}
