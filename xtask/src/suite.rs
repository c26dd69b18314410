//! `cargo xtask test`: everything, with one summary.

use crate::error::Error;
use crate::tally::Tally;
use crate::{fixtures, gotests, spec, unit};

/// Runs every suite, also after one has failed, and prints a summary whose
/// last line has the form `N passed, N failed, N skipped`.
pub fn perform() -> Result<Tally, Error> {
    type Suite = (&'static str, fn() -> Result<Tally, Error>);
    let suites: [Suite; 4] = [
        ("unit tests", unit::perform),
        ("spec directives", || {
            spec::perform(&spec::Options::default())
        }),
        ("fixtures", || {
            fixtures::perform(&fixtures::Options::default())
        }),
        ("Go std tests", || {
            gotests::perform(&gotests::Options::default())
        }),
    ];
    let mut total = Tally::default();
    let mut summary = String::from("\nSummary\n");
    for (name, suite) in suites {
        println!("\n== {name}");
        let tally = suite().unwrap_or_else(|error| {
            eprintln!("error: {error}");
            summary += &format!("  {name} did not run: {error}\n");
            Tally {
                failed: 1,
                ..Tally::default()
            }
        });
        summary += &format!("  {name:<16} {tally}\n");
        total.add(&tally);
    }
    if total.skipped > 0 {
        summary += "Skipped, and why\n";
        for (reason, count) in &total.reasons {
            summary += &format!("  {count:>5}  {reason}\n");
        }
        let explained: u64 = total.reasons.iter().map(|reason| reason.1).sum();
        let unexplained = total.skipped - explained;
        summary += &format!("  {unexplained:>5}  without a reason\n");
    }
    println!("{summary}\n{total}");
    Ok(total)
}
