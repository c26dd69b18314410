//! Whole-vector logic, shifts, and tests that summarise a vector in an `i32`.

use super::*;

lanewise! {
    v128_not(a: U64x2) -> U64x2 = !a;
    v128_and(a: U64x2, b: U64x2) -> U64x2 = a & b;
    v128_andnot(a: U64x2, b: U64x2) -> U64x2 = a & !b;
    v128_or(a: U64x2, b: U64x2) -> U64x2 = a | b;
    v128_xor(a: U64x2, b: U64x2) -> U64x2 = a ^ b;
    // `a` where `mask` has ones, `b` where it has zeros.
    v128_bitselect(a: U64x2, b: U64x2, mask: U64x2) -> U64x2 = (a & mask) | (b & !mask);
}

/// As `lanewise!`, with a shift count for all lanes: modulo the lane's width, as
/// Rust's wrapping shifts have it.
macro_rules! shifts {
    ($($name:ident($a:ident: $shape:ty, $count:ident: u32) = $meaning:expr;)*) => {
        $(
            #[inline(always)]
            pub fn $name(a: V128, count: i32) -> V128 {
                let $count = count as u32;
                <$shape>::from(a).map(|$a| $meaning).into()
            }
        )*
    };
}

shifts! {
    i8x16_shl(a: I8x16, count: u32) = a.wrapping_shl(count);
    i8x16_shr_s(a: I8x16, count: u32) = a.wrapping_shr(count);
    i8x16_shr_u(a: U8x16, count: u32) = a.wrapping_shr(count);
    i16x8_shl(a: I16x8, count: u32) = a.wrapping_shl(count);
    i16x8_shr_s(a: I16x8, count: u32) = a.wrapping_shr(count);
    i16x8_shr_u(a: U16x8, count: u32) = a.wrapping_shr(count);
    i32x4_shl(a: I32x4, count: u32) = a.wrapping_shl(count);
    i32x4_shr_s(a: I32x4, count: u32) = a.wrapping_shr(count);
    i32x4_shr_u(a: U32x4, count: u32) = a.wrapping_shr(count);
    i64x2_shl(a: I64x2, count: u32) = a.wrapping_shl(count);
    i64x2_shr_s(a: I64x2, count: u32) = a.wrapping_shr(count);
    i64x2_shr_u(a: U64x2, count: u32) = a.wrapping_shr(count);
}

define! {
    v128_any_true(a: V128) -> i32 = (a.to_u128() != 0).into();

    i8x16_all_true(a: V128) -> i32 = no_zero_lane(a, u64::MAX / 0xFF).into();
    i16x8_all_true(a: V128) -> i32 = no_zero_lane(a, u64::MAX / 0xFFFF).into();
    i32x4_all_true(a: V128) -> i32 = no_zero_lane(a, u64::MAX / 0xFFFF_FFFF).into();
    i64x2_all_true(a: V128) -> i32 = no_zero_lane(a, 1).into();

    // Lane 0's sign becomes bit 0. The products move the signs in half a vector,
    // one every 8 or 16 bits, side by side into the topmost bits, without a carry.
    i8x16_bitmask(a: V128) -> i32 = {
        let [low, high] = U64x2::from(a);
        let signs = |half: u64| (half & 0x8080_8080_8080_8080).wrapping_mul(0x0002_0408_1020_4081) >> 56;
        (signs(low) | signs(high) << 8) as i32
    };
    i16x8_bitmask(a: V128) -> i32 = {
        let [low, high] = U64x2::from(a);
        let signs = |half: u64| (half & 0x8000_8000_8000_8000).wrapping_mul(0x2000_4000_8001) >> 60;
        (signs(low) | signs(high) << 4) as i32
    };
    i32x4_bitmask(a: V128) -> i32 = {
        let [low, high] = U64x2::from(a);
        let signs = |half: u64| half >> 63 << 1 | half as u32 as u64 >> 31;
        (signs(low) | signs(high) << 2) as i32
    };
    i64x2_bitmask(a: V128) -> i32 = {
        let [low, high] = U64x2::from(a);
        (low >> 63 | high >> 63 << 1) as i32
    };
}

/// Whether every lane differs from zero; `ones` is half a vector with 1 in every
/// lane. Subtracting 1 sets a sign that was not set before where a lane is zero; the
/// borrow may do so elsewhere, but only above a lane that is zero.
#[inline(always)]
fn no_zero_lane(a: V128, ones: u64) -> bool {
    let signs = ones.rotate_right(1);
    let [low, high] = U64x2::from(a).map(|half| half.wrapping_sub(ones) & !half);
    (low | high) & signs == 0
}
