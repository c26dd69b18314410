//! Folded stacks: `main;outer;inner 3000`, one line for each stack, as flame
//! graph tools read them.

use crate::Profile;
use std::collections::BTreeMap;

/// The profile as folded stacks, in the order of their names.
pub fn write_folded(profile: &Profile) -> String {
    let mut sums = BTreeMap::<String, u64>::new();
    for stack in &profile.stacks {
        let names = stack.frames.iter().rev().map(|frame| shown(&frame.func));
        let names = number_apart(Vec::from_iter(names).join(";"));
        *sums.entry(names).or_default() += stack.value;
    }
    let lines = sums
        .iter()
        .map(|(names, value)| format!("{names} {value}\n"));
    lines.collect()
}

/// A name that a line can have: readers take spaces off its ends.
fn shown(func: &str) -> String {
    let name = fossor_text::shown(func.trim()).replace(';', ":");
    match name.trim() {
        "" => "?".to_owned(),
        name => name.to_owned(),
    }
}

/// Flame graphs take a second number at the end of a line for that of another profile, so
/// none may stand there behind a space.
fn number_apart(names: String) -> String {
    match names.rsplit_once(' ') {
        Some((head, tail)) if tail.chars().all(|c| c.is_ascii_digit() || c == '.') => {
            format!("{head}\u{a0}{tail}")
        }
        _ => names,
    }
}

#[cfg(test)]
mod tests {
    use crate::tests::{frame, profile};

    #[test]
    fn names_do_not_end_lines() {
        let mut profile = profile();
        let names = [" f;g\nh\x1b ", "", "core 12"];
        for (stack, name) in profile.stacks.iter_mut().zip(["a 12", " b"]) {
            stack.frames = names.map(|name| frame(name, 5, false)).to_vec();
            stack.frames.insert(0, frame(name, 5, false));
        }
        assert_eq!(
            super::write_folded(&profile),
            "core 12;?;f:g\u{fffd}h\u{fffd};a\u{a0}12 3000\n\
             core 12;?;f:g\u{fffd}h\u{fffd};b 1000\n"
        );
        assert!(crate::write_flame_graph(&profile).is_ok());
    }

    #[test]
    fn the_outermost_comes_first() {
        let text = super::write_folded(&crate::tests::profile());
        assert_eq!(
            text,
            "main.main 1000\nmain.main;main.outer;main.inner 3000\n"
        );
    }
}
