//! What came of a script.

use std::collections::BTreeMap;
use std::fmt;

/// A kind of directive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// The script as a whole, where it cannot be read.
    Script,
    /// `module`
    Module,
    /// `module definition`
    ModuleDefinition,
    /// `module instance`
    ModuleInstance,
    /// `register`
    Register,
    /// `invoke`
    Invoke,
    /// `assert_return`
    AssertReturn,
    /// `assert_trap` of an invocation
    AssertTrap,
    /// `assert_trap` of a module, once called `assert_uninstantiable`
    AssertUninstantiable,
    /// `assert_exhaustion`
    AssertExhaustion,
    /// `assert_invalid`
    AssertInvalid,
    /// `assert_malformed`
    AssertMalformed,
    /// `assert_unlinkable`
    AssertUnlinkable,
    /// `assert_exception`
    AssertException,
    /// `assert_suspension`
    AssertSuspension,
    /// `assert_invalid_custom` and `assert_malformed_custom`
    AssertCustom,
    /// `thread` and `wait`
    Thread,
}

/// Directives by what came of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// They did what the script expects.
    pub passed: u64,
    /// They did something else.
    pub failed: u64,
    /// They were not executed, for a reason.
    pub skipped: u64,
}

/// A directive that did something else than the script expects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Line of the script, from 1.
    pub line: usize,
    /// The directive.
    pub kind: Kind,
    /// What was expected, and what came.
    pub message: String,
}

/// A directive that was not executed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skip {
    /// Line of the script, from 1.
    pub line: usize,
    /// The directive.
    pub kind: Kind,
    /// Why.
    pub reason: String,
}

/// What came of a script.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// By kind of directive.
    pub counts: BTreeMap<Kind, Counts>,
    /// The directives that failed.
    pub failures: Vec<Failure>,
    /// The directives that were skipped.
    pub skips: Vec<Skip>,
}

impl Report {
    /// All kinds together.
    pub fn total(&self) -> Counts {
        let mut total = Counts::default();
        for counts in self.counts.values() {
            total.passed += counts.passed;
            total.failed += counts.failed;
            total.skipped += counts.skipped;
        }
        total
    }

    /// Directives that did what the script expects.
    pub fn passed(&self) -> u64 {
        self.total().passed
    }

    /// Directives that did something else.
    pub fn failed(&self) -> u64 {
        self.total().failed
    }

    /// Directives that were not executed.
    pub fn skipped(&self) -> u64 {
        self.total().skipped
    }

    pub(crate) fn pass(&mut self, kind: Kind) {
        self.counts.entry(kind).or_default().passed += 1;
    }

    pub(crate) fn fail(&mut self, line: usize, kind: Kind, message: String) {
        self.counts.entry(kind).or_default().failed += 1;
        self.failures.push(Failure {
            line,
            kind,
            message,
        });
    }

    pub(crate) fn skip(&mut self, line: usize, kind: Kind, reason: String) {
        self.counts.entry(kind).or_default().skipped += 1;
        self.skips.push(Skip { line, kind, reason });
    }
}

impl fmt::Display for Report {
    /// Writes a line for each failure and each skip, then the counts.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for failure in &self.failures {
            writeln!(f, "{failure}")?;
        }
        for skip in &self.skips {
            writeln!(f, "{skip}")?;
        }
        let total = self.total();
        write!(
            f,
            "{} passed, {} failed, {} skipped",
            total.passed, total.failed, total.skipped
        )?;
        let mut separator = " (";
        for (kind, counts) in &self.counts {
            let done = counts.passed + counts.failed + counts.skipped;
            write!(f, "{separator}{kind} {}/{done}", counts.passed)?;
            separator = ", ";
        }
        f.write_str(if self.counts.is_empty() { "" } else { ")" })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}: {}", self.line, self.kind, self.message)
    }
}

impl fmt::Display for Skip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "line {}: {} skipped: {}",
            self.line, self.kind, self.reason
        )
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Script => "script",
            Kind::Module => "module",
            Kind::ModuleDefinition => "module definition",
            Kind::ModuleInstance => "module instance",
            Kind::Register => "register",
            Kind::Invoke => "invoke",
            Kind::AssertReturn => "assert_return",
            Kind::AssertTrap => "assert_trap",
            Kind::AssertUninstantiable => "assert_uninstantiable",
            Kind::AssertExhaustion => "assert_exhaustion",
            Kind::AssertInvalid => "assert_invalid",
            Kind::AssertMalformed => "assert_malformed",
            Kind::AssertUnlinkable => "assert_unlinkable",
            Kind::AssertException => "assert_exception",
            Kind::AssertSuspension => "assert_suspension",
            Kind::AssertCustom => "assert_custom",
            Kind::Thread => "thread",
        })
    }
}
