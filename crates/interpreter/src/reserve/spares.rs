//! Reservations that nobody uses at the moment: to take one of these costs less
//! than to map one anew.

use super::Reservation;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Reservations of one kind, as they were when new except for their first
/// bytes.
pub(crate) struct Spares {
    list: Mutex<Vec<Reservation>>,
    /// How many are kept.
    max: usize,
    /// Bytes at the start of each that are not reset: whoever takes one does
    /// not mind what is there.
    junk_bytes: usize,
}

impl Spares {
    pub fn new(max: usize, junk_bytes: usize) -> Arc<Self> {
        Arc::new(Self {
            list: Mutex::default(),
            max,
            junk_bytes,
        })
    }

    /// One of this length, if there is one.
    pub fn take(self: &Arc<Self>, len_bytes: usize) -> Option<Reservation> {
        let mut list = self.list();
        let at = list
            .iter()
            .rposition(|spare| spare.len_bytes == len_bytes)?;
        Some(self.adopt(list.swap_remove(at)))
    }

    /// Lets a reservation come back here when it is dropped.
    pub fn adopt(self: &Arc<Self>, mut reservation: Reservation) -> Reservation {
        reservation.home = Some(self.clone());
        reservation
    }

    /// Keeps one, if there is room and it can be made as new.
    pub(super) fn give_back(&self, mut reservation: Reservation) {
        if self.list().len() < self.max && reservation.reset(self.junk_bytes) {
            let mut list = self.list();
            // Meanwhile others may have come.
            if list.len() < self.max {
                list.push(reservation);
            }
        }
    }

    fn list(&self) -> MutexGuard<'_, Vec<Reservation>> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(all(target_os = "linux", not(miri)))]
    fn what_comes_back_is_zero_behind_the_junk() {
        let spares = Spares::new(1, 4096);
        let first = spares.adopt(Reservation::new(1 << 16).unwrap());
        let base = first.base();
        // SAFETY: inside the reservation.
        unsafe {
            base.write(1);
            base.add(4096).write(2);
            base.add(0xffff).write(3);
        }
        drop(first);
        assert!(spares.take(1 << 17).is_none());
        let again = spares.take(1 << 16).unwrap();
        assert_eq!(again.base(), base);
        // SAFETY: inside the reservation.
        let bytes = unsafe { std::slice::from_raw_parts(again.base(), 1 << 16) };
        assert_eq!(bytes[0], 1);
        assert!(bytes[4096..].iter().all(|&byte| byte == 0));
        drop(spares.adopt(Reservation::new(1 << 16).unwrap()));
        drop(again);
        assert_eq!(spares.list().len(), 1);
    }
}
