//! How references of the hierarchies `any`, `extern` and `exn` lie in a slot.
//!
//! | low bits | the rest |
//! | --- | --- |
//! | all zero | null |
//! | `…1` | an `i31`: its 31 bits in bits 1 to 31 |
//! | `…10` | a value of the host: its index in the store, from bit 2 on |
//! | `…000` | an object: its byte offset in the heap |
//!
//! `any` and `extern` share this, so that the conversions between them are
//! nothing at all. A function reference is an address, and never looked at so.

/// The slot of null.
pub(crate) const NULL: u64 = 0;

/// The slot of an `i31` with the low 31 bits of `value`.
#[inline(always)]
pub(crate) fn of_i31(value: u32) -> u64 {
    u64::from(value << 1 | 1)
}

/// An `i31` as a signed number; `None` for null and everything else.
#[inline(always)]
pub(crate) fn i31_signed(slot: u64) -> Option<i32> {
    (slot & 1 == 1).then_some(slot as i32 >> 1)
}

/// An `i31` as an unsigned number; `None` for null and everything else.
#[inline(always)]
pub(crate) fn i31_unsigned(slot: u64) -> Option<u32> {
    (slot & 1 == 1).then_some(slot as u32 >> 1)
}

/// The slot of the host's value `index`.
pub(crate) fn of_host(index: u32) -> u64 {
    u64::from(index) << 2 | 2
}

/// The index of a host's value, if it is one.
pub(crate) fn host(slot: u64) -> Option<u32> {
    (slot & 3 == 2).then_some((slot >> 2) as u32)
}

/// The slot of the object whose header is word `at`.
#[inline(always)]
pub(crate) fn of_object(at: usize) -> u64 {
    at as u64 * 8
}

/// The word of an object's header, if it looks like one.
#[inline(always)]
pub(crate) fn object(slot: u64) -> Option<usize> {
    (slot & 7 == 0 && slot != NULL).then_some((slot / 8) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_do_not_overlap() {
        let slots = [
            NULL,
            of_i31(0),
            of_i31(5),
            of_i31(u32::MAX),
            of_host(0),
            of_host(u32::MAX),
            of_object(1),
            of_object(1 << 30),
        ];
        for slot in slots {
            let kinds = [
                slot == NULL,
                i31_signed(slot).is_some(),
                host(slot).is_some(),
                object(slot).is_some(),
            ];
            assert_eq!(kinds.iter().filter(|is| **is).count(), 1, "{slot:#x}");
        }
        assert_eq!(host(of_host(7)), Some(7));
        assert_eq!(object(of_object(9)), Some(9));
    }

    #[test]
    fn an_i31_keeps_31_bits() {
        assert_eq!(i31_signed(of_i31(0x4000_0000)), Some(-0x4000_0000));
        assert_eq!(i31_unsigned(of_i31(0x4000_0000)), Some(0x4000_0000));
        assert_eq!(i31_signed(of_i31(u32::MAX)), Some(-1));
        assert_eq!(i31_unsigned(of_i31(0xffff_fffe)), Some(0x7fff_fffe));
        assert_eq!(i31_unsigned(of_i31(0x8000_0000)), Some(0));
    }
}
