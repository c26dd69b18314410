//! Tables and files of results.

use super::measure::Sample;
use super::peers::Engine;
use crate::error::Error;
use crate::golang::Toolchain;
use serde::Serialize;
use std::fmt;

/// Everything that was measured in one series.
#[derive(Debug, Serialize)]
pub struct Report {
    /// The processor.
    pub machine: String,
    /// The Go that built the programs.
    pub go: String,
    /// Whether sizes were the smaller ones.
    pub quick: bool,
    /// The engines: name and version.
    pub engines: Vec<(String, String)>,
    /// The start of a small program.
    pub cold_start: Option<Row>,
    /// The programs.
    pub rows: Vec<Row>,
}

/// One program on every engine; the first engine is the interpreter itself.
#[derive(Debug, Serialize)]
pub struct Row {
    /// The program.
    pub program: String,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// What each engine needed.
    pub results: Vec<EngineResult>,
}

/// The runs of one program on one engine.
#[derive(Debug, Serialize)]
pub struct EngineResult {
    /// The engine.
    pub engine: String,
    /// The least CPU time of all runs, in seconds.
    pub cpu: f64,
    /// Peak memory in MiB: the middle of all runs.
    pub rss: f64,
    /// This engine's time divided by the interpreter's.
    pub ratio: f64,
    /// The smallest and largest ratio of runs of the same round.
    pub spread: (f64, f64),
    /// Every run.
    pub samples: Vec<Sample>,
}

impl Report {
    /// A report without results yet.
    pub fn new(toolchain: &Toolchain, engines: &[Engine], quick: bool) -> Report {
        Report {
            machine: machine(),
            go: toolchain.version.clone(),
            quick,
            engines: engines
                .iter()
                .map(|e| (e.name.clone(), e.version.clone()))
                .collect(),
            cold_start: None,
            rows: Vec::new(),
        }
    }

    /// The report as a file.
    pub fn json(&self) -> Result<String, Error> {
        let text = serde_json::to_string_pretty(self);
        text.map(|text| text + "\n")
            .map_err(|error| Error::message(error.to_string()))
    }

    /// The geometric mean of an engine's ratios over the programs.
    fn mean(&self, engine: usize) -> f64 {
        geometric_mean(self.rows.iter().map(|row| row.results[engine].ratio))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let subject = self.engines.first().map_or("", |engine| engine.0.as_str());
        writeln!(
            f,
            "CPU seconds (user+sys), the least of interleaved runs; × is that engine's"
        )?;
        writeln!(
            f,
            "time divided by {subject}'s: above 1 {subject} is faster. {}",
            self.machine
        )?;
        for row in self.cold_start.iter().chain(&self.rows) {
            writeln!(f, "{row}")?;
        }
        for (at, (name, version)) in self.engines.iter().enumerate().skip(1) {
            if !self.rows.is_empty() {
                let programs = self.rows.len();
                let mean = self.mean(at);
                writeln!(
                    f,
                    "geometric mean over {programs} programs: {name} {version} ×{mean:.3}"
                )?;
            }
            if let Some(row) = &self.cold_start {
                let ours = &row.results[0];
                let theirs = &row.results[at];
                writeln!(
                    f,
                    "cold start of {}: {:.1} ms and {:.1} MiB, {name} {:.1} ms and {:.1} MiB",
                    row.program,
                    ours.cpu * 1e3,
                    ours.rss,
                    theirs.cpu * 1e3,
                    theirs.rss
                )?;
            }
        }
        Ok(())
    }
}

impl Row {
    /// Sums up the runs of one program, a list for each engine.
    pub fn new(
        program: &str,
        arguments: &[&str],
        engines: &[Engine],
        samples: Vec<Vec<Sample>>,
    ) -> Row {
        let ours = samples.first().cloned().unwrap_or_default();
        let results = engines.iter().zip(samples).map(|(engine, samples)| {
            let pairs = samples
                .iter()
                .zip(&ours)
                .map(|(theirs, ours)| theirs.cpu / ours.cpu);
            let spread = pairs.fold((f64::INFINITY, 0.0), |(low, high): (f64, f64), ratio| {
                (low.min(ratio), high.max(ratio))
            });
            EngineResult {
                engine: engine.name.clone(),
                cpu: least(&samples),
                rss: middle(samples.iter().map(|sample| sample.rss).collect()),
                ratio: least(&samples) / least(&ours),
                spread,
                samples,
            }
        });
        Row {
            program: program.to_string(),
            arguments: arguments
                .iter()
                .map(|argument| argument.to_string())
                .collect(),
            results: results.collect(),
        }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = self.arguments.join(" ");
        write!(f, "{:<12} {size:<7}", self.program)?;
        for (at, result) in self.results.iter().enumerate() {
            write!(
                f,
                "  {} {:>7.3} s {:>6.1} MiB",
                result.engine, result.cpu, result.rss
            )?;
            if at > 0 {
                let (low, high) = result.spread;
                write!(f, " ×{:.2} ({low:.2}–{high:.2})", result.ratio)?;
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

fn geometric_mean(values: impl Iterator<Item = f64>) -> f64 {
    let (count, sum) = values.fold((0u32, 0.0), |(count, sum), value| {
        (count + 1, sum + value.ln())
    });
    (sum / f64::from(count.max(1))).exp()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_and_middles() {
        assert!((geometric_mean([2.0, 8.0].into_iter()) - 4.0).abs() < 1e-12);
        assert_eq!(middle(vec![3.0, 1.0, 2.0]), 2.0);
        let samples = [0.5, 0.2].map(|cpu| Sample {
            cpu,
            wall: 1.0,
            rss: 1.0,
        });
        assert_eq!(least(&samples), 0.2);
    }
}
