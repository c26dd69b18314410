//! What is known of the tests of Go's standard library:
//! `go-fixtures/std-tests.csv`.

use crate::error::Error;
use crate::workspace;

/// How a package is sorted by the time that its tests take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Tier {
    /// Many packages, a minute or two: in every run of CI.
    Quick,
    /// The few that matter most but take longer.
    Core,
    /// The others.
    Full,
    /// Those for the night.
    Slow,
}

/// One package of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The import path.
    pub package: String,
    /// Its tier.
    pub tier: Tier,
    /// How many top-level tests pass.
    pub passed: u64,
}

/// The table, or one tier of it.
pub fn load(tier: Option<Tier>) -> Result<Vec<Row>, Error> {
    let path = workspace::fixtures().join("std-tests.csv");
    let text = workspace::read(&path)?;
    let mut rows = Vec::new();
    for (number, line) in text.lines().enumerate().skip(1) {
        rows.push(parse(line).ok_or_else(|| {
            Error::message(format!(
                "{}:{}: not a row: {line}",
                path.display(),
                number + 1
            ))
        })?);
    }
    rows.retain(|row| tier.is_none_or(|tier| tier == row.tier));
    Ok(rows)
}

/// The first columns: package, tier, expected result, tests that pass.
fn parse(line: &str) -> Option<Row> {
    let mut columns = line.split(',');
    let package = columns.next()?.to_string();
    let tier = match columns.next()? {
        "quick" => Tier::Quick,
        "core" => Tier::Core,
        "full" => Tier::Full,
        "slow" => Tier::Slow,
        _ => return None,
    };
    let passed = columns.nth(1)?.parse().ok()?;
    Some(Row {
        package,
        tier,
        passed,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read() {
        let row = parse("archive/zip,quick,pass,49,7,132,9138111,1.11").unwrap();
        assert_eq!(
            row,
            Row {
                package: "archive/zip".into(),
                tier: Tier::Quick,
                passed: 49
            }
        );
        assert_eq!(parse("archive/zip,odd,pass,49"), None);
        assert_eq!(parse(""), None);
    }

    #[test]
    fn the_whole_table_is_readable() {
        assert_eq!(load(None).unwrap().len(), 257);
        assert!(
            load(Some(Tier::Core))
                .unwrap()
                .iter()
                .any(|row| row.package == "os")
        );
    }
}
