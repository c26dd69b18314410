//! The instruction set: what there is, and what of it a program executes.

mod choose;
mod counts;
mod lists;

use crate::bench::groups::{self, Group, Task};
use crate::error::Error;
use crate::golang::Toolchain;
use crate::tally::Tally;
use crate::{process, workspace};
use choose::Chooser;
use counts::Counts;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What `cargo xtask isa` takes.
#[derive(clap::Args)]
pub struct Options {
    /// Run this module and count the handlers, and the pairs of handlers, that
    /// it executes. Without it the instruction table is printed.
    #[arg(long, value_name = "MODULE")]
    pub count: Option<PathBuf>,
    /// Run the benchmarks' Go programs and kernels, with and without fuel, and
    /// choose which sequences of instructions become one dispatch.
    #[arg(long, conflicts_with = "count")]
    pub sequences: bool,
    /// Sequences that are chosen at most; of several numbers the last one's are
    /// written.
    #[arg(long, value_name = "N", default_value = "800", value_delimiter = ',')]
    pub at_most: Vec<usize>,
    /// Write the chosen ones into `execute/sequences/`.
    #[arg(long, requires = "sequences")]
    pub write: bool,
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
    if options.sequences {
        choose_sequences(options)?;
        return Ok(Tally::default());
    }
    match &options.count {
        None => {
            let mut cargo = cargo(&["run", "--quiet", "--package", "fossor-interpreter"]);
            process::run(cargo.args(["--example", "instructions"]))?;
        }
        Some(module) => print!("{}", count(module, options)?.table(options.top)),
    }
    Ok(Tally::default())
}

/// Runs the module twice: the operators are counted by their fuel, but with fuel
/// other instructions are executed.
fn count(module: &Path, options: &Options) -> Result<Counts, Error> {
    let program = counting_runner()?;
    let flags: Vec<&str> = options.flags.split_whitespace().collect();
    let mut counts = run(&program, module, &options.arguments, &flags)?;
    let fuel = [&flags[..], FUEL].concat();
    counts.operators = run(&program, module, &options.arguments, &fuel)?.operators;
    Ok(counts)
}

/// More than any program uses.
const FUEL: &[&str] = &["--fuel", "1000000000000000000"];

/// What a kernel counts beside a Go program.
const KERNEL_WEIGHT: f64 = 0.4;
/// What a program with fuel counts beside the same without.
const FUEL_WEIGHT: f64 = 0.5;

/// Counts what the benchmarks execute in their quick runs, chooses, and says how many
/// of 100 instructions are dispatched with what is chosen.
fn choose_sequences(options: &Options) -> Result<(), Error> {
    let toolchain = Toolchain::find()?;
    let program = counting_runner()?;
    let mut chooser = Chooser::default();
    let mut now = Vec::new();
    for (group, weight) in [(Group::Go, 1.0), (Group::Kernels, KERNEL_WEIGHT)] {
        for work in groups::prepare(group, true, &toolchain)? {
            let Task::Module(module, arguments) = &work.task else {
                continue;
            };
            println!("counting {}", work.name);
            for (with, weight, flags) in [
                ("", weight, &[][..]),
                (" with fuel", weight * FUEL_WEIGHT, FUEL),
            ] {
                let name = format!("{}, {group:?}{with}", work.name);
                let counts = kept_or_run(&name, &program, module, arguments, flags)?;
                let executed: u64 = counts.handlers.values().sum();
                now.push(1.0 - counts.joined as f64 / executed.max(1) as f64);
                chooser.add(&name, weight, &counts);
            }
        }
    }
    let mut columns = vec![("now".to_owned(), now)];
    let mut sequences = Vec::new();
    for &at_most in &options.at_most {
        chooser.choose(at_most, lists::may_be_step);
        let left = chooser.left().into_iter().map(|(_, left)| left);
        sequences = chooser.sequences();
        columns.push((sequences.len().to_string(), left.collect()));
    }
    print_left(&chooser, &columns);
    if options.write {
        for (file, lines) in lists::write(&sequences)? {
            println!("{file:<12} {lines:>4}");
        }
        process::run(&mut cargo(&["fmt", "--package", "fossor-interpreter"]))?;
    }
    Ok(())
}

/// Of 100 instructions, those that are dispatched: a row for each program, a column for
/// each number of sequences.
fn print_left(chooser: &Chooser, columns: &[(String, Vec<f64>)]) {
    let row = |name: &str, cells: Vec<String>| {
        let cells: String = cells.iter().map(|cell| format!(" {cell:>6}")).collect();
        println!("{name:<28}{cells}");
    };
    row("", columns.iter().map(|column| column.0.clone()).collect());
    for (at, (name, _)) in chooser.left().into_iter().enumerate() {
        let cells = columns.iter();
        let cells = cells.map(|column| format!("{:.1}", column.1[at] * 100.0));
        row(name, cells.collect());
    }
}

/// Builds the runner that counts.
fn counting_runner() -> Result<PathBuf, Error> {
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
    Ok(target.join("release").join("fossor"))
}

/// Counting takes minutes: what was counted is kept until the counting runner changes.
fn kept_or_run(
    name: &str,
    program: &Path,
    module: &Path,
    arguments: &[String],
    flags: &[&str],
) -> Result<Counts, Error> {
    let folder = workspace::target().join("count").join("kept");
    workspace::create_dir(&folder)?;
    let kept = folder.join(name).with_extension("txt");
    let changed = |path: &Path| path.metadata().and_then(|found| found.modified()).ok();
    if changed(&kept) <= changed(program) {
        run(program, module, arguments, flags)?;
        fs::rename(counts_file(), &kept).map_err(Error::file("keep", &kept))?;
    }
    Counts::parse(&workspace::read(&kept)?)
}

fn counts_file() -> PathBuf {
    workspace::target().join("count").join("counts.txt")
}

/// Runs a module with these flags of `fossor run`, and reads what was counted.
fn run(
    program: &Path,
    module: &Path,
    arguments: &[String],
    flags: &[&str],
) -> Result<Counts, Error> {
    let file = counts_file();
    let mut command = Command::new(program);
    command.arg("run").args(flags).arg(module).args(arguments);
    command.env("FOSSOR_COUNT", &file).stdin(Stdio::null());
    // What the program prints is not what was asked for.
    command.stdout(Stdio::null());
    // A guest may fail and still have been counted.
    let _ = fs::remove_file(&file);
    let outcome = process::run(&mut command);
    match file.is_file() {
        true => Counts::parse(&workspace::read(&file)?),
        false => Err(outcome
            .err()
            .unwrap_or_else(|| Error::message(format!("{} wrote no counts", program.display())))),
    }
}

fn cargo(words: &[&str]) -> Command {
    let mut cargo = Command::new("cargo");
    cargo.current_dir(workspace::root()).args(words);
    cargo
}
