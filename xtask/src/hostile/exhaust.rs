//! `cargo xtask exhaust`: guests that want everything. Each must end with the
//! sentence that says why, and with no more memory than its size allows.

use super::greedy::{self, BODY_BYTES};
use super::heap_bombs;
use super::outcome::{self, Outcome};
use crate::error::Error;
use crate::tally::Tally;
use crate::{runtime, workspace};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What `cargo xtask exhaust` takes.
#[derive(clap::Args, Default)]
pub struct Options {
    /// Run only the cases whose name contains this.
    pub filter: Option<String>,
    /// Test this instead of the release build of fossor.
    #[arg(long, value_name = "PROGRAM")]
    pub runtime: Option<PathBuf>,
    /// Write the table into docs/security/exhaustion.md.
    #[arg(long)]
    pub write: bool,
}

/// One guest.
struct Case {
    name: &'static str,
    /// Its module, binary or text.
    module: fn() -> Vec<u8>,
    /// The command and its flags, before the module.
    flags: &'static [&'static str],
    /// The exit code.
    code: i32,
    /// What standard error says, among other things; nothing if that is empty.
    says: &'static str,
    /// MiB that it may take at most, and bytes for each byte of the module.
    bound: (f64, f64),
}

/// What a process takes that has a module of a few bytes, in MiB, with room.
const BASE: f64 = 24.0;
/// What flags allow a guest.
const MEMORY: &[&str] = &["run", "--max-memory", "64M"];
const STACK: &[&str] = &["run", "--max-stack", "64M"];
const HEAP: &[&str] = &["run", "--max-heap", "64M"];
const RUN: &[&str] = &["run"];
const EAGER: &[&str] = &["run", "--compile", "eager"];

macro_rules! cases {
    ($($name:literal: $module:expr, $flags:expr, $code:literal, $says:literal, $base:expr, $each:expr;)*) => {
        [$(Case {
            name: $name,
            module: || $module,
            flags: $flags,
            code: $code,
            says: $says,
            bound: ($base, $each),
        }),*]
    };
}

fn cases() -> impl IntoIterator<Item = Case> {
    cases! {
        "100 tables of 65,520 targets": greedy::tables_of_targets(100), RUN, 0, "", BASE, 40.0;
        "50,000 locals": greedy::command(50_000, |_| ()), RUN, 0, "", BASE, 1.0;
        "50,001 locals": greedy::command(50_001, |_| ()), RUN, 125, "too many locals", BASE, 1.0;
        "2.5 million blocks in each other": greedy::nested(BODY_BYTES - 100), RUN, 0, "", BASE, 120.0;
        "a body of 7.6 MB without a branch": greedy::straight(BODY_BYTES - 100), RUN, 0, "", BASE, 40.0;
        "a body beyond 7.6 MB": greedy::straight(BODY_BYTES + 100), RUN, 125, "more than 7654321 bytes in one function body", BASE, 40.0;
        "3 million operands on the stack": greedy::heaped(2_500_000), RUN, 125, "slots", BASE, 80.0;
        "100,000 functions, all called": greedy::functions(100_000), RUN, 0, "", BASE, 200.0;
        "100,000 functions, all translated": greedy::functions(100_000), EAGER, 0, "", BASE, 200.0;
        "1,000,001 functions": greedy::functions(1_000_001), RUN, 125, "functions", BASE, 100.0;
        "200,000 types": greedy::types(200_000), RUN, 125, "_start", BASE, 60.0;
        "20,000 unknown imports": greedy::imports(20_000), RUN, 125, "nobody", BASE, 100.0;
        "100,000 data segments": greedy::data_segments(100_000), RUN, 125, "_start", BASE, 100.0;
        "a name section of 50 MB of junk": greedy::custom(50 << 20), RUN, 125, "_start", BASE, 2.0;
        "4 thousand million functions in 16 bytes": greedy::liar(), RUN, 125, "functions", BASE, 1.0;
        "100,000 parentheses": greedy::parentheses(100_000).into_bytes(), RUN, 125, "", BASE, 100.0;
        "memory.grow to 4 GiB, untouched": greedy::grow_memory(false), RUN, 134, "unreachable", BASE, 1.0;
        "memory.grow to 64 MiB, all written": greedy::grow_memory(true), MEMORY, 134, "unreachable", BASE + 64.0, 1.0;
        "table.grow to ten million": greedy::grow_table(1000), RUN, 134, "unreachable", BASE + 240.0, 1.0;
        "table.grow by two thousand million": greedy::grow_table(i32::MAX), RUN, 134, "unreachable", BASE, 1.0;
        "a hundred tables of ten million": greedy::tables(100).into_bytes(), RUN, 125, "a table of 10000000 elements cannot be had", BASE + 160.0, 1.0;
        "a hundred memories of 2 MiB, all written": greedy::memories(100).into_bytes(), MEMORY, 125, "cannot be had", BASE + 64.0, 1.0;
        "structures in an endless list": heap_bombs::LIST.into(), HEAP, 134, "out of memory for structures", BASE + 80.0, 1.0;
        "an array of 64 GiB": heap_bombs::ARRAY.into(), RUN, 134, "out of memory for structures", BASE, 1.0;
        "arrays of 30 MB, each dropped": heap_bombs::CHURN.into(), &["run", "--max-heap", "64M", "--timeout", "500ms"], 124, "the time of 500ms", BASE + 80.0, 1.0;
        "caught exceptions in an endless list": heap_bombs::KEPT_EXCEPTIONS.into(), HEAP, 134, "out of memory for structures", BASE + 80.0, 1.0;
        "ten million caught exceptions, dropped": heap_bombs::DROPPED_EXCEPTIONS.into(), RUN, 0, "", BASE, 1.0;
        "recursion": greedy::recursion(0, false), STACK, 134, "call stack exhausted", BASE + 64.0, 1.0;
        "recursion, frames of 1,000 locals": greedy::recursion(1000, false), STACK, 134, "call stack exhausted", BASE + 64.0, 1.0;
        "recursion through a table": greedy::recursion(0, true), STACK, 134, "call stack exhausted", BASE + 64.0, 1.0;
        "an endless loop, with a timeout": greedy::forever(|_| ()), &["run", "--timeout", "300ms"], 124, "the time of 300ms", BASE, 1.0;
        "an endless loop, with fuel": greedy::forever(|_| ()), &["run", "--fuel", "50000000"], 124, "fuel", BASE, 1.0;
        "endless recursion, with a timeout": greedy::forever(|body| { body.instruction(&wasm_encoder::Instruction::Call(0)); }), &["run", "--timeout", "300ms", "--max-stack", "64M"], 134, "call stack exhausted", BASE + 64.0, 1.0;
        "an endless loop of calls, with a timeout": greedy::FOREVER_CALLS.into(), &["run", "--timeout", "300ms"], 124, "the time of 300ms", BASE, 1.0;
        "a flood of output": greedy::FLOOD.into(), &["run", "--timeout", "500ms"], 124, "the time of 500ms", BASE, 1.0;
        "a flood of calls, traced": greedy::FLOOD.into(), &["trace", "--timeout", "500ms"], 124, "fd_write(1<stdout>", BASE, 1.0;
        "a flood of calls, recorded": greedy::FLOOD.into(), &["run", "--record", "/dev/null", "--timeout", "500ms"], 124, "the time of 500ms", BASE, 1.0;
    }
}

/// Runs every case and prints the table.
pub fn perform(options: &Options) -> Result<Tally, Error> {
    let fossor = runtime::binary(options.runtime.as_deref())?;
    let dir = workspace::target().join("exhaust");
    workspace::create_dir(&dir)?;
    let mut tally = Tally::default();
    let mut table = String::from(
        "| guest | module | ends with | CPU | memory | bound |\n| --- | --- | --- | --- | --- | --- |\n",
    );
    for case in cases() {
        if options
            .filter
            .as_ref()
            .is_some_and(|part| !case.name.contains(part))
        {
            continue;
        }
        let problems = check(&fossor, &dir, &case, &mut table)?;
        match problems.is_empty() {
            true => tally.passed += 1,
            false => tally.failed += 1,
        }
        println!(
            "{}  {}",
            if problems.is_empty() { "ok  " } else { "FAIL" },
            case.name
        );
        problems
            .iter()
            .for_each(|problem| println!("      {problem}"));
    }
    println!("\n{table}\nexhaustion: {tally}");
    if options.write {
        let page = workspace::root().join("docs/security/exhaustion.md");
        workspace::write(&page, format!("{PREFACE}{table}"))?;
    }
    Ok(tally)
}

const PREFACE: &str = "# Guests that want everything\n\n\
    What `cargo xtask exhaust --write` printed: each guest ends with a sentence, and\n\
    its peak resident memory is held against a bound, a constant and so many bytes\n\
    for each byte of the module (or what flags allow it). CPU time is not held against\n\
    one: machines differ.\n\n";

fn check(fossor: &Path, dir: &Path, case: &Case, table: &mut String) -> Result<Vec<String>, Error> {
    let module = (case.module)();
    let text = module.first() == Some(&b'(');
    let file = dir.join(if text { "guest.wat" } else { "guest.wasm" });
    let len_mib = module.len() as f64 / f64::from(1 << 20);
    workspace::write(&file, &module)?;
    drop(module);
    let mut command = Command::new(fossor);
    command.args(case.flags).arg(&file);
    let Outcome {
        code,
        stderr,
        stderr_bytes,
        cpu,
        rss,
    } = outcome::run(&command)?;
    let bound = case.bound.0 + case.bound.1 * len_mib;
    let mut problems = Vec::new();
    if code != Some(case.code) {
        problems.push(format!("ended with {code:?}, not {}", case.code));
    }
    if !stderr.contains(case.says) {
        problems.push(format!("does not say `{}`", case.says));
    }
    if case.says.is_empty() && case.code == 0 && stderr_bytes > 0 {
        problems.push("says something".to_owned());
    }
    if stderr.contains("F0901") || stderr.contains("panicked") {
        problems.push("a fault of Fossor's".to_owned());
    }
    if rss > bound {
        problems.push(format!("{rss:.1} MiB, more than {bound:.1}"));
    }
    if !problems.is_empty() {
        problems.push(stderr.lines().take(5).collect::<Vec<_>>().join("\n      "));
    }
    let said = last_of(&stderr, &file.display().to_string());
    let code = code.map_or("a signal".to_owned(), |code| code.to_string());
    let _ = writeln!(
        table,
        "| {} | {} | {code}{said} | {cpu:.2} s | {rss:.0} MiB | {bound:.0} MiB |",
        case.name,
        size(len_mib),
    );
    Ok(problems)
}

/// Fossor's own sentence, shortened.
fn last_of(stderr: &str, file: &str) -> String {
    let ours = stderr.lines().find(|line| line.starts_with("error[F"));
    ours.map_or(String::new(), |line| {
        let line: String = line.replace(file, "…").chars().take(110).collect();
        format!(": {}", line.replace('|', "\\|"))
    })
}

fn size(mib: f64) -> String {
    match mib {
        1.0.. => format!("{mib:.1} MiB"),
        _ => format!("{:.0} B", mib * f64::from(1 << 20)),
    }
}
