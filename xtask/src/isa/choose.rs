//! Which sequences of instructions become one dispatch: byte-pair encoding over what
//! a set of programs executed. See `docs/decisions/sequences.md`.

use super::counts::Counts;
use std::collections::{BTreeMap, BTreeSet};

/// Steps of the longest sequence: `MAX_STEPS` of the interpreter.
const MAX_STEPS: usize = 6;
/// A sequence that stands for less than this share of one program's dispatches, all
/// programs together, is left out.
const LEAST: f64 = 0.0003;
/// New sequences are taken in rounds, each of so much of what is still missing.
const ROUND: usize = 10;
const SMALLEST_ROUND: usize = 8;

/// Handlers, by number.
type Steps = Vec<u32>;

/// What a program executed.
pub struct Program {
    /// Its name.
    pub name: String,
    /// How much it counts beside the others.
    pub weight: f64,
    runs: Vec<Run>,
    /// Instructions that it executed.
    executed: u64,
}

/// Instructions that follow each other in the code, the same in all places where
/// they do.
struct Run {
    steps: Steps,
    executed: Vec<u64>,
    through: Vec<u64>,
}

/// A dispatch at a place of a run.
struct Taken {
    at: usize,
    steps: usize,
    /// How often it begins.
    begins: f64,
    /// How often it ends by going on right behind it.
    ends: f64,
}

/// The names of handlers, and what has been chosen.
#[derive(Default)]
pub struct Chooser {
    names: Vec<String>,
    numbers: BTreeMap<String, u32>,
    programs: Vec<Program>,
    chosen: BTreeSet<Steps>,
}

impl Chooser {
    /// Adds what a program executed.
    pub fn add(&mut self, name: &str, weight: f64, counts: &Counts) {
        let mut merged: BTreeMap<Steps, (Vec<u64>, Vec<u64>)> = BTreeMap::new();
        let (mut steps, mut executed, mut through) = (Steps::new(), Vec::new(), Vec::new());
        for place in &counts.places {
            steps.push(self.number(&place.name));
            executed.push(place.executed);
            through.push(place.through);
            if place.through == 0 {
                let (executed, through) =
                    (std::mem::take(&mut executed), std::mem::take(&mut through));
                match merged.get_mut(&steps) {
                    None => {
                        merged.insert(steps.clone(), (executed, through));
                    }
                    Some((sum, sum_through)) => {
                        add_up(sum, &executed);
                        add_up(sum_through, &through);
                    }
                }
                steps.clear();
            }
        }
        let runs = merged.into_iter().map(|(steps, (executed, through))| Run {
            steps,
            executed,
            through,
        });
        self.programs.push(Program {
            name: name.to_owned(),
            weight,
            runs: runs.collect(),
            executed: counts.handlers.values().sum(),
        });
    }

    fn number(&mut self, name: &str) -> u32 {
        if let Some(&number) = self.numbers.get(name) {
            return number;
        }
        let number = self.names.len() as u32;
        self.names.push(name.to_owned());
        self.numbers.insert(name.to_owned(), number);
        number
    }

    /// Chooses at most so many sequences of handlers that `may` join.
    pub fn choose(&mut self, at_most: usize, may: impl Fn(&str) -> bool) {
        let may: Vec<bool> = self.names.iter().map(|name| may(name)).collect();
        self.chosen.clear();
        while self.chosen.len() < at_most {
            let missing = at_most - self.chosen.len();
            let round = missing.min(SMALLEST_ROUND.max(missing / ROUND));
            let mut candidates: Vec<_> = self.candidates().into_iter().collect();
            // Those that would save most first; equal ones by their names' numbers,
            // which depend on the order of the programs alone.
            candidates.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            let fitting = candidates.into_iter().map(|candidate| candidate.0);
            let new: Vec<_> = fitting
                .filter(|steps| steps.iter().all(|&step| may[step as usize]))
                .take(round)
                .collect();
            if new.is_empty() {
                break;
            }
            self.chosen.extend(new);
        }
        // Longer ones may have taken the place of shorter ones.
        for _ in 0..3 {
            let shares = self.shares();
            self.chosen
                .retain(|steps| shares.get(steps).copied().unwrap_or(0.0) > LEAST);
        }
    }

    /// What could be joined beyond what is, with the dispatches that it would save.
    fn candidates(&self) -> BTreeMap<Steps, f64> {
        let mut found: BTreeMap<Steps, f64> = BTreeMap::new();
        for program in &self.programs {
            let unit = program.weight / program.executed.max(1) as f64;
            for run in &program.runs {
                let taken = self.parse(run);
                for pair in taken.windows(2) {
                    let (first, second) = (&pair[0], &pair[1]);
                    if first.ends <= 0.0 || second.at != first.at + first.steps {
                        continue;
                    }
                    let mut note = |steps: usize, weight: f64| {
                        if steps <= MAX_STEPS {
                            let steps = run.steps[first.at..first.at + steps].to_vec();
                            if !self.chosen.contains(&steps) {
                                *found.entry(steps).or_default() += weight;
                            }
                        }
                    };
                    note(first.steps + second.steps, first.ends * unit);
                    if second.steps > 1 {
                        note(first.steps + 1, first.ends * unit / 2.0);
                    }
                }
            }
        }
        found
    }

    /// How often each sequence is taken, as a share of the programs' instructions.
    fn shares(&self) -> BTreeMap<Steps, f64> {
        let mut shares: BTreeMap<Steps, f64> = BTreeMap::new();
        for program in &self.programs {
            let unit = program.weight / program.executed.max(1) as f64;
            for run in &program.runs {
                for taken in self.parse(run).iter().filter(|taken| taken.steps > 1) {
                    let steps = run.steps[taken.at..taken.at + taken.steps].to_vec();
                    *shares.entry(steps).or_default() += taken.begins * unit;
                }
            }
        }
        shares
    }

    /// How a run is executed: as the translator would choose, the fewest dispatches
    /// to its end from every place.
    fn parse(&self, run: &Run) -> Vec<Taken> {
        let n = run.steps.len();
        let mut dispatches = vec![0_u32; n + 1];
        let mut choice = vec![1; n];
        for at in (0..n).rev() {
            dispatches[at] = dispatches[at + 1] + 1;
            for steps in 2..=MAX_STEPS.min(n - at) {
                let after = dispatches[at + steps] + 1;
                if after <= dispatches[at] && self.chosen.contains(&run.steps[at..at + steps]) {
                    (dispatches[at], choice[at]) = (after, steps);
                }
            }
        }
        // What arrives at each place other than from the one before it.
        let mut flow = vec![0.0; n + 1];
        let mut before = 0;
        for ((flow, &executed), &through) in flow.iter_mut().zip(&run.executed).zip(&run.through) {
            *flow = executed.saturating_sub(before) as f64;
            before = through;
        }
        let mut taken = Vec::new();
        for at in 0..n {
            let begins = flow[at];
            if begins <= 0.0 {
                continue;
            }
            let mut ends = begins;
            for step in at..at + choice[at] {
                ends *= run.through[step] as f64 / run.executed[step].max(1) as f64;
            }
            taken.push(Taken {
                at,
                steps: choice[at],
                begins,
                ends,
            });
            flow[at + choice[at]] += ends;
        }
        taken
    }

    /// The programs' names, each with the share of its instructions that are
    /// dispatched.
    pub fn left(&self) -> Vec<(&str, f64)> {
        let left = self.programs.iter().map(|program| {
            let taken = program.runs.iter().flat_map(|run| self.parse(run));
            let sum: f64 = taken.map(|taken| taken.begins).sum();
            (&*program.name, sum / program.executed.max(1) as f64)
        });
        left.collect()
    }

    /// What was chosen, as names.
    pub fn sequences(&self) -> Vec<Vec<&str>> {
        let name = |&step: &u32| &*self.names[step as usize];
        let chosen = self.chosen.iter();
        chosen
            .map(|steps| steps.iter().map(name).collect())
            .collect()
    }
}

fn add_up(sums: &mut [u64], more: &[u64]) {
    for (sum, more) in sums.iter_mut().zip(more) {
        *sum += more;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::isa::counts::Place;

    fn counts(places: &[(&str, u64, u64)]) -> Counts {
        let mut counts = Counts::default();
        for &(name, executed, through) in places {
            *counts.handlers.entry(name.to_owned()).or_default() += executed;
            counts.places.push(Place {
                name: name.to_owned(),
                executed,
                through,
            });
        }
        counts
    }

    #[test]
    fn what_is_frequent_becomes_one() {
        let mut chooser = Chooser::default();
        // A loop of four, left after its second in one of ten rounds.
        let places = [("a", 100, 100), ("b", 100, 90), ("c", 90, 90), ("d", 90, 0)];
        chooser.add("loop", 1.0, &counts(&places));
        assert_eq!(chooser.left(), [("loop", 1.0)]);
        chooser.choose(8, |_| true);
        assert_eq!(chooser.sequences(), [["a", "b", "c", "d"]]);
        let left = chooser.left()[0].1;
        assert!((left - 100.0 / 380.0).abs() < 1e-9, "{left}");
    }

    #[test]
    fn what_may_not_be_joined_is_not() {
        let mut chooser = Chooser::default();
        let places = [("a", 9, 9), ("b", 9, 9), ("c", 9, 0)];
        chooser.add("loop", 1.0, &counts(&places));
        chooser.choose(8, |name| name != "c");
        assert_eq!(chooser.sequences(), [["a", "b"]]);
    }
}
