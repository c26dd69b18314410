//! Which of the inputs that libFuzzer found are worth a place in `fuzz/corpus`: every
//! test run goes through them, so they are few.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::path::PathBuf;

/// Inputs of a target.
const INPUTS: usize = 60;

/// Bytes of a target's inputs.
const TOTAL_BYTES: u64 = 200_000;

/// An input, and what it reaches.
#[derive(Debug, PartialEq)]
pub struct Input {
    pub path: PathBuf,
    pub len_bytes: u64,
    /// Edges, and how often they are taken, as numbers of libFuzzer's.
    reached: HashSet<u64>,
}

/// Reads the file that libFuzzer writes when it merges: how many files and how many
/// of them are there already, their names, and for each a line `STARTED number
/// bytes` and some of numbers that it reaches.
pub fn read(control: &str) -> Vec<Input> {
    let mut lines = control.lines();
    let count: usize = lines.next().and_then(|line| line.parse().ok()).unwrap_or(0);
    lines.next();
    let paths = lines.by_ref().take(count);
    let mut inputs: Vec<_> = paths
        .map(|path| Input {
            path: path.into(),
            len_bytes: 0,
            reached: HashSet::new(),
        })
        .collect();
    for line in lines {
        let mut words = line.split(' ');
        let kind = words.next().unwrap_or_default();
        let mut numbers = words.filter_map(|word| word.parse::<u64>().ok());
        let Some(input) = numbers
            .next()
            .and_then(|index| inputs.get_mut(index as usize))
        else {
            continue;
        };
        match kind {
            "STARTED" => input.len_bytes = numbers.next().unwrap_or_default(),
            "FT" => input.reached.extend(numbers),
            _ => {}
        }
    }
    inputs
}

/// Those that reach most of what those before them do not, until there are enough; of
/// two the shorter. The ones that `is_kept` are there already.
pub fn chosen(mut inputs: Vec<Input>, is_kept: impl Fn(&Input) -> bool) -> Vec<PathBuf> {
    let mut reached = HashSet::new();
    let (mut count, mut bytes) = (0, 0);
    inputs.retain(|input| {
        let kept = is_kept(input);
        if kept {
            reached.extend(&input.reached);
            count += 1;
            bytes += input.len_bytes;
        }
        !kept
    });
    let mut chosen = Vec::new();
    while count < INPUTS {
        let gains = inputs.iter().enumerate().filter_map(|(index, input)| {
            let gain = input.reached.difference(&reached).count() as u64;
            let fits = gain > 0 && bytes + input.len_bytes <= TOTAL_BYTES;
            fits.then_some((gain, Reverse(input.len_bytes), index))
        });
        let Some((_, _, best)) = gains.max() else {
            break;
        };
        let best = inputs.swap_remove(best);
        reached.extend(&best.reached);
        count += 1;
        bytes += best.len_bytes;
        chosen.push(best.path);
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reaches_most_that_is_new_comes_first() {
        let control = "4\n0\nlong\nkept\nshort\nmost\nSTARTED 0 1000\nFT 0 1 2\nCOV 0 9\n\
            STARTED 1 10\nFT 1 1\nSTARTED 2 100\nFT 2 2\nSTARTED 3 500\nFT 3 1 3 4\nDONE\n";
        let inputs = read(control);
        assert_eq!(inputs[0].len_bytes, 1000);
        let is_kept = |input: &Input| input.path.as_os_str() == "kept";
        let names: Vec<_> = chosen(inputs, is_kept);
        assert_eq!(names, [PathBuf::from("most"), PathBuf::from("short")]);
    }
}
