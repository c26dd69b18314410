//! One run of a program: what it cost.

use crate::error::Error;
use crate::process;
use serde::{Deserialize, Serialize};
use std::process::{Command, Stdio};
use std::time::Instant;
use wait4::Wait4;

/// What one run cost, the program's children included.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// User and system time of the processor, in seconds.
    pub cpu: f64,
    /// Time on the clock, in seconds.
    pub wall: f64,
    /// Peak resident memory in MiB. The kernel counts from before `exec`, so
    /// that it is never less than what the starting process had then.
    pub rss: f64,
}

/// Runs a command that must succeed; what it prints is thrown away. It is started
/// by a fresh process, which has less memory than this one may have by now.
pub fn run(command: &Command) -> Result<Sample, Error> {
    let this = std::env::current_exe().map_err(|error| Error::message(error.to_string()))?;
    let mut helper = Command::new(this);
    helper.args(["measured", "--"]).arg(command.get_program());
    helper.args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => helper.env(name, value),
            None => helper.env_remove(name),
        };
    }
    let text = process::output(&mut helper)?;
    serde_json::from_str(&text).map_err(|error| Error::message(error.to_string()))
}

/// What the fresh process does: prints the sample.
pub fn print(words: &[String]) -> Result<(), Error> {
    let (program, arguments) = words
        .split_first()
        .ok_or_else(|| Error::message("a program is missing"))?;
    let sample = run_here(Command::new(program).args(arguments))?;
    let text = serde_json::to_string(&sample);
    println!(
        "{}",
        text.map_err(|error| Error::message(error.to_string()))?
    );
    Ok(())
}

/// Runs a command that must succeed, from this process.
fn run_here(command: &mut Command) -> Result<Sample, Error> {
    let line = process::line(command);
    let start = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| Error::message(error.to_string()))?;
    let used = child
        .wait4()
        .map_err(|error| Error::message(error.to_string()))?;
    let wall = start.elapsed();
    match used.status.success() {
        true => Ok(Sample {
            cpu: (used.rusage.utime + used.rusage.stime).as_secs_f64(),
            wall: wall.as_secs_f64(),
            rss: used.rusage.maxrss as f64 / f64::from(1 << 20),
        }),
        false => Err(Error::Command {
            command: line,
            status: used.status.to_string(),
            output: "the program must run to its end and find its own sum right".to_string(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_measured() {
        let mut command = Command::new("sh");
        let sample =
            run_here(command.args(["-c", "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done"]));
        let sample = sample.unwrap();
        assert!(
            sample.cpu > 0.0 && sample.wall > 0.0 && sample.rss > 0.1,
            "{sample:?}"
        );
    }

    #[test]
    fn a_program_that_fails_is_no_measurement() {
        assert!(run_here(&mut Command::new("false")).is_err());
    }
}
