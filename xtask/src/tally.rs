//! Counting what passed, failed and was skipped.

use std::fmt;

/// The counts of one kind of test.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Tally {
    /// How many passed.
    pub passed: u64,
    /// How many failed.
    pub failed: u64,
    /// How many did not run although they exist.
    pub skipped: u64,
    /// Why: each reason with the number of tests that it covers.
    pub reasons: Vec<(String, u64)>,
}

impl Tally {
    /// Counts `count` skipped tests under one reason.
    pub fn skip(&mut self, reason: impl Into<String>, count: u64) {
        let reason = reason.into();
        self.skipped += count;
        match self.reasons.iter_mut().find(|known| known.0 == reason) {
            Some(known) => known.1 += count,
            None => self.reasons.push((reason, count)),
        }
    }

    /// Adds another tally to this one.
    pub fn add(&mut self, other: &Tally) {
        self.passed += other.passed;
        self.failed += other.failed;
        let explained: u64 = other.reasons.iter().map(|reason| reason.1).sum();
        self.skipped += other.skipped - explained.min(other.skipped);
        for (reason, count) in &other.reasons {
            self.skip(reason.clone(), *count);
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} passed, {} failed, {} skipped",
            self.passed, self.failed, self.skipped
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tallies_add_up_and_keep_their_reasons() {
        let mut all = Tally {
            passed: 2,
            failed: 1,
            ..Tally::default()
        };
        let mut more = Tally {
            passed: 3,
            ..Tally::default()
        };
        more.skip("no network", 2);
        all.add(&more);
        all.add(&more);
        assert_eq!(all.to_string(), "8 passed, 1 failed, 4 skipped");
        assert_eq!(all.reasons, [("no network".to_string(), 4)]);
    }
}
