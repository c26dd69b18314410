//! `cargo xtask`: the project's own chores, from the tests to the benchmarks.

#![forbid(unsafe_code)]

mod aarch64;
mod asm;
mod bench;
mod embed;
mod error;
mod fixtures;
mod golang;
mod gotests;
mod guests;
mod hostile;
mod isa;
mod page;
mod process;
mod runtime;
mod spec;
mod start;
mod suite;
mod tally;
mod tidy;
mod tour;
mod unit;
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
    /// Run everything: unit tests, spec tests, fixtures, Go's own tests.
    Test(suite::Options),
    /// Run the unit tests of every crate.
    Unit,
    /// Run the WebAssembly specification's tests.
    Spec(spec::Options),
    /// Build the Go programs of go-fixtures/ and run them under both
    /// dispatchers and natively.
    Fixtures(fixtures::Options),
    /// Build the Go plugins of go-fixtures/embed/ and run the tests of
    /// embedding and the library's examples with them.
    Embed(embed::Options),
    /// Run tests of Go's standard library through the exec wrapper.
    Go(gotests::Options),
    /// Fetch CPython as others build it, with exceptions, and run it.
    Guests(guests::Options),
    /// Check in the release binary that no handler lost its tail call.
    Asm(asm::Options),
    /// Check that the release binary has what a start executes in one place, or
    /// find out what that is.
    Start(start::Options),
    /// Build for aarch64, and run what depends on a processor under qemu.
    Aarch64(aarch64::Options),
    /// List the instruction table, or count what of it a program executes.
    Isa(isa::Options),
    /// Measure programs against other engines, in interleaved runs.
    Bench(bench::Options),
    /// Open the page of `fossor trace --html` in Chromium, and use it.
    Page(page::Options),
    /// Run the commands of docs/tour.md, and compare what they print.
    Tour(tour::Options),
    /// Run the fuzz targets over their corpus, or under libFuzzer.
    Fuzz(hostile::fuzz::Options),
    /// Run all fuzz targets under libFuzzer for hours, beside wasmtime, and keep a
    /// ledger.
    Campaign(hostile::campaign::Options),
    /// Run guests that want everything, and hold them to bounds.
    Exhaust(hostile::exhaust::Options),
    /// Run a Go server for a day of its own clock, and watch its memory.
    Soak(hostile::soak::Options),
    /// Run the specification's tests, unit tests and fuzz corpora under
    /// AddressSanitizer.
    Asan(hostile::sanitizer::Options),
    /// Run small tests of the interpreter in Miri.
    Miri,
    /// Measure which lines of crates/ the tests reach.
    Coverage(hostile::coverage::Options),
    /// Compare what guests do in several runs under --deterministic.
    Determinism(hostile::determinism::Options),
    /// Run one program and print how it ended, as JSON.
    #[command(hide = true)]
    Outcome {
        /// The program and its arguments.
        #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
        words: Vec<String>,
    },
    /// Run one program and print what it cost, as JSON.
    #[command(hide = true)]
    Measured {
        /// The program and its arguments.
        #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
        words: Vec<String>,
    },
    /// Compile the C programs of kernels/ anew.
    Kernels,
    /// Check formatting, lints, links, unsafe code and dependencies.
    Tidy(tidy::Options),
}

impl Chore {
    fn perform(self) -> Result<Tally, Error> {
        match self {
            Chore::Test(options) => suite::perform(&options),
            Chore::Unit => unit::perform(),
            Chore::Spec(options) => spec::perform(&options),
            Chore::Embed(options) => embed::perform(&options),
            Chore::Go(options) => gotests::perform(&options),
            Chore::Guests(options) => guests::perform(&options),
            Chore::Asm(options) => asm::perform(&options),
            Chore::Start(options) => start::perform(&options),
            Chore::Aarch64(options) => aarch64::perform(&options),
            Chore::Isa(options) => isa::perform(&options),
            Chore::Bench(options) => bench::perform(&options),
            Chore::Page(options) => page::perform(&options),
            Chore::Tour(options) => tour::perform(&options),
            Chore::Fuzz(options) => hostile::fuzz::perform(&options),
            Chore::Campaign(options) => hostile::campaign::perform(&options),
            Chore::Exhaust(options) => hostile::exhaust::perform(&options),
            Chore::Soak(options) => hostile::soak::perform(&options),
            Chore::Determinism(options) => hostile::determinism::perform(&options),
            Chore::Asan(options) => hostile::sanitizer::perform(&options),
            Chore::Miri => hostile::sanitizer::miri(),
            Chore::Coverage(options) => hostile::coverage::perform(&options),
            Chore::Outcome { words } => hostile::outcome::print(&words).map(|()| Tally::default()),
            Chore::Tidy(options) => tidy::perform(&options),
            Chore::Measured { words } => bench::print_measured(&words).map(|()| Tally::default()),
            Chore::Kernels => bench::build_kernels(),
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
