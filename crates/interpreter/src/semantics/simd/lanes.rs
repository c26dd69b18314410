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

    i8x16_extract_lane_s(a: &V128, lane: u8) -> i32 = i8::from_le_bytes(nth(a, lane)).into();
    i8x16_extract_lane_u(a: &V128, lane: u8) -> i32 = u8::from_le_bytes(nth(a, lane)).into();
    i16x8_extract_lane_s(a: &V128, lane: u8) -> i32 = i16::from_le_bytes(nth(a, lane)).into();
    i16x8_extract_lane_u(a: &V128, lane: u8) -> i32 = u16::from_le_bytes(nth(a, lane)).into();
    i32x4_extract_lane(a: &V128, lane: u8) -> i32 = i32::from_le_bytes(nth(a, lane));
    i64x2_extract_lane(a: &V128, lane: u8) -> i64 = i64::from_le_bytes(nth(a, lane));
    f32x4_extract_lane(a: &V128, lane: u8) -> f32 = f32::from_le_bytes(nth(a, lane));
    f64x2_extract_lane(a: &V128, lane: u8) -> f64 = f64::from_le_bytes(nth(a, lane));

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

/// The bytes of a lane. Extraction takes its vector by reference, for the lane's
/// address can be computed, while a vector in a register has no variable lanes.
#[inline(always)]
pub(super) fn nth<const BYTES: usize>(a: &V128, lane: u8) -> [u8; BYTES] {
    let (lanes, _) = a.0.as_chunks::<BYTES>();
    lanes[lane as usize % (16 / BYTES)]
}

/// `lanes` with another value in one of them. Not by a variable index, because a
/// narrow store followed by a wide load makes processors wait.
#[inline(always)]
fn replaced<T: Copy, const N: usize>(lanes: [T; N], lane: u8, value: T) -> [T; N] {
    std::array::from_fn(|i| if i == lane as usize { value } else { lanes[i] })
}

#[cfg(test)]
mod tests {
    use super::super::tests::Random;
    use super::*;

    #[test]
    fn a_replaced_lane_is_extracted_again_and_others_stay() {
        let a = Random(2).vector(8);
        for lane in 0..16 {
            let b = i8x16_replace_lane(a, lane, 0x1F0);
            assert_eq!(i8x16_extract_lane_s(&b, lane), -16);
            assert_eq!(i8x16_extract_lane_u(&b, lane), 0xF0);
            let original = i8x16_extract_lane_s(&a, lane);
            assert_eq!(i8x16_replace_lane(b, lane, original), a);
        }
        for lane in 0..8 {
            let b = i16x8_replace_lane(a, lane, 0x1_FFF0);
            assert_eq!(i16x8_extract_lane_s(&b, lane), -16);
            assert_eq!(i16x8_extract_lane_u(&b, lane), 0xFFF0);
            let original = i16x8_extract_lane_s(&a, lane);
            assert_eq!(i16x8_replace_lane(b, lane, original), a);
        }
        for lane in 0..4 {
            let b = i32x4_replace_lane(a, lane, -16);
            assert_eq!(i32x4_extract_lane(&b, lane), -16);
            let original = i32x4_extract_lane(&a, lane);
            assert_eq!(i32x4_replace_lane(b, lane, original), a);
            let b = f32x4_replace_lane(a, lane, -0.0);
            assert_eq!(i32x4_extract_lane(&b, lane), i32::MIN);
            let original = f32x4_extract_lane(&a, lane);
            assert_eq!(f32x4_replace_lane(b, lane, original), a);
        }
        for lane in 0..2 {
            let b = i64x2_replace_lane(a, lane, -16);
            assert_eq!(i64x2_extract_lane(&b, lane), -16);
            let original = i64x2_extract_lane(&a, lane);
            assert_eq!(i64x2_replace_lane(b, lane, original), a);
            let b = f64x2_replace_lane(a, lane, -0.0);
            assert_eq!(i64x2_extract_lane(&b, lane), i64::MIN);
            let original = f64x2_extract_lane(&a, lane);
            assert_eq!(f64x2_replace_lane(b, lane, original), a);
        }
    }

    #[test]
    fn splats_fill_every_lane() {
        assert_eq!(i8x16_splat(0x1FE), [-2i8; 16].into());
        assert_eq!(i16x8_splat(0x1_FFFE), [-2i16; 8].into());
        assert_eq!(i32x4_splat(-2), [-2i32; 4].into());
        assert_eq!(i64x2_splat(-2), [-2i64; 2].into());
        assert_eq!(f32x4_splat(-0.0), [0x8000_0000u32; 4].into());
        assert_eq!(f64x2_splat(-0.0), [i64::MIN; 2].into());
    }

    #[test]
    fn shuffle_picks_from_both_and_swizzle_from_one() {
        let a: V128 = std::array::from_fn::<u8, 16, _>(|k| k as u8).into();
        let b: V128 = std::array::from_fn::<u8, 16, _>(|k| 100 + k as u8).into();
        let lanes = [31, 0, 16, 15, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 30, 30];
        let picked = [
            115u8, 0, 100, 15, 1, 101, 2, 102, 3, 103, 4, 104, 5, 105, 114, 114,
        ];
        assert_eq!(i8x16_shuffle(a, b, lanes), picked.into());

        let lanes: V128 = [
            0u8, 15, 16, 17, 31, 32, 127, 128, 143, 255, 1, 1, 2, 3, 14, 7,
        ]
        .into();
        let picked = [
            100u8, 115, 0, 0, 0, 0, 0, 0, 0, 0, 101, 101, 102, 103, 114, 107,
        ];
        assert_eq!(i8x16_swizzle(b, lanes), picked.into());
        assert_eq!(i8x16_relaxed_swizzle(b, lanes), picked.into());
    }
}
