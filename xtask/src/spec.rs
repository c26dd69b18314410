//! The WebAssembly specification's own tests, run by the package `spec-tests`.

use crate::error::Error;
use crate::tally::Tally;
use crate::unit::Variables;
use crate::{process, workspace};
use std::collections::BTreeMap;
use std::process::Command;

/// What `cargo xtask spec` takes.
#[derive(clap::Args, Default)]
pub struct Options {
    /// Run only the files whose name contains this.
    pub filter: Option<String>,
    /// Collect structures and arrays before every allocation, or in the smallest
    /// steps.
    #[arg(long, value_name = "HOW", value_parser = ["always", "creeping"])]
    #[arg(num_args = 0..=1, default_missing_value = "always")]
    pub gc_stress: Option<String>,
    /// Give all NaNs that are computed one payload, as `--deterministic` does.
    #[arg(long)]
    pub canonical_nans: bool,
    /// Variables for cargo.
    #[arg(skip)]
    pub variables: Variables,
}

/// Runs the specification's tests in release mode.
pub fn perform(options: &Options) -> Result<Tally, Error> {
    let mut cargo = Command::new("cargo");
    cargo
        .current_dir(workspace::root())
        .args(["test", "--release", "--package", "spec-tests", "--"])
        .args(&options.filter)
        .envs(options.variables.iter().cloned());
    if let Some(how) = &options.gc_stress {
        cargo.env("SPEC_GC_STRESS", how);
    }
    if options.canonical_nans {
        cargo.env("SPEC_CANONICAL_NANS", "1");
    }
    let mut tally = None;
    let mut reasons = Vec::new();
    let status = process::lines(&mut cargo, |line| {
        println!("{line}");
        tally = closing_line(line).or(tally.take());
        reasons.extend(line.strip_prefix("spec: skipped ").map(str::to_string));
    })?;
    let mut tally = tally.ok_or_else(|| {
        Error::message(format!(
            "`{}` ({status}) did not end with a line `spec: N directives passed, …`",
            process::line(&cargo)
        ))
    })?;
    let skipped = std::mem::take(&mut tally.skipped);
    if skipped > 0 {
        let listed = match reasons.is_empty() {
            true => "as the list of spec-tests says".to_string(),
            false => grouped(&reasons),
        };
        tally.skip(format!("spec directives: {listed}"), skipped);
    }
    if !status.success() {
        tally.failed = tally.failed.max(1);
    }
    Ok(tally)
}

/// The suites of objects and exceptions, with everything collected at every
/// allocation, and with guests in the midst of a collection all the time.
pub fn under_stress() -> Result<Tally, Error> {
    let mut total = Tally::default();
    for how in ["always", "creeping"] {
        for suite in ["gc/", "exceptions/"] {
            let options = Options {
                filter: Some(suite.to_owned()),
                gc_stress: Some(how.to_owned()),
                ..Options::default()
            };
            total.add(&perform(&options)?);
        }
    }
    Ok(total)
}

/// Each reason once, with how many lines of scripts it is for; `reasons` are such as
/// `threads/atomic.wast line 3: module skipped: why`.
fn grouped(reasons: &[String]) -> String {
    let mut lines = BTreeMap::<&str, usize>::new();
    for reason in reasons {
        let why = reason
            .split_once(" skipped: ")
            .map_or(&**reason, |(_, why)| why);
        *lines.entry(why).or_default() += 1;
    }
    let each = lines
        .iter()
        .map(|(why, count)| format!("{why} ({count} lines)"));
    each.collect::<Vec<_>>().join("; ")
}

/// Reads `spec: 100 directives passed, 0 failed, 2 skipped`.
fn closing_line(line: &str) -> Option<Tally> {
    let counts = line.strip_prefix("spec: ")?;
    let mut parts = counts.split(", ");
    let mut count = |ending: &str| parts.next()?.strip_suffix(ending)?.trim().parse().ok();
    Some(Tally {
        passed: count("directives passed")?,
        failed: count("failed")?,
        skipped: count("skipped")?,
        reasons: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_said_once() {
        let reasons = [
            "a line 1: module skipped: x",
            "b line 2: invoke skipped: x",
            "y",
        ];
        let reasons = reasons.map(str::to_owned);
        assert_eq!(grouped(&reasons), "x (2 lines); y (1 lines)");
    }

    #[test]
    fn the_closing_line_is_read() {
        let tally = closing_line("spec: 57123 directives passed, 1 failed, 20 skipped").unwrap();
        assert_eq!((tally.passed, tally.failed, tally.skipped), (57123, 1, 20));
        assert_eq!(closing_line("spec: no such line"), None);
        assert_eq!(closing_line("test result: ok. 1 passed; 0 failed"), None);
    }
}
