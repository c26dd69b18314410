//! What is done to sections.

use super::module::{Section, Sections, name_section};
use std::borrow::Cow;
use wasm_encoder::Encode as _;

/// An input that is read from its front; zeros behind its end.
pub struct Bytes<'a>(pub &'a [u8]);

impl<'a> Bytes<'a> {
    pub fn byte(&mut self) -> u8 {
        self.take(1).first().copied().unwrap_or(0)
    }

    fn word(&mut self) -> usize {
        usize::from(self.byte()) | usize::from(self.byte()) << 8
    }

    fn take(&mut self, count: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(count.min(self.0.len()));
        self.0 = rest;
        taken
    }

    /// Text: of the input, or one of those that have done harm elsewhere.
    fn text(&mut self) -> Cow<'a, str> {
        let kind = usize::from(self.byte());
        match TEXTS.get(kind) {
            Some(text) => Cow::Borrowed(text),
            None if kind == 255 => Cow::Owned("long".repeat(self.word())),
            None => String::from_utf8_lossy(self.take(kind % 32)),
        }
    }
}

/// Names that say something to whoever shows them.
const TEXTS: [&str; 26] = [
    "",
    " ",
    " a",
    "a ",
    "a 12",
    "a;b",
    "a\nerror: b",
    "a\r\nb",
    "\x1b]0;title\x07\x1b[31m",
    "\u{9b}31m",
    "<script>",
    "<!--<script>",
    "</script>",
    "]]>&amp;\"'",
    "\u{202e}abc",
    "\u{2028}",
    "\0",
    "\u{ffff}",
    "\u{feff}",
    "%s%n{}",
    "a:1",
    "_ZN4trap6divide17h0123456789abcdefE",
    "_RNvCs1234_7mycrate3foo",
    "main.main",
    "wasi",
    "/etc/passwd",
];

/// Sections that somebody reads.
const SECTIONS: [&str; 19] = [
    ".debug_info",
    ".debug_abbrev",
    ".debug_line",
    ".debug_str",
    ".debug_ranges",
    ".debug_line_str",
    ".debug_str_offsets",
    ".debug_addr",
    ".debug_rnglists",
    ".debug_types",
    ".debug_loc",
    "name",
    "producers",
    "target_features",
    "go:buildid",
    "dylink.0",
    "sourceMappingURL",
    "metadata.code.branch_hint",
    "linking",
];

/// Bytes beyond which a module does not grow.
const MAX_BYTES: usize = 1 << 20;

/// Does what the next bytes say.
pub fn change(sections: &mut Sections, input: &mut Bytes<'_>) {
    let kind = input.byte();
    let room = MAX_BYTES.saturating_sub(sections.len_bytes());
    let mut changeable = sections.changeable();
    let choice = usize::from(input.byte());
    let index = choice % changeable.len().max(1);
    match kind % 13 {
        8 => {
            let name = SECTIONS[choice % SECTIONS.len()].as_bytes();
            let len = usize::from(input.byte());
            sections.0.push(Section::custom(name, input.take(len)));
            return;
        }
        9 => {
            let name = input.text();
            let contents = input.text();
            if room > name.len() + contents.len() {
                let made = Section::custom(name.as_bytes(), contents.as_bytes());
                sections.0.push(made);
            }
            return;
        }
        10 => return named_anew(sections, input, room),
        11 => return renamed(sections, input, room),
        _ => {}
    }
    let Some(section) = changeable.get_mut(index) else {
        return;
    };
    let contents = &mut section.contents;
    let at = match contents.len() {
        0..=0xffff => input.word(),
        // Go's tables.
        _ => input.word() * 251 + usize::from(input.byte()),
    };
    let at = at.checked_rem(contents.len()).unwrap_or(0);
    match kind % 13 {
        0 => {
            let byte = input.byte();
            if let Some(place) = contents.get_mut(at) {
                *place = byte;
            }
        }
        1 => contents.truncate(at),
        2 => {
            let copy = section.clone();
            if copy.contents.len() < room {
                sections.0.push(copy);
            }
        }
        3 => {
            let len = 1 + usize::from(input.byte());
            let piece = contents[at..(at + len).min(contents.len())].to_vec();
            let times = input.word() % (room / piece.len().max(1) + 1);
            contents.splice(at..at, piece.repeat(times));
        }
        4 => {
            let len = usize::from(input.byte()) % 16;
            contents.splice(at..at, input.take(len).iter().copied());
        }
        5 => section.name = SECTIONS[usize::from(input.byte()) % SECTIONS.len()].into(),
        6 => {
            let bytes = input.take(4);
            let end = (at + bytes.len()).min(contents.len());
            contents[at..end].copy_from_slice(&bytes[..end - at]);
        }
        7 => {
            let len = usize::from(input.byte());
            contents.drain(at..(at + len).min(contents.len()));
        }
        _ => {
            let text = input.text();
            if text.len() < room {
                contents.splice(at..at, text.bytes().chain([0]));
            }
        }
    }
}

/// Another name section.
fn named_anew(sections: &mut Sections, input: &mut Bytes<'_>, room: usize) {
    let names = texts(input, room);
    let names = Vec::from_iter(names.iter().map(|name| &**name));
    let mut made = Vec::new();
    name_section(&names).encode(&mut made);
    // With its size and its own name in front.
    let mut reader = wasmparser::BinaryReader::new(&made, 0);
    let (_, name) = (reader.read_var_u32(), reader.read_string());
    let contents = &made[reader.original_position() as usize..];
    assert!(matches!(name, Ok("name")));
    sections.0.retain(|section| section.name != b"name");
    sections.0.push(Section::custom(b"name", contents));
}

/// Other names of imports and exports; the module is another one then.
fn renamed(sections: &mut Sections, input: &mut Bytes<'_>, room: usize) {
    let names = texts(input, room);
    let names = Vec::from_iter(names.iter().map(|name| &**name));
    sections.rename(&names);
}

fn texts<'a>(input: &mut Bytes<'a>, room: usize) -> Vec<Cow<'a, str>> {
    let count = usize::from(input.byte()) % 8;
    let texts = (0..count).map(|_| input.text());
    let mut sum = 0;
    let fitting = texts.take_while(|text| {
        // Each stands in several places.
        sum += text.len() * 8;
        sum < room
    });
    fitting.collect()
}
