//! Memories and tables with 64-bit indices, and pages of one byte, in every
//! mode. The specification's scripts reach neither beyond 4 GiB nor tables.

mod common;

use common::{each_linked, returns, traps};
use fossor_interpreter::Val;

/// Exports of a memory of 4 GiB and two pages.
const LARGE: &str = r#"(module
  (memory i64 0x10002)
  (memory $small 1)
  (table funcref (elem $store))
  (data (i64.const 0x1_0000_0010) "far")
  (data $passive "passive")
  (func $store (export "store") (param i64 i64) (result i64 i64)
    (i64.store (local.get 0) (local.get 1))
    (i64.load (local.get 0))
    (i64.load (i64.and (local.get 0) (i64.const 0xffff_ffff))))
  (func (export "offset") (param i64) (result i64)
    (i64.load8_u offset=0xffff_ffff_ffff_ffff (local.get 0)))
  (func (export "huge_offset") (param i64) (result i32)
    (i32.load8_u offset=0x1_0000_0011 (i64.add (local.get 0) (i64.const 1))))
  (func (export "vectors") (param i64) (result i64 i64 i32)
    (v128.store offset=16 (local.get 0) (i64x2.splat (i64.const 0x0102_0304_0506_0708)))
    (v128.store16_lane offset=32 3 (local.get 0) (v128.load offset=16 (local.get 0)))
    (i64x2.extract_lane 1 (v128.load offset=16 (local.get 0)))
    (i64x2.extract_lane 0
      (v128.load32_lane offset=16 1 (local.get 0) (v128.const i64x2 -1 -1)))
    (i32.load16_u offset=32 (local.get 0)))
  (func (export "grow") (param i64) (result i64 i64)
    (memory.grow (local.get 0)) (memory.size))
  (func (export "fill") (param i64 i64) (result i64)
    (memory.fill (local.get 0) (i32.const 7) (local.get 1))
    (i64.load (local.get 0)))
  (func (export "copy_within") (param i64 i64 i64) (result i32)
    (memory.copy (local.get 0) (local.get 1) (local.get 2))
    (i32.load (local.get 0)))
  (func (export "to_small") (param i32 i64 i32) (result i32)
    (memory.copy $small 0 (local.get 0) (local.get 1) (local.get 2))
    (i32.load $small (local.get 0)))
  (func (export "from_small") (param i64 i32 i32) (result i32)
    (i32.store $small (local.get 1) (i32.const 0x55667788))
    (memory.copy 0 $small (local.get 0) (local.get 1) (local.get 2))
    (i32.load (local.get 0)))
  (func (export "init") (param i64 i32 i32) (result i32)
    (memory.init $passive (local.get 0) (local.get 1) (local.get 2))
    (i32.load (local.get 0)))
)"#;

const END: i64 = 0x1_0002_0000;

#[test]
fn addresses_beyond_4_gib_are_not_those_below() {
    let at = Val::I64(0x1_0000_0008);
    let expected = [Val::I64(-2), Val::I64(0)];
    returns(LARGE, "store", &[at, Val::I64(-2)], &expected);
    let last = Val::I64(END - 8);
    returns(
        LARGE,
        "store",
        &[last, Val::I64(5)],
        &[Val::I64(5), Val::I64(0)],
    );
    for beyond in [END - 7, END, -8, -1, i64::MIN] {
        let args = [Val::I64(beyond), Val::I64(1)];
        traps(LARGE, "store", &args, "out of bounds memory access");
    }
}

#[test]
fn address_plus_offset_does_not_wrap() {
    for address in [0, 1, 2, -1] {
        traps(
            LARGE,
            "offset",
            &[Val::I64(address)],
            "out of bounds memory access",
        );
    }
    // -1 + 1 is 0 before the offset is added: "far"[1].
    returns(LARGE, "huge_offset", &[Val::I64(-1)], &[Val::I32(97)]);
    traps(
        LARGE,
        "huge_offset",
        &[Val::I64(-2)],
        "out of bounds memory access",
    );
}

#[test]
fn vectors_and_lanes() {
    let expected = [
        Val::I64(0x0102_0304_0506_0708),
        Val::I64(0x0506_0708_ffff_ffff),
        Val::I32(0x0102),
    ];
    returns(LARGE, "vectors", &[Val::I64(0x1_0000_0100)], &expected);
    traps(
        LARGE,
        "vectors",
        &[Val::I64(END - 31)],
        "out of bounds memory access",
    );
}

#[test]
fn sizes_have_64_bits() {
    returns(
        LARGE,
        "grow",
        &[Val::I64(1)],
        &[Val::I64(0x10002), Val::I64(0x10003)],
    );
    for too_many in [1 << 48, -1, i64::MIN, 0x1_0000_0000] {
        let expected = [Val::I64(-1), Val::I64(0x10002)];
        returns(LARGE, "grow", &[Val::I64(too_many)], &expected);
    }
}

#[test]
fn bulk_instructions_take_the_widths_of_their_memories() {
    let far = Val::I64(0x1_0000_0100);
    let sevens = Val::I64(0x0007_0707_0707_0707);
    returns(LARGE, "fill", &[far, Val::I64(7)], &[sevens]);
    for (at, len) in [(0x1_0000_0100, -1), (-1, 1), (END, 1), (0, END + 1)] {
        let args = [Val::I64(at), Val::I64(len)];
        traps(LARGE, "fill", &args, "out of bounds memory access");
    }
    let text = Val::I32(i32::from_le_bytes(*b"far\0"));
    let within = [Val::I64(8), Val::I64(0x1_0000_0010), Val::I64(3)];
    returns(LARGE, "copy_within", &within, &[text]);
    for args in [
        [8, END - 2, 3],
        [END - 2, 0, 3],
        [0, 0, END + 1],
        [0, -1, 2],
    ] {
        traps(
            LARGE,
            "copy_within",
            &args.map(Val::I64),
            "out of bounds memory access",
        );
    }
    let to_small = |at: i32, from: i64, len: i32| [Val::I32(at), Val::I64(from), Val::I32(len)];
    returns(LARGE, "to_small", &to_small(4, 0x1_0000_0010, 3), &[text]);
    for args in [
        to_small(4, END, 1),
        to_small(65535, 0, 2),
        to_small(0, 0, -1),
    ] {
        traps(LARGE, "to_small", &args, "out of bounds memory access");
    }
    let from_small = |at: i64, from: i32, len: i32| [Val::I64(at), Val::I32(from), Val::I32(len)];
    let copied = [Val::I32(0x0066_7788)];
    returns(
        LARGE,
        "from_small",
        &from_small(0x1_0000_0200, 8, 3),
        &copied,
    );
    for args in [from_small(END - 1, 8, 2), from_small(-1, 8, 1)] {
        traps(LARGE, "from_small", &args, "out of bounds memory access");
    }
    let init = Val::I32(i32::from_le_bytes(*b"ssiv"));
    returns(LARGE, "init", &from_small(0x1_0000_0300, 2, 4), &[init]);
    for args in [
        from_small(END - 1, 0, 2),
        from_small(0x1_0000_0000_0000, 0, 1),
    ] {
        traps(LARGE, "init", &args, "out of bounds memory access");
    }
}

const TABLE: &str = r#"(module
  (type $f (func (param i32) (result i32)))
  (table $t i64 4 20 funcref)
  (table $narrow 4 funcref)
  (elem $e func $double $negate)
  (elem (table $t) (i64.const 1) func $double $negate)
  (func $double (type $f) (i32.shl (local.get 0) (i32.const 1)))
  (func $negate (type $f) (i32.sub (i32.const 0) (local.get 0)))
  (func (export "call") (param i64) (result i32)
    (call_indirect $t (type $f) (i32.const 21) (local.get 0)))
  (func (export "call_sum") (param i64) (result i32)
    (call_indirect $t (type $f) (i32.const 21) (i64.add (local.get 0) (i64.const 1))))
  (func (export "tail_call") (param i64) (result i32)
    (return_call_indirect $t (type $f) (i32.const 21) (local.get 0)))
  (func (export "is_null") (param i64) (result i32)
    (ref.is_null (table.get $t (local.get 0))))
  (func (export "clear") (param i64) (result i32)
    (table.set $t (local.get 0) (ref.null func))
    (ref.is_null (table.get $t (local.get 0))))
  (func (export "grow") (param i64) (result i64 i64)
    (table.grow $t (ref.func $negate) (local.get 0)) (table.size $t))
  (func (export "fill") (param i64 i64) (result i32)
    (table.fill $t (local.get 0) (ref.func $negate) (local.get 1))
    (call_indirect $t (type $f) (i32.const 5) (local.get 0)))
  (func (export "copy") (param i64 i64 i64) (result i32)
    (table.copy $t $t (local.get 0) (local.get 1) (local.get 2))
    (call_indirect $t (type $f) (i32.const 5) (local.get 0)))
  (func (export "to_narrow") (param i32 i64 i32) (result i32)
    (table.copy $narrow $t (local.get 0) (local.get 1) (local.get 2))
    (call_indirect $narrow (type $f) (i32.const 5) (local.get 0)))
  (func (export "from_narrow") (param i64 i32 i32) (result i32)
    (table.set $narrow (local.get 1) (ref.func $double))
    (table.copy $t $narrow (local.get 0) (local.get 1) (local.get 2))
    (call_indirect $t (type $f) (i32.const 5) (local.get 0)))
  (func (export "init") (param i64 i32 i32) (result i32)
    (table.init $t $e (local.get 0) (local.get 1) (local.get 2))
    (call_indirect $t (type $f) (i32.const 5) (local.get 0)))
)"#;

/// Two of an index of a table: beyond its end, and equal to 1 in 32 bits.
const BEYOND: [i64; 3] = [4, 0x1_0000_0001, -1];

#[test]
fn tables_with_64_bit_indices() {
    returns(TABLE, "call", &[Val::I64(1)], &[Val::I32(42)]);
    returns(TABLE, "call_sum", &[Val::I64(1)], &[Val::I32(-21)]);
    returns(TABLE, "tail_call", &[Val::I64(2)], &[Val::I32(-21)]);
    traps(TABLE, "call", &[Val::I64(0)], "uninitialized element");
    returns(TABLE, "is_null", &[Val::I64(0)], &[Val::I32(1)]);
    returns(TABLE, "is_null", &[Val::I64(1)], &[Val::I32(0)]);
    returns(TABLE, "clear", &[Val::I64(1)], &[Val::I32(1)]);
    for beyond in BEYOND {
        let args = [Val::I64(beyond)];
        for name in ["call", "tail_call"] {
            traps(TABLE, name, &args, "undefined element");
        }
        for name in ["is_null", "clear"] {
            traps(TABLE, name, &args, "out of bounds table access");
        }
    }
    traps(
        TABLE,
        "call_sum",
        &[Val::I64(0x1_0000_0000)],
        "undefined element",
    );
}

#[test]
fn bulk_instructions_take_the_widths_of_their_tables() {
    returns(TABLE, "grow", &[Val::I64(16)], &[Val::I64(4), Val::I64(20)]);
    for too_many in [17, 0x1_0000_0001, -1] {
        let expected = [Val::I64(-1), Val::I64(4)];
        returns(TABLE, "grow", &[Val::I64(too_many)], &expected);
    }
    returns(TABLE, "fill", &[1, 3].map(Val::I64), &[Val::I32(-5)]);
    returns(TABLE, "copy", &[0, 1, 2].map(Val::I64), &[Val::I32(10)]);
    let out_of_bounds = "out of bounds table access";
    for beyond in BEYOND {
        traps(TABLE, "fill", &[beyond, 1].map(Val::I64), out_of_bounds);
        traps(TABLE, "fill", &[1, beyond].map(Val::I64), out_of_bounds);
        traps(TABLE, "copy", &[beyond, 1, 1].map(Val::I64), out_of_bounds);
        traps(TABLE, "copy", &[1, beyond, 1].map(Val::I64), out_of_bounds);
        traps(TABLE, "copy", &[1, 1, beyond].map(Val::I64), out_of_bounds);
        let narrow = [Val::I32(0), Val::I64(beyond), Val::I32(1)];
        traps(TABLE, "to_narrow", &narrow, out_of_bounds);
        for name in ["from_narrow", "init"] {
            let args = [Val::I64(beyond), Val::I32(0), Val::I32(1)];
            traps(TABLE, name, &args, out_of_bounds);
        }
    }
    let to_narrow = [Val::I32(3), Val::I64(2), Val::I32(1)];
    returns(TABLE, "to_narrow", &to_narrow, &[Val::I32(-5)]);
    let from_narrow = [Val::I64(3), Val::I32(2), Val::I32(1)];
    returns(TABLE, "from_narrow", &from_narrow, &[Val::I32(10)]);
    let init = [Val::I64(3), Val::I32(1), Val::I32(1)];
    returns(TABLE, "init", &init, &[Val::I32(-5)]);
}

#[test]
fn pages_of_one_byte() {
    let wat = r#"(module
      (memory 5 9 (pagesize 1))
      (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
      (func (export "grow") (param i32) (result i32 i32)
        (memory.grow (local.get 0)) (memory.size)))"#;
    returns(wat, "load", &[Val::I32(1)], &[Val::I32(0)]);
    traps(wat, "load", &[Val::I32(2)], "out of bounds memory access");
    returns(wat, "grow", &[Val::I32(4)], &[Val::I32(5), Val::I32(9)]);
    returns(wat, "grow", &[Val::I32(5)], &[Val::I32(-1), Val::I32(5)]);
}

#[test]
fn a_memory_is_imported_with_its_own_type() {
    let owner = r#"(module (memory (export "m") i64 2 (pagesize 1)) (data (i64.const 1) "x"))"#;
    let user = r#"(module (memory (import "owner" "m") i64 1 (pagesize 1))
      (func (export "f") (result i32) (i32.load8_u (i64.const 1))))"#;
    each_linked(
        &[("owner", owner), ("", user)],
        "f",
        &[],
        |mode, _, result| {
            assert_eq!(result.expect(mode), [Val::I32(120)], "{mode}");
        },
    );
}
