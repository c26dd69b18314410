//! Tables and files of results.

use super::groups::{Group, Work};
use super::measure::Sample;
use super::peers::Engine;
use crate::error::Error;
use crate::golang::Toolchain;
use serde::Serialize;
use std::fmt;

/// Everything that was measured in one group, in one series.
#[derive(Debug, Serialize)]
pub struct Report {
    /// What it is.
    pub group: Group,
    /// The processor.
    pub machine: String,
    /// Waiting and running tasks of the machine on average, when it began.
    pub load: f64,
    /// The Go that built the programs.
    pub go: String,
    /// Whether sizes were the smaller ones.
    pub quick: bool,
    /// The engines: name and version.
    pub engines: Vec<(String, String)>,
    /// Engines that could not be had, and why.
    pub left_out: Vec<(String, String)>,
    /// The programs.
    pub rows: Vec<Row>,
}

/// One program on every engine; the first engine is the interpreter itself.
#[derive(Debug, Serialize)]
pub struct Row {
    /// The program.
    pub program: String,
    /// Its size, where time is measured against size.
    pub size: Option<f64>,
    /// What each engine needed.
    pub results: Vec<EngineResult>,
}

/// The runs of one program on one engine.
#[derive(Debug, Serialize)]
pub struct EngineResult {
    /// The engine.
    pub engine: String,
    /// The least CPU time of all runs, in seconds.
    pub cpu: Option<f64>,
    /// Peak memory in MiB: the middle of all runs.
    pub rss: f64,
    /// This engine's time divided by the interpreter's.
    pub ratio: Option<f64>,
    /// The smallest and largest ratio of runs of the same round.
    pub spread: (f64, f64),
    /// Why it was not measured.
    pub failure: Option<String>,
    /// Every run.
    pub samples: Vec<Sample>,
}

impl Report {
    /// A report without results yet.
    pub fn new(group: Group, toolchain: &Toolchain, engines: &[Engine], quick: bool) -> Report {
        Report {
            group,
            machine: machine(),
            load: load(),
            go: toolchain.version.clone(),
            quick,
            engines: engines
                .iter()
                .map(|e| (e.name.clone(), e.version.clone()))
                .collect(),
            left_out: Vec::new(),
            rows: Vec::new(),
        }
    }

    /// The report as a file.
    pub fn json(&self) -> Result<String, Error> {
        let text = serde_json::to_string_pretty(self);
        text.map(|text| text + "\n")
            .map_err(|error| Error::message(error.to_string()))
    }

    /// The geometric mean of an engine's ratios over the programs that it ran,
    /// and how many these are.
    pub fn mean(&self, engine: usize) -> (f64, usize) {
        let ratios = self.rows.iter().filter_map(|row| row.results[engine].ratio);
        geometric_mean(ratios)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let subject = self.engines.first().map_or("", |engine| engine.0.as_str());
        writeln!(
            f,
            "CPU time (user+sys), the least of interleaved runs; × is that engine's time\n\
             divided by {subject}'s: above 1 {subject} is faster. {}, load {:.1}",
            self.machine, self.load
        )?;
        if self.rows.iter().any(|row| row.size.is_some()) {
            return Ok(());
        }
        for (at, (name, version)) in self.engines.iter().enumerate().skip(1) {
            let (mean, count) = self.mean(at);
            let programs = self.rows.len();
            if count == 0 {
                writeln!(f, "{name} {version} ran none of {programs}")?;
                continue;
            }
            writeln!(
                f,
                "geometric mean: {name} {version} ×{mean:.3} ({count} of {programs})"
            )?;
        }
        Ok(())
    }
}

impl Row {
    /// Sums up the runs of one program, a list for each engine.
    pub fn new(
        work: &Work,
        engines: &[Engine],
        samples: Vec<Vec<Sample>>,
        failures: Vec<Option<String>>,
    ) -> Row {
        let ours = samples.first().cloned().unwrap_or_default();
        let results = engines.iter().zip(samples).zip(failures);
        let results = results.map(|((engine, samples), failure)| {
            let pairs = samples
                .iter()
                .zip(&ours)
                .map(|(theirs, ours)| theirs.cpu / ours.cpu);
            let spread = pairs.fold((f64::INFINITY, 0.0), |(low, high): (f64, f64), ratio| {
                (low.min(ratio), high.max(ratio))
            });
            let cpu = failure.is_none().then(|| least(&samples));
            EngineResult {
                engine: engine.name.clone(),
                cpu,
                rss: middle(samples.iter().map(|sample| sample.rss).collect()),
                ratio: cpu.map(|cpu| cpu / least(&ours)),
                spread,
                failure,
                samples,
            }
        });
        Row {
            program: work.name.clone(),
            size: work.size,
            results: results.collect(),
        }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<28}", self.program)?;
        for (at, result) in self.results.iter().enumerate() {
            let Some(cpu) = result.cpu else {
                write!(f, "  {} does not run it", result.engine)?;
                continue;
            };
            let (name, ms, rss) = (&result.engine, cpu * 1e3, result.rss);
            write!(f, "  {name} {ms:.1} ms {rss:.1} MiB")?;
            if let (true, Some(ratio)) = (at > 0, result.ratio) {
                let (low, high) = result.spread;
                write!(f, " ×{ratio:.2} ({low:.2}–{high:.2})")?;
            }
        }
        Ok(())
    }
}

fn least(samples: &[Sample]) -> f64 {
    samples
        .iter()
        .map(|sample| sample.cpu)
        .fold(f64::INFINITY, f64::min)
}

fn middle(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

fn geometric_mean(values: impl Iterator<Item = f64>) -> (f64, usize) {
    let (count, sum) = values.fold((0, 0.0), |(count, sum), value| {
        (count + 1, sum + value.ln())
    });
    ((sum / f64::from(count.max(1) as u32)).exp(), count)
}

/// The processor's name and the number of its cores.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    match model {
        Some((_, name)) => format!("{name}, {cores} cores"),
        None => format!(
            "{} {}, {cores} cores",
            std::env::consts::OS,
            std::env::consts::ARCH
        ),
    }
}

/// The load of the last minute, 0 where the system does not say.
fn load() -> f64 {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let first = text.split_whitespace().next();
    first.and_then(|word| word.parse().ok()).unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_and_middles() {
        let (mean, count) = geometric_mean([2.0, 8.0].into_iter());
        assert!((mean - 4.0).abs() < 1e-12 && count == 2);
        assert_eq!(middle(vec![3.0, 1.0, 2.0]), 2.0);
        let samples = [0.5, 0.2].map(|cpu| Sample {
            cpu,
            wall: 1.0,
            rss: 1.0,
        });
        assert_eq!(least(&samples), 0.2);
    }
}
