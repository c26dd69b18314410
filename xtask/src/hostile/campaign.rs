//! `cargo xtask campaign`: fuzzing for hours, and the ledger of it.

use super::fuzz::{self, Run};
use crate::error::Error;
use crate::tally::Tally;
use crate::{process, workspace};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Mutex;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use wait4::Wait4;

/// What `cargo xtask campaign` takes.
#[derive(clap::Args)]
pub struct Options {
    /// Targets to run; without any, all of them.
    pub targets: Vec<String>,
    /// How long it goes on; without it nothing is run.
    #[arg(long, default_value_t = 0)]
    pub minutes: u64,
    /// Processes at a time.
    #[arg(long, default_value_t = 1)]
    pub jobs: usize,
    /// Write docs/security/fuzzing.md from the ledger.
    #[arg(long)]
    pub write: bool,
}

/// What is run: a target, a proposal for it alone, and for how many seconds in each
/// round.
const LINES: [(&str, Option<&str>, u32); 35] = [
    ("execute", None, 900),
    ("execute", Some("gc"), 540),
    ("execute", Some("exceptions"), 180),
    ("execute", Some("tail-call"), 150),
    ("execute", Some("memory64"), 150),
    ("execute", Some("multi-memory"), 150),
    ("execute", Some("relaxed-simd"), 150),
    ("execute", Some("wide-arithmetic"), 120),
    ("execute", Some("custom-page-sizes"), 120),
    ("execute", Some("threads"), 150),
    ("linked", None, 600),
    ("linked", Some("gc"), 240),
    ("linked", Some("exceptions"), 150),
    ("linked", Some("tail-call"), 150),
    ("linked", Some("memory64"), 100),
    ("linked", Some("multi-memory"), 100),
    ("linked", Some("threads"), 100),
    ("suite", None, 600),
    ("suite", Some("gc"), 240),
    ("suite", Some("exceptions"), 120),
    ("suite", Some("tail-call"), 90),
    ("suite", Some("memory64"), 120),
    ("suite", Some("multi-memory"), 120),
    ("suite", Some("relaxed-simd"), 90),
    ("suite", Some("wide-arithmetic"), 60),
    ("suite", Some("custom-page-sizes"), 60),
    ("suite", Some("threads"), 60),
    ("go_like", None, 150),
    ("mutate", None, 200),
    ("decode", None, 90),
    ("wasi", None, 150),
    ("pclntab", None, 240),
    ("symbols", None, 240),
    ("recording", None, 90),
    ("wast", None, 60),
];

/// One process of libFuzzer.
#[derive(Serialize, Deserialize)]
struct Entry {
    /// The target, and the proposal that its modules used alone.
    target: String,
    proposal: Option<String>,
    /// libFuzzer's.
    seed: u32,
    /// When it ended, in seconds since 1970.
    ended_s: u64,
    /// CPU time in seconds.
    cpu_s: f64,
    executions: u64,
    /// Modules that were compared, and calls of their exports.
    modules: u64,
    calls: u64,
    /// Modules that wasmtime did not run.
    unable: u64,
    /// It ended with a finding.
    finding: bool,
}

/// Runs rounds of all targets until the time is over.
pub fn perform(options: &Options) -> Result<Tally, Error> {
    let mut tally = Tally::default();
    let is_target = |name: &&String| LINES.iter().any(|line| line.0 == *name);
    if let Some(unknown) = options.targets.iter().find(|name| !is_target(name)) {
        return Err(Error::message(format!("there is no target {unknown}")));
    }
    if options.minutes > 0 {
        let programs = fuzz::build(&fuzz::Options {
            wasmtime: true,
            ..Default::default()
        })?;
        let end = Instant::now() + Duration::from_secs(60 * options.minutes);
        let queue = Mutex::new(Vec::new());
        let ledger = File::options()
            .create(true)
            .append(true)
            .open(ledger_file())
            .map_err(Error::file("open", &ledger_file()))?;
        let (ledger, total) = (Mutex::new(ledger), Mutex::new(&mut tally));
        std::thread::scope(|scope| {
            let worker = || -> Result<(), Error> {
                while let Some(left) = end.checked_duration_since(Instant::now()) {
                    let Some((target, proposal, seconds)) = next(&queue, &options.targets) else {
                        return Ok(());
                    };
                    let seconds = seconds.min(left.as_secs() as u32).max(10);
                    let run = Run {
                        target,
                        proposal,
                        seconds,
                    };
                    let entry = one(&run, &programs.join(target))?;
                    let mut total = total.lock().expect("no worker panics");
                    match entry.finding {
                        true => total.failed += 1,
                        false => total.passed += 1,
                    }
                    let line = serde_json::to_string(&entry);
                    let line = line.map_err(|error| Error::message(error.to_string()))?;
                    println!("{line}");
                    let mut ledger = ledger.lock().expect("no worker panics");
                    writeln!(ledger, "{line}").map_err(Error::file("write", &ledger_file()))?;
                }
                Ok(())
            };
            let workers: Vec<_> = (0..options.jobs).map(|_| scope.spawn(worker)).collect();
            let ends = workers.into_iter().map(|worker| worker.join());
            ends.map(|end| end.expect("no worker panics"))
                .collect::<Result<Vec<_>, _>>()
        })?;
        println!("campaign: {tally}");
    }
    if options.write {
        let path = workspace::root().join("docs/security/fuzzing.md");
        workspace::write(&path, page(&entries()?))?;
    }
    Ok(tally)
}

/// The next line of the round, in a random order: the first of a campaign that is cut
/// short are not always the same. `None` if no line has one of these targets.
fn next(
    queue: &Mutex<Vec<usize>>,
    targets: &[String],
) -> Option<(&'static str, Option<&'static str>, u32)> {
    let is_wanted = |name: &str| targets.is_empty() || targets.iter().any(|target| target == name);
    let mut queue = queue.lock().ok()?;
    if queue.is_empty() {
        queue.extend((0..LINES.len()).filter(|&index| is_wanted(LINES[index].0)));
    }
    let index = (seed() as usize).checked_rem(queue.len())?;
    Some(LINES[queue.swap_remove(index)])
}

/// Of the clock: seeds only have to differ.
fn seed() -> u32 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now_ns = now.map_or(1, |since| since.as_nanos() as u64);
    (now_ns.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33) as u32
}

fn ledger_file() -> PathBuf {
    workspace::target().join("fuzz/ledger.jsonl")
}

fn entries() -> Result<Vec<Entry>, Error> {
    let text = workspace::read(&ledger_file())?;
    let entries = text.lines().map(serde_json::from_str);
    entries
        .collect::<Result<_, _>>()
        .map_err(|error| Error::message(format!("{}: {error}", ledger_file().display())))
}

/// Runs one process, and reads what it printed.
fn one(run: &Run<'_>, program: &Path) -> Result<Entry, Error> {
    let logs = workspace::target().join("fuzz/logs");
    workspace::create_dir(&logs)?;
    let seed = seed();
    let log = logs.join(format!("{}-{seed}.log", run.name()));
    let file = File::create(&log).map_err(Error::file("create", &log))?;
    let both = file.try_clone().map_err(Error::file("open", &log))?;
    let mut command = run.command(program)?;
    command.arg(format!("-seed={seed}"));
    command.stdin(Stdio::null()).stdout(file).stderr(both);
    let started = command.spawn().and_then(|mut child| child.wait4());
    let used = started.map_err(process::start_error(&command))?;
    let text = std::fs::read(&log).map_err(Error::file("read", &log))?;
    let text = String::from_utf8_lossy(&text);
    let last = |begin: &str| text.lines().rev().find_map(|line| line.strip_prefix(begin));
    let numbers = |text: &str| -> Vec<u64> {
        let words = text.split(|c: char| !c.is_ascii_digit());
        words.filter_map(|word| word.parse().ok()).collect()
    };
    let executions = last("stat::number_of_executed_units:").map(numbers);
    let compared = last("compared:").map(numbers).unwrap_or_default();
    let compared = |index: usize| compared.get(index).copied().unwrap_or_default();
    let ended = SystemTime::now().duration_since(UNIX_EPOCH);
    Ok(Entry {
        target: run.target.to_owned(),
        proposal: run.proposal.map(str::to_owned),
        seed,
        ended_s: ended.map_or(0, |since| since.as_secs()),
        cpu_s: (used.rusage.utime + used.rusage.stime).as_secs_f64(),
        executions: executions.and_then(|all| all.first().copied()).unwrap_or(0),
        modules: compared(0),
        calls: compared(1),
        unable: compared(2),
        finding: !used.status.success(),
    })
}

#[derive(Default)]
struct Sum {
    runs: u64,
    cpu_s: f64,
    executions: u64,
    modules: u64,
    calls: u64,
    unable: u64,
    findings: u64,
    seeds: Vec<String>,
}

fn page(entries: &[Entry]) -> String {
    let mut sums: BTreeMap<(String, String), Sum> = BTreeMap::new();
    let mut all = Sum::default();
    for entry in entries {
        let key = (
            entry.target.clone(),
            entry.proposal.clone().unwrap_or_default(),
        );
        let sum = sums.entry(key).or_default();
        sum.seeds.push(entry.seed.to_string());
        for sum in [sum, &mut all] {
            sum.runs += 1;
            sum.cpu_s += entry.cpu_s;
            sum.executions += entry.executions;
            sum.modules += entry.modules;
            sum.calls += entry.calls;
            sum.unable += entry.unable;
            sum.findings += u64::from(entry.finding);
        }
    }
    let mut page = HEAD.to_owned();
    let line = |name: &str, sum: &Sum| {
        let minutes = sum.cpu_s / 60.0;
        format!(
            "| {name} | {} | {minutes:.1} | {} | {} | {} | {} |\n",
            sum.runs,
            grouped(sum.executions),
            grouped(sum.modules),
            grouped(sum.calls),
            sum.findings
        )
    };
    for ((target, proposal), sum) in &sums {
        let name = match &**proposal {
            "" => format!("`{target}`"),
            proposal => format!("`{target}`, {proposal}"),
        };
        page.push_str(&line(&name, sum));
    }
    page.push_str(&line("all", &all));
    let _ = writeln!(
        page,
        "\nwasmtime did not run {} of the modules.\n\n## Seeds\n",
        grouped(all.unable)
    );
    for ((target, proposal), sum) in &sums {
        let _ = writeln!(page, "- `{target}` {proposal}: {}", sum.seeds.join(", "));
    }
    page
}

const HEAD: &str = "# The ledger of fuzzing

What `cargo xtask campaign --minutes N --jobs N` ran and `--write` wrote here. Each run
is a process of libFuzzer over the committed corpus and what earlier runs of the line
found, whose execution is counted too. Modules and calls are those that were compared
with wasmtime (and wasmi, where it runs them), counted to the last two hundred. A run
ends with its first finding; what these were: [testing.md](testing.md).

| target | runs | CPU minutes | executions | modules | calls | findings |
| --- | --- | --- | --- | --- | --- | --- |
";

/// With a comma before each three digits.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
