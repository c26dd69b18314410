//! Relaxed vector instructions, as the specification's deterministic profile has
//! them: each means a strict instruction, so that every machine agrees.
//!
//! The multiply-adds therefore round twice, which also spares the call that a
//! fused one is on processors without it.
//! The relaxed dot products stand beside the strict one in `widen.rs`.
//!
//! Spec: <https://webassembly.github.io/spec/core/exec/numerics.html#relaxed-operations>

use super::*;

define! {
    i8x16_relaxed_swizzle(a: V128, b: V128) -> V128 = i8x16_swizzle(a, b);

    i8x16_relaxed_laneselect(a: V128, b: V128, mask: V128) -> V128 = v128_bitselect(a, b, mask);
    i16x8_relaxed_laneselect(a: V128, b: V128, mask: V128) -> V128 = v128_bitselect(a, b, mask);
    i32x4_relaxed_laneselect(a: V128, b: V128, mask: V128) -> V128 = v128_bitselect(a, b, mask);
    i64x2_relaxed_laneselect(a: V128, b: V128, mask: V128) -> V128 = v128_bitselect(a, b, mask);

    i16x8_relaxed_q15mulr_s(a: V128, b: V128) -> V128 = i16x8_q15mulr_sat_s(a, b);

    f32x4_relaxed_madd(a: V128, b: V128, c: V128) -> V128 = f32x4_add(f32x4_mul(a, b), c);
    f32x4_relaxed_nmadd(a: V128, b: V128, c: V128) -> V128 = f32x4_relaxed_madd(f32x4_neg(a), b, c);
    f32x4_relaxed_min(a: V128, b: V128) -> V128 = f32x4_min(a, b);
    f32x4_relaxed_max(a: V128, b: V128) -> V128 = f32x4_max(a, b);
    f64x2_relaxed_madd(a: V128, b: V128, c: V128) -> V128 = f64x2_add(f64x2_mul(a, b), c);
    f64x2_relaxed_nmadd(a: V128, b: V128, c: V128) -> V128 = f64x2_relaxed_madd(f64x2_neg(a), b, c);
    f64x2_relaxed_min(a: V128, b: V128) -> V128 = f64x2_min(a, b);
    f64x2_relaxed_max(a: V128, b: V128) -> V128 = f64x2_max(a, b);

    i32x4_relaxed_trunc_f32x4_s(a: V128) -> V128 = i32x4_trunc_sat_f32x4_s(a);
    i32x4_relaxed_trunc_f32x4_u(a: V128) -> V128 = i32x4_trunc_sat_f32x4_u(a);
    i32x4_relaxed_trunc_f64x2_s_zero(a: V128) -> V128 = i32x4_trunc_sat_f64x2_s_zero(a);
    i32x4_relaxed_trunc_f64x2_u_zero(a: V128) -> V128 = i32x4_trunc_sat_f64x2_u_zero(a);
}
