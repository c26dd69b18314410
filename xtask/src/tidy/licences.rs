//! Every dependency has a licence that deny.toml allows, and comes from crates.io.

use crate::error::Error;
use crate::{process, workspace};
use serde::Deserialize;
use std::process::Command;

/// What of deny.toml is checked here.
#[derive(Deserialize)]
struct Deny {
    licenses: Licences,
}

#[derive(Deserialize)]
struct Licences {
    allow: Vec<String>,
    exceptions: Vec<Exception>,
}

#[derive(Deserialize)]
struct Exception {
    #[serde(rename = "crate")]
    name: String,
    allow: Vec<String>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    license: Option<String>,
    source: Option<String>,
}

/// Where crates may come from, as cargo says it.
const SOURCE: &str = "registry+";

/// Every dependency that may not come in; of Fossor and of its fuzz targets.
pub fn refused() -> Result<Vec<String>, Error> {
    let failed = |error: String| Error::message(format!("deny.toml: {error}"));
    let text = workspace::read(&workspace::root().join("deny.toml"))?;
    let deny: Deny = toml::from_str(&text).map_err(|error| failed(error.to_string()))?;
    let mut found = Vec::new();
    for manifest in ["Cargo.toml", "fuzz/Cargo.toml"] {
        let mut cargo = Command::new("cargo");
        cargo.current_dir(workspace::root());
        cargo.args([
            "metadata",
            "--format-version=1",
            "--all-features",
            "--manifest-path",
        ]);
        let text = process::output(cargo.arg(manifest))?;
        let metadata: Metadata =
            serde_json::from_str(&text).map_err(|error| Error::message(error.to_string()))?;
        for package in metadata.packages {
            let Some(source) = &package.source else {
                continue;
            };
            if !source.starts_with(SOURCE) {
                found.push(format!("{} comes from {source}", package.name));
            }
            let licence = package.license.as_deref().unwrap_or("none");
            let own = deny.licenses.exceptions.iter();
            let own = own.filter(|exception| exception.name == package.name);
            let mut allowed: Vec<_> = deny.licenses.allow.iter().collect();
            allowed.extend(own.flat_map(|exception| &exception.allow));
            if !is_allowed(licence, &|name| allowed.iter().any(|one| *one == name)) {
                found.push(format!("{}: the licence is {licence}", package.name));
            }
        }
    }
    found.dedup();
    Ok(found)
}

/// Whether one of the alternatives is allowed in all its parts. A slash is an old
/// way of writing OR.
fn is_allowed(expression: &str, allowed: &dyn Fn(&str) -> bool) -> bool {
    let expression = expression.replace('/', " OR ");
    // Parentheses are only ever around alternatives: they bind tighter.
    let mut parts = vec![String::new()];
    for word in expression.split_whitespace() {
        let last = parts.len() - 1;
        let inside = parts[last].matches('(').count() > parts[last].matches(')').count();
        match word {
            "AND" if !inside => parts.push(String::new()),
            _ => parts[last] = format!("{} {word}", parts[last]),
        }
    }
    parts.iter().all(|part| {
        let part = part.trim().trim_start_matches('(').trim_end_matches(')');
        part.split(" OR ").any(|name| allowed(name.trim()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_read() {
        let allowed = |name: &str| ["MIT", "Unicode-3.0"].contains(&name);
        assert!(is_allowed("MIT", &allowed));
        assert!(is_allowed("Apache-2.0/MIT", &allowed));
        assert!(is_allowed("GPL-3.0 OR MIT", &allowed));
        assert!(is_allowed("(MIT OR Apache-2.0) AND Unicode-3.0", &allowed));
        assert!(!is_allowed("(MIT OR Apache-2.0) AND NCSA", &allowed));
        assert!(!is_allowed("GPL-3.0", &allowed));
    }
}
