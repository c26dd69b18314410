//! What Fossor says when it gives up, and how that looks.
//!
//! ```text
//! error[F0301]: plugin.wasm imports 1 function that nobody provides
//!     env.foo  (i32) -> i64
//!   help: …
//! ```

use crate::codes::Code;
use fossor_text::{shown, shown_lines};
use std::fmt::Write as _;
use std::io::{IsTerminal, Write as _};

/// A reason to give up: one sentence, perhaps with details and with help.
#[derive(Debug, PartialEq, Eq)]
pub struct Failure {
    code: Code,
    sentence: String,
    details: Vec<String>,
    help: Vec<String>,
    exit: u8,
    stack: Option<String>,
}

impl Failure {
    /// A failure with its sentence, which ends without a full stop.
    pub fn new(code: Code, sentence: impl Into<String>) -> Self {
        let mut sentence = sentence.into();
        // The system's numbers, which Rust appends to its words.
        if let Some(at) = sentence.find(" (os error ")
            && sentence.ends_with(')')
        {
            sentence.truncate(at);
        }
        Self {
            code,
            sentence,
            details: Vec::new(),
            help: Vec::new(),
            exit: code.exit(),
            stack: None,
        }
    }

    /// More lines of details.
    pub fn details(mut self, lines: impl IntoIterator<Item = String>) -> Self {
        self.details.extend(lines);
        self
    }

    /// One more thing to do about it.
    pub fn help(mut self, line: impl Into<String>) -> Self {
        self.help.push(line.into());
        self
    }

    /// Another exit code than that of its kind.
    pub fn exit_with(mut self, exit: u8) -> Self {
        self.exit = exit;
        self
    }

    /// What is wrong, alone.
    pub fn sentence(&self) -> &str {
        &self.sentence
    }

    /// The exit code of the process.
    pub fn exit(&self) -> u8 {
        self.exit
    }

    /// The guest's stack, as its own language prints it.
    pub fn stack(mut self, text: String) -> Self {
        self.stack = Some(text);
        self
    }

    /// Prints it on standard error.
    pub fn print(&self) {
        let stderr = std::io::stderr();
        let colour = stderr.is_terminal() && std::env::var_os("NO_COLOR").is_none();
        // Nobody is left to be told if this fails.
        let _ = stderr.lock().write_all(self.render(colour).as_bytes());
    }

    fn render(&self, colour: bool) -> String {
        let [red, blue, bold, off] = if colour {
            ["\x1b[1;31m", "\x1b[1;34m", "\x1b[1m", "\x1b[0m"]
        } else {
            [""; 4]
        };
        let mut text = format!(
            "{red}error[{}]{off}{bold}: {}{off}\n",
            self.code.text(),
            // There are names of the module's in all of it.
            shown_lines(&self.sentence)
        );
        for line in &self.details {
            let _ = writeln!(text, "    {}", shown(line));
        }
        for line in &self.help {
            let _ = writeln!(text, "  {blue}help{off}: {}", shown(line));
        }
        if let Some(stack) = &self.stack {
            let _ = writeln!(text, "\n{}", shown_lines(stack));
        }
        text
    }
}

/// Prints, on standard error, what may have led a guest to fail.
pub fn hint_line(code: Code, sentence: &str) {
    let _ = writeln!(std::io::stderr(), "hint[{}]: {sentence}", code.text());
}

/// Prints, on standard error, what was done.
pub fn note(sentence: &str) {
    let _ = writeln!(std::io::stderr(), "fossor: {sentence}");
}

/// Prints a warning on standard error.
pub fn warn(sentence: &str) {
    let _ = writeln!(std::io::stderr(), "warning: {sentence}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_do_nothing_to_the_terminal() {
        let failure = Failure::new(Code::Imports, "a\x1b[2J:")
            .details(["env.\rfoo\nerror".to_owned()])
            .stack("main.f\x07()\n\ta.go".to_owned());
        assert_eq!(
            failure.render(false),
            "error[F0301]: a\u{fffd}[2J:\n    env.\u{fffd}foo\u{fffd}error\n\n\
             main.f\u{fffd}()\n\ta.go\n"
        );
    }

    #[test]
    fn looks_as_documented() {
        let failure = Failure::new(Code::Imports, "a.wasm imports what nobody provides")
            .details(["env.foo  (i32) -> i64".to_owned()])
            .help("do something");
        assert_eq!(
            failure.render(false),
            "error[F0301]: a.wasm imports what nobody provides\n    \
             env.foo  (i32) -> i64\n  help: do something\n"
        );
        assert!(failure.render(true).starts_with("\x1b[1;31merror[F0301]"));
    }
}
