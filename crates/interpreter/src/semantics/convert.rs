//! Conversions: every instruction that names two types.
//!
//! Truncation of a float to an integer traps for a NaN and for what does not
//! fit; the `sat` forms answer 0 and the nearest limit instead, which is what
//! Rust's `as` means too.

use fossor_host::Trap;

define! {
    i32_wrap_i64(a: i64) -> i32 = a as i32;
    i64_extend_i32_s(a: i32) -> i64 = a as i64;
    i64_extend_i32_u(a: i32) -> i64 = a as u32 as i64;

    f32_convert_i32_s(a: i32) -> f32 = a as f32;
    f32_convert_i32_u(a: i32) -> f32 = a as u32 as f32;
    f32_convert_i64_s(a: i64) -> f32 = a as f32;
    f32_convert_i64_u(a: i64) -> f32 = a as u64 as f32;
    f64_convert_i32_s(a: i32) -> f64 = a as f64;
    f64_convert_i32_u(a: i32) -> f64 = a as u32 as f64;
    f64_convert_i64_s(a: i64) -> f64 = a as f64;
    f64_convert_i64_u(a: i64) -> f64 = a as u64 as f64;
    f32_demote_f64(a: f64) -> f32 = a as f32;
    f64_promote_f32(a: f32) -> f64 = a as f64;

    i32_reinterpret_f32(a: f32) -> i32 = a.to_bits() as i32;
    i64_reinterpret_f64(a: f64) -> i64 = a.to_bits() as i64;
    f32_reinterpret_i32(a: i32) -> f32 = f32::from_bits(a as u32);
    f64_reinterpret_i64(a: i64) -> f64 = f64::from_bits(a as u64);
}

// The limits are exact in the operand's type: the nearest numbers that are too
// far out, or, where the type has no room for -2^31 - 1, the last that is not.

define! {
    i32_trunc_f32_s(a: f32) -> Result<i32, Trap> = {
        if (-P31 as f32..P31 as f32).contains(&a) { Ok(a as i32) } else { Err(why_not(a.into())) }
    };
    i32_trunc_f32_u(a: f32) -> Result<i32, Trap> = {
        if -1.0 < a && a < P32 as f32 { Ok(a as u32 as i32) } else { Err(why_not(a.into())) }
    };
    i32_trunc_f64_s(a: f64) -> Result<i32, Trap> = {
        if -P31 - 1.0 < a && a < P31 { Ok(a as i32) } else { Err(why_not(a)) }
    };
    i32_trunc_f64_u(a: f64) -> Result<i32, Trap> = {
        if -1.0 < a && a < P32 { Ok(a as u32 as i32) } else { Err(why_not(a)) }
    };
    i64_trunc_f32_s(a: f32) -> Result<i64, Trap> = {
        if (-P63 as f32..P63 as f32).contains(&a) { Ok(a as i64) } else { Err(why_not(a.into())) }
    };
    i64_trunc_f32_u(a: f32) -> Result<i64, Trap> = {
        if -1.0 < a && a < P64 as f32 { Ok(a as u64 as i64) } else { Err(why_not(a.into())) }
    };
    i64_trunc_f64_s(a: f64) -> Result<i64, Trap> = {
        if (-P63..P63).contains(&a) { Ok(a as i64) } else { Err(why_not(a)) }
    };
    i64_trunc_f64_u(a: f64) -> Result<i64, Trap> = {
        if -1.0 < a && a < P64 { Ok(a as u64 as i64) } else { Err(why_not(a)) }
    };

    i32_trunc_sat_f32_s(a: f32) -> i32 = a as i32;
    i32_trunc_sat_f32_u(a: f32) -> i32 = a as u32 as i32;
    i32_trunc_sat_f64_s(a: f64) -> i32 = a as i32;
    i32_trunc_sat_f64_u(a: f64) -> i32 = a as u32 as i32;
    i64_trunc_sat_f32_s(a: f32) -> i64 = a as i64;
    i64_trunc_sat_f32_u(a: f32) -> i64 = a as u64 as i64;
    i64_trunc_sat_f64_s(a: f64) -> i64 = a as i64;
    i64_trunc_sat_f64_u(a: f64) -> i64 = a as u64 as i64;
}

/// 2^31, and so on: one more than the largest integer of a type.
const P31: f64 = 2_147_483_648.0;
const P32: f64 = 4_294_967_296.0;
const P63: f64 = 9_223_372_036_854_775_808.0;
const P64: f64 = 18_446_744_073_709_551_616.0;

/// Why a number could not be truncated.
#[inline(always)]
fn why_not(a: f64) -> Trap {
    if a.is_nan() {
        Trap::InvalidConversionToInteger
    } else {
        Trap::IntegerOverflow
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INVALID: Trap = Trap::InvalidConversionToInteger;
    const OVERFLOW: Trap = Trap::IntegerOverflow;

    #[test]
    fn truncation_to_i32_traps_at_the_first_number_that_does_not_fit() {
        assert_eq!(i32_trunc_f64_s(2_147_483_647.999_999_7), Ok(i32::MAX));
        assert_eq!(i32_trunc_f64_s(2_147_483_648.0), Err(OVERFLOW));
        assert_eq!(i32_trunc_f64_s(-2_147_483_648.999_999_5), Ok(i32::MIN));
        assert_eq!(i32_trunc_f64_s(-2_147_483_649.0), Err(OVERFLOW));
        assert_eq!(i32_trunc_f64_s(f64::NAN), Err(INVALID));
        assert_eq!(i32_trunc_f64_s(f64::NEG_INFINITY), Err(OVERFLOW));
        assert_eq!(i32_trunc_f64_s(-0.9), Ok(0));

        assert_eq!(i32_trunc_f64_u(4_294_967_295.999_999_5), Ok(-1));
        assert_eq!(i32_trunc_f64_u(4_294_967_296.0), Err(OVERFLOW));
        assert_eq!(i32_trunc_f64_u((-1.0f64).next_up()), Ok(0));
        assert_eq!(i32_trunc_f64_u(-1.0), Err(OVERFLOW));
        assert_eq!(i32_trunc_f64_u(-f64::NAN), Err(INVALID));
        assert_eq!(i32_trunc_f64_u(f64::INFINITY), Err(OVERFLOW));

        assert_eq!(i32_trunc_f32_s(2_147_483_520.0), Ok(2_147_483_520));
        assert_eq!(i32_trunc_f32_s(2_147_483_648.0), Err(OVERFLOW));
        assert_eq!(i32_trunc_f32_s(-2_147_483_648.0), Ok(i32::MIN));
        assert_eq!(
            i32_trunc_f32_s((-2_147_483_648.0f32).next_down()),
            Err(OVERFLOW)
        );
        assert_eq!(i32_trunc_f32_u(4_294_967_040.0), Ok(-256));
        assert_eq!(i32_trunc_f32_u(4_294_967_296.0), Err(OVERFLOW));
        assert_eq!(i32_trunc_f32_u((-1.0f32).next_up()), Ok(0));
        assert_eq!(i32_trunc_f32_u(-1.0), Err(OVERFLOW));
        assert_eq!(i32_trunc_f32_u(f32::from_bits(0x7F80_0001)), Err(INVALID));
    }

    #[test]
    fn truncation_to_i64_traps_at_the_first_number_that_does_not_fit() {
        let limit = 9_223_372_036_854_775_808.0f64;
        assert_eq!(i64_trunc_f64_s(limit.next_down()), Ok(i64::MAX - 1023));
        assert_eq!(i64_trunc_f64_s(limit), Err(OVERFLOW));
        assert_eq!(i64_trunc_f64_s(-limit), Ok(i64::MIN));
        assert_eq!(i64_trunc_f64_s((-limit).next_down()), Err(OVERFLOW));
        assert_eq!(i64_trunc_f64_s(f64::NAN), Err(INVALID));
        assert_eq!(i64_trunc_f64_s(-0.9), Ok(0));

        assert_eq!(i64_trunc_f64_u(limit), Ok(i64::MIN));
        assert_eq!(i64_trunc_f64_u((2.0 * limit).next_down()), Ok(-2048));
        assert_eq!(i64_trunc_f64_u(2.0 * limit), Err(OVERFLOW));
        assert_eq!(i64_trunc_f64_u((-1.0f64).next_up()), Ok(0));
        assert_eq!(i64_trunc_f64_u(-1.0), Err(OVERFLOW));
        assert_eq!(i64_trunc_f64_u(-limit), Err(OVERFLOW));
        assert_eq!(i64_trunc_f64_u(f64::NAN), Err(INVALID));

        let limit = limit as f32;
        assert_eq!(
            i64_trunc_f32_s(limit.next_down()),
            Ok(0x7FFF_FF80_0000_0000)
        );
        assert_eq!(i64_trunc_f32_s(limit), Err(OVERFLOW));
        assert_eq!(i64_trunc_f32_s(-limit), Ok(i64::MIN));
        assert_eq!(i64_trunc_f32_s(f32::NAN), Err(INVALID));
        assert_eq!(i64_trunc_f32_u(limit), Ok(i64::MIN));
        assert_eq!(i64_trunc_f32_u(2.0 * limit), Err(OVERFLOW));
        assert_eq!(i64_trunc_f32_u((-1.0f32).next_up()), Ok(0));
        assert_eq!(i64_trunc_f32_u(-1.0), Err(OVERFLOW));
    }

    #[test]
    fn saturating_truncation_is_rusts_cast() {
        let telling = [
            0.0,
            0.5,
            1.0,
            2f64.powi(31),
            2f64.powi(32),
            2f64.powi(63),
            2f64.powi(64),
        ];
        let telling = telling
            .into_iter()
            .flat_map(|a| [a, a.next_up(), a.next_down(), a - 1.0]);
        let others = [f64::NAN, f64::INFINITY, f64::MAX, 1e9, 123_456_789_012.75];
        for a in telling.chain(others).flat_map(|a| [a, -a]) {
            assert_eq!(i32_trunc_sat_f64_s(a), a as i32, "{a:?}");
            assert_eq!(i32_trunc_sat_f64_u(a), a as u32 as i32, "{a:?}");
            assert_eq!(i64_trunc_sat_f64_s(a), a as i64, "{a:?}");
            assert_eq!(i64_trunc_sat_f64_u(a), a as u64 as i64, "{a:?}");
            let a = a as f32;
            assert_eq!(i32_trunc_sat_f32_s(a), a as i32, "{a:?}");
            assert_eq!(i32_trunc_sat_f32_u(a), a as u32 as i32, "{a:?}");
            assert_eq!(i64_trunc_sat_f32_s(a), a as i64, "{a:?}");
            assert_eq!(i64_trunc_sat_f32_u(a), a as u64 as i64, "{a:?}");
        }
    }

    #[test]
    fn integers_round_to_nearest_even_floats() {
        assert_eq!(f32_convert_i32_s(16_777_217), 16_777_216.0);
        assert_eq!(f32_convert_i32_s(16_777_219), 16_777_220.0);
        assert_eq!(f32_convert_i32_u(-1), 4_294_967_296.0);
        assert_eq!(f32_convert_i64_s(i64::MAX), 9_223_372_036_854_775_808.0);
        assert_eq!(f32_convert_i64_u(-1), 18_446_744_073_709_551_616.0);
        // Rounding to f64 on the way would round twice.
        assert_eq!(
            f32_convert_i64_u(0x0020_0000_2000_0001),
            9_007_200_328_482_816.0
        );
        assert_eq!(f64_convert_i32_u(-1), 4_294_967_295.0);
        assert_eq!(f64_convert_i32_s(-1), -1.0);
        assert_eq!(f64_convert_i64_s((1 << 53) + 1), 9_007_199_254_740_992.0);
        assert_eq!(
            f64_convert_i64_u(0x8000_0000_0000_0401u64 as i64),
            9_223_372_036_854_777_856.0
        );
    }

    #[test]
    fn integers_change_width() {
        assert_eq!(i32_wrap_i64(0x1_8000_0000), i32::MIN);
        assert_eq!(i64_extend_i32_s(-1), -1);
        assert_eq!(i64_extend_i32_u(-1), 0xFFFF_FFFF);
    }

    #[test]
    fn floats_change_width_and_nan_becomes_quiet() {
        assert_eq!(f32_demote_f64(f64::MAX), f32::INFINITY);
        assert_eq!(f32_demote_f64(f64::MIN_POSITIVE), 0.0);
        assert_eq!(f32_demote_f64(f64::NAN).abs().to_bits(), 0x7FC0_0000);
        assert_eq!(
            f64_promote_f32(f32::NAN).abs().to_bits(),
            0x7FF8_0000_0000_0000
        );
        let signalling = f64::from_bits(0x7FF0_0000_0000_0001);
        assert_eq!(
            f32_demote_f64(signalling).to_bits() & 0x7FC0_0000,
            0x7FC0_0000
        );
    }

    #[test]
    fn reinterpretation_keeps_every_bit() {
        let signalling = 0x7F80_0001;
        assert_eq!(
            i32_reinterpret_f32(f32_reinterpret_i32(signalling)),
            signalling
        );
        let signalling = 0x7FF0_0000_0000_0001;
        assert_eq!(
            i64_reinterpret_f64(f64_reinterpret_i64(signalling)),
            signalling
        );
    }
}
