//! The program's sources, where they can be found.

use std::collections::HashMap;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

/// Files longer than this are no sources.
const MAX_FILE_BYTES: u64 = 16 << 20;

/// Sources, read once.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    directories: Vec<PathBuf>,
    files: HashMap<String, Option<Vec<String>>>,
}

impl Sources {
    /// Sources that are looked for beneath these directories too.
    pub fn new(directories: Vec<PathBuf>) -> Self {
        Self {
            directories,
            files: HashMap::new(),
        }
    }

    /// Where a file that the compiler named is on this machine: there, or where its path
    /// ends beneath one of the directories or the current one. The module may have been
    /// built elsewhere, or with `-trimpath`.
    pub fn find(&self, file: &str) -> Option<PathBuf> {
        let path = Path::new(file);
        if path.is_absolute() && is_source(path) {
            return Some(path.to_owned());
        }
        let parts = path.components();
        let parts = Vec::from_iter(parts.filter(|part| matches!(part, Component::Normal(_))));
        let here = PathBuf::new();
        let directories = self.directories.iter().chain([&here]);
        let mut ends = (0..parts.len()).flat_map(|first| {
            let end = PathBuf::from_iter(&parts[first..]);
            directories
                .clone()
                .map(move |directory| directory.join(&end))
        });
        ends.find(|path| is_source(path))
    }

    /// The lines of a file that the compiler named; `None` if it is not there.
    pub fn lines(&mut self, file: &str) -> Option<&[String]> {
        if !self.files.contains_key(file) {
            let path = self.find(file);
            let text = path.and_then(|path| read(&path).ok());
            // The module says which file it is, and whoever wrote that what is in it.
            let lines = text.map(|text| {
                let lines = text.lines().map(|line| line.replace('\t', "    "));
                let lines = lines.map(|line| fossor_text::shown(&line).into_owned());
                lines.collect()
            });
            self.files.insert(file.to_owned(), lines);
        }
        self.files.get(file)?.as_deref()
    }

    /// One line, counted from 1.
    pub fn line(&mut self, file: &str, line: u32) -> Option<&str> {
        let lines = self.lines(file)?;
        lines
            .get((line as usize).checked_sub(1)?)
            .map(String::as_str)
    }
}

/// A path as it is shown: from the current directory if it is beneath that.
pub fn shown(file: &str) -> &str {
    let here = std::env::current_dir().ok();
    let inside = here.and_then(|here| Path::new(file).strip_prefix(here).ok());
    inside.and_then(Path::to_str).unwrap_or(file)
}

/// Files without a length are the system's own, and reading one may never end.
fn is_source(path: &Path) -> bool {
    let found = std::fs::metadata(path);
    found.is_ok_and(|found| found.is_file() && (1..=MAX_FILE_BYTES).contains(&found.len()))
}

fn read(path: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    let file = std::fs::File::open(path)?;
    file.take(MAX_FILE_BYTES).read_to_string(&mut text)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_do_nothing_to_terminals() {
        let path = std::env::temp_dir().join(format!("fossor-source-{}.go", std::process::id()));
        std::fs::write(&path, "a\x1b[2J\tb\r\n\u{202e}c\n").unwrap();
        let mut sources = Sources::default();
        let lines = sources
            .lines(path.to_str().unwrap())
            .map(<[String]>::to_vec);
        std::fs::remove_file(&path).unwrap();
        assert_eq!(lines.unwrap(), ["a\u{fffd}[2J    b", "\u{fffd}c"]);
        assert!(sources.find("/proc/self/environ").is_none());
    }
}
