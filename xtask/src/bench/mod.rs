//! Benchmarks: programs under the interpreter and its peers, in interleaved
//! runs; tables, files of results and plots.

mod driver;
mod generated;
pub mod groups;
mod kernels;
mod measure;
mod peers;
mod plot;
mod report;

pub use kernels::build as build_kernels;
pub use measure::print as print_measured;

use crate::error::Error;
use crate::golang::Toolchain;
use crate::tally::Tally;
use crate::{runtime, workspace};
use clap::ValueEnum;
use groups::{Group, Work};
use measure::Sample;
use peers::{Engine, Peer};
use report::{Report, Row};
use std::path::PathBuf;
use std::time::Instant;

/// What `cargo xtask bench` takes.
#[derive(clap::Args)]
pub struct Options {
    /// What to measure; everything if nothing is named.
    #[arg(value_enum)]
    pub groups: Vec<Group>,
    /// Run only the programs whose name contains this.
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub only: String,
    /// Smaller sizes and fewer rounds; nothing is written.
    #[arg(long)]
    pub quick: bool,
    /// How often each program runs on each engine.
    #[arg(long, value_name = "N")]
    pub rounds: Option<usize>,
    /// What to compare with, of the peers that fit the group; all of them if
    /// none is named.
    #[arg(long, value_enum)]
    pub peer: Vec<Peer>,
    /// Measure this instead of the release build of fossor.
    #[arg(long, value_name = "PROGRAM")]
    pub runtime: Option<PathBuf>,
    /// Where results and plots are written, a file of each group's name.
    #[arg(long, value_name = "DIR", default_value = "docs/performance")]
    pub output: PathBuf,
}

/// A slow engine is measured in fewer rounds: none begins after it has used so
/// many seconds of the processor on a program.
const PATIENCE_S: f64 = 8.0;

/// Builds the programs, fetches the peers, measures and reports.
pub fn perform(options: &Options) -> Result<Tally, Error> {
    let toolchain = Toolchain::find()?;
    let subject = Engine::subject(runtime::binary(options.runtime.as_deref())?)?;
    let groups = match options.groups.is_empty() {
        true => Group::value_variants(),
        false => &options.groups,
    };
    let output = workspace::root().join(&options.output);
    let mut tally = Tally::default();
    for &group in groups {
        let mut engines = vec![match group {
            Group::Portable => subject.portable(),
            _ => subject.clone(),
        }];
        let wanted = |peer: &&Peer| options.peer.is_empty() || options.peer.contains(peer);
        println!("\n{}", group.title());
        let started = Instant::now();
        let mut left_out = Vec::new();
        for peer in Peer::of(group).iter().filter(wanted) {
            match peer.fetch(&toolchain) {
                Ok(engine) => engines.push(engine),
                // The others can be compared without it.
                Err(error) => {
                    println!("{peer:?} is left out: {error}");
                    left_out.push((format!("{peer:?}"), error.to_string()));
                }
            }
        }
        let mut report = Report::new(group, &toolchain, &engines, options.quick);
        report.left_out = left_out;
        for work in groups::prepare(group, options.quick, &toolchain)? {
            if work.name.contains(&options.only) {
                let rounds = options
                    .rounds
                    .unwrap_or(rounds(group, options.quick))
                    .max(1);
                let row = measure(&engines, &work, rounds, &toolchain)?;
                println!("{row}");
                report.rows.push(row);
            }
        }
        println!("{report}");
        println!("took {} s", started.elapsed().as_secs());
        tally.passed += report.rows.len() as u64;
        if !options.quick && options.only.is_empty() && !report.rows.is_empty() {
            let name = format!("{group:?}").to_lowercase();
            workspace::write(&output.join(format!("{name}.json")), report.json()?)?;
            workspace::write(&output.join(format!("{name}.svg")), plot::draw(&report)?)?;
            println!("written to {}/{name}.json and .svg", output.display());
        }
    }
    Ok(tally)
}

fn rounds(group: Group, quick: bool) -> usize {
    match group {
        _ if quick => 3,
        Group::Startup => 25,
        Group::Gotest | Group::Translate => 9,
        _ => 5,
    }
}

/// Runs a program in turn on each engine, `rounds` times.
fn measure(
    engines: &[Engine],
    work: &Work,
    rounds: usize,
    toolchain: &Toolchain,
) -> Result<Row, Error> {
    let mut failures: Vec<Option<String>> = vec![None; engines.len()];
    for (failure, engine) in failures.iter_mut().zip(engines) {
        if work.huge && engine.compiles() {
            *failure = Some("not tried: compiling it takes minutes".to_owned());
        }
    }
    let mut samples: Vec<Vec<Sample>> = vec![Vec::new(); engines.len()];
    for round in 0..rounds {
        for turn in 0..engines.len() {
            // No engine is always the one that runs after the same other.
            let at = (round + turn) % engines.len();
            let used: f64 = samples[at].iter().map(|sample| sample.cpu).sum();
            if failures[at].is_some() || used > PATIENCE_S && at > 0 {
                continue;
            }
            let run = engines[at]
                .command(&work.task, toolchain)
                .and_then(|command| measure::run(&command));
            match run {
                Ok(sample) => samples[at].push(sample),
                // A peer may not be able to do everything.
                Err(error) if at > 0 => {
                    println!("{} on {}: {error}", work.name, engines[at].name);
                    failures[at] = Some(error.to_string());
                }
                Err(error) => return Err(error),
            }
        }
    }
    Ok(Row::new(work, engines, samples, failures))
}
