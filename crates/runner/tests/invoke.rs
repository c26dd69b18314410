//! `fossor invoke`.

mod common;

use common::Place;

/// A library that counts, with an allocator.
const LIBRARY: &str = r#"(module
    (memory (export "memory") 1)
    (global $count (mut i32) (i32.const 0))
    (global $free (mut i32) (i32.const 64))
    (func (export "_initialize") (global.set $count (i32.const 10)))
    (func (export "count") (result i32)
        (global.set $count (i32.add (global.get $count) (i32.const 1)))
        (global.get $count))
    (func (export "add") (param i32 i64) (result i64)
        (i64.add (i64.extend_i32_s (local.get 0)) (local.get 1)))
    (func (export "halves") (param f32 f64) (result f64 f32)
        (f64.div (local.get 1) (f64.const 2)) (f32.div (local.get 0) (f32.const 2)))
    (func (export "malloc") (param i32) (result i32)
        (global.get $free)
        (global.set $free (i32.add (global.get $free) (local.get 0))))
    (func (export "first") (param i32 i32) (result i32) (i32.load8_u (local.get 0)))
    (func (export "echo") (param i32 i32) (result i64)
        (i64.or (i64.shl (i64.extend_i32_u (local.get 0)) (i64.const 32))
            (i64.extend_i32_u (local.get 1))))
    (func (export "trap") unreachable)
    (func (export "spin") (loop $l (br $l))))"#;

fn place() -> Place {
    let place = Place::new();
    place.file("lib.wat", LIBRARY);
    place
}

#[test]
fn calls_are_made_on_one_instance() {
    let place = place();
    let calls = "invoke lib.wat count -- count -- add -1 0x10 -- halves 3 -5";
    place.run(calls).code(0).stdout("11\n12\n15\n-2.5\n1.5\n");
    place
        .run("run --invoke add lib.wat 1 2")
        .code(0)
        .stdout("3\n");
    place.run("invoke lib.wat count").code(0).stdout("11\n");
}

#[test]
fn bytes_go_through_the_allocator() {
    let place = place();
    place.file("data", b"\xff\0binary");
    place
        .run("invoke --bytes lib.wat first @A -- first @@data")
        .code(0)
        .stdout("65\n255\n");
    place
        .run("invoke --bytes lib.wat echo @hello")
        .code(0)
        .stdout("hello");
    let calls = "invoke --bytes --alloc malloc lib.wat echo @ -- echo @x";
    place.run(calls).code(0).stdout("x");
    place
        .run("invoke --bytes --alloc echo lib.wat echo @x")
        .code(125)
        .says(&["error[F0304]: bytes need an allocator: no export echo has type (i32) -> i32"]);
    place
        .run("invoke lib.wat echo @hello")
        .code(125)
        .says(&["@hello stands for bytes only with --bytes"]);
}

#[test]
fn what_does_not_fit_is_said_before_any_call() {
    let place = place();
    for (call, sentence) in [
        (
            "add 1",
            "add (i32, i64) -> i64: an argument is missing, of type i64",
        ),
        (
            "add 1 2 3",
            "add (i32, i64) -> i64: 3 is one argument too many",
        ),
        ("add x 2", "add (i32, i64) -> i64: x is no i32"),
        ("add 5_000_000_000 2", "5_000_000_000 is no i32"),
        ("nothing", "there is no export nothing"),
        ("memory", "the export memory is no function"),
    ] {
        let ended = place.run(&format!("invoke lib.wat count -- {call}"));
        ended
            .code(125)
            .stdout("")
            .says(&["error[F0304]: ", sentence]);
    }
    place
        .run("invoke lib.wat count --")
        .code(125)
        .says(&["error[F0001]"]);
}

#[test]
fn the_life_cycle_holds() {
    let place = place();
    place
        .run("invoke lib.wat _initialize")
        .code(125)
        .says(&["error[F0310]: _initialize runs once"]);
    let program = r#"(module (func (export "_start")) (func (export "f")))"#;
    place.file("program.wat", program);
    place
        .run("invoke program.wat f")
        .code(125)
        .says(&["error[F0310]: program.wat: the module exports `_start`: it is a command"]);
}

#[test]
fn a_call_before_initialize_can_be_tried() {
    let place = place();
    place
        .run("invoke --no-initialize lib.wat count -- _initialize -- count")
        .code(0)
        .stdout("1\n11\n");
    place
        .run("invoke --no-initialize lib.wat trap")
        .code(134)
        .says(&["error[F0401]", "`_initialize` was not called"]);
    let ended = place.run("invoke --no-initialize lib.wat _initialize -- trap");
    let ended = ended.code(134).says(&["error[F0401]"]);
    assert!(!ended.stderr.contains("_initialize"), "{ended:#?}");
}

#[test]
fn a_call_can_trap_or_be_stopped() {
    let place = place();
    place
        .run("invoke lib.wat count -- trap")
        .code(134)
        .stdout("11\n")
        .says(&["unreachable"]);
    place
        .run("invoke --timeout 50ms lib.wat spin")
        .code(124)
        .says(&["error[F0402]"]);
}
