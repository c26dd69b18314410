//! The data segments of a module: 27,000 in Go's smallest programs, nearly always
//! of the plainest form, `(data (i32.const n) "…")`. A section of those is not
//! taken apart: its bytes are read anew whenever the segments are wanted, which is
//! once for each instance.

use std::ops::Range;

use crate::{Bytes, ConstExpr, SegmentMode};

/// Bytes to put into a memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataSegment {
    /// When they are put where.
    pub mode: SegmentMode,
    /// Where they are in [`Module::bytes`](crate::Module::bytes).
    pub bytes: Range<u32>,
}

/// A segment that is written to memory 0 when the module is instantiated, at a
/// constant address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlainSegment {
    /// Where the bytes are put in memory 0.
    pub address: u32,
    /// Where they are in [`Module::bytes`](crate::Module::bytes).
    pub bytes: Range<u32>,
}

/// Data segments in order.
#[derive(Clone)]
pub struct DataSegments(Form);

#[derive(Clone)]
enum Form {
    /// The section's contents behind the count; all of them are plain.
    Plain {
        section: Section,
        count: usize,
        /// Where the last of the bytes ends in memory 0.
        end: u64,
    },
    Listed(Vec<DataSegment>),
}

#[derive(Clone)]
struct Section {
    bytes: Bytes,
    range: Range<u32>,
}

impl DataSegments {
    pub(crate) fn listed(segments: Vec<DataSegment>) -> Self {
        Self(Form::Listed(segments))
    }

    /// The segments of a section whose contents, behind the count, are at `range`
    /// of a module. `None` unless all are plain and nothing is wrong with them.
    pub(crate) fn plain_section(bytes: &Bytes, range: Range<u32>, count: usize) -> Option<Self> {
        let mut reader = PlainReader::new(bytes, &range);
        let mut end = 0;
        for _ in 0..count {
            let segment = reader.segment()?;
            end = end.max(u64::from(segment.address) + segment.bytes.len() as u64);
        }
        reader.is_at_end().then(|| {
            let bytes = bytes.clone();
            let section = Section { bytes, range };
            Self(Form::Plain {
                section,
                count,
                end,
            })
        })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        match &self.0 {
            Form::Plain { count, .. } => *count,
            Form::Listed(segments) => segments.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All of them. Those that are plain are read while they are iterated over.
    pub fn iter(&self) -> impl Iterator<Item = DataSegment> + '_ {
        let listed = match &self.0 {
            Form::Plain { .. } => &[][..],
            Form::Listed(segments) => segments,
        };
        let plain = self.plain().into_iter().flatten().map(|plain| DataSegment {
            mode: SegmentMode::Active {
                index: 0,
                offset: ConstExpr::I32(plain.address as i32),
            },
            bytes: plain.bytes,
        });
        plain.chain(listed.iter().cloned())
    }

    /// All of them, if all of them are plain.
    pub fn plain(&self) -> Option<impl Iterator<Item = PlainSegment> + '_> {
        let Form::Plain { section, count, .. } = &self.0 else {
            return None;
        };
        let mut reader = PlainReader::new(&section.bytes, &section.range);
        Some((0..*count).map_while(move |_| reader.segment()))
    }

    /// Where the last of the bytes ends in memory 0, if all are plain; else 0.
    pub fn plain_end(&self) -> u64 {
        match &self.0 {
            Form::Plain { end, .. } => *end,
            Form::Listed(_) => 0,
        }
    }

    /// The segment of an index. Takes time in proportion to the index where all
    /// are plain; nobody asks then but code that runs although a segment was out
    /// of its memory's bounds.
    pub fn get(&self, index: usize) -> Option<DataSegment> {
        match &self.0 {
            Form::Plain { .. } => self.iter().nth(index),
            Form::Listed(segments) => segments.get(index).cloned(),
        }
    }
}

/// Reads plain segments.
struct PlainReader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> PlainReader<'a> {
    fn new(bytes: &'a [u8], range: &Range<u32>) -> Self {
        Self {
            bytes: bytes.get(..range.end as usize).unwrap_or_default(),
            at: range.start as usize,
        }
    }

    fn is_at_end(&self) -> bool {
        self.at == self.bytes.len()
    }

    /// The next segment; `None` if it is not plain, or malformed.
    #[inline(always)]
    fn segment(&mut self) -> Option<PlainSegment> {
        let rest = self.bytes.get(self.at..)?;
        let head = match rest.first_chunk() {
            Some(head) => Head::read(u128::from_le_bytes(*head))?,
            None => {
                // Bytes that end no number.
                let mut padded = [0x80; size_of::<u128>()];
                padded[..rest.len()].copy_from_slice(rest);
                Head::read(u128::from_le_bytes(padded))?
            }
        };
        let start = self.at + head.bytes as usize;
        let end = start.checked_add(head.len as usize)?;
        if end > self.bytes.len() {
            return None;
        }
        self.at = end;
        Some(PlainSegment {
            address: head.address,
            bytes: start as u32..end as u32,
        })
    }
}

/// What precedes the bytes of a plain segment.
struct Head {
    address: u32,
    len: u32,
    /// Its own bytes.
    bytes: u32,
}

impl Head {
    /// Reads one from the lowest bytes of a word; it has 13 at most. All at once,
    /// since a Go program has 27,000 of them.
    #[inline(always)]
    fn read(word: u128) -> Option<Self> {
        const ACTIVE_IN_MEMORY_0: u16 = 0;
        const I32_CONST: u16 = 0x41;
        const END: u8 = 0x0b;

        if word as u16 != ACTIVE_IN_MEMORY_0 | I32_CONST << 8 {
            return None;
        }
        let (address, address_bytes) = leb128((word >> 16) as u64, true)?;
        let word = word >> (16 + address_bytes * 8);
        if word as u8 != END {
            return None;
        }
        let (len, len_bytes) = leb128((word >> 8) as u64, false)?;
        let bytes = 3 + address_bytes + len_bytes;
        Some(Self {
            address,
            len,
            bytes,
        })
    }
}

/// The number of 32 bits in LEB128 in a word's lowest bytes, and how many it took.
/// Source: specification, "Binary Format / Values / Integers".
#[inline(always)]
fn leb128(word: u64, signed: bool) -> Option<(u32, u32)> {
    let last = !word & 0x80_8080_8080;
    if last == 0 {
        return None;
    }
    let bytes = last.trailing_zeros() / 8 + 1;
    let group = |index: u32| word >> index & 0x7f << (index * 7);
    let groups = group(0) | group(1) | group(2) | group(3) | group(4);
    let unused = 64 - bytes * 7;
    // What does not fit in 32 bits repeats the sign, or is zero.
    let value = match signed {
        true => i32::try_from((groups << unused) as i64 >> unused).ok()? as u32,
        false => u32::try_from(groups << unused >> unused).ok()?,
    };
    Some((value, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasmparser::BinaryReader;

    /// Every number of up to five bytes whose bytes are edge cases, as wasmparser
    /// reads it.
    #[test]
    fn numbers_are_read_as_wasmparser_does() {
        let edges = [
            0x00, 0x01, 0x07, 0x08, 0x0f, 0x10, 0x3f, 0x40, 0x70, 0x77, 0x78, 0x7f,
        ];
        let mut cases = vec![Vec::new()];
        for _ in 0..5 {
            for mut case in std::mem::take(&mut cases) {
                for last in edges {
                    let bytes: Vec<u8> = case.iter().copied().chain([last]).collect();
                    let mut reader = BinaryReader::new(&bytes, 0);
                    let (signed, unsigned) = (reader.clone().read_var_i32(), reader.read_var_u32());
                    let mut padded = [0x80; 8];
                    padded[..bytes.len()].copy_from_slice(&bytes);
                    let word = u64::from_le_bytes(padded);
                    let read = |signed| leb128(word, signed).map(|(value, _)| value);
                    assert_eq!(
                        read(true),
                        signed.ok().map(|value| value as u32),
                        "{bytes:x?}"
                    );
                    assert_eq!(read(false), unsigned.ok(), "{bytes:x?}");
                }
                for more in [0x80, 0xff, 0xbf] {
                    case.push(more);
                    cases.push(case.clone());
                    case.pop();
                }
            }
        }
    }

    #[test]
    fn a_number_of_six_bytes_is_none() {
        let bytes = [0x80, 0x80, 0x80, 0x80, 0x80, 0x00, 0x00, 0x00];
        assert_eq!(leb128(u64::from_le_bytes(bytes), true), None);
    }

    #[test]
    fn a_segment_that_ends_behind_the_section_is_none() {
        let bytes = Bytes::from(&b"\0\x41\x08\x0b\x02ab"[..]);
        let segments = |end, count| DataSegments::plain_section(&bytes, 0..end, count);
        assert!(segments(6, 1).is_none());
        assert!(segments(7, 2).is_none());
        let whole = segments(7, 1).expect("plain");
        assert_eq!(whole.get(0).map(|segment| segment.bytes), Some(5..7));
        assert_eq!(whole.get(1), None);
    }
}
