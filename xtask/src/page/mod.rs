//! `cargo xtask page`: the page of `fossor trace --html` in a real browser.
//!
//! Chromium and Node are the system's (Debian: `chromium`, `nodejs`, `npm`);
//! playwright-core comes from npm, into `target/`.

use crate::error::Error;
use crate::golang::{self, Platform, Toolchain};
use crate::tally::Tally;
use crate::{process, runtime, workspace};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What `cargo xtask page` takes.
#[derive(clap::Args, Default)]
pub struct Options {
    /// Run this instead of the release build of fossor.
    #[arg(long, value_name = "PROGRAM")]
    pub runtime: Option<PathBuf>,
    /// Take the README's picture anew.
    #[arg(long)]
    pub picture: bool,
    /// Draw docs/debugger.svg anew, and nothing else.
    #[arg(long)]
    pub debugger: bool,
}

/// The checks, which count themselves.
const SCRIPT: &str = include_str!("page.mjs");

/// Programs that may be the browser.
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/// The version of playwright-core.
const PLAYWRIGHT: &str = "playwright-core@1";

/// Asks the clock 10,000 times.
const MANY: &str = r#"(module
  (import "wasi_snapshot_preview1" "clock_time_get" (func $time (param i32 i64 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_start") (local $left i32)
    (local.set $left (i32.const 10000))
    (loop $next
      (drop (call $time (i32.const 1) (i64.const 0) (i32.const 8)))
      (br_if $next (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))))"#;

/// What is typed for the debugger's picture: it stands in a function of a worker.
const KEYS: &str = ":b double\\n:b main.go:28\\nccn";

/// Makes two pages, and looks at them.
pub fn perform(options: &Options) -> Result<Tally, Error> {
    if options.debugger {
        return draw_debugger();
    }
    let directory = workspace::target().join("page");
    workspace::create_dir(&directory)?;
    let browser = BROWSERS.iter().find_map(|name| which(name));
    let (Some(browser), Some(_)) = (browser, which("node")) else {
        return Err(Error::message(
            "this takes Chromium and Node on PATH; in Debian: apt-get install chromium nodejs npm",
        ));
    };
    if !directory
        .join("node_modules")
        .join("playwright-core")
        .is_dir()
    {
        let mut npm = Command::new("npm");
        npm.current_dir(&directory);
        npm.args([
            "install",
            "--no-audit",
            "--no-fund",
            "--no-package-lock",
            PLAYWRIGHT,
        ]);
        process::run(&mut npm)?;
    }
    let fossor = runtime::binary(options.runtime.as_deref())?;
    let toolchain = Toolchain::find()?;
    let modules = golang::build(
        &toolchain,
        &workspace::fixtures(),
        "go-fixtures",
        Platform::Wasm,
        &["note"],
    )?;
    let shown = directory.join("shown");
    workspace::fresh_dir(&shown)?;
    workspace::copy_dir(&workspace::fixtures().join("note").join("files"), &shown)?;
    let mut trace = Command::new(&fossor);
    trace.args(["trace", "--html", "note.html", "--dir", "shown::/"]);
    trace.arg(modules.join("note.wasm")).current_dir(&directory);
    process::run(&mut trace)?;
    workspace::write(&directory.join("many.wat"), MANY)?;
    let mut trace = Command::new(&fossor);
    trace
        .args(["trace", "--html", "many.html", "many.wat"])
        .current_dir(&directory);
    process::run(&mut trace)?;

    workspace::write(&directory.join("page.mjs"), SCRIPT)?;
    let mut node = Command::new("node");
    node.arg("page.mjs").arg(&browser).current_dir(&directory);
    if options.picture {
        node.arg(workspace::root().join("docs").join("trace.png"));
    }
    process::run(&mut node)?;
    let mut tally = Tally::default();
    // The script fails at the first check that does not hold.
    tally.passed += SCRIPT.matches("check(\"").count() as u64;
    println!("page: {tally}");
    Ok(tally)
}

/// Has the debugger draw its screen.
fn draw_debugger() -> Result<Tally, Error> {
    let toolchain = Toolchain::find()?;
    let fixtures = workspace::fixtures();
    let modules = golang::build(
        &toolchain,
        &fixtures,
        "go-fixtures",
        Platform::Wasm,
        &["debugged"],
    )?;
    let mut cargo = Command::new("cargo");
    cargo.current_dir(workspace::root());
    cargo.args(["run", "--package", "fossor-debug", "--example", "picture"]);
    cargo.arg(modules.join("debugged.wasm"));
    cargo.arg(fixtures.join("debugged").join("files")).arg(KEYS);
    cargo.arg(workspace::root().join("docs").join("debugger.svg"));
    process::run(&mut cargo)?;
    Ok(Tally::default())
}

/// A program on PATH.
fn which(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let found = std::env::split_paths(&path).map(|directory| directory.join(name));
    found.into_iter().find(|file: &PathBuf| Path::is_file(file))
}
