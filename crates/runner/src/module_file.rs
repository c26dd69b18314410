//! Reading the module: from a file or standard input, straight into the
//! buffer that it stays in.

use crate::codes::Code;
use crate::failure::Failure;
use fossor::Bytes;
use std::ffi::OsStr;
use std::io::{self, Read};

/// The bytes of the module named on the command line; `-` is standard input.
pub fn read(name: &OsStr) -> Result<Bytes, Failure> {
    let outcome = if name == "-" {
        let mut bytes = Vec::new();
        let read = io::stdin().lock().read_to_end(&mut bytes);
        read.map(|_| bytes.into())
    } else {
        fossor::read_file(name)
    };
    outcome.map_err(|error| unreadable(name, &error))
}

fn unreadable(name: &OsStr, error: &io::Error) -> Failure {
    let shown = shown(name);
    let sentence = match error.kind() {
        io::ErrorKind::NotFound => format!("{shown}: there is no such file"),
        io::ErrorKind::IsADirectory => format!("{shown} is a directory, not a module"),
        io::ErrorKind::PermissionDenied => format!("{shown}: no permission to read it"),
        _ => format!("{shown} cannot be read: {error}"),
    };
    let failure = Failure::new(Code::Unreadable, sentence);
    match name.to_str() {
        Some(word) if crate::arguments::COMMANDS.contains(&word) => failure.help(format!(
            "`fossor {word} …`: a command comes before all flags"
        )),
        _ => failure,
    }
}

/// The module's name in messages.
pub fn shown(name: &OsStr) -> String {
    if name == "-" {
        "standard input".to_owned()
    } else {
        name.to_string_lossy().into_owned()
    }
}
