//! One test for each script and mode: `cargo test -p spec-tests [NAME]`.

use fossor::{Config, Engine};
use fossor_wast::{Counts, Options, run_with};
use libtest_mimic::{Arguments, Failed, Trial};
use spec_tests::{Mode, Script, scripts};
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

/// Recursion that exhausts the stack touches all of it, so it is a small one.
const STACK_BYTES: usize = 16 << 20;

/// What came of all scripts.
#[derive(Default)]
struct Total {
    /// By suite.
    suites: BTreeMap<&'static str, Counts>,
    /// What was skipped and why, each once for all modes.
    skips: BTreeSet<String>,
}

fn main() -> ExitCode {
    env_logger::init();
    let arguments = Arguments::from_args();
    let total = Arc::new(Mutex::new(Total::default()));
    let (waiting, run_now): (Vec<Script>, Vec<Script>) = scripts()
        .iter()
        .partition(|script| script.not_yet.is_some());
    let trials = run_now.into_iter().flat_map(|script| {
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
        for (reason, scripts) in by_reason(&waiting) {
            println!("spec: not yet: {reason}: {}", scripts.join(", "));
        }
        let mut counts = Counts::default();
        for (suite, of_suite) in &total.suites {
            let Counts {
                passed,
                failed,
                skipped,
            } = of_suite;
            println!("spec: {suite}: {passed} passed, {failed} failed, {skipped} skipped");
            add(&mut counts, *of_suite);
        }
        // `cargo xtask spec` reads this line.
        println!(
            "spec: {} directives passed, {} failed, {} skipped",
            counts.passed, counts.failed, counts.skipped
        );
    }
    conclusion.exit_code()
}

/// Scripts that are not run, by what they wait for.
fn by_reason(waiting: &[Script]) -> BTreeMap<&'static str, Vec<String>> {
    let mut by_reason = BTreeMap::<_, Vec<String>>::new();
    for script in waiting {
        let path = format!("{}/{}", script.suite, script.file);
        by_reason
            .entry(script.not_yet.unwrap_or_default())
            .or_default()
            .push(path);
    }
    by_reason
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
    let of_suite = total.suites.entry(script.suite).or_default();
    let Ok(report) = report else {
        of_suite.failed += 1;
        return Err("the run panicked: its message stands above".into());
    };
    add(of_suite, report.total());
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

fn add(to: &mut Counts, counts: Counts) {
    to.passed += counts.passed;
    to.failed += counts.failed;
    to.skipped += counts.skipped;
}
