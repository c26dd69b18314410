//! Running the built binary, and the small guests that the tests give it.

#![allow(dead_code, reason = "each test file uses its part")]

pub mod guests;
pub mod hostile;

use signal_hook::consts::{SIGINT, SIGQUIT};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Once};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A fresh directory in which `fossor` runs.
pub struct Place(TempDir);

/// How a run ended.
#[derive(Debug)]
pub struct Ended {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
    pub time: Duration,
}

impl Place {
    pub fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file there, with its directories.
    pub fn file(&self, name: &str, contents: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, contents).unwrap();
        path
    }

    /// `fossor` with these words, and with no input.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = program(Path::new(env!("CARGO_BIN_EXE_fossor")));
        command.current_dir(self.path()).args(words);
        command
    }

    /// Runs `fossor` with these words, separated by spaces.
    pub fn run(&self, words: &str) -> Ended {
        let words = Vec::from_iter(words.split_whitespace());
        end(&mut self.command(&words))
    }
}

/// Makes signals end the programs that are started from here, also if those who
/// started the tests ignore them, as shells do for what runs in the background:
/// a child inherits what is ignored, but not what is handled.
fn do_not_ignore_signals() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        for signal in [SIGINT, SIGQUIT] {
            let always = Arc::new(AtomicBool::new(true));
            signal_hook::flag::register_conditional_default(signal, always).unwrap();
        }
    });
}

/// A program without the variables that steer it, and with no input.
pub fn program(path: &Path) -> Command {
    do_not_ignore_signals();
    let mut command = Command::new(path);
    command
        .stdin(Stdio::null())
        .env_remove("GOWASIRUNTIMEARGS")
        .env_remove("RUST_LOG")
        .env("RUST_BACKTRACE", "1");
    command
}

/// Runs a command to its end.
pub fn end(command: &mut Command) -> Ended {
    let start = Instant::now();
    let output = command.output().unwrap();
    ended(&output, start.elapsed())
}

pub fn ended(output: &Output, time: Duration) -> Ended {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ended {
        // A signal has no code.
        code: output.status.code().unwrap_or(-1),
        stdout: text(&output.stdout),
        stderr: text(&output.stderr),
        time,
    }
}

impl Ended {
    /// Fails unless it ended with this code; standard error must not have a
    /// Rust backtrace or panic in any case.
    #[track_caller]
    pub fn code(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:#?}");
        assert!(
            !self.stderr.contains("panicked") && !self.stderr.contains("stack backtrace"),
            "{self:#?}"
        );
        self
    }

    #[track_caller]
    pub fn stdout(self, expected: &str) -> Self {
        assert_eq!(self.stdout, expected, "{self:#?}");
        self
    }

    /// Fails unless standard error is exactly this.
    #[track_caller]
    pub fn stderr(self, expected: &str) -> Self {
        assert_eq!(self.stderr, expected, "{self:#?}");
        self
    }

    /// Fails unless standard error contains each of these.
    #[track_caller]
    pub fn says(self, parts: &[&str]) -> Self {
        for part in parts {
            assert!(self.stderr.contains(part), "no {part:?} in {self:#?}");
        }
        self
    }

    /// Fails unless standard output contains each of these.
    #[track_caller]
    pub fn stdout_has(self, parts: &[&str]) -> Self {
        for part in parts {
            assert!(self.stdout.contains(part), "no {part:?} in {self:#?}");
        }
        self
    }

    /// Fails unless standard error is one line.
    #[track_caller]
    pub fn in_one_line(self) -> Self {
        assert_eq!(self.stderr.lines().count(), 1, "{self:#?}");
        self
    }

    #[track_caller]
    pub fn within(self, limit: Duration) -> Self {
        assert!(self.time < limit, "{self:#?}");
        self
    }
}
