//! What can be seen of a run, in terms that all engines share.

use crate::reference::{Reference, list};
use fossor_host::Trap;
use std::fmt;

/// A value as all engines have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// `i32`
    I32(u32),
    /// `i64`
    I64(u64),
    /// `f32`, as bits; every NaN is the canonical one.
    F32(u32),
    /// `f64`, as bits; every NaN is the canonical one.
    F64(u64),
    /// `v128`
    V128(u128),
    /// A reference.
    Ref(Reference),
}

impl Value {
    /// Of bits, with the sign and payload of a NaN left out: the specification
    /// leaves them open.
    pub fn f32(bits: u32) -> Value {
        Value::F32(match f32::from_bits(bits).is_nan() {
            true => f32::NAN.to_bits(),
            false => bits,
        })
    }

    /// As [`f32`](Self::f32).
    pub fn f64(bits: u64) -> Value {
        Value::F64(match f64::from_bits(bits).is_nan() {
            true => f64::NAN.to_bits(),
            false => bits,
        })
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::I32(value) => write!(f, "i32 {}", *value as i32),
            Value::I64(value) => write!(f, "i64 {}", *value as i64),
            Value::F32(bits) => write!(f, "f32 {} ({bits:#x})", f32::from_bits(*bits)),
            Value::F64(bits) => write!(f, "f64 {} ({bits:#x})", f64::from_bits(*bits)),
            Value::V128(value) => write!(f, "v128 {value:#034x}"),
            Value::Ref(reference) => reference.fmt(f),
        }
    }
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// It answered.
    Returned(Vec<Value>),
    /// It trapped. What engines tell apart differently is one text.
    Trapped(&'static str),
    /// It threw an exception that nothing caught: a name that its tag is exported
    /// under, and its values.
    Threw(Option<String>, Vec<Value>),
    /// The guest called `proc_exit`.
    Exited(u32),
    /// The fuel was used up: other engines cannot be held to that.
    OutOfFuel,
    /// The stack or the heap was used up, or there was none of what it needed: nor
    /// to that.
    Exhausted,
    /// An import was given what is not of its type.
    Unlinkable,
    /// Anything else.
    Failed(String),
}

impl End {
    /// Of a trap.
    pub fn of(trap: Trap) -> End {
        match trap {
            Trap::OutOfFuel => End::OutOfFuel,
            Trap::StackExhausted | Trap::HeapExhausted => End::Exhausted,
            // Engines check tables in different orders, or say it in other words.
            Trap::TableOutOfBounds | Trap::UndefinedElement | Trap::UninitializedElement => {
                End::Trapped(Self::NO_ELEMENT)
            }
            Trap::NullReference
            | Trap::NullFunctionReference
            | Trap::NullExceptionReference
            | Trap::NullStructReference
            | Trap::NullArrayReference
            | Trap::NullI31Reference => End::Trapped(Trap::NullReference.message()),
            other => End::Trapped(other.message()),
        }
    }

    /// What is said of a table without the wanted element.
    pub const NO_ELEMENT: &'static str = "no such element of the table";

    /// Whether another engine may say `other`. Where an address is unaligned and out of
    /// bounds, wasmtime's `memory.atomic.notify` and `wait` look at the bounds first,
    /// its other atomics at the alignment, as Fossor does for all: the specification
    /// only says that they trap.
    pub(crate) fn may_be_told_as(&self, other: &End) -> bool {
        *self == End::Trapped(Trap::UnalignedAtomic.message())
            && *other == End::Trapped(Trap::MemoryOutOfBounds.message())
    }

    /// Whether where it happens is the engine's own affair.
    pub fn is_a_limit(&self) -> bool {
        matches!(self, End::OutOfFuel | End::Exhausted)
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            End::Returned(values) if values.is_empty() => f.write_str("returned"),
            End::Returned(values) => write!(f, "returned {}", list(values)),
            End::Threw(tag, values) => {
                let tag = tag.as_deref().unwrap_or("an exception");
                write!(f, "threw {tag} ({})", list(values))
            }
            End::Trapped(trap) => write!(f, "trapped: {trap}"),
            End::Exited(code) => write!(f, "exited with {code}"),
            End::OutOfFuel => f.write_str("used up its fuel"),
            End::Exhausted => f.write_str("used up its stack"),
            End::Unlinkable => f.write_str("could not be linked"),
            End::Failed(why) => write!(f, "failed: {why}"),
        }
    }
}

/// What an instance exports, and what it has written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// A line for each exported memory, global and table, sorted: engines list
    /// exports in orders of their own.
    pub exports: Vec<String>,
    /// Standard output and error so far.
    pub output: Vec<u8>,
}

impl State {
    /// What differs, as a sentence.
    pub fn difference(&self, other: &State) -> Option<String> {
        let lines = self.exports.iter().zip(&other.exports);
        for (expected, found) in lines {
            if expected != found {
                return Some(format!("{expected}; the other has {found}"));
            }
        }
        (self.output != other.output).then(|| {
            let pairs = self.output.iter().zip(&other.output);
            let same = pairs.take_while(|(a, b)| a == b).count();
            format!("the output differs from byte {same} on")
        })
    }

    pub(crate) fn memory(&mut self, name: &str, bytes: &[u8]) {
        let sum = checksum(bytes);
        let len = bytes.len();
        self.exports
            .push(format!("memory {name} has {len} bytes, checksum {sum:x}"));
    }

    /// Nothing more is exported.
    pub(crate) fn finish(mut self, output: Vec<u8>) -> State {
        self.exports.sort();
        self.output = output;
        self
    }

    pub(crate) fn global(&mut self, name: &str, value: &Value) {
        self.exports.push(format!("global {name} is {value}"));
    }

    /// `elements` are those at the beginning.
    pub(crate) fn table(&mut self, name: &str, size: u64, elements: &[Value]) {
        let elements = list(elements);
        self.exports
            .push(format!("table {name} has {size} elements: {elements}"));
    }
}

/// Of four streams, which processors work on at the same time: memories are most of
/// what is looked at.
fn checksum(bytes: &[u8]) -> u64 {
    let mix = |sum: u64, word: u64| (sum ^ word).wrapping_mul(FACTOR).rotate_left(29);
    let mut sums = [1, 2, 3, bytes.len() as u64];
    let (groups, rest) = bytes.as_chunks::<32>();
    // Pages may be of one byte.
    let mut last = [0; 32];
    last[..rest.len()].copy_from_slice(rest);
    for group in groups.iter().chain([&last]) {
        let (words, _) = group.as_chunks::<8>();
        for (sum, word) in sums.iter_mut().zip(words) {
            *sum = mix(*sum, u64::from_le_bytes(*word));
        }
    }
    sums.into_iter().fold(0, mix)
}

/// An odd number with bits all over.
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

/// How many elements of a table are looked at.
pub(crate) const TABLE_ELEMENTS: u64 = 64;

/// One call, and what it left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The export, or that the instance was made.
    pub call: String,
    /// How it ended.
    pub end: End,
    /// Operators that it executed; 0 in other engines, which do not count them.
    pub operators: u64,
    /// What the instance is like afterwards.
    pub state: State,
}
