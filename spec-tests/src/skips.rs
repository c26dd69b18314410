//! Directives that are not executed, each with its reason.

/// A directive that is not executed.
#[derive(Clone, Copy, Debug)]
pub struct Skip {
    /// The suite.
    pub suite: &'static str,
    /// The file.
    pub file: &'static str,
    /// The line on which the directive begins.
    pub line: usize,
    /// Why.
    pub reason: &'static str,
}

/// All of them.
pub const SKIPS: &[Skip] = &[];

/// Why the directive on a line is skipped, if it is.
pub fn reason(suite: &str, file: &str, line: usize) -> Option<&'static str> {
    let skip = |skip: &&Skip| skip.suite == suite && skip.file == file && skip.line == line;
    Some(SKIPS.iter().find(skip)?.reason)
}
