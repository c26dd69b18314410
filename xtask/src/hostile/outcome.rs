//! A program's end, and what it took.

use crate::error::Error;
use crate::process;
use serde::{Deserialize, Serialize};
use std::io::Read;
use std::process::{Command, Stdio};
use wait4::Wait4;

/// How a program ended, however that was.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Outcome {
    /// Its exit code; `None` if a signal ended it.
    pub code: Option<i32>,
    /// The beginning of what it wrote to standard error.
    pub stderr: String,
    /// How much that was in all.
    pub stderr_bytes: u64,
    /// CPU time in seconds.
    pub cpu: f64,
    /// Peak resident memory in MiB.
    pub rss: f64,
}

/// What is kept of standard error.
const KEPT_BYTES: usize = 1 << 16;

/// Runs a command, started by a fresh process: the kernel counts the memory of
/// whoever starts a program as the program's.
pub fn run(command: &Command) -> Result<Outcome, Error> {
    let this = std::env::current_exe().map_err(|error| Error::message(error.to_string()))?;
    let mut helper = Command::new(this);
    helper.args(["outcome", "--"]).arg(command.get_program());
    helper.args(command.get_args());
    let text = process::output(&mut helper)?;
    serde_json::from_str(&text).map_err(|error| Error::message(error.to_string()))
}

/// What the fresh process does: prints the outcome as JSON.
pub fn print(words: &[String]) -> Result<(), Error> {
    let failed = |error: std::io::Error| Error::message(error.to_string());
    let Some((program, arguments)) = words.split_first() else {
        return Err(Error::message("a program is missing"));
    };
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    let (mut kept, mut stderr_bytes) = (Vec::new(), 0);
    if let Some(mut pipe) = child.stderr.take() {
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = pipe.read(&mut buffer) {
            stderr_bytes += count as u64;
            let room = KEPT_BYTES.saturating_sub(kept.len());
            kept.extend_from_slice(&buffer[..count.min(room)]);
        }
    }
    let used = child.wait4().map_err(failed)?;
    let outcome = Outcome {
        code: used.status.code(),
        stderr: String::from_utf8_lossy(&kept).into_owned(),
        stderr_bytes,
        cpu: (used.rusage.utime + used.rusage.stime).as_secs_f64(),
        rss: used.rusage.maxrss as f64 / f64::from(1 << 20),
    };
    let text = serde_json::to_string(&outcome);
    println!(
        "{}",
        text.map_err(|error| Error::message(error.to_string()))?
    );
    Ok(())
}
