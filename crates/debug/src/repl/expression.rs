//! Numbers as users write them.

use crate::halt::Halt;
use fossor::Val;

/// The value of `TERM ((+|-) TERM)…`: numbers, `$N` for locals, `globalN`, and `sp`
/// and `g` of Go programs.
pub(crate) fn value(text: &str, halt: &mut Halt<'_, '_, '_>) -> Result<u64, String> {
    let mut sum = 0u64;
    let mut sign = 1i64;
    let mut rest = text.trim();
    if rest.is_empty() {
        return Err("a number is missing: 12, 0x1f, $2 (local 2), global0, sp, g".to_owned());
    }
    loop {
        let end = rest.find(['+', '-']).unwrap_or(rest.len());
        let (term, tail) = rest.split_at(end);
        if !term.trim().is_empty() {
            let value = self::term(term.trim(), halt)?;
            sum = sum.wrapping_add(value.wrapping_mul(sign as u64));
        } else if sum != 0 {
            return Err(format!("{text} is no number"));
        }
        let mut tail = tail.chars();
        match tail.next() {
            Some('+') => sign = 1,
            Some(_) => sign = -1,
            None => return Ok(sum),
        }
        rest = tail.as_str();
        if rest.trim().is_empty() {
            return Err(format!("{text} is no number"));
        }
    }
}

fn term(text: &str, halt: &mut Halt<'_, '_, '_>) -> Result<u64, String> {
    let index = |text: &str| text.parse::<usize>().ok();
    let no_number = || format!("{text} is no number");
    if let Some(hex) = text.strip_prefix("0x") {
        return u64::from_str_radix(hex, 16).map_err(|_| no_number());
    }
    if let Some(local) = text.strip_prefix('$') {
        let locals = halt.locals(0);
        let value = index(local).and_then(|index| locals.get(index).copied());
        return value
            .map(bits)
            .ok_or_else(|| format!("this function has {} locals", locals.len()));
    }
    let global = match text {
        "sp" if halt.program().is_go() => Some(0),
        "g" if halt.program().is_go() => Some(2),
        _ => text.strip_prefix("global").and_then(index),
    };
    if let Some(global) = global {
        let value = halt.global(global as u32);
        return value
            .map(bits)
            .ok_or_else(|| "there is no such global".to_owned());
    }
    text.parse().map_err(|_| no_number())
}

/// The bits of a value, as a number.
fn bits(value: Val) -> u64 {
    match value {
        Val::I32(value) => u64::from(value as u32),
        Val::I64(value) => value as u64,
        Val::F32(bits) => u64::from(bits),
        Val::F64(bits) => bits,
        Val::V128(bits) => bits as u64,
        _ => 0,
    }
}
