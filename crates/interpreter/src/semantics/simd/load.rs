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
