//! What the runner says of scripts, above all of those that are wrong.

use fossor::{Config, Engine};
use fossor_wast::{Kind, Options, Report, run, run_with};
use std::time::Duration;

fn report(text: &str) -> Report {
    let engine = Engine::new(Config::new().max_stack_bytes(1 << 20));
    run(&engine, text)
}

fn failures(text: &str) -> Vec<String> {
    let report = report(text);
    assert_eq!(report.skipped(), 0, "{report}");
    report.failures.iter().map(ToString::to_string).collect()
}

#[test]
fn every_kind_of_directive_passes() {
    let report = report(
        r#"
        (module $a
            (global (export "g") i32 (i32.const 7))
            (func (export "div") (param i32) (result i32)
                (i32.div_s (i32.const 8) (local.get 0)))
            (func $deep (export "deep") (result i32) (i32.add (call $deep) (i32.const 1)))
            (func (export "nan") (result f32) (f32.div (f32.const 0) (f32.const 0)))
            (func (export "v") (param v128) (result v128) (local.get 0))
            (func (export "e") (param externref) (result externref) (local.get 0))
            (func (export "r") (result funcref) (ref.func $deep))
            (func (export "n") (result funcref externref) (ref.null func) (ref.null extern)))
        (register "a")
        (register "b" $a)
        (invoke "div" (i32.const 2))
        (assert_return (invoke $a "div" (i32.const 2)) (i32.const 4))
        (assert_return (get "g") (i32.const 7))
        (assert_return (invoke "nan") (f32.const nan:canonical))
        (assert_return (invoke "nan") (f32.const nan:arithmetic))
        (assert_return (invoke "nan") (either (f32.const 1) (f32.const nan:canonical)))
        (assert_return (invoke "v" (v128.const i8x16 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16))
            (v128.const i16x8 0x0201 0x0403 0x0605 0x0807 0x0a09 0x0c0b 0x0e0d 0x100f))
        (assert_return (invoke "v" (v128.const f64x2 1 nan)) (v128.const f64x2 1 nan:canonical))
        (assert_return (invoke "e" (ref.extern 3)) (ref.extern 3))
        (assert_return (invoke "e" (ref.extern 3)) (ref.extern))
        (assert_return (invoke "r") (ref.func))
        (assert_return (invoke "n") (ref.null func) (ref.null))
        (assert_trap (invoke "div" (i32.const 0)) "integer divide by zero")
        (assert_exhaustion (invoke "deep") "call stack exhausted")
        (assert_trap (module (func $f unreachable) (start $f)) "unreachable")
        (assert_invalid (module (func (result i32))) "type mismatch")
        (assert_malformed (module quote "(func (i32.nonsense))") "unknown operator")
        (assert_malformed (module binary "\00asm\02") "unexpected end")
        (assert_unlinkable (module (import "a" "x" (func))) "unknown import")
        (module quote "(func (export \"f\"))")
        (module binary "\00asm\01\00\00\00")
        (module definition $d (memory (export "m") 1))
        (module instance $i $d)
        (module instance $d)
        "#,
    );
    assert_eq!((report.failed(), report.skipped()), (0, 0), "{report}");
    assert_eq!(report.passed(), 27);
    assert_eq!(report.counts.len(), 12, "{report}");
}

#[test]
fn wrong_expectations_fail_with_what_came() {
    let found = failures(
        r#"(module
            (func (export "f") (result f32) (f32.const 1.5))
            (func (export "t") unreachable)
            (func (export "e") (param externref) (result externref) (local.get 0)))
        (assert_return (invoke "f") (f32.const nan:canonical))
        (assert_return (invoke "f"))
        (assert_return (invoke "t") (i32.const 1))
        (assert_return (invoke "e" (ref.extern 1)) (ref.extern 2))
        (assert_trap (invoke "f") "unreachable")
        (assert_trap (invoke "t") "integer overflow")
        (assert_exhaustion (invoke "t") "call stack exhausted")
        (assert_invalid (module) "type mismatch")
        (assert_malformed (module binary "\00asm\01\00\00\00") "magic")
        (assert_unlinkable (module) "unknown import")
        (module (import "x" "y" (func)))
        (invoke "f")
        (register "a" $none)
        (module (func (result i32)))"#,
    );
    let expected = [
        "line 5: assert_return: expected (f32.const nan:canonical), got (f32.const 1.5 (bits 0x3fc00000))",
        "line 6: assert_return: expected nothing, got (f32.const 1.5 (bits 0x3fc00000))",
        r#"line 7: assert_return: expected (i32.const 1), got trap "unreachable""#,
        "line 8: assert_return: expected (ref.extern 2), got (ref.extern)",
        r#"line 9: assert_trap: expected trap "unreachable", got (f32.const 1.5 (bits 0x3fc00000))"#,
        r#"line 10: assert_trap: expected trap "integer overflow", got trap "unreachable""#,
        r#"line 11: assert_exhaustion: expected trap "call stack exhausted", got trap "unreachable""#,
        "line 12: assert_invalid: expected the module to be refused (type mismatch), it was accepted",
        "line 13: assert_malformed: expected the module to be refused (magic), it was accepted",
        "line 14: assert_unlinkable: expected a link error (unknown import), the module was instantiated",
        r#"line 15: module: got link error "unknown import x.y: func () -> ()""#,
        "line 16: invoke: there is no instance at this point",
        "line 17: register: there is no instance $none",
    ];
    assert_eq!(found[..expected.len()], expected);
    assert!(
        found[expected.len()].starts_with("line 18: module: expected a valid module, got refusal")
    );
    assert_eq!(found.len(), expected.len() + 1);
}

#[test]
fn a_script_that_cannot_be_read_is_a_failure() {
    let report = report("(module)\n(assert_nonsense)");
    assert_eq!(report.failures.len(), 1);
    assert_eq!(
        (report.failures[0].line, report.failures[0].kind),
        (2, Kind::Script)
    );
}

#[test]
fn what_fossor_lacks_is_skipped_with_a_reason() {
    let report = report("(module)\n(thread $T (module))\n(wait $T)");
    assert_eq!(
        report.to_string(),
        "line 2: thread skipped: threads are not supported\n\
         line 3: thread skipped: threads are not supported\n\
         1 passed, 0 failed, 2 skipped (module 1/1, thread 0/2)"
    );
}

#[test]
fn a_directive_that_does_not_end_fails() {
    let mut options = Options::default();
    options.timeout = Duration::from_millis(20);
    options.skip = &|line| (line == 3).then_some("not this one");
    let report = run_with(
        &Engine::new(Config::new().wasm1()),
        "(module (func (export \"f\") (loop (br 0))))\n(invoke \"f\")\n(invoke \"f\")",
        &options,
    );
    let lines = [
        "line 2: invoke: got interruption \"the deadline passed\"",
        "line 3: invoke skipped: not this one",
    ];
    assert!(
        report.to_string().starts_with(&lines.join("\n")),
        "{report}"
    );
}

#[test]
fn invalid_bodies_are_found_in_a_lazy_engine() {
    let engine = Engine::new(Config::new().compile(fossor::Compile::Lazy));
    let report = run(
        &engine,
        "(assert_invalid (module (func (result i32))) \"type mismatch\")",
    );
    assert_eq!((report.passed(), report.failed()), (1, 0), "{report}");
}
