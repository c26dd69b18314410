//! Vector instructions, each written as what happens to one lane.
//!
//! `i8x16.add_sat_s` is [`i8x16_add_sat_s`]. Shift counts and lane indices are
//! scalars, tests (`all_true`, `any_true`, `bitmask`) answer `i32`. The loads that
//! do more than load take the raw bits from memory; see `load.rs`.
//!
//! No intrinsic is called: a loop over lanes whose number is known, without a
//! branch, is what LLVM turns into one vector instruction where there is one.

/// Defines lane-wise functions, one a line: operands are named with the shape in
/// which they are read, and the expression is the meaning of one lane.
macro_rules! lanewise {
    ($($name:ident($($operand:ident: $shape:ty),*) -> $result:ty = $meaning:expr;)*) => {
        $(
            #[inline(always)]
            pub fn $name($($operand: V128),*) -> V128 {
                $(let $operand = <$shape>::from($operand);)*
                let result: $result = std::array::from_fn(|lane| {
                    $(let $operand = $operand[lane];)*
                    $meaning
                });
                result.into()
            }
        )*
    };
}

/// As `lanewise!` for operands with twice as many lanes, of which the `low` or the
/// `high` half takes part.
macro_rules! halfwise {
    ($($name:ident($($half:ident $operand:ident: $shape:ty),*) -> $result:ty = $meaning:expr;)*) => {
        $(
            #[inline(always)]
            pub fn $name($($operand: V128),*) -> V128 {
                $(let $operand = <$shape>::from($operand);)*
                let result: $result = std::array::from_fn(|lane| {
                    $(let $operand = $half(&$operand)[lane];)*
                    $meaning
                });
                result.into()
            }
        )*
    };
}

mod bits;
mod compare;
mod convert;
mod float;
mod int;
mod lanes;
mod load;
mod relaxed;
mod widen;

#[cfg(test)]
mod tests;

pub use bits::*;
pub use compare::*;
pub use convert::*;
pub use float::*;
pub use int::*;
pub use lanes::*;
pub use load::*;
pub use relaxed::*;
pub use widen::*;

/// A vector: 16 bytes, lane 0 first, each lane little-endian, as in memory.
///
/// Converts from and to an array of lanes of any shape, for nothing.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(transparent)]
// Bytes, and not a `u128`: LLVM sees through the copies between arrays, while it
// takes lanes out of a wide integer one by one (8 instructions against 108 for
// `i8x16.add`).
pub struct V128([u8; 16]);

impl V128 {
    #[inline(always)]
    pub const fn from_le_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    #[inline(always)]
    pub const fn to_le_bytes(self) -> [u8; 16] {
        self.0
    }

    /// The vector whose first byte is the lowest of `bits`.
    #[inline(always)]
    pub const fn from_u128(bits: u128) -> Self {
        Self(bits.to_le_bytes())
    }

    #[inline(always)]
    pub const fn to_u128(self) -> u128 {
        u128::from_le_bytes(self.0)
    }
}

impl std::fmt::Debug for V128 {
    /// As the text format has it: `i32x4 0x00000001 0x00000000 0x00000000 0x00000000`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [a, b, c, d] = U32x4::from(*self);
        write!(f, "i32x4 {a:#010x} {b:#010x} {c:#010x} {d:#010x}")
    }
}

macro_rules! define_shapes {
    ($($shape:ident = [$lane:ident; $count:literal];)*) => {
        $(
            pub(super) type $shape = [$lane; $count];

            impl From<V128> for $shape {
                #[inline(always)]
                fn from(vector: V128) -> Self {
                    let (lanes, _) = vector.0.as_chunks();
                    std::array::from_fn(|lane| $lane::from_le_bytes(lanes[lane]))
                }
            }

            impl From<$shape> for V128 {
                #[inline(always)]
                fn from(values: $shape) -> Self {
                    let mut bytes = [0; 16];
                    let (lanes, _) = bytes.as_chunks_mut();
                    for (lane, value) in lanes.iter_mut().zip(values) {
                        *lane = value.to_le_bytes();
                    }
                    Self(bytes)
                }
            }
        )*
    };
}

define_shapes! {
    I8x16 = [i8; 16];
    U8x16 = [u8; 16];
    I16x8 = [i16; 8];
    U16x8 = [u16; 8];
    I32x4 = [i32; 4];
    U32x4 = [u32; 4];
    I64x2 = [i64; 2];
    U64x2 = [u64; 2];
    F32x4 = [f32; 4];
    F64x2 = [f64; 2];
}

#[inline(always)]
fn low<T, const N: usize>(lanes: &[T; N]) -> &[T] {
    &lanes[..N / 2]
}

#[inline(always)]
fn high<T, const N: usize>(lanes: &[T; N]) -> &[T] {
    &lanes[N / 2..]
}
