//! Which of many ranges of addresses, which may lie in each other, an address is in.

use crate::budget::Budget;
use crate::error::DwarfError;

/// Ranges that are looked at for one step of the budget: a look takes 1 ns.
const LOOKS_PER_STEP: usize = 32;

/// Ranges, each with what it is about.
pub(crate) struct Ranges<T> {
    /// First address, first one behind; by the first.
    all: Vec<(u64, u64, T)>,
    /// Where the furthest of a range and all before it ends.
    ends: Vec<u64>,
}

impl<T> Ranges<T> {
    pub fn new(mut all: Vec<(u64, u64, T)>) -> Self {
        all.sort_by_key(|(begin, _, _)| *begin);
        let mut furthest = 0;
        let ends = all.iter().map(|(_, end, _)| {
            furthest = furthest.max(*end);
            furthest
        });
        let ends = ends.collect();
        Self { all, ends }
    }

    /// The ranges that an address is in: their bytes, and what they are about.
    pub fn around(&self, pc: u64, budget: &mut Budget) -> Result<Vec<(u64, &T)>, DwarfError> {
        let behind = self.all.partition_point(|(begin, _, _)| *begin <= pc);
        let reaching = self.ends[..behind].iter().rev();
        let reaching = reaching.take_while(|end| **end > pc).count();
        budget.spend(1 + reaching / LOOKS_PER_STEP)?;
        let near = self.all[behind - reaching..behind].iter();
        let around = near.filter(|(_, end, _)| *end > pc);
        let around = Vec::from_iter(around.map(|(begin, end, of)| (end - begin, of)));
        budget.spend(around.len())?;
        Ok(around)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_are_found() {
        let mut budget = Budget::of(0);
        let all = [(5, 9, 'c'), (0, 20, 'a'), (2, 4, 'b'), (6, 7, 'd')];
        let ranges = Ranges::new(all.to_vec());
        let mut at = |pc| {
            let around = ranges.around(pc, &mut budget).unwrap();
            let mut names = String::from_iter(around.iter().map(|(_, name)| **name));
            names += &format!("{}", around.iter().map(|(bytes, _)| bytes).sum::<u64>());
            names
        };
        assert_eq!(
            [at(0), at(3), at(4), at(6), at(20)],
            ["a20", "ab22", "a20", "acd25", "0"]
        );
        let deep = Ranges::new(vec![(0, 9, ()); 10_000]);
        for _ in 0..100_000 {
            if deep.around(4, &mut budget).is_err() {
                return;
            }
        }
        panic!("nobody pays");
    }
}
