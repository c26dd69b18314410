//! Float arithmetic: each lane as the scalar instruction of the same name.

use super::super::float::*;
use super::super::rounding::{Rounding, rounded_lane_f32, rounded_lane_f64};
use super::*;

lanewise! {
    f32x4_ceil(a: F32x4) -> F32x4 = rounded_lane_f32(a, Rounding::Up);
    f32x4_floor(a: F32x4) -> F32x4 = rounded_lane_f32(a, Rounding::Down);
    f32x4_trunc(a: F32x4) -> F32x4 = rounded_lane_f32(a, Rounding::ToZero);
    f32x4_nearest(a: F32x4) -> F32x4 = rounded_lane_f32(a, Rounding::ToNearestEven);
    f32x4_abs(a: F32x4) -> F32x4 = f32_abs(a);
    f32x4_neg(a: F32x4) -> F32x4 = f32_neg(a);
    f32x4_sqrt(a: F32x4) -> F32x4 = f32_sqrt(a);
    f32x4_canonical(a: F32x4) -> F32x4 = f32_canonical(a);
    f32x4_add(a: F32x4, b: F32x4) -> F32x4 = f32_add(a, b);
    f32x4_sub(a: F32x4, b: F32x4) -> F32x4 = f32_sub(a, b);
    f32x4_mul(a: F32x4, b: F32x4) -> F32x4 = f32_mul(a, b);
    f32x4_div(a: F32x4, b: F32x4) -> F32x4 = f32_div(a, b);
    f32x4_min(a: F32x4, b: F32x4) -> F32x4 = {
        let (x, y) = (if a < b { a } else { b }, if b < a { b } else { a });
        let (nan, number) = (a + b, f32::from_bits(x.to_bits() | y.to_bits()));
        if a.is_nan() || b.is_nan() { nan } else { number }
    };
    f32x4_max(a: F32x4, b: F32x4) -> F32x4 = {
        let (x, y) = (if a > b { a } else { b }, if b > a { b } else { a });
        let (nan, number) = (a + b, f32::from_bits(x.to_bits() & y.to_bits()));
        if a.is_nan() || b.is_nan() { nan } else { number }
    };
    // The "pseudo" minimum and maximum: `a` unless the comparison holds.
    f32x4_pmin(a: F32x4, b: F32x4) -> F32x4 = if b < a { b } else { a };
    f32x4_pmax(a: F32x4, b: F32x4) -> F32x4 = if a < b { b } else { a };

    f64x2_ceil(a: F64x2) -> F64x2 = rounded_lane_f64(a, Rounding::Up);
    f64x2_floor(a: F64x2) -> F64x2 = rounded_lane_f64(a, Rounding::Down);
    f64x2_trunc(a: F64x2) -> F64x2 = rounded_lane_f64(a, Rounding::ToZero);
    f64x2_nearest(a: F64x2) -> F64x2 = rounded_lane_f64(a, Rounding::ToNearestEven);
    f64x2_abs(a: F64x2) -> F64x2 = f64_abs(a);
    f64x2_neg(a: F64x2) -> F64x2 = f64_neg(a);
    f64x2_sqrt(a: F64x2) -> F64x2 = f64_sqrt(a);
    f64x2_canonical(a: F64x2) -> F64x2 = f64_canonical(a);
    f64x2_add(a: F64x2, b: F64x2) -> F64x2 = f64_add(a, b);
    f64x2_sub(a: F64x2, b: F64x2) -> F64x2 = f64_sub(a, b);
    f64x2_mul(a: F64x2, b: F64x2) -> F64x2 = f64_mul(a, b);
    f64x2_div(a: F64x2, b: F64x2) -> F64x2 = f64_div(a, b);
    f64x2_min(a: F64x2, b: F64x2) -> F64x2 = {
        let (x, y) = (if a < b { a } else { b }, if b < a { b } else { a });
        let (nan, number) = (a + b, f64::from_bits(x.to_bits() | y.to_bits()));
        if a.is_nan() || b.is_nan() { nan } else { number }
    };
    f64x2_max(a: F64x2, b: F64x2) -> F64x2 = {
        let (x, y) = (if a > b { a } else { b }, if b > a { b } else { a });
        let (nan, number) = (a + b, f64::from_bits(x.to_bits() & y.to_bits()));
        if a.is_nan() || b.is_nan() { nan } else { number }
    };
    // The "pseudo" minimum and maximum: `a` unless the comparison holds.
    f64x2_pmin(a: F64x2, b: F64x2) -> F64x2 = if b < a { b } else { a };
    f64x2_pmax(a: F64x2, b: F64x2) -> F64x2 = if a < b { b } else { a };
}

#[cfg(test)]
mod tests {
    use super::super::tests::Random;
    use super::*;

    /// Magnitudes around every change of behaviour, from zero to a quiet NaN.
    const F32_EDGES: [u32; 16] = [
        0,
        1,
        0x007F_FFFF,
        0x0080_0000,
        0x3EFF_FFFF,
        0x3F00_0000,
        0x3F80_0000,
        0x3FC0_0000,
        0x4020_0000,
        0x4AFF_FFFF,
        0x4B00_0000,
        0x7F7F_FFFF,
        0x7F80_0000,
        0x7F80_0001,
        0x7FC0_0000,
        0x7FE0_0001,
    ];
    const F64_EDGES: [u64; 16] = [
        0,
        1,
        0x000F_FFFF_FFFF_FFFF,
        0x0010_0000_0000_0000,
        0x3FDF_FFFF_FFFF_FFFF,
        0x3FE0_0000_0000_0000,
        0x3FF0_0000_0000_0000,
        0x3FF8_0000_0000_0000,
        0x4004_0000_0000_0000,
        0x432F_FFFF_FFFF_FFFF,
        0x4330_0000_0000_0000,
        0x7FEF_FFFF_FFFF_FFFF,
        0x7FF0_0000_0000_0000,
        0x7FF0_0000_0000_0001,
        0x7FF8_0000_0000_0000,
        0x7FFC_0000_0000_0001,
    ];

    fn f32_vector(random: &mut Random) -> F32x4 {
        std::array::from_fn(|_| {
            let bits = random.next() as u32;
            let edge = F32_EDGES[(bits >> 8) as usize % 16] | bits & 1 << 31;
            f32::from_bits(if bits.is_multiple_of(4) { bits } else { edge })
        })
    }

    fn f64_vector(random: &mut Random) -> F64x2 {
        std::array::from_fn(|_| {
            let bits = random.next();
            let edge = F64_EDGES[(bits >> 8) as usize % 16] | bits & 1 << 63;
            f64::from_bits(if bits.is_multiple_of(4) { bits } else { edge })
        })
    }

    /// Bits of a lane; all quiet NaNs are one, because a compiler may exchange the
    /// operands of an addition.
    fn f32_bits(a: f32) -> u32 {
        let quiet = a.is_nan() && a.to_bits() & 1 << 22 != 0;
        if quiet { u32::MAX } else { a.to_bits() }
    }

    fn f64_bits(a: f64) -> u64 {
        let quiet = a.is_nan() && a.to_bits() & 1 << 51 != 0;
        if quiet { u64::MAX } else { a.to_bits() }
    }

    #[test]
    fn every_f32_lane_is_the_scalar_instruction() {
        type Unary = (fn(V128) -> V128, fn(f32) -> f32);
        let unary: [Unary; 7] = [
            (f32x4_ceil, f32_ceil),
            (f32x4_floor, f32_floor),
            (f32x4_trunc, f32_trunc),
            (f32x4_nearest, f32_nearest),
            (f32x4_abs, f32_abs),
            (f32x4_neg, f32_neg),
            (f32x4_sqrt, f32_sqrt),
        ];
        type Binary = (fn(V128, V128) -> V128, fn(f32, f32) -> f32);
        let binary: [Binary; 10] = [
            (f32x4_add, f32_add),
            (f32x4_sub, f32_sub),
            (f32x4_mul, f32_mul),
            (f32x4_div, f32_div),
            (f32x4_min, f32_min),
            (f32x4_max, f32_max),
            (f32x4_relaxed_min, f32_min),
            (f32x4_relaxed_max, f32_max),
            (f32x4_pmin, |a, b| if b < a { b } else { a }),
            (f32x4_pmax, |a, b| if a < b { b } else { a }),
        ];
        type Comparison = (fn(V128, V128) -> V128, fn(f32, f32) -> bool);
        let comparisons: [Comparison; 6] = [
            (f32x4_eq, f32_eq),
            (f32x4_ne, f32_ne),
            (f32x4_lt, f32_lt),
            (f32x4_gt, f32_gt),
            (f32x4_le, f32_le),
            (f32x4_ge, f32_ge),
        ];
        let mut random = Random(11);
        for _ in 0..5000 {
            let [a, b, c] = std::array::from_fn(|_| f32_vector(&mut random));
            for (index, (vector, scalar)) in unary.into_iter().enumerate() {
                let actual = F32x4::from(vector(a.into())).map(f32_bits);
                assert_eq!(actual, a.map(scalar).map(f32_bits), "unary {index}: {a:?}");
            }
            for (index, (vector, scalar)) in binary.into_iter().enumerate() {
                let actual = F32x4::from(vector(a.into(), b.into())).map(f32_bits);
                let expected = std::array::from_fn(|k| f32_bits(scalar(a[k], b[k])));
                assert_eq!(actual, expected, "binary {index}: {a:?} {b:?}");
            }
            for (index, (vector, scalar)) in comparisons.into_iter().enumerate() {
                let actual = I32x4::from(vector(a.into(), b.into()));
                let expected = std::array::from_fn(|k| -i32::from(scalar(a[k], b[k])));
                assert_eq!(actual, expected, "comparison {index}: {a:?} {b:?}");
            }
            let sum = |sign: f32| std::array::from_fn(|k| f32_bits(sign * a[k] * b[k] + c[k]));
            let madd = f32x4_relaxed_madd(a.into(), b.into(), c.into());
            assert_eq!(F32x4::from(madd).map(f32_bits), sum(1.0));
            let nmadd = f32x4_relaxed_nmadd(a.into(), b.into(), c.into());
            assert_eq!(F32x4::from(nmadd).map(f32_bits), sum(-1.0));
        }
    }

    #[test]
    fn every_f64_lane_is_the_scalar_instruction() {
        type Unary = (fn(V128) -> V128, fn(f64) -> f64);
        let unary: [Unary; 7] = [
            (f64x2_ceil, f64_ceil),
            (f64x2_floor, f64_floor),
            (f64x2_trunc, f64_trunc),
            (f64x2_nearest, f64_nearest),
            (f64x2_abs, f64_abs),
            (f64x2_neg, f64_neg),
            (f64x2_sqrt, f64_sqrt),
        ];
        type Binary = (fn(V128, V128) -> V128, fn(f64, f64) -> f64);
        let binary: [Binary; 10] = [
            (f64x2_add, f64_add),
            (f64x2_sub, f64_sub),
            (f64x2_mul, f64_mul),
            (f64x2_div, f64_div),
            (f64x2_min, f64_min),
            (f64x2_max, f64_max),
            (f64x2_relaxed_min, f64_min),
            (f64x2_relaxed_max, f64_max),
            (f64x2_pmin, |a, b| if b < a { b } else { a }),
            (f64x2_pmax, |a, b| if a < b { b } else { a }),
        ];
        type Comparison = (fn(V128, V128) -> V128, fn(f64, f64) -> bool);
        let comparisons: [Comparison; 6] = [
            (f64x2_eq, f64_eq),
            (f64x2_ne, f64_ne),
            (f64x2_lt, f64_lt),
            (f64x2_gt, f64_gt),
            (f64x2_le, f64_le),
            (f64x2_ge, f64_ge),
        ];
        let mut random = Random(11);
        for _ in 0..5000 {
            let [a, b, c] = std::array::from_fn(|_| f64_vector(&mut random));
            for (index, (vector, scalar)) in unary.into_iter().enumerate() {
                let actual = F64x2::from(vector(a.into())).map(f64_bits);
                assert_eq!(actual, a.map(scalar).map(f64_bits), "unary {index}: {a:?}");
            }
            for (index, (vector, scalar)) in binary.into_iter().enumerate() {
                let actual = F64x2::from(vector(a.into(), b.into())).map(f64_bits);
                let expected = std::array::from_fn(|k| f64_bits(scalar(a[k], b[k])));
                assert_eq!(actual, expected, "binary {index}: {a:?} {b:?}");
            }
            for (index, (vector, scalar)) in comparisons.into_iter().enumerate() {
                let actual = I64x2::from(vector(a.into(), b.into()));
                let expected = std::array::from_fn(|k| -i64::from(scalar(a[k], b[k])));
                assert_eq!(actual, expected, "comparison {index}: {a:?} {b:?}");
            }
            let sum = |sign: f64| std::array::from_fn(|k| f64_bits(sign * a[k] * b[k] + c[k]));
            let madd = f64x2_relaxed_madd(a.into(), b.into(), c.into());
            assert_eq!(F64x2::from(madd).map(f64_bits), sum(1.0));
            let nmadd = f64x2_relaxed_nmadd(a.into(), b.into(), c.into());
            assert_eq!(F64x2::from(nmadd).map(f64_bits), sum(-1.0));
        }
    }
}
