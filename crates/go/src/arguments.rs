//! A call's arguments as Go's tracebacks print them. On WebAssembly all of them
//! lie in memory, behind the return address.
//!
//! Source: `internal/abi/symtab.go` (`TraceArgs…`), `runtime/traceback.go`
//! (`printArgs`).

use crate::image::Image;
use std::fmt::Write as _;

/// Index of the description among a function's data (FUNCDATA).
pub(crate) const FUNCDATA: u32 = 5;

/// Go describes ten words, five levels deep: at most so many bytes.
const MAX_BYTES: u64 = (5 * 3 + 2) * 10 + 1;

// Bytes of a description that are no offsets.
const END: u8 = 0xff;
const OPEN: u8 = 0xfe;
const CLOSE: u8 = 0xfd;
const MORE: u8 = 0xfc;
const TOO_FAR: u8 = 0xfb;

/// The arguments at `arguments`, as the description at `description` has them:
/// `0x1, {0x2ff0, 0x5}`. `None` if there is no such description.
pub(crate) fn shown(image: Image<'_>, description: u64, arguments: u64) -> Option<String> {
    let mut text = String::new();
    let mut first = true;
    let mut at = description;
    let end = description.checked_add(MAX_BYTES)?;
    let comma = |text: &mut String, first: &mut bool| {
        if !std::mem::replace(first, false) {
            text.push_str(", ");
        }
    };
    while at < end {
        let byte = image.u8(at)?;
        at += 1;
        match byte {
            END => return Some(text),
            OPEN => {
                comma(&mut text, &mut first);
                first = true;
                text.push('{');
            }
            CLOSE => {
                // The next one follows it.
                first = false;
                text.push('}');
            }
            MORE => {
                comma(&mut text, &mut first);
                text.push_str("...");
            }
            TOO_FAR => {
                comma(&mut text, &mut first);
                text.push('_');
            }
            offset => {
                comma(&mut text, &mut first);
                let size = u64::from(image.u8(at)?);
                at += 1;
                let word = argument(image, arguments.checked_add(offset.into())?, size)?;
                let _ = write!(text, "{word:#x}");
            }
        }
    }
    None
}

fn argument(image: Image<'_>, address: u64, size_bytes: u64) -> Option<u64> {
    let bytes = image.slice(address, size_bytes.min(8))?;
    let mut word = [0; 8];
    word[..bytes.len()].copy_from_slice(bytes);
    Some(u64::from_le_bytes(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_structures_and_what_is_left_out() {
        let mut bytes = vec![0; 64];
        let description = [0, 8, OPEN, 8, 1, 9, 4, CLOSE, TOO_FAR, MORE, END];
        bytes[..description.len()].copy_from_slice(&description);
        bytes[32..40].copy_from_slice(&5u64.to_le_bytes());
        bytes[40..45].copy_from_slice(&[0x12, 0x78, 0x56, 0x34, 0x12]);
        let text = shown(Image::new(&bytes), 0, 32);
        assert_eq!(text.as_deref(), Some("0x5, {0x12, 0x12345678}, _, ..."));
        assert_eq!(shown(Image::new(&bytes), 0, 60), None);
        assert_eq!(shown(Image::new(&bytes), u64::MAX, 0), None);
        // Without an end.
        assert_eq!(shown(Image::new(&[MORE; 1000]), 0, 0), None);
    }
}
