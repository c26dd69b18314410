//! Checks of the Rust sources: where `unsafe` is, and how long files are.

use super::{FOREIGN, shown};
use crate::error::Error;
use crate::workspace;
use std::path::PathBuf;

/// Where `unsafe` may be; ARCHITECTURE.md says why. A path ending in `/` is a
/// directory, any other the beginning of file names.
const UNSAFE_ALLOWED: &[&str] = &[
    "crates/interpreter/src/execute/",
    "crates/interpreter/src/code",
    "crates/interpreter/src/reserve",
    "crates/capi/src/",
    // Guests.
    "fuzz/modules/",
];

/// Files longer than this are hard to read.
const LONGEST: usize = 600;

/// Every `unsafe` where there must be none.
pub fn misplaced_unsafe() -> Result<Vec<String>, Error> {
    let mut found = Vec::new();
    for file in rust_files()? {
        let name = shown(&file);
        if UNSAFE_ALLOWED
            .iter()
            .any(|allowed| name.starts_with(allowed))
        {
            continue;
        }
        let text = workspace::read(&file)?;
        let lines = text.lines().enumerate().filter(|(_, line)| is_unsafe(line));
        found.extend(lines.map(|(number, _)| format!("{name}:{}: unsafe", number + 1)));
    }
    Ok(found)
}

/// Every file that is too long.
pub fn long_files() -> Result<Vec<String>, Error> {
    let mut found = Vec::new();
    for file in rust_files()? {
        let lines = workspace::read(&file)?.lines().count();
        if lines > LONGEST {
            found.push(format!(
                "{} has {lines} lines, more than {LONGEST}",
                shown(&file)
            ));
        }
    }
    Ok(found)
}

fn rust_files() -> Result<Vec<PathBuf>, Error> {
    let mut files = workspace::files_below(&workspace::root(), FOREIGN)?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "rs"));
    Ok(files)
}

/// Whether a line has the keyword in code: not in a comment, a string or a
/// longer word such as `unsafe_code`.
fn is_unsafe(line: &str) -> bool {
    // Every second part lies between quotation marks.
    let line = line.replace("\\\"", "");
    let outside: String = line.split('"').step_by(2).collect::<Vec<_>>().join("\"");
    let code = outside.split("//").next().unwrap_or_default();
    code.split(|c: char| !c.is_alphanumeric() && c != '_')
        .any(|word| word == "unsafe")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_keyword_in_code_counts() {
        assert!(is_unsafe("    unsafe { f() }"));
        assert!(is_unsafe("pub unsafe fn f() {} // fine"));
        assert!(!is_unsafe("#![forbid(unsafe_code)]"));
        assert!(!is_unsafe("let a = 1; // not unsafe"));
        assert!(!is_unsafe("/// All unsafe code is elsewhere."));
        assert!(!is_unsafe("word == \"unsafe\""));
    }
}
