// Runs a kernel under WAMR's fast interpreter: `wamr MODULE ARGS…`.

mod preview1;

use std::cell::OnceCell;
use wamrx::{Engine, FuncType, Instance, InstanceConfig, Linker, Module, Val, ValType};

thread_local! {
    /// The guest, which lives as long as the program.
    static GUEST: OnceCell<&'static Instance> = const { OnceCell::new() };
}

fn number(value: &Val) -> i32 {
    match value {
        Val::I32(number) => *number,
        other => panic!("unexpected argument: {other}"),
    }
}

fn main() {
    let engine = Engine::new().expect("an engine");
    let mut linker = Linker::new(&engine);
    let functions = [
        ("args_get", 2, 1),
        ("args_sizes_get", 2, 1),
        ("fd_write", 4, 1),
        ("proc_exit", 1, 0),
    ];
    for (name, params, results) in functions {
        let ty = FuncType::new(vec![ValType::I32; params], vec![ValType::I32; results]);
        let call = move |params: &[Val], results: &mut [Val]| {
            let params: Vec<i32> = params.iter().map(number).collect();
            let guest = GUEST.with(|guest| *guest.get().expect("begun"));
            let mut memory = guest.get_memory("memory").expect("a memory");
            let value = preview1::call(name, memory.data_mut(), &params);
            if let Some(result) = results.first_mut() {
                *result = Val::I32(value);
            }
        };
        linker
            .define_func("wasi_snapshot_preview1", name, ty, call)
            .expect("defined");
    }
    let module = Module::new(&engine, &preview1::module()).expect("valid");
    let mut config = InstanceConfig::new();
    config.exec_stack_size(4 << 20);
    let instance = linker
        .instantiate_with(module, &config)
        .expect("instantiates");
    let instance: &'static Instance = Box::leak(Box::new(instance));
    GUEST.with(|guest| assert!(guest.set(instance).is_ok(), "one guest"));
    instance
        .get_func("_start")
        .expect("a command")
        .call(&[], &mut [])
        .expect("no trap");
}
