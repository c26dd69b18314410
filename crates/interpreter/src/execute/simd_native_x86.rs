//! Relaxed vector operators as x86-64's own instructions have them: what
//! `RelaxedSimd::Native` chooses. Every result is one that the specification
//! allows. `i32x4.relaxed_trunc_*_u` have no such instruction before AVX-512 and
//! stay as they are.
//!
//! Source: <https://webassembly.github.io/spec/core/exec/numerics.html#relaxed-operations>

use super::dispatch::next;
use super::handlers::{PerDispatch, both};
use super::operand::{load_v128, store_v128};
use super::registers::{FA, FB, FC, FD, Handler, handlers};
use super::simd_handlers::{WideOp, ops};
use super::simd_x86::{to_register, to_vector};
use std::arch::x86_64::*;

/// Defines a handler a line, and [`native`], which finds it if the processor has
/// its instruction.
macro_rules! native {
    ($($feature:tt $op:ident $name:ident($($operand:ident: $field:ident),*) = $value:expr;)*) => {
        handlers! {$(
            /// `A := Op(B)`, `Op(B, C)` or `Op(B, C, D)`
            #[target_feature(enable = $feature)]
            fn $name(r) {
                $(let $operand = to_register(load_v128(r.slot::<$field>()));)*
                store_v128(to_vector($value), r.slot::<FA>());
                next::<D>(r, 2)
            }
        )*}

        /// The handlers for what this processor makes of a relaxed operator, if
        /// that is something of its own.
        pub(crate) fn native(op: &'static WideOp) -> Option<PerDispatch<Handler>> {
            $(if std::ptr::eq(op, &ops::$op) {
                return std::is_x86_feature_detected!($feature).then(|| both!($name));
            })*
            None
        }
    };
}

// The casts only name the lanes. Where an operand is NaN or both are zeros,
// minimum and maximum give the second.
native! {
    "ssse3" I8x16RelaxedSwizzle swizzle(a: FB, b: FC) = _mm_shuffle_epi8(a, b);
    "sse2" I32x4RelaxedTruncF32x4S trunc_f32(a: FB) = _mm_cvttps_epi32(_mm_castsi128_ps(a));
    "sse2" I32x4RelaxedTruncF64x2SZero trunc_f64(a: FB) = _mm_cvttpd_epi32(_mm_castsi128_pd(a));
    "sse2" F32x4RelaxedMin min_f32(a: FB, b: FC) =
        _mm_castps_si128(_mm_min_ps(_mm_castsi128_ps(a), _mm_castsi128_ps(b)));
    "sse2" F32x4RelaxedMax max_f32(a: FB, b: FC) =
        _mm_castps_si128(_mm_max_ps(_mm_castsi128_ps(a), _mm_castsi128_ps(b)));
    "sse2" F64x2RelaxedMin min_f64(a: FB, b: FC) =
        _mm_castpd_si128(_mm_min_pd(_mm_castsi128_pd(a), _mm_castsi128_pd(b)));
    "sse2" F64x2RelaxedMax max_f64(a: FB, b: FC) =
        _mm_castpd_si128(_mm_max_pd(_mm_castsi128_pd(a), _mm_castsi128_pd(b)));
    "ssse3" I16x8RelaxedQ15mulrS q15mulr(a: FB, b: FC) = _mm_mulhrs_epi16(a, b);
    // The first is taken as unsigned, which the one of seven bits is.
    "ssse3" I16x8RelaxedDotI8x16I7x16S dot(a: FB, b: FC) = _mm_maddubs_epi16(b, a);
    "ssse3" I32x4RelaxedDotI8x16I7x16AddS dot_add(a: FB, b: FC, c: FD) =
        _mm_add_epi32(_mm_madd_epi16(_mm_maddubs_epi16(b, a), _mm_set1_epi16(1)), c);
    "fma" F32x4RelaxedMadd madd_f32(a: FB, b: FC, c: FD) = _mm_castps_si128(
        _mm_fmadd_ps(_mm_castsi128_ps(a), _mm_castsi128_ps(b), _mm_castsi128_ps(c)));
    "fma" F32x4RelaxedNmadd nmadd_f32(a: FB, b: FC, c: FD) = _mm_castps_si128(
        _mm_fnmadd_ps(_mm_castsi128_ps(a), _mm_castsi128_ps(b), _mm_castsi128_ps(c)));
    "fma" F64x2RelaxedMadd madd_f64(a: FB, b: FC, c: FD) = _mm_castpd_si128(
        _mm_fmadd_pd(_mm_castsi128_pd(a), _mm_castsi128_pd(b), _mm_castsi128_pd(c)));
    "fma" F64x2RelaxedNmadd nmadd_f64(a: FB, b: FC, c: FD) = _mm_castpd_si128(
        _mm_fnmadd_pd(_mm_castsi128_pd(a), _mm_castsi128_pd(b), _mm_castsi128_pd(c)));
    // Chosen by the highest bit of each lane.
    "sse4.1" I8x16RelaxedLaneselect select_8(a: FB, b: FC, mask: FD) = _mm_blendv_epi8(b, a, mask);
    "sse4.1" I16x8RelaxedLaneselect select_16(a: FB, b: FC, mask: FD) =
        _mm_blendv_epi8(b, a, _mm_srai_epi16(mask, 15));
    "sse4.1" I32x4RelaxedLaneselect select_32(a: FB, b: FC, mask: FD) = _mm_castps_si128(
        _mm_blendv_ps(_mm_castsi128_ps(b), _mm_castsi128_ps(a), _mm_castsi128_ps(mask)));
    "sse4.1" I64x2RelaxedLaneselect select_64(a: FB, b: FC, mask: FD) = _mm_castpd_si128(
        _mm_blendv_pd(_mm_castsi128_pd(b), _mm_castsi128_pd(a), _mm_castsi128_pd(mask)));
}
