//! `cargo xtask asan`: the tests under AddressSanitizer; `cargo xtask miri`: some of
//! them in Miri, which knows whether each pointer may be used as it is.

use super::fuzz;
use crate::error::Error;
use crate::spec;
use crate::tally::Tally;
use crate::unit::{self, Variables};
use crate::{process, workspace};
use clap::ValueEnum;
use std::process::Command;

/// What `cargo xtask asan` takes.
#[derive(clap::Args, Default)]
pub struct Options {
    /// What to run; everything if nothing is named.
    pub parts: Vec<Part>,
}

/// What can be run.
#[derive(Clone, Copy, ValueEnum)]
pub enum Part {
    /// The specification's tests with debug assertions, in the loop dispatcher.
    Spec,
    /// The specification's tests in both dispatchers, without assertions.
    Tail,
    /// Unit tests of the crates that have `unsafe` code, and of their callers.
    Unit,
    /// The fuzz targets over their corpus and some made-up inputs.
    Corpora,
}

/// The host's: with a target given, build scripts are built without the sanitizer.
const TRIPLE: &str = "x86_64-unknown-linux-gnu";

/// Runs the parts, also after one has failed.
pub fn perform(options: &Options) -> Result<Tally, Error> {
    let parts = match &*options.parts {
        [] => Part::value_variants(),
        parts => parts,
    };
    let dir = workspace::target().join("asan");
    let mut total = Tally::default();
    for &part in parts {
        let assertions = !matches!(part, Part::Tail);
        // Assertions change every crate's build: one directory for each.
        let built = dir.join(if assertions { "assertions" } else { "tail" });
        let variables: Variables = vec![
            // Stable Rust has the sanitizer, and refuses the flag.
            ("RUSTC_BOOTSTRAP", "1".into()),
            (
                "RUSTFLAGS",
                "-Zsanitizer=address -Csymbol-mangling-version=v0".into(),
            ),
            ("CARGO_BUILD_TARGET", TRIPLE.into()),
            ("CARGO_TARGET_DIR", built.into()),
            ("CARGO_INCREMENTAL", "0".into()),
            // Whole-program optimisation would take minutes and hide lines.
            ("CARGO_PROFILE_RELEASE_LTO", "off".into()),
            ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16".into()),
            ("CARGO_PROFILE_RELEASE_DEBUG", "line-tables-only".into()),
            (
                "CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS",
                assertions.to_string().into(),
            ),
        ];
        total.add(&run(part, variables)?);
    }
    println!("asan: {total}");
    Ok(total)
}

/// What Miri runs: it takes seconds for what takes a millisecond otherwise.
const SMALL: [&[&str]; 2] = [
    &["--test", "small"],
    &[
        "--lib",
        "--",
        "heap::slot",
        "instance::buffer",
        "reserve::spares",
        "semantics::simd::load",
    ],
];

/// Runs small tests of the interpreter in Miri, which comes with nightly Rust alone.
pub fn miri() -> Result<Tally, Error> {
    let component = ["toolchain", "install", "nightly", "--profile", "minimal"];
    process::run(Command::new("rustup").args(component).args([
        "--no-self-update",
        "--component",
        "miri,rust-src",
    ]))?;
    // Addresses are numbers in code, so whether one may be used is known by which
    // were made into numbers. The processor's clock and files are the host's.
    let flags = "-Zmiri-permissive-provenance -Zmiri-disable-isolation";
    let mut tally = Tally::default();
    for selection in SMALL {
        let mut cargo = Command::new("cargo");
        cargo
            .current_dir(workspace::root())
            .args([
                "+nightly",
                "miri",
                "test",
                "--package",
                "fossor-interpreter",
            ])
            .args(selection)
            .env("MIRIFLAGS", flags)
            .env("CARGO_TARGET_DIR", workspace::target().join("miri"));
        tally.add(&unit::counted(&mut cargo)?);
    }
    println!("miri: {tally}");
    Ok(tally)
}

fn run(part: Part, variables: Variables) -> Result<Tally, Error> {
    match part {
        Part::Spec | Part::Tail => spec::perform(&spec::Options {
            variables,
            ..Default::default()
        }),
        Part::Unit => {
            let mut selection = vec!["--release", "--tests"];
            for package in [
                "fossor-interpreter",
                "fossor-module",
                "fossor-wasi",
                "fossor",
            ] {
                selection.extend(["--package", package]);
            }
            unit::cargo_test(&selection, &variables)
        }
        Part::Corpora => fuzz::tests_with(variables),
    }
}
