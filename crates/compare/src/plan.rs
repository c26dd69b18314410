//! What is done with an instance.

use crate::random::Random;
use crate::reference::Reference;
use crate::seen::Value;
use fossor_module::{HeapType, RefType, ValType};

/// Which exports are called.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Calls {
    /// `_start`, as a command.
    Start,
    /// Each exported function, so many times over, with arguments that the seed
    /// decides about. Without state in between, a difference would have to show
    /// at once.
    Each(usize),
    /// One function, with arguments that the seed decides about.
    One(String),
}

/// How a module is run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What is called.
    pub calls: Calls,
    /// Decides about arguments, clocks and random numbers.
    pub seed: u64,
    /// Operators for each call. Without a bound, other engines may never end.
    pub fuel: u64,
    /// Bytes that a memory may grow to, and that objects may take.
    pub memory_bytes: u64,
    /// Bytes of stack.
    pub stack_bytes: usize,
    /// The guest's arguments, its name first.
    pub args: Vec<String>,
    /// What it reads from its standard input.
    pub stdin: Vec<u8>,
    /// Instances that are made before the module's, in this order.
    pub linked: Vec<Linked>,
    /// Every NaN that an operator makes is the canonical one. Without it, engines may
    /// differ in the bits of those that a module stores or reinterprets.
    pub canonical_nans: bool,
}

/// Elements that a table may grow to.
pub(crate) const TABLE_ELEMENTS: u64 = 1 << 20;

/// A module beside the one that is run: what that one imports from `name` are this
/// one's exports, as far as it has them. Its own exports are called and looked at too,
/// under the name `NAME/EXPORT`.
#[derive(Clone, Debug)]
pub struct Linked {
    /// The module name of the imports.
    pub name: String,
    /// The module in its binary format.
    pub bytes: Vec<u8>,
}

impl Default for Plan {
    fn default() -> Self {
        Plan {
            calls: Calls::Each(2),
            seed: 0,
            fuel: 10_000,
            memory_bytes: 1 << 24,
            stack_bytes: 1 << 20,
            args: vec!["guest".to_owned()],
            stdin: Vec::new(),
            linked: Vec::new(),
            canonical_nans: false,
        }
    }
}

/// An exported function.
#[derive(Clone, Debug)]
pub(crate) struct Callee {
    /// Its [`label`].
    pub name: String,
    pub params: Vec<ValType>,
}

/// What an export is called in all engines. `linked` is the name of its module, if
/// that is not the one that is run.
pub(crate) fn label(linked: Option<&str>, export: &str) -> String {
    match linked {
        Some(module) => format!("{module}/{export}"),
        None => export.to_owned(),
    }
}

/// What the making of an instance is called.
pub(crate) fn made(linked: Option<&str>) -> String {
    match linked {
        Some(module) => format!("instantiation of {module}"),
        None => "instantiation".to_owned(),
    }
}

impl Plan {
    /// All modules in the order in which instances of them are made: `bytes` last.
    pub(crate) fn modules<'a>(
        &'a self,
        bytes: &'a [u8],
    ) -> impl Iterator<Item = (Option<&'a str>, &'a [u8])> {
        let linked = self.linked.iter();
        let linked = linked.map(|linked| (Some(&*linked.name), &*linked.bytes));
        linked.chain([(None, bytes)])
    }
}

/// Every call of a plan, with its arguments: all engines make the same.
pub(crate) fn calls(plan: &Plan, callees: &[Callee]) -> Vec<(String, Vec<Value>)> {
    let (rounds, only) = match &plan.calls {
        Calls::Each(rounds) => (*rounds, None),
        Calls::Start => (1, Some("_start")),
        Calls::One(name) => (1, Some(name.as_str())),
    };
    let mut random = Random(plan.seed);
    let names: Vec<_> = callees.iter().map(|callee| callee.name.as_str()).collect();
    let mut calls = Vec::new();
    for _ in 0..rounds {
        for callee in callees {
            if only.is_some_and(|only| only != callee.name) {
                continue;
            }
            let args: Option<Vec<_>> = callee
                .params
                .iter()
                .map(|&ty| argument(ty, &mut random, &names))
                .collect();
            // An object that must not be null cannot be made up.
            if let Some(args) = args {
                calls.push((callee.name.clone(), args));
            }
        }
    }
    calls
}

/// Values at the edges, where operators differ from each other.
fn argument(ty: ValType, random: &mut Random, funcs: &[&str]) -> Option<Value> {
    let number = random.pick(&[
        0,
        1,
        2,
        8,
        0xffff,
        1 << 31,
        u64::MAX,
        0x1_0000_0001,
        i64::MIN as u64,
    ]);
    let float = random.pick(&[0.0f64, -0.0, 1.0, -1.5, 3e9, 1e300, f64::INFINITY, f64::NAN]);
    Some(match ty {
        ValType::I32 => Value::I32(number as u32),
        ValType::I64 => Value::I64(number),
        ValType::F32 => Value::f32((float as f32).to_bits()),
        ValType::F64 => Value::f64(float.to_bits()),
        ValType::V128 => Value::V128(u128::from(number) << 64 | u128::from(random.bits())),
        ValType::Ref(ty) => {
            let func = || (!funcs.is_empty()).then(|| random.pick(funcs).to_owned());
            Value::Ref(reference(ty, number, func)?)
        }
        _ => return None,
    })
}

/// A reference that every engine can make, out of a number; `None` if there is none
/// of the type.
fn reference(ty: RefType, number: u64, func: impl FnOnce() -> Option<String>) -> Option<Reference> {
    if ty.nullable && number.is_multiple_of(3) {
        return Some(Reference::Null);
    }
    match ty.heap {
        HeapType::Extern => return Some(Reference::Host(number)),
        HeapType::Any | HeapType::Eq | HeapType::I31 => {
            // The sign is the 31st bit.
            return Some(Reference::I31((number as i32) << 1 >> 1));
        }
        HeapType::Func => {
            if let Some(name) = func() {
                return Some(Reference::Func(Some(name)));
            }
        }
        _ => {}
    }
    ty.nullable.then_some(Reference::Null)
}

/// What a made-up function answers: a mixture of what it was given. `None` if there
/// is nothing of the type that can be made up.
pub(crate) fn answer(ty: ValType, args: impl Iterator<Item = u64>) -> Option<Value> {
    let mixed = mixed(args);
    Some(match ty {
        ValType::I32 => Value::I32(mixed as u32),
        ValType::I64 => Value::I64(mixed),
        ValType::F32 => Value::f32((mixed as i8 as f32).to_bits()),
        ValType::F64 => Value::f64((mixed as i16 as f64).to_bits()),
        ValType::V128 => Value::V128(mixed.into()),
        ValType::Ref(ty) => Value::Ref(reference(ty, mixed, || None)?),
        _ => return None,
    })
}

/// One number out of many.
pub(crate) fn mixed(args: impl Iterator<Item = u64>) -> u64 {
    args.fold(7, |sum, arg| sum.rotate_left(7) ^ arg)
}

/// A value as a number, for [`answer`].
pub(crate) fn number(value: &Value) -> u64 {
    match value {
        Value::I32(value) | Value::F32(value) => (*value).into(),
        Value::I64(value) | Value::F64(value) => *value,
        Value::V128(value) => *value as u64,
        Value::Ref(reference) => reference.number(),
    }
}
