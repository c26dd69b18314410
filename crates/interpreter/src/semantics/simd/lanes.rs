//! Single lanes: splat, extract, replace, shuffle and swizzle.
//!
//! Validation has bounded every lane index, so that what an index beyond the lanes
//! would mean is nobody's concern; no function panics for one.

use super::*;

define! {
    i8x16_splat(value: i32) -> V128 = [value as i8; 16].into();
    i16x8_splat(value: i32) -> V128 = [value as i16; 8].into();
    i32x4_splat(value: i32) -> V128 = [value; 4].into();
    i64x2_splat(value: i64) -> V128 = [value; 2].into();
    f32x4_splat(value: f32) -> V128 = [value; 4].into();
    f64x2_splat(value: f64) -> V128 = [value; 2].into();

    i8x16_extract_lane_s(a: V128, lane: u8) -> i32 = I8x16::from(a)[lane as usize % 16].into();
    i8x16_extract_lane_u(a: V128, lane: u8) -> i32 = U8x16::from(a)[lane as usize % 16].into();
    i16x8_extract_lane_s(a: V128, lane: u8) -> i32 = I16x8::from(a)[lane as usize % 8].into();
    i16x8_extract_lane_u(a: V128, lane: u8) -> i32 = U16x8::from(a)[lane as usize % 8].into();
    i32x4_extract_lane(a: V128, lane: u8) -> i32 = I32x4::from(a)[lane as usize % 4];
    i64x2_extract_lane(a: V128, lane: u8) -> i64 = I64x2::from(a)[lane as usize % 2];
    f32x4_extract_lane(a: V128, lane: u8) -> f32 = F32x4::from(a)[lane as usize % 4];
    f64x2_extract_lane(a: V128, lane: u8) -> f64 = F64x2::from(a)[lane as usize % 2];

    i8x16_replace_lane(a: V128, lane: u8, value: i32) -> V128 = replaced(I8x16::from(a), lane, value as i8).into();
    i16x8_replace_lane(a: V128, lane: u8, value: i32) -> V128 = replaced(I16x8::from(a), lane, value as i16).into();
    i32x4_replace_lane(a: V128, lane: u8, value: i32) -> V128 = replaced(I32x4::from(a), lane, value).into();
    i64x2_replace_lane(a: V128, lane: u8, value: i64) -> V128 = replaced(I64x2::from(a), lane, value).into();
    f32x4_replace_lane(a: V128, lane: u8, value: f32) -> V128 = replaced(F32x4::from(a), lane, value).into();
    f64x2_replace_lane(a: V128, lane: u8, value: f64) -> V128 = replaced(F64x2::from(a), lane, value).into();

    // Indices 0..16 name lanes of `a`, 16..32 those of `b`.
    i8x16_shuffle(a: V128, b: V128, lanes: [u8; 16]) -> V128 = {
        let (a, b) = (a.to_le_bytes(), b.to_le_bytes());
        let both: [u8; 32] = std::array::from_fn(|lane| if lane < 16 { a[lane] } else { b[lane - 16] });
        lanes.map(|lane| both[lane as usize % 32]).into()
    };
    // An index in `b` beyond the lanes of `a` makes a zero.
    i8x16_swizzle(a: V128, b: V128) -> V128 = {
        let a = a.to_le_bytes();
        let padded: [u8; 32] = std::array::from_fn(|lane| if lane < 16 { a[lane] } else { 0 });
        b.to_le_bytes().map(|lane| padded[lane.min(16) as usize]).into()
    };
}

/// `lanes` with another value in one of them. Not by a variable index, because a
/// narrow store followed by a wide load makes processors wait.
#[inline(always)]
fn replaced<T: Copy, const N: usize>(lanes: [T; N], lane: u8, value: T) -> [T; N] {
    std::array::from_fn(|i| if i == lane as usize { value } else { lanes[i] })
}
