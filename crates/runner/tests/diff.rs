//! `fossor diff`.

mod common;

use common::Place;
use common::guests::{TRAP, exit};

const ADD: &str = r#"(module (memory (export "memory") 1)
  (func (export "add") (param i32 i32) (result i32)
    (i32.store (i32.const 0) (local.get 0))
    (i32.add (local.get 0) (local.get 1)))
  (func (export "root") (param f64) (result f64) (f64.sqrt (local.get 0))))"#;

#[test]
fn commands_and_libraries_are_alike() {
    let place = Place::new();
    place.file("exit.wat", exit(3));
    place.file("trap.wat", TRAP);
    place.file("add.wat", ADD);
    let alike = "alike in unfused, loop, tail: ";
    let command = place.run("diff exit.wat").code(0);
    command.stdout(&format!("{alike}1 calls; the last exited with 3\n"));
    let trapped = place.run("diff trap.wat").code(0);
    trapped.stdout_has(&[alike, "trapped: integer divide by zero"]);
    let library = place.run("diff add.wat").code(0);
    library.stdout_has(&[alike, "4 calls; the last returned f64"]);
    place.file(
        "twice.wat",
        r#"(module (import "a" "add" (func $add (param i32 i32) (result i32)))
          (func (export "twice") (param i32) (result i32)
            (call $add (local.get 0) (local.get 0))))"#,
    );
    // Two instances, and two rounds of three functions.
    let linked = place.run("diff --preload a=add.wat twice.wat").code(0);
    linked.stdout_has(&[alike, "7 calls; the last returned i32"]);
    let first = place.run("diff --preload a=add.wat --func a/root twice.wat");
    first
        .code(0)
        .stdout_has(&["2 calls; the last returned f64"]);
    let one = place.run("diff --func add --seed 7 add.wat").code(0);
    one.stdout_has(&["1 calls; the last returned i32"]);
}

#[test]
fn nans_are_canonical_if_that_is_wanted() {
    let place = Place::new();
    place.file(
        "nan.wat",
        r#"(module (global $zero (mut f32) (f32.const 0))
          (func (export "bits") (result i32)
            (i32.reinterpret_f32 (f32.div (global.get $zero) (global.get $zero)))))"#,
    );
    let canonical = place.run("diff --canonical-nans nan.wat").code(0);
    canonical.stdout_has(&[&format!("returned i32 {}", 0x7fc0_0000)]);
}

#[test]
fn what_cannot_be_compared_is_said() {
    let place = Place::new();
    place.file("add.wat", ADD);
    place.file("bad.wat", "(module (func (result i32)))");
    let unknown = place.run("diff --against v8 add.wat").code(125);
    unknown.says(&[
        "there is no way `v8`: loop, tail, unfused, unfused-tail, stressed, free-loop, free, \
        watched, restored, wasmi, wasmtime",
    ]);
    let missing = place.run("diff --against wasmtime add.wat").code(125);
    missing.says(&["this build has no wasmtime: build it with `--features wasmtime`"]);
    let preload = place.run("diff --preload add.wat add.wat").code(125);
    preload.says(&["write NAME=MODULE"]);
    place.run("diff bad.wat").code(125).says(&["error[F0"]);
    place.run("diff none.wat").code(125).says(&["none.wat"]);
}
