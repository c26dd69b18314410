//! What references refer to, in terms that all engines share.

use crate::seen::Value;
use std::fmt;

/// A reference. Two engines have the same one if it leads to the same things.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference {
    /// None.
    Null,
    /// A small integer, its sign extended.
    I31(i32),
    /// A value of the host, by the number that it was made of.
    Host(u64),
    /// A function, by the first of its exported names.
    Func(Option<String>),
    /// A structure: its first fields.
    Struct(Vec<Value>),
    /// An array: its length and first elements.
    Array(u32, Vec<Value>),
    /// An exception: an exported name of its tag, and its first values.
    Exception(Option<String>, Vec<Value>),
    /// Something so deep in others that it was not looked into.
    Deeper,
}

/// How many references are followed, one behind the other.
pub(crate) const DEPTH: usize = 3;

/// Fields, elements and values that are looked at.
pub(crate) const FIELDS: usize = 8;

impl Reference {
    /// As a number, for what host functions answer.
    pub(crate) fn number(&self) -> u64 {
        match self {
            Reference::Null => 0,
            Reference::I31(value) => *value as u64,
            Reference::Host(value) => *value,
            _ => 1,
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |name: &Option<String>| name.clone().unwrap_or_else(|| "-".to_owned());
        match self {
            Reference::Null => f.write_str("null"),
            Reference::I31(value) => write!(f, "i31 {value}"),
            Reference::Host(value) => write!(f, "host {value}"),
            Reference::Func(func) => write!(f, "func {}", name(func)),
            Reference::Struct(fields) => write!(f, "struct ({})", list(fields)),
            Reference::Array(len, elements) => write!(f, "array {len} ({})", list(elements)),
            Reference::Exception(tag, values) => {
                write!(f, "exception {} ({})", name(tag), list(values))
            }
            Reference::Deeper => f.write_str("…"),
        }
    }
}

pub(crate) fn list(values: &[Value]) -> String {
    let values: Vec<_> = values.iter().map(Value::to_string).collect();
    values.join(", ")
}
