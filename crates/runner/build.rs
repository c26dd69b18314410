//! Has the linker put together what a start executes, in release builds for Linux:
//! the system reads a program's code from its file 64 KiB around each function that
//! is called, and 1 MB that is executed lies scattered over 6 MB otherwise.
//!
//! `start.txt` lists the functions by what no compiler changes in their names, and
//! a linker script looks for them: what matches nothing is where it would have been.
//! Whether this system's linker takes such arguments is found out by linking an
//! empty program.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=start.txt");
    let is_release = variable("PROFILE") == "release";
    let is_sanitized = !variable("CARGO_CFG_SANITIZE").is_empty();
    if !is_release || is_sanitized || variable("CARGO_CFG_TARGET_OS") != "linux" {
        return;
    }
    let directory = PathBuf::from(variable("OUT_DIR"));
    let list = fs::read_to_string("start.txt").expect("start.txt lies beside build.rs");
    let script = directory.join("start.ld");
    fs::write(&script, linker_script(&list)).expect("cargo's directory is writable");

    let mut arguments = Vec::new();
    let place_together = format!("-Wl,-T,{}", script.display());
    // Relocations as bits, 4 KB instead of 470. The C library that runs the program
    // must know of them (glibc 2.36): that of this system may tell, no other one.
    let pack_relocations = "-Wl,-z,pack-relative-relocs".to_owned();
    let runs_here = variable("HOST") == variable("TARGET");
    for (argument, is_wanted) in [(place_together, true), (pack_relocations, runs_here)] {
        arguments.push(argument);
        if !is_wanted || !links(&directory, &arguments, runs_here) {
            arguments.pop();
        }
    }
    for argument in arguments {
        println!("cargo::rustc-link-arg-bin=fossor={argument}");
    }
}

/// One section of all functions in the list, before that of all others. With
/// `INSERT` the rest of the linker's own script holds.
fn linker_script(list: &str) -> String {
    let lines = list.lines().filter(|line| !line.starts_with('#'));
    // Sections of functions that are thought to be rare are `.text.unlikely._R…`.
    let patterns: String = lines.map(|line| format!("*(.text*_R*{line})\n")).collect();
    format!("SECTIONS {{ .text.start : {{\n*(.text.main)\n{patterns}}} }} INSERT BEFORE .text;\n")
}

/// Whether an empty program links with these arguments, and runs.
fn links(directory: &Path, arguments: &[String], runs_here: bool) -> bool {
    let (source, program) = (directory.join("empty.rs"), directory.join("empty"));
    if fs::write(&source, "fn main() {}\n").is_err() {
        return false;
    }
    let mut rustc = Command::new(variable("RUSTC"));
    rustc.args(["--edition=2024", "--crate-type=bin", "--target"]);
    rustc.arg(variable("TARGET"));
    let flags = variable("CARGO_ENCODED_RUSTFLAGS");
    rustc.args(flags.split('\x1f').filter(|flag| !flag.is_empty()));
    if let Some(linker) = env::var_os("RUSTC_LINKER") {
        rustc
            .arg("-C")
            .arg(format!("linker={}", Path::new(&linker).display()));
    }
    for argument in arguments {
        rustc.arg("-C").arg(format!("link-arg={argument}"));
    }
    rustc.arg("-o").arg(&program).arg(&source);
    let succeeds = |command: &mut Command| command.output().is_ok_and(|out| out.status.success());
    succeeds(&mut rustc) && (!runs_here || succeeds(&mut Command::new(&program)))
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_default()
}
