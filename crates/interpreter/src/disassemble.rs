//! The translated code of a function, as text.

use crate::error::Error;
use crate::execute::call::{return_none, return_value};
use crate::execute::control::{Backward, Forward, branch_if, branch_unless, jump};
use crate::execute::handlers::{self, ByTarget, PerDispatch, both};
use crate::execute::operand::{Acc, Imm16, Kind, Slot};
use crate::execute::registers::Handler;
use crate::module::{Module, ModuleInner};
use crate::translate::Line;

/// One instruction of a function's translated code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeLine {
    /// Its first word, counted from the beginning of the code. The first word
    /// of all is a header; branch targets are words too.
    pub word: usize,
    /// Byte offset in the module of the operator that completed it. It may
    /// stand for operators before that one as well.
    pub wasm_offset: u32,
    /// Name and operands: `s3` is slot 3 of the frame, `acc` the accumulator of
    /// the operand's type, `-> s3` where the result goes beside it, `@12` word
    /// 12.
    pub text: String,
}

impl Module {
    /// The code of function `func_idx`, in order; `None` for an imported
    /// function. The function is translated anew for this, and may turn out to
    /// be invalid.
    ///
    /// # Panics
    ///
    /// If there is no such function.
    pub fn disassemble(&self, func_idx: u32) -> Result<Option<Vec<CodeLine>>, Error> {
        let Some(defined_idx) = func_idx.checked_sub(self.decoded().imported_funcs) else {
            return Ok(None);
        };
        let (words, lines) = self.0.listing_with_code(defined_idx)?;
        let dispatch = self.engine().dispatch_index();
        let ends = lines.iter().skip(1).map(|line| line.word);
        let ends = ends.chain([words.len()]);
        let code = lines.iter().zip(ends).map(|(line, end)| CodeLine {
            word: line.word,
            wasm_offset: line.wasm_offset,
            text: text(&self.0, line, &words[line.word..end], dispatch),
        });
        Ok(Some(code.collect()))
    }
}

/// An instruction's words, with the names that `execute/registers.rs` gives to
/// their parts.
struct Operands<'a> {
    module: &'a ModuleInner,
    word: usize,
    words: &'a [u64],
}

impl Operands<'_> {
    fn field(&self, index: usize) -> u16 {
        let operands = self.words.get(1).copied().unwrap_or(0);
        (operands >> (16 * index)) as u16
    }

    fn slot(&self, index: usize) -> String {
        format!("s{}", self.field(index))
    }

    fn imm(&self) -> i32 {
        (self.words.get(1).copied().unwrap_or(0) >> 32) as i32
    }

    /// The immediate of an instruction that has `imm_words` if it has one.
    fn number(&self, kind: Kind, imm_words: u8) -> String {
        let wide = self.words.get(2).copied().unwrap_or(0);
        match (kind, imm_words) {
            (Kind::Int, 3..) => (wide as i64).to_string(),
            (Kind::Int, _) => self.imm().to_string(),
            (Kind::F32, _) => format!("{:?}", f32::from_bits(self.imm() as u32)),
            (Kind::F64, _) => format!("{:?}", f64::from_bits(wide)),
        }
    }

    /// The branch target in field I.
    fn target(&self) -> String {
        format!("@{}", self.word as i64 + i64::from(self.imm() / 8))
    }

    /// The function whose entry a word points to.
    fn callee(&self, word: usize) -> String {
        let address = self.words.get(word).copied().unwrap_or(0);
        let mut entries = 0..self.module.entries.len() as u32;
        let Some(defined_idx) = entries.find(|&i| self.module.entry_address(i) == address) else {
            return format!("{address:#x}");
        };
        let func_idx = self.module.decoded.imported_funcs + defined_idx;
        match self.module.decoded.func_name(func_idx) {
            Some(name) => name.to_owned(),
            None => format!("function {func_idx}"),
        }
    }

    /// Field C as the constant that is added to a local.
    fn constant(&self) -> i16 {
        self.field(2) as i16
    }

    /// What is known of every instruction: its words.
    fn raw(&self) -> String {
        let mut text = format!("{} {} {:#x}", self.slot(0), self.slot(1), self.imm());
        for word in self.words.iter().skip(2).take(4) {
            text += &format!(" {word:#x}");
        }
        text
    }
}

fn text(module: &ModuleInner, line: &Line, words: &[u64], dispatch: usize) -> String {
    let operands = Operands {
        module,
        word: line.word,
        words,
    };
    let is = |candidate: Handler| candidate as usize as u64 == line.handler;
    let one_of = |handlers: &[PerDispatch<Handler>]| handlers.iter().any(|h| is(h[dispatch]));
    let found = branch(line.name, &operands, dispatch, &is)
        .or_else(|| table(line.name, &operands, dispatch, &is))
        .or_else(|| leap(&operands, one_of))
        .or_else(|| shaped(line.name, &operands));
    match found {
        Some(text) => text,
        None => format!("{} {}", line.name, operands.raw()),
    }
}

/// Which handler of a table it is: mode and target, as indices.
fn find<'a>(
    modes: impl IntoIterator<Item = &'a ByTarget>,
    is: &impl Fn(Handler) -> bool,
) -> Option<(usize, bool)> {
    let mut modes = modes.into_iter().enumerate();
    modes.find_map(|(mode, targets)| {
        let target = targets.iter().position(|&handler| is(handler))?;
        Some((mode, target == 1))
    })
}

/// ` -> acc`, or the slot that gets the result too.
fn result(operands: &Operands<'_>, to_slot: bool) -> String {
    match to_slot {
        true => format!(" -> {}", operands.slot(0)),
        false => " -> acc".to_owned(),
    }
}

/// The operands of two, in the order of `PairMode`; in a branch the fields are
/// one earlier and the immediate has 16 bits.
fn pair(mode: usize, first: &str, second: &str, imm: &str) -> String {
    match mode {
        0 => format!("{first}, {second}"),
        1 => format!("{first}, {imm}"),
        2 => format!("acc, {first}"),
        3 => format!("acc, {imm}"),
        4 => format!("{first}, acc"),
        5 => format!("{imm}, {first}"),
        6 => format!("{imm}, acc"),
        _ => format!("mode {mode}: {first}, {second}, {imm}"),
    }
}

/// An instruction of the table that computes a value or accesses memory.
fn table(
    name: &str,
    at: &Operands<'_>,
    dispatch: usize,
    is: &impl Fn(Handler) -> bool,
) -> Option<String> {
    let (b, c) = (at.slot(1), at.slot(2));
    for op in handlers::ALL_BINARY.iter().filter(|op| op.name == name) {
        if let Some((mode, to_slot)) = find(&op.handlers[dispatch], is) {
            let imm = at.number(op.kind, op.imm_words);
            let pair = pair(mode, &b, &c, &imm);
            return Some(format!("{name} {pair}{}", result(at, to_slot)));
        }
    }
    for op in handlers::ALL_COMPARE.iter().filter(|op| op.name == name) {
        if let Some((mode, to_slot)) = find(&op.handlers[dispatch], is) {
            let imm = at.number(op.kind, op.imm_words);
            let pair = pair(mode, &b, &c, &imm);
            return Some(format!("{name} {pair}{}", result(at, to_slot)));
        }
    }
    for op in handlers::ALL_UNARY.iter().filter(|op| op.name == name) {
        if let Some((mode, to_slot)) = find(&op.best()[dispatch], is) {
            let source = if mode == 0 { &b } else { "acc" };
            return Some(format!("{name} {source}{}", result(at, to_slot)));
        }
    }
    for op in handlers::ALL_LOAD.iter().filter(|op| op.name == name) {
        if let Some((mode, to_slot)) = find(&op.handlers[dispatch], is) {
            let address = address(mode, &b, at);
            return Some(format!("{name} [{address}]{}", result(at, to_slot)));
        }
    }
    for op in handlers::ALL_STORE.iter().filter(|op| op.name == name) {
        for (mode, sources) in op.handlers[dispatch].iter().enumerate() {
            if let Some(source) = sources.iter().position(|&handler| is(handler)) {
                let address = address(mode, &at.slot(0), at);
                let value = match source {
                    0 => at.slot(1),
                    1 => "acc".to_owned(),
                    _ => (at.field(1) as i16).to_string(),
                };
                return Some(format!("{name} [{address}], {value}"));
            }
        }
    }
    None
}

/// An address, in the order of `AddressMode`.
fn address(mode: usize, slot: &str, at: &Operands<'_>) -> String {
    match mode {
        0 => format!("{slot} + {}", at.imm() as u32),
        1 => format!("acc + {}", at.imm() as u32),
        _ => format!("({slot} + {}) + {}", at.field(2) as i16, at.field(3)),
    }
}

/// A comparison with the branch that depends on it.
fn branch(
    name: &str,
    at: &Operands<'_>,
    dispatch: usize,
    is: &impl Fn(Handler) -> bool,
) -> Option<String> {
    for op in handlers::ALL_COMPARE.iter().filter(|op| op.name == name) {
        for (name, modes) in [("br_if", &op.branch_if), ("br_unless", &op.branch_unless)] {
            if let Some((mode, _)) = find(&modes[dispatch], is) {
                let imm = match op.kind {
                    Kind::Int => (at.field(1) as i16).to_string(),
                    Kind::F32 => format!("{:?}", f32::from_bits(u32::from(at.field(1)) << 16)),
                    Kind::F64 => format!("{:?}", f64::from_bits(u64::from(at.field(1)) << 48)),
                };
                let pair = pair(mode, &at.slot(0), &at.slot(1), &imm);
                return Some(format!("{name} {} {pair} {}", op.name, at.target()));
            }
        }
    }
    None
}

/// A jump, a branch on one value, or a return.
fn leap(at: &Operands<'_>, is: impl Fn(&[PerDispatch<Handler>]) -> bool) -> Option<String> {
    let (a, b, target) = (at.slot(0), at.slot(1), at.target());
    Some(if is(&[both!(jump<Forward>), both!(jump<Backward>)]) {
        format!("br {target}")
    } else if is(&[
        both!(branch_if<Slot, Forward>),
        both!(branch_if<Slot, Backward>),
    ]) {
        format!("br_if {a} {target}")
    } else if is(&[
        both!(branch_if<Acc, Forward>),
        both!(branch_if<Acc, Backward>),
    ]) {
        format!("br_if acc {target}")
    } else if is(&[
        both!(branch_unless<Slot, Forward>),
        both!(branch_unless<Slot, Backward>),
    ]) {
        format!("br_unless {a} {target}")
    } else if is(&[
        both!(branch_unless<Acc, Forward>),
        both!(branch_unless<Acc, Backward>),
    ]) {
        format!("br_unless acc {target}")
    } else if is(&[both!(return_none)]) {
        "return".to_owned()
    } else if is(&[both!(return_value<u64, Imm16>)]) {
        format!("return {}", at.field(1) as i16)
    } else if is(&[
        both!(return_value<u64, Slot>),
        both!(return_value<f32, Slot>),
        both!(return_value<f64, Slot>),
    ]) {
        format!("return {b}")
    } else if is(&[
        both!(return_value<u64, Acc>),
        both!(return_value<f32, Acc>),
        both!(return_value<f64, Acc>),
    ]) {
        "return acc".to_owned()
    } else {
        return None;
    })
}

/// The most frequent of the other instructions with shapes of their own.
fn shaped(name: &str, at: &Operands<'_>) -> Option<String> {
    let [a, b, c, d] = [0, 1, 2, 3].map(|index| at.slot(index));
    Some(match name {
        "copy" | "copy_wide" => format!("{name} {b} -> {a}"),
        "copy_two" => format!("{name} {b} -> {a}, {d} -> {c}"),
        "copy_acc" => format!("{name} acc -> {a}"),
        "copy_many" => format!("{name} {b}.. -> {a}.., {} slots", at.imm()),
        "const32" => format!("{name} {} -> {a}", at.imm()),
        "const64" => format!("{name} {} -> {a}", at.words.get(2).copied()? as i64),
        "fuel" => format!("{name} {}", at.imm()),
        "br_table" => {
            let table = at.words.get(2..).unwrap_or_default().iter();
            let targets = table.flat_map(|word| [*word as i32, (*word >> 32) as i32]);
            let targets = targets.take(at.imm() as usize + 1);
            let targets =
                targets.map(|bytes| format!(" @{}", at.word as i64 + i64::from(bytes / 8)));
            let mut text = format!("{name} {a}");
            text.extend(targets);
            text
        }
        "call" if at.words.len() > 2 => format!("{name} {}, arguments {a}..", at.callee(2)),
        "call" => format!("{name} import {}, arguments {a}..", at.imm()),
        "add_global" => format!(
            "{name} {b} + {} -> {a}, context word {}",
            at.constant(),
            at.field(3)
        ),
        "push_return" => format!(
            "{name} {b} + {} -> {a}, context word {}; [{a}] = {:#x}",
            at.constant(),
            at.field(3),
            at.words.get(2)?
        ),
        "push_return_and_call" => format!(
            "{name} {a} + {} -> {a}, context word {}; [{a}] = {:#x}; {} at {b}",
            at.constant(),
            at.field(3),
            at.words.get(2)?,
            at.callee(3)
        ),
        "pop_and_return" => format!(
            "{name} {a} + {} -> {a}, context word {}",
            at.constant(),
            at.field(3)
        ),
        "reload_and_branch_if" => format!(
            "{name} context +{:#x} -> {b}; {a} {}",
            at.words.get(2)?,
            at.target()
        ),
        "set_and_jump" => format!("{name} {} -> {a} {}", at.field(1) as i16, at.target()),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use crate::{Config, Engine, Module};

    fn code(wat: &str) -> Vec<String> {
        let bytes = wat::parse_str(wat).expect("well-formed");
        let module = Module::new(&Engine::new(Config::default()), bytes).expect("valid");
        let lines = module.disassemble(0).expect("translatable");
        lines.unwrap().into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn operands_are_readable() {
        let code = code(
            "(module (memory 1) (func (param i64 i32) (result i64) (local i64)
               (local.set 2 (i64.add (local.get 0) (i64.const 7)))
               (i64.store offset=8 (local.get 1) (i64.mul (local.get 2) (local.get 0)))
               (block (br_if 0 (i64.lt_s (local.get 0) (i64.const -3))) (local.set 2 (i64.const 1)))
               (i64.load offset=16 (local.get 1))))",
        );
        let text = code.join("\n");
        let expected = [
            "i64.add s0, 7 -> s4",
            "i64.mul acc, s0 -> acc",
            "i64.store [s1 + 8], acc",
            "i64.lt_s s0, -3 @",
            "const32 1 -> s4",
            "i64.load [s1 + 16] -> acc",
            "return acc",
        ];
        let mut rest = &text[..];
        for part in expected {
            let at = rest.find(part);
            let at = at.unwrap_or_else(|| panic!("{part} in its place:\n{text}"));
            rest = &rest[at..];
        }
    }

    #[test]
    fn an_imported_function_has_no_code() {
        let bytes = wat::parse_str("(module (import \"m\" \"f\" (func)))").unwrap();
        let module = Module::new(&Engine::new(Config::default()), bytes).unwrap();
        assert_eq!(module.disassemble(0).unwrap(), None);
    }
}
