//! Instructions on 128-bit integers, whose halves are two `i64`, the low one
//! first.
//!
//! Source: <https://github.com/WebAssembly/wide-arithmetic>

define! {
    i64_add128(a: u128, b: u128) -> u128 = a.wrapping_add(b);
    i64_sub128(a: u128, b: u128) -> u128 = a.wrapping_sub(b);
    i64_mul_wide_s(a: u64, b: u64) -> u128 = (i128::from(a as i64) * i128::from(b as i64)) as u128;
    i64_mul_wide_u(a: u64, b: u64) -> u128 = u128::from(a) * u128::from(b);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_carry_and_wrap() {
        assert_eq!(i64_add128(u64::MAX.into(), 1), 1 << 64);
        assert_eq!(i64_add128(u128::MAX, 2), 1);
        assert_eq!(i64_sub128(1 << 64, 1), u64::MAX.into());
        assert_eq!(i64_sub128(0, 1), u128::MAX);
    }

    #[test]
    fn products_tell_signed_from_unsigned() {
        let minus_one = u64::MAX;
        assert_eq!(i64_mul_wide_s(minus_one, minus_one), 1);
        assert_eq!(i64_mul_wide_s(minus_one, 2), u128::MAX - 1);
        assert_eq!(i64_mul_wide_u(minus_one, 2), (1 << 65) - 2);
        assert_eq!(
            i64_mul_wide_u(minus_one, minus_one),
            u128::MAX - (1 << 65) + 2
        );
        assert_eq!(i64_mul_wide_s(1 << 63, 1 << 63), 1 << 126);
    }
}
