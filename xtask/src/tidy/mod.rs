//! Checks of the sources themselves: formatting, lints, links, sizes, where
//! `unsafe` is, whether each dependency is accounted for.

mod dependencies;
mod documents;
mod licences;
mod links;
mod sources;

use crate::error::Error;
use crate::tally::Tally;
use crate::{process, workspace};
use std::process::Command;

/// Directories that hold nothing of ours.
const FOREIGN: &[&str] = &["target", ".git"];

/// What `cargo xtask tidy` takes.
#[derive(clap::Args)]
pub struct Options {
    /// Write docs/abi anew before the checks.
    #[arg(long)]
    pub write: bool,
}

/// Runs every check and prints what each found.
pub fn perform(options: &Options) -> Result<Tally, Error> {
    if options.write {
        documents::write()?;
    }
    type Check = (&'static str, fn() -> Result<Vec<String>, Error>);
    let checks: [Check; 8] = [
        ("cargo fmt", formatting),
        ("cargo clippy", lints),
        ("cargo doc", documentation),
        ("links in *.md", links::dead),
        ("unsafe only where it may be", sources::misplaced_unsafe),
        ("dependencies are explained", dependencies::unexplained),
        ("licences and sources are allowed", licences::refused),
        ("docs/abi is as the tables say", documents::stale),
    ];
    let mut tally = Tally::default();
    for (name, check) in checks {
        let found = check()?;
        match found.is_empty() {
            true => tally.passed += 1,
            false => tally.failed += 1,
        }
        println!("{}  {name}", if found.is_empty() { "ok  " } else { "FAIL" });
        found.iter().for_each(|problem| println!("      {problem}"));
    }
    for long in sources::long_files()? {
        println!("warn  {long}");
    }
    println!("tidy: {tally}");
    Ok(tally)
}

fn formatting() -> Result<Vec<String>, Error> {
    cargo(&["fmt", "--all", "--check"])
}

/// Broken links and the like in the documentation of the library.
fn documentation() -> Result<Vec<String>, Error> {
    let library = ["doc", "--quiet", "--no-deps", "--package", "fossor"];
    cargo_with(&library, &[("RUSTDOCFLAGS", "--deny warnings")])
}

fn lints() -> Result<Vec<String>, Error> {
    cargo(&[
        "clippy",
        "--quiet",
        "--workspace",
        "--all-targets",
        "--",
        "--deny",
        "warnings",
    ])
}

/// Runs cargo on the terminal; its own output says what is wrong.
fn cargo(arguments: &[&str]) -> Result<Vec<String>, Error> {
    cargo_with(arguments, &[])
}

fn cargo_with(arguments: &[&str], variables: &[(&str, &str)]) -> Result<Vec<String>, Error> {
    let mut cargo = Command::new("cargo");
    cargo.current_dir(workspace::root()).args(arguments);
    cargo.envs(variables.iter().copied());
    match process::run(&mut cargo) {
        Err(error @ Error::Command { .. }) => Ok(vec![error.to_string()]),
        other => other.map(|()| Vec::new()),
    }
}

/// A file by its path from the top of the checkout.
fn shown(path: &std::path::Path) -> String {
    path.strip_prefix(workspace::root())
        .unwrap_or(path)
        .display()
        .to_string()
}
