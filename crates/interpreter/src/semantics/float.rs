//! Floating-point arithmetic and comparisons: one type in, the same type (or a
//! `bool`) out.
//!
//! A NaN operand's payload passes through as the processor passes it. `abs`,
//! `neg` and `copysign` touch the sign bit alone, even of a NaN; everything else
//! makes a signalling NaN quiet. (Operands must be unknown at compile time for that:
//! LLVM folds `a * 1.0` to `a`.)
//!
//! How rounding works is explained in `rounding.rs`.

use super::rounding::{Rounding, rounded_f32, rounded_f64};

define! {
    f32_eq(a: f32, b: f32) -> bool = a == b;
    f32_ne(a: f32, b: f32) -> bool = a != b;
    f32_lt(a: f32, b: f32) -> bool = a < b;
    f32_gt(a: f32, b: f32) -> bool = a > b;
    f32_le(a: f32, b: f32) -> bool = a <= b;
    f32_ge(a: f32, b: f32) -> bool = a >= b;

    f32_abs(a: f32) -> f32 = a.abs();
    f32_neg(a: f32) -> f32 = -a;
    f32_copysign(a: f32, b: f32) -> f32 = a.copysign(b);
    f32_ceil(a: f32) -> f32 = rounded_f32(a, Rounding::Up);
    f32_floor(a: f32) -> f32 = rounded_f32(a, Rounding::Down);
    f32_trunc(a: f32) -> f32 = rounded_f32(a, Rounding::ToZero);
    f32_nearest(a: f32) -> f32 = rounded_f32(a, Rounding::ToNearestEven);
    f32_sqrt(a: f32) -> f32 = a.sqrt();
    f32_canonical(a: f32) -> f32 = if a.is_nan() { f32::from_bits(0x7fc0_0000) } else { a };

    f32_add(a: f32, b: f32) -> f32 = a + b;
    f32_sub(a: f32, b: f32) -> f32 = a - b;
    f32_mul(a: f32, b: f32) -> f32 = a * b;
    f32_div(a: f32, b: f32) -> f32 = a / b;
    f32_min(a: f32, b: f32) -> f32 = {
        if a.is_nan() || b.is_nan() {
            return a + b;
        }
        // The two differ only for zeros of different sign.
        let (x, y) = (if a < b { a } else { b }, if b < a { b } else { a });
        f32::from_bits(x.to_bits() | y.to_bits())
    };
    f32_max(a: f32, b: f32) -> f32 = {
        if a.is_nan() || b.is_nan() {
            return a + b;
        }
        let (x, y) = (if a > b { a } else { b }, if b > a { b } else { a });
        f32::from_bits(x.to_bits() & y.to_bits())
    };

    f64_eq(a: f64, b: f64) -> bool = a == b;
    f64_ne(a: f64, b: f64) -> bool = a != b;
    f64_lt(a: f64, b: f64) -> bool = a < b;
    f64_gt(a: f64, b: f64) -> bool = a > b;
    f64_le(a: f64, b: f64) -> bool = a <= b;
    f64_ge(a: f64, b: f64) -> bool = a >= b;

    f64_abs(a: f64) -> f64 = a.abs();
    f64_neg(a: f64) -> f64 = -a;
    f64_copysign(a: f64, b: f64) -> f64 = a.copysign(b);
    f64_ceil(a: f64) -> f64 = rounded_f64(a, Rounding::Up);
    f64_floor(a: f64) -> f64 = rounded_f64(a, Rounding::Down);
    f64_trunc(a: f64) -> f64 = rounded_f64(a, Rounding::ToZero);
    f64_nearest(a: f64) -> f64 = rounded_f64(a, Rounding::ToNearestEven);
    f64_sqrt(a: f64) -> f64 = a.sqrt();
    f64_canonical(a: f64) -> f64 = if a.is_nan() { f64::from_bits(0x7ff8_0000_0000_0000) } else { a };

    f64_add(a: f64, b: f64) -> f64 = a + b;
    f64_sub(a: f64, b: f64) -> f64 = a - b;
    f64_mul(a: f64, b: f64) -> f64 = a * b;
    f64_div(a: f64, b: f64) -> f64 = a / b;
    f64_min(a: f64, b: f64) -> f64 = {
        if a.is_nan() || b.is_nan() {
            return a + b;
        }
        let (x, y) = (if a < b { a } else { b }, if b < a { b } else { a });
        f64::from_bits(x.to_bits() | y.to_bits())
    };
    f64_max(a: f64, b: f64) -> f64 = {
        if a.is_nan() || b.is_nan() {
            return a + b;
        }
        let (x, y) = (if a > b { a } else { b }, if b > a { b } else { a });
        f64::from_bits(x.to_bits() & y.to_bits())
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every exponent and sign with telling mantissas, and a spread of others.
    fn f32_samples() -> impl Iterator<Item = f32> {
        let telling = [
            0, 1, 2, 0x1F_FFFF, 0x20_0000, 0x3F_FFFF, 0x40_0000, 0x40_0001, 0x7F_FFFF,
        ];
        let telling =
            (0..512u32).flat_map(move |high| telling.into_iter().map(move |low| high << 23 | low));
        let spread = (0..u32::MAX).step_by(9973);
        telling.chain(spread).map(f32::from_bits)
    }

    /// As above, and the neighbourhood of every number with few fraction bits.
    fn f64_samples() -> impl Iterator<Item = f64> {
        let wide = f32_samples().map(f64::from);
        let near = f32_samples().flat_map(|a| {
            let bits = f64::from(a).to_bits();
            [bits.wrapping_sub(1), bits.wrapping_add(1)].map(f64::from_bits)
        });
        wide.chain(near)
    }

    fn check_f32(name: &str, a: f32, actual: f32, expected: f32) {
        if expected.is_nan() {
            assert!(
                actual.is_nan() && actual.to_bits() & (1 << 22) != 0,
                "{name} {a:?}"
            );
        } else {
            assert_eq!(actual.to_bits(), expected.to_bits(), "{name} {a:?}");
        }
    }

    fn check_f64(name: &str, a: f64, actual: f64, expected: f64) {
        if expected.is_nan() {
            assert!(
                actual.is_nan() && actual.to_bits() & (1 << 51) != 0,
                "{name} {a:?}"
            );
        } else {
            assert_eq!(actual.to_bits(), expected.to_bits(), "{name} {a:?}");
        }
    }

    #[test]
    fn rounding_agrees_with_the_standard_library() {
        for a in f32_samples() {
            check_f32("ceil", a, f32_ceil(a), a.ceil());
            check_f32("floor", a, f32_floor(a), a.floor());
            check_f32("trunc", a, f32_trunc(a), a.trunc());
            check_f32("nearest", a, f32_nearest(a), a.round_ties_even());
        }
        for a in f64_samples() {
            check_f64("ceil", a, f64_ceil(a), a.ceil());
            check_f64("floor", a, f64_floor(a), a.floor());
            check_f64("trunc", a, f64_trunc(a), a.trunc());
            check_f64("nearest", a, f64_nearest(a), a.round_ties_even());
        }
    }

    /// Minutes in a debug build: `cargo test --release -- --ignored every_f32`.
    #[test]
    #[ignore = "tries all 2^32 values"]
    fn every_f32_rounds_as_the_standard_library() {
        for a in (0..=u32::MAX).map(f32::from_bits) {
            check_f32("ceil", a, f32_ceil(a), a.ceil());
            check_f32("floor", a, f32_floor(a), a.floor());
            check_f32("trunc", a, f32_trunc(a), a.trunc());
            check_f32("nearest", a, f32_nearest(a), a.round_ties_even());
        }
    }

    #[test]
    fn min_and_max_order_zeros_and_prefer_nan() {
        for (a, b) in [(0.0, -0.0), (-0.0, 0.0), (-0.0, -0.0)] {
            assert!(
                f32_min(a, b).is_sign_negative() && f64_min(a.into(), b.into()).is_sign_negative()
            );
        }
        for (a, b) in [(0.0, -0.0), (-0.0, 0.0), (0.0, 0.0)] {
            assert!(
                f32_max(a, b).is_sign_positive() && f64_max(a.into(), b.into()).is_sign_positive()
            );
        }
        let infinity = f32::INFINITY;
        for (low, high) in [(-1.0, 1.0), (1.0, 2.0), (-infinity, -3.0), (0.5, infinity)] {
            for (a, b) in [(low, high), (high, low)] {
                assert_eq!((f32_min(a, b), f32_max(a, b)), (low, high));
                let (a, b) = (a.into(), b.into());
                assert_eq!((f64_min(a, b), f64_max(a, b)), (low.into(), high.into()));
            }
        }
    }

    /// Hides an operation from the optimizer: with the constant 1.0 in sight it turns
    /// `a * 1.0` into `a`, which leaves a signalling NaN as it is.
    fn unknown<T>(operation: fn(T, T) -> T) -> fn(T, T) -> T {
        std::hint::black_box(operation)
    }

    #[test]
    fn nan_results_are_quiet_and_canonical_from_canonical() {
        let canonical = 0x7FC0_0000;
        let signalling = f32::from_bits(0x7F80_0001);
        for (a, b) in [
            (f32::NAN, 1.0),
            (1.0, f32::NAN),
            (f32::NAN, f32::NAN),
            (f32::NAN, -0.0),
        ] {
            for operation in [f32_min, f32_max, f32_add, f32_sub, f32_mul, f32_div] {
                assert_eq!(unknown(operation)(a, b).abs().to_bits(), canonical);
            }
        }
        for (a, b) in [
            (signalling, 1.0),
            (1.0, signalling),
            (-signalling, signalling),
        ] {
            for operation in [f32_min, f32_max, f32_add, f32_sub, f32_mul, f32_div] {
                assert_eq!(unknown(operation)(a, b).to_bits() & canonical, canonical);
            }
        }
        let canonical = 0x7FF8_0000_0000_0000;
        let signalling = f64::from_bits(0x7FF0_0000_0000_0001);
        for (a, b) in [
            (f64::NAN, 1.0),
            (1.0, f64::NAN),
            (f64::NAN, f64::NAN),
            (f64::NAN, -0.0),
        ] {
            for operation in [f64_min, f64_max, f64_add, f64_sub, f64_mul, f64_div] {
                assert_eq!(unknown(operation)(a, b).abs().to_bits(), canonical);
            }
        }
        for (a, b) in [
            (signalling, 1.0),
            (1.0, signalling),
            (-signalling, signalling),
        ] {
            for operation in [f64_min, f64_max, f64_add, f64_sub, f64_mul, f64_div] {
                assert_eq!(unknown(operation)(a, b).to_bits() & canonical, canonical);
            }
        }
    }

    #[test]
    fn sign_operations_touch_nothing_but_the_sign() {
        let signalling = 0x7F80_0001;
        let a = f32::from_bits(signalling);
        assert_eq!(f32_neg(a).to_bits(), signalling | 1 << 31);
        assert_eq!(f32_abs(f32_neg(a)).to_bits(), signalling);
        assert_eq!(f32_copysign(a, -0.0).to_bits(), signalling | 1 << 31);
        let signalling = 0x7FF0_0000_0000_0001;
        let a = f64::from_bits(signalling);
        assert_eq!(f64_neg(a).to_bits(), signalling | 1 << 63);
        assert_eq!(f64_abs(f64_neg(a)).to_bits(), signalling);
        assert_eq!(f64_copysign(a, -0.0).to_bits(), signalling | 1 << 63);
    }

    #[test]
    fn comparisons_with_nan_are_false_but_for_ne() {
        let nan = f32::NAN;
        assert!(!f32_eq(nan, nan) && f32_ne(nan, nan) && f32_eq(0.0, -0.0));
        assert!(!f32_lt(nan, 1.0) && !f32_gt(nan, 1.0) && !f32_le(nan, 1.0) && !f32_ge(nan, 1.0));
        let nan = f64::NAN;
        assert!(!f64_eq(nan, nan) && f64_ne(nan, nan) && f64_eq(0.0, -0.0));
        assert!(!f64_lt(nan, 1.0) && !f64_gt(nan, 1.0) && !f64_le(nan, 1.0) && !f64_ge(nan, 1.0));
    }
}
