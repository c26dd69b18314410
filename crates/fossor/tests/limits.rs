//! What stops a guest, and what it may take.

#![cfg(feature = "wat")]

use fossor::wasi::{self, WasiCtx};
use fossor::{
    Config, Engine, Error, InterruptReason, Limits, Linker, Memory, Module, Outcome, Store, Trap,
    Val,
};
use std::time::{Duration, Instant};

const SPIN: &str = r#"(module (func (export "_start") (loop $l (br $l))))"#;
/// Sleeps for an hour, by `poll_oneoff`.
const SLEEP: &str = r#"(module
    (import "wasi_snapshot_preview1" "poll_oneoff"
        (func $poll (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (func (export "_start")
        (i32.store (i32.const 16) (i32.const 1))
        (i64.store (i32.const 24) (i64.const 3600000000000))
        (drop (call $poll (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128)))))"#;

fn run_with_deadline(text: &str, timeout: Duration) -> Result<Outcome, Error> {
    let engine = Engine::default();
    let mut linker = Linker::<WasiCtx>::new(&engine);
    wasi::add_to_linker(&mut linker, |ctx| ctx)?;
    let pre = linker.instantiate_pre(&Module::new(&engine, text)?)?;
    let mut store = Store::new(&engine, WasiCtx::builder().build().unwrap());
    store.set_deadline(timeout);
    pre.command(store)?.run()
}

fn is_deadline<T>(result: &Result<T, Error>) -> bool {
    matches!(
        result,
        Err(Error::Interrupted(InterruptReason::Deadline, _))
    )
}

#[test]
fn a_deadline_ends_loops_waits_and_start_functions() {
    let start = SPIN.replace("(func (export", "(start 0) (func (export");
    for text in [SPIN, SLEEP, &start] {
        let begin = Instant::now();
        let result = run_with_deadline(text, Duration::from_millis(50));
        assert!(is_deadline(&result), "{result:?}");
        assert!(begin.elapsed() >= Duration::from_millis(50));
        assert!(begin.elapsed() < Duration::from_secs(5));
    }
}

#[test]
fn a_deadline_that_is_called_off_does_not_end_anything() -> Result<(), Error> {
    let engine = Engine::default();
    let mut store = Store::new(&engine, ());
    store.set_deadline(Duration::from_millis(1));
    store.clear_deadline();
    std::thread::sleep(Duration::from_millis(20));
    let text = r#"(module (func (export "f") (param i32) (result i32) (local.get 0)))"#;
    let module = Module::new(&engine, text)?;
    let instance = Linker::new(&engine).instantiate(&mut store, &module)?;
    let f = instance.get_typed_func::<i32, i32>(&store, "f")?;
    assert_eq!(f.call(&mut store, 1)?, 1);
    // A later one replaces one that has passed.
    store.set_deadline(Duration::ZERO);
    while !store.interrupt_handle().is_interrupted() {
        std::thread::yield_now();
    }
    store.set_deadline(Duration::from_secs(3600));
    assert_eq!(f.call(&mut store, 1)?, 1);
    Ok(())
}

#[test]
fn another_thread_interrupts() -> Result<(), Error> {
    interrupts(&Engine::default())?;
    interrupts(&Engine::new(Config::new().consume_fuel(true)))
}

/// Also code with fuel, which has other places to look at the flag.
fn interrupts(engine: &Engine) -> Result<(), Error> {
    let mut store = Store::new(engine, ());
    store.set_fuel(u64::MAX);
    let module = Module::new(engine, SPIN)?;
    let instance = Linker::new(engine).instantiate(&mut store, &module)?;
    let spin = instance.get_typed_func::<(), ()>(&store, "_start")?;
    let handle = store.interrupt_handle();
    let other = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(20));
        handle.interrupt();
    });
    let error = spin.call(&mut store, ()).unwrap_err();
    assert!(matches!(
        error,
        Error::Interrupted(InterruptReason::Requested, _)
    ));
    assert_eq!(error.trap_info().map(|info| info.frames.len()), Some(1));
    other.join().unwrap();
    // It stays so until it is cleared.
    assert!(spin.call(&mut store, ()).is_err());
    store.interrupt_handle().clear();
    store.set_deadline(Duration::from_millis(20));
    assert!(is_deadline(&spin.call(&mut store, ())));
    Ok(())
}

#[test]
fn fuel_runs_out() -> Result<(), Error> {
    let engine = Engine::new(Config::new().consume_fuel(true));
    let mut store = Store::new(&engine, ());
    let module = Module::new(&engine, SPIN)?;
    let instance = Linker::new(&engine).instantiate(&mut store, &module)?;
    let spin = instance.get_typed_func::<(), ()>(&store, "_start")?;
    store.set_fuel(10_000);
    let error = spin.call(&mut store, ()).unwrap_err();
    assert!(matches!(
        error,
        Error::Interrupted(InterruptReason::OutOfFuel, _)
    ));
    assert_eq!(store.fuel(), 0);
    Ok(())
}

#[test]
fn a_memory_grows_to_its_limit_and_no_further() -> Result<(), Error> {
    let engine = Engine::default();
    let mut store = Store::new(&engine, ());
    store.set_limits(Limits::memory(4 * Memory::PAGE_BYTES).table_elements(3));
    let text = r#"(module (memory (export "m") 1) (table (export "t") 1 funcref)
        (func (export "memory") (param i32) (result i32) (memory.grow (local.get 0)))
        (func (export "table") (param i32) (result i32)
            (table.grow (ref.null func) (local.get 0))))"#;
    let module = Module::new(&engine, text)?;
    let linker = Linker::new(&engine);
    let instance = linker.instantiate(&mut store, &module)?;
    let memory = instance.get_typed_func::<i32, i32>(&store, "memory")?;
    assert_eq!(memory.call(&mut store, 2)?, 1);
    assert_eq!(memory.call(&mut store, 2)?, -1);
    assert_eq!(memory.call(&mut store, 1)?, 3);
    let m = instance.get_memory(&store, "m").unwrap();
    assert_eq!(m.size(&store), 4);
    let error = m.grow(&mut store, 1).unwrap_err();
    assert_eq!(error.to_string(), "the memory cannot grow by 1 pages");
    let table = instance.get_typed_func::<i32, i32>(&store, "table")?;
    assert_eq!(table.call(&mut store, 2)?, 1);
    assert_eq!(table.call(&mut store, 1)?, -1);

    let module = Module::new(&engine, "(module (memory 5))")?;
    let error = linker.instantiate(&mut store, &module).unwrap_err();
    assert!(matches!(error, Error::Resources(_)), "{error}");
    Ok(())
}

#[test]
fn the_stack_ends() -> Result<(), Error> {
    let engine = Engine::new(Config::new().max_stack_bytes(1 << 20));
    let mut store = Store::new(&engine, ());
    let text = r#"(module (func $f (export "f") (result i32)
        (i32.add (call $f) (i32.const 1))))"#;
    let module = Module::new(&engine, text)?;
    let instance = Linker::new(&engine).instantiate(&mut store, &module)?;
    let f = instance.get_func(&store, "f").unwrap();
    let error = f.call(&mut store, &[]).unwrap_err();
    assert_eq!(error.trap(), Some(Trap::StackExhausted));
    let info = error.trap_info().unwrap();
    assert!(info.omitted > 1000, "{}", info.omitted);
    Ok(())
}

#[test]
fn memories_globals_and_tables_are_the_guests() -> Result<(), Error> {
    let engine = Engine::default();
    let mut store = Store::new(&engine, ());
    let text = r#"(module (memory (export "m") 1) (table (export "t") 2 funcref)
        (global (export "g") (mut i64) (i64.const 5)) (global (export "c") i32 (i32.const 1))
        (func (export "f") (result i64)
            (i64.add (global.get 0) (i64.load (i32.const 8)))))"#;
    let module = Module::new(&engine, text)?;
    let instance = Linker::new(&engine).instantiate(&mut store, &module)?;
    let memory = instance.get_memory(&store, "m").unwrap();
    memory.write(&mut store, 8, &7_u64.to_le_bytes())?;
    assert!(memory.write(&mut store, 65535, &[0, 0]).is_err());
    let mut buffer = [0; 2];
    assert!(memory.read(&store, u64::MAX, &mut buffer).is_err());
    memory.read(&store, 8, &mut buffer)?;
    assert_eq!(buffer, [7, 0]);
    let global = instance.get_global(&store, "g").unwrap();
    global.set(&mut store, Val::I64(100))?;
    let constant = instance.get_global(&store, "c").unwrap();
    let error = constant.set(&mut store, Val::I32(2)).unwrap_err();
    assert_eq!(error.to_string(), "the global is immutable");
    let f = instance.get_func(&store, "f").unwrap();
    assert_eq!(f.call(&mut store, &[])?, [Val::I64(107)]);
    let table = instance.get_table(&store, "t").unwrap();
    table.set(&mut store, 1, Val::FuncRef(Some(f)))?;
    assert_eq!(table.get(&store, 1), Some(Val::FuncRef(Some(f))));
    assert_eq!(table.get(&store, 2), None);
    assert!(table.set(&mut store, 2, Val::FuncRef(None)).is_err());
    Ok(())
}

#[test]
fn a_function_that_finds_no_room_for_its_code_leaves_it_to_others() -> Result<(), Error> {
    let mut config = Config::default();
    config.max_code_bytes(4096);
    let engine = Engine::new(&config);
    let large = "(global.set $g (i32.add (global.get $g) (i32.const 1)))".repeat(1000);
    let text = format!(
        r#"(module (global $g (mut i32) (i32.const 0))
            (func (export "large") {large})
            (func (export "small") (result i32) (global.get $g)))"#
    );
    let mut store = Store::new(&engine, ());
    let guest = Linker::new(&engine).instantiate(&mut store, &Module::new(&engine, text)?)?;
    let large = guest.get_typed_func::<(), ()>(&store, "large")?;
    let small = guest.get_typed_func::<(), i32>(&store, "small")?;
    for _ in 0..2 {
        let refused = large.call(&mut store, ()).unwrap_err().to_string();
        assert!(refused.contains("more than 4096 bytes"), "{refused}");
        assert_eq!(small.call(&mut store, ())?, 0);
    }
    Ok(())
}

/// A context that comes into the store after the guest was made is stopped like the one
/// that was there before.
#[test]
fn a_deadline_wakes_a_guest_whose_context_was_exchanged() -> Result<(), Error> {
    let engine = Engine::default();
    let mut linker = Linker::<WasiCtx>::new(&engine);
    wasi::add_to_linker(&mut linker, |ctx| ctx)?;
    // For three seconds: without the fix it does return.
    let text = SLEEP.replace("3600000000000", "3000000000");
    let mut store = Store::new(&engine, WasiCtx::builder().build().unwrap());
    let instance = linker.instantiate(&mut store, &Module::new(&engine, text)?)?;
    *store.data_mut() = WasiCtx::builder().build().unwrap();
    store.set_deadline(Duration::from_millis(50));
    let start = instance.get_typed_func::<(), ()>(&store, "_start")?;
    let begin = Instant::now();
    let result = start.call(&mut store, ());
    assert!(is_deadline(&result), "{result:?}");
    assert!(begin.elapsed() < Duration::from_millis(2500));
    Ok(())
}
