//! From bytes to a [`Module`], one section at a time: the parser finds a section,
//! the validator checks it, [`sections`] and [`data`] take it over.

mod convert;
mod data;
mod preamble;
mod sections;

pub(crate) use convert::heap_type;
use std::ops::Range;

use wasmparser::{FromReader, FunctionBody, Parser, Payload, SectionLimited, Validator};

use crate::{Bytes, DecodeError, DecodeOptions, Module, ModuleLimits};

/// Decodes a module and validates everything but the function bodies.
pub(crate) fn decode(bytes: Bytes, options: &DecodeOptions) -> Result<Module, DecodeError> {
    // Ranges in the module are 32 bits wide.
    let limit = options.limits.module_bytes.min(u32::MAX.into());
    within(bytes.len() as u64, limit, "bytes")?;
    preamble::check(&bytes)?;

    let mut decoder = Decoder {
        limits: &options.limits,
        validator: Validator::new_with_features(options.features),
        module: Module::empty(bytes.clone(), options.features),
    };
    let mut parser = Parser::new(0);
    parser.set_features(options.features);
    for payload in parser.parse_all(&bytes) {
        let payload = payload.map_err(|error| {
            preamble::truncated(&bytes).unwrap_or_else(|| DecodeError::malformed(error))
        })?;
        decoder.payload(payload)?;
    }
    Ok(decoder.module)
}

/// Tells a malformed body from an invalid one.
pub(crate) fn body_error(body: &FunctionBody<'_>, error: wasmparser::Error) -> DecodeError {
    let read = || {
        for local in body.get_locals_reader()? {
            local?;
        }
        let mut operators = body.get_operators_reader()?;
        while !operators.eof() {
            operators.read()?;
        }
        operators.finish()
    };
    match read() {
        Ok(()) => DecodeError::invalid(error),
        Err(error) => DecodeError::malformed(error),
    }
}

struct Decoder<'a> {
    limits: &'a ModuleLimits,
    validator: Validator,
    module: Module,
}

impl Decoder<'_> {
    fn payload(&mut self, payload: Payload<'_>) -> Result<(), DecodeError> {
        match payload {
            Payload::Version {
                num,
                encoding,
                range,
            } => {
                let result = self.validator.version(num, encoding, &range);
                result.map_err(DecodeError::malformed)?;
            }
            Payload::TypeSection(section) => self.types(section)?,
            Payload::ImportSection(section) => self.imports(section)?,
            Payload::FunctionSection(section) => self.functions(section)?,
            Payload::TableSection(section) => self.tables(section)?,
            Payload::MemorySection(section) => self.memories(section)?,
            Payload::GlobalSection(section) => self.globals(section)?,
            Payload::TagSection(section) => self.tags(section)?,
            Payload::ExportSection(section) => self.exports(section)?,
            Payload::StartSection { func, range } => self.start(func, range)?,
            Payload::ElementSection(section) => self.elements(section)?,
            Payload::DataCountSection { count, range } => {
                within(count.into(), self.limits.data_segments, "data segments")?;
                let result = self.validator.data_count_section(count, &range);
                result.map_err(DecodeError::invalid)?;
            }
            Payload::CodeSectionStart {
                count,
                unchecked_range,
                size,
            } => self.code(count, unchecked_range, size)?,
            Payload::CodeSectionEntry(body) => self.function_body(body)?,
            Payload::DataSection(section) => self.data(section)?,
            Payload::CustomSection(section) => self.custom(section),
            Payload::End(offset) => {
                self.validator.end(offset).map_err(DecodeError::invalid)?;
            }
            Payload::UnknownSection { id, range, .. } => {
                let result = self.validator.unknown_section(id, &range);
                result.map_err(DecodeError::malformed)?;
            }
            // Of components: the validator has the words for it.
            other => {
                let result = self.validator.payload(&other);
                result.map_err(DecodeError::invalid)?;
                let (id, range) = other.as_section().unwrap_or_default();
                return Err(DecodeError::Unsupported {
                    offset: range.start,
                    what: preamble::section_name(id),
                });
            }
        }
        Ok(())
    }

    /// Has a section validated. What cannot even be read is malformed; what can,
    /// and is refused nevertheless, is invalid.
    fn validate<'b, T: FromReader<'b>>(
        &mut self,
        section: &SectionLimited<'b, T>,
        validate: impl FnOnce(&mut Validator, &SectionLimited<'b, T>) -> wasmparser::Result<()>,
    ) -> Result<(), DecodeError> {
        validate(&mut self.validator, section).map_err(|refusal| {
            match section.clone().into_iter().find_map(Result::err) {
                Some(error) => DecodeError::malformed(error),
                None => DecodeError::invalid(refusal),
            }
        })
    }
}

/// Checks the number of items a section claims to have before anything is
/// allocated for them, in the validator or here: against the limit, and against
/// the bytes that are there, `min_bytes` for each.
fn count<T>(
    section: &SectionLimited<'_, T>,
    already: usize,
    limit: u64,
    min_bytes: u64,
    what: &'static str,
) -> Result<usize, DecodeError> {
    let count = u64::from(section.count());
    within(already as u64 + count, limit, what)?;
    let offset = section.original_position();
    let room = section.range().end - offset;
    if count * min_bytes > room {
        let message =
            format!("unexpected end of section: {count} {what} do not fit in {room} bytes");
        return Err(DecodeError::Malformed { offset, message });
    }
    Ok(count as usize)
}

fn within(number: u64, limit: u64, what: &'static str) -> Result<(), DecodeError> {
    match number <= limit {
        true => Ok(()),
        false => Err(DecodeError::TooLarge { what, limit }),
    }
}

/// A range the parser found. A module has less than 4 GiB, so that it fits.
fn range32(range: Range<u64>) -> Range<u32> {
    range.start as u32..range.end as u32
}
