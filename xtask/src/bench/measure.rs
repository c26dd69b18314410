//! One run of a program: what it cost.

use crate::error::Error;
use crate::process;
use serde::Serialize;
use std::process::{Command, Stdio};
use std::time::Instant;
use wait4::Wait4;

/// What one run cost, the program's children included.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Sample {
    /// User and system time of the processor, in seconds.
    pub cpu: f64,
    /// Time on the clock, in seconds.
    pub wall: f64,
    /// Peak resident memory in MiB. The kernel counts from before `exec`, so
    /// that it is never less than what this process had then.
    pub rss: f64,
}

/// Runs a command that must succeed; what it prints is thrown away.
pub fn run(command: &mut Command) -> Result<Sample, Error> {
    let failed = |status: String| Error::Command {
        command: process::line(command),
        status,
        output: "the program must run to its end and find its own sum right".to_string(),
    };
    let start = Instant::now();
    let mut child = Command::new(command.get_program())
        .args(command.get_args())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| failed(error.to_string()))?;
    let used = child.wait4().map_err(|error| failed(error.to_string()))?;
    let wall = start.elapsed();
    match used.status.success() {
        true => Ok(Sample {
            cpu: (used.rusage.utime + used.rusage.stime).as_secs_f64(),
            wall: wall.as_secs_f64(),
            rss: used.rusage.maxrss as f64 / f64::from(1 << 20),
        }),
        false => Err(failed(used.status.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_measured() {
        let mut command = Command::new("sh");
        let sample = run(command.args(["-c", "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done"]));
        let sample = sample.unwrap();
        assert!(
            sample.cpu > 0.0 && sample.wall > 0.0 && sample.rss > 0.1,
            "{sample:?}"
        );
    }

    #[test]
    fn a_program_that_fails_is_no_measurement() {
        assert!(run(&mut Command::new("false")).is_err());
    }
}
