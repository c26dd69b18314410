//! Reserved address space as 64-bit words: what the heap lies in.

use super::Reservation;
use std::ops::{Deref, DerefMut};

/// Words that are zero until they are written, and take no memory until then.
pub(crate) struct Words(Reservation);

impl Words {
    /// None at all.
    pub fn none() -> Self {
        Self(Reservation {
            base: std::ptr::NonNull::<u64>::dangling().cast(),
            len_bytes: 0,
            home: None,
        })
    }

    /// So many words, or `None` where the system refuses.
    pub fn new(len: usize) -> Option<Self> {
        let reservation = Reservation::new(len.checked_mul(8)?)?;
        // A system without lazily committed memory may give less than asked for.
        (reservation.len_bytes() >= len * 8).then_some(Self(reservation))
    }

    /// The words as bytes, each word's lowest first.
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: the reservation is so long, readable, zero or written, and
        // written through `&mut self` alone.
        unsafe { std::slice::from_raw_parts(self.0.base(), self.0.len_bytes()) }
    }

    /// The words as bytes, to write.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: as `bytes`.
        unsafe { std::slice::from_raw_parts_mut(self.0.base(), self.0.len_bytes()) }
    }
}

impl Deref for Words {
    type Target = [u64];

    #[inline(always)]
    fn deref(&self) -> &[u64] {
        // SAFETY: as `bytes`; reservations are aligned to pages.
        unsafe { std::slice::from_raw_parts(self.0.base().cast(), self.0.len_bytes() / 8) }
    }
}

impl DerefMut for Words {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [u64] {
        // SAFETY: as `deref`.
        unsafe { std::slice::from_raw_parts_mut(self.0.base().cast(), self.0.len_bytes() / 8) }
    }
}
