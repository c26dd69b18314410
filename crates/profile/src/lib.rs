//! Profiles in the formats that tools read: pprof (`go tool pprof`), folded
//! stacks, speedscope, flame graphs as pictures; and cover profiles of Go.
//!
//! This crate knows stacks and numbers, not where they come from.

#![forbid(unsafe_code)]

mod cover;
mod flame;
mod folded;
mod pprof;
mod speedscope;

pub use cover::write_cover;
pub use flame::write_flame_graph;
pub use folded::write_folded;
pub use pprof::write_pprof;
pub use speedscope::write_speedscope;

use std::path::Path;
use std::time::{Duration, SystemTime};

/// A profile: stacks, and how much was seen in each.
#[derive(Clone, Debug)]
pub struct Profile {
    /// The program's name.
    pub name: String,
    /// What values count.
    pub unit: Unit,
    /// Between samples, in that unit.
    pub period: u64,
    /// When the program started.
    pub start: SystemTime,
    /// How long it ran.
    pub duration: Duration,
    /// The stacks.
    pub stacks: Vec<Stack>,
}

/// What values count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Executed operators of WebAssembly.
    Instructions,
    /// CPU time.
    Nanoseconds,
}

/// A stack.
#[derive(Clone, Debug)]
pub struct Stack {
    /// The innermost first.
    pub frames: Vec<Frame>,
    /// How often it was seen.
    pub samples: u64,
    /// In the profile's unit.
    pub value: u64,
}

/// A function on a stack.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Frame {
    /// Its name.
    pub func: String,
    /// The file; empty if that is not known.
    pub file: String,
    /// The line; 0 if that is not known.
    pub line: u32,
    /// The line where the function begins.
    pub start_line: u32,
    /// Whether it was inlined into the next frame's function.
    pub inlined: bool,
}

/// Why a profile cannot be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// Nothing was seen, which some formats cannot say.
    #[error("there is not one sample; the program ended too early for them")]
    Empty,
    /// A format of that file name is not known.
    #[error("which format is {0}? Known are .pb.gz, .pprof, .folded, .json and .svg")]
    Format(String),
}

/// A format of profiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// What `go tool pprof` reads.
    Pprof,
    /// One line for each stack.
    Folded,
    /// What speedscope.app reads.
    Speedscope,
    /// A flame graph.
    Svg,
}

impl Format {
    /// The format that a file's name asks for.
    pub fn of(path: &Path) -> Result<Self, Error> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let extension = name.rsplit('.').next().unwrap_or_default();
        match extension {
            _ if name.ends_with(".pb.gz") => Ok(Format::Pprof),
            "pprof" | "pb" | "prof" | "out" => Ok(Format::Pprof),
            "folded" | "txt" => Ok(Format::Folded),
            "json" => Ok(Format::Speedscope),
            "svg" => Ok(Format::Svg),
            _ => Err(Error::Format(name.into_owned())),
        }
    }
}

impl Profile {
    /// The profile in a format.
    pub fn encode(&self, format: Format) -> Result<Vec<u8>, Error> {
        match format {
            Format::Pprof => write_pprof(self),
            Format::Folded => Ok(write_folded(self).into_bytes()),
            Format::Speedscope => Ok(write_speedscope(self)),
            Format::Svg => write_flame_graph(self),
        }
    }
}

impl Unit {
    fn name(self) -> &'static str {
        match self {
            Unit::Instructions => "instructions",
            Unit::Nanoseconds => "nanoseconds",
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub fn frame(func: &str, line: u32, inlined: bool) -> Frame {
        Frame {
            func: func.to_owned(),
            file: "/x/main.go".to_owned(),
            line,
            start_line: line - 1,
            inlined,
        }
    }

    /// `main` calls `outer`, into which `inner` was inlined; 3 samples there,
    /// 1 in `main`.
    pub fn profile() -> Profile {
        let (inner, outer) = (frame("main.inner", 9, true), frame("main.outer", 5, false));
        let main = frame("main.main", 3, false);
        let stacks = vec![
            Stack {
                frames: vec![inner, outer, main.clone()],
                samples: 3,
                value: 3000,
            },
            Stack {
                frames: vec![main],
                samples: 1,
                value: 1000,
            },
        ];
        Profile {
            name: "x.wasm".to_owned(),
            unit: Unit::Instructions,
            period: 1000,
            start: SystemTime::UNIX_EPOCH,
            duration: Duration::from_millis(5),
            stacks,
        }
    }

    #[test]
    fn names_of_files_choose_the_format() {
        let of = |name: &str| Format::of(Path::new(name)).ok();
        assert_eq!(of("a/cpu.pb.gz"), Some(Format::Pprof));
        assert_eq!(of("cpu.out"), Some(Format::Pprof));
        assert_eq!(of("x.speedscope.json"), Some(Format::Speedscope));
        assert_eq!(of("x.svg"), Some(Format::Svg));
        assert_eq!(of("x.folded"), Some(Format::Folded));
        assert_eq!(of("x"), None);
        assert_eq!(of("x.gz"), None);
    }
}
