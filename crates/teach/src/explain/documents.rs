//! The same pages as files of `docs/abi/`.

use super::{page, topics};
use std::fmt::Write as _;

/// Said at the top of each file.
const MADE: &str =
    "<!-- Made by `cargo xtask tidy --write` from crates/wasi and crates/teach. -->\n\n";

/// Every file: its name, and its text.
pub fn documents() -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = Vec::new();
    let mut index = format!(
        "{MADE}# WASI preview1, as Fossor has it\n\n`fossor explain TOPIC` shows the same.\n"
    );
    let mut group = "";
    for topic in topics() {
        if topic.group != group {
            group = topic.group;
            let _ = write!(index, "\n## {group}\n\n| | |\n| --- | --- |\n");
            files.push((file(group), format!("{MADE}# {group}\n")));
        }
        let Some(text) = page(&topic.name) else {
            continue;
        };
        let heading = text.lines().next().unwrap_or_default();
        let _ = writeln!(
            index,
            "| [{}]({}#{}) | {} |",
            topic.name,
            file(group),
            anchor(heading),
            topic.about
        );
        if let Some((_, file)) = files.last_mut() {
            // A heading lower: the file's own is the first.
            file.push('\n');
            let mut code = false;
            for line in text.lines() {
                code ^= line.starts_with("```");
                if line.starts_with('#') && !code {
                    file.push('#');
                }
                file.push_str(line);
                file.push('\n');
            }
        }
    }
    files.push(("README.md".to_owned(), index));
    files
}

/// `Paths` is in `paths.md`.
fn file(group: &str) -> String {
    let words: String = group
        .chars()
        .filter(|c| c.is_alphanumeric() || *c == ' ')
        .collect();
    format!("{}.md", words.to_lowercase().replace(' ', "-"))
}

/// A heading's anchor, as GitHub makes it.
fn anchor(heading: &str) -> String {
    let heading = heading.trim_start_matches('#').trim();
    let kept = heading
        .chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::{articles, functions};

    #[test]
    fn every_function_and_article_is_in_a_file() {
        let files = documents();
        let all: String = files.iter().map(|(_, text)| text.as_str()).collect();
        for function in fossor_wasi::functions() {
            assert!(
                all.contains(&format!("\n## `{}`\n", function.name)),
                "{}",
                function.name
            );
            assert!(
                files
                    .iter()
                    .any(|(name, _)| *name == file(functions::group(function.name)))
            );
        }
        for article in articles::texts() {
            let heading = article.lines().next().unwrap_or_default();
            assert!(all.contains(heading), "{heading}");
        }
    }
}
