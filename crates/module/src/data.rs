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
        const ACTIVE_IN_MEMORY_0: u8 = 0;
        const I32_CONST: u8 = 0x41;
        const END: u8 = 0x0b;

        let [ACTIVE_IN_MEMORY_0, I32_CONST] = *self.bytes.get(self.at..)?.first_chunk()? else {
            return None;
        };
        self.at += 2;
        let address = self.leb128(true)?;
        if self.byte()? != END {
            return None;
        }
        let len = self.leb128(false)? as usize;
        let start = self.at;
        self.at = start
            .checked_add(len)
            .filter(|&end| end <= self.bytes.len())?;
        Some(PlainSegment {
            address,
            bytes: start as u32..self.at as u32,
        })
    }

    #[inline(always)]
    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    /// A number of 32 bits in LEB128. Source: specification, "Binary Format /
    /// Values / Integers".
    #[inline(always)]
    fn leb128(&mut self, signed: bool) -> Option<u32> {
        let (mut value, mut shift) = (0, 0);
        loop {
            let byte = self.byte()?;
            value |= u32::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return match (shift, signed) {
                    // What does not fit in 32 bits repeats the sign, or is zero.
                    (28, true) => matches!(byte >> 3, 0 | 0xf).then_some(value),
                    (28, false) => (byte >> 4 == 0).then_some(value),
                    (_, true) if byte & 0x40 != 0 => Some(value | u32::MAX << (shift + 7)),
                    _ => Some(value),
                };
            }
            shift += 7;
            if shift > 28 {
                return None;
            }
        }
    }
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
                    let read = |signed| {
                        let mut reader = PlainReader {
                            bytes: &bytes,
                            at: 0,
                        };
                        reader.leb128(signed)
                    };
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
        let bytes = &[0x80, 0x80, 0x80, 0x80, 0x80, 0x00];
        let mut reader = PlainReader { bytes, at: 0 };
        assert_eq!(reader.leb128(true), None);
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
