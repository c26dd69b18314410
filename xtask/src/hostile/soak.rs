//! `cargo xtask soak`: a Go server for a day of its own clock. Memory and
//! descriptors of the process must stay as they were in its fourth hour.

use crate::error::Error;
use crate::golang::{self, Platform, Toolchain};
use crate::tally::Tally;
use crate::{runtime, workspace};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// What `cargo xtask soak` takes.
#[derive(clap::Args, Default)]
pub struct Options {
    /// Requests in the 24 hours; a million take about an hour.
    #[arg(long, default_value_t = 24_000)]
    pub requests: u64,
    /// Test this instead of the release build of fossor.
    #[arg(long, value_name = "PROGRAM")]
    pub runtime: Option<PathBuf>,
}

/// The hour whose figures the later ones are compared with.
const SETTLED: usize = 4;
/// How much more memory than then is no leak: Go's heap breathes.
const BREATH: f64 = 1.15;

/// Runs the server and watches its process from outside.
pub fn perform(options: &Options) -> Result<Tally, Error> {
    let fossor = runtime::binary(options.runtime.as_deref())?;
    let toolchain = Toolchain::find()?;
    let module = workspace::fixtures().join("soak");
    let programs = golang::build(&toolchain, &module, "go-soak", Platform::Wasm, &["server"])?;
    let dir = workspace::target().join("soak");
    workspace::fresh_dir(&dir)?;

    let start = Instant::now();
    let mut server = Command::new(&fossor);
    server
        .args(["run", "--deterministic=1", "--dir"])
        .arg(format!("{}::/", dir.display()))
        .arg(programs.join("server.wasm"))
        .arg(format!("-requests={}", options.requests))
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    let failed = |error: std::io::Error| Error::message(error.to_string());
    let mut child = server.spawn().map_err(failed)?;
    let mut hours = Vec::new();
    let mut over = false;
    let stdout = child.stdout.take().into_iter();
    for line in stdout.flat_map(|pipe| BufReader::new(pipe).lines()) {
        let line = line.map_err(failed)?;
        over |= line == "the day is over";
        if let (Some(memory_kib), Some(descriptors)) = process(child.id()) {
            println!("{line}; the process has {memory_kib} KiB, {descriptors} descriptors");
            hours.push((memory_kib, descriptors));
        }
    }
    let status = child.wait().map_err(failed)?;
    println!("{} requests in {:.0?}", options.requests, start.elapsed());

    let mut problems = Vec::new();
    if !status.success() || !over {
        problems.push(format!("the server ended with {status}"));
    }
    match hours.get(SETTLED - 1) {
        None => problems.push("it did not even reach its fourth hour".to_owned()),
        Some(&(settled_kib, settled_descriptors)) => {
            for (hour, &(memory_kib, descriptors)) in hours.iter().enumerate().skip(SETTLED) {
                if memory_kib as f64 > settled_kib as f64 * BREATH {
                    problems.push(format!("hour {}: {memory_kib} KiB", hour + 1));
                }
                if descriptors != settled_descriptors {
                    problems.push(format!("hour {}: {descriptors} descriptors", hour + 1));
                }
            }
        }
    }
    if !workspace::entries(&dir)?.is_empty() {
        problems.push("files were left behind".to_owned());
    }
    problems
        .iter()
        .for_each(|problem| println!("FAIL  {problem}"));
    let tally = Tally {
        passed: u64::from(problems.is_empty()),
        failed: u64::from(!problems.is_empty()),
        ..Tally::default()
    };
    println!("soak: {tally}");
    Ok(tally)
}

/// Resident memory in KiB and open descriptors of a process, on Linux. The fewest of
/// several looks: it goes on, and a request may have its file open just then.
fn process(pid: u32) -> (Option<u64>, Option<usize>) {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok();
    let memory_kib = status.and_then(|status| {
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))?;
        line.trim().strip_suffix("kB")?.trim().parse().ok()
    });
    let looks = (0..10).filter_map(|_| {
        thread::sleep(Duration::from_millis(1));
        let descriptors = fs::read_dir(format!("/proc/{pid}/fd")).ok();
        descriptors.map(Iterator::count)
    });
    // One that has just ended has none.
    (memory_kib, looks.filter(|&count| count > 0).min())
}
