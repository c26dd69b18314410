//! Snapshots and pools.

#![cfg(feature = "wat")]

use fossor::wasi::{self, Access, WasiCtx};
use fossor::{
    Engine, Error, ExternRef, Func, InstancePre, Limits, Linker, Module, Pool, Reactor, Snapshot,
    Store, Trap, Val,
};
use std::time::Duration;

/// A library with state of every kind.
const STATEFUL: &str = r#"(module
    (import "host" "ten" (func $ten (result i32)))
    (memory (export "memory") 3)
    (memory (export "second") 1 5)
    (table (export "table") 4 funcref)
    (table (export "externs") 2 externref)
    (global $count (mut i64) (i64.const 0))
    (global $vector (mut v128) (v128.const i64x2 0 0))
    (global $func (mut funcref) (ref.null func))
    (elem declare func $two)
    (elem $passive func $one $ten)
    (data $text "passive")
    (func $one (result i32) (i32.const 1))
    (func $two (result i32) (i32.const 2))
    (func (export "_initialize")
        (i32.store (i32.const 100000) (i32.const 77))
        (i32.store 1 (i32.const 8) (i32.const 88))
        (drop (memory.grow (i32.const 2)))
        (i32.store (i32.const 300000) (i32.const 99))
        (global.set $count (i64.const 5))
        (global.set $vector (v128.const i64x2 1 2))
        (global.set $func (ref.func $two))
        (table.set 0 (i32.const 1) (ref.func $ten))
        (table.set 0 (i32.const 2) (ref.func $two))
        (drop (table.grow 0 (ref.func $one) (i32.const 1)))
        (data.drop $text))
    (func (export "count") (result i64)
        (global.set $count (i64.add (global.get $count) (i64.const 1)))
        (global.get $count))
    (func (export "vector") (result v128) (global.get $vector))
    (func (export "indirect") (param i32) (result i32)
        (call_indirect (result i32) (local.get 0)))
    (func (export "by_global") (result i32)
        (table.set 0 (i32.const 0) (global.get $func))
        (call_indirect (result i32) (i32.const 0)))
    (func (export "by_passive") (result i32)
        (table.init $passive (i32.const 0) (i32.const 1) (i32.const 1))
        (call_indirect (result i32) (i32.const 0)))
    (func (export "passive_text") (memory.init $text (i32.const 0) (i32.const 0) (i32.const 1)))
    (func (export "peek") (param i32) (result i32) (i32.load (local.get 0)))
    (func (export "peek2") (param i32) (result i32) (i32.load 1 (local.get 0)))
    (func (export "poke") (param i32 i32) (i32.store (local.get 0) (local.get 1)))
    (func (export "grow") (result i32) (memory.grow (i32.const 1)))
    (func (export "size") (result i32) (memory.size)))"#;

fn pre(engine: &Engine, text: &str) -> Result<InstancePre<u32>, Error> {
    let mut linker = Linker::<u32>::new(engine);
    linker.func_wrap("host", "ten", |caller: fossor::Caller<'_, u32>| {
        *caller.data()
    })?;
    linker.instantiate_pre(&Module::new(engine, text)?)
}

fn call<T: Send + 'static>(plugin: &mut Reactor<T>, name: &str, arg: i32) -> Result<i32, Error> {
    let func = plugin.func::<i32, i32>(name)?;
    func.call(plugin, arg)
}

fn check_state(plugin: &mut Reactor<u32>) -> Result<(), Error> {
    let ten = *plugin.store().data() as i32;
    assert_eq!(call(plugin, "peek", 100_000)?, 77);
    assert_eq!(call(plugin, "peek", 300_000)?, 99);
    assert_eq!(call(plugin, "peek", 200_000)?, 0);
    assert_eq!(call(plugin, "peek2", 8)?, 88);
    assert_eq!(plugin.func::<(), i32>("size")?.call(&mut *plugin, ())?, 5);
    assert_eq!(plugin.func::<(), i64>("count")?.call(&mut *plugin, ())?, 6);
    let vector = plugin.func::<(), u128>("vector")?;
    assert_eq!(vector.call(&mut *plugin, ())?, 1 | 2 << 64);
    let null = call(plugin, "indirect", 0).unwrap_err();
    assert_eq!(null.trap(), Some(Trap::UninitializedElement));
    assert_eq!(call(plugin, "indirect", 1)?, ten);
    assert_eq!(call(plugin, "indirect", 2)?, 2);
    assert_eq!(call(plugin, "indirect", 4)?, 1);
    let by_global = plugin.func::<(), i32>("by_global")?;
    assert_eq!(by_global.call(&mut *plugin, ())?, 2);
    let by_passive = plugin.func::<(), i32>("by_passive")?;
    assert_eq!(by_passive.call(&mut *plugin, ())?, ten);
    let text = plugin.func::<(), ()>("passive_text")?;
    let dropped = text.call(&mut *plugin, ()).unwrap_err();
    assert_eq!(dropped.trap(), Some(Trap::MemoryOutOfBounds));
    Ok(())
}

#[test]
fn every_kind_of_state_is_there_and_none_leaks() -> Result<(), Error> {
    let engine = Engine::default();
    let pre = pre(&engine, STATEFUL)?;
    let mut original = pre.reactor(Store::new(&engine, 10))?;
    let snapshot = original.snapshot()?;
    assert_eq!(snapshot.memory_bytes(), 6 << 16);
    check_state(&mut original)?;
    for round in 0..5 {
        let mut a = snapshot.instantiate(Store::new(&engine, 20 + round))?;
        let mut b = snapshot.instantiate(Store::new(&engine, 10))?;
        let poke = a.func::<(i32, i32), ()>("poke")?;
        for addr in [0, 4096, 100_000, 200_000, 300_000, 5 * 65536 - 4] {
            poke.call(&mut a, (addr, -1))?;
            assert_ne!(call(&mut b, "peek", addr)?, -1, "address {addr}");
        }
        let grow = a.func::<(), i32>("grow")?;
        assert_eq!(grow.call(&mut a, ())?, 5);
        poke.call(&mut a, (5 * 65536, -1))?;
        check_state(&mut b)?;
        let grow = b.func::<(), i32>("grow")?;
        assert_eq!(grow.call(&mut b, ())?, 5);
        assert_eq!(call(&mut b, "peek", 5 * 65536)?, 0);
    }
    Ok(())
}

#[test]
fn a_snapshot_can_be_taken_of_an_instance_of_a_snapshot() -> Result<(), Error> {
    let engine = Engine::default();
    let first = pre(&engine, STATEFUL)?.snapshot(Store::new(&engine, 10))?;
    let mut plugin = first.instantiate(Store::new(&engine, 10))?;
    let count = plugin.func::<(), i64>("count")?;
    assert_eq!(count.call(&mut plugin, ())?, 6);
    let second: Snapshot<u32> = plugin.snapshot()?;
    drop((plugin, first));
    let mut plugin = second.instantiate(Store::new(&engine, 10))?;
    let count = plugin.func::<(), i64>("count")?;
    assert_eq!(count.call(&mut plugin, ())?, 7);
    Ok(())
}

#[test]
fn limits_hold_for_instances_of_snapshots() -> Result<(), Error> {
    let engine = Engine::default();
    let snapshot = pre(&engine, STATEFUL)?.snapshot(Store::new(&engine, 10))?;
    let limited = |pages: u64, elements| {
        let mut store = Store::new(&engine, 10);
        store.set_limits(Limits::memory(pages << 16).table_elements(elements));
        snapshot.instantiate(store)
    };
    let mut exact = limited(5, 5)?;
    let grow = exact.func::<(), i32>("grow")?;
    assert_eq!(grow.call(&mut exact, ())?, -1);
    for (pages, elements) in [(4, 5), (5, 4)] {
        let error = limited(pages, elements).unwrap_err();
        assert!(matches!(error, Error::Resources(_)), "{error}");
    }
    Ok(())
}

#[test]
fn what_belongs_to_one_store_is_refused() -> Result<(), Error> {
    let engine = Engine::default();
    let pre = pre(&engine, STATEFUL)?;
    let mut plugin = pre.reactor(Store::new(&engine, 10))?;
    let table = plugin.instance().get_table(&plugin, "table").unwrap();
    let foreign = Func::wrap(&mut plugin, || 3_i32);
    table.set(&mut plugin, 0, Val::FuncRef(Some(foreign)))?;
    let error = plugin.snapshot().unwrap_err();
    assert!(error.to_string().contains("a function that is neither"));
    table.set(&mut plugin, 0, Val::FuncRef(None))?;
    let externs = plugin.instance().get_table(&plugin, "externs").unwrap();
    let value = ExternRef::new(&mut plugin, 1);
    externs.set(&mut plugin, 0, Val::ExternRef(Some(value)))?;
    let error = plugin.snapshot().unwrap_err();
    assert!(error.to_string().contains("a value of the host"), "{error}");

    for (what, text) in [
        ("m", r#"(module (import "owner" "m" (memory 1)))"#),
        ("f", r#"(module (import "owner" "f" (func)))"#),
    ] {
        let mut store = Store::new(&engine, 1);
        let linker = linker_of(&engine, &mut store)?;
        let borrower = linker.instantiate_pre(&Module::new(&engine, text)?)?;
        let error = borrower.snapshot(store).unwrap_err();
        let expected = format!("the import owner.{what} was defined as something in one store");
        assert!(error.to_string().contains(&expected), "{error}");
    }
    Ok(())
}

/// A linker with the exports of an instance in this store.
fn linker_of(engine: &Engine, store: &mut Store<u32>) -> Result<Linker<u32>, Error> {
    let text = r#"(module (memory (export "m") 1) (func (export "f")))"#;
    let mut linker = Linker::<u32>::new(engine);
    let owner = linker.instantiate(&mut *store, &Module::new(engine, text)?)?;
    linker.instance(&*store, "owner", owner)?;
    Ok(linker)
}

#[test]
fn a_context_has_to_fit_the_snapshot() -> Result<(), Box<dyn std::error::Error>> {
    let engine = Engine::default();
    let mut linker = Linker::<WasiCtx>::new(&engine);
    wasi::add_to_linker(&mut linker, |ctx| ctx)?;
    let text = r#"(module
        (import "wasi_snapshot_preview1" "fd_fdstat_set_flags"
            (func $set_flags (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "fd_fdstat_get"
            (func $fdstat (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "path_open"
            (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
        (memory (export "memory") 1)
        (data (i32.const 64) ".")
        (func (export "_initialize") (drop (call $set_flags (i32.const 0) (i32.const 4))))
        (func (export "flags") (result i32)
            (drop (call $fdstat (i32.const 0) (i32.const 0)))
            (i32.load16_u (i32.const 2)))
        (func (export "open") (result i32)
            (call $open (i32.const 3) (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 2)
                (i64.const 0) (i64.const 0) (i32.const 0) (i32.const 32))))"#;
    let pre = linker.instantiate_pre(&Module::new(&engine, text)?)?;
    let context = |name: &str| -> Result<Store<WasiCtx>, Box<dyn std::error::Error>> {
        let builder = WasiCtx::builder().preopen_dir(".", name, Access::ReadOnly)?;
        Ok(Store::new(&engine, builder.build()?))
    };
    let mut plugin = pre.reactor(context("/a")?)?;
    let snapshot = plugin.snapshot()?;
    let mut same = snapshot.instantiate(context("/a")?)?;
    let flags = same.func::<(), i32>("flags")?;
    assert_eq!(flags.call(&mut same, ())?, 4, "NONBLOCK is kept");
    for store in [
        context("/b")?,
        Store::new(&engine, WasiCtx::builder().build()?),
    ] {
        let error = snapshot.instantiate(store).unwrap_err();
        assert!(error.to_string().contains("initialised with /a"), "{error}");
    }
    let open = plugin.func::<(), i32>("open")?;
    assert_eq!(open.call(&mut plugin, ())?, 0);
    let error = plugin.snapshot().unwrap_err();
    assert!(error.to_string().contains("descriptor 4 open"), "{error}");
    Ok(())
}

#[test]
fn a_pool_gives_out_so_many_and_no_more() -> Result<(), Error> {
    let engine = Engine::default();
    let snapshot = pre(&engine, STATEFUL)?.snapshot(Store::new(&engine, 10))?;
    let pool = Pool::new(&snapshot, 2).limits(Limits::memory(5 << 16));
    let mut a = pool.get(10)?;
    let _b = pool.get(10)?;
    let busy = pool.get_timeout(10, Duration::from_millis(5)).unwrap_err();
    assert!(matches!(busy, Error::PoolBusy(2)));
    let poke = a.func::<(i32, i32), ()>("poke")?;
    poke.call(&mut a, (100_000, 1))?;
    let grow = a.func::<(), i32>("grow")?;
    assert_eq!(grow.call(&mut a, ())?, -1, "the pool's limits hold");
    std::thread::scope(|scope| {
        let waiter = scope.spawn(|| {
            let mut c = pool.get(10)?;
            let state = check_state(&mut c);
            state.map(|()| pool.in_use())
        });
        drop(a);
        assert_eq!(waiter.join().unwrap()?, 2);
        Ok::<_, Error>(())
    })?;
    assert_eq!(pool.in_use(), 1);
    Ok(())
}

#[test]
fn two_threads_make_a_thousand_calls() -> Result<(), Error> {
    let engine = Engine::default();
    let snapshot = pre(&engine, STATEFUL)?.snapshot(Store::new(&engine, 10))?;
    let pool = Pool::new(&snapshot, 2).limits(Limits::memory(8 << 16));
    std::thread::scope(|scope| {
        let threads = [0, 1].map(|thread| {
            let pool = &pool;
            scope.spawn(move || {
                for call in 0..500_u32 {
                    let ten = thread * 1000 + call;
                    let mut plugin = pool.get(ten)?;
                    check_state(&mut plugin)?;
                    let poke = plugin.func::<(i32, i32), ()>("poke")?;
                    poke.call(&mut plugin, (100_000, -1))?;
                    poke.call(&mut plugin, (200_000, -1))?;
                }
                Ok::<_, Error>(())
            })
        });
        threads.into_iter().try_for_each(|t| t.join().unwrap())
    })?;
    assert_eq!(pool.in_use(), 0);
    Ok(())
}
