//! Embedding: Go plugins in Rust hosts, and the library's examples.

use crate::error::Error;
use crate::golang::{self, Platform, Toolchain};
use crate::tally::Tally;
use crate::{unit, workspace};
use std::path::PathBuf;

/// Go programs that a host runs from start to end.
const COMMANDS: &[&str] = &["request"];
/// Go libraries, whose functions a host calls.
const REACTORS: &[&str] = &["abi", "plugin", "web"];

/// What `cargo xtask embed` takes.
#[derive(clap::Args, Default)]
pub struct Options {
    /// Run only the tests whose name contains this.
    pub filter: Option<String>,
    /// Only build the Go modules, and say where they are.
    #[arg(long)]
    pub build: bool,
}

/// Builds the modules, and runs the tests on them.
pub fn perform(options: &Options) -> Result<Tally, Error> {
    let modules = build()?;
    if options.build {
        println!("the modules are in {}", modules.display());
        return Ok(Tally::default());
    }
    let mut selection = vec!["--package", "embed-tests"];
    selection.extend(options.filter.as_deref());
    let tally = unit::cargo_test(&selection, &vec![("FOSSOR_GO_MODULES", modules.into())])?;
    println!("embedding: {tally}");
    Ok(tally)
}

/// The directory of the Go modules of `go-fixtures/embed/`.
pub fn build() -> Result<PathBuf, Error> {
    let toolchain = Toolchain::find()?;
    let module = workspace::fixtures().join("embed");
    let make =
        |platform, names: &[&str]| golang::build(&toolchain, &module, "go-embed", platform, names);
    make(Platform::Wasm, COMMANDS)?;
    make(Platform::Reactor, REACTORS)
}
