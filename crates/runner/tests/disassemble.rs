//! `fossor disassemble`.

mod common;

use common::{Ended, Place};

const MODULE: &str = r#"
(module
  (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
  (memory 1)
  (func $sum (param i32 i64) (result i64)
    (local i64)
    (local.set 2 (i64.add (local.get 1) (i64.const 7)))
    (i64.store offset=8 (local.get 0) (local.get 2))
    (local.get 2))
  (func $main.main (export "_start")
    (drop (call $yield))
    (drop (call $sum (i32.const 0) (i64.const 1)))))
"#;

#[track_caller]
fn has(run: &Ended, part: &str) {
    assert!(run.stdout.contains(part), "no {part:?} in {run:#?}");
}

#[test]
fn operators_stand_beside_instructions() {
    let place = Place::new();
    place.file("a.wat", MODULE);
    for func in ["sum", "1"] {
        let run = place.run(&format!("disassemble a.wat {func}"));
        let run = run.code(0).stderr("");
        has(&run, "function 1, sum: ");
        has(&run, "i64.add s1, 7 -> s4");
        has(&run, "i64.store offset=8 ");
        has(&run, "|    3  i64.store [s0 + 8], ");
        assert!(!run.stdout.contains("main.main"), "{run:#?}");
    }
    // As wasmtime calls it, and all functions.
    let run = place.run("objdump a.wat").code(0);
    has(&run, "function 1, sum: ");
    has(&run, "function 2, main.main: ");
    has(&run, "call import 0");
    has(&run, "call sum, arguments s");
}

#[test]
fn functions_are_listed() {
    let place = Place::new();
    place.file("a.wat", MODULE);
    let run = place.run("disassemble --list a.wat").code(0);
    has(&run, "      0  imported          yield\n");
    has(&run, "  main.main\n");
}

#[test]
fn an_unknown_function_is_explained() {
    let place = Place::new();
    place.file("a.wat", MODULE);
    place.run("disassemble a.wat Main").code(125).stderr(
        "error[F0204]: a.wat has no function Main; its functions are 0 to 2\n  \
         help: perhaps main.main\n",
    );
    place.run("disassemble a.wat 3").code(125).stderr(
        "error[F0204]: a.wat has no function 3; its functions are 0 to 2\n  \
         help: `fossor disassemble --list a.wat` lists them\n",
    );
    place
        .run("disassemble a.wat yield")
        .code(125)
        .stderr("error[F0204]: function yield of a.wat is imported: its code is elsewhere\n");
    place
        .run("disassemble none.wasm")
        .code(125)
        .stderr("error[F0101]: none.wasm: there is no such file\n");
}

#[test]
fn functions_of_a_stripped_go_program_have_gos_names() {
    let hello = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../go-fixtures/prebuilt/hello.wasm"
    );
    let place = Place::new();
    let run = |words: &[&str]| {
        let output = place.command(words).output();
        common::ended(&output.unwrap(), std::time::Duration::ZERO)
    };
    let listed = run(&["disassemble", "--list", hello]).code(0);
    has(&listed, "  runtime.(*mspan).init\n");
    let main = run(&["disassemble", hello, "main.main"]).code(0);
    has(&main, ", main.main: ");
    let near = run(&["disassemble", hello, "(*mspan).ini"]).code(125);
    near.says(&["perhaps", "runtime.(*mspan).init"]);
}
