//! Cover profiles of Go, as `go tool cover` reads them.
//! Source: `golang.org/x/tools/cover`, `ParseProfiles`.

use std::fmt::Write as _;

/// A column behind the end of any line.
const END: u32 = 9999;

/// A cover profile of lines: file, line and how often it was executed, in
/// order. Columns are not known, so a block is a whole line.
pub fn write_cover<'a>(lines: impl IntoIterator<Item = (&'a str, u32, u64)>) -> String {
    let mut text = String::from("mode: count\n");
    for (file, line, count) in lines {
        let file = fossor_text::shown(file);
        let _ = writeln!(text, "{file}:{line}.1,{line}.{END} 1 {count}");
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_block_is_a_line() {
        let text = super::write_cover([("a/b.go", 3, 7), ("a/b.go", 4, 0)]);
        assert_eq!(
            text,
            "mode: count\na/b.go:3.1,3.9999 1 7\na/b.go:4.1,4.9999 1 0\n"
        );
    }
}
