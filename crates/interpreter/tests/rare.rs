//! 128-bit integers and atomics between other instructions, in every mode: their
//! operands come from locals, constants and accumulators, on any memory.

mod common;

use common::{returns, traps};
use fossor_interpreter::Val;

const WIDE: &str = r#"(module
  (func (export "sum") (param i64 i64) (result i64 i64)
    (i64.add128
      (i64.mul (local.get 0) (i64.const 2)) (i64.const 0)
      (local.get 1) (i64.extend_i32_u (i32.clz (i32.const 1)))))
  (func (export "chain") (param i64 i64) (result i64) (local i64 i64)
    (i64.mul_wide_u (local.get 0) (local.get 1))
    (local.set 2) (local.set 3)
    (i64.sub128 (local.get 3) (local.get 2) (i64.const 1) (i64.const 0))
    (i64.xor) (i64.add (local.get 0)))
  (func (export "signed") (param i64 i64) (result i64 i64)
    (i64.mul_wide_s (i64.add (local.get 0) (i64.const 1)) (local.get 1)))
  (func (export "kept") (param i64) (result i64 i64 i64)
    (i64.add (local.get 0) (i64.const 5))
    (i64.mul_wide_u (local.get 0) (local.get 0))))"#;

#[test]
fn wide_integers() {
    let sum = [Val::I64(-2), Val::I64(31 + 1)];
    returns(WIDE, "sum", &[-1, 0].map(Val::I64), &[sum[0], Val::I64(31)]);
    returns(
        WIDE,
        "sum",
        &[-1, -2].map(Val::I64),
        &[Val::I64(-4), sum[1]],
    );
    let product = u128::from(u64::MAX) * 3 - 1;
    let expected = (product as u64 ^ (product >> 64) as u64).wrapping_add(u64::MAX);
    returns(
        WIDE,
        "chain",
        &[-1, 3].map(Val::I64),
        &[Val::I64(expected as i64)],
    );
    returns(
        WIDE,
        "signed",
        &[-3, 7].map(Val::I64),
        &[Val::I64(-14), Val::I64(-1)],
    );
    let square = [Val::I64(4), Val::I64(1), Val::I64(-2)];
    returns(WIDE, "kept", &[Val::I64(-1)], &square);
}

const ATOMIC: &str = r#"(module
  (memory 1) (memory $wide i64 1)
  (data (i32.const 16) "\11\11\11\11\22\22\22\22")
  (data (memory $wide) (i64.const 16) "\33\33\33\33\44\44\44\44")
  (func (export "add") (param i32 i64) (result i64 i64)
    (i64.atomic.rmw.add offset=8 (i32.add (local.get 0) (i32.const 4)) (i64.add (local.get 1) (i64.const 1)))
    (i64.load (i32.const 16)))
  (func (export "narrow") (param i32 i32 i32) (result i32 i32)
    (i32.atomic.rmw8.cmpxchg_u (local.get 0) (local.get 1) (local.get 2))
    (i32.atomic.load (i32.const 16)))
  (func (export "wide") (param i64 i64) (result i64 i64)
    (i64.atomic.rmw16.xchg_u $wide offset=0x10 (local.get 0) (local.get 1))
    (i64.load $wide (i64.const 16)))
  (func (export "store") (param i32 i32) (result i64)
    (atomic.fence)
    (i32.atomic.store16 (local.get 0) (local.get 1))
    (i64.load (i32.const 16)))
  (func (export "notify") (param i32) (result i32)
    (memory.atomic.notify (local.get 0) (i32.const 1)))
  (func (export "wait") (param i32) (result i32)
    (memory.atomic.wait64 (local.get 0) (i64.const 0) (i64.const -1))))"#;

#[test]
fn atomics_on_memories_that_are_not_shared() {
    let old = Val::I64(0x2222_2222_1111_1111);
    let add = [Val::I32(4), Val::I64(0xef)];
    returns(ATOMIC, "add", &add, &[old, Val::I64(0x2222_2222_1111_1201)]);
    let exchanged = [Val::I32(0x11), Val::I32(0x1111_1155)];
    let compare = |at, expected, new| [Val::I32(at), Val::I32(expected), Val::I32(new)];
    returns(ATOMIC, "narrow", &compare(16, 0x7711, 0x6655), &exchanged);
    let kept = [Val::I32(0x11), Val::I32(0x1111_1111)];
    returns(ATOMIC, "narrow", &compare(16, 0x12, 0x55), &kept);
    let wide = [Val::I64(0x4444), Val::I64(0x4444_ffff_3333_3333)];
    returns(ATOMIC, "wide", &[Val::I64(4), Val::I64(-1)], &wide);
    let store = [Val::I64(0x2222_2222_7777_1111)];
    returns(ATOMIC, "store", &[Val::I32(18), Val::I32(0x7777)], &store);
    returns(ATOMIC, "notify", &[Val::I32(8)], &[Val::I32(0)]);
}

#[test]
fn atomics_trap() {
    for address in [1, 2, 7] {
        traps(
            ATOMIC,
            "add",
            &[Val::I32(address), Val::I64(0)],
            "unaligned atomic",
        );
    }
    for address in [0x1_0000 - 12, -12] {
        let args = [Val::I32(address), Val::I64(0)];
        traps(ATOMIC, "add", &args, "out of bounds memory access");
    }
    for address in [-16, 0x1_0000, i64::MIN] {
        let args = [Val::I64(address), Val::I64(0)];
        traps(ATOMIC, "wide", &args, "out of bounds memory access");
    }
    traps(
        ATOMIC,
        "wide",
        &[Val::I64(1), Val::I64(0)],
        "unaligned atomic",
    );
    traps(ATOMIC, "notify", &[Val::I32(2)], "unaligned atomic");
    traps(
        ATOMIC,
        "notify",
        &[Val::I32(0x1_0000)],
        "out of bounds memory access",
    );
    traps(ATOMIC, "wait", &[Val::I32(8)], "expected shared memory");
    traps(ATOMIC, "wait", &[Val::I32(4)], "unaligned atomic");
}
