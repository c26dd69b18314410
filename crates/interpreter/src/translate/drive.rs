//! The loop over a body's operators.
//!
//! wasmparser's decoder spends as much on an operator as its validator does: a
//! jump into a function with all operators, a call of the visitor, numbers read by
//! further calls. Nine of ten operators in Go's code are of a few dozen kinds, which
//! are therefore decoded here where they are in their shortest form; everything
//! else, everything that is malformed included, goes through `visit_operator`. Both
//! ways lead to the same validator, operator by operator.

use super::Translator;
use super::visit::Visitor;
use crate::error::TranslateError;
use fossor_host::Interrupt;
#[cfg(debug_assertions)]
use wasmparser::WasmFeatures;
use wasmparser::{
    BinaryReader, BlockType, FrameStack, FunctionBody, MemArg, MemArgTarget, VisitOperator,
};

/// Validates and translates the operators of `body`.
pub(super) fn drive(
    visitor: &mut Visitor<'_>,
    body: &FunctionBody<'_>,
    stop: Option<&Interrupt>,
) -> Result<(), TranslateError> {
    let decoded = &visitor.translator.module.decoded;
    let features = decoded.features();
    let start = body
        .get_binary_reader_for_operators()
        .map_err(TranslateError::Invalid)?
        .original_position();
    let code = &decoded.bytes[start as usize..body.range().end as usize];
    let mut at = 0;
    let mut looked_at = 0;
    // A debugger's steps go before operators of all kinds, and need no speed.
    let debug = visitor.translator.debug;
    // Behind the last `end` nothing is decoded here.
    let mut open = !debug;
    while at < code.len() {
        let offset = start + at as u64;
        visitor.translator.offset = offset as u32;
        let short = match open {
            true => visit_short(visitor, offset, code, at)?,
            false => 0,
        };
        match short {
            0 => {
                if debug {
                    visitor.translator.emit_step();
                }
                let rest = &code[at..];
                let mut reader = BinaryReader::new_features(rest, offset, features);
                reader
                    .visit_operator(visitor)
                    .map_err(TranslateError::Invalid)?
                    .map_err(|error| *error)?;
                at += rest.len() - reader.bytes_remaining();
                open = !debug && visitor.current_frame().is_some();
            }
            bytes => {
                #[cfg(debug_assertions)]
                agrees(&code[at..], bytes, features);
                open = code[at] != END || visitor.current_frame().is_some();
                at += bytes;
            }
        }
        visitor.translator.check_height()?;
        if at - looked_at >= STOP_BYTES {
            looked_at = at;
            if stop.is_some_and(|stop| stop.reason().is_some()) {
                return Err(TranslateError::Stopped);
            }
        }
    }
    let reader = BinaryReader::new_features(&code[at..], start + at as u64, features);
    reader
        .finish_expression(&visitor.validator.visitor(start + at as u64))
        .map_err(TranslateError::Invalid)
}

/// How much is translated between two looks at the stop flag: in bytes, since operators
/// that carry a thousand values take microseconds each.
const STOP_BYTES: usize = 1024;

const END: u8 = 0x0b;
/// The type of a block with neither parameters nor results.
const NO_TYPE: u8 = 0x40;

/// Whether wasmparser finds an operator of as many bytes.
#[cfg(debug_assertions)]
fn agrees(code: &[u8], bytes: usize, features: WasmFeatures) {
    let reader = BinaryReader::new_features(code, 0, features);
    let mut operators = wasmparser::OperatorsReader::new(reader);
    let read = operators.read().map(|_| operators.original_position());
    assert_eq!(read.ok(), Some(bytes as u64), "of {code:x?}");
}

/// Visits the operator at `at` if it is one of the frequent ones in their short
/// form; returns its length, or 0 if it was not visited.
#[inline(always)]
fn visit_short(
    visitor: &mut Visitor<'_>,
    offset: u64,
    code: &[u8],
    at: usize,
) -> Result<usize, TranslateError> {
    /// Validates, then translates.
    macro_rules! visit {
        ($visit:ident($($arg:expr),*)) => {{
            visitor
                .validator
                .visitor(offset)
                .$visit($($arg),*)
                .map_err(TranslateError::Invalid)?;
            if visitor.translator.reachable {
                visitor.translator.operators += 1;
                Translator::$visit(&mut visitor.translator $(, $arg)*);
            }
        }};
    }
    /// With an index.
    macro_rules! index {
        ($visit:ident) => {{
            let Some((index, bytes)) = short_u32(code, at + 1) else {
                return Ok(0);
            };
            visit!($visit(index));
            1 + bytes
        }};
    }
    /// With a number.
    macro_rules! number {
        ($visit:ident, $ty:ty) => {{
            let Some((number, bytes)) = short_i32(code, at + 1) else {
                return Ok(0);
            };
            visit!($visit(<$ty>::from(number)));
            1 + bytes
        }};
    }
    /// With an address.
    macro_rules! memory {
        ($visit:ident, $max_align:literal) => {{
            let Some((memarg, bytes)) = short_memarg(code, at + 1, $max_align) else {
                return Ok(0);
            };
            visit!($visit(memarg));
            1 + bytes
        }};
    }
    /// With nothing.
    macro_rules! plain {
        ($visit:ident) => {{
            visit!($visit());
            1
        }};
    }
    /// A block, a branch or a call.
    macro_rules! control {
        ($visit:ident($($arg:expr),*)) => {
            visitor.$visit($($arg),*).map_err(|error| *error)?
        };
    }
    /// With the index of a label or a function.
    macro_rules! target {
        ($visit:ident) => {{
            let Some((index, bytes)) = short_u32(code, at + 1) else {
                return Ok(0);
            };
            control!($visit(index));
            1 + bytes
        }};
    }
    /// With a type.
    macro_rules! block {
        ($visit:ident) => {{
            if code.get(at + 1) != Some(&NO_TYPE) {
                return Ok(0);
            }
            control!($visit(BlockType::Empty));
            2
        }};
    }
    let bytes = match code[at] {
        0x02 => block!(visit_block),
        0x03 => block!(visit_loop),
        0x04 => block!(visit_if),
        END => {
            control!(visit_end());
            1
        }
        0x0c => target!(visit_br),
        0x0d => target!(visit_br_if),
        0x10 => target!(visit_call),
        0x1a => plain!(visit_drop),
        0x20 => index!(visit_local_get),
        0x21 => index!(visit_local_set),
        0x22 => index!(visit_local_tee),
        0x23 => index!(visit_global_get),
        0x24 => index!(visit_global_set),
        0x28 => memory!(visit_i32_load, 2),
        0x29 => memory!(visit_i64_load, 3),
        0x2d => memory!(visit_i32_load8_u, 0),
        0x31 => memory!(visit_i64_load8_u, 0),
        0x34 => memory!(visit_i64_load32_s, 2),
        0x35 => memory!(visit_i64_load32_u, 2),
        0x36 => memory!(visit_i32_store, 2),
        0x37 => memory!(visit_i64_store, 3),
        0x3c => memory!(visit_i64_store8, 0),
        0x3e => memory!(visit_i64_store32, 2),
        0x41 => number!(visit_i32_const, i32),
        0x42 => number!(visit_i64_const, i64),
        0x45 => plain!(visit_i32_eqz),
        0x46 => plain!(visit_i32_eq),
        0x4d => plain!(visit_i32_le_u),
        0x50 => plain!(visit_i64_eqz),
        0x51 => plain!(visit_i64_eq),
        0x52 => plain!(visit_i64_ne),
        0x53 => plain!(visit_i64_lt_s),
        0x54 => plain!(visit_i64_lt_u),
        0x55 => plain!(visit_i64_gt_s),
        0x56 => plain!(visit_i64_gt_u),
        0x57 => plain!(visit_i64_le_s),
        0x58 => plain!(visit_i64_le_u),
        0x6a => plain!(visit_i32_add),
        0x6b => plain!(visit_i32_sub),
        0x71 => plain!(visit_i32_and),
        0x7c => plain!(visit_i64_add),
        0x7d => plain!(visit_i64_sub),
        0x83 => plain!(visit_i64_and),
        0x84 => plain!(visit_i64_or),
        0x86 => plain!(visit_i64_shl),
        0x88 => plain!(visit_i64_shr_u),
        0xa7 => plain!(visit_i32_wrap_i64),
        0xad => plain!(visit_i64_extend_i32_u),
        _ => 0,
    };
    Ok(bytes)
}

/// An unsigned number of one or two bytes, and how many.
#[inline(always)]
fn short_u32(code: &[u8], at: usize) -> Option<(u32, usize)> {
    let first = *code.get(at)?;
    if first < 0x80 {
        return Some((first.into(), 1));
    }
    match *code.get(at + 1)? {
        second @ ..0x80 => Some((u32::from(first & 0x7f) | u32::from(second) << 7, 2)),
        _ => None,
    }
}

/// A signed number of up to four bytes, and how many.
#[inline(always)]
fn short_i32(code: &[u8], at: usize) -> Option<(i32, usize)> {
    let mut number = 0;
    for bytes in 1..=4 {
        let byte = *code.get(at + bytes - 1)?;
        let bits = bytes as u32 * 7;
        number |= u32::from(byte & 0x7f) << (bits - 7);
        if byte < 0x80 {
            let unused = 32 - bits;
            return Some(((number << unused) as i32 >> unused, bytes));
        }
    }
    None
}

/// An address in the first memory, and how many bytes it took.
#[inline(always)]
fn short_memarg(code: &[u8], at: usize, max_align: u8) -> Option<(MemArg, usize)> {
    // The bits above are flags.
    let align = *code.get(at)?;
    if align > 7 {
        return None;
    }
    let (offset, bytes) = short_u32(code, at + 1)?;
    let memarg = MemArg {
        align,
        max_align,
        offset: offset.into(),
        target: MemArgTarget::Memory(0),
        ordering: None,
    };
    Some((memarg, 1 + bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_numbers_are_those_of_wasmparser() {
        let edges = [0x00, 0x01, 0x3f, 0x40, 0x7f, 0x80, 0x81, 0xbf, 0xc0, 0xff];
        for a in edges {
            for b in edges {
                for c in edges {
                    for d in edges {
                        let code = [a, b, c, d];
                        let mut reader = BinaryReader::new(&code, 0);
                        let wide = reader.read_var_i32().ok();
                        let wide = wide.map(|number| (number, reader.current_position()));
                        assert_eq!(short_i32(&code, 0), wide, "{code:x?}");
                        let mut reader = BinaryReader::new(&code, 0);
                        let number = reader.read_var_u32().ok();
                        let number = number.map(|number| (number, reader.current_position()));
                        let number = number.filter(|(_, bytes)| *bytes <= 2);
                        assert_eq!(short_u32(&code, 0), number, "{code:x?}");
                    }
                }
            }
        }
    }

    #[test]
    fn numbers_cut_off_are_none() {
        assert_eq!(short_u32(&[], 0), None);
        assert_eq!(short_u32(&[0x80], 0), None);
        assert_eq!(short_i32(&[0x80, 0x80], 0), None);
        assert_eq!(short_memarg(&[3], 0, 3).map(|(_, bytes)| bytes), None);
        assert_eq!(
            short_memarg(&[0x43, 0, 0], 0, 3).map(|(_, bytes)| bytes),
            None
        );
    }
}
