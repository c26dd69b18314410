//! Directives that are not executed, each with its reason.

/// Directives of a script that are not executed.
#[derive(Clone, Copy, Debug)]
pub struct Skip {
    /// The suite.
    pub suite: &'static str,
    /// The file.
    pub file: &'static str,
    /// The lines on which they begin.
    pub lines: &'static [usize],
    /// Why.
    pub reason: &'static str,
}

/// All of them.
pub const SKIPS: &[Skip] = &[
    Skip {
        suite: "mutable-global",
        file: "linking.wast",
        lines: &[206, 227, 236, 238, 248, 298, 334, 342, 344, 354],
        reason: "since bulk memory, a segment that does not fit traps when its turn comes",
    },
    Skip {
        suite: "reference-types",
        file: "unreached-invalid.wast",
        lines: &[539],
        reason: "since 2.0 valid: what is popped from unreachable code has every type",
    },
];

/// Why the directive on a line is skipped, if it is.
pub fn reason(suite: &str, file: &str, line: usize) -> Option<&'static str> {
    let skip =
        |skip: &&Skip| skip.suite == suite && skip.file == file && skip.lines.contains(&line);
    Some(SKIPS.iter().find(skip)?.reason)
}
