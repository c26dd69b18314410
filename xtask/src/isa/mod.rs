//! The instruction set: what there is, and what of it a program executes.

mod counts;

use crate::error::Error;
use crate::tally::Tally;
use crate::{process, workspace};
use counts::Counts;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// What `cargo xtask isa` takes.
#[derive(clap::Args)]
pub struct Options {
    /// Run this module and count the handlers, and the pairs of handlers, that
    /// it executes. Without it the instruction table is printed.
    #[arg(long, value_name = "MODULE")]
    pub count: Option<PathBuf>,
    /// Flags of `fossor run`, in one word: --flags '--dir . --no-fuse'.
    #[arg(long, value_name = "FLAGS", default_value = "")]
    pub flags: String,
    /// How many handlers and pairs are listed.
    #[arg(long, value_name = "N", default_value_t = 40)]
    pub top: usize,
    /// The program's arguments.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub arguments: Vec<String>,
}

/// Prints the table, or counts.
pub fn perform(options: &Options) -> Result<Tally, Error> {
    match &options.count {
        None => {
            let mut cargo = cargo(&["run", "--quiet", "--package", "fossor-interpreter"]);
            process::run(cargo.args(["--example", "instructions"]))?;
        }
        Some(module) => print!("{}", count(module, options)?.table(options.top)),
    }
    Ok(Tally::default())
}

/// Runs the module twice: the operators are counted by their fuel, but with
/// fuel the translator leaves some jumps unfused.
fn count(module: &PathBuf, options: &Options) -> Result<Counts, Error> {
    // A directory of its own, so that the feature does not make cargo build the
    // release anew each time.
    let target = workspace::target().join("count");
    let mut build = cargo(&["build", "--release", "--package", "fossor-runner"]);
    build.args(["--features", "count", "--target-dir"]);
    process::run(
        build
            .arg(&target)
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
    )?;
    let program = target.join("release").join("fossor");
    let file = target.join("counts.txt");
    let run = |more: &[&str]| -> Result<Counts, Error> {
        let mut command = Command::new(&program);
        command.arg("run").args(options.flags.split_whitespace());
        command.args(more).arg(module).args(&options.arguments);
        command.env("FOSSOR_COUNT", &file).stdin(Stdio::null());
        // What the program prints is not what was asked for.
        command.stdout(Stdio::null());
        // A guest may fail and still have been counted.
        let _ = std::fs::remove_file(&file);
        let outcome = process::run(&mut command);
        match file.is_file() {
            true => Counts::parse(&workspace::read(&file)?),
            false => Err(outcome.err().unwrap_or_else(|| {
                Error::message(format!("{} wrote no counts", program.display()))
            })),
        }
    };
    let mut counts = run(&[])?;
    counts.operators = run(&["--fuel", "1000000000000000000"])?.operators;
    Ok(counts)
}

fn cargo(words: &[&str]) -> Command {
    let mut cargo = Command::new("cargo");
    cargo.current_dir(workspace::root()).args(words);
    cargo
}
