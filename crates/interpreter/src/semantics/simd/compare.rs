//! Comparisons: a lane of ones where they hold, of zeros where they do not.

use super::*;

lanewise! {
    i8x16_eq(a: I8x16, b: I8x16) -> I8x16 = -i8::from(a == b);
    i8x16_ne(a: I8x16, b: I8x16) -> I8x16 = -i8::from(a != b);
    i8x16_lt_s(a: I8x16, b: I8x16) -> I8x16 = -i8::from(a < b);
    i8x16_lt_u(a: U8x16, b: U8x16) -> I8x16 = -i8::from(a < b);
    i8x16_gt_s(a: I8x16, b: I8x16) -> I8x16 = -i8::from(a > b);
    i8x16_gt_u(a: U8x16, b: U8x16) -> I8x16 = -i8::from(a > b);
    i8x16_le_s(a: I8x16, b: I8x16) -> I8x16 = -i8::from(a <= b);
    i8x16_le_u(a: U8x16, b: U8x16) -> I8x16 = -i8::from(a <= b);
    i8x16_ge_s(a: I8x16, b: I8x16) -> I8x16 = -i8::from(a >= b);
    i8x16_ge_u(a: U8x16, b: U8x16) -> I8x16 = -i8::from(a >= b);

    i16x8_eq(a: I16x8, b: I16x8) -> I16x8 = -i16::from(a == b);
    i16x8_ne(a: I16x8, b: I16x8) -> I16x8 = -i16::from(a != b);
    i16x8_lt_s(a: I16x8, b: I16x8) -> I16x8 = -i16::from(a < b);
    i16x8_lt_u(a: U16x8, b: U16x8) -> I16x8 = -i16::from(a < b);
    i16x8_gt_s(a: I16x8, b: I16x8) -> I16x8 = -i16::from(a > b);
    i16x8_gt_u(a: U16x8, b: U16x8) -> I16x8 = -i16::from(a > b);
    i16x8_le_s(a: I16x8, b: I16x8) -> I16x8 = -i16::from(a <= b);
    i16x8_le_u(a: U16x8, b: U16x8) -> I16x8 = -i16::from(a <= b);
    i16x8_ge_s(a: I16x8, b: I16x8) -> I16x8 = -i16::from(a >= b);
    i16x8_ge_u(a: U16x8, b: U16x8) -> I16x8 = -i16::from(a >= b);

    i32x4_eq(a: I32x4, b: I32x4) -> I32x4 = -i32::from(a == b);
    i32x4_ne(a: I32x4, b: I32x4) -> I32x4 = -i32::from(a != b);
    i32x4_lt_s(a: I32x4, b: I32x4) -> I32x4 = -i32::from(a < b);
    i32x4_lt_u(a: U32x4, b: U32x4) -> I32x4 = -i32::from(a < b);
    i32x4_gt_s(a: I32x4, b: I32x4) -> I32x4 = -i32::from(a > b);
    i32x4_gt_u(a: U32x4, b: U32x4) -> I32x4 = -i32::from(a > b);
    i32x4_le_s(a: I32x4, b: I32x4) -> I32x4 = -i32::from(a <= b);
    i32x4_le_u(a: U32x4, b: U32x4) -> I32x4 = -i32::from(a <= b);
    i32x4_ge_s(a: I32x4, b: I32x4) -> I32x4 = -i32::from(a >= b);
    i32x4_ge_u(a: U32x4, b: U32x4) -> I32x4 = -i32::from(a >= b);

    i64x2_eq(a: I64x2, b: I64x2) -> I64x2 = -i64::from(a == b);
    i64x2_ne(a: I64x2, b: I64x2) -> I64x2 = -i64::from(a != b);
    i64x2_lt_s(a: I64x2, b: I64x2) -> I64x2 = -i64::from(a < b);
    i64x2_gt_s(a: I64x2, b: I64x2) -> I64x2 = -i64::from(a > b);
    i64x2_le_s(a: I64x2, b: I64x2) -> I64x2 = -i64::from(a <= b);
    i64x2_ge_s(a: I64x2, b: I64x2) -> I64x2 = -i64::from(a >= b);

    f32x4_eq(a: F32x4, b: F32x4) -> I32x4 = -i32::from(a == b);
    f32x4_ne(a: F32x4, b: F32x4) -> I32x4 = -i32::from(a != b);
    f32x4_lt(a: F32x4, b: F32x4) -> I32x4 = -i32::from(a < b);
    f32x4_gt(a: F32x4, b: F32x4) -> I32x4 = -i32::from(a > b);
    f32x4_le(a: F32x4, b: F32x4) -> I32x4 = -i32::from(a <= b);
    f32x4_ge(a: F32x4, b: F32x4) -> I32x4 = -i32::from(a >= b);

    f64x2_eq(a: F64x2, b: F64x2) -> I64x2 = -i64::from(a == b);
    f64x2_ne(a: F64x2, b: F64x2) -> I64x2 = -i64::from(a != b);
    f64x2_lt(a: F64x2, b: F64x2) -> I64x2 = -i64::from(a < b);
    f64x2_gt(a: F64x2, b: F64x2) -> I64x2 = -i64::from(a > b);
    f64x2_le(a: F64x2, b: F64x2) -> I64x2 = -i64::from(a <= b);
    f64x2_ge(a: F64x2, b: F64x2) -> I64x2 = -i64::from(a >= b);
}
