//! Reading the module: from a file or standard input, straight into the shared
//! buffer that it stays in.

use crate::codes::Code;
use crate::failure::Failure;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

/// The bytes of the module named on the command line; `-` is standard input.
pub fn read(name: &OsStr) -> Result<Arc<[u8]>, Failure> {
    let outcome = if name == "-" {
        let mut bytes = Vec::new();
        let read = io::stdin().lock().read_to_end(&mut bytes);
        read.map(|_| bytes.into())
    } else {
        read_file(Path::new(name))
    };
    outcome.map_err(|error| unreadable(name, &error))
}

fn read_file(path: &Path) -> io::Result<Arc<[u8]>> {
    let mut file = File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    let len = usize::try_from(metadata.len()).unwrap_or(0);
    let mut bytes: Arc<[u8]> = std::iter::repeat_n(0, len).collect();
    if let Some(buffer) = Arc::get_mut(&mut bytes) {
        file.read_exact(buffer)?;
    }
    // A pipe or device has no length; a file may have grown.
    let mut rest = Vec::new();
    if file.read_to_end(&mut rest)? > 0 {
        return Ok(bytes.iter().copied().chain(rest).collect());
    }
    Ok(bytes)
}

fn unreadable(name: &OsStr, error: &io::Error) -> Failure {
    let shown = shown(name);
    let sentence = match error.kind() {
        io::ErrorKind::NotFound => format!("{shown}: there is no such file"),
        io::ErrorKind::IsADirectory => format!("{shown} is a directory, not a module"),
        io::ErrorKind::PermissionDenied => format!("{shown}: no permission to read it"),
        io::ErrorKind::UnexpectedEof => format!("{shown} became shorter while it was read"),
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
