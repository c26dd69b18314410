//! Faults of Fossor's own: one line and exit code 70, never a Rust backtrace.

use crate::codes::Code;
use crate::failure::Failure;
use std::panic::PanicHookInfo;

/// From now on a panic ends the process with one line that asks for a report.
pub fn report_panics() {
    std::panic::set_hook(Box::new(|info| {
        failure(info).print();
        std::process::exit(Code::Fault.exit().into());
    }));
}

fn failure(info: &PanicHookInfo<'_>) -> Failure {
    let message = info.payload_as_str().unwrap_or("without a message");
    let place = info.location().map_or(String::new(), |location| {
        format!(" ({}:{})", location.file(), location.line())
    });
    report(&format!("{message}{place}"))
}

/// The failure for something that cannot be.
pub fn report(what: &str) -> Failure {
    let what = Vec::from_iter(what.split_whitespace()).join(" ");
    Failure::new(
        Code::Fault,
        format!(
            "a fault of Fossor {} itself: {what}; please report this line, with the module",
            env!("CARGO_PKG_VERSION")
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_one_line_with_the_version() {
        let text = format!("{:?}", report("left\n  right"));
        assert!(text.contains("itself: left right; please report"), "{text}");
        assert!(text.contains(env!("CARGO_PKG_VERSION")), "{text}");
        assert_eq!(report("x").code().exit(), 70);
    }
}
