//! `cargo xtask test`: everything, with one summary.

use crate::error::Error;
use crate::tally::Tally;
use crate::{asm, embed, fixtures, gotests, hostile, spec, start, tour, unit};
use std::path::PathBuf;

/// What `cargo xtask test` takes.
#[derive(clap::Args, Default)]
pub struct Options {
    /// Run the fixtures and Go's tests with this instead of the release build
    /// of fossor.
    #[arg(long, value_name = "PROGRAM")]
    pub runtime: Option<PathBuf>,
}

/// Requests of the everyday soak; its own default is more.
const SOAK_REQUESTS: u64 = 1_200;

/// Runs every suite, also after one has failed, and prints a summary whose
/// last line has the form `N passed, N failed, N skipped`.
pub fn perform(options: &Options) -> Result<Tally, Error> {
    let go_programs = || {
        let runtime = options.runtime.clone();
        fixtures::perform(&fixtures::Options {
            runtime,
            ..Default::default()
        })
    };
    let go_library = || {
        let runtime = options.runtime.clone();
        gotests::perform(&gotests::Options {
            runtime,
            jobs: 2,
            everyday: true,
            ..Default::default()
        })
    };
    let go_tools = || {
        let runtime = options.runtime.clone();
        gotests::perform(&gotests::Options {
            runtime,
            tools: true,
            ..Default::default()
        })
    };
    let the_tour = || {
        let runtime = options.runtime.clone();
        tour::perform(&tour::Options {
            runtime,
            write: false,
        })
    };
    let greedy_guests = || {
        let runtime = options.runtime.clone();
        hostile::exhaust::perform(&hostile::exhaust::Options {
            runtime,
            ..Default::default()
        })
    };
    let same_again = || {
        let runtime = options.runtime.clone();
        hostile::determinism::perform(&hostile::determinism::Options {
            runtime,
            no_debug: false,
        })
    };
    let a_day = || {
        let runtime = options.runtime.clone();
        hostile::soak::perform(&hostile::soak::Options {
            runtime,
            requests: SOAK_REQUESTS,
        })
    };
    type Suite<'a> = (&'static str, &'a dyn Fn() -> Result<Tally, Error>);
    let suites: [Suite<'_>; 14] = [
        ("unit tests", &unit::perform),
        ("spec directives", &|| {
            spec::perform(&spec::Options::default())
        }),
        ("collector", &spec::under_stress),
        ("fuzz corpora", &hostile::fuzz::tests),
        ("greedy guests", &greedy_guests),
        ("determinism", &same_again),
        ("a day's soak", &a_day),
        ("handlers", &|| asm::perform(&asm::Options::default())),
        ("start", &|| start::perform(&start::Options::default())),
        ("fixtures", &go_programs),
        ("the tour", &the_tour),
        ("embedding", &|| embed::perform(&embed::Options::default())),
        ("Go std tests", &go_library),
        ("tools of Go", &go_tools),
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
