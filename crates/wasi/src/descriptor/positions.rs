//! What the cookies of `fd_readdir` mean.

use std::collections::VecDeque;

/// Positions that are known of one directory at a time: more than there are
/// entries in a buffer that a guest may reasonably have.
const MAX_KNOWN: usize = 1 << 14;

/// Where in a directory its cookies lead.
///
/// The host's cookies have 63 bits on most file systems and survive deletions,
/// which is what Go's `RemoveAll` needs. The guest gets the number of the entry
/// instead, as wasi-libc's `telldir` has room for 32 bits.
///
/// Only the last ones are kept: a directory may have millions of entries, and a
/// guest may have it open a thousand times. To go back further is to list from
/// the start.
#[derive(Debug, Default)]
pub(crate) struct Positions {
    /// The host's cookie after entry `first`, the one after that, and so on, as
    /// they were listed last.
    after: VecDeque<u64>,
    /// Counted from 1, if there are any.
    first: u64,
}

impl Positions {
    /// The number and the host's cookie of a position: the one that is wanted,
    /// or the last one known before it.
    pub(crate) fn at_or_before(&self, cookie: u64) -> (u64, u64) {
        let known = cookie.checked_sub(self.first).and_then(|index| {
            let index = index.min((self.after.len() as u64).checked_sub(1)?);
            Some((self.first + index, *self.after.get(index as usize)?))
        });
        known.unwrap_or((0, 0))
    }

    /// Takes note of the host's cookie after entry `number`, counted from 1.
    pub(crate) fn note(&mut self, number: u64, host_cookie: u64) {
        let index = number.checked_sub(self.first);
        match index.map(|index| index as usize) {
            Some(index) if index < self.after.len() => self.after[index] = host_cookie,
            Some(index) if index == self.after.len() && index > 0 => {
                if index == MAX_KNOWN {
                    self.after.pop_front();
                    self.first += 1;
                }
                self.after.push_back(host_cookie);
            }
            // The first of all, or of those that were forgotten.
            _ => {
                self.after.clear();
                self.after.push_back(host_cookie);
                self.first = number;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_positions_are_known() {
        let mut positions = Positions::default();
        assert_eq!(positions.at_or_before(0), (0, 0));
        assert_eq!(positions.at_or_before(u64::MAX), (0, 0));
        for number in 1..=MAX_KNOWN as u64 {
            positions.note(number, number * 10);
        }
        assert_eq!(positions.at_or_before(0), (0, 0));
        assert_eq!(positions.at_or_before(1), (1, 10));
        let last = MAX_KNOWN as u64 + 1;
        positions.note(last, last * 10);
        assert_eq!(positions.after.len(), MAX_KNOWN);
        assert_eq!(positions.at_or_before(1), (0, 0));
        assert_eq!(positions.at_or_before(2), (2, 20));
        assert_eq!(positions.at_or_before(u64::MAX), (last, last * 10));
        positions.note(last, 7);
        assert_eq!(positions.at_or_before(last), (last, 7));
        // Listed from the start again.
        positions.note(1, 11);
        positions.note(2, 22);
        assert_eq!(positions.at_or_before(1), (1, 11));
        assert_eq!(positions.at_or_before(9), (2, 22));
    }
}
