//! Errors of the command line in our own form, with our own exit code.

use crate::codes::Code;
use crate::failure::Failure;

/// What clap says, with `help` as the command to type for more.
pub fn failure(error: &clap::Error, help: &str) -> Failure {
    let text = error.render().to_string();
    let mut paragraphs = text.split("\n\n");
    let first = paragraphs.next().unwrap_or_default();
    let sentence = first.strip_prefix("error: ").unwrap_or(first);
    let words = Vec::from_iter(sentence.split_whitespace());
    let mut failure = Failure::new(Code::Usage, words.join(" "));
    for line in paragraphs.flat_map(str::lines) {
        let line = line.trim();
        if let Some(tip) = line.strip_prefix("tip: ") {
            failure = failure.help(tip);
        } else if let Some(usage) = line.strip_prefix("Usage: ") {
            failure = failure.help(format!("usage: {usage}"));
        }
    }
    failure.help(format!("{help} lists the flags"))
}
