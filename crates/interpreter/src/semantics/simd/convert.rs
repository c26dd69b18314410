//! Conversions between float and integer lanes, and between float widths.

use super::super::convert::*;
use super::*;

lanewise! {
    f32x4_convert_i32x4_s(a: I32x4) -> F32x4 = f32_convert_i32_s(a);
    f32x4_convert_i32x4_u(a: I32x4) -> F32x4 = f32_convert_i32_u(a);
    i32x4_trunc_sat_f32x4_s(a: F32x4) -> I32x4 = i32_trunc_sat_f32_s(a);
    i32x4_trunc_sat_f32x4_u(a: F32x4) -> I32x4 = i32_trunc_sat_f32_u(a);
}

halfwise! {
    f64x2_convert_low_i32x4_s(low a: I32x4) -> F64x2 = f64_convert_i32_s(a);
    f64x2_convert_low_i32x4_u(low a: I32x4) -> F64x2 = f64_convert_i32_u(a);
    f64x2_promote_low_f32x4(low a: F32x4) -> F64x2 = f64_promote_f32(a);
}

define! {
    i32x4_trunc_sat_f64x2_s_zero(a: V128) -> V128 = {
        let [x, y] = F64x2::from(a).map(i32_trunc_sat_f64_s);
        [x, y, 0, 0].into()
    };
    i32x4_trunc_sat_f64x2_u_zero(a: V128) -> V128 = {
        let [x, y] = F64x2::from(a).map(i32_trunc_sat_f64_u);
        [x, y, 0, 0].into()
    };
    f32x4_demote_f64x2_zero(a: V128) -> V128 = {
        let [x, y] = F64x2::from(a).map(f32_demote_f64);
        [x, y, 0.0, 0.0].into()
    };
}
