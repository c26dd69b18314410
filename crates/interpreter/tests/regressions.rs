//! Programs that were once translated wrongly, each with what was wrong.

mod common;

use common::{configs, each, each_linked, returns};
use fossor_host::{HostError, Trap};
use fossor_interpreter::{Engine, Error, Extern, Module, Store, StoreLimits, Val};

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
