//! Folded stacks: `main;outer;inner 3000`, one line for each stack, as flame
//! graph tools read them.

use crate::Profile;
use std::collections::BTreeMap;

/// The profile as folded stacks, in the order of their names.
pub fn write_folded(profile: &Profile) -> String {
    let mut sums = BTreeMap::<String, u64>::new();
    for stack in &profile.stacks {
        let names = stack.frames.iter().rev().map(|frame| {
            // These two are what lines are made of.
            frame.func.replace([';', '\n'], ":")
        });
        let names = Vec::from_iter(names).join(";");
        *sums.entry(names).or_default() += stack.value;
    }
    let lines = sums
        .iter()
        .map(|(names, value)| format!("{names} {value}\n"));
    lines.collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_outermost_comes_first() {
        let text = super::write_folded(&crate::tests::profile());
        assert_eq!(
            text,
            "main.main 1000\nmain.main;main.outer;main.inner 3000\n"
        );
    }
}
