//! `fossor inspect`: what a module is, what it needs, what it weighs.

mod diff;
mod facts;
mod json;
mod text;
mod treemap;

use crate::arguments::LimitFlags;
use crate::codes::Code;
use crate::ending::Ending;
use crate::failure::{Failure, note};
use crate::{module_file, output};
use clap::{Args, ValueHint};
use facts::Facts;
use fossor::{Compile, Config, Engine, Module};
use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  fossor inspect app.wasm
  fossor inspect --svg size.svg app.wasm              a picture of what the bytes are for
  fossor inspect --validate --deny 'sock_*' app.wasm  in CI: exit code 1 if it imports one
  fossor inspect --diff first.wasm second.wasm        exit code 1 if they differ
  fossor inspect --json app.wasm | jq '.imports[] | select(.provided | not)'";

/// Show what a module is.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct InspectArguments {
    /// The module (.wasm, .wat, or - for standard input)
    #[arg(value_name = "MODULE", value_hint = ValueHint::FilePath)]
    pub module: OsString,

    /// Another module: say where they first differ
    #[arg(long, value_name = "MODULE", value_hint = ValueHint::FilePath)]
    pub diff: Option<OsString>,

    /// Validate all function bodies too
    #[arg(long)]
    pub validate: bool,

    /// Fail if an import's name fits, such as sock_* or env.*; several are
    /// possible
    #[arg(long, value_name = "PATTERN")]
    pub deny: Vec<String>,

    /// Print JSON
    #[arg(long)]
    pub json: bool,

    /// Write a picture of the module's bytes, by section and package (SVG)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub svg: Option<PathBuf>,
}

/// Prints what is asked for; gives the exit code.
pub fn run(arguments: &InspectArguments) -> Result<u8, Failure> {
    let name = module_file::shown(&arguments.module);
    let module = read(&arguments.module)?;
    if arguments.validate {
        validate(&name, &module)?;
    }
    if let Some(other) = &arguments.diff {
        let other_module = read(other)?;
        let other = module_file::shown(other);
        let found = diff::compare((&name, &module), (&other, &other_module));
        output::print(&fossor_text::shown_lines(&found.text));
        return Ok(u8::from(found.different));
    }
    let facts = Facts::of(&name, &module, arguments.validate);
    if let Some(path) = &arguments.svg {
        let picture = treemap::draw(&facts);
        std::fs::write(path, picture)
            .map_err(|error| Failure::new(Code::Output, format!("{}: {error}", path.display())))?;
        note(&format!("the picture is in {}", path.display()));
    }
    let text = match arguments.json {
        true => json::render(&facts),
        false => text::render(&facts, std::io::stdout().is_terminal()),
    };
    output::print(&text);
    denied(&facts, &arguments.deny)
}

fn read(name: &OsString) -> Result<Module, Failure> {
    let limits = LimitFlags::default();
    let ending = Ending::new(module_file::shown(name), &limits);
    let bytes = module_file::read(name)?;
    let engine = Engine::new(Config::new().compile(Compile::Lazy));
    Module::new(&engine, &bytes).map_err(|error| ending.failure(error))
}

fn validate(name: &str, module: &Module) -> Result<(), Failure> {
    let limits = LimitFlags::default();
    let valid = Module::validate(&module.engine(), module.bytes());
    valid.map_err(|error| Ending::new(name.to_owned(), &limits).failure(error))
}

/// Fails for imports that the patterns fit.
fn denied(facts: &Facts, patterns: &[String]) -> Result<u8, Failure> {
    let is_denied = |import: &&facts::Import| {
        let full = format!("{}.{}", import.module, import.name);
        let mut fits = patterns.iter().map(|pattern| {
            fits(pattern.as_bytes(), import.name.as_bytes())
                || fits(pattern.as_bytes(), full.as_bytes())
        });
        fits.any(|fits| fits)
    };
    let lines = facts.imports.iter().filter(is_denied).map(|import| {
        let user = import.user.as_deref().unwrap_or("?");
        format!("{}.{}  called by {user}", import.module, import.name)
    });
    let lines = Vec::from_iter(lines);
    if lines.is_empty() {
        return Ok(0);
    }
    let sentence = format!("{} imports what --deny forbids:", facts.name);
    Err(Failure::new(Code::Denied, sentence).details(lines))
}

/// Whether a text fits a pattern, in which `*` stands for anything.
///
/// Each part between stars is taken where it comes first. To try all places would take
/// a time with the number of stars as its power, and the module chooses the text.
fn fits(pattern: &[u8], text: &[u8]) -> bool {
    let mut parts = pattern.split(|byte| *byte == b'*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let Some(last) = parts.next_back() else {
        return rest.is_empty();
    };
    for part in parts {
        let mut places = (0..=rest.len()).take_while(|at| at + part.len() <= rest.len());
        let Some(at) = places.find(|at| rest[*at..].starts_with(part)) else {
            return false;
        };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn stars_stand_for_anything() {
        let fits = |pattern: &str, text: &str| fits(pattern.as_bytes(), text.as_bytes());
        assert!(fits("sock_*", "sock_accept") && fits("*", "") && fits("a*c*", "abcd"));
        assert!(!fits("sock_*", "fd_read") && !fits("a", "ab") && !fits("ab", "a"));
        assert!(fits("*a", "ba") && fits("a*a", "aa") && fits("**", "x") && fits("", ""));
        assert!(!fits("a*a", "a") && !fits("*a*", "b") && !fits("", "x") && !fits("a*ab", "ab"));
        // Not in the fourth power of the name's length.
        let name = "a".repeat(100_000);
        assert!(fits("*a*a*a*", &name) && !fits("*a*a*a*b", &name));
    }
}
