//! What can go wrong in a chore, as sentences to act on.

use std::io;
use std::path::{Path, PathBuf};

/// A chore that could not be done. Failing tests are not errors: they are
/// counted in a [`crate::tally::Tally`].
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or directory could not be used.
    #[error("cannot {action} {}: {source}", path.display())]
    File {
        /// What was tried: "read", "create".
        action: &'static str,
        /// The file it was tried on.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// A program could not be started.
    #[error("cannot start {program}: {source}; is it installed and on PATH?")]
    Start {
        /// The program.
        program: String,
        /// The system's reason.
        source: io::Error,
    },
    /// A program ran and failed.
    #[error("{command} failed ({status}){}", indent(.output))]
    Command {
        /// The whole command line.
        command: String,
        /// How it ended.
        status: String,
        /// What it printed, if that was not already on the terminal.
        output: String,
    },
    /// Anything else; the text says what to do.
    #[error("{0}")]
    Message(String),
}

impl Error {
    /// An error about a file, for use with `map_err`.
    pub fn file(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error {
        let path = path.to_path_buf();
        move |source| Error::File {
            action,
            path,
            source,
        }
    }

    /// An error that is only a sentence.
    pub fn message(text: impl Into<String>) -> Error {
        Error::Message(text.into())
    }
}

fn indent(text: &str) -> String {
    text.trim_end()
        .lines()
        .map(|line| format!("\n  {line}"))
        .collect()
}
