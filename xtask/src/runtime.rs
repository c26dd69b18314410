//! The interpreter under test: the release build of this checkout, or a
//! stand-in that takes the same command line.

use crate::error::Error;
use crate::{process, workspace};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The two dispatchers, by the names of `--dispatch`.
pub const DISPATCHERS: [&str; 2] = ["tail", "loop"];

/// The binary to test: `given`, or `fossor` built in release mode.
pub fn binary(given: Option<&Path>) -> Result<PathBuf, Error> {
    if let Some(path) = given {
        return path
            .canonicalize()
            .map_err(Error::file("find the runtime", path));
    }
    let mut build = Command::new("cargo");
    build.current_dir(workspace::root());
    process::run(build.args(["build", "--release", "--package", "fossor-runner"]))?;
    Ok(workspace::target().join("release").join("fossor"))
}
