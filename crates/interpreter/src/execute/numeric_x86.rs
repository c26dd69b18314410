//! Instructions that x86-64 has one of its own for, which the baseline that programs
//! are compiled for lacks: rounding (SSE4.1), counting ones (popcnt) and leading or
//! trailing zeros (lzcnt, bmi1). The translator asks the processor once for each
//! program and takes these handlers in place of the table's.
//!
//! `i64.ctz` stays as it is: the baseline's instruction for it does as well, and it is
//! a step of sequences.

use super::control::trap;
use super::dispatch::{Dispatch, next};
use super::handlers::ByTarget;
use super::operand::{Acc, Cell, Slot, Source, Target, ToAcc, ToSlot};
use super::operation::{Unary, op};
use super::registers::{FB, handlers};

/// An operator that rounds a float, as the standard library has it: where the
/// processor's instruction is enabled, that is what the compiler makes of it. NaNs
/// come back quiet.
pub(crate) trait Rounding: 'static {
    type Float: Cell;
    fn round(a: Self::Float) -> Self::Float;
}

macro_rules! rounding {
    ($($op:ident $float:ident $method:ident;)*) => {$(
        impl Rounding for op::$op {
            type Float = $float;
            #[inline(always)]
            fn round(a: $float) -> $float {
                a.$method()
            }
        }
    )*};
}
rounding! {
    F32Ceil f32 ceil;
    F32Floor f32 floor;
    F32Trunc f32 trunc;
    F32Nearest f32 round_ties_even;
    F64Ceil f64 ceil;
    F64Floor f64 floor;
    F64Trunc f64 trunc;
    F64Nearest f64 round_ties_even;
}

handlers! {
    /// `A := B, rounded`
    #[target_feature(enable = "sse4.1")]
    fn round<Op: Rounding, S: Source, W: Target>(r) {
        let value = Op::round(S::read::<Op::Float, FB>(&r));
        W::write(&mut r, value);
        next::<D>(r, 2)
    }

    /// `A := ones of B`
    #[target_feature(enable = "popcnt")]
    fn ones<Op: Unary, S: Source, W: Target>(r) {
        match Op::eval(S::read::<Op::In, FB>(&r)) {
            Ok(value) => {
                W::write(&mut r, value);
                next::<D>(r, 2)
            }
            Err(reason) => trap(r, reason),
        }
    }

    /// `A := zeros of B, from one end`
    #[target_feature(enable = "lzcnt,bmi1")]
    fn zeros<Op: Unary, S: Source, W: Target>(r) {
        match Op::eval(S::read::<Op::In, FB>(&r)) {
            Ok(value) => {
                W::write(&mut r, value);
                next::<D>(r, 2)
            }
            Err(reason) => trap(r, reason),
        }
    }
}

macro_rules! families {
    ($($(#[$doc:meta])* $family:ident, $handlers:ident, $bound:ident: $handler:ident, $($feature:tt),+;)*) => {$(
        $(#[$doc])*
        pub(crate) fn $family() -> bool {
            $(std::is_x86_feature_detected!($feature))&&+
        }

        /// The handlers of an operator, by source and target.
        pub(crate) const fn $handlers<D: Dispatch, Op: $bound>() -> [ByTarget; 2] {
            [
                [$handler::<D, Op, Slot, ToAcc>, $handler::<D, Op, Slot, ToSlot>],
                [$handler::<D, Op, Acc, ToAcc>, $handler::<D, Op, Acc, ToSlot>],
            ]
        }
    )*};
}
families! {
    /// Whether the processor rounds.
    has_round, round_handlers, Rounding: round, "sse4.1";
    /// Whether it counts ones.
    has_ones, ones_handlers, Unary: ones, "popcnt";
    /// Whether it counts zeros.
    has_zeros, zeros_handlers, Unary: zeros, "lzcnt", "bmi1";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_is_what_the_table_says() {
        fn agree<Op: Rounding<Float = f64> + Unary<In = f64, Out = f64>>() {
            let values = [
                0.0,
                0.3,
                0.5,
                1.5,
                2.5,
                1e300,
                4503599627370497.5,
                f64::INFINITY,
            ];
            for value in values.into_iter().chain([f64::NAN]) {
                for a in [value, -value] {
                    let expected = Op::eval(a).expect("rounding does not trap");
                    assert_eq!(Op::round(a).to_bits(), expected.to_bits(), "{a}");
                }
            }
        }
        agree::<op::F64Ceil>();
        agree::<op::F64Floor>();
        agree::<op::F64Trunc>();
        agree::<op::F64Nearest>();
    }
}
