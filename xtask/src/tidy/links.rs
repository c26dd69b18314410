//! Relative links in Markdown files must lead somewhere.

use super::{FOREIGN, shown};
use crate::error::Error;
use crate::workspace;

/// Every link to a file that is not there.
pub fn dead() -> Result<Vec<String>, Error> {
    let mut dead = Vec::new();
    for file in workspace::files_below(&workspace::root(), FOREIGN)? {
        if file.extension().is_none_or(|extension| extension != "md") {
            continue;
        }
        let text = workspace::read(&file)?;
        let directory = file.parent().unwrap_or(&file);
        for (line, target) in targets(&text) {
            if !directory.join(&target).exists() {
                dead.push(format!("{}:{line}: {target} is not there", shown(&file)));
            }
        }
    }
    Ok(dead)
}

/// The relative targets of `[text](target)` outside of code, with their lines.
fn targets(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut fenced = false;
    for (number, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if fenced {
            continue;
        }
        // Every second part lies between backquotes.
        let prose: String = line.split('`').step_by(2).collect::<Vec<_>>().join("`");
        for rest in prose.split("](").skip(1) {
            let target = rest.split([')', ' ', '#']).next().unwrap_or_default();
            let outside = target.contains("://") || target.starts_with("mailto:");
            if !target.is_empty() && !outside {
                found.push((number + 1, target.to_string()));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_links_are_found() {
        let text = "[a](b.md) and [c](https://x.y/z) `[code](no)` [d](#here)\n\
                    ```\n[in](code)\n```\n![e](f/g.svg \"title\") [h](i.md#part)";
        let found: Vec<(usize, String)> = targets(text);
        let expected = [(1, "b.md"), (5, "f/g.svg"), (5, "i.md")];
        assert_eq!(
            found,
            expected.map(|(line, target)| (line, target.to_string()))
        );
    }
}
