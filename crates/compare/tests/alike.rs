//! All ways see the same, and what they see is what the module does.

use fossor_compare::{Calls, End, Plan, Value, Way, compare};

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
