//! Shuffles by the instruction that x86-64 has for them since SSSE3 (2006). The
//! baseline that programs are compiled for lacks it, and LLVM makes a hundred
//! instructions of what is one; so the translator asks the processor.

use super::dispatch::next;
use super::handlers::{PerDispatch, both};
use super::operand::{load_v128, store_v128};
use super::registers::{FA, FB, FC, Handler, handlers};
use crate::semantics::simd::V128;
use std::arch::x86_64::{__m128i, _mm_add_epi8, _mm_adds_epu8, _mm_or_si128};
use std::arch::x86_64::{_mm_set1_epi8, _mm_shuffle_epi8};

/// Handlers for `i8x16.swizzle` and `i8x16.shuffle`, if the processor has the
/// instruction.
pub(crate) struct Shuffles {
    pub swizzle: PerDispatch<Handler>,
    pub shuffle: PerDispatch<Handler>,
}

/// See [`Shuffles`].
pub(crate) fn shuffles() -> Option<Shuffles> {
    std::is_x86_feature_detected!("ssse3").then(|| Shuffles {
        swizzle: both!(swizzle),
        shuffle: both!(shuffle),
    })
}

#[inline(always)]
pub(super) fn to_register(vector: V128) -> __m128i {
    // SAFETY: 16 bytes each, and any are valid.
    unsafe { std::mem::transmute(vector) }
}

#[inline(always)]
pub(super) fn to_vector(register: __m128i) -> V128 {
    // SAFETY: as above.
    unsafe { std::mem::transmute(register) }
}

// `pshufb` takes the low four bits of an index, and makes a zero if the highest
// is set.
handlers! {
    /// `A := bytes of B, named by C`
    #[target_feature(enable = "ssse3")]
    fn swizzle(r) {
        let (a, indices) = (to_register(load_v128(r.slot::<FB>())), load_v128(r.slot::<FC>()));
        // From 16 on this sets the highest bit.
        let indices = _mm_adds_epu8(to_register(indices), _mm_set1_epi8(0x70));
        store_v128(to_vector(_mm_shuffle_epi8(a, indices)), r.slot::<FA>());
        next::<D>(r, 2)
    }

    /// `A := bytes of B and C, named in words 2, 3`
    #[target_feature(enable = "ssse3")]
    fn shuffle(r) {
        let (a, b) = (load_v128(r.slot::<FB>()), load_v128(r.slot::<FC>()));
        let indices = to_register(load_v128(r.ip.add(2)));
        // The highest bit for 16..32, and for 0..16.
        let in_a = _mm_add_epi8(indices, _mm_set1_epi8(0x70));
        let in_b = _mm_add_epi8(indices, _mm_set1_epi8(-16));
        let from_a = _mm_shuffle_epi8(to_register(a), in_a);
        let from_b = _mm_shuffle_epi8(to_register(b), in_b);
        store_v128(to_vector(_mm_or_si128(from_a, from_b)), r.slot::<FA>());
        next::<D>(r, 4)
    }
}
