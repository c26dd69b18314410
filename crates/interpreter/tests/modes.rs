//! Small programs under both dispatchers, with and without folding: all must
//! agree with the expected result.

mod common;

use common::{each, returns, traps};
use fossor_interpreter::{Error, Val};

const FIB: &str = r#"(module
  (func $fib (export "fib") (param i32) (result i32)
    (if (result i32) (i32.lt_s (local.get 0) (i32.const 2))
      (then (local.get 0))
      (else (i32.add
        (call $fib (i32.sub (local.get 0) (i32.const 1)))
        (call $fib (i32.sub (local.get 0) (i32.const 2))))))))"#;

#[test]
fn recursion() {
    returns(FIB, "fib", &[Val::I32(20)], &[Val::I32(6765)]);
}

#[test]
fn loops_and_locals() {
    let sum = r#"(module (func (export "sum") (param i64) (result i64) (local i64 i64)
      (loop $next
        (local.set 1 (i64.add (local.get 1) (local.get 2)))
        (local.set 2 (i64.add (local.get 2) (i64.const 1)))
        (br_if $next (i64.le_s (local.get 2) (local.get 0))))
      (local.get 1)))"#;
    returns(sum, "sum", &[Val::I64(1000)], &[Val::I64(500_500)]);
}

#[test]
fn a_value_read_before_its_local_changes_stays() {
    let swap = r#"(module (func (export "f") (param i32 i32) (result i32)
      (local.get 0) (local.get 1)
      (local.set 0) (local.set 1)
      (i32.sub (local.get 0) (local.get 1))))"#;
    returns(swap, "f", &[Val::I32(3), Val::I32(10)], &[Val::I32(7)]);
    let plus = r#"(module (func (export "f") (param i32) (result i32)
      (i32.add (local.get 0) (i32.const 5))
      (local.set 0 (i32.const 100))
      (i32.mul (local.get 0))))"#;
    returns(plus, "f", &[Val::I32(3)], &[Val::I32(800)]);
}

#[test]
fn operands_in_every_order() {
    let f = r#"(module (func (export "f") (param i32 i32) (result i32) (local i32)
      (local.set 2 (i32.sub (i32.const 100) (i32.mul (local.get 0) (local.get 1))))
      (i32.sub (local.get 2) (i32.sub (i32.const 7) (local.get 0)))
      (i32.sub (i32.const 1000))
      (i32.sub (local.get 2))
      (i32.shl (i32.const 1) (i32.and (local.get 0) (i32.const 7)))
      (i32.xor)))"#;
    let reference = {
        let (a, b) = (3i32, 5i32);
        let l2 = 100 - a * b;
        let x = l2 - (7 - a);
        // `x (i32.const 1000) sub` is x - 1000; then - l2.
        let x = x - 1000 - l2;
        x ^ (1 << (a & 7))
    };
    returns(f, "f", &[Val::I32(3), Val::I32(5)], &[Val::I32(reference)]);
}

#[test]
fn addresses_are_folded_and_wrap() {
    let f = r#"(module (memory 1) (func (export "f") (param i32 i64) (result i64)
      (i64.store offset=8
        (i32.wrap_i64 (i64.add (i64.extend_i32_u (local.get 0)) (i64.const 16)))
        (local.get 1))
      (i32.store16 (i32.add (local.get 0) (i32.const -1)) (i32.const 258))
      (i64.add
        (i64.load offset=24 (local.get 0))
        (i64.load8_u (i32.sub (local.get 0) (i32.const 1))))))"#;
    returns(f, "f", &[Val::I32(40), Val::I64(-5)], &[Val::I64(-3)]);
    // 0 - 1 wraps to the end of the address space.
    traps(
        f,
        "f",
        &[Val::I32(0), Val::I64(-5)],
        "out of bounds memory access",
    );
    traps(
        f,
        "f",
        &[Val::I32(-4), Val::I64(-5)],
        "out of bounds memory access",
    );
}

#[test]
fn blocks_carry_values() {
    let h = r#"(module (func (export "h") (param i32) (result i32)
      (block $out (result i32)
        (i32.const 9)
        (block $in (result i32)
          (i32.const 30)
          (br_table $in $out $in (local.get 0)))
        (i32.add))))"#;
    returns(h, "h", &[Val::I32(0)], &[Val::I32(39)]);
    returns(h, "h", &[Val::I32(1)], &[Val::I32(30)]);
    returns(h, "h", &[Val::I32(7)], &[Val::I32(39)]);
}

#[test]
fn traps_name_the_function_and_the_place() {
    each(
        r#"(module (func $inner (param i32) (result i32) (i32.div_s (i32.const 1) (local.get 0)))
           (func $outer (export "f") (result i32) (call $inner (i32.const 0))))"#,
        "f",
        &[],
        |mode, result| {
            let Err(Error::Trap(info)) = result else {
                panic!("{mode}: no trap")
            };
            assert_eq!(info.trap.message(), "integer divide by zero", "{mode}");
            let names: Vec<_> = info.frames.iter().map(|f| f.name.as_deref()).collect();
            assert_eq!(names, [Some("inner"), Some("outer")], "{mode}");
            assert!(
                info.frames.iter().all(|f| f.wasm_offset.is_some()),
                "{mode}"
            );
        },
    );
}

#[test]
fn endless_recursion_exhausts_the_stack() {
    traps(
        "(module (func $f (export \"f\") (call $f)))",
        "f",
        &[],
        "call stack exhausted",
    );
}

#[test]
fn floats() {
    let f = r#"(module (func (export "f") (param f64 f64) (result f64)
      (f64.sub (f64.const 1.5) (f64.mul (local.get 0) (f64.add (local.get 1) (f64.const 0.1))))
      (if (result f64) (f64.lt (local.get 0) (f64.const 0))
        (then (f64.const -1)) (else (f64.sqrt (local.get 1))))
      (f64.div)))"#;
    let expected = (1.5 - 2.0 * (9.0 + 0.1)) / 3.0f64;
    returns(
        f,
        "f",
        &[Val::F64(2.0f64.to_bits()), Val::F64(9.0f64.to_bits())],
        &[Val::F64(expected.to_bits())],
    );
}

/// Comparisons of floats with constants, negated or not, as conditions of branches
/// forward and back; NaN makes all but one false.
#[test]
fn branches_on_floats() {
    type Op = (&'static str, fn(f64, f64) -> bool);
    let ops: [Op; 6] = [
        ("eq", |a, b| a == b),
        ("ne", |a, b| a != b),
        ("lt", |a, b| a < b),
        ("gt", |a, b| a > b),
        ("le", |a, b| a <= b),
        ("ge", |a, b| a >= b),
    ];
    // Constants with and without bits below the upper 16.
    let constants = [0.0, -0.0, 4.0, -1.5, 0.1, 65_537.0, f64::NAN];
    for (name, meaning) in ops {
        for b in constants {
            for a in [f64::NAN, -1.5, 0.0, 0.1, 4.0, 1e9] {
                for (ty, bits_a) in [
                    ("f64", Val::F64(a.to_bits())),
                    ("f32", Val::F32((a as f32).to_bits())),
                ] {
                    let holds = match ty {
                        "f64" => meaning(a, b),
                        _ => meaning((a as f32).into(), (b as f32).into()),
                    };
                    let literal = match b.is_nan() {
                        true => "nan".to_owned(),
                        false => format!("{b:?}"),
                    };
                    let compare = format!("({ty}.{name} (local.get 0) ({ty}.const {literal}))");
                    let text = format!(
                        r#"(module (func (export "f") (param {ty}) (result i32) (local i32)
                          (if (i32.eqz {compare})
                            (then (local.set 1 (i32.const 1))))
                          (block $out
                            (br_if $out {compare})
                            (local.set 1 (i32.or (local.get 1) (i32.const 2))))
                          (block $out
                            (br_if $out (i32.eqz {compare}))
                            (local.set 1 (i32.or (local.get 1) (i32.const 4))))
                          (loop $again
                            (local.set 1 (i32.add (local.get 1) (i32.const 8)))
                            (br_if $again (i32.and
                              (i32.lt_u (local.get 1) (i32.const 16))
                              (i32.eqz (i32.eqz {compare})))))
                          (i32.add (local.get 1) (i32.eqz {compare}))))"#
                    );
                    let mut expected = if holds { 4 } else { 1 | 2 } + 8;
                    while holds && expected < 16 {
                        expected += 8;
                    }
                    returns(
                        &text,
                        "f",
                        &[bits_a],
                        &[Val::I32(expected + i32::from(!holds))],
                    );
                }
            }
        }
    }
}
