//! Vector instructions. A vector lies in two consecutive slots, of which an
//! instruction names the first, and goes from slots to a slot: there is no
//! accumulator for vectors. Their scalar operands and results have the modes of
//! scalar instructions.
//!
//! A handler reads all operands before it writes its result: the translator may
//! have made the result's slot that of an operand.

use super::control::trap;
use super::dispatch::next;
use super::memory::{Address, inside, place};
use super::operand::{Slot, Source, Target, load_v128, store_v128};
use super::registers::{FA, FB, FC, FD, handlers};
use super::simd_operation::{
    VBinary, VExtract, VLoad, VLoadLane, VReplace, VShift, VSplat, VStoreLane, VTernary, VTest,
    VUnary,
};
use crate::semantics::simd::{self, V128};
use fossor_host::Trap;

/// Byte offset of the vector's field in word 2 of a lane access.
const VECTOR: usize = 16;
/// Byte offset of the lane in word 2 of a lane access.
const LANE: usize = 18;
/// Byte offset of the vector's field in word 3, after an offset.
const VECTOR_OTHER: usize = 24;
/// Byte offset of the lane in word 3.
const LANE_OTHER: usize = 26;

/// The vector in a slot, of which only a part is read.
#[inline(always)]
unsafe fn vector<'a>(slot: *const u64) -> &'a V128 {
    // SAFETY: V1; a vector is bytes and needs no alignment, and nothing is
    // written while the handler looks at it.
    unsafe { bytes(slot.cast()) }
}

/// What lies at an address that was checked, if it needs no alignment.
#[inline(always)]
unsafe fn bytes<'a, T>(at: *const u8) -> &'a T {
    const { assert!(align_of::<T>() == 1) }
    // SAFETY: V1 or V4, as the caller says; nothing is written while the
    // handler looks at it.
    unsafe { &*at.cast() }
}

handlers! {
    /// `A := Op(B)`
    fn v_unary<Op: VUnary>(r) {
        let value = Op::eval(load_v128(r.slot::<FB>()));
        store_v128(value, r.slot::<FA>());
        next::<D>(r, 2)
    }

    /// `A := Op(B, C)`
    fn v_binary<Op: VBinary>(r) {
        let value = Op::eval(load_v128(r.slot::<FB>()), load_v128(r.slot::<FC>()));
        store_v128(value, r.slot::<FA>());
        next::<D>(r, 2)
    }

    /// `A := Op(B, C, D)`
    fn v_ternary<Op: VTernary>(r) {
        let (a, b) = (load_v128(r.slot::<FB>()), load_v128(r.slot::<FC>()));
        let value = Op::eval(a, b, load_v128(r.slot::<FD>()));
        store_v128(value, r.slot::<FA>());
        next::<D>(r, 2)
    }

    /// `A := Op(B, C)`, C a scalar.
    fn v_shift<Op: VShift, S: Source>(r) {
        let count = S::read::<i32, FC>(&r);
        store_v128(Op::eval(load_v128(r.slot::<FB>()), count), r.slot::<FA>());
        next::<D>(r, 2)
    }

    /// `A := C in all lanes`
    fn v_splat<Op: VSplat, S: Source>(r) {
        store_v128(Op::eval(S::read::<Op::In, FC>(&r)), r.slot::<FA>());
        next::<D>(r, 2)
    }

    /// `A := B, but C in lane D`
    fn v_replace<Op: VReplace, S: Source>(r) {
        let value = S::read::<Op::In, FC>(&r);
        let lane = r.field::<FD>() as u8;
        store_v128(Op::eval(load_v128(r.slot::<FB>()), lane, value), r.slot::<FA>());
        next::<D>(r, 2)
    }

    /// `A := lane D of B`, a scalar.
    fn v_extract<Op: VExtract, W: Target>(r) {
        let value = Op::eval(vector(r.slot::<FB>()), r.field::<FD>() as u8);
        W::write(&mut r, value);
        next::<D>(r, 2)
    }

    /// `A := Op(B)`, a scalar.
    fn v_test<Op: VTest, W: Target>(r) {
        let value = Op::eval(load_v128(r.slot::<FB>()));
        W::write(&mut r, value);
        next::<D>(r, 2)
    }

    /// `A := lanes of B and C, named in words 2, 3`
    fn v_shuffle(r) {
        let lanes = r.ip.add(2).cast::<[u8; 16]>().read();
        let value = simd::i8x16_shuffle(load_v128(r.slot::<FB>()), load_v128(r.slot::<FC>()), lanes);
        store_v128(value, r.slot::<FA>());
        next::<D>(r, 4)
    }

    /// `A := Op(memory[B + I])`
    fn v_load<Op: VLoad, E: Address>(r) {
        let ea = E::effective::<FB>(&r);
        if !inside(&r, ea, size_of::<Op::Raw>()) {
            return trap(r, Trap::MemoryOutOfBounds);
        }
        // V4: checked above for the width of Raw.
        let raw = bytes::<Op::Raw>(r.mem.add(ea as usize));
        store_v128(Op::extend(raw), r.slot::<FA>());
        next::<D>(r, 2)
    }

    /// `memory[A + I] := B`
    fn v_store<E: Address>(r) {
        let ea = E::effective::<FA>(&r);
        if !inside(&r, ea, size_of::<V128>()) {
            return trap(r, Trap::MemoryOutOfBounds);
        }
        // V4: checked above for a vector's width.
        let to = r.mem.add(ea as usize).cast::<V128>();
        to.write_unaligned(load_v128(r.slot::<FB>()));
        next::<D>(r, 2)
    }

    /// `A := Op(memory I[B + word 2])`: memories other than the first, and those
    /// with 64-bit addresses.
    fn v_load_other<Op: VLoad>(r) {
        let Some(from) = place::<FB>(&r, size_of::<Op::Raw>()) else {
            return trap(r, Trap::MemoryOutOfBounds);
        };
        // V4 for that memory: `place`.
        let raw = bytes::<Op::Raw>(from);
        store_v128(Op::extend(raw), r.slot::<FA>());
        next::<D>(r, 3)
    }

    /// `memory I[A + word 2] := B`, as `v_load_other`.
    fn v_store_other(r) {
        let Some(to) = place::<FA>(&r, size_of::<V128>()) else {
            return trap(r, Trap::MemoryOutOfBounds);
        };
        // V4 for that memory: `place`.
        to.cast::<V128>().write_unaligned(load_v128(r.slot::<FB>()));
        next::<D>(r, 3)
    }

    /// `A := V, but memory[B + I] in a lane`; V and the lane are in word 2.
    fn v_load_lane<Op: VLoadLane>(r) {
        let ea = Slot::effective::<FB>(&r);
        if !inside(&r, ea, size_of::<Op::Raw>()) {
            return trap(r, Trap::MemoryOutOfBounds);
        }
        // V4: checked above for the width of Raw.
        let raw = r.mem.add(ea as usize).cast::<Op::Raw>().read_unaligned();
        let value = Op::replace(load_v128(r.slot::<VECTOR>()), r.field::<LANE>() as u8, raw);
        store_v128(value, r.slot::<FA>());
        next::<D>(r, 3)
    }

    /// `memory[A + I] := a lane of V`; V and the lane are in word 2.
    fn v_store_lane<Op: VStoreLane>(r) {
        let ea = Slot::effective::<FA>(&r);
        if !inside(&r, ea, size_of::<Op::Raw>()) {
            return trap(r, Trap::MemoryOutOfBounds);
        }
        let raw = Op::extract(vector(r.slot::<VECTOR>()), r.field::<LANE>() as u8);
        // V4: checked above for the width of Raw.
        r.mem.add(ea as usize).cast::<Op::Raw>().write_unaligned(raw);
        next::<D>(r, 3)
    }

    /// As `v_load_lane`, for memory I and the offset in word 2; V and the lane
    /// are in word 3.
    fn v_load_lane_other<Op: VLoadLane>(r) {
        let Some(from) = place::<FB>(&r, size_of::<Op::Raw>()) else {
            return trap(r, Trap::MemoryOutOfBounds);
        };
        // V4 for that memory: `place`.
        let raw = from.cast::<Op::Raw>().read_unaligned();
        let vector = load_v128(r.slot::<VECTOR_OTHER>());
        let value = Op::replace(vector, r.field::<LANE_OTHER>() as u8, raw);
        store_v128(value, r.slot::<FA>());
        next::<D>(r, 4)
    }

    /// As `v_store_lane`, with words as `v_load_lane_other`.
    fn v_store_lane_other<Op: VStoreLane>(r) {
        let Some(to) = place::<FA>(&r, size_of::<Op::Raw>()) else {
            return trap(r, Trap::MemoryOutOfBounds);
        };
        let raw = Op::extract(vector(r.slot::<VECTOR_OTHER>()), r.field::<LANE_OTHER>() as u8);
        // V4 for that memory: `place`.
        to.cast::<Op::Raw>().write_unaligned(raw);
        next::<D>(r, 4)
    }
}
