//! One test for each script and mode: `cargo test -p spec-tests [NAME]`.

use fossor::{Config, Engine};
use fossor_wast::{Counts, Options, run_with};
use libtest_mimic::{Arguments, Failed, Trial};
use spec_tests::{Mode, Script, scripts};
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

/// Recursion that exhausts the stack touches all of it, so it is a small one.
const STACK_BYTES: usize = 16 << 20;

/// What came of all scripts.
#[derive(Default)]
struct Total {
    counts: Counts,
    /// What was skipped and why, each once for all modes.
    skips: BTreeSet<String>,
}

fn main() -> ExitCode {
    env_logger::init();
    let arguments = Arguments::from_args();
    let total = Arc::new(Mutex::new(Total::default()));
    let trials = scripts().into_iter().flat_map(|script| {
        let total = total.clone();
        Mode::all().into_iter().map(move |mode| {
            let name = format!("{}/{}/{}", script.suite, script.file, mode.name());
            let total = total.clone();
            Trial::test(name, move || run(&script, mode, &total))
        })
    });
    let conclusion = libtest_mimic::run(&arguments, trials.collect());
    if !arguments.list {
        let total = total.lock().unwrap_or_else(PoisonError::into_inner);
        for skip in &total.skips {
            println!("spec: skipped {skip}");
        }
        // `cargo xtask spec` reads these lines.
        let counts = total.counts;
        println!(
            "spec: {} directives passed, {} failed, {} skipped",
            counts.passed, counts.failed, counts.skipped
        );
    }
    conclusion.exit_code()
}

fn run(script: &Script, mode: Mode, total: &Mutex<Total>) -> Result<(), Failed> {
    let mut config = Config::new();
    config.max_stack_bytes(STACK_BYTES);
    script.apply(&mut config);
    mode.apply(&mut config);
    let mut options = Options::default();
    let skip = |line| spec_tests::reason(script.suite, script.file, line);
    options.skip = &skip;
    let engine = Engine::new(&config);
    let report = catch_unwind(AssertUnwindSafe(|| {
        run_with(&engine, script.text, &options)
    }));

    let mut total = total.lock().unwrap_or_else(PoisonError::into_inner);
    let Ok(report) = report else {
        total.counts.failed += 1;
        return Err("the run panicked: its message stands above".into());
    };
    let counts = report.total();
    total.counts.passed += counts.passed;
    total.counts.failed += counts.failed;
    total.counts.skipped += counts.skipped;
    let place = format!("{}/{}", script.suite, script.file);
    let skips = report.skips.iter();
    total
        .skips
        .extend(skips.map(|skip| format!("{place} {skip}")));
    match report.failures.is_empty() {
        true => Ok(()),
        false => Err(report.to_string().into()),
    }
}
