//! Values.

use crate::engine::StoreRef;
use crate::last_error;
use crate::object::{Attached, Object, What};
use crate::types::{kind_of, of_kind};
use crate::vector::{Element, Vector, vectors};
use crate::wasi::Guest;
use fossor::{AnyRef, ExternRef, HeapType, Rooted, StoreContextMut, Val, ValType};
use std::rc::Rc;

/// Why what belongs to another store is refused.
pub const OTHER_STORE: &str = "a reference or an import is of another store";

/// A value as C sees it.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct wasm_val_t {
    kind: u8,
    of: Of,
}

#[derive(Clone, Copy)]
#[repr(C)]
union Of {
    i32: i32,
    i64: i64,
    f32: f32,
    f64: f64,
    object: *mut Object,
}

impl wasm_val_t {
    /// An owned value; `None` for vectors and references to exceptions.
    pub fn of(store: &StoreRef, value: Val) -> Option<Self> {
        let kept = store.with(|ctx| Kept::of(ctx, value));
        Self::of_kept(store, value, kept)
    }

    /// As [`of`](Self::of), where the store is in use until now.
    pub fn of_kept(store: &StoreRef, value: Val, kept: Option<Kept>) -> Option<Self> {
        let of = match value {
            Val::I32(value) => Of { i32: value },
            Val::I64(value) => Of { i64: value },
            Val::F32(bits) => Of {
                f32: f32::from_bits(bits),
            },
            Val::F64(bits) => Of {
                f64: f64::from_bits(bits),
            },
            Val::FuncRef(func) => Of {
                object: func.map_or(std::ptr::null_mut(), |func| {
                    Box::into_raw(Object::new(store, What::Func(func)))
                }),
            },
            Val::ExternRef(_) | Val::AnyRef(_) => Of {
                object: match kept {
                    None => std::ptr::null_mut(),
                    Some(kept) => Box::into_raw(kept.into_object(store)),
                },
            },
            _ => return None,
        };
        let kind = kind_of(value.ty());
        Some(Self { kind, of })
    }

    /// The value, which stays C's; `None` for a reference of another kind than
    /// the value says.
    pub unsafe fn to_val(self) -> Option<Val> {
        // SAFETY: the kind says which field is set; C1.
        unsafe {
            Some(match of_kind(self.kind) {
                ValType::I32 => Val::I32(self.of.i32),
                ValType::I64 => Val::I64(self.of.i64),
                ValType::F32 => Val::F32(self.of.f32.to_bits()),
                ValType::F64 => Val::F64(self.of.f64.to_bits()),
                ty @ ValType::Ref(_) => return reference(self.of.object.as_ref(), ty),
                _ => return None,
            })
        }
    }

    /// Whether it is no reference, or one of this store.
    pub unsafe fn is_of(self, store: &StoreRef) -> bool {
        // SAFETY: C1.
        let object = self.object().and_then(|object| unsafe { object.as_ref() });
        object.is_none_or(|object| object.store.same(store))
    }

    /// As [`to_val`](Self::to_val), for this store; `None`, and a reason, for a reference
    /// of another one.
    pub unsafe fn to_val_in(self, store: &StoreRef) -> Option<Val> {
        // SAFETY: C1.
        match unsafe { self.is_of(store) } {
            // SAFETY: C1.
            true => unsafe { self.to_val() },
            false => last_error::set(OTHER_STORE),
        }
    }

    fn object(self) -> Option<*mut Object> {
        if !of_kind(self.kind).is_ref() {
            return None;
        }
        // SAFETY: the kind says that the field is set.
        Some(unsafe { self.of.object })
    }
}

/// What C is about to get of a store, kept alive for it.
pub enum Kept {
    Foreign(ExternRef),
    Any(Rooted),
}

impl Kept {
    /// Of a reference that is not null, but to functions and exceptions.
    pub fn of(mut ctx: StoreContextMut<'_, Guest>, value: Val) -> Option<Self> {
        let any = match value {
            Val::AnyRef(any) => any?,
            Val::ExternRef(value) => {
                let any = AnyRef::from_extern(&ctx, value?);
                if any.ty(&ctx) == HeapType::Any {
                    return value.map(Kept::Foreign);
                }
                any
            }
            _ => return None,
        };
        Some(Kept::Any(any.root(&mut ctx)))
    }

    /// A handle of it.
    pub fn into_object(self, store: &StoreRef) -> Box<Object> {
        match self {
            // What C made comes with what it attached.
            Kept::Foreign(value) => {
                let info = store.with(|ctx| value.data(&ctx).downcast_ref::<Attached>().cloned());
                Object::with_info(store, What::Foreign(value), info.unwrap_or_default())
            }
            Kept::Any(rooted) => Object::new(store, What::Any(Rc::new(rooted))),
        }
    }
}

/// As [`reference`], in this store; `None`, and a reason, for one of another type or
/// store.
pub fn reference_in(store: &StoreRef, object: Option<&Object>, ty: ValType) -> Option<Val> {
    if object.is_some_and(|object| !object.store.same(store)) {
        return last_error::set(OTHER_STORE);
    }
    let value = reference(object, ty);
    value.or_else(|| last_error::set("the reference is not of the table's type"))
}

/// A reference as a value of this type; `None` if it is none.
fn reference(object: Option<&Object>, ty: ValType) -> Option<Val> {
    let Some(object) = object else {
        return Some(Val::default_of(ty));
    };
    let top = ty.heap()?.top();
    Some(match &object.what {
        What::Func(func) if top == HeapType::Func => Val::FuncRef(Some(*func)),
        What::Foreign(value) if top == HeapType::Extern => Val::ExternRef(Some(*value)),
        What::Foreign(value) if top == HeapType::Any => {
            let any = object.store.with(|ctx| AnyRef::from_extern(&ctx, *value));
            Val::AnyRef(Some(any))
        }
        What::Any(rooted) if top == HeapType::Any => Val::AnyRef(Some(rooted.get())),
        What::Any(rooted) if top == HeapType::Extern => {
            let value = object.store.with(|ctx| rooted.get().to_extern(&ctx));
            Val::ExternRef(Some(value))
        }
        _ => return None,
    })
}

impl Element for wasm_val_t {
    fn empty() -> Self {
        Self {
            kind: kind_of(ValType::EXTERNREF),
            of: Of {
                object: std::ptr::null_mut(),
            },
        }
    }

    unsafe fn duplicate(&self) -> Self {
        match self.object() {
            Some(object) => Self {
                kind: self.kind,
                of: Of {
                    // SAFETY: C1.
                    object: unsafe { object.duplicate() },
                },
            },
            None => *self,
        }
    }

    unsafe fn delete(&mut self) {
        if let Some(mut object) = self.object() {
            // SAFETY: C2.
            unsafe { object.delete() };
        }
        *self = Self::empty();
    }
}

vectors! {
    wasm_val_t: wasm_val_vec_new_empty wasm_val_vec_new_uninitialized wasm_val_vec_new
        wasm_val_vec_copy wasm_val_vec_delete;
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_val_delete(value: *mut wasm_val_t) {
    // SAFETY: C1.
    if let Some(value) = unsafe { value.as_mut() } {
        // SAFETY: C2.
        unsafe { value.delete() };
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_val_copy(out: *mut wasm_val_t, value: *const wasm_val_t) {
    // SAFETY: C1.
    unsafe { out.write((*value).duplicate()) };
}
