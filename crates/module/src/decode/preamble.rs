//! Files that are no modules, and modules that end too early: what a user meets
//! more often than a malformed module.

use std::fmt::Write;

use wasmparser::{BinaryReader, Parser};

use crate::DecodeError;

const MAGIC: &[u8] = b"\0asm";

/// Refuses what is not the beginning of a core module.
pub(super) fn check(bytes: &[u8]) -> Result<(), DecodeError> {
    if bytes.is_empty() {
        let reason = "the file is empty".to_owned();
        return Err(DecodeError::NotWasm { reason });
    }
    if !bytes.starts_with(MAGIC) && !MAGIC.starts_with(bytes) {
        let reason = format!("it begins with {}{}", beginning(bytes), hint(bytes));
        return Err(DecodeError::NotWasm { reason });
    }
    if bytes.len() < 8 {
        return Err(DecodeError::Truncated {
            offset: bytes.len() as u64,
            place: "the header".to_owned(),
        });
    }
    // Version in the low half, layer in the high half: 1 is the component model.
    match Parser::is_component(bytes) {
        true => Err(DecodeError::Component),
        false => Ok(()),
    }
}

/// If the file ends before a section does, says so. Walks the sections by their
/// sizes, so it is only for a module that turned out not to be readable.
#[cold]
pub(super) fn truncated(bytes: &[u8]) -> Option<DecodeError> {
    let mut reader = BinaryReader::new(bytes, 0);
    reader.read_bytes(8).ok()?;
    while !reader.eof() {
        let id = reader.read_u8().ok()?;
        let whole = reader
            .read_var_u32()
            .and_then(|size| reader.read_bytes(size as usize));
        if whole.is_err() {
            return Some(DecodeError::Truncated {
                offset: bytes.len() as u64,
                place: section_name(id),
            });
        }
    }
    None
}

/// What a section is called in a sentence.
pub(super) fn section_name(id: u8) -> String {
    let name = match id {
        0 => "a custom",
        1 => "the type",
        2 => "the import",
        3 => "the function",
        4 => "the table",
        5 => "the memory",
        6 => "the global",
        7 => "the export",
        8 => "the start",
        9 => "the element",
        10 => "the code",
        11 => "the data",
        12 => "the data count",
        13 => "the tag",
        other => return format!("a section with the unknown number {other}"),
    };
    format!("{name} section")
}

/// The first bytes, as text if they are text.
fn beginning(bytes: &[u8]) -> String {
    let start = &bytes[..bytes.len().min(8)];
    let is_text = |byte: &u8| matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t');
    if start.iter().all(is_text) {
        return format!("{:?}", String::from_utf8_lossy(start));
    }
    let mut hex = "bytes".to_owned();
    for byte in start {
        // Writing to a string does not fail.
        let _ = write!(hex, " {byte:02x}");
    }
    hex
}

/// What the file probably is, and what to do about it.
fn hint(bytes: &[u8]) -> &'static str {
    let text = bytes.trim_ascii_start();
    if text.starts_with(b"(") || text.starts_with(b";;") {
        " and looks like the text format (.wat): convert it with `wat2wasm` or `wasm-tools parse`"
    } else if bytes.starts_with(b"!<arch>\n") {
        " and is an object archive: Go makes these of packages that are not `main`"
    } else if bytes.starts_with(b"\x7fELF")
        || bytes.starts_with(b"MZ")
        || bytes.starts_with(b"\xcf\xfa\xed\xfe")
    {
        " and is a native program: build it with GOOS=wasip1 GOARCH=wasm"
    } else {
        ""
    }
}
