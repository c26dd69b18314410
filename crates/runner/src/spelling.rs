//! What is put right before clap sees the command line: the missing `run`, and
//! single dashes.

use crate::arguments::{ALIASES, Arguments, COMMANDS};
use clap::CommandFactory;
use std::ffi::OsString;

/// Puts `run` in front unless there is a command already.
pub fn insert_run(words: &mut Vec<OsString>) {
    const TOP_FLAGS: [&str; 4] = ["-h", "--help", "-V", "--version"];
    if let Some(first) = words.get(1) {
        let mut known = COMMANDS.iter().chain(&ALIASES).chain(&TOP_FLAGS);
        if !known.any(|name| first == *name) {
            words.insert(1, "run".into());
        }
    }
}

/// Long flags that wazero's users write with one dash.
const SINGLE_DASH: [&str; 5] = ["mount", "env", "env-inherit", "listen", "timeout"];

/// Gives flags in wazero's spelling (`-mount`, `-env`, …) their second dash,
/// up to the module. `words` are those after `run`.
pub fn double_dashes(words: &mut [OsString]) {
    if !words.iter().any(is_single_dashed) {
        return;
    }
    let command = Arguments::command();
    let run = command.find_subcommand("run");
    let takes_value = |name: &str| {
        run.and_then(|run| {
            run.get_arguments().find(|argument| {
                argument.get_long() == Some(name)
                    || argument
                        .get_all_aliases()
                        .is_some_and(|aliases| aliases.contains(&name))
            })
        })
        .is_some_and(|argument| argument.get_action().takes_values())
    };
    let mut is_value = false;
    for word in words {
        if std::mem::take(&mut is_value) {
            continue;
        }
        if is_single_dashed(word) {
            let mut doubled = OsString::from("-");
            doubled.push(&*word);
            *word = doubled;
        }
        let Some(flag) = word.to_str().and_then(|word| word.strip_prefix("--")) else {
            return;
        };
        if flag.is_empty() {
            return;
        }
        is_value = !flag.contains('=') && takes_value(flag);
    }
}

fn is_single_dashed(word: &OsString) -> bool {
    let flag = word.to_str().and_then(|word| word.strip_prefix('-'));
    let name = flag.and_then(|flag| flag.split('=').next());
    name.is_some_and(|name| SINGLE_DASH.contains(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<OsString> {
        text.split_whitespace().map(OsString::from).collect()
    }

    #[test]
    fn run_is_inserted_before_modules_and_flags() {
        for (given, expected) in [
            ("fossor m.wasm run", "fossor run m.wasm run"),
            ("fossor --dir . m.wasm", "fossor run --dir . m.wasm"),
            ("fossor - x", "fossor run - x"),
            ("fossor run m.wasm", "fossor run m.wasm"),
            ("fossor wast x.wast", "fossor wast x.wast"),
            ("fossor --help", "fossor --help"),
            ("fossor", "fossor"),
        ] {
            let mut given = words(given);
            insert_run(&mut given);
            assert_eq!(given, words(expected));
        }
    }

    #[test]
    fn single_dashes_are_doubled_up_to_the_module() {
        for (given, expected) in [
            (
                "-mount=/:/ -env-inherit m -env x",
                "--mount=/:/ --env-inherit m -env x",
            ),
            ("-env A=1 -timeout 2s m", "--env A=1 --timeout 2s m"),
            ("--argv0 -env m", "--argv0 -env m"),
            ("--dir -env m -mount", "--dir -env m -mount"),
            ("-- -env", "-- -env"),
            ("- -env", "- -env"),
        ] {
            let mut given = words(given);
            double_dashes(&mut given);
            assert_eq!(given, words(expected));
        }
    }
}
