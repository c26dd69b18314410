//! `cargo xtask aarch64`: Fossor for another processor, under qemu's emulation of it.

use crate::error::Error;
use crate::tally::Tally;
use crate::unit::{self, Variables};
use crate::{asm, fixtures, process, spec, workspace};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

/// What `cargo xtask aarch64` takes.
#[derive(clap::Args, Default)]
pub struct Options {
    /// Run the scripts of the specification whose name contains one of these.
    #[arg(long, value_name = "PART", value_delimiter = ',', default_values = SUITES)]
    pub spec: Vec<String>,
    /// Run only the Go programs whose name contains this.
    #[arg(long, value_name = "PART")]
    pub fixtures: Option<String>,
}

/// Suites of the specification, each run for itself: qemu keeps some 20 bytes for each
/// page that ever lay in a reservation, so that the suites of several memories, of
/// 64-bit ones and all of 3.0 at once take more than 8 GB.
const SUITES: [&str; 12] = [
    "wasm-v1",
    "wasm-v2",
    "simd",
    "tail-call",
    "exception",
    "gc/",
    "function-ref",
    "extended",
    "wide",
    "threads",
    "custom-page",
    "annotations",
];

const TRIPLE: &str = "aarch64-unknown-linux-gnu";
const LINKER: &str = "aarch64-linux-gnu-gcc";
const EMULATOR: &str = "qemu-aarch64";
/// Where Debian's cross compiler has the system's libraries.
const SYSTEM: &str = "/usr/aarch64-linux-gnu";

/// Builds, looks at the handlers, and runs the tests that depend on a processor.
pub fn perform(options: &Options) -> Result<Tally, Error> {
    for program in [LINKER, EMULATOR] {
        process::output(Command::new(program).arg("--version")).map_err(|_| {
            Error::message(format!(
                "{program} is missing: on Debian, \
                 `apt-get install gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user`"
            ))
        })?;
    }
    process::run(Command::new("rustup").args(["target", "add", TRIPLE]))?;
    let emulated = format!("{EMULATOR} -L {SYSTEM}");
    let variables: Variables = vec![
        ("CARGO_BUILD_TARGET", TRIPLE.into()),
        (
            "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER",
            LINKER.into(),
        ),
        (
            "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER",
            emulated.clone().into(),
        ),
    ];
    let mut build = Command::new("cargo");
    build
        .current_dir(workspace::root())
        .args(["build", "--release", "--package", "fossor-runner"])
        .envs(variables.iter().cloned());
    process::run(&mut build)?;
    let fossor = workspace::target().join(TRIPLE).join("release/fossor");
    let mut total = Tally::default();

    println!("\n== handlers");
    total.add(&asm::perform(&asm::Options {
        binary: Some(fossor.clone()),
        ..Default::default()
    })?);
    println!("\n== tail calls on a small stack");
    let stack = [
        "--release",
        "--package",
        "fossor-interpreter",
        "--test",
        "native_stack",
    ];
    total.add(&unit::cargo_test(&stack, &variables)?);
    println!("\n== Go programs");
    total.add(&fixtures::perform(&fixtures::Options {
        runtime: Some(wrapper(&fossor, &emulated)?),
        filter: options.fixtures.clone(),
        ..Default::default()
    })?);
    println!("\n== spec directives");
    for part in &options.spec {
        total.add(&spec::perform(&spec::Options {
            filter: Some(part.clone()),
            variables: variables.clone(),
            ..Default::default()
        })?);
    }
    println!("\naarch64: {total}");
    Ok(total)
}

/// A program that runs `fossor` in the emulator.
fn wrapper(fossor: &Path, emulated: &str) -> Result<std::path::PathBuf, Error> {
    let path = fossor.with_file_name("fossor-emulated");
    let script = format!("#!/bin/sh\nexec {emulated} {} \"$@\"\n", fossor.display());
    workspace::write(&path, script)?;
    let executable = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(&path, executable).map_err(Error::file("make executable", &path))?;
    Ok(path)
}
