//! `cargo xtask determinism`: under `--deterministic` a guest does the same in
//! every run, in both dispatchers, in debug and release builds.

use crate::error::Error;
use crate::golang::{self, Platform, Toolchain};
use crate::process::{self, Input};
use crate::runtime::DISPATCHERS;
use crate::tally::Tally;
use crate::{runtime, workspace};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// What `cargo xtask determinism` takes.
#[derive(clap::Args, Default)]
pub struct Options {
    /// Test this instead of the release build of fossor.
    #[arg(long, value_name = "PROGRAM")]
    pub runtime: Option<PathBuf>,
    /// Do not build and test the debug build too.
    #[arg(long)]
    pub no_debug: bool,
}

/// Seeds that are tried.
const SEEDS: [u64; 2] = [1, 77];
/// How long a run may take.
const LIMIT: Duration = Duration::from_secs(300);

/// Runs hello world and a server of timers and goroutines. It makes no files: their
/// times and inodes are the host's.
pub fn perform(options: &Options) -> Result<Tally, Error> {
    let mut builds = vec![("release", runtime::binary(options.runtime.as_deref())?)];
    if !options.no_debug {
        let mut cargo = Command::new("cargo");
        cargo.current_dir(workspace::root());
        process::run(cargo.args(["build", "--package", "fossor-runner"]))?;
        builds.push(("debug", workspace::target().join("debug").join("fossor")));
    }
    let toolchain = Toolchain::find()?;
    let module = workspace::fixtures().join("soak");
    let built = golang::build(&toolchain, &module, "go-soak", Platform::Wasm, &["server"])?;
    let hello = workspace::fixtures().join("prebuilt").join("hello.wasm");
    let server = built.join("server.wasm");
    let programs: [(&str, &Path, &[&str]); 2] = [
        ("hello", &hello, &[]),
        ("server", &server, &["-requests=8", "-hours=4", "-dir="]),
    ];
    let dir = workspace::target().join("determinism");
    let mut tally = Tally::default();
    for (name, module, arguments) in programs {
        for seed in SEEDS {
            let mut first: Option<(String, Seen)> = None;
            for (build, binary) in &builds {
                for dispatch in DISPATCHERS {
                    workspace::fresh_dir(&dir)?;
                    let run = format!("{name}, seed {seed}, {build}, {dispatch}");
                    let seen = see(binary, &dir, dispatch, seed, module, arguments)?;
                    let Some((other, expected)) = &first else {
                        println!(
                            "      {run}: {} lines of trace, {} operators",
                            seen.trace.lines().count(),
                            seen.operators
                        );
                        first = Some((run, seen));
                        continue;
                    };
                    match expected.difference(&seen) {
                        None => tally.passed += 1,
                        Some(what) => {
                            tally.failed += 1;
                            println!("FAIL  {run} differs from {other}: {what}");
                        }
                    }
                }
            }
        }
    }
    println!("determinism: {tally}");
    Ok(tally)
}

/// What is the same in every run.
struct Seen {
    trace: String,
    output: Vec<u8>,
    operators: u64,
}

impl Seen {
    fn difference(&self, other: &Seen) -> Option<String> {
        let lines = self.trace.lines().zip(other.trace.lines());
        if let Some((number, (a, b))) = lines.enumerate().find(|(_, (a, b))| a != b) {
            return Some(format!("line {} of the trace: {a} | {b}", number + 1));
        }
        if self.trace.len() != other.trace.len() {
            return Some("one trace is longer".to_owned());
        }
        if self.output != other.output {
            return Some("the output".to_owned());
        }
        let (a, b) = (self.operators, other.operators);
        (a != b).then(|| format!("{a} operators, not {b}"))
    }
}

fn see(
    binary: &Path,
    dir: &Path,
    dispatch: &str,
    seed: u64,
    module: &Path,
    arguments: &[&str],
) -> Result<Seen, Error> {
    let run = |command: &str, more: &[&str]| {
        let mut fossor = Command::new(binary);
        fossor.current_dir(dir).arg(command).args(more);
        fossor.arg(format!("--deterministic={seed}"));
        fossor.args(["--dispatch", dispatch, "--dir", ".::/"]);
        fossor.arg(module).args(arguments);
        process::capture(&mut fossor, &Input::Empty, LIMIT)
    };
    let traced = run("trace", &[])?;
    let profile = "profile.folded";
    let profiled = run("profile", &["-o", profile])?;
    if !traced.status.success() || !profiled.status.success() {
        let said = String::from_utf8_lossy(&traced.stderr).into_owned();
        let more = String::from_utf8_lossy(&profiled.stderr).into_owned();
        return Err(Error::message(format!("the guest failed: {said}{more}")));
    }
    let folded = workspace::read(&dir.join(profile))?;
    let counts = folded.lines().filter_map(|line| line.rsplit_once(' '));
    Ok(Seen {
        trace: String::from_utf8_lossy(&traced.stderr).into_owned(),
        output: traced.stdout,
        operators: counts
            .filter_map(|(_, count)| count.parse::<u64>().ok())
            .sum(),
    })
}
