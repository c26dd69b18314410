//! Integer arithmetic that keeps the shape of its operands.

use super::*;

lanewise! {
    i8x16_abs(a: I8x16) -> I8x16 = a.wrapping_abs();
    i8x16_neg(a: I8x16) -> I8x16 = a.wrapping_neg();
    i8x16_popcnt(a: U8x16) -> U8x16 = a.count_ones() as u8;
    i8x16_add(a: I8x16, b: I8x16) -> I8x16 = a.wrapping_add(b);
    i8x16_sub(a: I8x16, b: I8x16) -> I8x16 = a.wrapping_sub(b);
    i8x16_add_sat_s(a: I8x16, b: I8x16) -> I8x16 = a.saturating_add(b);
    i8x16_add_sat_u(a: U8x16, b: U8x16) -> U8x16 = a.saturating_add(b);
    i8x16_sub_sat_s(a: I8x16, b: I8x16) -> I8x16 = a.saturating_sub(b);
    i8x16_sub_sat_u(a: U8x16, b: U8x16) -> U8x16 = a.saturating_sub(b);
    i8x16_min_s(a: I8x16, b: I8x16) -> I8x16 = a.min(b);
    i8x16_min_u(a: U8x16, b: U8x16) -> U8x16 = a.min(b);
    i8x16_max_s(a: I8x16, b: I8x16) -> I8x16 = a.max(b);
    i8x16_max_u(a: U8x16, b: U8x16) -> U8x16 = a.max(b);
    i8x16_avgr_u(a: U8x16, b: U8x16) -> U8x16 = ((u16::from(a) + u16::from(b) + 1) >> 1) as u8;

    i16x8_abs(a: I16x8) -> I16x8 = a.wrapping_abs();
    i16x8_neg(a: I16x8) -> I16x8 = a.wrapping_neg();
    i16x8_add(a: I16x8, b: I16x8) -> I16x8 = a.wrapping_add(b);
    i16x8_sub(a: I16x8, b: I16x8) -> I16x8 = a.wrapping_sub(b);
    i16x8_mul(a: I16x8, b: I16x8) -> I16x8 = a.wrapping_mul(b);
    i16x8_add_sat_s(a: I16x8, b: I16x8) -> I16x8 = a.saturating_add(b);
    i16x8_add_sat_u(a: U16x8, b: U16x8) -> U16x8 = a.saturating_add(b);
    i16x8_sub_sat_s(a: I16x8, b: I16x8) -> I16x8 = a.saturating_sub(b);
    i16x8_sub_sat_u(a: U16x8, b: U16x8) -> U16x8 = a.saturating_sub(b);
    i16x8_min_s(a: I16x8, b: I16x8) -> I16x8 = a.min(b);
    i16x8_min_u(a: U16x8, b: U16x8) -> U16x8 = a.min(b);
    i16x8_max_s(a: I16x8, b: I16x8) -> I16x8 = a.max(b);
    i16x8_max_u(a: U16x8, b: U16x8) -> U16x8 = a.max(b);
    i16x8_avgr_u(a: U16x8, b: U16x8) -> U16x8 = ((u32::from(a) + u32::from(b) + 1) >> 1) as u16;
    // Fractions with 15 bits, rounded; only (-1) * (-1) = 1 does not fit.
    i16x8_q15mulr_sat_s(a: I16x8, b: I16x8) -> I16x8 = ((i32::from(a) * i32::from(b) + 0x4000) >> 15).min(0x7FFF) as i16;

    i32x4_abs(a: I32x4) -> I32x4 = a.wrapping_abs();
    i32x4_neg(a: I32x4) -> I32x4 = a.wrapping_neg();
    i32x4_add(a: I32x4, b: I32x4) -> I32x4 = a.wrapping_add(b);
    i32x4_sub(a: I32x4, b: I32x4) -> I32x4 = a.wrapping_sub(b);
    i32x4_mul(a: I32x4, b: I32x4) -> I32x4 = a.wrapping_mul(b);
    i32x4_min_s(a: I32x4, b: I32x4) -> I32x4 = a.min(b);
    i32x4_min_u(a: U32x4, b: U32x4) -> U32x4 = a.min(b);
    i32x4_max_s(a: I32x4, b: I32x4) -> I32x4 = a.max(b);
    i32x4_max_u(a: U32x4, b: U32x4) -> U32x4 = a.max(b);

    i64x2_abs(a: I64x2) -> I64x2 = a.wrapping_abs();
    i64x2_neg(a: I64x2) -> I64x2 = a.wrapping_neg();
    i64x2_add(a: I64x2, b: I64x2) -> I64x2 = a.wrapping_add(b);
    i64x2_sub(a: I64x2, b: I64x2) -> I64x2 = a.wrapping_sub(b);
    i64x2_mul(a: I64x2, b: I64x2) -> I64x2 = a.wrapping_mul(b);
}
