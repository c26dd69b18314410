//! Every dependency is named, with its reason, in `docs/decisions/`.

use super::shown;
use crate::error::Error;
use crate::workspace;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The tables of a manifest that name dependencies.
const TABLES: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];

/// Every dependency that no decision names.
pub fn unexplained() -> Result<Vec<String>, Error> {
    let decisions = workspace::root().join("docs").join("decisions");
    let mut text = String::new();
    for file in workspace::entries(&decisions)? {
        text += &workspace::read(&file)?;
    }
    let mut found = Vec::new();
    for (name, manifest) in all()? {
        if !text.contains(&format!("`{name}`")) {
            let manifest = shown(&manifest);
            found.push(format!(
                "{manifest}: `{name}` is not explained in docs/decisions/"
            ));
        }
    }
    Ok(found)
}

/// Dependencies from outside, each with a manifest that has it.
fn all() -> Result<BTreeMap<String, PathBuf>, Error> {
    let root = workspace::root();
    let mut manifests = vec![root.join("xtask"), root.join("spec-tests")];
    manifests.extend(workspace::entries(&root.join("crates"))?);
    let mut found = BTreeMap::new();
    for manifest in manifests
        .into_iter()
        .map(|directory| directory.join("Cargo.toml"))
    {
        if manifest.is_file() {
            for name in names(&workspace::read(&manifest)?)? {
                found.entry(name).or_insert_with(|| manifest.clone());
            }
        }
    }
    Ok(found)
}

/// The dependencies of one manifest, without those of this workspace.
fn names(manifest: &str) -> Result<Vec<String>, Error> {
    let manifest: toml::Table =
        toml::from_str(manifest).map_err(|error| Error::message(error.to_string()))?;
    let mut tables: Vec<&toml::Table> = vec![&manifest];
    let targets = manifest.get("target").and_then(toml::Value::as_table);
    tables.extend(
        targets
            .into_iter()
            .flat_map(|t| t.values())
            .filter_map(toml::Value::as_table),
    );
    let mut found = Vec::new();
    for table in tables {
        for kind in TABLES {
            let dependencies = table.get(kind).and_then(toml::Value::as_table);
            found.extend(dependencies.into_iter().flat_map(|t| t.keys().cloned()));
        }
    }
    found.retain(|name| name != "fossor" && !name.starts_with("fossor-"));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependencies_are_found_in_every_table() {
        let manifest = "[dependencies]\nserde = \"1\"\nfossor-wasi = { workspace = true }\n\
                        [dev-dependencies]\nwat = \"1\"\n\
                        [target.'cfg(unix)'.dependencies]\nrustix = \"1\"\n";
        assert_eq!(names(manifest).unwrap(), ["serde", "wat", "rustix"]);
    }
}
