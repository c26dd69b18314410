//! `cargo xtask coverage`: which lines of `crates/` the tests reach, by LLVM's
//! instrumentation.

use crate::error::Error;
use crate::tally::Tally;
use crate::{process, workspace};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What `cargo xtask coverage` takes.
#[derive(clap::Args, Default)]
pub struct Options {
    /// Chores to run instrumented, each with its arguments in one word; without
    /// any, those of `cargo xtask test` except the one over the release binary's
    /// machine code.
    pub chores: Vec<String>,
    /// Write the table into docs/security/coverage.md.
    #[arg(long)]
    pub write: bool,
    /// Only read what an earlier run left in target/coverage.
    #[arg(long)]
    pub report: bool,
}

/// What is run if nothing is named. The specification's tests come first: they
/// build the most.
const CHORES: [&str; 8] = [
    "unit",
    "spec",
    "exhaust",
    "determinism --no-debug",
    "fixtures",
    "tour",
    "embed",
    "go --tier quick",
];

/// Runs the chores, also after one has failed, and prints the lines reached.
pub fn perform(options: &Options) -> Result<Tally, Error> {
    let dir = workspace::target().join("coverage");
    let profiles = dir.join("profiles");
    let mut tally = Tally::default();
    if !options.report {
        workspace::fresh_dir(&profiles)?;
        let named: Vec<&str> = match &*options.chores {
            [] => CHORES.to_vec(),
            chores => chores.iter().map(String::as_str).collect(),
        };
        for chore in named {
            match chore_of(chore, &dir, &profiles) {
                Ok(()) => tally.passed += 1,
                Err(error) => {
                    eprintln!("{chore}: {error}");
                    tally.failed += 1;
                }
            }
        }
    }
    let table = table(&dir, &profiles)?;
    println!("\n{table}\ncoverage: {tally}");
    if options.write {
        let page = workspace::root().join("docs/security/coverage.md");
        workspace::write(&page, format!("{PREFACE}{table}"))?;
    }
    Ok(tally)
}

const PREFACE: &str = "# Lines that the tests reach\n\n\
    What `cargo xtask coverage --write` printed: the lines of each crate's sources\n\
    (tests apart) that ran at least once in chores of `cargo xtask test`, by\n\
    LLVM's instrumentation. Files below 75 % are named.\n\n";

fn chore_of(chore: &str, dir: &Path, profiles: &Path) -> Result<(), Error> {
    let program = std::env::current_exe().map_err(Error::file("find", Path::new("cargo xtask")))?;
    let mut run = Command::new(program);
    run.args(chore.split(' '))
        .env("RUSTFLAGS", "-Cinstrument-coverage")
        .env("CARGO_TARGET_DIR", dir)
        .env("CARGO_INCREMENTAL", "0")
        // Optimised across crates, functions that never ran have no lines left.
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        // Processes of one binary add to one file.
        .env("LLVM_PROFILE_FILE", profiles.join("%m.profraw"));
    process::run(&mut run)
}

/// A program of LLVM's, from the toolchain's component `llvm-tools`.
fn tool(name: &str) -> Result<PathBuf, Error> {
    let sysroot = process::output(Command::new("rustc").args(["--print", "sysroot"]))?;
    let tool = Path::new(sysroot.trim())
        .join("lib/rustlib/x86_64-unknown-linux-gnu/bin")
        .join(name);
    if !tool.exists() {
        process::run(Command::new("rustup").args(["component", "add", "llvm-tools"]))?;
    }
    Ok(tool)
}

/// Lines of a file or folder: those reached, and all.
#[derive(Clone, Copy, Default)]
struct Lines {
    reached: u64,
    all: u64,
}

impl Lines {
    fn percent(self) -> f64 {
        100.0 * self.reached as f64 / self.all.max(1) as f64
    }
}

fn table(dir: &Path, profiles: &Path) -> Result<String, Error> {
    let merged = dir.join("merged.profdata");
    let mut merge = Command::new(tool("llvm-profdata")?);
    merge.args(["merge", "-sparse", "-o"]).arg(&merged);
    process::run(merge.args(workspace::entries(profiles)?))?;
    let mut export = Command::new(tool("llvm-cov")?);
    export
        .args(["export", "-summary-only", "-format=lcov"])
        .arg("-instr-profile")
        .arg(&merged);
    for program in programs(dir)? {
        export.arg("-object").arg(program);
    }
    let lcov = process::output(&mut export)?;
    let (crates, files) = read(&lcov, &workspace::root().join("crates"));
    let mut table = String::from("| crate | lines | reached | |\n| --- | --- | --- | --- |\n");
    let mut total = Lines::default();
    for (name, lines) in &crates {
        total.reached += lines.reached;
        total.all += lines.all;
        row(&mut table, name, *lines);
    }
    row(&mut table, "all", total);
    table += "\n| file | lines | reached | |\n| --- | --- | --- | --- |\n";
    for (name, lines) in files.iter().filter(|(_, lines)| lines.percent() < 75.0) {
        row(&mut table, name, *lines);
    }
    Ok(table)
}

fn row(table: &mut String, name: &str, lines: Lines) {
    let Lines { reached, all } = lines;
    let _ = writeln!(
        table,
        "| {name} | {all} | {reached} | {:.1} % |",
        lines.percent()
    );
}

/// The instrumented programs: tests, examples, and what chores built.
fn programs(dir: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut programs = Vec::new();
    for folder in [
        "debug/deps",
        "release/deps",
        "debug",
        "release",
        "release/examples",
    ] {
        let folder = dir.join(folder);
        if !folder.exists() {
            continue;
        }
        programs.extend(workspace::entries(&folder)?.into_iter().filter(|path| {
            let runs = path
                .metadata()
                .is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0);
            // Other shared objects are procedural macros, run by the compiler.
            let ours = path
                .file_name()
                .is_some_and(|name| name == "libfossor_c_api.so");
            runs && (path.extension().is_none() || ours)
        }));
    }
    Ok(programs)
}

type ByName = BTreeMap<String, Lines>;

/// Lines by crate and by file, of files below `crates`.
fn read(lcov: &str, crates: &Path) -> (ByName, ByName) {
    let (mut by_crate, mut by_file) = (ByName::new(), ByName::new());
    let mut file = None;
    for line in lcov.lines() {
        let (key, value) = line.split_once(':').unwrap_or((line, ""));
        let count = || value.parse().unwrap_or(0);
        match key {
            "SF" => {
                let below = Path::new(value).strip_prefix(crates).ok();
                let source = below.filter(|path| path.iter().nth(1).is_some_and(|at| at == "src"));
                file = source.map(|path| path.display().to_string());
            }
            "LF" | "LH" => {
                let Some(path) = &file else { continue };
                let name = path.split('/').next().unwrap_or_default().to_owned();
                for lines in [
                    by_crate.entry(name).or_default(),
                    by_file.entry(path.clone()).or_default(),
                ] {
                    match key {
                        "LF" => lines.all += count(),
                        _ => lines.reached += count(),
                    }
                }
            }
            _ => {}
        }
    }
    (by_crate, by_file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sources_of_crates_count() {
        let lcov = "SF:/w/crates/wasi/src/a.rs\nLF:10\nLH:4\nend_of_record\n\
                    SF:/w/crates/wasi/tests/b.rs\nLF:5\nLH:5\nend_of_record\n\
                    SF:/home/registry/src/c.rs\nLF:5\nLH:5\nend_of_record\n\
                    SF:/w/crates/wasi/src/d.rs\nLF:10\nLH:10\nend_of_record\n";
        let (crates, files) = read(lcov, Path::new("/w/crates"));
        let wasi = crates["wasi"];
        assert_eq!((wasi.reached, wasi.all, crates.len()), (14, 20, 1));
        assert_eq!(files["wasi/src/a.rs"].percent(), 40.0);
        assert_eq!(files.len(), 2);
    }
}
