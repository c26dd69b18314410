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

/// What the stacks of the program must have: a line, and what the next one
/// contains.
const STACKS: [(&str, &str); 7] = [
    ("goroutine 1 [sleep]:", "time.Sleep(...)"),
    ("main.rest(...)", "main.go:33 +0x"),
    ("main.main(...)", "main.go:16 +0x"),
    ("main.receive(...)", "main.go:20 +0x"),
    ("main.lock(...)", "main.go:23"),
    ("main.choose(...)", "main.go:26 +0x"),
    ("created by main.main in goroutine 1", "main.go:13 +0x"),
];

/// Beginnings of goroutines.
const WAITS: [&str; 3] = ["[chan receive]:", "[sync.Mutex.Lock]:", "[select]:"];

/// What the stack of the reactor's function must have.
const REACTOR_STACKS: [(&str, &str); 2] = [
    ("main.spin(...)", "export.go:10 +0x"),
    ("main.hang(...)", "export.go:6 +0x"),
];

/// Builds the program with every version in every way, runs it until its time
/// is up, and compares.
pub fn perform(fossor: &Path) -> Result<Tally, Error> {
    let mut tally = Tally::default();
    for version in VERSIONS {
        let toolchain = Toolchain::fetched(version)?;
        for (name, flags) in BUILDS {
            let reactor = name == "c-shared";
            if reactor && version < FIRST_WITH_REACTORS {
                tally.skip("Go before 1.24 builds no reactors", 1);
                continue;
            }
            let module = build(&toolchain, version, name, flags)?;
            let wrong = wrong_with(fossor, &module, reactor)?;
            match &wrong {
                None => tally.passed += 1,
                Some(_) => tally.failed += 1,
            }
            let verdict = if wrong.is_none() { "ok" } else { "FAIL" };
            println!("{verdict:5} go {version:8} {name}");
            wrong.iter().for_each(|wrong| println!("{wrong}"));
        }
    }
    println!("versions of Go: {tally}");
    Ok(tally)
}

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

/// What is missing in what is said about the program, or `None`.
fn wrong_with(fossor: &Path, module: &Path, reactor: bool) -> Result<Option<String>, Error> {
    let mut command = Command::new(fossor);
    command.arg(if reactor { "invoke" } else { "run" });
    command.args(["--timeout", "1s"]).arg(module);
    if reactor {
        command.arg("hang");
    }
    let ended = process::capture(&mut command, &Input::Empty, Duration::from_secs(60))?;
    let stderr = String::from_utf8_lossy(&ended.stderr);
    let lines = Vec::from_iter(stderr.lines());
    let has = |(line, next): &(&str, &str)| {
        let mut pairs = lines.windows(2);
        pairs.any(|pair| pair[0] == *line && pair[1].contains(next))
    };
    let stacks = if reactor {
        &REACTOR_STACKS[..]
    } else {
        &STACKS
    };
    let waits = if reactor { &[][..] } else { &WAITS };
    let missing = stacks.iter().filter(|stack| !has(stack));
    let missing = missing.map(|(line, next)| format!("      no {line} {next}"));
    let ends = |wait: &&&str| !lines.iter().any(|line| line.ends_with(**wait));
    let missing = missing.chain(
        waits
            .iter()
            .filter(ends)
            .map(|wait| format!("      no {wait}")),
    );
    let missing = Vec::from_iter(missing);
    Ok((!missing.is_empty()).then(|| format!("{}\n{stderr}", missing.join("\n"))))
}
