//! The unit and integration tests of every crate, run by `cargo test`.

use crate::error::Error;
use crate::tally::Tally;
use crate::{process, workspace};
use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

/// Variables of the environment.
pub type Variables = Vec<(&'static str, OsString)>;

/// Runs all tests of the workspace except the specification's and those of
/// embedding, and in a release
/// build those that are about tail calls: debug builds have none.
pub fn perform() -> Result<Tally, Error> {
    let mut tally = cargo_test(
        &[
            "--workspace",
            "--exclude",
            "spec-tests",
            "--exclude",
            "embed-tests",
        ],
        &Variables::new(),
    )?;
    let tail_calls = [
        "--release",
        "--package",
        "fossor-interpreter",
        "--test",
        "native_stack",
    ];
    tally.add(&cargo_test(&tail_calls, &Variables::new())?);
    Ok(tally)
}

/// Runs `cargo test` on a selection, with variables set.
pub fn cargo_test(selection: &[&str], variables: &Variables) -> Result<Tally, Error> {
    cargo_test_in(&workspace::root(), selection, variables)
}

/// As [`cargo_test`], in the workspace of `dir`.
pub fn cargo_test_in(
    dir: &Path,
    selection: &[&str],
    variables: &Variables,
) -> Result<Tally, Error> {
    let mut cargo = Command::new("cargo");
    cargo
        .current_dir(dir)
        .args(["test", "--no-fail-fast"])
        .args(selection)
        .envs(variables.iter().cloned());
    counted(&mut cargo)
}

/// Runs a `cargo test`, and adds up what its harnesses say.
pub fn counted(cargo: &mut Command) -> Result<Tally, Error> {
    let mut tally = Tally::default();
    let mut explained = 0;
    let status = process::lines(cargo, |line| {
        println!("{line}");
        if let Some(result) = result_line(line) {
            tally.passed += result.passed;
            tally.failed += result.failed;
            tally.skipped += result.skipped;
        } else if let Some(reason) = ignored_line(line) {
            tally.skip(reason, 1);
            explained += 1;
        }
    })?;
    // Each explained one is also in its target's result line.
    tally.skipped -= explained.min(tally.skipped);
    if !status.success() && tally.failed == 0 {
        tally.failed = 1;
    }
    Ok(tally)
}

/// Reads `test result: ok. 5 passed; 0 failed; 1 ignored; …`.
fn result_line(line: &str) -> Option<Tally> {
    let counts = line.strip_prefix("test result: ")?.split_once(". ")?.1;
    let mut parts = counts.split(';');
    let mut count = |ending: &str| parts.next()?.trim().strip_suffix(ending)?.parse().ok();
    Some(Tally {
        passed: count(" passed")?,
        failed: count(" failed")?,
        skipped: count(" ignored")?,
        reasons: Vec::new(),
    })
}

/// Reads `test NAME ... ignored, REASON`.
fn ignored_line(line: &str) -> Option<String> {
    let (name, reason) = line.strip_prefix("test ")?.split_once(" ... ignored, ")?;
    Some(format!("{}: {reason}", name.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_cargo_test_are_read() {
        let line = "test result: FAILED. 5 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out";
        let tally = result_line(line).unwrap();
        assert_eq!((tally.passed, tally.failed, tally.skipped), (5, 2, 1));
        let reason = ignored_line("test memory::huge ... ignored, takes 8 GiB");
        assert_eq!(reason.as_deref(), Some("memory::huge: takes 8 GiB"));
        assert_eq!(ignored_line("test memory::small ... ok"), None);
    }
}
