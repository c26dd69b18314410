//! Vector instructions in every mode: each shape, vectors wherever a value can
//! be, and the bounds of memory. What each instruction computes is tested in
//! `semantics/simd` and by the official suite.

mod common;

use common::{each_linked, returns, traps};
use fossor_interpreter::{Extern, Val};

fn i8s(lanes: [i8; 16]) -> Val {
    Val::V128(u128::from_le_bytes(lanes.map(|lane| lane as u8)))
}

fn i16s(lanes: [i16; 8]) -> Val {
    packed(&lanes.map(i16::to_le_bytes))
}

fn i32s(lanes: [i32; 4]) -> Val {
    packed(&lanes.map(i32::to_le_bytes))
}

fn i64s(lanes: [i64; 2]) -> Val {
    packed(&lanes.map(i64::to_le_bytes))
}

fn packed<const N: usize>(lanes: &[[u8; N]]) -> Val {
    let bytes = lanes.as_flattened();
    Val::V128(u128::from_le_bytes(bytes.try_into().expect("16 bytes")))
}

const A: [i32; 4] = [1, -2, 0x7fff_ffff, 40];
const B: [i32; 4] = [10, 20, 1, -7];
const C: [i32; 4] = [-1, 0, 0x0f0f_0f0f, 3];

/// Calls a function over vectors `A`, `B`, `C` with this body.
fn of_three(body: &str, expected: Val) {
    let wat = format!(
        "(module (memory 1) (func (export \"f\")
           (param $a v128) (param $b v128) (param $c v128) (result v128) {body}))"
    );
    returns(&wat, "f", &[i32s(A), i32s(B), i32s(C)], &[expected]);
}

/// Calls a function with these parameters, results and body.
fn function(types: &str, body: &str, args: &[Val], expected: &[Val]) {
    let wat = format!("(module (func (export \"f\") {types} {body}))");
    returns(&wat, "f", args, expected);
}

fn each_lane(f: impl Fn(usize) -> i32) -> Val {
    i32s(std::array::from_fn(f))
}

#[test]
fn one_two_and_three_operands() {
    let sum = |i: usize| A[i].wrapping_add(B[i]);
    of_three("(i32x4.neg (local.get $a))", each_lane(|i| -A[i]));
    of_three("(i32x4.add (local.get $a) (local.get $b))", each_lane(sum));
    of_three(
        "(v128.bitselect (local.get $a) (local.get $b) (local.get $c))",
        each_lane(|i| A[i] & C[i] | B[i] & !C[i]),
    );
    of_three(
        "(v128.bitselect
           (i32x4.neg (local.get $a)) (i32x4.add (local.get $a) (local.get $b))
           (v128.not (local.get $c)))",
        each_lane(|i| -A[i] & !C[i] | sum(i) & C[i]),
    );
}

#[test]
fn results_may_replace_operands() {
    of_three(
        "(local.set $a (i32x4.sub (local.get $b) (local.get $a)))
         (local.set $b (v128.bitselect (local.get $a) (local.get $b) (local.get $b)))
         (local.set $c (v128.xor (local.get $c) (local.get $b)))
         (local.get $c)",
        each_lane(|i| {
            let a = B[i].wrapping_sub(A[i]);
            let b = a & B[i] | B[i] & !B[i];
            C[i] ^ b
        }),
    );
    of_three(
        "(i32x4.add (local.tee $b (i32x4.mul (local.get $b) (local.get $b))) (local.get $b))",
        each_lane(|i| 2 * B[i] * B[i]),
    );
}

#[test]
fn a_vector_read_before_its_local_changes_stays() {
    of_three(
        "(local.get $a) (local.get $b) (local.set $a) (local.set $b)
         (i32x4.sub (local.get $a) (local.get $b))",
        each_lane(|i| B[i].wrapping_sub(A[i])),
    );
    // The result in between is not the last instruction's any more when it is set.
    of_three(
        "(local.get $a)
         (i32x4.add (local.get $b) (local.get $c))
         (local.set $a)
         (i32x4.sub (local.get $a))",
        each_lane(|i| A[i].wrapping_sub(B[i].wrapping_add(C[i]))),
    );
    of_three(
        "(i32x4.add (local.get $b) (local.get $c))
         (i32x4.add (local.get $a) (local.get $a))
         (drop) (local.set $a) (local.get $a)",
        each_lane(|i| B[i].wrapping_add(C[i])),
    );
}

#[test]
fn shift_counts_from_everywhere() {
    let types = "(param v128 i32) (result v128)";
    let (vector, args) = (i32s(A), [i32s(A), Val::I32(35)]);
    let by = |n: u32| each_lane(|i| A[i].wrapping_shl(n));
    for (count, n) in [
        ("(i32.const 5)", 5),
        ("(i32.const 32)", 0),
        ("(i32.const -1)", 31),
        ("(i32.const 0x12345604)", 4),
        ("(local.get 1)", 3),
        ("(i32.add (local.get 1) (i32.const 1))", 4),
        ("(i32.mul (local.get 1) (local.get 1))", 9),
    ] {
        let body = format!("(i32x4.shl (local.get 0) {count})");
        function(types, &body, &args, &[by(n)]);
    }
    function(
        types,
        "(i64x2.shr_u (i16x8.shr_s (local.get 0) (local.get 1)) (i32.const 8))",
        &[vector, Val::I32(17)],
        &[i64s([
            (0xffff_ffff_0000_0000_u64 >> 8) as i64,
            ((20 << 32 | 0x3fff_ffff_u64) >> 8) as i64,
        ])],
    );
}

#[test]
fn splats_from_everywhere() {
    let one = |ty: &str, shape: &str, value: &str, arg: Val, expected: Val| {
        let types = format!("(param {ty}) (result v128)");
        function(
            &types,
            &format!("({shape}.splat {value})"),
            &[arg],
            &[expected],
        );
    };
    let nine = Val::I32(9);
    one("i32", "i8x16", "(i32.const 300)", nine, i8s([44; 16]));
    one("i32", "i16x8", "(i32.const -3)", nine, i16s([-3; 8]));
    one("i32", "i32x4", "(i32.const 70000)", nine, i32s([70000; 4]));
    one("i32", "i32x4", "(local.get 0)", nine, i32s([9; 4]));
    one(
        "i32",
        "i32x4",
        "(i32.clz (local.get 0))",
        nine,
        i32s([28; 4]),
    );
    let minus = Val::I64(-9);
    one("i64", "i64x2", "(i64.const -4)", minus, i64s([-4; 2]));
    one(
        "i64",
        "i64x2",
        "(i64.const 0x8000)",
        minus,
        i64s([0x8000; 2]),
    );
    one("i64", "i64x2", "(local.get 0)", minus, i64s([-9; 2]));
    one(
        "i64",
        "i32x4",
        "(i32.wrap_i64 (local.get 0))",
        minus,
        i32s([-9; 4]),
    );
    let half = Val::F32(0.5f32.to_bits());
    let bits = |value: f32| i32s([value.to_bits() as i32; 4]);
    one("f32", "f32x4", "(f32.const 0)", half, bits(0.0));
    one("f32", "f32x4", "(f32.const -0)", half, bits(-0.0));
    one("f32", "f32x4", "(local.get 0)", half, bits(0.5));
    one("f32", "f32x4", "(f32.neg (local.get 0))", half, bits(-0.5));
    let half = Val::F64(0.5f64.to_bits());
    let bits = |value: f64| i64s([value.to_bits() as i64; 2]);
    one("f64", "f64x2", "(f64.const 0)", half, bits(0.0));
    one("f64", "f64x2", "(f64.const 2)", half, bits(2.0));
    one("f64", "f64x2", "(f64.neg (local.get 0))", half, bits(-0.5));
}

#[test]
fn lanes_are_extracted_and_replaced() {
    let extract = |result: &str, op: &str, expected: Val| {
        let types = format!("(param v128) (result {result})");
        let arg = i16s([1, -2, 3, -4, 0x4049, -30000, 0, i16::MIN]);
        function(
            &types,
            &format!("({op} (local.get 0))"),
            &[arg],
            &[expected],
        );
    };
    extract("i32", "i8x16.extract_lane_s 2", Val::I32(-2));
    extract("i32", "i8x16.extract_lane_u 2", Val::I32(254));
    extract("i32", "i16x8.extract_lane_s 7", Val::I32(-32768));
    extract("i32", "i16x8.extract_lane_u 7", Val::I32(32768));
    extract("i32", "i32x4.extract_lane 3", Val::I32(i32::MIN));
    extract(
        "i64",
        "i64x2.extract_lane 0",
        Val::I64(-0x0003_fffc_0001_ffff),
    );
    extract("f32", "f32x4.extract_lane 1", Val::F32(0xfffc_0003));
    extract(
        "f64",
        "f64x2.extract_lane 0",
        Val::F64(0xfffc_0003_fffe_0001),
    );
    // The result as an operand, from the accumulator and from its slot.
    function(
        "(param v128) (result i32)",
        "(i32.sub (i32x4.extract_lane 0 (local.get 0)) (i32x4.extract_lane 3 (local.get 0)))",
        &[i32s(A)],
        &[Val::I32(-39)],
    );
    let replace = |ty: &str, op: &str, arg: Val, expected: Val| {
        let types = format!("(param v128 {ty}) (result v128)");
        let body = format!("({op} (local.get 0) (local.get 1))");
        function(&types, &body, &[i32s([0; 4]), arg], &[expected]);
    };
    let one = Val::I32(0x1_0001);
    replace("i32", "i8x16.replace_lane 15", one, Val::V128(1 << 120));
    replace("i32", "i16x8.replace_lane 1", one, Val::V128(1 << 16));
    replace(
        "i32",
        "i32x4.replace_lane 1",
        one,
        Val::V128(0x1_0001 << 32),
    );
    replace(
        "i64",
        "i64x2.replace_lane 1",
        Val::I64(7),
        Val::V128(7 << 64),
    );
    replace(
        "f32",
        "f32x4.replace_lane 3",
        Val::F32(5),
        Val::V128(5 << 96),
    );
    replace("f64", "f64x2.replace_lane 0", Val::F64(5), Val::V128(5));
    function(
        "(param v128) (result v128)",
        "(i32x4.replace_lane 1
           (i32x4.replace_lane 0 (local.get 0) (i32x4.extract_lane 3 (local.get 0)))
           (i32.const -5))",
        &[i32s(A)],
        &[i32s([40, -5, A[2], A[3]])],
    );
}

#[test]
fn tests_feed_branches() {
    let body = "(if (result i32) (v128.any_true (local.get 0))
        (then (i32.add (i32x4.bitmask (local.get 0))
          (i32.mul (i32.const 100) (i32x4.all_true (local.get 0)))))
        (else (i32.const -1)))";
    for (arg, expected) in [
        ([0, 0, 0, 0], -1),
        ([0, -1, 0, -5], 10),
        ([1, -1, 1, -5], 110),
    ] {
        let types = "(param v128) (result i32)";
        function(types, body, &[i32s(arg)], &[Val::I32(expected)]);
    }
}

#[test]
fn shuffle_and_constants() {
    of_three(
        "(local.set $c (v128.const i32x4 5 6 7 8))
         (i8x16.shuffle 16 17 18 19 4 5 6 7 12 13 14 15 28 29 30 31
           (i32x4.add (local.get $a) (v128.const i32x4 0 1 2 3)) (local.get $c))",
        i32s([5, -1, 43, 8]),
    );
    of_three("(v128.const i64x2 -1 1)", i64s([-1, 1]));
}

#[test]
fn addresses_of_vectors() {
    // Bytes 0..=255, then zeros.
    let bytes: String = (0..=255).map(|i| format!("\\{i:02x}")).collect();
    let at = |address: &str| {
        format!(
            "(module (memory 1) (data (i32.const 0) \"{bytes}\") (func (export \"f\")
               (param i32) (result v128 i32)
               (v128.store offset=256 {address} (v128.load offset=2 {address}))
               (v128.store offset=256 {address} (i32x4.add
                 (v128.load16x4_u offset=254 {address}) (v128.load offset=256 {address})))
               (v128.load offset=256 {address})
               (i32.load offset=260 {address})))"
        )
    };
    let reference = |address: usize| {
        let mut memory = [0u8; 1024];
        (0..256).for_each(|i| memory[i] = i as u8);
        memory.copy_within(address + 2..address + 18, address + 256);
        let lane = |at: usize| i32::from_le_bytes(memory[at..at + 4].try_into().expect("4"));
        let add = |i: usize| {
            let at = address + 254 + i * 2;
            i32::from(u16::from_le_bytes([memory[at], memory[at + 1]]))
        };
        std::array::from_fn(|i| lane(address + 256 + i * 4).wrapping_add(add(i)))
    };
    for (address, at_address) in [
        ("(local.get 0)", 5),
        ("(i32.add (local.get 0) (i32.const 11))", 16),
        ("(i32.sub (local.get 0) (i32.const 3))", 2),
        ("(i32.shl (local.get 0) (i32.const 1))", 10),
        ("(i32.const 40)", 40),
    ] {
        let expected = reference(at_address);
        let results = [i32s(expected), Val::I32(expected[1])];
        returns(&at(address), "f", &[Val::I32(5)], &results);
    }
}

/// A load or store of `width` bytes must succeed at the very end of a page and
/// trap one byte behind, with every form of address, in both memories.
#[test]
fn bounds() {
    let accesses = [
        ("(drop (v128.load MEM OFF ADDR))", 16),
        ("(v128.store MEM OFF ADDR (local.get 1))", 16),
        ("(drop (v128.load32x2_s MEM OFF ADDR))", 8),
        ("(drop (v128.load8_splat MEM OFF ADDR))", 1),
        ("(drop (v128.load64_splat MEM OFF ADDR))", 8),
        ("(drop (v128.load32_zero MEM OFF ADDR))", 4),
        ("(drop (v128.load8_lane MEM OFF 3 ADDR (local.get 1)))", 1),
        ("(drop (v128.load64_lane MEM OFF 1 ADDR (local.get 1)))", 8),
        ("(v128.store8_lane MEM OFF 15 ADDR (local.get 1))", 1),
        ("(v128.store16_lane MEM OFF 7 ADDR (local.get 1))", 2),
        ("(v128.store64_lane MEM OFF 0 ADDR (local.get 1))", 8),
    ];
    let addresses = [
        ("(local.get 0)", 0),
        ("(i32.add (local.get 0) (i32.const 8))", 8),
        ("(i32.rotl (local.get 0) (i32.const 0))", 0),
    ];
    for (access, width) in accesses {
        for (address, plus) in addresses {
            for memory in ["0", "1"] {
                let access = access.replace("MEM", memory).replace("ADDR", address);
                let with = |offset: &str| {
                    let access = access.replace("OFF", offset);
                    format!(
                        "(module (memory 1) (memory 1)
                           (func (export \"f\") (param i32 v128) {access}))"
                    )
                };
                let end = 65536 - width - plus;
                let args = |address: i32| [Val::I32(address), i32s(A)];
                let behind = "out of bounds memory access";
                returns(&with(""), "f", &args(end), &[]);
                traps(&with(""), "f", &args(end + 1), behind);
                returns(&with("offset=7"), "f", &args(end - 7), &[]);
                traps(&with("offset=7"), "f", &args(end - 6), behind);
                traps(&with("offset=4294967295"), "f", &args(1 - plus), behind);
                traps(&with("offset=1"), "f", &args(-1 - plus), behind);
            }
        }
    }
}

#[test]
fn stores_that_trap_store_nothing() {
    for store in [
        "(v128.store (local.get 0) (local.get 1))",
        "(v128.store64_lane 1 (local.get 0) (local.get 1))",
    ] {
        let wat = format!(
            "(module (memory (export \"m\") 1) (func (export \"f\") (param i32 v128) {store}))"
        );
        let args = [Val::I32(65536 - 4), Val::V128(u128::MAX)];
        each_linked(
            &[("", &wat)],
            "f",
            &args,
            |mode, (store, instance), result| {
                assert!(result.is_err(), "{mode}");
                let Some(Extern::Memory(memory)) = store.export(instance, "m") else {
                    panic!("no memory")
                };
                assert!(store.memory(memory).iter().all(|&byte| byte == 0), "{mode}");
            },
        );
    }
}

#[test]
fn lanes_of_memory() {
    for memory in ["0", "1"] {
        let wat = format!(
            "(module (memory 1) (memory 1)
               (data (memory {memory}) (i32.const 16) \"\\01\\02\\03\\04\\05\\06\\07\\08\")
               (func (export \"f\") (param i32 v128) (result v128 i64)
                 (local.set 1 (v128.load8_lane {memory} offset=1 4 (local.get 0) (local.get 1)))
                 (v128.store16_lane {memory} offset=3 2 (local.get 0) (local.get 1))
                 (v128.load32_lane {memory} 3 (i32.const 16)
                   (v128.load64_lane {memory} offset=1 0 (local.get 0) (local.get 1)))
                 (v128.store32_lane {memory} offset=4 1
                   (i32.add (local.get 0) (i32.const 2)) (local.get 1))
                 (i64.load {memory} offset=2 (local.get 0))))"
        );
        let mut memory = [0u8; 32];
        memory[16..24].copy_from_slice(&[1, 2, 3, 4, 5, 6, 7, 8]);
        let mut vector = [9u8; 16];
        vector[4] = memory[17];
        memory[19..21].copy_from_slice(&vector[4..6]);
        let mut result = vector;
        result[..8].copy_from_slice(&memory[17..25]);
        result[12..].copy_from_slice(&memory[16..20]);
        memory[22..26].copy_from_slice(&vector[4..8]);
        let long = i64::from_le_bytes(memory[18..26].try_into().expect("8"));
        returns(
            &wat,
            "f",
            &[Val::I32(16), Val::V128(u128::from_le_bytes([9; 16]))],
            &[Val::V128(u128::from_le_bytes(result)), Val::I64(long)],
        );
    }
}
