//! The data section: 27,000 segments in Go's smallest programs, nearly always of
//! the plainest form, `(data (i32.const n) "…")`. Those are read here in one pass;
//! a section with anything else in it goes the general way, through the validator.

use wasmparser::{BinaryReader, DataKind, DataSectionReader, Validator};

use super::{Decoder, count, range32};
use crate::{ConstExpr, DataSegment, DecodeError, SegmentMode};

impl Decoder<'_> {
    pub(super) fn data(&mut self, section: DataSectionReader<'_>) -> Result<(), DecodeError> {
        let limit = self.limits.data_segments;
        let count = count(&section, 0, limit, 2, "data segments")?;
        self.module.data.reserve_exact(count);
        // All there is to validate about a plain segment is that its memory
        // exists and has 32-bit addresses.
        let memory = self.module.memories.first();
        if memory.is_some_and(|memory| !memory.index64) && self.plain_segments(&section).is_some() {
            return Ok(());
        }
        self.module.data.clear();
        self.segments(section)
    }

    /// Reads the section if all segments in it are plain and nothing is wrong
    /// with them. A Go program of 30,000 segments is decoded in 0.4 ms this way, in
    /// 4.9 ms the general way.
    fn plain_segments(&mut self, section: &DataSectionReader<'_>) -> Option<()> {
        const ACTIVE_IN_MEMORY_0: u32 = 0;
        const I32_CONST: u8 = 0x41;
        const END: u8 = 0x0b;

        let start = section.original_position();
        let contents = &self.module.bytes[start as usize..section.range().end as usize];
        let mut reader = BinaryReader::new(contents, start);
        for _ in 0..section.count() {
            if reader.read_var_u32().ok()? != ACTIVE_IN_MEMORY_0
                || reader.read_u8().ok()? != I32_CONST
            {
                return None;
            }
            let offset = reader.read_var_i32().ok()?;
            if reader.read_u8().ok()? != END {
                return None;
            }
            let size = reader.read_var_u32().ok()?;
            let start = reader.original_position();
            reader.read_bytes(size as usize).ok()?;
            self.module.data.push(DataSegment {
                mode: SegmentMode::Active {
                    index: 0,
                    offset: ConstExpr::I32(offset),
                },
                bytes: range32(start..start + u64::from(size)),
            });
        }
        reader.eof().then_some(())
    }

    fn segments(&mut self, section: DataSectionReader<'_>) -> Result<(), DecodeError> {
        self.validate(&section, Validator::data_section)?;
        for segment in section {
            let segment = segment.map_err(DecodeError::malformed)?;
            let mode = match segment.kind {
                DataKind::Passive => SegmentMode::Passive,
                DataKind::Active {
                    memory_index,
                    offset_expr,
                } => SegmentMode::Active {
                    index: memory_index,
                    offset: ConstExpr::decode(&offset_expr)?,
                },
            };
            let end = segment.range.end;
            let bytes = range32(end - segment.data.len() as u64..end);
            self.module.data.push(DataSegment { mode, bytes });
        }
        Ok(())
    }
}
