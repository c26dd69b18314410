//! Integer instructions that change the width of lanes: extension and narrowing,
//! products and sums of twice the width.

use super::*;

// No product of two widened lanes overflows.
halfwise! {
    i16x8_extend_low_i8x16_s(low a: I8x16) -> I16x8 = i16::from(a);
    i16x8_extend_low_i8x16_u(low a: U8x16) -> U16x8 = u16::from(a);
    i16x8_extend_high_i8x16_s(high a: I8x16) -> I16x8 = i16::from(a);
    i16x8_extend_high_i8x16_u(high a: U8x16) -> U16x8 = u16::from(a);
    i16x8_extmul_low_i8x16_s(low a: I8x16, low b: I8x16) -> I16x8 = i16::from(a) * i16::from(b);
    i16x8_extmul_low_i8x16_u(low a: U8x16, low b: U8x16) -> U16x8 = u16::from(a) * u16::from(b);
    i16x8_extmul_high_i8x16_s(high a: I8x16, high b: I8x16) -> I16x8 = i16::from(a) * i16::from(b);
    i16x8_extmul_high_i8x16_u(high a: U8x16, high b: U8x16) -> U16x8 = u16::from(a) * u16::from(b);

    i32x4_extend_low_i16x8_s(low a: I16x8) -> I32x4 = i32::from(a);
    i32x4_extend_low_i16x8_u(low a: U16x8) -> U32x4 = u32::from(a);
    i32x4_extend_high_i16x8_s(high a: I16x8) -> I32x4 = i32::from(a);
    i32x4_extend_high_i16x8_u(high a: U16x8) -> U32x4 = u32::from(a);
    i32x4_extmul_low_i16x8_s(low a: I16x8, low b: I16x8) -> I32x4 = i32::from(a) * i32::from(b);
    i32x4_extmul_low_i16x8_u(low a: U16x8, low b: U16x8) -> U32x4 = u32::from(a) * u32::from(b);
    i32x4_extmul_high_i16x8_s(high a: I16x8, high b: I16x8) -> I32x4 = i32::from(a) * i32::from(b);
    i32x4_extmul_high_i16x8_u(high a: U16x8, high b: U16x8) -> U32x4 = u32::from(a) * u32::from(b);

    i64x2_extend_low_i32x4_s(low a: I32x4) -> I64x2 = i64::from(a);
    i64x2_extend_low_i32x4_u(low a: U32x4) -> U64x2 = u64::from(a);
    i64x2_extend_high_i32x4_s(high a: I32x4) -> I64x2 = i64::from(a);
    i64x2_extend_high_i32x4_u(high a: U32x4) -> U64x2 = u64::from(a);
    i64x2_extmul_low_i32x4_s(low a: I32x4, low b: I32x4) -> I64x2 = i64::from(a) * i64::from(b);
    i64x2_extmul_low_i32x4_u(low a: U32x4, low b: U32x4) -> U64x2 = u64::from(a) * u64::from(b);
    i64x2_extmul_high_i32x4_s(high a: I32x4, high b: I32x4) -> I64x2 = i64::from(a) * i64::from(b);
    i64x2_extmul_high_i32x4_u(high a: U32x4, high b: U32x4) -> U64x2 = u64::from(a) * u64::from(b);
}

/// Both operands narrowed, first those of `a`; as `lanewise!` otherwise.
macro_rules! narrow {
    ($($name:ident($a:ident: $shape:ty, b: $same:ty) -> $result:ty = $meaning:expr;)*) => {
        $(
            #[inline(always)]
            pub fn $name($a: V128, b: V128) -> V128 {
                let ($a, b) = (<$shape>::from($a), <$same>::from(b));
                let result: $result = std::array::from_fn(|lane| {
                    let $a = if lane < $a.len() { $a[lane] } else { b[lane - $a.len()] };
                    $meaning
                });
                result.into()
            }
        )*
    };
}

narrow! {
    i8x16_narrow_i16x8_s(a: I16x8, b: I16x8) -> I8x16 = a.clamp(-0x80, 0x7F) as i8;
    i8x16_narrow_i16x8_u(a: I16x8, b: I16x8) -> U8x16 = a.clamp(0, 0xFF) as u8;
    i16x8_narrow_i32x4_s(a: I32x4, b: I32x4) -> I16x8 = a.clamp(-0x8000, 0x7FFF) as i16;
    i16x8_narrow_i32x4_u(a: I32x4, b: I32x4) -> U16x8 = a.clamp(0, 0xFFFF) as u16;
}

/// As `lanewise!`, with a pair of adjacent operand lanes for each lane of the
/// result.
macro_rules! pairwise {
    ($($name:ident($($operand:ident: $shape:ty),*) -> $result:ty = $meaning:expr;)*) => {
        $(
            #[inline(always)]
            pub fn $name($($operand: V128),*) -> V128 {
                $(let $operand = <$shape>::from($operand);)*
                let result: $result = std::array::from_fn(|lane| {
                    $(let $operand = ($operand[2 * lane], $operand[2 * lane + 1]);)*
                    $meaning
                });
                result.into()
            }
        )*
    };
}

pairwise! {
    i16x8_extadd_pairwise_i8x16_s(a: I8x16) -> I16x8 = i16::from(a.0) + i16::from(a.1);
    i16x8_extadd_pairwise_i8x16_u(a: U8x16) -> U16x8 = u16::from(a.0) + u16::from(a.1);
    i32x4_extadd_pairwise_i16x8_s(a: I16x8) -> I32x4 = i32::from(a.0) + i32::from(a.1);
    i32x4_extadd_pairwise_i16x8_u(a: U16x8) -> U32x4 = u32::from(a.0) + u32::from(a.1);

    // Saturates for (-2^7)^2 + (-2^7)^2 alone.
    i16x8_relaxed_dot_i8x16_i7x16_s(a: I8x16, b: I8x16) -> I16x8 = {
        (i16::from(a.0) * i16::from(b.0)).saturating_add(i16::from(a.1) * i16::from(b.1))
    };
}

// This one reads the operands as if they had 32-bit lanes and takes the narrow lanes
// out by shifting, which LLVM understands as multiply-add instructions; of lanes
// picked in steps of two it makes scalar code.
lanewise! {
    // Overflows for (-2^15)^2 + (-2^15)^2 alone, and wraps.
    i32x4_dot_i16x8_s(a: I32x4, b: I32x4) -> I32x4 = {
        let product = |lane: u32| (a << (16 - 16 * lane) >> 16) * (b << (16 - 16 * lane) >> 16);
        product(0).wrapping_add(product(1))
    };
}

define! {
    // In one expression a lane is too much for LLVM to inline it, and a handler
    // that calls loses its tail call.
    i32x4_relaxed_dot_i8x16_i7x16_add_s(a: V128, b: V128, c: V128) -> V128 = {
        i32x4_add(i32x4_extadd_pairwise_i16x8_s(i16x8_relaxed_dot_i8x16_i7x16_s(a, b)), c)
    };
}
