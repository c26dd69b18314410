//! What the cookies of `fd_readdir` mean.

/// Where in a directory its cookies lead.
///
/// The host's cookies have 63 bits on most file systems and survive deletions,
/// which is what Go's `RemoveAll` needs. The guest gets the number of the entry
/// instead, as wasi-libc's `telldir` has room for 32 bits.
#[derive(Debug, Default)]
pub(crate) struct Positions {
    /// The host's cookie after the first entry, the second one, and so on, as
    /// they were listed last.
    after: Vec<u64>,
}

impl Positions {
    /// The number and the host's cookie of a position: the one that is wanted,
    /// or the last one known before it.
    pub(crate) fn at_or_before(&self, cookie: u64) -> (u64, u64) {
        let number = cookie.min(self.after.len() as u64);
        let last = number
            .checked_sub(1)
            .and_then(|last| self.after.get(last as usize));
        (number, last.copied().unwrap_or(0))
    }

    /// Takes note of the host's cookie after entry `number`, counted from 1.
    pub(crate) fn note(&mut self, number: u64, host_cookie: u64) {
        match self.after.get_mut(number as usize - 1) {
            Some(place) => *place = host_cookie,
            None => self.after.push(host_cookie),
        }
    }
}
