//! `fossor wast`: runs test scripts and tells what came of them.

use crate::arguments::WastArguments;
use crate::codes::{Code, exit};
use crate::failure::Failure;
use crate::{module_file, output};
use fossor::{Config, Engine};
use fossor_wast::{Counts, Options, Report};
use std::path::Path;

/// Runs the scripts one after the other; gives the exit code.
pub fn run(arguments: &WastArguments) -> Result<u8, Failure> {
    let mut config = Config::new();
    config
        .dispatch(arguments.dispatch.into())
        .fuse(!arguments.no_fuse)
        .max_stack_bytes(usize::try_from(arguments.max_stack).unwrap_or(usize::MAX));
    match arguments.spec {
        Some(1) => _ = config.wasm1(),
        Some(2) => _ = config.wasm2(),
        Some(3) => _ = config.wasm3(),
        _ => {}
    }
    let engine = Engine::new(&config);
    let mut options = Options::default();
    options.timeout = arguments.timeout;

    let shown = |path: &Path| module_file::shown(path.as_os_str());
    let width = arguments
        .files
        .iter()
        .map(|path| shown(path).chars().count())
        .max();
    let mut total = Counts::default();
    let mut failed_scripts = 0;
    for path in &arguments.files {
        let bytes = module_file::read(path.as_os_str())?;
        let text = String::from_utf8_lossy(&bytes);
        let report = fossor_wast::run_with(&engine, &text, &options);
        let counts = report.total();
        total.passed += counts.passed;
        total.failed += counts.failed;
        total.skipped += counts.skipped;
        failed_scripts += usize::from(counts.failed > 0);
        if !arguments.quiet || counts.failed > 0 {
            output::print(&lines(&shown(path), width.unwrap_or(0), &report));
        }
    }
    if arguments.files.len() > 1 || arguments.quiet {
        let scripts = arguments.files.len();
        output::print(&format!("{scripts} scripts: {}\n", counted(total)));
    }
    if failed_scripts == 0 {
        return Ok(0);
    }
    Failure::new(
        Code::Script,
        format!(
            "{} directives failed, in {failed_scripts} scripts",
            total.failed
        ),
    )
    .print();
    Ok(exit::SCRIPT)
}

/// One line for the script, then one for each directive that failed or was
/// skipped.
fn lines(name: &str, width: usize, report: &Report) -> String {
    let counts = report.total();
    let verdict = if counts.failed > 0 { "FAIL" } else { "ok  " };
    let mut text = format!("{verdict}  {name:width$}  {}\n", counted(counts));
    for failure in &report.failures {
        text += &format!(
            "      {name}:{}: {}: {}\n",
            failure.line, failure.kind, failure.message
        );
    }
    for skip in &report.skips {
        text += &format!(
            "      {name}:{}: {} skipped: {}\n",
            skip.line, skip.kind, skip.reason
        );
    }
    text
}

fn counted(counts: Counts) -> String {
    let Counts {
        passed,
        failed,
        skipped,
    } = counts;
    format!("{passed} passed, {failed} failed, {skipped} skipped")
}
