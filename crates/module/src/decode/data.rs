//! The data section. One with anything but plain segments in it goes the general
//! way, through the validator: for 30,000 segments 4.9 ms instead of 0.2.

use wasmparser::{DataKind, DataSectionReader, Validator};

use super::{Decoder, count, range32};
use crate::{ConstExpr, DataSegment, DataSegments, DecodeError, SegmentMode};

impl Decoder<'_> {
    pub(super) fn data(&mut self, section: DataSectionReader<'_>) -> Result<(), DecodeError> {
        let limit = self.limits.data_segments;
        let count = count(&section, 0, limit, 2, "data segments")?;
        // All there is to validate about a plain segment is that its memory
        // exists and has 32-bit addresses.
        let memory = self.module.memories.first();
        if memory.is_some_and(|memory| !memory.index64) {
            let contents = range32(section.original_position()..section.range().end);
            let plain = DataSegments::plain_section(&self.module.bytes, contents, count);
            if let Some(segments) = plain {
                self.module.data = segments;
                return Ok(());
            }
        }
        self.segments(section, count)
    }

    fn segments(
        &mut self,
        section: DataSectionReader<'_>,
        count: usize,
    ) -> Result<(), DecodeError> {
        self.validate(&section, Validator::data_section)?;
        let mut segments = Vec::with_capacity(count);
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
            segments.push(DataSegment { mode, bytes });
        }
        self.module.data = DataSegments::listed(segments);
        Ok(())
    }
}
