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
