//! `docs/abi/`: the pages of `fossor explain` as files.

use crate::error::Error;
use crate::workspace;
use std::path::PathBuf;

/// Every file that is missing, left over, or not as its source says.
pub fn stale() -> Result<Vec<String>, Error> {
    let mut found = Vec::new();
    let mut expected = Vec::new();
    for (name, text) in fossor_teach::explain::documents() {
        let path = directory().join(&name);
        if !path.is_file() || workspace::read(&path)? != text {
            found.push(format!(
                "docs/abi/{name} is not as its source says; `cargo xtask tidy --write` writes it"
            ));
        }
        expected.push(path);
    }
    if directory().is_dir() {
        let left = workspace::entries(&directory())?.into_iter();
        let left = left.filter(|path| !expected.contains(path));
        found.extend(left.map(|path| format!("{} has no source", super::shown(&path))));
    }
    Ok(found)
}

/// Writes all of them.
pub fn write() -> Result<(), Error> {
    workspace::fresh_dir(&directory())?;
    for (name, text) in fossor_teach::explain::documents() {
        workspace::write(&directory().join(name), text)?;
    }
    Ok(())
}

fn directory() -> PathBuf {
    workspace::root().join("docs").join("abi")
}
