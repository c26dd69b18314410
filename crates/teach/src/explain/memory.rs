//! Memory with the fields of its structures marked, and structures drawn.

use fossor_wasi::abi::{Errno, Field, FieldType, Layout};
use fossor_wasi::{Content, Span};
use std::fmt::Write as _;

/// Bytes in a row of a dump.
const ROW_BYTES: usize = 16;

/// Bytes in a row of a drawing, and columns for each.
const DRAWN_BYTES: u32 = 8;
const BYTE_COLUMNS: usize = 9;

/// Rows that a view shows of one field, and characters of a value.
const MAX_ROWS: usize = 4;
const MAX_VALUE: usize = 120;

/// Fields that a view has: a call may have thousands of structures, and each is looked
/// for in each row.
const MAX_VIEWED: usize = 256;

/// Bytes of a text of which something is shown.
const MAX_QUOTED_BYTES: usize = 4096;

/// A field in memory, found.
pub(crate) struct Part {
    pub(crate) label: String,
    pub(crate) addr: usize,
    pub(crate) len_bytes: usize,
    pub(crate) value: String,
    pub(crate) written: bool,
}

/// The rows of memory that a call had to do with, before and after it, with
/// `[` and `]` around each field, and what the fields say.
pub fn compared(before: &[u8], after: &[u8], spans: &[Span]) -> String {
    let parts: Vec<Part> = spans.iter().flat_map(|span| parts(span, after)).collect();
    if parts.is_empty() {
        return "The call reads and writes no memory.\n".to_owned();
    }
    let mut text = String::new();
    for (title, bytes) in [("before", before), ("after", after)] {
        if title == "after" && before == after {
            break;
        }
        let _ = writeln!(text, "{title}:");
        for start in (0..bytes.len()).step_by(ROW_BYTES) {
            let row = start..(start + ROW_BYTES).min(bytes.len());
            let concerned =
                |part: &Part| part.addr < row.end && part.addr + part.len_bytes > row.start;
            if parts.iter().any(concerned) {
                let _ = writeln!(text, "  {}", dumped(bytes, row.clone(), &parts));
            }
        }
    }
    let width = parts
        .iter()
        .map(|part| part.label.chars().count())
        .max()
        .unwrap_or(0);
    let _ = writeln!(text, "fields:");
    for part in &parts {
        let how = if part.written { "written" } else { "read" };
        let _ = writeln!(
            text,
            "  {:#06x}  {:7}  {:width$}  {}",
            part.addr, how, part.label, part.value
        );
    }
    text
}

/// The rows of memory that spans are in, with `[` and `]` around each field, and what
/// the fields say.
pub fn viewed(bytes: &[u8], spans: &[Span]) -> String {
    let parts = spans.iter().flat_map(|span| parts(span, bytes));
    let parts = Vec::from_iter(parts.take(MAX_VIEWED));
    let mut text = String::new();
    let is_in = |part: &&Part, row: &std::ops::Range<usize>| {
        part.addr < row.end && part.addr + part.len_bytes > row.start
    };
    let rows = parts.iter().flat_map(|part| {
        let first = part.addr / ROW_BYTES;
        first
            ..(part.addr + part.len_bytes.max(1))
                .div_ceil(ROW_BYTES)
                .min(first + MAX_ROWS)
    });
    for row in std::collections::BTreeSet::from_iter(rows) {
        let row = row * ROW_BYTES..((row + 1) * ROW_BYTES).min(bytes.len());
        if parts.iter().any(|part| is_in(&part, &row)) {
            let _ = writeln!(text, "  {}", dumped(bytes, row, &parts));
        }
    }
    let width = parts.iter().map(|part| part.label.chars().count()).max();
    let width = width.unwrap_or(0);
    for part in &parts {
        let mut value = part.value.clone();
        if value.chars().count() > MAX_VALUE {
            value = String::from_iter(value.chars().take(MAX_VALUE)) + "…";
        }
        let _ = writeln!(text, "  {:#06x}  {:width$}  {value}", part.addr, part.label);
    }
    text
}

/// `0x0010 [80 00 00 00|20 00 00 00] 00 …  ....`
fn dumped(bytes: &[u8], row: std::ops::Range<usize>, parts: &[Part]) -> String {
    let starts = |at: usize| parts.iter().any(|part| part.addr == at);
    let ends = |at: usize| parts.iter().any(|part| part.addr + part.len_bytes == at);
    let mut text = format!("{:#06x} ", row.start);
    for at in row.clone() {
        text.push(match (ends(at) && at != row.start, starts(at)) {
            (true, true) => '|',
            (true, false) => ']',
            (false, true) => '[',
            (false, false) => ' ',
        });
        let _ = write!(text, "{:02x}", bytes[at]);
    }
    text.push(if ends(row.end) { ']' } else { ' ' });
    text.push(' ');
    for byte in &bytes[row] {
        text.push(match byte {
            b' '..=b'~' => char::from(*byte),
            _ => '.',
        });
    }
    text
}

/// The fields that a span has, as they are in memory.
pub(crate) fn parts(span: &Span, bytes: &[u8]) -> Vec<Part> {
    let (addr, len_bytes) = (span.addr as usize, span.len_bytes as usize);
    let name = match span.index {
        Some(index) => format!("{}[{index}]", span.name),
        None => span.name.to_owned(),
    };
    let part = |label: String, addr: usize, len_bytes: usize, value: String| Part {
        label,
        addr,
        len_bytes,
        value,
        written: span.written,
    };
    let Some(content) = bytes.get(addr..addr + len_bytes) else {
        return Vec::new();
    };
    match span.content {
        Content::Struct(layout) => fields(layout, content)
            .map(|(field, value)| {
                let at = addr + field.offset_bytes as usize;
                let label = format!("{name}.{}", field.name);
                part(label, at, field.ty.size_bytes() as usize, value)
            })
            .collect(),
        Content::Number(ty) => vec![part(name, addr, len_bytes, shown(ty, ty.number(content)))],
        Content::Pointers => content
            .chunks_exact(4)
            .enumerate()
            .map(|(index, bytes)| {
                let value = shown(FieldType::Pointer, FieldType::Pointer.number(bytes));
                part(format!("{name}[{index}]"), addr + 4 * index, 4, value)
            })
            .collect(),
        Content::Entries => entries(content)
            .flat_map(|(at, index, head, text)| {
                let named = |label: &str| format!("{name}[{index}].{label}");
                let layout = &fossor_wasi::abi::layout::DIRENT;
                let mut found: Vec<Part> = fields(layout, head)
                    .map(|(field, value)| {
                        let at = addr + at + field.offset_bytes as usize;
                        part(named(field.name), at, field.ty.size_bytes() as usize, value)
                    })
                    .collect();
                let at = addr + at + head.len();
                found.push(part(named("name"), at, text.len(), quoted(text)));
                found
            })
            .collect(),
        Content::Bytes | Content::Text => vec![part(name, addr, len_bytes, quoted(content))],
    }
}

fn fields(layout: &Layout, bytes: &[u8]) -> impl Iterator<Item = (&'static Field, String)> {
    let fields = layout.fields_of(bytes);
    fields.map(|field| (field, shown(field.ty, field.number(bytes))))
}

/// Whole entries: offset, number, fixed part and name.
fn entries(bytes: &[u8]) -> impl Iterator<Item = (usize, usize, &[u8], &[u8])> {
    let mut at = 0;
    (0..).map_while(move |index| {
        let start = at;
        let (head, tail) = bytes.get(at..)?.split_at_checked(24)?;
        let name = tail.get(..FieldType::U32.number(&head[16..]) as usize)?;
        at += head.len() + name.len();
        Some((start, index, head, name))
    })
}

/// At most [`MAX_QUOTED_BYTES`] of it: nobody reads more, and a guest's buffer may
/// be as large as its memory.
fn quoted(bytes: &[u8]) -> String {
    let shown = bytes.get(..MAX_QUOTED_BYTES).unwrap_or(bytes);
    // Not in the middle of a character.
    let whole = match std::str::from_utf8(shown) {
        Err(error) if shown.len() < bytes.len() && error.error_len().is_none() => {
            error.valid_up_to()
        }
        _ => shown.len(),
    };
    match std::str::from_utf8(&shown[..whole]) {
        Ok(text) => format!("{text:?}"),
        Err(_) => {
            let hex: Vec<String> = shown.iter().map(|byte| format!("{byte:02x}")).collect();
            hex.join(" ")
        }
    }
}

fn shown(ty: FieldType, number: u64) -> String {
    match ty {
        FieldType::Pointer => format!("{number:#x}"),
        FieldType::Timestamp => format!("{number} ns"),
        FieldType::Errno => match u32::try_from(number).ok().and_then(Errno::from_number) {
            Some(errno) => format!("{number} {errno}"),
            None => number.to_string(),
        },
        FieldType::Named(info) if info.flags && number == 0 => "0".to_owned(),
        FieldType::Named(info) if info.flags => format!("{number:#x} {}", info.text(number)),
        FieldType::Named(info) => format!("{number} {}", info.text(number)),
        _ => number.to_string(),
    }
}

/// A structure, eight bytes in a row, each byte nine columns wide. With several
/// shapes, one drawing for each.
pub fn drawn(layout: &Layout) -> String {
    let mut tags: Vec<Option<u8>> = Vec::new();
    for field in layout.fields {
        if field.tag.is_some() && !tags.contains(&field.tag) {
            tags.push(field.tag);
        }
    }
    if tags.is_empty() {
        tags.push(None);
    }
    let mut text = String::new();
    for tag in tags {
        if let Some(tag) = tag {
            let _ = writeln!(text, "tag {tag}:");
        }
        let has = |field: &&Field| field.tag.is_none() || field.tag == tag;
        let fields: Vec<&Field> = layout.fields.iter().filter(has).collect();
        draw(layout.size_bytes, &fields, &mut text);
    }
    text
}

fn draw(size_bytes: u32, fields: &[&Field], text: &mut String) {
    let rule = |joint: char| {
        let width = DRAWN_BYTES as usize * BYTE_COLUMNS - 1;
        format!("     {joint}{}{joint}\n", "-".repeat(width))
    };
    text.push_str("      ");
    for byte in 0..DRAWN_BYTES {
        let _ = write!(text, "{byte:<BYTE_COLUMNS$}");
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text.push_str(&rule('+'));
    for start in (0..size_bytes).step_by(DRAWN_BYTES as usize) {
        let _ = write!(text, "{start:>4} |");
        let mut at = start;
        while at < start + DRAWN_BYTES {
            let field = fields.iter().find(|field| field.offset_bytes == at);
            let (name, bytes) = match field {
                Some(field) => {
                    let name = field
                        .name
                        .rsplit_once('.')
                        .map_or(field.name, |(_, name)| name);
                    (name.trim_start_matches("fs_"), field.ty.size_bytes())
                }
                None => ("0", 1),
            };
            let width = bytes as usize * BYTE_COLUMNS - 1;
            let _ = write!(text, "{name:^width$}|");
            at += bytes;
        }
        text.push('\n');
        text.push_str(&rule('+'));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_of_thousands_of_structures_is_short() {
        let bytes = vec![0; 48 * 4096];
        let span = |index| Span {
            name: "in",
            index: Some(index),
            addr: 48 * index,
            len_bytes: 48,
            content: Content::Struct(&fossor_wasi::abi::layout::SUBSCRIPTION),
            written: false,
        };
        let view = viewed(&bytes, &Vec::from_iter((0..4096).map(span)));
        let lines = view.lines().count();
        assert!((MAX_VIEWED..3 * MAX_VIEWED).contains(&lines), "{lines}");
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(quoted("äb".as_bytes()), "\"äb\"");
        assert_eq!(quoted(b"a\xff"), "61 ff");
        let long = "x".repeat(MAX_QUOTED_BYTES - 1) + &"ä".repeat(1 << 20);
        assert_eq!(quoted(long.as_bytes()).len(), MAX_QUOTED_BYTES + 1);
        // A guest's random bytes, a gigabyte of them.
        assert_eq!(quoted(&[0xff; 1 << 20]).len(), 3 * MAX_QUOTED_BYTES - 1);
    }
}
