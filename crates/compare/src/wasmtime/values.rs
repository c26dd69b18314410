//! wasmtime's values, and those that all engines share.

use super::names::Names;
use crate::reference::{DEPTH, FIELDS, Reference};
use crate::seen::Value;
use crate::world::World;
use fossor_module::RefType;
use wasmtime::{
    AnyRef, AsContextMut, ExnRef, ExternRef, HeapType, I31, Rooted, Store, Val, ValType,
};

/// What a value is in all engines.
pub(super) fn value(mut store: impl AsContextMut, names: &Names, val: &Val) -> Value {
    value_at(&mut store, names, val, DEPTH)
}

/// As [`value`], without a look into what a reference refers to.
pub(super) fn shallow(mut store: impl AsContextMut, val: &Val) -> Value {
    value_at(&mut store, &Names::default(), val, 0)
}

fn value_at(store: &mut impl AsContextMut, names: &Names, val: &Val, depth: usize) -> Value {
    Value::Ref(match *val {
        Val::I32(value) => return Value::I32(value as u32),
        Val::I64(value) => return Value::I64(value as u64),
        Val::F32(bits) => return Value::f32(bits),
        Val::F64(bits) => return Value::f64(bits),
        Val::V128(value) => return Value::V128(value.as_u128()),
        Val::FuncRef(Some(func)) => {
            let address = func.to_raw(&mut *store) as usize;
            Reference::Func(names.func(address))
        }
        Val::AnyRef(Some(any)) => any_reference(store, names, any, depth),
        Val::ExternRef(Some(value)) => match AnyRef::convert_extern(&mut *store, value) {
            Ok(any) => any_reference(store, names, any, depth),
            Err(_) => Reference::Deeper,
        },
        Val::ExnRef(Some(_)) if depth == 0 => Reference::Deeper,
        Val::ExnRef(Some(exception)) => match exception_at(store, names, exception, depth) {
            Some((tag, values)) => Reference::Exception(tag, values),
            None => Reference::Deeper,
        },
        _ => Reference::Null,
    })
}

/// A name of an exception's tag, and its first values.
pub(super) fn exception(
    mut store: impl AsContextMut,
    names: &Names,
    exception: Rooted<ExnRef>,
) -> Option<(Option<String>, Vec<Value>)> {
    exception_at(&mut store, names, exception, DEPTH + 1)
}

fn exception_at(
    store: &mut impl AsContextMut,
    names: &Names,
    exception: Rooted<ExnRef>,
    depth: usize,
) -> Option<(Option<String>, Vec<Value>)> {
    let tag = exception.tag(&mut *store).ok()?;
    let fields: Vec<_> = exception.fields(&mut *store).ok()?.collect();
    let fields = fields.iter().take(FIELDS);
    let fields = fields.map(|field| value_at(store, names, field, depth - 1));
    let fields = fields.collect();
    Some((names.tag(&mut *store, tag), fields))
}

fn any_reference(
    store: &mut impl AsContextMut,
    names: &Names,
    any: Rooted<AnyRef>,
    depth: usize,
) -> Reference {
    let found = looked_into(store, names, any, depth);
    // A reference whose scope has ended; all are of the scope of the store.
    found.unwrap_or(Reference::Deeper)
}

fn looked_into(
    store: &mut impl AsContextMut,
    names: &Names,
    any: Rooted<AnyRef>,
    depth: usize,
) -> wasmtime::Result<Reference> {
    if let Some(number) = any.as_i31(&*store)? {
        return Ok(Reference::I31(number.get_i32()));
    }
    if let Some(object) = any.as_struct(&*store)? {
        if depth == 0 {
            return Ok(Reference::Deeper);
        }
        let fields: Vec<_> = object.fields(&mut *store)?.take(FIELDS).collect();
        let fields = fields.iter();
        let fields = fields.map(|field| value_at(store, names, field, depth - 1));
        return Ok(Reference::Struct(fields.collect()));
    }
    if let Some(object) = any.as_array(&*store)? {
        if depth == 0 {
            return Ok(Reference::Deeper);
        }
        let len = object.len(&*store)?;
        let elements: Vec<_> = object.elems(&mut *store)?.take(FIELDS).collect();
        let elements = elements.iter();
        let elements = elements.map(|element| value_at(store, names, element, depth - 1));
        return Ok(Reference::Array(len, elements.collect()));
    }
    let host = ExternRef::convert_any(&mut *store, any)?;
    let context = store.as_context();
    let number = host.data(context)?.and_then(|data| data.downcast_ref());
    Ok(Reference::Host(number.copied().unwrap_or(u64::MAX)))
}

/// The other way round; `None` if there is no room for it.
pub(super) fn val(
    store: &mut Store<World>,
    names: &Names,
    value: &Value,
    ty: &ValType,
) -> Option<Val> {
    match value {
        Value::Ref(Reference::Func(Some(name))) => {
            Some(Val::FuncRef(names.labelled.get(name).copied()))
        }
        other => simple(store, other, ty),
    }
}

/// As [`val`], of what is not a function.
pub(super) fn simple(mut store: impl AsContextMut, value: &Value, ty: &ValType) -> Option<Val> {
    Some(match value {
        Value::I32(value) => Val::I32(*value as i32),
        Value::I64(value) => Val::I64(*value as i64),
        Value::F32(bits) => Val::F32(*bits),
        Value::F64(bits) => Val::F64(*bits),
        Value::V128(value) => Val::V128((*value).into()),
        Value::Ref(Reference::I31(number)) => {
            Val::AnyRef(Some(AnyRef::from_i31(store, I31::wrapping_i32(*number))))
        }
        Value::Ref(Reference::Host(number)) => {
            Val::ExternRef(Some(ExternRef::new(&mut store, *number).ok()?))
        }
        Value::Ref(_) => Val::default_for_ty(ty)?,
    })
}

/// As much of a type as is asked about when an answer is made up.
pub(super) fn kind(ty: &ValType) -> fossor_module::ValType {
    use fossor_module::HeapType as Kind;
    match ty {
        ValType::I32 => fossor_module::ValType::I32,
        ValType::I64 => fossor_module::ValType::I64,
        ValType::F32 => fossor_module::ValType::F32,
        ValType::F64 => fossor_module::ValType::F64,
        ValType::V128 => fossor_module::ValType::V128,
        ValType::Ref(ty) => fossor_module::ValType::Ref(RefType {
            nullable: ty.is_nullable(),
            heap: match ty.heap_type() {
                HeapType::Extern => Kind::Extern,
                HeapType::Any => Kind::Any,
                HeapType::Eq => Kind::Eq,
                HeapType::I31 => Kind::I31,
                // No answer is made up for others but null.
                _ => Kind::None,
            },
        }),
    }
}
