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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn truncation_saturates_and_the_zero_forms_clear_the_upper_half() {
        let a: F32x4 = [-1.5, 3e9, f32::NAN, -3e9];
        assert_eq!(
            i32x4_trunc_sat_f32x4_s(a.into()),
            [-1, i32::MAX, 0, i32::MIN].into()
        );
        assert_eq!(
            i32x4_trunc_sat_f32x4_u(a.into()),
            [0u32, 3_000_000_000, 0, 0].into()
        );
        assert_eq!(
            i32x4_relaxed_trunc_f32x4_s(a.into()),
            i32x4_trunc_sat_f32x4_s(a.into())
        );
        assert_eq!(
            i32x4_relaxed_trunc_f32x4_u(a.into()),
            i32x4_trunc_sat_f32x4_u(a.into())
        );
        for (a, signed, unsigned) in [
            (
                [-1.5, 3e9],
                [-1, i32::MAX, 0, 0],
                [0u32, 3_000_000_000, 0, 0],
            ),
            ([f64::NAN, 5e9], [0, i32::MAX, 0, 0], [0, u32::MAX, 0, 0]),
        ] {
            assert_eq!(i32x4_trunc_sat_f64x2_s_zero(a.into()), signed.into());
            assert_eq!(i32x4_trunc_sat_f64x2_u_zero(a.into()), unsigned.into());
            assert_eq!(i32x4_relaxed_trunc_f64x2_s_zero(a.into()), signed.into());
            assert_eq!(i32x4_relaxed_trunc_f64x2_u_zero(a.into()), unsigned.into());
        }
    }

    #[test]
    fn integers_round_to_nearest() {
        let a: V128 = [-1, i32::MAX, i32::MIN, 16_777_217].into();
        let signed = [-1.0f32, 2_147_483_648.0, -2_147_483_648.0, 16_777_216.0];
        assert_eq!(f32x4_convert_i32x4_s(a), signed.into());
        let unsigned = [
            4_294_967_296.0f32,
            2_147_483_648.0,
            2_147_483_648.0,
            16_777_216.0,
        ];
        assert_eq!(f32x4_convert_i32x4_u(a), unsigned.into());
        assert_eq!(f64x2_convert_low_i32x4_s(a), [-1.0, 2_147_483_647.0].into());
        assert_eq!(
            f64x2_convert_low_i32x4_u(a),
            [4_294_967_295.0, 2_147_483_647.0].into()
        );
    }

    #[test]
    fn float_widths() {
        assert_eq!(
            f32x4_demote_f64x2_zero([0.1, 1e300].into()),
            [0.1f32, f32::INFINITY, 0.0, 0.0].into()
        );
        assert_eq!(
            f64x2_promote_low_f32x4([0.5f32, -0.0, 3.0, 4.0].into()),
            [0.5, -0.0].into()
        );
    }
}
