//! Names out of modules, made fit to be shown.
//!
//! A module may call its functions and files what it likes: sequences that clear a
//! terminal, line ends that begin a message of their own, letters that run backwards,
//! characters that XML does not have, or a gigabyte of text. What is shown of it, in
//! messages, profiles and pages, has passed through here.

#![forbid(unsafe_code)]

use std::borrow::Cow;

/// Whether a character is one of a text in one line, and does nothing but look as it does.
pub fn is_fit(c: char) -> bool {
    match c {
        ' '..='~' => true,
        // Ends of lines, marks that turn the direction, and what are no characters.
        '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}' => false,
        _ => !c.is_control(),
    }
}

/// The text in one line: what is not fit stands as U+FFFD.
pub fn shown(text: &str) -> Cow<'_, str> {
    replaced(text, is_fit)
}

/// The same with the text's own line ends and tabs.
pub fn shown_lines(text: &str) -> Cow<'_, str> {
    replaced(text, |c| matches!(c, '\n' | '\t') || is_fit(c))
}

/// JSON in which strings have escapes for what is not fit, so that it can be shown too.
pub fn json(text: &str) -> Cow<'_, str> {
    let stays = |c: char| c == '\n' || is_fit(c);
    if text.chars().all(stays) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match stays(c) {
            true => escaped.push(c),
            // None of these is beyond 16 bits.
            false => escaped.push_str(&format!("\\u{:04x}", u32::from(c))),
        }
    }
    Cow::Owned(escaped)
}

/// At most `max_bytes` of a text that may be any bytes, [`shown`].
pub fn lossy(bytes: &[u8], max_bytes: usize) -> String {
    let bytes = &bytes[..bytes.len().min(max_bytes)];
    match String::from_utf8_lossy(bytes) {
        Cow::Borrowed(text) => shown(text).into_owned(),
        Cow::Owned(text) => shown(&text).into_owned(),
    }
}

/// The text's first bytes: at most so many, and whole characters.
pub fn cut(text: &str, max_bytes: usize) -> &str {
    &text[..text.floor_char_boundary(max_bytes)]
}

fn replaced(text: &str, is_fit: impl Fn(char) -> bool) -> Cow<'_, str> {
    match text.chars().all(&is_fit) {
        true => Cow::Borrowed(text),
        false => Cow::Owned(text.replace(|c| !is_fit(c), "\u{fffd}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_do_nothing_to_terminals() {
        assert_eq!(shown("<main.größe[…]>"), "<main.größe[…]>");
        assert_eq!(
            shown("a\x1b[2J\nb\u{202e}c\u{9b}"),
            "a\u{fffd}[2J\u{fffd}b\u{fffd}c\u{fffd}"
        );
        assert_eq!(shown_lines("a\n\tb\r"), "a\n\tb\u{fffd}");
        assert_eq!(lossy(b"a\xff\0b", 3), "a\u{fffd}\u{fffd}");
        assert_eq!(cut("größe", 3), "gr");
        assert_eq!(json("{\"ä\":1}\n"), "{\"ä\":1}\n");
        let odd = "\"\u{7f}\u{9b}\u{202e}\u{ffff}\"";
        assert_eq!(json(odd), r#""\u007f\u009b\u202e\uffff""#);
    }
}
