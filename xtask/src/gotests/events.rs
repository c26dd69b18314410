//! The events of `go test -json`, gathered by package and test.

use crate::tally::Tally;
use serde::Deserialize;
use std::collections::BTreeMap;

/// One line of `go test -json`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Event {
    action: String,
    #[serde(default)]
    package: String,
    test: Option<String>,
    output: Option<String>,
    elapsed: Option<f64>,
    /// The package that did not build, for `build-output`.
    import_path: Option<String>,
}

/// How a test or package ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Verdict {
    /// It did not end: the process died before.
    #[default]
    Unfinished,
    /// It passed.
    Passed,
    /// It failed.
    Failed,
    /// It skipped itself.
    Skipped,
}

/// One test, or what belongs to the package as a whole.
#[derive(Debug, Default)]
pub struct Test {
    /// The name, with those of the tests around it.
    pub name: String,
    /// How it ended.
    pub verdict: Verdict,
    /// What it printed.
    pub output: String,
}

/// The tests of one package.
#[derive(Debug, Default)]
pub struct Package {
    tests: BTreeMap<String, Test>,
    whole: Test,
}

/// Every package heard of.
#[derive(Debug, Default)]
pub struct Packages {
    packages: BTreeMap<String, Package>,
    loose: String,
}

impl Packages {
    /// Takes a line; when it ends a package, gives a line about that package.
    pub fn take(&mut self, line: &str) -> Option<String> {
        let Ok(event) = serde_json::from_str::<Event>(line) else {
            self.loose += line;
            self.loose.push('\n');
            return None;
        };
        if event.action.starts_with("build-") {
            // The build of `a [a.test]` belongs to package `a`.
            let path = event.import_path.unwrap_or_default();
            let name = path
                .split(' ')
                .next()
                .unwrap_or_default()
                .trim_end_matches("_test");
            let whole = &mut self.packages.entry(name.to_string()).or_default().whole;
            whole.output += event.output.as_deref().unwrap_or_default();
            return None;
        }
        let package = self.packages.entry(event.package.clone()).or_default();
        let test = match event.test {
            Some(name) => package.tests.entry(name.clone()).or_insert_with(|| Test {
                name,
                ..Test::default()
            }),
            None => &mut package.whole,
        };
        test.output += event.output.as_deref().unwrap_or_default();
        test.verdict = match event.action.as_str() {
            "pass" => Verdict::Passed,
            "fail" => Verdict::Failed,
            "skip" => Verdict::Skipped,
            _ => return None,
        };
        let ended = std::ptr::eq(test, &package.whole);
        ended.then(|| package.line(&event.package, event.elapsed.unwrap_or_default()))
    }

    /// The packages by name.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &Package)> {
        self.packages.iter()
    }

    /// One package.
    pub fn get(&self, name: &str) -> Option<&Package> {
        self.packages.get(name)
    }

    /// What the go command printed that is not an event.
    pub fn loose_output(&self) -> &str {
        &self.loose
    }

    /// The top-level tests of all packages; a package that fails without a
    /// failing test counts as one failure.
    pub fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        for package in self.packages.values() {
            tally.passed += package.count(Verdict::Passed);
            tally.failed += package.failures().filter(|test| !test.is_subtest()).count() as u64;
            for test in package
                .top_level()
                .filter(|test| test.verdict == Verdict::Skipped)
            {
                tally.skip(test.reason(), 1);
            }
        }
        tally
    }
}

impl Package {
    /// How many top-level tests ended this way.
    pub fn count(&self, verdict: Verdict) -> u64 {
        self.top_level()
            .filter(|test| test.verdict == verdict)
            .count() as u64
    }

    /// Everything that failed or did not end, subtests included; the package
    /// itself if that is all there is to show.
    pub fn failures(&self) -> impl Iterator<Item = &Test> {
        let bad = |verdict| matches!(verdict, Verdict::Failed | Verdict::Unfinished);
        let tests = self.tests.values().filter(move |test| bad(test.verdict));
        let alone = bad(self.whole.verdict) && !self.tests.values().any(|t| bad(t.verdict));
        tests.chain(alone.then_some(&self.whole))
    }

    fn top_level(&self) -> impl Iterator<Item = &Test> {
        self.tests.values().filter(|test| !test.is_subtest())
    }

    /// Every test that ended this way and has no tests within it.
    pub fn leaves(&self, verdict: Verdict) -> impl Iterator<Item = &Test> {
        let parent = |name: &str| {
            let within = format!("{name}/");
            let mut next = self.tests.range(within.clone()..);
            next.next().is_some_and(|test| test.0.starts_with(&within))
        };
        self.tests
            .values()
            .filter(move |test| test.verdict == verdict && !parent(&test.name))
    }

    fn line(&self, name: &str, seconds: f64) -> String {
        if self.tests.is_empty() && self.whole.verdict == Verdict::Skipped {
            return format!("----  {name:<28} no tests");
        }
        let failed = self.failures().filter(|test| !test.is_subtest()).count();
        let word = if failed == 0 { "ok  " } else { "FAIL" };
        format!(
            "{word}  {name:<28} {:>5} passed {failed:>4} failed {:>4} skipped  {:>6} runs {seconds:>8.2} s",
            self.count(Verdict::Passed),
            self.count(Verdict::Skipped),
            self.tests.len()
        )
    }
}

impl Test {
    fn is_subtest(&self) -> bool {
        self.name.contains('/')
    }

    /// Why a test skipped itself: `    x_test.go:12: the reason`.
    pub fn reason(&self) -> String {
        match self.output.lines().rev().find_map(said) {
            Some(reason) => format!("Go test: {reason}"),
            None => format!("Go test {} skips itself and does not say why", self.name),
        }
    }
}

/// What a test said in a line `    file.go:12: text`.
fn said(line: &str) -> Option<&str> {
    let (number, text) = line.split_once(".go:")?.1.split_once(": ")?;
    number.parse::<u32>().ok().map(|_| text.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_found_in_lines_with_a_place() {
        assert_eq!(
            said("    exec_test.go:12: no exec: here"),
            Some("no exec: here")
        );
        assert_eq!(said("    helper.go:7: why"), Some("why"));
        assert_eq!(said("--- SKIP: TestX (0.00s)"), None);
        assert_eq!(said("x.go:why: not"), None);
    }

    const LINES: &str = r#"
{"Action":"start","Package":"a"}
{"Action":"run","Package":"a","Test":"TestX"}
{"Action":"run","Package":"a","Test":"TestX/sub"}
{"Action":"output","Package":"a","Test":"TestX/sub","Output":"wrong\n"}
{"Action":"fail","Package":"a","Test":"TestX/sub","Elapsed":0}
{"Action":"fail","Package":"a","Test":"TestX","Elapsed":0}
{"Action":"output","Package":"a","Test":"TestY","Output":"    y_test.go:7: not here: wasip1\n"}
{"Action":"skip","Package":"a","Test":"TestY","Elapsed":0}
{"Action":"pass","Package":"a","Test":"TestZ","Elapsed":0}
{"Action":"fail","Package":"a","Elapsed":0.5}
{"ImportPath":"b [b.test]","Action":"build-output","Output":"b.go:1: syntax\n"}
{"Action":"fail","Package":"b","Elapsed":0}
{"Action":"skip","Package":"c","Elapsed":0}
{"Action":"run","Package":"d","Test":"TestCrash"}
{"Action":"fail","Package":"d","Elapsed":1}
not an event"#;

    #[test]
    fn events_become_counts() {
        let mut packages = Packages::default();
        let ended: Vec<String> = LINES
            .trim()
            .lines()
            .filter_map(|line| packages.take(line))
            .collect();
        assert_eq!(ended.len(), 4);
        assert!(ended[0].starts_with("FAIL  a  "), "{}", ended[0]);
        assert!(ended[2].ends_with("no tests"));
        let tally = packages.tally();
        assert_eq!(tally.to_string(), "1 passed, 3 failed, 1 skipped");
        assert_eq!(
            tally.reasons,
            [("Go test: not here: wasip1".to_string(), 1)]
        );
        assert_eq!(packages.loose_output(), "not an event\n");
        let names: Vec<&str> = packages
            .get("a")
            .unwrap()
            .failures()
            .map(|t| t.name.as_str())
            .collect();
        assert_eq!(names, ["TestX", "TestX/sub"]);
        let mut leaves = packages.get("a").unwrap().leaves(Verdict::Failed);
        assert_eq!(leaves.next().map(|t| t.name.as_str()), Some("TestX/sub"));
        assert!(leaves.next().is_none());
        let build: Vec<&str> = packages
            .get("b")
            .unwrap()
            .failures()
            .map(|t| t.output.as_str())
            .collect();
        assert_eq!(build, ["b.go:1: syntax\n"]);
    }
}
