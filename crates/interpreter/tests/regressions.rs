//! Programs that were once translated wrongly, each with what was wrong.

mod common;

use common::{configs, each, each_linked, returns};
use fossor_host::{HostError, InterruptReason, Trap};
use fossor_interpreter::{
    Collect, Config, Dispatch, Engine, Error, Extern, Func, Module, Store, StoreLimits, Val,
};
use fossor_module::FuncType;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A comparison that became part of its branch took along what was noted of
/// the float accumulator: a value that was only there was lost.
#[test]
fn a_pending_float_survives_a_fused_branch() {
    let f = r#"(module (func (export "f") (param f64 f64 i32 i32) (result f64)
      (block
        (f64.add (local.get 0) (local.get 1))
        (br_if 0 (i32.lt_s (local.get 2) (local.get 3)))
        (f64.mul (local.get 0) (local.get 0))
        (f64.sub)
        (return))
      (f64.const 7)))"#;
    let float = |value: f64| Val::F64(value.to_bits());
    let args = [float(10.0), float(2.0), Val::I32(3), Val::I32(3)];
    returns(f, "f", &args, &[float(-88.0)]);
    let eqz = f.replace(
        "(i32.lt_s (local.get 2) (local.get 3))",
        "(i32.eqz (i32.ge_s (local.get 2) (local.get 3)))",
    );
    returns(&eqz, "f", &args, &[float(-88.0)]);
}

/// A stack check that is followed by `br_if`, not `if`, was taken for one of
/// Go's although its branch has the other sense: translation panicked.
#[test]
fn a_stack_check_before_br_if() {
    let f = r#"(module (memory 1) (global $g (mut i32) (i32.const 64))
      (data (i32.const 80) "\64")
      (func (export "f") (param i32) (result i32)
        (block
          (br_if 0 (i32.le_u (local.get 0) (i32.load offset=16 (global.get $g))))
          (return (i32.const 1)))
        (i32.const 2)))"#;
    returns(f, "f", &[Val::I32(100)], &[Val::I32(2)]);
    returns(f, "f", &[Val::I32(101)], &[Val::I32(1)]);
}

/// A function that begins by overwriting its parameter with a global has no
/// shortcut for the argument 0: its table looks at the global.
#[test]
fn a_table_on_an_overwritten_parameter() {
    let f = r#"(module (memory 1) (global $sp (mut i32) (i32.const 0))
      (func $g (param i32) (result i32) (local i32)
        (local.set 0 (global.get $sp))
        (loop
          (block (block (block (br_table 0 1 2 (local.get 0)))
            (return (i32.const 10)))
           (return (i32.const 11))))
        (i32.const 12))
      (func (export "f") (result i32) (local i32)
        (drop (call $g (i32.const 0)))
        (global.set $sp (i32.const 9))
        (local.set 0 (global.get $sp))
        (local.set 0 (i32.sub (local.get 0) (i32.const 8)))
        (global.set $sp (local.get 0))
        (i64.store (local.get 0) (i64.const 77))
        (call $g (i32.const 0))))"#;
    returns(f, "f", &[], &[Val::I32(11)]);
}

/// A tail call moved its arguments over its own frame's link before it found
/// that the callee's frame did not fit; the walk of the frames followed what it
/// found there.
#[test]
fn a_tail_call_that_exhausts_the_stack() {
    let tail_calls = ["(return_call $big", "(return_call_indirect (type $t)"];
    for tail_call in tail_calls {
        let index = if tail_call.contains("indirect") {
            "(i32.const 0)"
        } else {
            ""
        };
        let wat = format!(
            r#"(module (type $t (func (param i64 i64 i64 i64)))
              (table funcref (elem $big))
              (func $big (type $t) (local{}) (call $small))
              (func $small {tail_call}
                (i64.const 1) (i64.const 2) (i64.const 3) (i64.const 4) {index}))
              (func $f (export "f") (call $small)))"#,
            " v128".repeat(20_000)
        );
        each(&wat, "f", &[], |mode, result| {
            let Err(Error::Trap(info)) = result else {
                panic!("{mode}: no trap")
            };
            assert_eq!(info.trap, Trap::StackExhausted, "{mode}");
            let names: Vec<_> = info.frames.iter().map(|f| f.name.as_deref()).collect();
            let expected = ["small", "big", "big", "big", "f"].map(Some);
            assert_eq!(names, expected, "{mode}");
        });
    }
}

/// A call of another instance that did not fit was reported from inside that
/// instance, where the caller's code is not known.
#[test]
fn a_foreign_call_that_exhausts_the_stack() {
    let big = format!(
        r#"(module (table (export "t") 1 funcref)
          (func (export "big") (param i32) (local{})
            (call_indirect (param i32) (local.get 0) (i32.const 0))))"#,
        " v128".repeat(20_000)
    );
    let small = r#"(module
      (import "big" "big" (func $big (param i32))) (import "big" "t" (table 1 funcref))
      (elem (i32.const 0) $small)
      (func $small (param i32) (call $big (local.get 0)))
      (func $f (export "f") (call $small (i32.const 1))))"#;
    each_linked(
        &[("big", &big), ("", small)],
        "f",
        &[],
        |mode, _, result| {
            let Err(Error::Trap(info)) = result else {
                panic!("{mode}: no trap")
            };
            assert_eq!(info.trap, Trap::StackExhausted, "{mode}");
            let names: Vec<_> = info.frames.iter().map(|f| f.name.as_deref()).collect();
            let [small, big, f] = [Some("small"), None, Some("f")];
            let expected = [small, big, small, big, small, big, small, f];
            assert_eq!(names, expected, "{mode}");
        },
    );
}

/// A host function that the host called, and that trapped, was reported with
/// the frames of whatever had trapped before it.
#[test]
fn a_trap_of_the_host_has_no_frames() {
    for (mode, config) in configs() {
        let engine = Engine::new(config);
        let wat = "(module (func (export \"f\") unreachable))";
        let bytes = wat::parse_str(wat).expect("well-formed");
        let module = Module::new(&engine, bytes).expect("valid");
        let mut store = Store::new(&engine, Box::new(()));
        store.set_fuel(1000);
        let instance = store.instantiate(&module, &[]).expect("instantiates");
        let Some(Extern::Func(guest)) = store.export(instance, "f") else {
            panic!("no f")
        };
        let ty = fossor_module::FuncType::new([fossor_module::ValType::I64; 4], []);
        let host = store.new_func(ty, |_, _| Err(HostError::Trap(Trap::Unreachable)));
        store.call(guest, &[]).expect_err("traps");
        let Err(Error::Trap(info)) = store.call(host, &[Val::I64(77); 4]) else {
            panic!("{mode}: no trap")
        };
        assert_eq!(info.frames, [], "{mode}");
    }
}

/// A noted constant at the bottom of a high stack was looked for at each
/// `local.set`: translation took quadratic time.
#[test]
fn a_constant_below_many_results() {
    let time = |first: &str| {
        let wat = format!(
            "(module (memory 1) (func (export \"f\") (local i32) {first} {} {} unreachable))",
            "memory.size ".repeat(40_000),
            "memory.size local.set 0 ".repeat(40_000),
        );
        let module = wat::parse_str(wat).expect("well-formed");
        let module = Module::new(&Engine::default(), module).expect("valid");
        let start = std::time::Instant::now();
        module.compile_all().expect("translatable");
        start.elapsed()
    };
    let (plain, noted) = (time("memory.size"), time("i32.const 0"));
    assert!(
        noted < plain * 5 + std::time::Duration::from_millis(200),
        "{plain:?}, {noted:?}"
    );
}

/// Once each memory and each table had a limit, and a module could have any number
/// of them.
#[test]
fn memories_and_tables_together_are_limited() {
    for (one, most) in [("(memory 3)", 5), ("(table 300 funcref)", 5)] {
        let instantiate = |count: usize| {
            let wat = format!("(module {})", one.repeat(count));
            let engine = Engine::default();
            let mut limits = StoreLimits::default();
            limits.total_memory_bytes = 15 << 16;
            limits.total_table_elements = 1500;
            let mut store = Store::with_limits(&engine, Box::new(()), limits);
            let module = Module::new(&engine, wat::parse_str(wat).unwrap()).unwrap();
            store.instantiate(&module, &[]).map(|_| ())
        };
        instantiate(most).unwrap_or_else(|error| panic!("{one}: {error}"));
        let error = instantiate(most + 1).expect_err(one);
        assert!(error.to_string().contains("cannot be had"), "{error}");
    }
}

/// What growing takes is counted too.
#[test]
fn memories_grow_to_what_all_may_have() {
    let wat = r#"(module (memory 1) (memory $b 1) (table 1 funcref) (table $t 1 funcref)
      (func (export "f") (param i32) (result i32) (memory.grow $b (local.get 0)))
      (func (export "g") (param i32) (result i32)
        (table.grow $t (ref.null func) (local.get 0))))"#;
    let engine = Engine::default();
    let mut limits = StoreLimits::default();
    limits.total_memory_bytes = 10 << 16;
    limits.total_table_elements = 10;
    let mut store = Store::with_limits(&engine, Box::new(()), limits);
    let module = Module::new(&engine, wat::parse_str(wat).unwrap()).unwrap();
    let instance = store.instantiate(&module, &[]).unwrap();
    for name in ["f", "g"] {
        let Some(Extern::Func(grow)) = store.export(instance, name) else {
            panic!("no {name}")
        };
        let mut by = |delta| store.call(grow, &[Val::I32(delta)]).unwrap();
        assert_eq!(by(9), [Val::I32(-1)], "{name}");
        assert_eq!(by(8), [Val::I32(1)], "{name}");
        assert_eq!(by(1), [Val::I32(-1)], "{name}");
    }
}

/// `ref.func` of an imported function led to the importing instance's copy of it, and
/// so to a function that was not equal to the one given, of no module and, in a
/// snapshot of the exporter, of nobody.
#[test]
fn a_reference_to_an_imported_function_is_the_one_given() {
    for (mode, config) in configs() {
        let engine = Engine::new(config);
        let compile = |wat: &str| {
            let bytes = wat::parse_str(wat).expect("well-formed");
            Module::new(&engine, bytes).expect("valid")
        };
        let exporter = compile("(module (func (export \"f\")))");
        let importer = compile(
            r#"(module (import "m" "guest" (func $guest)) (import "m" "host" (func $host))
              (elem declare func $guest $host)
              (func (export "get") (result funcref funcref)
                (ref.func $guest) (ref.func $host)))"#,
        );
        let mut store = Store::new(&engine, Box::new(()));
        store.set_fuel(1000);
        let exporter = store.instantiate(&exporter, &[]).expect("instantiates");
        let Some(Extern::Func(guest)) = store.export(exporter, "f") else {
            panic!("no f")
        };
        let host = store.new_func(fossor_module::FuncType::new([], []), |_, _| Ok(()));
        let imports = [Extern::Func(guest), Extern::Func(host)];
        let importer = store.instantiate(&importer, &imports);
        let importer = importer.expect("instantiates");
        let Some(Extern::Func(get)) = store.export(importer, "get") else {
            panic!("no get")
        };
        let given = [Val::FuncRef(Some(guest)), Val::FuncRef(Some(host))];
        assert_eq!(store.call(get, &[]).expect("returns"), given, "{mode}");
        assert!(store.func_module(guest).is_some(), "{mode}");
    }
}

/// Where a block's end is reached by branches alone, as many values as it results in
/// may be left of the code before it. They were taken for the results, with their
/// widths: of a vector there was one half.
#[test]
fn a_vector_that_a_branch_carries_past_a_leftover() {
    let f = r#"(module (func (export "f") (param i64 v128) (result v128)
      (block $out (result v128)
        (i64.add (local.get 0) (local.get 0))
        (block (result i64)
          (br $out (v128.not (local.get 1))))
        (drop) (drop) (v128.const i64x2 0 0))
      (v128.xor (v128.not (v128.const i64x2 0 0)))))"#;
    let vector = Val::V128(7 << 64 | 9);
    returns(f, "f", &[Val::I64(1), vector], &[vector]);
}

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

/// With fuel, the stop flag is looked at each 50,000 operators, and each of them may
/// fill all of a memory: a guest was not to be stopped for hours.
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
            // With less it would be the fuel that ends it, after many seconds.
            store.set_fuel(5_000);
            let thread = interrupt_soon(&store);
            let Err(Error::Trap(info)) = store.call(f, &[]) else {
                panic!("{mode}: no trap")
            };
            thread.join().unwrap();
            assert_eq!(info.trap, Trap::Interrupted, "{mode} {bulk}");
            assert!(store.fuel() > 4_000, "{mode} {bulk}: {}", store.fuel());
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
