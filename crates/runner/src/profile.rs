//! `fossor profile`: runs a program and writes where it spent its time.

use crate::arguments::RunArguments;
use crate::codes::Code;
use crate::failure::Failure;
use crate::watch::{Plan, ProfilePlan};
use crate::{run, units};
use clap::{Args, ValueEnum, ValueHint};
use fossor::SampleBy;
use fossor_profile::Format;
use std::path::PathBuf;
use std::time::Duration;

/// Operators between samples: a prime number, so that loops do not fall into
/// step with it.
const INTERVAL: u64 = 10_007;

/// Time between samples: ten times as often as Go's own profiler.
pub const TIME_INTERVAL: Duration = Duration::from_millis(1);

const EXAMPLES: &str = "\
Examples:
  fossor profile app.wasm && go tool pprof -top profile.pb.gz
  fossor profile -o cpu.svg --by time --dir . app.wasm input.txt
  fossor profile -o a.pb.gz -o a.speedscope.json app.wasm
  fossor profile --coverage cover.out app.wasm && go tool cover -html cover.out

Formats, by the file's name: .pb.gz, .pb, .pprof, .prof or .out for `go tool pprof`; .folded or
.txt for stacks, one a line; .json for speedscope.app; .svg for a flame graph.

A profile by instructions is the same each time. All is written also if the guest traps or is
stopped. Under the exec wrapper, `go test -cpuprofile FILE` gets a profile by time.";

/// Run a program, and record where it spends its time.
#[derive(Args)]
#[command(
    override_usage = "fossor profile [OPTIONS] MODULE [--] [ARGS]...",
    after_help = EXAMPLES
)]
pub struct ProfileArguments {
    /// Where to write the profile; several are possible [default: profile.pb.gz]
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub output: Vec<PathBuf>,

    /// What to count: executed operators, or CPU time
    #[arg(long, value_name = "WHAT", default_value = "instructions")]
    pub by: By,

    /// Between samples: a number of operators [default: 10007], or a time
    /// [default: 1ms]
    #[arg(long, value_name = "N|TIME")]
    pub interval: Option<String>,

    /// Write which lines of a Go program were executed, and how often, as a
    /// cover profile; and no other profile unless -o asks for one
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub coverage: Option<PathBuf>,

    #[command(flatten)]
    pub run: RunArguments,
}

/// What a profile counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum By {
    Instructions,
    Time,
}

/// Runs the program; gives its exit code.
pub fn run(arguments: ProfileArguments) -> Result<u8, Failure> {
    let mut outputs = arguments.output;
    if outputs.is_empty() && arguments.coverage.is_none() {
        outputs.push("profile.pb.gz".into());
    }
    let outputs = outputs.into_iter().map(|path| {
        let format = Format::of(&path);
        let format = format.map_err(|error| Failure::new(Code::Usage, error.to_string()))?;
        Ok((path, format))
    });
    let outputs = outputs.collect::<Result<Vec<_>, Failure>>()?;
    let by = sample_by(arguments.by, arguments.interval.as_deref())?;
    let profile = (!outputs.is_empty()).then_some(ProfilePlan {
        by,
        outputs,
        quiet: false,
    });
    let mut run = arguments.run;
    run.plan = Plan {
        profile,
        coverage: arguments.coverage,
    };
    run::run(run)
}

fn sample_by(by: By, interval: Option<&str>) -> Result<SampleBy, Failure> {
    let usage = |message: String| Failure::new(Code::Usage, format!("--interval: {message}"));
    Ok(match by {
        By::Instructions => {
            let count = interval.map_or(Ok(INTERVAL), units::count).map_err(usage)?;
            SampleBy::Instructions(count.max(1))
        }
        By::Time => {
            let time = interval.map_or(Ok(TIME_INTERVAL), units::duration);
            SampleBy::CpuTime(time.map_err(usage)?)
        }
    })
}
