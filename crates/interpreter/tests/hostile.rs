//! Modules, and hosts that stop them, which once did harm: killed the process, left
//! their memory, or could not be stopped. Each with what was wrong.

mod common;

use common::configs;
use fossor_host::{HostError, InterruptReason, Trap};
use fossor_interpreter::{
    Collect, Config, Dispatch, Engine, Error, Extern, Func, Module, Store, StoreLimits, Val,
};
use fossor_module::FuncType;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// After a call without arguments of the host's function, the slot where its arguments
/// would be was read, and behind the last possible frame there was none: the process was
/// killed.
#[test]
fn frames_that_end_where_the_stack_does() {
    let calls = [
        "(call $h)",
        "(call $own)",
        "(call_indirect (type $t) (i32.const 0))",
        "(call_indirect (type $t) (i32.const 1))",
        "(if (i32.const 0) (then (return_call $f)))",
        "(if (i32.const 0) (then (return_call $h)))",
        "(loop (call $h))",
    ];
    for (locals, call) in (0..20).flat_map(|locals| calls.map(|call| (locals, call))) {
        let locals = "i64 ".repeat(locals);
        let text = format!(
            r#"(module (import "host" "h" (func $h)) (type $t (func))
              (table funcref (elem $h $own))
              (func $own)
              (func $f (export "f") (local {locals}) {call} (call $f) {call}))"#
        );
        let bytes = wat::parse_str(&text).unwrap();
        for (mode, mut config) in configs() {
            for pages in 16..19 {
                config.max_stack_bytes = pages << 12;
                let engine = Engine::new(config.clone());
                let mut store = Store::new(&engine, Box::new(()));
                store.set_fuel(u64::MAX / 2);
                let module = Module::new(&engine, &*bytes).unwrap();
                let ty = FuncType::new([], []);
                let h = store.new_func(ty, |_, _| Ok(()));
                let instance = store.instantiate(&module, &[Extern::Func(h)]).unwrap();
                let Some(Extern::Func(f)) = store.export(instance, "f") else {
                    panic!("{mode}: it is exported");
                };
                match store.call(f, &[]) {
                    Err(Error::Trap(info)) => assert_eq!(info.trap, Trap::StackExhausted, "{mode}"),
                    other => panic!("{mode}: {other:?}"),
                }
            }
        }
    }
}

/// Tables were named in 16 bits, and a module may have 100,000 of them: what was found
/// in table 0, whatever that held, was called as a function.
#[test]
fn a_table_behind_the_65536th() {
    let wat = format!(
        r#"(module (type $t (func (result i32)))
          (table $any 2 2 anyref (ref.i31 (i32.const 0x12345678))) {}
          (table $a 2 funcref) (table $b 2 funcref)
          (elem $e func $seven) (elem (table $a) (i32.const 0) func $six)
          (func $six (type $t) (i32.const 6)) (func $seven (type $t) (i32.const 7))
          (func (export "f") (result i32 i32 i32)
            (call_indirect $a (type $t) (i32.const 0))
            (table.init $a $e (i32.const 1) (i32.const 0) (i32.const 1))
            (table.copy $b $a (i32.const 0) (i32.const 1) (i32.const 1))
            (call_indirect $b (type $t) (i32.const 0))
            (call $tail))
          (func $tail (type $t) (return_call_indirect $a (type $t) (i32.const 1))))"#,
        "(table 0 funcref)".repeat(65_535)
    );
    let bytes = wat::parse_str(&wat).unwrap();
    for (mode, config) in configs() {
        // Each takes seconds; they differ in how the index is given.
        if config.fuel {
            continue;
        }
        let engine = Engine::new(config);
        let module = Module::new(&engine, &*bytes).unwrap();
        let mut store = Store::new(&engine, Box::new(()));
        let instance = store.instantiate(&module, &[]).unwrap();
        let f = exported(&store, instance, "f");
        let results = store.call(f, &[]).unwrap();
        assert_eq!(results, [6, 7, 7].map(Val::I32), "{mode}");
    }
}

/// The globals of an instance that could not be made stayed in the store, and the
/// collector looked at their cells, which were gone.
#[test]
fn globals_of_an_instance_that_was_not_made() {
    let failing = format!(
        "(module (table 100 funcref) {})",
        "(global (mut anyref) (ref.null any))".repeat(5_000)
    );
    let failing = wat::parse_str(&failing).unwrap();
    let allocating = r#"(module (type $s (struct (field i32)))
      (func (export "f") (result i32)
        (struct.get $s 0 (struct.new $s (i32.const 7)))))"#;
    let allocating = wat::parse_str(allocating).unwrap();
    for (mode, mut config) in configs() {
        config.collect = Collect::Always;
        let engine = Engine::new(config);
        let compile = |bytes: &[u8]| Module::new(&engine, bytes).unwrap();
        let mut limits = StoreLimits::default();
        limits.table_elements = 10;
        let mut store = Store::with_limits(&engine, Box::new(()), limits);
        store.set_fuel(1000);
        let error = store.instantiate(&compile(&failing), &[]).expect_err(&mode);
        assert!(
            error.to_string().contains("cannot be had"),
            "{mode}: {error}"
        );
        let instance = store.instantiate(&compile(&allocating), &[]).unwrap();
        let Some(Extern::Func(f)) = store.export(instance, "f") else {
            panic!("{mode}: no f")
        };
        assert_eq!(store.call(f, &[]).unwrap(), [Val::I32(7)], "{mode}");
    }
}

/// The function `name` of an instance.
fn exported(store: &Store, instance: fossor_interpreter::InstanceId, name: &str) -> Func {
    match store.export(instance, name) {
        Some(Extern::Func(func)) => func,
        _ => panic!("no {name}"),
    }
}

/// Asks the store's guest to stop, a moment from now.
fn interrupt_soon(store: &Store) -> std::thread::JoinHandle<()> {
    let interrupt = store.interrupt().clone();
    std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(2));
        interrupt.interrupt(InterruptReason::Requested);
    })
}

fn names(info: &fossor_interpreter::TrapInfo) -> Vec<Option<&str>> {
    info.frames.iter().map(|f| f.name.as_deref()).collect()
}

/// What was thrown was written to the frame that catches it, over those that it leaves,
/// before it was known whether the heap has room for the reference to it. Then the walk
/// of the frames followed what it found there.
#[test]
fn a_caught_exception_that_exhausts_the_heap() {
    let wat = r#"(module (tag $t (param i64 i64 i64 i64))
      (func $g (throw $t (i64.const 8) (i64.const 16) (i64.const 24) (i64.const 32)))
      (func $h (call $g))
      (func $f (export "f")
        (block $b (result i64 i64 i64 i64 exnref)
          (try_table (catch_ref $t $b) (call $h))
          (unreachable))
        (unreachable)))"#;
    for (mode, config) in configs() {
        let engine = Engine::new(config);
        let mut limits = StoreLimits::default();
        limits.heap_bytes = 8;
        let mut store = Store::with_limits(&engine, Box::new(()), limits);
        store.set_fuel(1000);
        let module = Module::new(&engine, wat::parse_str(wat).unwrap()).unwrap();
        let instance = store.instantiate(&module, &[]).unwrap();
        let f = exported(&store, instance, "f");
        let Err(Error::Trap(info)) = store.call(f, &[]) else {
            panic!("{mode}: no trap")
        };
        assert_eq!(info.trap, Trap::HeapExhausted, "{mode}");
        assert_eq!(names(&info), ["g", "h", "f"].map(Some), "{mode}");
    }
}

/// A tail call looked twice whether the callee's frame fits: before it moved the
/// arguments over its own frame's link, and afterwards. Between the two, another thread
/// may ask the guest to stop; then the walk of the frames followed an argument.
#[test]
fn a_tail_call_that_is_interrupted() {
    let many = "i64 ".repeat(500);
    let get: String = (0..500).map(|i| format!("(local.get {i})")).collect();
    let wat = format!(
        r#"(module (type $t (func (param {many}))) (table funcref (elem $a $b))
          (func $a (type $t) {get} (return_call $b))
          (func $b (type $t) {get} (i32.const 0) (return_call_indirect (type $t)))
          (func $f (export "f") (call $a {})))"#,
        "(i64.const 16)".repeat(500)
    );
    for (mode, config) in configs() {
        let engine = Engine::new(config);
        let module = Module::new(&engine, wat::parse_str(&wat).unwrap()).unwrap();
        let mut store = Store::new(&engine, Box::new(()));
        let instance = store.instantiate(&module, &[]).unwrap();
        let f = exported(&store, instance, "f");
        for _ in 0..50 {
            store.set_fuel(u64::MAX / 2);
            store.interrupt().clear();
            let thread = interrupt_soon(&store);
            let Err(Error::Trap(info)) = store.call(f, &[]) else {
                panic!("{mode}: no trap")
            };
            thread.join().unwrap();
            assert_eq!(info.trap, Trap::Interrupted, "{mode}");
            assert_eq!(names(&info).last(), Some(&Some("f")), "{mode}");
        }
    }
}

/// A debugger that looks at a function that is about to be translated was shown all its
/// locals, which have no place yet: where the stack ends they lie behind it, and the
/// process was killed.
#[test]
fn locals_of_a_function_that_does_not_fit() {
    let wat = format!(
        r#"(module (func $big (param i64) (local {}))
          (func $f (export "f") (param i64)
            (if (i64.eqz (local.get 0)) (then (call $big (i64.const 9))))
            (call $f (i64.sub (local.get 0) (i64.const 1)))))"#,
        "v128 ".repeat(20_000)
    );
    for dispatch in [Dispatch::Loop, Dispatch::Tail] {
        for pages in 0..4 {
            let mut config = Config::default();
            (config.dispatch, config.debug) = (dispatch, true);
            config.max_stack_bytes = (64 + 4 * pages) << 10;
            let engine = Engine::new(config);
            let module = Module::new(&engine, wat::parse_str(&wat).unwrap()).unwrap();
            let mut store = Store::new(&engine, Box::new(()));
            let instance = store.instantiate(&module, &[]).unwrap();
            let f = exported(&store, instance, "f");
            let seen = Arc::new(Mutex::new(Vec::new()));
            let keep = seen.clone();
            store.set_observer(move |stopped| {
                if stopped.trap().is_some() {
                    keep.lock().unwrap().push(stopped.locals(0));
                    assert_eq!(stopped.locals(1), [Val::I64(0)]);
                }
                ControlFlow::Continue(())
            });
            let Err(Error::Trap(info)) = store.call(f, &[Val::I64(100)]) else {
                panic!("no trap")
            };
            assert_eq!(info.trap, Trap::StackExhausted);
            assert_eq!(*seen.lock().unwrap(), [[Val::I64(9)]]);
        }
    }
}

/// Nobody looked at the stop flag on the way of an exception: past many frames, each
/// with many blocks that do not catch it, it took hours, and one that a host's function
/// throws anew each time it was caught went on for ever.
#[test]
fn exceptions_on_their_way_are_interrupted() {
    let deep = format!(
        r#"(module (import "host" "h" (func $h)) (tag $t) (tag $u)
          (func $g (param i32) (block {}
            (if (i32.eqz (local.get 0)) (then (throw $t)))
            (call $g (i32.sub (local.get 0) (i32.const 1)))))
          (func (export "f")
            (block (try_table (catch $t 0) (call $g (i32.const 40_000)))) (unreachable)))"#,
        "(try_table (catch $u 0))".repeat(30_000)
    );
    let again = r#"(module (import "host" "h" (func $h)) (func (export "f")
      (loop (try_table (catch_all 0) (call $h)))))"#;
    for (wat, mib) in [(&deep[..], 64), (again, 1)] {
        for (mode, mut config) in configs() {
            if config.fuel || !config.fuse {
                continue;
            }
            config.max_stack_bytes = mib << 20;
            let engine = Engine::new(config);
            let module = Module::new(&engine, wat::parse_str(wat).unwrap()).unwrap();
            module.compile_all().unwrap();
            let mut store = Store::new(&engine, Box::new(()));
            let tag = store.new_tag(FuncType::new([], [])).unwrap();
            let h = store.new_func(FuncType::new([], []), move |caller, _| {
                let thrown = caller.store.new_exception(tag, &[]);
                Err(HostError::other(Error::Exception(Box::new(
                    thrown.unwrap(),
                ))))
            });
            let instance = store.instantiate(&module, &[Extern::Func(h)]).unwrap();
            let f = exported(&store, instance, "f");
            let thread = interrupt_soon(&store);
            let start = std::time::Instant::now();
            let Err(Error::Trap(info)) = store.call(f, &[]) else {
                panic!("{mode}: no trap")
            };
            thread.join().unwrap();
            assert_eq!(info.trap, Trap::Interrupted, "{mode}");
            assert!(start.elapsed().as_secs() < 5, "{mode}");
        }
    }
}

/// With fuel, the stop flag is looked at each 50,000 operators, and each of them could
/// fill all of a memory: a guest was not to be stopped for hours. They are dearer now.
#[test]
fn operators_that_take_long_are_interrupted() {
    let bulk = [
        "(memory.fill (i32.const 0) (i32.const 1) (i32.const 0x400_0000))",
        "(memory.copy (i32.const 0) (i32.const 1) (i32.const 0x3ff_ffff))",
        "(table.fill (i32.const 0) (ref.null func) (i32.const 5_000_000))",
        "(array.fill $a (local.get 0) (i32.const 0) (i32.const 1) (i32.const 0x400_0000))",
    ];
    for bulk in bulk {
        let wat = format!(
            r#"(module (memory 1024) (table 5_000_000 funcref) (type $a (array (mut i8)))
              (func (export "f") (local (ref null $a))
                (local.set 0 (array.new_default $a (i32.const 0x400_0000)))
                (loop {bulk} (br 0))))"#
        );
        for (mode, config) in configs() {
            if !(config.fuel && config.fuse) {
                continue;
            }
            let engine = Engine::new(config);
            let module = Module::new(&engine, wat::parse_str(&wat).unwrap()).unwrap();
            let mut store = Store::new(&engine, Box::new(()));
            let instance = store.instantiate(&module, &[]).unwrap();
            let f = exported(&store, instance, "f");
            // If each cost one, this would do for days.
            store.set_fuel(20_000_000);
            let Err(Error::Trap(info)) = store.call(f, &[]) else {
                panic!("{mode}: no trap")
            };
            assert_eq!(info.trap, Trap::OutOfFuel, "{mode} {bulk}");
            store.set_fuel(u64::MAX);
            let thread = interrupt_soon(&store);
            let Err(Error::Trap(info)) = store.call(f, &[]) else {
                panic!("{mode}: no trap")
            };
            thread.join().unwrap();
            assert_eq!(info.trap, Trap::Interrupted, "{mode} {bulk}");
        }
    }
}

/// A host's function that says that the fuel is used up was called again and again, as
/// if it were an instruction that could not pay.
#[test]
fn a_host_function_that_is_out_of_fuel() {
    let wat = r#"(module (import "host" "h" (func $h)) (func (export "f") (call $h)))"#;
    for (mode, config) in configs() {
        let engine = Engine::new(config);
        let module = Module::new(&engine, wat::parse_str(wat).unwrap()).unwrap();
        let mut store = Store::new(&engine, Box::new(()));
        store.set_fuel(10_000_000);
        let calls = Arc::new(AtomicU32::new(0));
        let count = calls.clone();
        let h = store.new_func(FuncType::new([], []), move |_, _| {
            count.fetch_add(1, Ordering::Relaxed);
            Err(HostError::Trap(Trap::OutOfFuel))
        });
        let instance = store.instantiate(&module, &[Extern::Func(h)]).unwrap();
        let f = exported(&store, instance, "f");
        let Err(Error::Trap(info)) = store.call(f, &[]) else {
            panic!("{mode}: no trap")
        };
        assert_eq!(info.trap, Trap::OutOfFuel, "{mode}");
        assert_eq!(calls.load(Ordering::Relaxed), 1, "{mode}");
    }
}

/// A function of megabytes, of operators that each carry a thousand values, was translated
/// to its end, whoever waited for the guest to stop.
#[test]
fn a_translation_is_stopped() {
    let results = "i32 ".repeat(1000);
    let values = "(i32.const 1)".repeat(1000);
    let branches = "(br_if 0 (i32.const 0))".repeat(100_000);
    let text = format!(
        r#"(module (func (export "f") (result {results})
          (block (result {results}) {values} {branches})))"#
    );
    let engine = Engine::default();
    let module = Module::new(&engine, wat::parse_str(text).unwrap()).unwrap();
    let mut store = Store::new(&engine, Box::new(()));
    let instance = store.instantiate(&module, &[]).unwrap();
    let Some(Extern::Func(f)) = store.export(instance, "f") else {
        panic!("it is exported");
    };
    let interrupt = store.interrupt().clone();
    let stopper = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(5));
        interrupt.interrupt(InterruptReason::Requested);
    });
    let result = store.call(f, &[]);
    stopper.join().unwrap();
    match result {
        Err(Error::Trap(info)) => assert_eq!(info.trap, Trap::Interrupted),
        other => panic!("{:?}", other.map(|values| values.len())),
    }
}
