//! Where things are in the checkout.

use crate::error::Error;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// The top of the checkout.
pub fn root() -> PathBuf {
    let xtask = env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    xtask
        .parent()
        .map_or_else(|| xtask.clone(), Path::to_path_buf)
}

/// Cargo's target directory, where everything that is built or fetched goes.
pub fn target() -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(dir) => root().join(dir),
        None => root().join("target"),
    }
}

/// The directory of the Go programs.
pub fn fixtures() -> PathBuf {
    root().join("go-fixtures")
}

/// Reads a text file.
pub fn read(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(Error::file("read", path))
}

/// Writes a file, and the directories above it if they are missing.
pub fn write(path: &Path, contents: impl AsRef<[u8]>) -> Result<(), Error> {
    if let Some(parent) = path.parent() {
        create_dir(parent)?;
    }
    fs::write(path, contents).map_err(Error::file("write", path))
}

/// Makes a directory with all that is missing above it.
pub fn create_dir(path: &Path) -> Result<(), Error> {
    fs::create_dir_all(path).map_err(Error::file("create", path))
}

/// Makes a directory that is certainly empty.
pub fn fresh_dir(path: &Path) -> Result<(), Error> {
    if path.exists() {
        fs::remove_dir_all(path).map_err(Error::file("remove", path))?;
    }
    create_dir(path)
}

/// The entries of a directory, sorted by name.
pub fn entries(path: &Path) -> Result<Vec<PathBuf>, Error> {
    let listing = fs::read_dir(path).map_err(Error::file("list", path))?;
    let mut found = Vec::new();
    for entry in listing {
        found.push(entry.map_err(Error::file("list", path))?.path());
    }
    found.sort();
    Ok(found)
}

/// Every file below a directory, sorted; names in `ignored` are not entered.
pub fn files_below(path: &Path, ignored: &[&str]) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    for entry in entries(path)? {
        if entry
            .file_name()
            .is_some_and(|name| ignored.iter().any(|i| name == *i))
        {
            continue;
        }
        if entry.is_dir() && !entry.is_symlink() {
            found.extend(files_below(&entry, ignored)?);
        } else {
            found.push(entry);
        }
    }
    Ok(found)
}

/// Copies a directory with all that is in it.
pub fn copy_dir(from: &Path, to: &Path) -> Result<(), Error> {
    create_dir(to)?;
    for file in files_below(from, &[])? {
        let target = to.join(file.strip_prefix(from).unwrap_or(&file));
        if let Some(parent) = target.parent() {
            create_dir(parent)?;
        }
        fs::copy(&file, &target).map_err(Error::file("copy", &file))?;
    }
    Ok(())
}
