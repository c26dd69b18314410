//! Running programs: captured, with input, with a limit of time.

use crate::error::Error;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// What a program finds on its standard input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Nothing: the end at once.
    Empty,
    /// These bytes, then the end.
    Bytes(Vec<u8>),
    /// These bytes line by line with pauses, then the end.
    Slow(Vec<u8>),
    /// Nothing, and no end as long as the program runs.
    Silent,
}

/// How a program ended and what it wrote.
#[derive(Debug)]
pub struct Finished {
    /// The exit status.
    pub status: ExitStatus,
    /// Standard output.
    pub stdout: Vec<u8>,
    /// Standard error.
    pub stderr: Vec<u8>,
    /// Whether it was killed because its time was up.
    pub killed: bool,
}

/// A command line as one would type it.
pub fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| quote(&word.to_string_lossy()))
        .collect::<Vec<_>>()
        .join(" ")
}

fn quote(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_=./:,@+".contains(c);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.to_string(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

/// Runs a command on the terminal; failing is an error.
pub fn run(command: &mut Command) -> Result<(), Error> {
    let status = command.status().map_err(start_error(command))?;
    check(command, status, String::new())
}

/// Runs a command and gives its standard output; failing is an error that
/// carries what it wrote.
pub fn output(command: &mut Command) -> Result<String, Error> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(start_error(command))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    check(command, output.status, format!("{text}{errors}"))?;
    Ok(text)
}

/// Runs a command on the terminal and hands each line of its standard output
/// to `each` as it comes.
pub fn lines(command: &mut Command, mut each: impl FnMut(&str)) -> Result<ExitStatus, Error> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(start_error(command))?;
    if let Some(stdout) = child.stdout.take() {
        let mut reader = BufReader::new(stdout);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).is_ok_and(|n| n > 0) {
            each(String::from_utf8_lossy(&line).trim_end_matches(['\n', '\r']));
            line.clear();
        }
    }
    child.wait().map_err(start_error(command))
}

/// Runs a command to its end or to the end of its time, capturing what it
/// writes.
pub fn capture(command: &mut Command, input: &Input, limit: Duration) -> Result<Finished, Error> {
    let silent = *input == Input::Empty;
    let mut child = command
        .stdin(if silent {
            Stdio::null()
        } else {
            Stdio::piped()
        })
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(start_error(command))?;
    // A silent pipe stays open until the program has ended.
    let held = child.stdin.take().and_then(|pipe| feed(pipe, input));
    let stdout = drain(child.stdout.take());
    let stderr = drain(child.stderr.take());
    let (status, killed) = wait(&mut child, limit).map_err(start_error(command))?;
    drop(held);
    Ok(Finished {
        status,
        stdout: stdout.join().unwrap_or_default(),
        stderr: stderr.join().unwrap_or_default(),
        killed,
    })
}

fn feed(mut pipe: ChildStdin, input: &Input) -> Option<ChildStdin> {
    match input.clone() {
        Input::Empty | Input::Silent => return Some(pipe),
        // A program may end before it has read everything: that is its right.
        Input::Bytes(bytes) => thread::spawn(move || drop(pipe.write_all(&bytes))),
        Input::Slow(bytes) => thread::spawn(move || {
            for line in bytes.split_inclusive(|b| *b == b'\n') {
                thread::sleep(Duration::from_millis(60));
                if pipe.write_all(line).is_err() {
                    break;
                }
            }
        }),
    };
    None
}

fn drain(pipe: Option<impl Read + Send + 'static>) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            // What came before a broken pipe is still worth showing.
            let _ = pipe.read_to_end(&mut bytes);
        }
        bytes
    })
}

fn wait(child: &mut Child, limit: Duration) -> std::io::Result<(ExitStatus, bool)> {
    let deadline = Instant::now() + limit;
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok((status, false));
        }
        if Instant::now() >= deadline {
            child.kill()?;
            return Ok((child.wait()?, true));
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

pub fn start_error(command: &Command) -> impl FnOnce(std::io::Error) -> Error + use<> {
    let program = command.get_program().to_string_lossy().into_owned();
    move |source| Error::Start { program, source }
}

fn check(command: &Command, status: ExitStatus, output: String) -> Result<(), Error> {
    match status.success() {
        true => Ok(()),
        false => Err(Error::Command {
            command: line(command),
            status: status.to_string(),
            output,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn both_outputs_and_the_code_are_captured() {
        let limit = Duration::from_secs(20);
        let input = Input::Bytes(b"given".to_vec());
        let got = capture(&mut shell("cat; echo err >&2; exit 3"), &input, limit).unwrap();
        assert_eq!(
            (got.stdout, got.stderr),
            (b"given".to_vec(), b"err\n".to_vec())
        );
        assert_eq!((got.status.code(), got.killed), (Some(3), false));
    }

    #[test]
    fn a_program_that_does_not_end_is_killed() {
        let got = capture(
            &mut shell("exec sleep 30"),
            &Input::Silent,
            Duration::from_millis(50),
        );
        assert!(got.unwrap().killed);
    }

    #[test]
    fn command_lines_are_quoted() {
        let mut command = Command::new("go");
        command.args(["test", "", "it's"]);
        assert_eq!(line(&command), r"go test '' 'it'\''s'");
    }
}
