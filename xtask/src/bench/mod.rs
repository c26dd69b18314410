//! Benchmarks: Go programs under the interpreter and its peers, in
//! interleaved runs.

mod measure;
mod peers;
mod report;

use crate::error::Error;
use crate::golang::{self, Platform, Toolchain};
use crate::tally::Tally;
use crate::{runtime, workspace};
use measure::Sample;
use peers::{Engine, Peer};
use report::{Report, Row};
use std::path::{Path, PathBuf};

/// The programs of go-fixtures/bench, with the argument for a quick run; a
/// full run uses the program's own default.
const PROGRAMS: &[(&str, &str)] = &[
    ("bintrees", "12"),
    ("fib", "30"),
    ("jsonrt", "300"),
    ("maps", "60000"),
    ("nbody", "200000"),
    ("pingpong", "400"),
    ("sha256", "2048"),
    ("smallwrites", "30000"),
];

/// The name of the row for cold start: the prebuilt greeting.
const COLD_START: &str = "hello";

/// What `cargo xtask bench` takes.
#[derive(clap::Args)]
pub struct Options {
    /// Run only the programs whose name contains this.
    pub filter: Option<String>,
    /// Smaller sizes and fewer rounds; nothing is written.
    #[arg(long)]
    pub quick: bool,
    /// How often each program runs on each engine.
    #[arg(long, value_name = "N")]
    pub rounds: Option<usize>,
    /// What to compare with; may be given more than once.
    #[arg(long, value_enum, default_values = ["wasmi"])]
    pub peer: Vec<Peer>,
    /// Measure this instead of the release build of fossor.
    #[arg(long, value_name = "PROGRAM")]
    pub runtime: Option<PathBuf>,
    /// Where the results are written.
    #[arg(
        long,
        value_name = "FILE",
        default_value = "docs/performance/bench.json"
    )]
    pub output: PathBuf,
}

/// Builds the programs, fetches the peers, measures and reports.
pub fn perform(options: &Options) -> Result<Tally, Error> {
    let toolchain = Toolchain::find()?;
    let mut engines = vec![Engine::subject(runtime::binary(
        options.runtime.as_deref(),
    )?)?];
    for peer in &options.peer {
        engines.push(peer.fetch(&toolchain)?);
    }
    let names: Vec<&str> = PROGRAMS.iter().map(|program| program.0).collect();
    let module = workspace::fixtures().join("bench");
    let modules = golang::build(&toolchain, &module, "go-bench", Platform::Wasm, &names)?;

    let filter = options.filter.as_deref().unwrap_or_default();
    let rounds = options
        .rounds
        .unwrap_or(if options.quick { 3 } else { 7 })
        .max(1);
    let mut report = Report::new(&toolchain, &engines, options.quick);
    let hello = workspace::fixtures().join("prebuilt").join("hello.wasm");
    if COLD_START.contains(filter) {
        let rounds = if options.quick { 10 } else { 40 };
        report.cold_start = Some(measure(&engines, COLD_START, &hello, &[], rounds)?);
    }
    for (name, quick) in PROGRAMS.iter().filter(|program| program.0.contains(filter)) {
        let arguments: &[&str] = if options.quick { &[quick] } else { &[] };
        let module = modules.join(format!("{name}.wasm"));
        report
            .rows
            .push(measure(&engines, name, &module, arguments, rounds)?);
    }
    println!("\n{report}");
    if !options.quick {
        let path = workspace::root().join(&options.output);
        workspace::write(&path, report.json()?)?;
        println!("written to {}", path.display());
    }
    let passed = report.rows.len() as u64 + u64::from(report.cold_start.is_some());
    Ok(Tally {
        passed,
        ..Tally::default()
    })
}

/// Runs a module in turn on each engine, `rounds` times.
fn measure(
    engines: &[Engine],
    name: &str,
    module: &Path,
    arguments: &[&str],
    rounds: usize,
) -> Result<Row, Error> {
    let mut prepared = Vec::new();
    for engine in engines {
        prepared.push(engine.prepare(name, module)?);
    }
    let mut samples: Vec<Vec<Sample>> = vec![Vec::new(); engines.len()];
    for round in 0..rounds {
        for turn in 0..engines.len() {
            // No engine is always the one that runs after the same other.
            let at = (round + turn) % engines.len();
            samples[at].push(measure::run(
                &mut engines[at].command(&prepared[at], arguments),
            )?);
        }
    }
    let row = Row::new(name, arguments, engines, samples);
    println!("{row}");
    Ok(row)
}
