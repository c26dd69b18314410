//! What the counting build of the runner wrote, as tables.

use crate::error::Error;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// How often handlers, and pairs of them, were executed.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// By name.
    pub handlers: BTreeMap<String, u64>,
    /// By first and second name.
    pub pairs: BTreeMap<(String, String), u64>,
    /// The instructions that were executed, in the order of the code.
    pub places: Vec<Place>,
    /// How many handlers followed another without a dispatch, in a sequence.
    pub joined: u64,
    /// WebAssembly operators, if they were counted.
    pub operators: u64,
}

/// An instruction of translated code.
#[derive(Debug, PartialEq, Eq)]
pub struct Place {
    /// Its handler.
    pub name: String,
    /// How often it was executed.
    pub executed: u64,
    /// How often the instruction right behind it came next.
    pub through: u64,
}

impl Counts {
    /// Reads lines of `handler N NAME`, `pair N NAME NAME`, `place N N NAME`,
    /// `joined N` and `operators N`, with tabs.
    pub fn parse(text: &str) -> Result<Counts, Error> {
        let mut counts = Counts::default();
        for line in text.lines() {
            let mut fields = line.split('\t');
            let kind = fields.next();
            let number = fields.next().and_then(|field| field.parse().ok());
            let rest: Vec<&str> = fields.collect();
            match (kind, number, &rest[..]) {
                (Some("handler"), Some(n), [name]) => {
                    *counts.handlers.entry(name.to_string()).or_default() += n;
                }
                (Some("pair"), Some(n), [a, b]) => {
                    let pair = (a.to_string(), b.to_string());
                    *counts.pairs.entry(pair).or_default() += n;
                }
                (Some("place"), Some(executed), [through, name]) => {
                    let through = through
                        .parse()
                        .map_err(|_| Error::message(format!("no line of counts: {line:?}")))?;
                    counts.places.push(Place {
                        name: name.to_string(),
                        executed,
                        through,
                    });
                }
                (Some("joined"), Some(n), []) => counts.joined = n,
                (Some("operators"), Some(n), []) => counts.operators = n,
                _ => return Err(Error::message(format!("no line of counts: {line:?}"))),
            }
        }
        Ok(counts)
    }

    /// The sums, then the `top` most frequent handlers, families and pairs.
    pub fn table(&self, top: usize) -> String {
        let executed: u64 = self.handlers.values().sum();
        let dispatches = executed - self.joined.min(executed);
        let share = |n: u64| 100.0 * n as f64 / executed.max(1) as f64;
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{executed:>16} instructions");
        let _ = writeln!(text, "{dispatches:>16} dispatches");
        if self.operators > 0 {
            let ratio = dispatches as f64 / self.operators as f64;
            let _ = writeln!(text, "{:>16} WebAssembly operators", self.operators);
            let _ = writeln!(text, "{ratio:>16.4} dispatches for each operator");
        }
        let mut families: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
        for (name, &n) in &self.handlers {
            let family = families.entry(family(name)).or_default();
            *family = (family.0 + n, family.1 + 1);
        }
        let mut families: Vec<_> = families.into_iter().collect();
        families.sort_by_key(|family| std::cmp::Reverse(family.1.0));
        let _ = writeln!(
            text,
            "\n family                        handlers % of instructions"
        );
        for (name, (n, members)) in families.iter().take(top) {
            let _ = writeln!(text, " {name:<28} {members:>9} {:>9.2}", share(*n));
        }
        let mut listed = |title: &str, rows: Vec<(String, u64)>| {
            let _ = writeln!(text, "\n      % so far            count  {title}");
            let mut sum = 0;
            for (name, n) in rows.iter().take(top) {
                sum += n;
                let (one, all) = (share(*n), share(sum));
                let _ = writeln!(text, " {one:6.2} {all:6.2} {n:>16}  {name}");
            }
            if rows.len() > top {
                let _ = writeln!(text, " … and {} more", rows.len() - top);
            }
        };
        let handlers = self.handlers.iter().map(|(name, &n)| (name.clone(), n));
        listed("handler", by_count(handlers));
        let pairs = self.pairs.iter();
        let pairs = pairs.map(|((a, b), &n)| (format!("{a}  {b}"), n));
        listed("pair", by_count(pairs));
        text
    }
}

/// `binary` of `binary<I64Add, SlotImm, ToAcc>`.
fn family(name: &str) -> &str {
    name.split('<').next().unwrap_or(name)
}

fn by_count(rows: impl Iterator<Item = (String, u64)>) -> Vec<(String, u64)> {
    let mut rows: Vec<_> = rows.collect();
    rows.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "handler\t6\tbinary<I64Add, SlotImm>\nhandler\t2\tjump\n\
        pair\t3\tjump\tjump\njoined\t4\noperators\t16\n";

    #[test]
    fn counts_are_read_and_shown() {
        let table = Counts::parse(TEXT).unwrap().table(1);
        assert!(table.contains("8 instructions\n"), "{table}");
        assert!(table.contains("4 dispatches\n"), "{table}");
        assert!(table.contains("0.2500 dispatches for each"), "{table}");
        assert!(
            table
                .contains(" 75.00  75.00                6  binary<I64Add, SlotImm>\n … and 1 more"),
            "{table}"
        );
        assert!(table.contains("jump  jump"), "{table}");
    }

    #[test]
    fn other_lines_are_refused() {
        assert!(Counts::parse("handler\tmany\tjump\n").is_err());
    }
}
