//! Loads and stores that do more than copy 16 bytes. The memory access itself is
//! somebody else's: these take the bits that it read, or give those to write.

use super::*;

define! {
    v128_load8x8_s(bits: u64) -> V128 = i16x8_extend_low_i8x16_s(v128_load64_zero(bits));
    v128_load8x8_u(bits: u64) -> V128 = i16x8_extend_low_i8x16_u(v128_load64_zero(bits));
    v128_load16x4_s(bits: u64) -> V128 = i32x4_extend_low_i16x8_s(v128_load64_zero(bits));
    v128_load16x4_u(bits: u64) -> V128 = i32x4_extend_low_i16x8_u(v128_load64_zero(bits));
    v128_load32x2_s(bits: u64) -> V128 = i64x2_extend_low_i32x4_s(v128_load64_zero(bits));
    v128_load32x2_u(bits: u64) -> V128 = i64x2_extend_low_i32x4_u(v128_load64_zero(bits));

    v128_load8_splat(bits: u8) -> V128 = [bits; 16].into();
    v128_load16_splat(bits: u16) -> V128 = [bits; 8].into();
    v128_load32_splat(bits: u32) -> V128 = [bits; 4].into();
    v128_load64_splat(bits: u64) -> V128 = [bits; 2].into();

    v128_load32_zero(bits: u32) -> V128 = [bits, 0, 0, 0].into();
    v128_load64_zero(bits: u64) -> V128 = [bits, 0].into();

    v128_load8_lane(a: V128, lane: u8, bits: u8) -> V128 = i8x16_replace_lane(a, lane, bits as i32);
    v128_load16_lane(a: V128, lane: u8, bits: u16) -> V128 = i16x8_replace_lane(a, lane, bits as i32);
    v128_load32_lane(a: V128, lane: u8, bits: u32) -> V128 = i32x4_replace_lane(a, lane, bits as i32);
    v128_load64_lane(a: V128, lane: u8, bits: u64) -> V128 = i64x2_replace_lane(a, lane, bits as i64);

    v128_store8_lane(a: V128, lane: u8) -> u8 = i8x16_extract_lane_u(a, lane) as u8;
    v128_store16_lane(a: V128, lane: u8) -> u16 = i16x8_extract_lane_u(a, lane) as u16;
    v128_store32_lane(a: V128, lane: u8) -> u32 = i32x4_extract_lane(a, lane) as u32;
    v128_store64_lane(a: V128, lane: u8) -> u64 = i64x2_extract_lane(a, lane) as u64;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lane_0_comes_from_the_lowest_address() {
        let bits = u64::from_le_bytes([1, 2, 0x80, 4, 5, 6, 7, 0xFF]);
        assert_eq!(v128_load8x8_s(bits), [1i16, 2, -128, 4, 5, 6, 7, -1].into());
        assert_eq!(v128_load8x8_u(bits), [1i16, 2, 128, 4, 5, 6, 7, 255].into());
        assert_eq!(v128_load16x4_s(bits), [0x201, 0x480, 0x605, -0xF9].into());
        assert_eq!(v128_load16x4_u(bits), [0x201, 0x480, 0x605, 0xFF07].into());
        assert_eq!(v128_load32x2_s(bits), [0x480_0201, -0xF8_F9FBi64].into());
        assert_eq!(v128_load32x2_u(bits), [0x480_0201, 0xFF07_0605i64].into());
        assert_eq!(v128_load64_zero(bits).to_u128(), bits.into());
        assert_eq!(v128_load32_zero(7).to_u128(), 7);
    }

    #[test]
    fn splats_repeat_the_bits() {
        assert_eq!(v128_load8_splat(0xF1), [0xF1u8; 16].into());
        assert_eq!(v128_load16_splat(0xF1F2), [0xF1F2u16; 8].into());
        assert_eq!(v128_load32_splat(0xF1F2_F3F4), [0xF1F2_F3F4u32; 4].into());
        assert_eq!(v128_load64_splat(1 << 63), [1u64 << 63; 2].into());
    }

    #[test]
    fn a_lane_is_loaded_and_stored() {
        let a = V128::default();
        assert_eq!(v128_store8_lane(v128_load8_lane(a, 15, 0xF1), 15), 0xF1);
        assert_eq!(v128_store16_lane(v128_load16_lane(a, 7, 0xF1F2), 7), 0xF1F2);
        assert_eq!(
            v128_store32_lane(v128_load32_lane(a, 3, 0xF1F2_F3F4), 3),
            0xF1F2_F3F4
        );
        assert_eq!(
            v128_store64_lane(v128_load64_lane(a, 1, 1 << 63), 1),
            1 << 63
        );
        assert_eq!(v128_load8_lane(a, 15, 0xF1).to_u128(), 0xF1 << 120);
    }
}
