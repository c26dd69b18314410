//! `cargo xtask start`: the list of functions that a start executes, which
//! `crates/runner/build.rs` has the linker put together.
//!
//! A line is what remains of a function's symbol when everything is left out that
//! changes with the compiler, its version or the order of the sources: hashes of
//! crates, numbers of impls, references back to earlier parts. So a line may mean
//! several functions that differ in little else. One that means none does no harm,
//! but many are a list that should be written anew.

use crate::error::Error;
use crate::tally::Tally;
use crate::{process, runtime, workspace};
use object::{BinaryFormat, Object, ObjectSection, ObjectSymbol};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

/// What `cargo xtask start` takes.
#[derive(clap::Args, Default)]
pub struct Options {
    /// Write the list anew, from what the release build executes under valgrind.
    #[arg(long)]
    pub write: bool,
}

/// The section that the linker is asked for.
const SECTION: &str = ".text.start";

/// Bytes of functions that are not executed, but that a line may mean too.
const MOST_ELSE: u64 = 1 << 10;

const HEADER: &str = "\
# The functions that the release build executes to run go-fixtures/prebuilt/hello.wasm,
# for build.rs: `cargo xtask start --write` writes them.
";

/// Checks that the list and the release binary still belong together, or writes it.
pub fn perform(options: &Options) -> Result<Tally, Error> {
    let binary = runtime::binary(None)?;
    let path = workspace::root().join("crates/runner/start.txt");
    if options.write {
        let lines = executed(&binary)?;
        println!("start: {} lines", lines.len());
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        workspace::write(&path, format!("{HEADER}{text}"))?;
        return Ok(Tally::default());
    }
    let text = workspace::read(&path)?;
    let lines: BTreeSet<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    check(&binary, &lines)
}

/// Passes if the linker made the section, and if most lines mean a function in it.
fn check(binary: &Path, lines: &BTreeSet<&str>) -> Result<Tally, Error> {
    let mut tally = Tally::default();
    let bytes = fs::read(binary).map_err(Error::file("read", binary))?;
    let file = object::File::parse(&*bytes)
        .map_err(|error| Error::message(format!("{}: {error}", binary.display())))?;
    let Some(section) = file.section_by_name(SECTION) else {
        let reason = match file.format() {
            BinaryFormat::Elf => "start: the linker takes no script, or the list is empty",
            _ => "start: functions are ordered for Linux only",
        };
        println!("skipped  {reason}");
        tally.skip(reason, 1);
        return Ok(tally);
    };
    let inside = file
        .symbols()
        .filter(|symbol| symbol.section_index() == Some(section.index()));
    let names = Vec::from_iter(inside.filter_map(|symbol| symbol.name().ok()));
    let known = lines
        .iter()
        .filter(|line| names.iter().any(|name| means(line, name)));
    let (known, all) = (known.count(), lines.len());
    let kilobytes = section.size() / 1024;
    println!("start: {known} of {all} lines mean functions; {kilobytes} KB of code in {SECTION}");
    // Another compiler inlines other functions.
    match known * 4 >= all * 3 {
        true => tally.passed += 1,
        false => {
            println!("FAIL  too few: cargo xtask start --write");
            tally.failed += 1;
        }
    }
    Ok(tally)
}

/// Lines for all functions of the binary that hello.wasm makes it execute.
fn executed(binary: &Path) -> Result<BTreeSet<String>, Error> {
    let counts = workspace::target().join("start.callgrind");
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--demangle=no", "--quiet"]);
    valgrind.arg(format!("--callgrind-out-file={}", counts.display()));
    valgrind.arg(binary).arg("run");
    valgrind.arg(workspace::fixtures().join("prebuilt/hello.wasm"));
    process::output(&mut valgrind)?;
    let text = workspace::read(&counts)?;
    // A name is given once, where a function is or where it is called, and then its
    // number alone; one of a function that calls itself ends in '2.
    let names = text.lines().filter_map(|entry| {
        let entry = entry.trim_start_matches('c').strip_prefix("fn=(")?;
        let (_, name) = entry.split_once(") ")?;
        name.split('\'').next()
    });
    let names: BTreeSet<&str> = names.collect();
    let bytes = fs::read(binary).map_err(Error::file("read", binary))?;
    let file = object::File::parse(&*bytes)
        .map_err(|error| Error::message(format!("{}: {error}", binary.display())))?;
    let mut named = BTreeMap::<String, Vec<&str>>::new();
    for name in names.iter().copied() {
        if let Some(line) = line(name) {
            named.entry(line).or_default().push(name);
        }
    }
    let mut lines = BTreeSet::new();
    for (line, same) in named {
        let others = file.symbols().filter(|symbol| {
            let name = symbol.name().unwrap_or_default();
            !names.contains(name) && means(&line, name)
        });
        match others.map(|symbol| symbol.size()).sum::<u64>() > MOST_ELSE {
            true => lines.extend(same.into_iter().filter_map(exact_line)),
            false => _ = lines.insert(line),
        }
    }
    Ok(lines)
}

/// Whether the linker takes a line to mean a symbol.
fn means(line: &str, symbol: &str) -> bool {
    let Some(mut rest) = symbol.strip_prefix("_R") else {
        return false;
    };
    let mut parts = line.split('*').peekable();
    while let Some(part) = parts.next() {
        let found = match parts.peek() {
            Some(_) => rest.find(part).map(|at| at + part.len()),
            None => rest.ends_with(part).then_some(rest.len()),
        };
        match found {
            Some(end) => rest = &rest[end..],
            None => return false,
        }
    }
    true
}

/// The line that stands for a symbol: its identifiers as they are written there,
/// and `*` for what lies between them.
fn line(symbol: &str) -> Option<String> {
    let pieces = pieces(symbol)?;
    let mut line = String::new();
    for (index, piece) in pieces.iter().enumerate() {
        let is_hidden = index > 0 && !matches!(pieces[index - 1], Piece::Identifier(_));
        match piece {
            Piece::Identifier(text) => {
                if is_hidden && !line.is_empty() {
                    line.push('*');
                }
                line += text;
            }
            Piece::Other(_) if index + 1 == pieces.len() => line.push('*'),
            Piece::Other(_) => {}
        }
    }
    (line.len() > 1).then_some(line)
}

/// The same with everything between identifiers but hashes and references, for
/// symbols of which [`line`] leaves too little.
fn exact_line(symbol: &str) -> Option<String> {
    let mut line = String::new();
    for piece in pieces(symbol)? {
        match piece {
            Piece::Other(text) if text.starts_with('B') => line += "B*_",
            Piece::Other(text) if text.starts_with('s') && line.ends_with('C') => line += "s*_",
            Piece::Identifier(text) | Piece::Other(text) => line += text,
        }
    }
    // Where the crate was that ends some symbols.
    if line.ends_with("Cs*_") {
        line.truncate(line.len() - "Cs*_".len());
        line.push('*');
    }
    Some(line)
}

/// A part of a symbol.
enum Piece<'a> {
    /// An identifier, with its length before it.
    Identifier(&'a str),
    Other(&'a str),
}

/// The pieces of a symbol behind `_R`. At the end may be the crate that this instance
/// of a generic function was made for, one of several that would have done: that
/// identifier is left out.
fn pieces(symbol: &str) -> Option<Vec<Piece<'_>>> {
    let symbol = symbol.strip_prefix("_R")?;
    let (mut pieces, mut rest) = (Vec::new(), symbol);
    while !rest.is_empty() {
        let identifier = identifier(rest);
        let (piece, behind) = rest.split_at(identifier.unwrap_or_else(|| other(rest)));
        rest = behind;
        pieces.push(match identifier {
            Some(_) => Piece::Identifier(piece),
            None => Piece::Other(piece),
        });
    }
    if ends_with_crate(symbol) {
        pieces.pop();
    }
    Some(pieces)
}

/// Whether a symbol's last identifier is a crate's, with a hash before it.
fn ends_with_crate(symbol: &str) -> bool {
    let Some((_, hash)) = symbol.rsplit_once("Cs") else {
        return false;
    };
    let name = hash.split_once('_').map_or("", |parts| parts.1);
    identifier(name) == Some(name.len())
}

/// The length of an identifier at the beginning, with its own length before it.
/// Source: RFC 2603, "Syntax of mangled names".
fn identifier(text: &str) -> Option<usize> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let length: usize = text[..digits].parse().ok().filter(|&length| length > 0)?;
    let mark = usize::from(text[digits..].starts_with('_'));
    let end = digits + mark + length;
    text.is_char_boundary(end).then_some(end)
}

/// The length of something else at the beginning: a number that ends in `_` with the
/// letter that says of what, or one letter.
fn other(text: &str) -> usize {
    let is_digit: fn(&u8) -> bool = match text.as_bytes()[0] {
        b's' | b'B' | b'L' | b'G' => u8::is_ascii_alphanumeric,
        // A constant, behind the letter of its type.
        b'a'..=b'z' => |digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'),
        _ => return 1,
    };
    let digits = text.bytes().skip(1).take_while(is_digit).count();
    match text[1 + digits..].starts_with('_') {
        true => digits + 2,
        false => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_nothing_that_changes() {
        let before = "_RINvNtNtCsekeskG3B1f7_18fossor_interpreter7execute6memory4loadNtNtB4_8dispatch4TailNtNtB4_7operand4SlotECs13QFUcB9U7U_6fossor";
        let after = "_RINvNtNtCs2Yf_18fossor_interpreter7execute6memory4loadNtNtB3_8dispatch4TailNtNtB3_7operand4SlotECskQ_6fossor";
        let expected = "18fossor_interpreter7execute6memory4load*8dispatch4Tail*7operand4Slot*";
        assert_eq!(line(before).as_deref(), Some(expected));
        assert_eq!(line(after).as_deref(), Some(expected));
    }

    #[test]
    fn a_line_means_what_the_linker_finds() {
        assert!(means("1a*3bcd*", "_RNvC1aNt3bcdE"));
        assert!(means("1a*3bcd", "_RNvC1aNt3bcd"));
        assert!(!means("1a*3bcd", "_RNvC1aNt3bcdE"));
        assert!(!means("3bcd*1a*", "_RNvC1aNt3bcdE"));
        assert!(!means("1a*", "1aE"));
    }

    #[test]
    fn numbers_are_no_identifiers() {
        let closure = "_RNCNvMs3_NtCsA1_5alloc7raw_vecINtB5_6RawVecAyj2_E4growKj4_E0B7_";
        let expected = "5alloc7raw_vec*6RawVec*4grow*";
        assert_eq!(line(closure).as_deref(), Some(expected));
        let exact = "NCNvMs3_NtCs*_5alloc7raw_vecINtB*_6RawVecAyj2_E4growKj4_E0B*_";
        assert_eq!(exact_line(closure).as_deref(), Some(exact));
        assert!(means(exact, closure));
        assert_eq!(line("memcpy"), None);
        // An identifier that begins with a digit or `_` has a `_` before it.
        assert_eq!(line("_RNvC1a3_2bc").as_deref(), Some("1a3_2bc"));
    }
}
