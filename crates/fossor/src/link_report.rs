//! What is wrong with a module's imports.

use fossor_module::ExternType;
use fossor_text::shown;
use std::fmt;

/// All imports of a module that are missing or of another type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkReport {
    problems: Vec<LinkProblem>,
}

/// An import that is missing or of another type.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LinkProblem {
    /// First half of the import's name.
    pub module: String,
    /// Second half of the import's name.
    pub name: String,
    /// What the module wants.
    pub wanted: ExternType,
    /// What there is instead; `None` if nothing.
    pub given: Option<ExternType>,
}

impl LinkReport {
    pub(crate) fn new(problems: Vec<LinkProblem>) -> Self {
        Self { problems }
    }

    /// The imports, in the module's order, each once.
    pub fn problems(&self) -> &[LinkProblem] {
        &self.problems
    }
}

impl fmt::Display for LinkReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let [problem] = &self.problems[..] {
            return problem.fmt(f);
        }
        write!(f, "{} imports do not fit:", self.problems.len())?;
        for problem in &self.problems {
            write!(f, "\n    {problem}")?;
        }
        Ok(())
    }
}

impl fmt::Display for LinkProblem {
    /// Begins with the specification's words.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let LinkProblem {
            module,
            name,
            wanted,
            given,
        } = self;
        let (module, name) = (shown(module), shown(name));
        match given {
            None => write!(f, "unknown import {module}.{name}: {wanted}"),
            Some(given) => write!(
                f,
                "incompatible import type for {module}.{name}: \
                 the module wants {wanted}, there is {given}"
            ),
        }
    }
}

impl std::error::Error for LinkReport {}
