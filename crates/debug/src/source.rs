//! The program's sources, where they can be found.

use std::collections::HashMap;
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
            let text = path.and_then(|path| std::fs::read_to_string(path).ok());
            let lines = text.map(|text| {
                text.lines()
                    .map(|line| line.replace('\t', "    "))
                    .collect()
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

fn is_source(path: &Path) -> bool {
    let found = std::fs::metadata(path);
    found.is_ok_and(|found| found.is_file() && found.len() <= MAX_FILE_BYTES)
}
