//! Integer arithmetic, bits and comparisons: one type in, the same type (or a
//! `bool`) out.
//!
//! Division is the only part that traps: by zero, and for `MIN / -1`, whose
//! quotient does not exist. `MIN % -1` does: it is 0.

use fossor_host::Trap;

define! {
    i32_eqz(a: i32) -> bool = a == 0;
    i32_eq(a: i32, b: i32) -> bool = a == b;
    i32_ne(a: i32, b: i32) -> bool = a != b;
    i32_lt_s(a: i32, b: i32) -> bool = a < b;
    i32_lt_u(a: i32, b: i32) -> bool = (a as u32) < b as u32;
    i32_gt_s(a: i32, b: i32) -> bool = a > b;
    i32_gt_u(a: i32, b: i32) -> bool = a as u32 > b as u32;
    i32_le_s(a: i32, b: i32) -> bool = a <= b;
    i32_le_u(a: i32, b: i32) -> bool = a as u32 <= b as u32;
    i32_ge_s(a: i32, b: i32) -> bool = a >= b;
    i32_ge_u(a: i32, b: i32) -> bool = a as u32 >= b as u32;

    i32_clz(a: i32) -> i32 = a.leading_zeros() as i32;
    i32_ctz(a: i32) -> i32 = a.trailing_zeros() as i32;
    i32_popcnt(a: i32) -> i32 = a.count_ones() as i32;

    i32_add(a: i32, b: i32) -> i32 = a.wrapping_add(b);
    i32_sub(a: i32, b: i32) -> i32 = a.wrapping_sub(b);
    i32_mul(a: i32, b: i32) -> i32 = a.wrapping_mul(b);
    i32_and(a: i32, b: i32) -> i32 = a & b;
    i32_or(a: i32, b: i32) -> i32 = a | b;
    i32_xor(a: i32, b: i32) -> i32 = a ^ b;
    // Shift and rotation counts are taken modulo the width, as the wrapping
    // shifts of Rust and the shift instructions of processors do.
    i32_shl(a: i32, b: i32) -> i32 = a.wrapping_shl(b as u32);
    i32_shr_s(a: i32, b: i32) -> i32 = a.wrapping_shr(b as u32);
    i32_shr_u(a: i32, b: i32) -> i32 = (a as u32).wrapping_shr(b as u32) as i32;
    i32_rotl(a: i32, b: i32) -> i32 = a.rotate_left(b as u32 % 32);
    i32_rotr(a: i32, b: i32) -> i32 = a.rotate_right(b as u32 % 32);

    i32_extend8_s(a: i32) -> i32 = a as i8 as i32;
    i32_extend16_s(a: i32) -> i32 = a as i16 as i32;

    i64_eqz(a: i64) -> bool = a == 0;
    i64_eq(a: i64, b: i64) -> bool = a == b;
    i64_ne(a: i64, b: i64) -> bool = a != b;
    i64_lt_s(a: i64, b: i64) -> bool = a < b;
    i64_lt_u(a: i64, b: i64) -> bool = (a as u64) < b as u64;
    i64_gt_s(a: i64, b: i64) -> bool = a > b;
    i64_gt_u(a: i64, b: i64) -> bool = a as u64 > b as u64;
    i64_le_s(a: i64, b: i64) -> bool = a <= b;
    i64_le_u(a: i64, b: i64) -> bool = a as u64 <= b as u64;
    i64_ge_s(a: i64, b: i64) -> bool = a >= b;
    i64_ge_u(a: i64, b: i64) -> bool = a as u64 >= b as u64;

    i64_clz(a: i64) -> i64 = a.leading_zeros() as i64;
    i64_ctz(a: i64) -> i64 = a.trailing_zeros() as i64;
    i64_popcnt(a: i64) -> i64 = a.count_ones() as i64;

    i64_add(a: i64, b: i64) -> i64 = a.wrapping_add(b);
    i64_sub(a: i64, b: i64) -> i64 = a.wrapping_sub(b);
    i64_mul(a: i64, b: i64) -> i64 = a.wrapping_mul(b);
    i64_and(a: i64, b: i64) -> i64 = a & b;
    i64_or(a: i64, b: i64) -> i64 = a | b;
    i64_xor(a: i64, b: i64) -> i64 = a ^ b;
    i64_shl(a: i64, b: i64) -> i64 = a.wrapping_shl(b as u32);
    i64_shr_s(a: i64, b: i64) -> i64 = a.wrapping_shr(b as u32);
    i64_shr_u(a: i64, b: i64) -> i64 = (a as u64).wrapping_shr(b as u32) as i64;
    i64_rotl(a: i64, b: i64) -> i64 = a.rotate_left(b as u32 % 64);
    i64_rotr(a: i64, b: i64) -> i64 = a.rotate_right(b as u32 % 64);

    i64_extend8_s(a: i64) -> i64 = a as i8 as i64;
    i64_extend16_s(a: i64) -> i64 = a as i16 as i64;
    i64_extend32_s(a: i64) -> i64 = a as i32 as i64;
}

// In the signed divisions the divisors 0 and -1 share one test, `b + 1 <= 1`
// unsigned, so that the common path has a single branch before the division.
// That division is a checked one which never fails: where the compiler does not
// see so (a divisor extended from 32 bits), `a / b` would keep a panic, whose
// call makes a handler save a register before it divides.

define! {
    i32_div_s(a: i32, b: i32) -> Result<i32, Trap> = {
        if b.wrapping_add(1) as u32 > 1 {
            a.checked_div(b).ok_or(Trap::IntegerOverflow)
        } else if b == 0 {
            Err(Trap::IntegerDivideByZero)
        } else {
            a.checked_neg().ok_or(Trap::IntegerOverflow)
        }
    };
    i32_div_u(a: i32, b: i32) -> Result<i32, Trap> = {
        match (a as u32).checked_div(b as u32) {
            Some(quotient) => Ok(quotient as i32),
            None => Err(Trap::IntegerDivideByZero),
        }
    };
    i32_rem_s(a: i32, b: i32) -> Result<i32, Trap> = {
        if b.wrapping_add(1) as u32 > 1 {
            a.checked_rem(b).ok_or(Trap::IntegerDivideByZero)
        } else if b == 0 {
            Err(Trap::IntegerDivideByZero)
        } else {
            Ok(0)
        }
    };
    i32_rem_u(a: i32, b: i32) -> Result<i32, Trap> = {
        match (a as u32).checked_rem(b as u32) {
            Some(remainder) => Ok(remainder as i32),
            None => Err(Trap::IntegerDivideByZero),
        }
    };

    i64_div_s(a: i64, b: i64) -> Result<i64, Trap> = {
        if b.wrapping_add(1) as u64 > 1 {
            a.checked_div(b).ok_or(Trap::IntegerOverflow)
        } else if b == 0 {
            Err(Trap::IntegerDivideByZero)
        } else {
            a.checked_neg().ok_or(Trap::IntegerOverflow)
        }
    };
    i64_div_u(a: i64, b: i64) -> Result<i64, Trap> = {
        match (a as u64).checked_div(b as u64) {
            Some(quotient) => Ok(quotient as i64),
            None => Err(Trap::IntegerDivideByZero),
        }
    };
    i64_rem_s(a: i64, b: i64) -> Result<i64, Trap> = {
        if b.wrapping_add(1) as u64 > 1 {
            a.checked_rem(b).ok_or(Trap::IntegerDivideByZero)
        } else if b == 0 {
            Err(Trap::IntegerDivideByZero)
        } else {
            Ok(0)
        }
    };
    i64_rem_u(a: i64, b: i64) -> Result<i64, Trap> = {
        match (a as u64).checked_rem(b as u64) {
            Some(remainder) => Ok(remainder as i64),
            None => Err(Trap::IntegerDivideByZero),
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signed_division_has_two_ways_to_trap() {
        assert_eq!(i32_div_s(7, 0), Err(Trap::IntegerDivideByZero));
        assert_eq!(i32_div_s(i32::MIN, -1), Err(Trap::IntegerOverflow));
        assert_eq!(i32_div_s(i32::MIN, 1), Ok(i32::MIN));
        assert_eq!(i32_div_s(7, -1), Ok(-7));
        assert_eq!(i32_div_s(-7, 2), Ok(-3));
        assert_eq!(i64_div_s(7, 0), Err(Trap::IntegerDivideByZero));
        assert_eq!(i64_div_s(i64::MIN, -1), Err(Trap::IntegerOverflow));
        assert_eq!(i64_div_s(i64::MIN, 2), Ok(i64::MIN / 2));
        assert_eq!(i64_div_s(7, -1), Ok(-7));
        assert_eq!(i64_div_s(-7, 2), Ok(-3));
    }

    #[test]
    fn remainder_takes_the_dividends_sign_and_never_overflows() {
        assert_eq!(i32_rem_s(7, 0), Err(Trap::IntegerDivideByZero));
        assert_eq!(i32_rem_s(i32::MIN, -1), Ok(0));
        assert_eq!(i32_rem_s(-7, 2), Ok(-1));
        assert_eq!(i32_rem_s(7, -2), Ok(1));
        assert_eq!(i64_rem_s(7, 0), Err(Trap::IntegerDivideByZero));
        assert_eq!(i64_rem_s(i64::MIN, -1), Ok(0));
        assert_eq!(i64_rem_s(-7, 2), Ok(-1));
    }

    #[test]
    fn unsigned_division_sees_the_bits() {
        assert_eq!(i32_div_u(-1, 2), Ok(i32::MAX));
        assert_eq!(i32_div_u(i32::MIN, -1), Ok(0));
        assert_eq!(i32_rem_u(i32::MIN, -1), Ok(i32::MIN));
        assert_eq!(i32_div_u(1, 0), Err(Trap::IntegerDivideByZero));
        assert_eq!(i32_rem_u(1, 0), Err(Trap::IntegerDivideByZero));
        assert_eq!(i64_div_u(-1, 2), Ok(i64::MAX));
        assert_eq!(i64_rem_u(i64::MIN, -1), Ok(i64::MIN));
        assert_eq!(i64_div_u(1, 0), Err(Trap::IntegerDivideByZero));
        assert_eq!(i64_rem_u(1, 0), Err(Trap::IntegerDivideByZero));
    }

    #[test]
    fn arithmetic_wraps() {
        assert_eq!(i32_add(i32::MAX, 1), i32::MIN);
        assert_eq!(i32_sub(i32::MIN, 1), i32::MAX);
        assert_eq!(i32_mul(i32::MIN, -1), i32::MIN);
        assert_eq!(i64_add(i64::MAX, 1), i64::MIN);
        assert_eq!(i64_sub(i64::MIN, 1), i64::MAX);
        assert_eq!(i64_mul(i64::MIN, -1), i64::MIN);
    }

    #[test]
    fn counts_are_modulo_the_width() {
        assert_eq!(i32_shl(1, 33), 2);
        assert_eq!(i32_shr_s(i32::MIN, -1), -1);
        assert_eq!(i32_shr_u(i32::MIN, 63), 1);
        assert_eq!(i32_rotl(i32::MIN, 33), 1);
        assert_eq!(i32_rotr(1, 33), i32::MIN);
        assert_eq!(i32_rotl(0x1234_5678, 0), 0x1234_5678);
        assert_eq!(i64_shl(1, 65), 2);
        assert_eq!(i64_shr_s(i64::MIN, -1), -1);
        assert_eq!(i64_shr_u(i64::MIN, 127), 1);
        assert_eq!(i64_rotl(i64::MIN, 65), 1);
        assert_eq!(i64_rotr(1, 65), i64::MIN);
        // Only the low six bits count, however large the i64.
        assert_eq!(i64_shl(1, i64::MIN + 3), 8);
    }

    #[test]
    fn bits_are_counted_in_zero_too() {
        assert_eq!((i32_clz(0), i32_ctz(0), i32_popcnt(-1)), (32, 32, 32));
        assert_eq!((i64_clz(0), i64_ctz(0), i64_popcnt(-1)), (64, 64, 64));
        assert_eq!((i32_clz(1), i32_ctz(i32::MIN)), (31, 31));
        assert_eq!((i64_clz(1), i64_ctz(i64::MIN)), (63, 63));
    }

    #[test]
    fn comparisons_tell_signed_from_unsigned() {
        assert!(i32_lt_s(-1, 0) && !i32_lt_u(-1, 0) && i32_gt_u(-1, 0) && !i32_gt_s(-1, 0));
        assert!(i32_le_s(-1, 0) && !i32_le_u(-1, 0) && i32_ge_u(-1, 0) && !i32_ge_s(-1, 0));
        assert!(i64_lt_s(-1, 0) && !i64_lt_u(-1, 0) && i64_gt_u(-1, 0) && !i64_gt_s(-1, 0));
        assert!(i64_le_s(-1, 0) && !i64_le_u(-1, 0) && i64_ge_u(-1, 0) && !i64_ge_s(-1, 0));
        assert!(i32_eqz(0) && !i32_eqz(i32::MIN) && i64_eqz(0) && !i64_eqz(1 << 32));
    }

    #[test]
    fn narrow_values_are_sign_extended_and_the_rest_ignored() {
        assert_eq!(i32_extend8_s(0x1280), -128);
        assert_eq!(i32_extend16_s(0x1_8000), -32768);
        assert_eq!(i64_extend8_s(0x127F), 127);
        assert_eq!(i64_extend16_s(0x1_8000), -32768);
        assert_eq!(i64_extend32_s(0x1_8000_0000), i32::MIN as i64);
    }
}
