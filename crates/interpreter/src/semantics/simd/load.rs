//! Loads and stores that do more than copy 16 bytes. The memory access itself is
//! somebody else's: these take the bytes that are there, or give those to write.

use super::*;

define! {
    v128_load8x8_s(bytes: &[u8; 8]) -> V128 = widened::<1, i16, 8>(bytes, |lane| i8::from_le_bytes(lane).into()).into();
    v128_load8x8_u(bytes: &[u8; 8]) -> V128 = widened::<1, u16, 8>(bytes, |lane| u8::from_le_bytes(lane).into()).into();
    v128_load16x4_s(bytes: &[u8; 8]) -> V128 = widened::<2, i32, 4>(bytes, |lane| i16::from_le_bytes(lane).into()).into();
    v128_load16x4_u(bytes: &[u8; 8]) -> V128 = widened::<2, u32, 4>(bytes, |lane| u16::from_le_bytes(lane).into()).into();
    v128_load32x2_s(bytes: &[u8; 8]) -> V128 = widened::<4, i64, 2>(bytes, |lane| i32::from_le_bytes(lane).into()).into();
    v128_load32x2_u(bytes: &[u8; 8]) -> V128 = widened::<4, u64, 2>(bytes, |lane| u32::from_le_bytes(lane).into()).into();

    v128_load8_splat(bytes: &[u8; 1]) -> V128 = [bytes[0]; 16].into();
    v128_load16_splat(bytes: &[u8; 2]) -> V128 = [u16::from_le_bytes(*bytes); 8].into();
    v128_load32_splat(bytes: &[u8; 4]) -> V128 = [u32::from_le_bytes(*bytes); 4].into();
    v128_load64_splat(bytes: &[u8; 8]) -> V128 = [u64::from_le_bytes(*bytes); 2].into();

    v128_load32_zero(bytes: &[u8; 4]) -> V128 = [u32::from_le_bytes(*bytes), 0, 0, 0].into();
    v128_load64_zero(bytes: &[u8; 8]) -> V128 = [u64::from_le_bytes(*bytes), 0].into();

    v128_load8_lane(a: V128, lane: u8, bits: u8) -> V128 = i8x16_replace_lane(a, lane, bits as i32);
    v128_load16_lane(a: V128, lane: u8, bits: u16) -> V128 = i16x8_replace_lane(a, lane, bits as i32);
    v128_load32_lane(a: V128, lane: u8, bits: u32) -> V128 = i32x4_replace_lane(a, lane, bits as i32);
    v128_load64_lane(a: V128, lane: u8, bits: u64) -> V128 = i64x2_replace_lane(a, lane, bits as i64);

    v128_store8_lane(a: &V128, lane: u8) -> u8 = i8x16_extract_lane_u(a, lane) as u8;
    v128_store16_lane(a: &V128, lane: u8) -> u16 = i16x8_extract_lane_u(a, lane) as u16;
    v128_store32_lane(a: &V128, lane: u8) -> u32 = i32x4_extract_lane(a, lane) as u32;
    v128_store64_lane(a: &V128, lane: u8) -> u64 = i64x2_extract_lane(a, lane) as u64;
}

/// Each lane in memory widened. The bytes are not taken by value: LLVM would load
/// them as one integer and shift the lanes out of it.
#[inline(always)]
fn widened<const BYTES: usize, T, const LANES: usize>(
    bytes: &[u8; 8],
    widen: impl Fn([u8; BYTES]) -> T,
) -> [T; LANES] {
    let (lanes, _) = bytes.as_chunks();
    std::array::from_fn(|lane| widen(lanes[lane]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lane_0_comes_from_the_lowest_address() {
        let bytes = [1, 2, 0x80, 4, 5, 6, 7, 0xFF];
        assert_eq!(
            v128_load8x8_s(&bytes),
            [1i16, 2, -128, 4, 5, 6, 7, -1].into()
        );
        assert_eq!(
            v128_load8x8_u(&bytes),
            [1i16, 2, 128, 4, 5, 6, 7, 255].into()
        );
        assert_eq!(v128_load16x4_s(&bytes), [0x201, 0x480, 0x605, -0xF9].into());
        assert_eq!(
            v128_load16x4_u(&bytes),
            [0x201, 0x480, 0x605, 0xFF07].into()
        );
        assert_eq!(v128_load32x2_s(&bytes), [0x480_0201, -0xF8_F9FBi64].into());
        assert_eq!(v128_load32x2_u(&bytes), [0x480_0201, 0xFF07_0605i64].into());
        assert_eq!(
            v128_load64_zero(&bytes).to_u128(),
            u64::from_le_bytes(bytes).into()
        );
        assert_eq!(v128_load32_zero(&[7, 0, 0, 0]).to_u128(), 7);
    }

    #[test]
    fn splats_repeat_the_bits() {
        assert_eq!(v128_load8_splat(&[0xF1]), [0xF1u8; 16].into());
        assert_eq!(v128_load16_splat(&[0xF2, 0xF1]), [0xF1F2u16; 8].into());
        assert_eq!(
            v128_load32_splat(&[0xF4, 0xF3, 0xF2, 0xF1]),
            [0xF1F2_F3F4u32; 4].into()
        );
        assert_eq!(
            v128_load64_splat(&[0, 0, 0, 0, 0, 0, 0, 0x80]),
            [1u64 << 63; 2].into()
        );
    }

    #[test]
    fn a_lane_is_loaded_and_stored() {
        let a = V128::default();
        assert_eq!(v128_store8_lane(&v128_load8_lane(a, 15, 0xF1), 15), 0xF1);
        assert_eq!(
            v128_store16_lane(&v128_load16_lane(a, 7, 0xF1F2), 7),
            0xF1F2
        );
        assert_eq!(
            v128_store32_lane(&v128_load32_lane(a, 3, 0xF1F2_F3F4), 3),
            0xF1F2_F3F4
        );
        assert_eq!(
            v128_store64_lane(&v128_load64_lane(a, 1, 1 << 63), 1),
            1 << 63
        );
        assert_eq!(v128_load8_lane(a, 15, 0xF1).to_u128(), 0xF1 << 120);
    }
}
