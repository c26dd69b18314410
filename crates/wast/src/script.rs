//! A script from its text to its report.

use crate::directive::{Stop, execute, kind_of};
use crate::modules::Modules;
use crate::report::{Kind, Report};
use fossor::Engine;
use std::fmt;
use std::time::Duration;
use wast::Wast;
use wast::lexer::Lexer;
use wast::parser::{self, ParseBuffer};

/// How to run a script.
#[non_exhaustive]
pub struct Options<'a> {
    /// How long one directive may take.
    pub timeout: Duration,
    /// Why the directive on a line is to be skipped, if it is.
    pub skip: &'a dyn Fn(usize) -> Option<&'a str>,
}

/// Runs a script. `engine` says which features its modules may use, and with how
/// much stack.
pub fn run(engine: &Engine, text: &str) -> Report {
    run_with(engine, text, &Options::default())
}

/// As [`run`], with options.
pub fn run_with(engine: &Engine, text: &str, options: &Options<'_>) -> Report {
    let mut report = Report::default();
    if let Err(error) = run_into(&mut report, engine, text, options) {
        let line = Lines::new(text).of(error.span().offset());
        report.fail(line, Kind::Script, error.message());
    }
    report
}

fn run_into(
    report: &mut Report,
    engine: &Engine,
    text: &str,
    options: &Options<'_>,
) -> Result<(), wast::Error> {
    let mut lexer = Lexer::new(text);
    // Some scripts test just that.
    lexer.allow_confusing_unicode(true);
    let buffer = ParseBuffer::new_with_lexer(lexer)?;
    let directives = parser::parse::<Wast<'_>>(&buffer)?.directives;
    let lines = Lines::new(text);
    let mut modules = match Modules::new(engine, options.timeout) {
        Ok(modules) => modules,
        Err(error) => {
            report.fail(0, Kind::Script, format!("cannot set up spectest: {error}"));
            return Ok(());
        }
    };
    for directive in directives {
        let line = lines.of(directive.span().offset());
        let kind = kind_of(&directive);
        if let Some(reason) = (options.skip)(line) {
            report.skip(line, kind, reason.to_owned());
            continue;
        }
        match execute(&mut modules, directive) {
            Ok(()) => report.pass(kind),
            Err(Stop::Failed(message)) => report.fail(line, kind, message),
            Err(Stop::Skipped(reason)) => report.skip(line, kind, reason.to_owned()),
        }
    }
    Ok(())
}

/// Where lines begin.
struct Lines(Vec<usize>);

impl Lines {
    fn new(text: &str) -> Self {
        let ends = text.match_indices('\n').map(|(at, _)| at + 1);
        Self(std::iter::once(0).chain(ends).collect())
    }

    /// The line, from 1, of a byte.
    fn of(&self, offset: usize) -> usize {
        self.0.partition_point(|&start| start <= offset)
    }
}

impl Default for Options<'_> {
    /// A minute for each directive, and nothing skipped.
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(60),
            skip: &|_| None,
        }
    }
}

impl fmt::Debug for Options<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}
