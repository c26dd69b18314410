// Runs a kernel under wasm3: `wasm3 MODULE ARGS…`.

mod preview1;

use wasm3x::{Caller, Config, Engine, FuncType, Linker, Module, Store, Val, ValType};

fn number(value: &Val) -> i32 {
    match value {
        Val::I32(number) => *number,
        other => panic!("unexpected argument: {other:?}"),
    }
}

fn main() {
    let engine = Engine::new(Config::new().stack_size(1 << 18));
    let mut store = Store::new(&engine, ());
    let module = Module::new(&engine, preview1::module()).expect("valid");
    let mut linker = Linker::<()>::new(&engine);
    let functions = [
        ("args_get", 2, 1),
        ("args_sizes_get", 2, 1),
        ("fd_write", 4, 1),
        ("proc_exit", 1, 0),
    ];
    for (name, params, results) in functions {
        let ty = FuncType::new(vec![ValType::I32; params], vec![ValType::I32; results]);
        let call = move |caller: Caller<'_, ()>, params: &[Val], results: &mut [Val]| {
            let params: Vec<i32> = params.iter().map(number).collect();
            // A copy of the memory, as it can be read and written but not borrowed.
            let memory = caller.get_memory().expect("a memory");
            let mut bytes = vec![0; memory.data_size(&caller)];
            memory.read(&caller, 0, &mut bytes)?;
            let value = preview1::call(name, &mut bytes, &params);
            let mut caller = caller;
            memory.write(&mut caller, 0, &bytes)?;
            if let Some(result) = results.first_mut() {
                *result = Val::I32(value);
            }
            Ok(())
        };
        linker
            .func_new("wasi_snapshot_preview1", name, ty, call)
            .expect("defined");
    }
    let instance = linker
        .instantiate_and_start(&mut store, &module)
        .expect("instantiates");
    let start = instance
        .get_typed_func::<(), ()>(&store, "_start")
        .expect("a command");
    start.call(&mut store, ()).expect("no trap");
}
