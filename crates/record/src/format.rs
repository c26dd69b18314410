//! The file: see the crate's documentation.

use crate::error::ReplayError;
use fossor_host::GuestMemory;
use fossor_wasi::{Call, Content, Function, Span, spans};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::io::Read;

/// The first bytes of every recording; the last is the version.
pub const MAGIC: &[u8; 8] = b"fossrec1";

/// In place of a function's number: the end.
pub(crate) const END: u64 = 255;

/// Added to the numbers of snapshot 0.
const SNAPSHOT0: u64 = 64;

/// Bytes of what a call read that are kept, to say what differs.
const BEGIN_BYTES: usize = 48;

/// A header beyond this is damage: a system passes a process a few MB at most. What
/// is read of it takes several times as much, and the file a thousandth.
const MAX_HEADER_BYTES: u64 = 1 << 26;

/// What a run was given, as far as its calls do not tell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The module's file.
    pub module: String,
    /// The SHA-256 of its bytes, in hexadecimal.
    pub module_sha256: String,
    /// Arguments, the program's name first.
    pub args: Vec<Vec<u8>>,
    /// Environment variables.
    pub environment: Vec<(Vec<u8>, Vec<u8>)>,
    /// Descriptors that the guest had from the start, and their names.
    pub descriptors: Vec<(u32, String)>,
    /// Limits, which a guest can notice.
    pub limits: Limits,
}

/// Limits of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// WebAssembly operators.
    pub fuel: Option<u64>,
    /// Bytes of memory.
    pub memory_bytes: Option<u64>,
    /// Bytes of stack.
    pub stack_bytes: Option<u64>,
    /// Whether all NaNs had one payload.
    #[serde(default)]
    pub canonical_nans: bool,
    /// Bytes of structures, arrays and exceptions; earlier recordings have none.
    #[serde(default)]
    pub heap_bytes: Option<u64>,
}

/// The SHA-256 of a module, in hexadecimal.
pub fn module_sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A function's number.
pub(crate) fn number_of(function: &Function) -> u64 {
    let position =
        |functions: &[Function]| functions.iter().position(|one| one.name == function.name);
    let snapshot1 = fossor_wasi::functions();
    if function.module == snapshot1[0].module {
        position(snapshot1).unwrap_or(0) as u64
    } else {
        position(fossor_wasi::snapshot0::functions()).unwrap_or(0) as u64 + SNAPSHOT0
    }
}

/// The function of a number.
pub(crate) fn function_of(number: u64) -> Option<&'static Function> {
    let (functions, index) = match number.checked_sub(SNAPSHOT0) {
        Some(index) => (fossor_wasi::snapshot0::functions(), index),
        None => (fossor_wasi::functions(), number),
    };
    functions.get(usize::try_from(index).ok()?)
}

/// What a call read: its fingerprint, and its first bytes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct WasRead {
    pub(crate) crc: u32,
    pub(crate) begin: Vec<u8>,
}

impl WasRead {
    pub(crate) fn of(call: &Call<'_>, memory: &GuestMemory<'_>) -> Self {
        let mut hasher = crc32fast::Hasher::new();
        let mut begin = Vec::new();
        spans::read(call, memory, &mut |span: Span| {
            if let Ok(bytes) = memory.view(span.addr, span.len_bytes) {
                hasher.update(bytes);
                if matches!(span.content, Content::Bytes | Content::Text) {
                    let room = BEGIN_BYTES - begin.len();
                    begin.extend_from_slice(&bytes[..bytes.len().min(room)]);
                }
            }
        });
        Self {
            crc: hasher.finalize(),
            begin,
        }
    }
}

pub(crate) fn put_number(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

pub(crate) fn put_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    put_number(bytes.len() as u64, out);
    out.extend_from_slice(bytes);
}

pub(crate) fn get_byte(input: &mut dyn Read) -> Result<u8, ReplayError> {
    let mut byte = [0];
    input.read_exact(&mut byte)?;
    Ok(byte[0])
}

pub(crate) fn get_number(input: &mut dyn Read) -> Result<u64, ReplayError> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let byte = get_byte(input)?;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(number);
        }
    }
    Err(ReplayError::Damaged("a number without an end".to_owned()))
}

/// A short string of bytes.
pub(crate) fn get_bytes(input: &mut dyn Read, most: u64) -> Result<Vec<u8>, ReplayError> {
    let len_bytes = get_number(input)?;
    if len_bytes > most {
        return Err(ReplayError::Damaged(format!(
            "a string of {len_bytes} bytes"
        )));
    }
    let mut bytes = Vec::new();
    input.take(len_bytes).read_to_end(&mut bytes)?;
    match bytes.len() as u64 == len_bytes {
        true => Ok(bytes),
        false => Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof).into()),
    }
}

pub(crate) fn get_header(input: &mut dyn Read) -> Result<Header, ReplayError> {
    let bytes = get_bytes(input, MAX_HEADER_BYTES)?;
    serde_json::from_slice(&bytes).map_err(|error| ReplayError::Damaged(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back() {
        for number in [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX] {
            let mut bytes = Vec::new();
            put_number(number, &mut bytes);
            assert_eq!(get_number(&mut &bytes[..]).unwrap(), number);
        }
        assert!(get_number(&mut &[0x80; 11][..]).is_err());
        assert!(get_bytes(&mut &[200, 1, 0][..], 1 << 20).is_err());
    }

    #[test]
    fn functions_have_numbers() {
        let snapshot0 = fossor_wasi::snapshot0::functions().iter();
        for function in fossor_wasi::functions().iter().chain(snapshot0) {
            let found = function_of(number_of(function)).unwrap();
            assert_eq!((found.module, found.name), (function.module, function.name));
        }
        assert!(function_of(60).is_none() && function_of(END).is_none());
    }
}
