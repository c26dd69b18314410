//! Values as people write them on a command line.

use fossor::{Val, ValType};
use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;

/// What one word means.
#[derive(Debug, PartialEq)]
pub enum Argument {
    /// A value for one parameter.
    Value(Val),
    /// Bytes, for two parameters: their address and their number.
    Bytes(Vec<u8>),
}

/// Arguments for parameters of these types; the error is the rest of a
/// sentence. With `bytes`, words that begin with `@` are bytes.
pub fn parse(words: &[OsString], params: &[ValType], bytes: bool) -> Result<Vec<Argument>, String> {
    let mut left = params;
    let mut arguments = Vec::with_capacity(words.len());
    for word in words {
        let is_bytes = word.as_bytes().first() == Some(&b'@');
        if is_bytes && !bytes {
            return Err(format!(
                "{} stands for bytes only with --bytes",
                word.display()
            ));
        }
        arguments.push(match left {
            [ValType::I32, ValType::I32, rest @ ..] if is_bytes => {
                left = rest;
                Argument::Bytes(read_bytes(&word.as_bytes()[1..])?)
            }
            [_, ..] if is_bytes => {
                return Err(format!(
                    "{} takes two i32 parameters, address and length",
                    word.display()
                ));
            }
            [ty, rest @ ..] => {
                left = rest;
                let text = word.to_str().unwrap_or_default();
                let value =
                    value(text, *ty).ok_or_else(|| format!("{} is no {ty}", word.display()))?;
                Argument::Value(value)
            }
            [] => return Err(format!("{} is one argument too many", word.display())),
        });
    }
    match left {
        [] => Ok(arguments),
        [ty] => Err(format!("an argument is missing, of type {ty}")),
        more => Err(format!("{} arguments are missing", more.len())),
    }
}

/// The bytes of `TEXT`, or of the file in `@FILE`.
fn read_bytes(word: &[u8]) -> Result<Vec<u8>, String> {
    let Some(path) = word.strip_prefix(b"@") else {
        return Ok(word.to_vec());
    };
    let path = std::path::Path::new(std::ffi::OsStr::from_bytes(path));
    std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// A value of this type.
fn value(text: &str, ty: ValType) -> Option<Val> {
    Some(match ty {
        ValType::I32 => Val::I32(match text {
            "true" => 1,
            "false" => 0,
            _ => {
                let number = integer(text, i32::MIN.into(), u32::MAX.into())?;
                number as u32 as i32
            }
        }),
        ValType::I64 => Val::I64(integer(text, i64::MIN.into(), u64::MAX.into())? as u64 as i64),
        ValType::F32 => Val::from(float::<f32>(text)?),
        ValType::F64 => Val::from(float::<f64>(text)?),
        ValType::V128 => {
            let digits = text.replace('_', "");
            Val::from(match digits.strip_prefix("0x") {
                Some(hex) => u128::from_str_radix(hex, 16).ok()?,
                None => digits.parse::<u128>().ok()?,
            })
        }
        ValType::Ref(_) if text == "null" => Val::default_of(ty),
        _ => return None,
    })
}

fn integer(text: &str, min: i128, max: i128) -> Option<i128> {
    let text = text.replace('_', "");
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, &text[..]),
    };
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let (digits, radix) = match digits.get(..2) {
        Some("0x") => (&digits[2..], 16),
        Some("0o") => (&digits[2..], 8),
        Some("0b") => (&digits[2..], 2),
        _ => (digits, 10),
    };
    let number = i128::from_str_radix(digits, radix).ok()?;
    let number = if negative { -number } else { number };
    (min..=max).contains(&number).then_some(number)
}

fn float<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.replace('_', "").parse().ok()
}

/// A value, as it could be given again.
pub fn shown(value: &Val) -> String {
    match value {
        Val::I32(number) => number.to_string(),
        Val::I64(number) => number.to_string(),
        Val::F32(bits) => f32::from_bits(*bits).to_string(),
        Val::F64(bits) => f64::from_bits(*bits).to_string(),
        Val::V128(number) => format!("{number:#034x}"),
        Val::FuncRef(None) | Val::ExternRef(None) | Val::AnyRef(None) => "null".to_owned(),
        Val::FuncRef(Some(_)) => "a function".to_owned(),
        Val::AnyRef(Some(_)) => "a structure, an array or a small integer".to_owned(),
        _ => "a value of the host".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_as_they_are_written() {
        for (text, ty, expected) in [
            ("-1", ValType::I32, "-1"),
            ("4294967295", ValType::I32, "-1"),
            ("0xff", ValType::I32, "255"),
            ("-0b11", ValType::I32, "-3"),
            ("true", ValType::I32, "1"),
            ("1_000", ValType::I64, "1000"),
            ("18446744073709551615", ValType::I64, "-1"),
            ("1.5", ValType::F32, "1.5"),
            ("-inf", ValType::F64, "-inf"),
            ("nan", ValType::F64, "NaN"),
            ("1e3", ValType::F64, "1000"),
            ("0x10", ValType::V128, "0x00000000000000000000000000000010"),
            ("null", ValType::EXTERNREF, "null"),
        ] {
            let read = value(text, ty).map(|value| shown(&value));
            assert_eq!(read.as_deref(), Some(expected), "{text} as {ty}");
        }
        for (text, ty) in [
            ("4294967296", ValType::I32),
            ("-2147483649", ValType::I32),
            ("1.5", ValType::I32),
            ("", ValType::I64),
            ("--1", ValType::I64),
            ("0x", ValType::I64),
            ("x", ValType::F64),
            ("0", ValType::FUNCREF),
        ] {
            assert_eq!(value(text, ty), None, "{text} as {ty}");
        }
    }

    #[test]
    fn bytes_take_two_parameters() {
        let words = ["7", "@hello"].map(OsString::from);
        let params = [ValType::I64, ValType::I32, ValType::I32];
        let parsed = parse(&words, &params, true).unwrap();
        assert_eq!(parsed[1], Argument::Bytes(b"hello".to_vec()));
        assert!(parse(&words, &params, false).is_err());
        assert!(parse(&words, &params[..2], true).is_err());
        let words = ["@@/nowhere/x"].map(OsString::from);
        let error = parse(&words, &params[1..], true).unwrap_err();
        assert!(error.starts_with("/nowhere/x: "), "{error}");
    }
}
