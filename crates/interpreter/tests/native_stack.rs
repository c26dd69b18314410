//! Guests use no native stack, whatever they do and however often: all of this
//! runs on a thread with 256 KiB of it.
//!
//! A handler that lost its tail call, or a run that nests where it should not,
//! overflows it. That is seen where there are tail calls, so these tests run in
//! a release build, too (`cargo xtask test`); other builds do less of the same.

use fossor_host::{InterruptReason, Trap};
use fossor_interpreter::{
    Compile, Config, Dispatch, Engine, Error, Extern, Func, InstanceId, Module, Store, Val,
};
use fossor_module::{FuncType, ValType};
use std::fmt::Write;
use std::thread;

/// The native stack of the thread that runs the guest.
const STACK_BYTES: usize = 256 << 10;

/// How often: in full where handlers are tail calls.
fn often(full: i64) -> i64 {
    if cfg!(fossor_tail) { full } else { full / 100 }
}

/// Runs `test` under both dispatchers, each time on a small stack.
fn each(config: &Config, test: fn(&Engine)) {
    for dispatch in [Dispatch::Loop, Dispatch::Tail] {
        let mut config = config.clone();
        config.dispatch = dispatch;
        let run = move || test(&Engine::new(config));
        let thread = thread::Builder::new().stack_size(STACK_BYTES);
        let thread = thread.spawn(run).expect("a thread");
        assert!(thread.join().is_ok(), "{dispatch:?}");
    }
}

fn instantiate(store: &mut Store, wat: &str, imports: &[Extern]) -> InstanceId {
    let engine = store.engine().clone();
    // Parsing text is not what this is about, and nests as the text does.
    let bytes = thread::scope(|scope| scope.spawn(|| wat::parse_str(wat)).join());
    let bytes = bytes.expect("no panic").expect("well-formed");
    let module = Module::new(&engine, bytes).expect("valid");
    store.instantiate(&module, imports).expect("instantiates")
}

fn func(store: &Store, instance: InstanceId, name: &str) -> Func {
    match store.export(instance, name) {
        Some(Extern::Func(func)) => func,
        _ => panic!("no function {name}"),
    }
}

/// Calls `run` of the instance with `n`, and expects `n` back.
fn counts_to(store: &mut Store, instance: InstanceId, n: i64) {
    let run = func(store, instance, "run");
    let result = store.call(run, &[Val::I64(n)]);
    assert_eq!(result.expect("no trap"), [Val::I64(n)]);
}

#[test]
fn a_hundred_million_dispatches() {
    let mut config = Config::default();
    for fuse in [true, false] {
        config.fuse = fuse;
        each(&config, |engine| {
            let mut store = Store::new(engine, Box::new(()));
            // Fused, a turn is four instructions; otherwise more.
            let wat = r#"(module (func (export "run") (param i64) (result i64) (local i64)
              (loop $again
                (local.set 1 (i64.add (i64.const 1)
                  (i64.xor (i64.const 5) (i64.xor (i64.const 5) (local.get 1)))))
                (br_if $again (i64.lt_s (local.get 1) (local.get 0))))
              (local.get 1)))"#;
            let instance = instantiate(&mut store, wat, &[]);
            counts_to(&mut store, instance, often(25_000_000));
        });
    }
}

#[test]
fn a_million_host_calls() {
    each(&Config::default(), |engine| {
        let mut store = Store::new(engine, Box::new(()));
        let ty = FuncType::new([ValType::I64], [ValType::I64]);
        let host = store.new_func(ty, |_, slots| {
            slots[0] += 1;
            Ok(())
        });
        let wat = r#"(module (import "" "next" (func $next (param i64) (result i64)))
          (func (export "run") (param i64) (result i64) (local i64)
            (loop $again
              (local.set 1 (call $next (local.get 1)))
              (br_if $again (i64.lt_s (local.get 1) (local.get 0))))
            (local.get 1)))"#;
        let instance = instantiate(&mut store, wat, &[Extern::Func(host)]);
        counts_to(&mut store, instance, often(1_000_000));
    });
}

#[test]
fn ten_thousand_lazy_translations_each_within_the_last() {
    let mut config = Config::default();
    config.compile = Compile::Lazy;
    each(&config, |engine| {
        let mut store = Store::new(engine, Box::new(()));
        let count = often(10_000);
        let mut wat = String::from("(module ");
        for i in 0..count {
            let export = if i == 0 { r#"(export "run")"# } else { "" };
            let next = i + 1;
            let _ = write!(
                wat,
                "(func $f{i} {export} (param i64) (result i64)
                   (i64.add (call $f{next} (i64.const 0)) (i64.const 1)))"
            );
        }
        let _ = write!(
            wat,
            "(func $f{count} (param i64) (result i64) (i64.const 0)))"
        );
        let instance = instantiate(&mut store, &wat, &[]);
        counts_to(&mut store, instance, count);
    });
}

#[test]
fn a_recursion_a_million_deep() {
    each(&Config::default(), |engine| {
        let mut store = Store::new(engine, Box::new(()));
        let wat = r#"(module (func $f (export "run") (param i64) (result i64)
          (if (result i64) (i64.eqz (local.get 0))
            (then (i64.const 0))
            (else (i64.add (i64.const 1)
              (call $f (i64.sub (local.get 0) (i64.const 1))))))))"#;
        let instance = instantiate(&mut store, wat, &[]);
        counts_to(&mut store, instance, often(1_000_000));
    });
}

#[test]
fn a_hundred_thousand_indirect_calls_deep() {
    each(&Config::default(), |engine| {
        let mut store = Store::new(engine, Box::new(()));
        let wat = r#"(module (type $t (func (param i64) (result i64)))
          (table funcref (elem $f))
          (func $f (export "run") (type $t)
            (if (result i64) (i64.eqz (local.get 0))
              (then (i64.const 0))
              (else (i64.add (i64.const 1)
                (call_indirect (type $t)
                  (i64.sub (local.get 0) (i64.const 1)) (i32.const 0)))))))"#;
        let instance = instantiate(&mut store, wat, &[]);
        counts_to(&mut store, instance, often(100_000));
    });
}

/// Two instances call each other: one through a table, one by an import.
#[test]
fn a_hundred_thousand_calls_between_instances_deep() {
    each(&Config::default(), |engine| {
        let mut store = Store::new(engine, Box::new(()));
        let wat = r#"(module (type $t (func (param i64) (result i64)))
          (table (export "table") 1 funcref)
          (func (export "run") (type $t)
            (if (result i64) (i64.eqz (local.get 0))
              (then (i64.const 0))
              (else (i64.add (i64.const 1)
                (call_indirect (type $t)
                  (i64.sub (local.get 0) (i64.const 1)) (i32.const 0)))))))"#;
        let first = instantiate(&mut store, wat, &[]);
        let back = r#"(module (type $t (func (param i64) (result i64)))
          (import "first" "table" (table 1 funcref))
          (import "first" "run" (func $run (type $t)))
          (elem (i32.const 0) $f)
          (func $f (type $t)
            (if (result i64) (i64.eqz (local.get 0))
              (then (i64.const 0))
              (else (i64.add (i64.const 1)
                (call $run (i64.sub (local.get 0) (i64.const 1))))))))"#;
        let imports = ["table", "run"].map(|name| store.export(first, name).expect(name));
        instantiate(&mut store, back, &imports);
        counts_to(&mut store, first, often(100_000));
    });
}

/// The same by turns of a loop, not nested.
#[test]
fn a_hundred_thousand_calls_between_instances_in_turn() {
    each(&Config::default(), |engine| {
        let mut store = Store::new(engine, Box::new(()));
        let wat = r#"(module (func (export "next") (param i64) (result i64)
          (i64.add (local.get 0) (i64.const 1))))"#;
        let other = instantiate(&mut store, wat, &[]);
        let wat = r#"(module (type $t (func (param i64) (result i64)))
          (import "" "next" (func $next (type $t)))
          (table funcref (elem $next))
          (func (export "run") (type $t) (local i64)
            (loop $again
              (local.set 1 (call $next (local.get 1)))
              (local.set 1 (call_indirect (type $t) (local.get 1) (i32.const 0)))
              (br_if $again (i64.lt_s (local.get 1) (local.get 0))))
            (local.get 1)))"#;
        let next = store.export(other, "next").expect("exported");
        let instance = instantiate(&mut store, wat, &[next]);
        counts_to(&mut store, instance, often(100_000));
    });
}

/// Tail calls of the guest take nothing at all, not of its own stack either.
#[test]
fn ten_million_tail_calls_of_the_guest() {
    let mut config = Config::default();
    config.max_stack_bytes = 1 << 16;
    each(&config, |engine| {
        let mut store = Store::new(engine, Box::new(()));
        let wat = r#"(module (func (export "run") (param i64) (result i64)
            (return_call $f (local.get 0) (i64.const 0)))
          (func $f (param i64 i64) (result i64)
            (if (i64.eqz (local.get 0)) (then (return (local.get 1))))
            (return_call $f (i64.sub (local.get 0) (i64.const 1))
                            (i64.add (local.get 1) (i64.const 1)))))"#;
        let instance = instantiate(&mut store, wat, &[]);
        counts_to(&mut store, instance, often(10_000_000));
    });
}

/// A loop whose body is one sequence, so that a round is no dispatch at all: it writes
/// bytes with a stride.
const TIGHT: &str = r#"(module (memory (export "memory") 16)
  (func (export "fill") (param $at i32) (param $stride i32) (param $i i64) (param $end i64)
    (param $by i64) (result i64)
    (loop $again
      (i32.store8 (local.get $at) (i32.const 1))
      (local.set $at (i32.add (local.get $at) (local.get $stride)))
      (br_if $again (i64.le_u
        (local.tee $i (i64.add (local.get $i) (local.get $by))) (local.get $end))))
    (local.get $i)))"#;

#[test]
fn a_loop_that_is_one_dispatch() {
    // What the loop without fusion does: results, and memory after a trap.
    let mut reference = Config::default();
    (reference.fuse, reference.dispatch) = (false, Dispatch::Loop);
    let seen = |config: &Config| {
        let mut store = Store::new(&Engine::new(config.clone()), Box::new(()));
        let instance = instantiate(&mut store, TIGHT, &[]);
        let Some(Extern::Memory(memory)) = store.export(instance, "memory") else {
            panic!("no memory");
        };
        let fill = func(&store, instance, "fill");
        let mut seen = Vec::new();
        for (at, stride, end) in [(0, 3, 999), (7, 1, 100), (1_000_000, 4096, 1 << 30)] {
            let (by, at, stride) = (Val::I64(stride.into()), Val::I32(at), Val::I32(stride));
            let args = [at, stride, Val::I64(0), Val::I64(end), by];
            let result = store.call(fill, &args).map_err(|error| error.to_string());
            seen.push((result, store.memory(memory).to_vec()));
        }
        assert!(seen[2].0.is_err(), "the last leaves the memory");
        seen
    };
    let expected = seen(&reference);
    for dispatch in [Dispatch::Loop, Dispatch::Tail] {
        let mut config = Config::default();
        config.dispatch = dispatch;
        assert!(seen(&config) == expected, "{dispatch:?}");
    }
    each(&Config::default(), |engine| {
        let mut store = Store::new(engine, Box::new(()));
        let instance = instantiate(&mut store, TIGHT, &[]);
        let fill = func(&store, instance, "fill");
        let n = often(25_000_000);
        let args = [
            Val::I32(0),
            Val::I32(0),
            Val::I64(0),
            Val::I64(n),
            Val::I64(1),
        ];
        let result = store.call(fill, &args);
        assert_eq!(result.expect("no trap"), [Val::I64(n + 1)]);
    });
}

#[test]
fn a_loop_that_is_one_dispatch_is_stopped() {
    each(&Config::default(), |engine| {
        let mut store = Store::new(engine, Box::new(()));
        let instance = instantiate(&mut store, TIGHT, &[]);
        let fill = func(&store, instance, "fill");
        let interrupt = store.interrupt().clone();
        let args = [
            Val::I32(0),
            Val::I32(0),
            Val::I64(0),
            Val::I64(-1),
            Val::I64(0),
        ];
        for _ in 0..3 {
            let interrupt = interrupt.clone();
            let stop = thread::spawn(move || {
                thread::sleep(std::time::Duration::from_millis(20));
                interrupt.interrupt(InterruptReason::Requested);
            });
            let error = store.call(fill, &args).expect_err("it never ends");
            assert!(
                matches!(&error, Error::Trap(info) if info.trap == Trap::Interrupted),
                "{error}"
            );
            stop.join().expect("no panic");
            // And may run again, with all of its stack.
            store.interrupt().clear();
            let end = [
                Val::I32(0),
                Val::I32(1),
                Val::I64(0),
                Val::I64(9),
                Val::I64(1),
            ];
            assert_eq!(store.call(fill, &end).expect("no trap"), [Val::I64(10)]);
        }
    });
}
