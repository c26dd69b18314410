//! Each integer instruction against its definition in unbounded integers (`i128`),
//! on vectors rich in edge values. What is about floats or single lanes is tested
//! where it is defined.

use super::*;

/// A repeatable stream of bits (xorshift).
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A vector of lanes of this width, half of them edge values.
    pub(super) fn vector(&mut self, width: u32) -> V128 {
        let mut bits = 0;
        for _ in 0..128 / width {
            let low = u128::MAX >> (128 - width);
            let lane = match self.next() % 10 {
                0 => 0,
                1 => 1,
                2 => low,
                3 => low >> 1,
                4 => (low >> 1) + 1,
                _ => u128::from(self.next()) & low,
            };
            bits = bits << (width - 1) << 1 | lane;
        }
        V128::from_u128(bits)
    }

    /// Pairs of vectors, some of them equal.
    pub(super) fn pairs(&mut self, width: u32) -> Vec<(V128, V128)> {
        let mut pair = |_| {
            let a = self.vector(width);
            let b = if self.next().is_multiple_of(8) {
                a
            } else {
                self.vector(width)
            };
            (a, b)
        };
        (0..2000).map(&mut pair).collect()
    }
}

/// The lanes as numbers: unsigned, or signed.
fn numbers(vector: V128, width: u32, signed: bool) -> Vec<i128> {
    let lane = |k| {
        let shifted = vector.to_u128() << (128 - width * (k + 1));
        if signed {
            shifted as i128 >> (128 - width)
        } else {
            (shifted >> (128 - width)) as i128
        }
    };
    (0..128 / width).map(lane).collect()
}

/// Checks an operation of one or two operands lane by lane:
/// `check!(name, operand lanes => result width, |a, b, k| value of lane k)`.
/// Results are compared modulo the result's width.
macro_rules! check {
    ($name:ident($a:ident), $sign:ident $width:literal => $result:literal, |$k:ident| $value:expr) => {
        check!(@ $name, |a, _| $name(a), $sign $width => $result, |$a, _, $k| $value);
    };
    ($name:ident($a:ident, $b:ident), $sign:ident $width:literal => $result:literal, |$k:ident| $value:expr) => {
        check!(@ $name, |a, b| $name(a, b), $sign $width => $result, |$a, $b, $k| $value);
    };
    (@ $name:ident, |$x:ident, $y:pat_param| $call:expr, $sign:ident $width:literal => $result:literal,
     |$a:ident, $b:pat_param, $k:ident| $value:expr) => {
        for ($x, other) in Random(0x1234_5678_9ABC_DEF1).pairs($width) {
            let $y = other;
            let $a = numbers($x, $width, stringify!($sign) == "signed");
            let $b = numbers(other, $width, stringify!($sign) == "signed");
            for ($k, actual) in numbers($call, $result, false).into_iter().enumerate() {
                let expected: i128 = $value;
                let expected = expected & ((1 << $result) - 1);
                assert_eq!(actual, expected, "{} {:?} {other:?} lane {}", stringify!($name), $x, $k);
            }
        }
    };
}

/// [`check!`] where lane `k` depends on lane `k` alone, for all four widths.
macro_rules! check_shapes {
    ($($width:literal: $($name:ident),+;)+ $sign:ident |$a:ident, $b:ident| $value:expr) => {
        $($(check!($name(a, b), $sign $width => $width, |k| { let ($a, $b) = (a[k], b[k]); $value });)+)+
    };
    ($($width:literal: $($name:ident),+;)+ $sign:ident |$a:ident| $value:expr) => {
        $($(check!($name(a), $sign $width => $width, |k| { let $a = a[k]; $value });)+)+
    };
}

fn ones_if(condition: bool) -> i128 {
    -i128::from(condition)
}

#[test]
fn arithmetic_wraps() {
    check_shapes!(8: i8x16_add; 16: i16x8_add; 32: i32x4_add; 64: i64x2_add; unsigned |a, b| a + b);
    check_shapes!(8: i8x16_sub; 16: i16x8_sub; 32: i32x4_sub; 64: i64x2_sub; unsigned |a, b| a - b);
    check_shapes!(16: i16x8_mul; 32: i32x4_mul; 64: i64x2_mul; signed |a, b| a * b);
    check_shapes!(8: i8x16_abs; 16: i16x8_abs; 32: i32x4_abs; 64: i64x2_abs; signed |a| a.abs());
    check_shapes!(8: i8x16_neg; 16: i16x8_neg; 32: i32x4_neg; 64: i64x2_neg; signed |a| -a);
    check_shapes!(8: i8x16_popcnt; unsigned |a| a.count_ones().into());
}

#[test]
fn saturating_arithmetic_stops_at_the_limits() {
    check_shapes!(8: i8x16_add_sat_s; signed |a, b| (a + b).clamp(-128, 127));
    check_shapes!(8: i8x16_sub_sat_s; signed |a, b| (a - b).clamp(-128, 127));
    check_shapes!(8: i8x16_add_sat_u; unsigned |a, b| (a + b).min(255));
    check_shapes!(8: i8x16_sub_sat_u; unsigned |a, b| (a - b).max(0));
    check_shapes!(16: i16x8_add_sat_s; signed |a, b| (a + b).clamp(-32768, 32767));
    check_shapes!(16: i16x8_sub_sat_s; signed |a, b| (a - b).clamp(-32768, 32767));
    check_shapes!(16: i16x8_add_sat_u; unsigned |a, b| (a + b).min(65535));
    check_shapes!(16: i16x8_sub_sat_u; unsigned |a, b| (a - b).max(0));
    check_shapes!(16: i16x8_q15mulr_sat_s, i16x8_relaxed_q15mulr_s; signed
        |a, b| ((a * b + (1 << 14)) >> 15).clamp(-32768, 32767));
}

#[test]
fn minimum_maximum_and_average() {
    check_shapes!(8: i8x16_min_s; 16: i16x8_min_s; 32: i32x4_min_s; signed |a, b| a.min(b));
    check_shapes!(8: i8x16_max_s; 16: i16x8_max_s; 32: i32x4_max_s; signed |a, b| a.max(b));
    check_shapes!(8: i8x16_min_u; 16: i16x8_min_u; 32: i32x4_min_u; unsigned |a, b| a.min(b));
    check_shapes!(8: i8x16_max_u; 16: i16x8_max_u; 32: i32x4_max_u; unsigned |a, b| a.max(b));
    check_shapes!(8: i8x16_avgr_u; 16: i16x8_avgr_u; unsigned |a, b| (a + b + 1) / 2);
}

#[test]
fn comparisons_make_lanes_of_ones() {
    check_shapes!(8: i8x16_eq; 16: i16x8_eq; 32: i32x4_eq; 64: i64x2_eq; signed |a, b| ones_if(a == b));
    check_shapes!(8: i8x16_ne; 16: i16x8_ne; 32: i32x4_ne; 64: i64x2_ne; signed |a, b| ones_if(a != b));
    check_shapes!(8: i8x16_lt_s; 16: i16x8_lt_s; 32: i32x4_lt_s; 64: i64x2_lt_s; signed |a, b| ones_if(a < b));
    check_shapes!(8: i8x16_gt_s; 16: i16x8_gt_s; 32: i32x4_gt_s; 64: i64x2_gt_s; signed |a, b| ones_if(a > b));
    check_shapes!(8: i8x16_le_s; 16: i16x8_le_s; 32: i32x4_le_s; 64: i64x2_le_s; signed |a, b| ones_if(a <= b));
    check_shapes!(8: i8x16_ge_s; 16: i16x8_ge_s; 32: i32x4_ge_s; 64: i64x2_ge_s; signed |a, b| ones_if(a >= b));
    check_shapes!(8: i8x16_lt_u; 16: i16x8_lt_u; 32: i32x4_lt_u; unsigned |a, b| ones_if(a < b));
    check_shapes!(8: i8x16_gt_u; 16: i16x8_gt_u; 32: i32x4_gt_u; unsigned |a, b| ones_if(a > b));
    check_shapes!(8: i8x16_le_u; 16: i16x8_le_u; 32: i32x4_le_u; unsigned |a, b| ones_if(a <= b));
    check_shapes!(8: i8x16_ge_u; 16: i16x8_ge_u; 32: i32x4_ge_u; unsigned |a, b| ones_if(a >= b));
}

#[test]
fn logic_takes_the_vector_as_one_number() {
    let mut random = Random(7);
    for (a, b) in random.pairs(64) {
        let mask = random.vector(8);
        let (x, y, m) = (a.to_u128(), b.to_u128(), mask.to_u128());
        assert_eq!(v128_not(a).to_u128(), !x);
        assert_eq!(v128_and(a, b).to_u128(), x & y);
        assert_eq!(v128_andnot(a, b).to_u128(), x & !y);
        assert_eq!(v128_or(a, b).to_u128(), x | y);
        assert_eq!(v128_xor(a, b).to_u128(), x ^ y);
        let selected = x & m | y & !m;
        assert_eq!(v128_bitselect(a, b, mask).to_u128(), selected);
        assert_eq!(i8x16_relaxed_laneselect(a, b, mask).to_u128(), selected);
        assert_eq!(i16x8_relaxed_laneselect(a, b, mask).to_u128(), selected);
        assert_eq!(i32x4_relaxed_laneselect(a, b, mask).to_u128(), selected);
        assert_eq!(i64x2_relaxed_laneselect(a, b, mask).to_u128(), selected);
    }
}

#[test]
fn shift_counts_are_modulo_the_lane_width() {
    type Shift = fn(V128, i32) -> V128;
    let shapes: [(u32, Shift, Shift, Shift); 4] = [
        (8, i8x16_shl, i8x16_shr_s, i8x16_shr_u),
        (16, i16x8_shl, i16x8_shr_s, i16x8_shr_u),
        (32, i32x4_shl, i32x4_shr_s, i32x4_shr_u),
        (64, i64x2_shl, i64x2_shr_s, i64x2_shr_u),
    ];
    let mut random = Random(99);
    for (width, shl, shr_s, shr_u) in shapes {
        let low = |numbers: Vec<i128>| -> Vec<i128> {
            numbers
                .into_iter()
                .map(|a| a & ((1 << width) - 1))
                .collect()
        };
        for count in (-70..70).chain([i32::MIN, i32::MAX]) {
            let a = random.vector(width);
            let (signed, unsigned) = (numbers(a, width, true), numbers(a, width, false));
            let modulo = count.rem_euclid(width as i32);
            let shift = |lanes: &[i128], f: fn(i128, i32) -> i128| {
                low(lanes.iter().map(|&a| f(a, modulo)).collect())
            };
            let bits = |vector| numbers(vector, width, false);
            assert_eq!(
                bits(shl(a, count)),
                shift(&unsigned, |a, n| a << n),
                "{a:?} << {count}"
            );
            assert_eq!(
                bits(shr_s(a, count)),
                shift(&signed, |a, n| a >> n),
                "{a:?} >> {count}"
            );
            assert_eq!(
                bits(shr_u(a, count)),
                shift(&unsigned, |a, n| a >> n),
                "{a:?} >>> {count}"
            );
        }
    }
}

#[test]
fn summaries_look_at_every_lane() {
    type Test = fn(V128) -> i32;
    let shapes: [(u32, Test, Test); 4] = [
        (8, i8x16_all_true, i8x16_bitmask),
        (16, i16x8_all_true, i16x8_bitmask),
        (32, i32x4_all_true, i32x4_bitmask),
        (64, i64x2_all_true, i64x2_bitmask),
    ];
    let mut random = Random(5);
    for (width, all_true, bitmask) in shapes {
        let single_lanes = (0..128).map(|bit| V128::from_u128(1 << bit));
        let all_but_one = (0..128 / width)
            .map(|lane| V128::from_u128(!(u128::MAX >> (128 - width) << (lane * width))));
        let pairs = random.pairs(width).into_iter().map(|(a, _)| a);
        let ends = [V128::default(), V128::from_u128(u128::MAX)];
        for a in single_lanes.chain(all_but_one).chain(pairs).chain(ends) {
            let lanes = numbers(a, width, true);
            assert_eq!(
                all_true(a),
                lanes.iter().all(|&a| a != 0).into(),
                "{width} {a:?}"
            );
            let signs = lanes
                .iter()
                .rev()
                .fold(0, |mask, &a| mask * 2 + i32::from(a < 0));
            assert_eq!(bitmask(a), signs, "{width} {a:?}");
            assert_eq!(v128_any_true(a), lanes.iter().any(|&a| a != 0).into());
        }
    }
}

#[test]
fn extension_takes_half_the_lanes() {
    check!(i16x8_extend_low_i8x16_s(a), signed 8 => 16, |k| a[k]);
    check!(i16x8_extend_low_i8x16_u(a), unsigned 8 => 16, |k| a[k]);
    check!(i16x8_extend_high_i8x16_s(a), signed 8 => 16, |k| a[k + 8]);
    check!(i16x8_extend_high_i8x16_u(a), unsigned 8 => 16, |k| a[k + 8]);
    check!(i32x4_extend_low_i16x8_s(a), signed 16 => 32, |k| a[k]);
    check!(i32x4_extend_low_i16x8_u(a), unsigned 16 => 32, |k| a[k]);
    check!(i32x4_extend_high_i16x8_s(a), signed 16 => 32, |k| a[k + 4]);
    check!(i32x4_extend_high_i16x8_u(a), unsigned 16 => 32, |k| a[k + 4]);
    check!(i64x2_extend_low_i32x4_s(a), signed 32 => 64, |k| a[k]);
    check!(i64x2_extend_low_i32x4_u(a), unsigned 32 => 64, |k| a[k]);
    check!(i64x2_extend_high_i32x4_s(a), signed 32 => 64, |k| a[k + 2]);
    check!(i64x2_extend_high_i32x4_u(a), unsigned 32 => 64, |k| a[k + 2]);
}

#[test]
fn extended_products_do_not_overflow() {
    check!(i16x8_extmul_low_i8x16_s(a, b), signed 8 => 16, |k| a[k] * b[k]);
    check!(i16x8_extmul_low_i8x16_u(a, b), unsigned 8 => 16, |k| a[k] * b[k]);
    check!(i16x8_extmul_high_i8x16_s(a, b), signed 8 => 16, |k| a[k + 8] * b[k + 8]);
    check!(i16x8_extmul_high_i8x16_u(a, b), unsigned 8 => 16, |k| a[k + 8] * b[k + 8]);
    check!(i32x4_extmul_low_i16x8_s(a, b), signed 16 => 32, |k| a[k] * b[k]);
    check!(i32x4_extmul_low_i16x8_u(a, b), unsigned 16 => 32, |k| a[k] * b[k]);
    check!(i32x4_extmul_high_i16x8_s(a, b), signed 16 => 32, |k| a[k + 4] * b[k + 4]);
    check!(i32x4_extmul_high_i16x8_u(a, b), unsigned 16 => 32, |k| a[k + 4] * b[k + 4]);
    check!(i64x2_extmul_low_i32x4_s(a, b), signed 32 => 64, |k| a[k] * b[k]);
    check!(i64x2_extmul_low_i32x4_u(a, b), unsigned 32 => 64, |k| a[k] * b[k]);
    check!(i64x2_extmul_high_i32x4_s(a, b), signed 32 => 64, |k| a[k + 2] * b[k + 2]);
    check!(i64x2_extmul_high_i32x4_u(a, b), unsigned 32 => 64, |k| a[k + 2] * b[k + 2]);
}

#[test]
fn pairwise_sums_and_dot_products() {
    check!(i16x8_extadd_pairwise_i8x16_s(a), signed 8 => 16, |k| a[2 * k] + a[2 * k + 1]);
    check!(i16x8_extadd_pairwise_i8x16_u(a), unsigned 8 => 16, |k| a[2 * k] + a[2 * k + 1]);
    check!(i32x4_extadd_pairwise_i16x8_s(a), signed 16 => 32, |k| a[2 * k] + a[2 * k + 1]);
    check!(i32x4_extadd_pairwise_i16x8_u(a), unsigned 16 => 32, |k| a[2 * k] + a[2 * k + 1]);
    let dot = |a: &[i128], b: &[i128], k: usize| a[k] * b[k] + a[k + 1] * b[k + 1];
    check!(i32x4_dot_i16x8_s(a, b), signed 16 => 32, |k| dot(&a, &b, 2 * k));
    check!(i16x8_relaxed_dot_i8x16_i7x16_s(a, b), signed 8 => 16, |k| dot(&a, &b, 2 * k).min(32767));
    let minimum = i8x16_splat(-128);
    for (a, b) in Random(3).pairs(8).into_iter().chain([(minimum, minimum)]) {
        let dots = i32x4_extadd_pairwise_i16x8_s(i16x8_relaxed_dot_i8x16_i7x16_s(a, b));
        let c = i32x4_splat(i32::MAX);
        assert_eq!(
            i32x4_relaxed_dot_i8x16_i7x16_add_s(a, b, c),
            i32x4_add(dots, c)
        );
    }
}

#[test]
fn narrowing_reads_signed_lanes_and_saturates() {
    let lane = |a: &[i128], b: &[i128], k: usize| *a.iter().chain(b).nth(k).unwrap();
    check!(i8x16_narrow_i16x8_s(a, b), signed 16 => 8, |k| lane(&a, &b, k).clamp(-128, 127));
    check!(i8x16_narrow_i16x8_u(a, b), signed 16 => 8, |k| lane(&a, &b, k).clamp(0, 255));
    check!(i16x8_narrow_i32x4_s(a, b), signed 32 => 16, |k| lane(&a, &b, k).clamp(-32768, 32767));
    check!(i16x8_narrow_i32x4_u(a, b), signed 32 => 16, |k| lane(&a, &b, k).clamp(0, 65535));
}
