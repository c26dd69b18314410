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
        assert_eq!(report("x").exit(), 70);
    }

    /// What the process of the next test does.
    const CHILD: &str = "FOSSOR_TEST_PANICS";

    #[test]
    fn a_panic_is_one_line_and_exit_code_70() {
        if std::env::var_os(CHILD).is_some() {
            report_panics();
            panic!("something\nimpossible");
        }
        let output = std::process::Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "fault::tests::a_panic_is_one_line_and_exit_code_70",
            ])
            .env(CHILD, "1")
            .env("RUST_BACKTRACE", "1")
            .output()
            .unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(70), "{stderr}");
        let begins = format!(
            "error[F0901]: a fault of Fossor {}",
            env!("CARGO_PKG_VERSION")
        );
        assert!(stderr.starts_with(&begins), "{stderr}");
        assert!(
            stderr.contains("itself: something impossible ("),
            "{stderr}"
        );
        assert_eq!(stderr.lines().count(), 1, "{stderr}");
    }
}
