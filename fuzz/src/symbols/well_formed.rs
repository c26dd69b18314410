//! What has been shown can be read, and does nothing to a terminal.

use flate2::read::GzDecoder;
use quick_xml::events::Event;
use std::io::Read;

/// One line without control characters.
pub fn line(text: &str) {
    let odd = text.chars().find(|c| is_odd(*c));
    assert_eq!(odd, None, "{:?}", &text[..text.floor_char_boundary(200)]);
}

/// Lines.
pub fn text(text: &str) {
    text.split('\n').for_each(line);
}

/// A character that does something, or is none.
fn is_odd(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{fffe}' | '\u{ffff}')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

pub fn json(bytes: &[u8]) {
    let read: Result<serde_json::Value, _> = serde_json::from_slice(bytes);
    assert!(read.is_ok(), "{read:?}");
}

/// Lines of a stack and a number.
pub fn folded(bytes: &[u8]) {
    let stacks = str::from_utf8(bytes).expect("UTF-8");
    text(stacks);
    for stack in stacks.lines() {
        let (names, value) = stack.rsplit_once(' ').expect("a number");
        assert!(value.parse::<u64>().is_ok(), "{stack:?}");
        assert!(names.split(';').all(|name| !name.is_empty()), "{stack:?}");
    }
}

/// Lines as `go tool cover` reads them: `FILE:LINE.COLUMN,LINE.COLUMN STATEMENTS COUNT`.
pub fn cover(profile: &str) {
    text(profile);
    let mut lines = profile.lines();
    assert_eq!(lines.next(), Some("mode: count"));
    for line in lines {
        let (file, place) = line.rsplit_once(':').expect("a place");
        assert!(!file.is_empty());
        let digits = place.chars().filter(|c| !matches!(c, '.' | ',' | ' '));
        assert!(digits.clone().all(|c| c.is_ascii_digit()), "{line:?}");
    }
}

/// Elements that end, and characters that XML has.
pub fn xml(bytes: &[u8]) {
    let document = str::from_utf8(bytes).expect("UTF-8");
    let is_none = |c: &char| is_odd(*c) && !matches!(c, '\t' | '\n' | '\r' | '\u{80}'..='\u{9f}');
    let none = document.chars().find(is_none);
    assert_eq!(none, None, "no character of XML");
    let mut reader = quick_xml::Reader::from_str(document);
    let mut depth = 0;
    loop {
        match reader.read_event() {
            Ok(Event::Start(element)) => {
                depth += 1;
                assert!(element.attributes().all(|attribute| attribute.is_ok()));
            }
            Ok(Event::Empty(element)) => {
                assert!(element.attributes().all(|attribute| attribute.is_ok()));
            }
            Ok(Event::End(_)) => depth -= 1,
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(depth, 0);
}

/// Fields of messages; strings are UTF-8, and the first is empty.
pub fn pprof(bytes: &[u8]) {
    let mut message = Vec::new();
    let mut gzip = GzDecoder::new(bytes);
    gzip.read_to_end(&mut message).expect("gzip");
    let mut rest = &message[..];
    let mut strings = 0;
    while !rest.is_empty() {
        let key = varint(&mut rest);
        match key & 7 {
            0 => _ = varint(&mut rest),
            2 => {
                let len = varint(&mut rest) as usize;
                let (field, behind) = rest.split_at(len);
                rest = behind;
                if key >> 3 == STRINGS {
                    let text = str::from_utf8(field).expect("UTF-8");
                    assert!(strings > 0 || text.is_empty());
                    strings += 1;
                }
            }
            other => panic!("a field of type {other}"),
        }
    }
    assert!(strings > 1);
}

/// The number of the field with strings.
const STRINGS: u64 = 6;

fn varint(rest: &mut &[u8]) -> u64 {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (byte, behind) = rest.split_first().expect("a byte");
        *rest = behind;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return value;
        }
    }
    panic!("a long number");
}
