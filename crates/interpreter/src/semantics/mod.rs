//! What every numeric instruction means: pure functions from operands to
//! result, without a stack, a memory or an instruction encoding in sight.
//!
//! A function is called as its instruction, with `_` for `.`: `i32.add` is
//! [`int::i32_add`], `f64.nearest` is [`float::f64_nearest`]. Whatever names two
//! types (`i32.trunc_sat_f64_u`) lives in [`convert`], all vectors in [`simd`],
//! 128-bit integers in [`wide`], what becomes of memory in [`atomic`]. Integers of either
//! signedness are `i32` and `i64`, tests answer `bool`, and what may trap answers
//! `Result<_, Trap>`.
//!
//! Handlers, constant folding and tests call the same function, so that they
//! cannot disagree.
//!
//! Spec: <https://webassembly.github.io/spec/core/exec/numerics.html>

#![forbid(unsafe_code)]
// The names are the specification's and so is their meaning: "Adds two i32"
// above `i32_add` would tell nobody anything.
#![allow(missing_docs)]

/// Defines one inlined public function a line, by its full name, so that
/// searching for `i32_rotl` finds its meaning.
macro_rules! define {
    ($($name:ident($($operand:ident: $type:ty),*) -> $result:ty = $meaning:expr;)*) => {
        $(
            #[inline(always)]
            pub fn $name($($operand: $type),*) -> $result {
                $meaning
            }
        )*
    };
}

pub mod atomic;
pub mod convert;
pub mod float;
pub mod int;
pub mod simd;
pub mod wide;

mod rounding;
