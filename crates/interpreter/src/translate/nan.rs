//! One payload for all NaNs that are computed, in engines that want it.
//!
//! The specification leaves the payload open, and processors differ: x86-64 sets the
//! sign of a NaN it makes, aarch64 does not. Operators that only move bits (`neg`,
//! `abs`, `copysign`, the pseudo-minimum) are exact and stay so.

use super::Translator;

impl Translator<'_> {
    /// Behind an operator: gives its result the canonical payload if it is a NaN.
    #[inline]
    pub(super) fn canonicalise(&mut self, operator: &'static str) {
        if self.canonical_nans {
            self.canonicalise_result(operator);
        }
    }

    #[cold]
    fn canonicalise_result(&mut self, operator: &'static str) {
        let Some((shape, operation)) = operator.split_once('.') else {
            return;
        };
        if !computes(operation) {
            return;
        }
        match shape {
            "f32" => self.visit_f32_canonical(),
            "f64" => self.visit_f64_canonical(),
            "f32x4" => self.visit_f32x4_canonical(),
            "f64x2" => self.visit_f64x2_canonical(),
            _ => {}
        }
    }
}

/// Whether an operator of the table, not a comparison, gives a float.
pub(super) const fn makes_float(name: &str) -> bool {
    name.as_bytes()[0] == b'f'
}

/// Whether an operation on floats makes NaNs, or makes other NaNs of them.
fn computes(operation: &str) -> bool {
    const EXACTLY: [&str; 15] = [
        "add",
        "sub",
        "mul",
        "div",
        "min",
        "max",
        "sqrt",
        "ceil",
        "floor",
        "trunc",
        "nearest",
        "promote_f32",
        "demote_f64",
        "promote_low_f32x4",
        "demote_f64x2_zero",
    ];
    let relaxed = [
        "relaxed_madd",
        "relaxed_nmadd",
        "relaxed_min",
        "relaxed_max",
    ];
    EXACTLY.contains(&operation) || relaxed.contains(&operation)
}
