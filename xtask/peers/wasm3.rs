// Runs a kernel under wasm3: `wasm3 MODULE ARGS…`.

mod preview1;

use wasm3x::{Caller, Config, Engine, FuncType, Linker, Memory, Module, Store, Val, ValType};

/// A memory that can be read and written, but not borrowed.
struct Guest<'a> {
    memory: Memory,
    caller: Caller<'a, ()>,
}

impl preview1::Memory for Guest<'_> {
    fn read(&self, at: usize, bytes: &mut [u8]) {
        let read = self.memory.read(&self.caller, at, bytes);
        read.expect("within the memory");
    }

    fn write(&mut self, at: usize, bytes: &[u8]) {
        let written = self.memory.write(&mut self.caller, at, bytes);
        written.expect("within the memory");
    }
}

fn number(value: &Val) -> i32 {
    match value {
        Val::I32(number) => *number,
        other => panic!("unexpected argument: {other:?}"),
    }
}

fn main() {
    let engine = Engine::new(Config::new().stack_size(4 << 20));
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
            let memory = caller.get_memory().expect("a memory");
            let value = preview1::call(name, &mut Guest { memory, caller }, &params);
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
