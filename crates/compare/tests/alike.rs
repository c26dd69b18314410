//! All ways see the same, and what they see is what the module does.

use fossor_compare::{Calls, End, Linked, Plan, Reference, Value, Way, compare};

#[test]
fn a_command_writes_and_exits() {
    let module = wat::parse_str(
        r#"(module
          (import "wasi_snapshot_preview1" "fd_write"
            (func $write (param i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
          (memory (export "memory") 1)
          (data (i32.const 0) "\08\00\00\00\03\00\00\00hi\n")
          (func (export "_start")
            (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))
            (call $exit (i32.const 7))))"#,
    )
    .unwrap();
    let plan = Plan {
        calls: Calls::Start,
        ..Plan::default()
    };
    let verdict = compare(&module, &plan, &Way::OWN).unwrap();
    assert!(verdict.difference.is_none(), "{verdict:?}");
    assert_eq!((verdict.calls, verdict.last), (2, Some(End::Exited(7))));
}

#[test]
fn every_export_is_called() {
    let module = wat::parse_str(
        r#"(module (func (export "a") (param f32) (result f32) (f32.sqrt (local.get 0)))
          (func (export "b") unreachable)
          (func (export "c") (result i64) (i64.const 5)))"#,
    )
    .unwrap();
    let verdict = compare(&module, &Plan::default(), &Way::OWN).unwrap();
    let last = End::Returned(vec![Value::I64(5)]);
    assert_eq!((verdict.calls, verdict.last), (7, Some(last)));
}

#[test]
fn an_engine_that_is_not_built_in_is_named() {
    if cfg!(feature = "wasmtime") {
        return;
    }
    let error = compare(
        b"\0asm\x01\0\0\0",
        &Plan::default(),
        &[Way::Unfused, Way::Wasmtime],
    );
    let text = error.unwrap_err().to_string();
    assert_eq!(
        text,
        "this build has no wasmtime: build it with `--features wasmtime`"
    );
}

/// All that this build has.
fn ways() -> Vec<Way> {
    let mut ways = Way::OWN.to_vec();
    // The reference, before all others.
    ways.sort_by_key(|way| *way != Way::Unfused);
    if cfg!(feature = "wasmi") {
        ways.push(Way::Wasmi);
    }
    if cfg!(feature = "wasmtime") {
        ways.push(Way::Wasmtime);
    }
    ways
}

/// How the only call of `name` ends.
fn end_of(text: &str, name: &str) -> End {
    let plan = Plan {
        calls: Calls::One(name.to_owned()),
        ..Plan::default()
    };
    let module = wat::parse_str(text).unwrap();
    let verdict = compare(&module, &plan, &ways()).unwrap();
    assert!(verdict.difference.is_none(), "{verdict:?}");
    verdict.last.expect("a call")
}

#[test]
fn what_references_lead_to_is_seen() {
    let text = r#"(module
      (type $pair (struct (field i32) (field i8) (field (ref null $pair))))
      (type $bytes (array i8))
      (tag $t (export "tag") (param i64 externref))
      (table (export "table") 2 funcref)
      (elem (i32.const 1) func $nested)
      (func $nested (export "nested") (result (ref $pair))
        (struct.new $pair (i32.const 5) (i32.const 0x1ff)
          (struct.new $pair (i32.const 6) (i32.const 7) (ref.null $pair))))
      (func (export "array") (result anyref)
        (array.new $bytes (i32.const 3) (i32.const 2)))
      (func (export "small") (param i31ref) (result anyref i32)
        (ref.i31 (i32.const -4)) (i32.const 1))
      (func (export "function") (result funcref) (table.get (i32.const 1)))
      (func (export "throws") (param externref) (throw $t (i64.const 9) (local.get 0))))"#;
    let pair = |a, b, next| Value::Ref(Reference::Struct(vec![Value::I32(a), Value::I32(b), next]));
    let inner = pair(6, 7, Value::Ref(Reference::Null));
    let returned = |values| End::Returned(values);
    assert_eq!(end_of(text, "nested"), returned(vec![pair(5, 0xff, inner)]));
    let array = Reference::Array(2, vec![Value::I32(3), Value::I32(3)]);
    assert_eq!(end_of(text, "array"), returned(vec![Value::Ref(array)]));
    let small = Value::Ref(Reference::I31(-4));
    assert_eq!(end_of(text, "small"), returned(vec![small, Value::I32(1)]));
    let function = Value::Ref(Reference::Func(Some("nested".to_owned())));
    assert_eq!(end_of(text, "function"), returned(vec![function]));
    let End::Threw(tag, values) = end_of(text, "throws") else {
        panic!("it throws");
    };
    assert_eq!(tag.as_deref(), Some("tag"));
    assert_eq!(values[0], Value::I64(9));
}

#[test]
fn imports_of_one_name_may_be_of_two_types() {
    let text = r#"(module
      (import "m" "t" (table 1 1 funcref))
      (import "m" "t" (table 19 20 externref))
      (import "m" "f" (func $a (result i32)))
      (import "m" "f" (func $b (param i32) (result i64)))
      (export "one" (table 0))
      (export "two" (table 1))
      (func (export "sizes") (result i32 i32 i32 i64)
        (table.size 0) (table.size 1) (call $a) (call $b (i32.const 1))))"#;
    let End::Returned(values) = end_of(text, "sizes") else {
        panic!("it returns");
    };
    assert_eq!(values[..2], [Value::I32(1), Value::I32(19)]);
}

#[test]
fn an_instance_that_cannot_be_made_ends_alike() {
    let text = r#"(module (memory 1) (data (i32.const 65536) "a") (func (export "f")))"#;
    let end = end_of(text, "f");
    assert_eq!(end, End::Trapped("out of bounds memory access"));
}

#[test]
fn modules_are_linked() {
    let first = r#"(module
      (memory (export "memory") 1)
      (table (export "table") 2 funcref)
      (tag (export "tag") (param i32))
      (func (export "peek") (result i32) (i32.load8_u (i32.const 7)))
      (func (export "call") (call_indirect (i32.const 1))))"#;
    let second = r#"(module
      (import "first" "memory" (memory 1))
      (import "first" "table" (table 2 funcref))
      (import "first" "tag" (tag $tag (param i32)))
      (import "first" "peek" (func $peek (result i32)))
      (import "first" "call" (func $call))
      (import "other" "made up" (func $made (param i32) (result i32)))
      (elem (i32.const 1) $throw)
      (export "again" (func $peek))
      (func (export "get") (result funcref i32) (ref.func $peek) (call $made (i32.const 1)))
      (func $throw (i32.store8 (i32.const 7) (i32.const 9)) (throw $tag (call $peek)))
      (func (export "over and back") (call $call)))"#;
    let first = wat::parse_str(first).unwrap();
    let second = wat::parse_str(second).unwrap();
    let plan = |call: &str| Plan {
        calls: Calls::One(call.to_owned()),
        linked: vec![Linked {
            name: "first".to_owned(),
            bytes: first.clone(),
        }],
        ..Plan::default()
    };
    let end = |call: &str| {
        let verdict = compare(&second, &plan(call), &ways()).unwrap();
        assert!(verdict.difference.is_none(), "{call}: {verdict:?}");
        // Two instances are made.
        assert_eq!(verdict.calls, 3);
        verdict.last.unwrap()
    };
    let tag = Some("first/tag".to_owned());
    assert_eq!(end("over and back"), End::Threw(tag, vec![Value::I32(9)]));
    let peek = Reference::Func(Some("again".to_owned()));
    let made = Value::I32((7 << 7) ^ 1);
    assert_eq!(end("get"), End::Returned(vec![Value::Ref(peek), made]));
    assert_eq!(end("first/peek"), End::Returned(vec![Value::I32(0)]));
}

/// Two rounds of calls, each of which sees what those before it left.
#[test]
fn instances_go_on_from_snapshots() {
    let text = r#"(module
      (memory (export "memory") 1 3)
      (global $g (export "global") (mut v128) (v128.const i64x2 1 2))
      (table $t (export "table") 1 4 funcref)
      (elem $e func $grow)
      (data $d "abc")
      (func (export "drop") (data.drop $d) (elem.drop $e))
      (func $grow (export "grow") (result i32 i32)
        (global.set $g (i64x2.add (global.get $g) (global.get $g)))
        (i32.store8 (i32.sub (i32.mul (i32.const 65536) (memory.size)) (i32.const 1))
          (i32.const 1))
        (memory.grow (i32.const 1)) (table.grow $t (ref.func $grow) (i32.const 1)))
      (func (export "init")
        (memory.init $d (i32.const 5) (i32.const 0) (i32.const 2))
        (table.init $e (i32.const 0) (i32.const 0) (i32.const 1))))"#;
    let module = wat::parse_str(text).unwrap();
    let verdict = compare(&module, &Plan::default(), &ways()).unwrap();
    assert!(verdict.difference.is_none(), "{verdict:?}");
    // `init` after `drop`, of both rounds.
    let last = End::Trapped("out of bounds memory access");
    assert_eq!((verdict.calls, verdict.last), (7, Some(last)));
}

/// Made-up functions call exports back, which may trap, throw, and grow the memory.
#[test]
fn guests_are_called_back() {
    // 7 rotated is 896: the mixture of 896 is 0, and calls the first function without
    // parameters, the one of 900 is 4, and calls the second.
    let text = r#"(module
      (import "m" "f" (func $f (param i32) (result i32)))
      (memory (export "memory") 1 10)
      (tag $t (export "tag") (param i32))
      (func (export "catches") (param i64) (result i32)
        (block (result i32)
          (try_table (result i32) (catch $t 0) (call $f (i32.const 896)))))
      (func (export "throws")
        (drop (memory.grow (i32.const 1)))
        (i32.store (i32.const 70000) (i32.const 1))
        (drop (call $f (i32.const 900)))
        (throw $t (memory.size)))
      (func (export "traps")
        (if (i32.gt_u (memory.size) (i32.const 3)) (then (unreachable)))))"#;
    let plan = Plan {
        calls: Calls::One("catches".to_owned()),
        ..Plan::default()
    };
    let module = wat::parse_str(text).unwrap();
    let verdict = compare(&module, &plan, &ways()).unwrap();
    assert!(verdict.difference.is_none(), "{verdict:?}");
    assert_eq!(verdict.last, Some(End::Returned(vec![Value::I32(2)])));
    // Twice each: the memory grows until the last of them traps in two.
    let verdict = compare(&module, &Plan::default(), &ways()).unwrap();
    assert!(verdict.difference.is_none(), "{verdict:?}");
    assert_eq!(verdict.last, Some(End::Trapped("unreachable")));
}

/// What is called back is looked for in the caller's instance, where it may have
/// parameters.
#[test]
fn what_has_parameters_is_not_called_back() {
    let first = r#"(module (import "m" "f" (func $f (param i32) (result i32)))
      (func (export "same") (param i32))
      (func (export "calls") (param i64) (result i32) (call $f (i32.const 896))))"#;
    let second = r#"(module (func (export "same") unreachable))"#;
    let plan = Plan {
        calls: Calls::One("first/calls".to_owned()),
        linked: vec![Linked {
            name: "first".to_owned(),
            bytes: wat::parse_str(first).unwrap(),
        }],
        ..Plan::default()
    };
    let verdict = compare(&wat::parse_str(second).unwrap(), &plan, &ways()).unwrap();
    assert!(verdict.difference.is_none(), "{verdict:?}");
    assert_eq!(verdict.last, Some(End::Returned(vec![Value::I32(0)])));
}

#[test]
fn what_does_not_fit_is_not_linked() {
    let first = r#"(module (global (export "g") i32 (i32.const 1)) (memory (export "m") 1 2))"#;
    let end = |imports: &str| {
        let plan = Plan {
            linked: vec![Linked {
                name: "first".to_owned(),
                bytes: wat::parse_str(first).unwrap(),
            }],
            ..Plan::default()
        };
        let module = wat::parse_str(format!("(module {imports})")).unwrap();
        let verdict = compare(&module, &plan, &[Way::Unfused, Way::Tail]).unwrap();
        assert!(verdict.difference.is_none(), "{verdict:?}");
        verdict.last
    };
    let fits = end(r#"(import "first" "g" (global i32)) (import "first" "m" (memory 1 3))"#);
    assert_eq!(fits, Some(End::Returned(Vec::new())));
    for wrong in [
        r#"(import "first" "g" (global (mut i32)))"#,
        r#"(import "first" "g" (global i64))"#,
        r#"(import "first" "m" (memory 1 1))"#,
        r#"(import "first" "m" (memory 2))"#,
        r#"(import "first" "m" (memory i64 1 2))"#,
        r#"(import "first" "m" (func))"#,
    ] {
        assert_eq!(end(wrong), Some(End::Unlinkable), "{wrong}");
    }
}
