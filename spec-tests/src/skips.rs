//! Directives that are not executed, each with its reason.

use std::ops::RangeInclusive;

/// Directives of a script that are not executed.
#[derive(Clone, Copy, Debug)]
pub struct Skip {
    /// The suite.
    pub suite: &'static str,
    /// The file.
    pub file: &'static str,
    /// The lines on which they begin.
    pub lines: &'static [RangeInclusive<usize>],
    /// Why.
    pub reason: &'static str,
}

const SHARED: &str = "shared memories are not supported";

/// All of them.
pub const SKIPS: &[Skip] = &[
    Skip {
        suite: "mutable-global",
        file: "linking.wast",
        lines: &[206..=206, 227..=248, 298..=298, 334..=334, 342..=354],
        reason: "since bulk memory, a segment that does not fit traps when its turn comes",
    },
    Skip {
        suite: "reference-types",
        file: "unreached-invalid.wast",
        lines: &[539..=539],
        reason: "since 2.0 valid: what is popped from unreachable code has every type",
    },
    Skip {
        suite: "threads",
        file: "atomic.wast",
        lines: &[3..=437],
        reason: SHARED,
    },
    Skip {
        suite: "threads",
        file: "atomic.wast, unshared",
        lines: &[434..=435],
        reason: "waiting on a memory that is not shared traps",
    },
    Skip {
        suite: "threads",
        file: "exports.wast",
        lines: &[172..=177],
        reason: SHARED,
    },
    Skip {
        suite: "threads",
        file: "imports.wast",
        lines: &[499..=509],
        reason: SHARED,
    },
    Skip {
        suite: "threads",
        file: "memory.wast",
        lines: &[9..=10],
        reason: SHARED,
    },
];

/// Why the directive on a line is skipped, if it is.
pub fn reason(suite: &str, file: &str, line: usize) -> Option<&'static str> {
    let on = |skip: &Skip| skip.lines.iter().any(|lines| lines.contains(&line));
    let skip = |skip: &&Skip| skip.suite == suite && skip.file == file && on(skip);
    Some(SKIPS.iter().find(skip)?.reason)
}
