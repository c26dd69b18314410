//! `cargo xtask`: the project's own chores, from the tests to the benchmarks.

#![forbid(unsafe_code)]

mod error;
mod fixtures;
mod golang;
mod process;
mod runtime;
mod tally;
mod workspace;

use clap::{Parser, Subcommand};
use error::Error;
use std::process::ExitCode;
use tally::Tally;

/// The project's own chores.
#[derive(Parser)]
#[command(name = "cargo xtask", disable_version_flag = true)]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

/// Every chore there is.
#[derive(Subcommand)]
enum Chore {
    /// Build the Go programs of go-fixtures/ and run them under both
    /// dispatchers and natively.
    Fixtures(fixtures::Options),
}

impl Chore {
    fn perform(self) -> Result<Tally, Error> {
        match self {
            Chore::Fixtures(options) => fixtures::perform(&options),
        }
    }
}

fn main() -> ExitCode {
    match Arguments::parse().chore.perform() {
        Ok(tally) if tally.failed == 0 => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
