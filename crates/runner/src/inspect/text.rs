//! Facts about a module for people.

use super::facts::{Facts, Import, Kind};
use fossor_text::shown;
use std::fmt::Write as _;

/// Packages that are listed.
const MAX_PACKAGES: usize = 15;

/// Characters of a name that others are put into line with.
const MAX_COLUMN: usize = 60;

/// The facts, in bold where that helps if `colour`.
pub fn render(facts: &Facts, colour: bool) -> String {
    let mut page = Page {
        text: String::new(),
        colour,
    };
    page.title(facts);
    page.imports(facts);
    page.exports(facts);
    page.sizes("sections", &facts.sections, usize::MAX);
    if !facts.packages.is_empty() {
        page.sizes("code by package", &facts.packages, MAX_PACKAGES);
    }
    if !facts.data.is_empty() {
        page.sizes("data", &facts.data, usize::MAX);
    }
    page.text
}

struct Page {
    text: String,
    colour: bool,
}

impl Page {
    fn line(&mut self, line: impl AsRef<str>) {
        self.text.push_str(line.as_ref().trim_end());
        self.text.push('\n');
    }

    fn heading(&mut self, heading: &str) {
        let heading = self.strong(heading);
        self.line("");
        self.line(heading);
    }

    fn strong(&self, text: &str) -> String {
        match self.colour {
            true => format!("\x1b[1m{text}\x1b[0m"),
            false => text.to_owned(),
        }
    }

    fn warning(&self, text: &str) -> String {
        match self.colour {
            true => format!("\x1b[1;31m{text}\x1b[0m"),
            false => text.to_owned(),
        }
    }

    fn title(&mut self, facts: &Facts) {
        let language = match &facts.go {
            Some(go) => match &go.version {
                Some(version) => format!("Go {version} "),
                None => "Go ".to_owned(),
            },
            None => String::new(),
        };
        let valid = if facts.validated { ", valid" } else { "" };
        let title = format!(
            "{}: {language}{}, {}, {} functions{valid}",
            facts.name,
            facts.kind.text(),
            size(facts.bytes as u64),
            facts.functions
        );
        let title = self.strong(&title);
        self.line(title);
        let how = match (facts.kind, facts.go.is_some()) {
            (Kind::Command, true) => {
                "runs once, from `_start`; other exports mean nothing before and after"
            }
            (Kind::Command, false) => "runs once, from `_start`",
            (Kind::Reactor, _) => {
                "functions are called after `_initialize`, by a program that embeds it"
            }
            (Kind::Library, _) => "has neither `_start` nor `_initialize`",
        };
        self.line(format!("  {how}"));
        if let Some(go) = &facts.go {
            if let Some(build) = &go.build {
                let (path, version) = build
                    .main
                    .clone()
                    .unwrap_or((build.path.clone(), String::new()));
                self.line(format!("  module      {path} {version}"));
                for (path, version) in &build.dependencies {
                    self.line(format!("  depends on  {path} {version}"));
                }
                // Long, and the same for all programs of a version.
                let settings = build
                    .settings
                    .iter()
                    .filter(|(key, _)| key != "DefaultGODEBUG");
                let settings = settings.map(|(key, value)| format!("{key}={value}"));
                self.line(format!(
                    "  settings    {}",
                    Vec::from_iter(settings).join(" ")
                ));
            }
            if let Some(id) = &go.build_id {
                self.line(format!("  build id    {id}"));
            }
        }
        for memory in &facts.memories {
            self.line(format!("  memory      {memory}"));
        }
    }

    fn imports(&mut self, facts: &Facts) {
        let missing = facts
            .imports
            .iter()
            .filter(|import| !import.provided)
            .count();
        let mut heading = format!("{} imports", facts.imports.len());
        if missing > 0 {
            let _ = write!(heading, ", {missing} of them not provided");
        }
        self.heading(&heading);
        let name = |import: &Import| match import.module.as_str() {
            "wasi_snapshot_preview1" => shown(&import.name).into_owned(),
            module => shown(&format!("{module}.{}", import.name)).into_owned(),
        };
        let width = width(facts.imports.iter().map(name));
        for import in &facts.imports {
            let name = name(import);
            let mut line = format!("  {name:width$}  ");
            if !import.provided {
                let user = import.user.as_deref().unwrap_or("nobody");
                let _ = write!(
                    line,
                    "{} {}, called by {user}",
                    self.warning("NOT PROVIDED"),
                    import.ty
                );
            } else {
                let flag = import.flag.unwrap_or_default();
                let _ = write!(line, "{flag:8}  {}", import.go_use.unwrap_or(&import.ty));
            }
            self.line(line);
        }
    }

    fn exports(&mut self, facts: &Facts) {
        self.heading(&format!("{} exports", facts.exports.len()));
        let width = width(facts.exports.iter().map(|export| shown(&export.name)));
        for export in &facts.exports {
            self.line(format!("  {:width$}  {}", shown(&export.name), export.ty));
        }
    }

    fn sizes(&mut self, heading: &str, sizes: &[(String, u64)], max: usize) {
        self.heading(heading);
        let all: u64 = sizes.iter().map(|(_, bytes)| bytes).sum();
        let rest: u64 = sizes.iter().skip(max).map(|(_, bytes)| bytes).sum();
        let more = sizes.len().saturating_sub(max);
        let rest = (more > 0).then(|| (format!("{more} more"), rest));
        let listed = sizes.iter().take(max).chain(&rest);
        let width = width(listed.clone().map(|(name, _)| shown(name)));
        for (name, bytes) in listed {
            let name = shown(name);
            let share = *bytes as f64 * 100.0 / all.max(1) as f64;
            self.line(format!(
                "  {name:width$}  {:>9}  {share:4.1} %",
                size(*bytes)
            ));
        }
    }
}

/// The width of a column of these names. A long one does not make all lines long.
fn width(names: impl Iterator<Item = impl AsRef<str>>) -> usize {
    let widths = names.map(|name| name.as_ref().chars().count());
    widths
        .filter(|width| *width <= MAX_COLUMN)
        .max()
        .unwrap_or(0)
}

/// Bytes for people.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..10_000 => format!("{bytes} B"),
        10_000..10_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}
