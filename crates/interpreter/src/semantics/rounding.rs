//! Rounding floats to integers without a call.
//!
//! The x86-64 baseline has no rounding instruction, so that `f64::floor` of the
//! standard library is a call into the C library.
//!
//! From 2^23 (`f32`) or 2^52 (`f64`) on, every float is an integer already. Below,
//! `|a| + 2^52` has no room for a fraction: the addition itself rounds to nearest,
//! ties to even, and subtracting 2^52 again is exact. For the other directions,
//! step back by one if that went the wrong way. A zero keeps the operand's sign:
//!
//! ```text
//! floor(-0.3):  |a| + 2^52 - 2^52 = 0  →  -0  >  -0.3  →  -0 - 1 = -1
//! ceil(-0.7):   |a| + 2^52 - 2^52 = 1  →  -1  <  -0.7  →  -1 + 1 =  0  →  -0
//! ```

/// Where a number between two integers goes.
#[derive(Clone, Copy)]
pub(super) enum Rounding {
    Up,
    Down,
    ToZero,
    ToNearestEven,
}

macro_rules! define_rounding {
    ($float:ty, $integral:expr, $quiet_bit:expr;
     $rounded:ident, $rounded_lane:ident, $small:ident, $large:ident) => {
        /// `a` rounded to an integer; a NaN comes back quiet.
        #[inline(always)]
        pub(super) fn $rounded(a: $float, rounding: Rounding) -> $float {
            if a.abs() < $integral {
                $small(a, rounding)
            } else {
                $large(a)
            }
        }

        /// The same, computed both ways and selected: slower for one number, but
        /// lanes without a branch become vector instructions.
        #[inline(always)]
        pub(super) fn $rounded_lane(a: $float, rounding: Rounding) -> $float {
            let (small, large) = ($small(a, rounding), $large(a));
            if a.abs() < $integral { small } else { large }
        }

        #[inline(always)]
        fn $small(a: $float, rounding: Rounding) -> $float {
            let nearest = ((a.abs() + $integral) - $integral).copysign(a);
            match rounding {
                Rounding::ToNearestEven => nearest,
                Rounding::Down => nearest - if nearest > a { 1.0 } else { 0.0 },
                Rounding::Up => (nearest + if nearest < a { 1.0 } else { 0.0 }).copysign(a),
                Rounding::ToZero => {
                    let too_far = nearest.abs() > a.abs();
                    (nearest.abs() - if too_far { 1.0 } else { 0.0 }).copysign(a)
                }
            }
        }

        #[inline(always)]
        fn $large(a: $float) -> $float {
            <$float>::from_bits(a.to_bits() | if a.is_nan() { $quiet_bit } else { 0 })
        }
    };
}

define_rounding!(f32, 8_388_608.0, 1 << 22;
    rounded_f32, rounded_lane_f32, small_f32, large_f32);
define_rounding!(f64, 4_503_599_627_370_496.0, 1 << 51;
    rounded_f64, rounded_lane_f64, small_f64, large_f64);
