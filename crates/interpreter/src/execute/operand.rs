//! Where operands live and results go. These types are the modes of a handler:
//! `binary::<_, I32Add, SlotImm, ToAcc>` is one instruction.

use super::registers::{FA, FB, FC, Registers};
use crate::semantics::simd::V128;

/// A value that fits a slot, an immediate and an accumulator.
///
/// An `i32` (and an `f32`) occupies the low half of its 8-byte slot; what is in
/// the upper half is undefined, so that `i32.wrap_i64` costs nothing. Writing
/// always writes 8 bytes: a narrow store read by a wide load would stall.
pub(crate) trait Cell: Copy + 'static {
    unsafe fn load(slot: *const u64) -> Self;
    unsafe fn store(self, slot: *mut u64);
    unsafe fn acc(r: &Registers) -> Self;
    unsafe fn set_acc(self, r: &mut Registers);
    /// The immediate of an instruction whose first two words are operands.
    unsafe fn imm(r: &Registers) -> Self;
    /// The 16-bit immediate of stores and compare-branches, in field `OFFSET`: an
    /// integer's low bits, with its sign, or a float's high ones, the others being 0.
    unsafe fn imm16<const OFFSET: usize>(r: &Registers) -> Self;
    /// Words of an instruction with an immediate of this type.
    const IMM_WORDS: usize = 2;
    /// Which accumulator holds values of this type.
    const KIND: Kind = Kind::Int;
}

/// The accumulators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Integers and references.
    Int,
    F32,
    F64,
}

macro_rules! integer_cells {
    ($($ty:ty as $unsigned:ty),*) => {$(
        impl Cell for $ty {
            #[inline(always)]
            unsafe fn load(slot: *const u64) -> Self {
                // SAFETY: V1; little-endian, so the low half comes first.
                unsafe { slot.cast::<$ty>().read() }
            }
            #[inline(always)]
            unsafe fn store(self, slot: *mut u64) {
                // SAFETY: V1.
                unsafe { slot.write(self as $unsigned as u64) }
            }
            #[inline(always)]
            unsafe fn acc(r: &Registers) -> Self {
                r.acc as $ty
            }
            #[inline(always)]
            unsafe fn set_acc(self, r: &mut Registers) {
                // Zero-extended, which on 32 bits costs nothing.
                r.acc = self as $unsigned as u64;
            }
            #[inline(always)]
            unsafe fn imm(r: &Registers) -> Self {
                // SAFETY: V2.
                unsafe { r.imm() as $ty }
            }
            #[inline(always)]
            unsafe fn imm16<const OFFSET: usize>(r: &Registers) -> Self {
                // SAFETY: V2.
                unsafe { r.field::<OFFSET>() as i16 as $ty }
            }
        }
    )*};
}
integer_cells!(i32 as u32, i64 as u64, u32 as u32, u64 as u64);

impl Cell for f32 {
    #[inline(always)]
    unsafe fn load(slot: *const u64) -> Self {
        // SAFETY: V1.
        unsafe { slot.cast::<f32>().read() }
    }
    #[inline(always)]
    unsafe fn store(self, slot: *mut u64) {
        // SAFETY: V1.
        unsafe { slot.write(u64::from(self.to_bits())) }
    }
    #[inline(always)]
    unsafe fn acc(r: &Registers) -> Self {
        r.acc_f32
    }
    #[inline(always)]
    unsafe fn set_acc(self, r: &mut Registers) {
        r.acc_f32 = self;
    }
    #[inline(always)]
    unsafe fn imm(r: &Registers) -> Self {
        // SAFETY: V2.
        unsafe { f32::from_bits(r.imm_u32()) }
    }
    #[inline(always)]
    unsafe fn imm16<const OFFSET: usize>(r: &Registers) -> Self {
        // SAFETY: V2.
        unsafe { f32::from_bits(u32::from(r.field::<OFFSET>()) << 16) }
    }
    const KIND: Kind = Kind::F32;
}

impl Cell for f64 {
    #[inline(always)]
    unsafe fn load(slot: *const u64) -> Self {
        // SAFETY: V1.
        unsafe { slot.cast::<f64>().read() }
    }
    #[inline(always)]
    unsafe fn store(self, slot: *mut u64) {
        // SAFETY: V1.
        unsafe { slot.cast::<f64>().write(self) }
    }
    #[inline(always)]
    unsafe fn acc(r: &Registers) -> Self {
        r.acc_f64
    }
    #[inline(always)]
    unsafe fn set_acc(self, r: &mut Registers) {
        r.acc_f64 = self;
    }
    #[inline(always)]
    unsafe fn imm(r: &Registers) -> Self {
        // SAFETY: V2, IMM_WORDS says that the third word is there.
        unsafe { f64::from_bits(r.word::<2>()) }
    }
    #[inline(always)]
    unsafe fn imm16<const OFFSET: usize>(r: &Registers) -> Self {
        // SAFETY: V2.
        unsafe { f64::from_bits(u64::from(r.field::<OFFSET>()) << 48) }
    }
    const IMM_WORDS: usize = 3;
    const KIND: Kind = Kind::F64;
}

/// Reads and writes vectors, which take two slots and have no accumulator.
#[inline(always)]
pub(crate) unsafe fn load_v128(slot: *const u64) -> V128 {
    // SAFETY: V1: both slots lie in the frame; slots are 8-aligned only.
    unsafe { slot.cast::<V128>().read_unaligned() }
}

/// See [`load_v128`]. One store, whatever the vector was made of: its next
/// reader loads 16 bytes, which would wait for two stores of 8 to leave the
/// store buffer.
#[inline(always)]
pub(crate) unsafe fn store_v128(value: V128, slot: *mut u64) {
    // SAFETY: V1; a vector register is 16 bytes, and any are valid.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        std::arch::x86_64::_mm_storeu_si128(
            slot.cast(),
            std::mem::transmute::<V128, std::arch::x86_64::__m128i>(value),
        );
    }
    // SAFETY: V1.
    #[cfg(not(target_arch = "x86_64"))]
    unsafe {
        slot.cast::<V128>().write_unaligned(value);
    }
}

/// Where the two operands of a binary instruction come from. A slot operand is
/// named in B, a second one in C; an immediate is in I.
pub(crate) trait Pair: 'static {
    unsafe fn read<T: Cell>(r: &Registers) -> (T, T);
    /// As `read`, but a slot is in A, a second one or a 16-bit immediate in B:
    /// the layout of compare-and-branch, whose I is the target.
    unsafe fn read_short<T: Cell>(r: &Registers) -> (T, T);
    /// Whether one of them is an immediate.
    const IMM: bool;
}

macro_rules! pairs {
    ($($(#[$doc:meta])* $name:ident $imm:literal: $a:ident, $b:ident;)*) => {$(
        $(#[$doc])*
        pub(crate) struct $name;
        impl Pair for $name {
            #[inline(always)]
            unsafe fn read<T: Cell>(r: &Registers) -> (T, T) {
                // SAFETY: V1, V2.
                unsafe { (pairs!(@ $a r T), pairs!(@ $b r T)) }
            }
            #[inline(always)]
            unsafe fn read_short<T: Cell>(r: &Registers) -> (T, T) {
                // SAFETY: V1, V2.
                unsafe { (pairs!(short $a r T), pairs!(short $b r T)) }
            }
            const IMM: bool = $imm;
        }
    )*};
    (@ acc $r:ident $t:ident) => { $t::acc($r) };
    (@ slot $r:ident $t:ident) => { $t::load($r.slot::<FB>()) };
    (@ slot2 $r:ident $t:ident) => { $t::load($r.slot::<FC>()) };
    (@ imm $r:ident $t:ident) => { $t::imm($r) };
    (short acc $r:ident $t:ident) => { $t::acc($r) };
    (short slot $r:ident $t:ident) => { $t::load($r.slot::<FA>()) };
    (short slot2 $r:ident $t:ident) => { $t::load($r.slot::<FB>()) };
    (short imm $r:ident $t:ident) => { $t::imm16::<FB>($r) };
}
pairs! {
    /// Two slots.
    SlotSlot false: slot, slot2;
    /// Slot and immediate.
    SlotImm true: slot, imm;
    /// Accumulator and slot.
    AccSlot false: acc, slot;
    /// Accumulator and immediate.
    AccImm true: acc, imm;
    /// Slot and accumulator.
    SlotAcc false: slot, acc;
    /// Immediate and slot.
    ImmSlot true: imm, slot;
    /// Immediate and accumulator.
    ImmAcc true: imm, acc;
}

/// Where a single operand comes from.
pub(crate) trait Source: 'static {
    unsafe fn read<T: Cell, const OFFSET: usize>(r: &Registers) -> T;
}

/// The slot named in the field.
pub(crate) struct Slot;
/// The accumulator of the operand's type.
pub(crate) struct Acc;
/// The 16-bit immediate in the field.
pub(crate) struct Imm16;

impl Source for Slot {
    #[inline(always)]
    unsafe fn read<T: Cell, const OFFSET: usize>(r: &Registers) -> T {
        // SAFETY: V1.
        unsafe { T::load(r.slot::<OFFSET>()) }
    }
}

impl Source for Acc {
    #[inline(always)]
    unsafe fn read<T: Cell, const OFFSET: usize>(r: &Registers) -> T {
        // SAFETY: reading the accumulator needs nothing.
        unsafe { T::acc(r) }
    }
}

impl Source for Imm16 {
    #[inline(always)]
    unsafe fn read<T: Cell, const OFFSET: usize>(r: &Registers) -> T {
        // SAFETY: V2.
        unsafe { T::imm16::<OFFSET>(r) }
    }
}

/// Where a result goes. The accumulator is always written; a destination slot
/// is named in A, in both variants, so that the translator can turn one into
/// the other afterwards.
pub(crate) trait Target: 'static {
    unsafe fn write<T: Cell>(r: &mut Registers, value: T);
}

/// The accumulator alone.
pub(crate) struct ToAcc;
/// The accumulator and a slot.
pub(crate) struct ToSlot;

impl Target for ToAcc {
    #[inline(always)]
    unsafe fn write<T: Cell>(r: &mut Registers, value: T) {
        // SAFETY: writing the accumulator needs nothing.
        unsafe { value.set_acc(r) }
    }
}

impl Target for ToSlot {
    #[inline(always)]
    unsafe fn write<T: Cell>(r: &mut Registers, value: T) {
        // SAFETY: V1.
        unsafe {
            value.store(r.slot::<FA>());
            value.set_acc(r);
        }
    }
}
