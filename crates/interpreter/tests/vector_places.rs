//! Vectors wherever a value can be, in every mode: locals, globals, blocks,
//! calls. What takes two slots must arrive whole, beside what takes one.

mod common;

use common::{each_linked, returns};
use fossor_interpreter::Val;

const A: u128 = 0x0123_4567_89ab_cdef_1122_3344_5566_7788;
const B: u128 = !0x0a0b_0c0d_0e0f_1011_1213_1415_1617_1819;

/// Calls `f` of a module with these contents.
fn module(wat: &str, args: &[Val], expected: &[Val]) {
    returns(&format!("(module {wat})"), "f", args, expected);
}

/// Calls `f` of the last of these modules.
fn linked(modules: &[(&str, &str)], args: &[Val], expected: &[Val]) {
    each_linked(modules, "f", args, |mode, _, result| {
        let result = result.unwrap_or_else(|error| panic!("{mode}: {error}"));
        assert_eq!(result, expected, "{mode}");
    });
}

#[test]
fn locals_start_as_zero() {
    module(
        r#"(func $dirty (param v128 v128 v128 v128) (result v128)
             (i32x4.add (i32x4.add (local.get 0) (local.get 1))
               (i32x4.add (local.get 2) (local.get 3))))
           (func $zero (result v128) (local i32 v128 v128 v128 i64 v128)
             (v128.or (v128.or (local.get 1) (local.get 2)) (v128.or (local.get 3) (local.get 5))))
           (func (export "f") (param v128) (result v128)
             (drop (call $dirty (local.get 0) (local.get 0) (local.get 0) (local.get 0)))
             (call $zero))"#,
        &[Val::V128(u128::MAX)],
        &[Val::V128(0)],
    );
}

#[test]
fn parameters_and_results_among_scalars() {
    module(
        r#"(func $swap (param i32 v128 f64 v128 i64) (result v128 i64 v128 i32 f64)
             (local.get 3) (local.get 4) (local.get 1) (local.get 0) (local.get 2))
           (func (export "f") (param i64 v128) (result v128 i64 v128 i32 f64)
             (call $swap (i32.const 7) (local.get 1) (f64.const 1)
               (v128.not (local.get 1)) (i64.add (local.get 0) (local.get 0))))"#,
        &[Val::I64(21), Val::V128(A)],
        &[
            Val::V128(!A),
            Val::I64(42),
            Val::V128(A),
            Val::I32(7),
            Val::F64(1f64.to_bits()),
        ],
    );
}

#[test]
fn a_parameter_is_returned_from_an_overlapping_slot() {
    let f = r#"(func (export "f") (param i64 v128 v128) (result v128) (local.get INDEX))"#;
    let args = [Val::I64(1), Val::V128(A), Val::V128(B)];
    module(&f.replace("INDEX", "1"), &args, &[Val::V128(A)]);
    module(&f.replace("INDEX", "2"), &args, &[Val::V128(B)]);
}

#[test]
fn globals() {
    let owner = r#"(module
      (global (export "before") (mut i64) (i64.const -1))
      (global (export "g") (mut v128) (v128.const i64x2 3 4))
      (global (export "after") (mut i32) (i32.const -2))
      (global $copy (mut v128) (v128.const i64x2 0 0))
      (func (export "f") (param v128) (result v128 v128 i64 i32) (local v128)
        (local.set 1 (global.get 1))
        (global.set $copy (i64x2.add (local.get 0) (global.get 1)))
        (global.set 1 (local.get 0))
        (i64x2.add (local.get 1) (global.get 1)) (global.get $copy)
        (global.get 0) (global.get 2)))"#;
    let three_four = 4 << 64 | 3;
    let sum = Val::V128(A + three_four);
    let beside = [Val::I64(-1), Val::I32(-2)];
    let expected = [sum, sum, beside[0], beside[1]];
    linked(&[("", owner)], &[Val::V128(A)], &expected);
    let user = r#"(module
      (global (import "owner" "before") (mut i64))
      (global (import "owner" "g") (mut v128))
      (global (import "owner" "after") (mut i32))
      (func (export "f") (param v128) (result v128 v128 i64 i32) (local v128)
        (local.set 1 (global.get 1))
        (global.set 1 (i64x2.add (local.get 0) (global.get 1)))
        (i64x2.add (local.get 0) (local.get 1)) (global.get 1)
        (global.get 0) (global.get 2)))"#;
    linked(&[("owner", owner), ("", user)], &[Val::V128(A)], &expected);
}

#[test]
fn select() {
    let f = r#"(func (export "f") (param v128 v128 i32) (result v128)
      (local.set 0 (select (result v128) (v128.not (local.get 0)) (local.get 1)
        (i32.eqz (local.get 2))))
      (select (local.get 0) (v128.not (local.get 1)) (i32.lt_s (local.get 2) (i32.const 2))))"#;
    for (condition, expected) in [(0, !A), (1, B), (2, !B)] {
        let args = [Val::V128(A), Val::V128(B), Val::I32(condition)];
        module(f, &args, &[Val::V128(expected)]);
    }
}

#[test]
fn blocks_and_branches() {
    // A value below the block, so that the label's homes are not the operands'.
    let f = r#"(func (export "f") (param i32 v128 v128) (result v128 i32)
      (v128.xor (v128.const i64x2 0 0)
        (block $out (result v128)
          (i32.const 5)
          (block $in (result v128)
            (if (i32.eq (local.get 0) (i32.const 3))
              (then (br $in (v128.not (local.get 1)))))
            (if (i32.eq (local.get 0) (i32.const 4)) (then (br $in (local.get 2))))
            (if (i32.eq (local.get 0) (i32.const 5))
              (then (drop (i32.const 1)) (i64.const 1) (i32.const 9)
                (br $out (v128.not (local.get 2)))))
            (br_if $in (local.get 1) (i32.eq (local.get 0) (i32.const 6)))
            (br_if $out (v128.or (local.get 2)) (i32.eq (local.get 0) (i32.const 7)))
            (br_table $in $out $in (local.get 0)))
          (local.set 1) (drop) (v128.xor (local.get 1) (v128.const i64x2 1 0))))
      (local.get 0))"#;
    for (path, expected) in [
        (0, (A | B) ^ 1),
        (1, A | B),
        (2, (A | B) ^ 1),
        (3, !A ^ 1),
        (4, B ^ 1),
        (5, !B),
        (6, A ^ 1),
        (7, A | B),
        (-1, (A | B) ^ 1),
    ] {
        let args = [Val::I32(path), Val::V128(A), Val::V128(B)];
        module(f, &args, &[Val::V128(expected), Val::I32(path)]);
    }
}

#[test]
fn block_parameters_and_if_results() {
    module(
        r#"(func (export "f") (param i32 v128) (result v128 v128)
             (local.get 1) (v128.const i64x2 1 1)
             (loop $next (param v128 v128) (result v128 v128)
               (i64x2.add (v128.const i64x2 1 1))
               (local.set 1)
               (if (result v128) (i32.and (local.get 0) (i32.const 1))
                 (then (v128.const i64x2 0 0)) (else (local.get 1)))
               (i64x2.add)
               (local.get 1)
               (br_if $next (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))"#,
        // The counter goes 2..=6, and what is even (of 5, 4, 3, 2, 1) is added.
        &[Val::I32(5), Val::V128(0)],
        &[Val::V128((3 + 5) << 64 | (3 + 5)), Val::V128(6 << 64 | 6)],
    );
}

#[test]
fn an_early_return_leaves_values_behind() {
    module(
        r#"(func (export "f") (param v128 i32) (result v128)
             (i64.const 1) (v128.not (local.get 0)) (i32.const 2)
             (if (local.get 1) (then (i64.const 4) (return (v128.not (local.get 0)))))
             (drop) (return))"#,
        &[Val::V128(A), Val::I32(1)],
        &[Val::V128(!A)],
    );
}

#[test]
fn calls_of_every_kind() {
    let callee = r#"(module
      (func (export "g") (param v128 i32) (result i32 v128)
        (i32.add (local.get 1) (i32.const 1)) (v128.not (local.get 0))))"#;
    let caller = r#"(module
      (type $g (func (param v128 i32) (result i32 v128)))
      (import "callee" "g" (func $import (type $g)))
      (table funcref (elem $import $own))
      (func $own (type $g) (return_call $deeper (local.get 0) (i64.const 5) (local.get 1)))
      (func $deeper (param v128 i64 i32) (result i32 v128)
        (return_call_indirect (type $g) (v128.not (local.get 0))
          (i32.add (local.get 2) (i32.const 10)) (i32.const 0)))
      (func $last (type $g) (return_call $import (local.get 0) (local.get 1)))
      (func (export "f") (param v128 i32) (result i32 v128)
        (local.get 0) (local.get 1)
        (call $import (local.get 0) (local.get 1)) (local.set 0) (local.set 1)
        (local.set 1) (local.set 0)
        (call $swap (call_indirect (type $g) (local.get 0) (local.get 1) (i32.const 1)))
        (call $last))
      (func $swap (param i32 v128) (result v128 i32) (local.get 1) (local.get 0)))"#;
    linked(
        &[("callee", callee), ("", caller)],
        &[Val::V128(A), Val::I32(100)],
        &[Val::I32(100 + 11 + 1), Val::V128(!A)],
    );
}

#[test]
fn recursion_keeps_vectors() {
    module(
        r#"(func $sum (export "f") (param i32 v128) (result v128) (local v128)
             (local.set 2 (i64x2.add (local.get 1) (v128.const i64x2 1 2)))
             (if (result v128) (i32.eqz (local.get 0))
               (then (local.get 1))
               (else (i64x2.add (local.get 1)
                 (call $sum (i32.sub (local.get 0) (i32.const 1)) (local.get 2))))))"#,
        &[Val::I32(100), Val::V128(0)],
        &[Val::V128(10100 << 64 | 5050)],
    );
}
