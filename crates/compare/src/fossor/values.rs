//! Fossor's values, and those that all engines share.

use super::Part;
use crate::plan::label;
use crate::reference::{DEPTH, FIELDS, Reference};
use crate::seen::Value;
use fossor_interpreter::{AnyRef, Extern, Func, Store, TagId, Val};
use fossor_module::{Composite, HeapType, ValType};
use std::collections::HashMap;

/// What functions and tags are exported as.
#[derive(Default)]
pub(super) struct Names {
    pub funcs: HashMap<Func, String>,
    pub tags: HashMap<TagId, String>,
    /// Functions by all of their names.
    pub labelled: HashMap<String, Func>,
}

impl Names {
    pub fn of(store: &Store, parts: &[Part]) -> Names {
        let mut names = Names::default();
        let exports = parts.iter().flat_map(|part| {
            let exports = part.module.decoded().exports.iter();
            exports.map(move |export| (part, &*export.name))
        });
        let labelled = |(part, name): (&Part, &str)| {
            let found = store.export(part.id, name)?;
            Some((label(part.linked.as_deref(), name), found))
        };
        let mut exports: Vec<_> = exports.filter_map(labelled).collect();
        exports.sort_by(|one, other| one.0.cmp(&other.0));
        for (name, export) in exports {
            match export {
                Extern::Func(func) => {
                    names.funcs.entry(func).or_insert(name.clone());
                    names.labelled.insert(name, func);
                }
                Extern::Tag(tag) => {
                    names.tags.entry(tag).or_insert(name);
                }
                _ => {}
            }
        }
        names
    }
}

/// What a value is in all engines.
pub(super) fn value(store: &Store, names: &Names, val: &Val) -> Value {
    value_at(store, names, val, DEPTH)
}

fn value_at(store: &Store, names: &Names, val: &Val, depth: usize) -> Value {
    Value::Ref(match *val {
        Val::I32(value) => return Value::I32(value as u32),
        Val::I64(value) => return Value::I64(value as u64),
        Val::F32(bits) => return Value::f32(bits),
        Val::F64(bits) => return Value::f64(bits),
        Val::V128(value) => return Value::V128(value),
        Val::FuncRef(Some(func)) => Reference::Func(names.funcs.get(&func).cloned()),
        Val::AnyRef(Some(any)) => any_reference(store, names, any, depth),
        Val::ExternRef(Some(value)) => any_reference(store, names, store.to_any(value), depth),
        Val::ExnRef(Some(_)) if depth == 0 => Reference::Deeper,
        Val::ExnRef(Some(exception)) => {
            let thrown = store.exception(exception);
            let values = thrown.values();
            let values = values.iter().take(FIELDS);
            let values = values.map(|val| value_at(store, names, val, depth - 1));
            Reference::Exception(names.tags.get(&thrown.tag()).cloned(), values.collect())
        }
        _ => Reference::Null,
    })
}

fn any_reference(store: &Store, names: &Names, any: AnyRef, depth: usize) -> Reference {
    let fields = |count: u32| {
        let indices = 0..count.min(FIELDS as u32);
        let fields = indices.filter_map(|index| store.object_get(any, index));
        fields
            .map(|field| value_at(store, names, &field, depth - 1))
            .collect()
    };
    match store.heap_type(any) {
        HeapType::I31 => Reference::I31(store.i31(any).unwrap_or_default()),
        HeapType::Concrete(..) if depth == 0 => Reference::Deeper,
        HeapType::Concrete(Composite::Array, _) => {
            let len = store.object_len(any).unwrap_or_default();
            Reference::Array(len, fields(len))
        }
        HeapType::Concrete(..) => {
            Reference::Struct(fields(store.object_len(any).unwrap_or_default()))
        }
        _ => {
            let number = store.extern_value(store.to_extern(any)).downcast_ref();
            Reference::Host(number.copied().unwrap_or(u64::MAX))
        }
    }
}

/// As [`value`], without a look into what a reference refers to.
pub(super) fn shallow(store: &Store, val: &Val) -> Value {
    value_at(store, &Names::default(), val, 0)
}

/// The other way round.
pub(super) fn val(store: &mut Store, names: &Names, value: &Value, ty: ValType) -> Val {
    match value {
        Value::Ref(Reference::Func(Some(name))) => Val::FuncRef(names.labelled.get(name).copied()),
        other => simple(store, other, ty),
    }
}

/// As [`val`], of what is not a function.
pub(super) fn simple(store: &mut Store, value: &Value, ty: ValType) -> Val {
    match value {
        Value::I32(value) => Val::I32(*value as i32),
        Value::I64(value) => Val::I64(*value as i64),
        Value::F32(bits) => Val::F32(*bits),
        Value::F64(bits) => Val::F64(*bits),
        Value::V128(value) => Val::V128(*value),
        Value::Ref(Reference::I31(number)) => Val::AnyRef(Some(store.new_i31(*number as u32))),
        Value::Ref(Reference::Host(number)) => {
            Val::ExternRef(Some(store.new_extern(Box::new(*number))))
        }
        Value::Ref(_) => Val::default_of(ty),
    }
}
