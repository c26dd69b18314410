//! Programs that were once translated wrongly, each with what was wrong.

mod common;

use common::returns;
use fossor_interpreter::Val;

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
