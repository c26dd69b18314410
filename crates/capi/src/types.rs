//! Types of values, functions and whatever else is imported and exported.

use crate::vector::{ByteVec, Element, Vector, vectors};
use fossor::{
    ExternType, FuncType, GlobalType, HeapType, MemoryType, RefType, SizeLimits, TableType, ValType,
};

/// Kinds of values, as the header numbers them.
mod kind {
    pub const I32: u8 = 0;
    pub const I64: u8 = 1;
    pub const F32: u8 = 2;
    pub const F64: u8 = 3;
    pub const V128: u8 = 4;
    pub const EXTERNREF: u8 = 128;
    pub const FUNCREF: u8 = 129;
    /// `FOSSOR_ANYREF` of `wasi.h`
    pub const ANYREF: u8 = 130;
}

/// Kinds of externals.
pub mod extern_kind {
    pub const FUNC: u8 = 0;
    pub const GLOBAL: u8 = 1;
    pub const TABLE: u8 = 2;
    pub const MEMORY: u8 = 3;
}

const NO_MAXIMUM: u32 = u32::MAX;

#[derive(Clone, Copy)]
pub struct wasm_valtype_t(u8);

#[derive(Clone, Copy)]
#[repr(C)]
pub struct wasm_limits_t {
    min: u32,
    max: u32,
}

/// `wasm_functype_t`, `wasm_externtype_t` and the others between: one type, so
/// that conversions are none.
#[derive(Clone)]
pub enum Type {
    Func {
        params: Owned<*mut wasm_valtype_t>,
        results: Owned<*mut wasm_valtype_t>,
    },
    Global {
        content: wasm_valtype_t,
        mutability: u8,
    },
    Table {
        element: wasm_valtype_t,
        limits: wasm_limits_t,
        /// What the limits above cannot tell included.
        ty: TableType,
    },
    Memory {
        limits: wasm_limits_t,
        /// What the limits above cannot tell included.
        ty: MemoryType,
    },
}

/// A vector that frees its elements.
pub struct Owned<T: Element>(pub Vector<T>);

#[derive(Clone)]
pub struct wasm_importtype_t {
    module: Owned<u8>,
    name: Owned<u8>,
    ty: Type,
}

#[derive(Clone)]
pub struct wasm_exporttype_t {
    name: Owned<u8>,
    ty: Type,
}

impl<T: Element> Clone for Owned<T> {
    fn clone(&self) -> Self {
        // SAFETY: C1.
        Self(unsafe { self.0.duplicate() })
    }
}

impl<T: Element> Drop for Owned<T> {
    fn drop(&mut self) {
        // SAFETY: C2.
        unsafe { self.0.delete() };
    }
}

/// The number of a type of values.
pub fn kind_of(ty: ValType) -> u8 {
    match ty {
        ValType::I32 => kind::I32,
        ValType::I64 => kind::I64,
        ValType::F32 => kind::F32,
        ValType::F64 => kind::F64,
        ValType::V128 => kind::V128,
        ValType::Ref(ty) if ty.heap.top() == HeapType::Func => kind::FUNCREF,
        ValType::Ref(ty) if ty.heap.top() == HeapType::Any => kind::ANYREF,
        // What the header has no kind for can only be passed on.
        _ => kind::EXTERNREF,
    }
}

/// The type of values of a number; what the header does not know is a number of
/// 32 bits.
pub fn of_kind(number: u8) -> ValType {
    match number {
        kind::I64 => ValType::I64,
        kind::F32 => ValType::F32,
        kind::F64 => ValType::F64,
        kind::V128 => ValType::V128,
        kind::EXTERNREF => ValType::EXTERNREF,
        kind::FUNCREF => ValType::FUNCREF,
        kind::ANYREF => ValType::Ref(RefType::ANYREF),
        _ => ValType::I32,
    }
}

/// The type of a table's elements.
pub fn element_of(ty: &wasm_valtype_t) -> RefType {
    match of_kind(ty.0) {
        ValType::Ref(ty) => ty,
        _ => RefType::FUNCREF,
    }
}

impl wasm_valtype_t {
    fn of(ty: ValType) -> Self {
        Self(kind_of(ty))
    }
}

impl wasm_limits_t {
    fn of(limits: SizeLimits) -> Self {
        let clamp = |number: u64| u32::try_from(number).unwrap_or(NO_MAXIMUM);
        Self {
            min: clamp(limits.min),
            max: limits.max.map_or(NO_MAXIMUM, clamp),
        }
    }

    fn to_limits(self) -> SizeLimits {
        SizeLimits {
            min: self.min.into(),
            max: (self.max != NO_MAXIMUM).then_some(self.max.into()),
        }
    }
}

impl Type {
    pub fn func(ty: &FuncType) -> Self {
        let vector = |types: &[ValType]| {
            let boxed = |&ty: &ValType| Box::into_raw(Box::new(wasm_valtype_t::of(ty)));
            Owned(Vector::new(types.iter().map(boxed).collect()))
        };
        Type::Func {
            params: vector(ty.params()),
            results: vector(ty.results()),
        }
    }

    pub fn of(ty: &ExternType) -> Option<Self> {
        Some(match ty {
            ExternType::Func(ty) => Self::func(ty),
            ExternType::Global(ty) => Type::Global {
                content: wasm_valtype_t::of(ty.value),
                mutability: ty.mutable.into(),
            },
            ExternType::Table(ty) => Type::Table {
                element: wasm_valtype_t::of(ValType::Ref(ty.element)),
                limits: wasm_limits_t::of(ty.limits),
                ty: *ty,
            },
            ExternType::Memory(ty) => Type::Memory {
                limits: wasm_limits_t::of(ty.limits),
                ty: *ty,
            },
            _ => return None,
        })
    }

    pub fn to_func(&self) -> Option<FuncType> {
        let Type::Func { params, results } = self else {
            return None;
        };
        let types = |vector: &Owned<*mut wasm_valtype_t>| {
            // SAFETY: C1.
            let types = unsafe { vector.0.as_slice() }.iter();
            // SAFETY: C1.
            Vec::from_iter(types.map(|ty| unsafe { of_kind((**ty).0) }))
        };
        Some(FuncType::new(types(params), types(results)))
    }

    pub fn to_global(&self) -> Option<GlobalType> {
        match self {
            Type::Global {
                content,
                mutability,
            } => Some(GlobalType {
                value: of_kind(content.0),
                mutable: *mutability != 0,
            }),
            _ => None,
        }
    }

    pub fn to_table(&self) -> Option<TableType> {
        match self {
            Type::Table { ty, .. } => Some(*ty),
            _ => None,
        }
    }

    pub fn to_memory(&self) -> Option<MemoryType> {
        match self {
            Type::Memory { ty, .. } => Some(*ty),
            _ => None,
        }
    }
}

impl wasm_importtype_t {
    pub fn of(import: &fossor::ImportType<'_>) -> Option<Self> {
        Some(Self {
            module: Owned(ByteVec::text(import.module)),
            name: Owned(ByteVec::text(import.name)),
            ty: Type::of(&import.ty)?,
        })
    }
}

impl wasm_exporttype_t {
    pub fn of(export: &fossor::ExportType<'_>) -> Option<Self> {
        Some(Self {
            name: Owned(ByteVec::text(export.name)),
            ty: Type::of(&export.ty)?,
        })
    }
}

vectors! {
    *mut wasm_valtype_t: wasm_valtype_vec_new_empty wasm_valtype_vec_new_uninitialized
        wasm_valtype_vec_new wasm_valtype_vec_copy wasm_valtype_vec_delete;
    *mut wasm_importtype_t: wasm_importtype_vec_new_empty wasm_importtype_vec_new_uninitialized
        wasm_importtype_vec_new wasm_importtype_vec_copy wasm_importtype_vec_delete;
    *mut wasm_exporttype_t: wasm_exporttype_vec_new_empty wasm_exporttype_vec_new_uninitialized
        wasm_exporttype_vec_new wasm_exporttype_vec_copy wasm_exporttype_vec_delete;
}

/// The vectors of types that are one type in Rust.
mod type_vectors {
    use super::{Type, Vector, vectors};

    vectors! {
        *mut Type: wasm_functype_vec_new_empty wasm_functype_vec_new_uninitialized
            wasm_functype_vec_new wasm_functype_vec_copy wasm_functype_vec_delete;
        *mut Type: wasm_globaltype_vec_new_empty wasm_globaltype_vec_new_uninitialized
            wasm_globaltype_vec_new wasm_globaltype_vec_copy wasm_globaltype_vec_delete;
        *mut Type: wasm_tabletype_vec_new_empty wasm_tabletype_vec_new_uninitialized
            wasm_tabletype_vec_new wasm_tabletype_vec_copy wasm_tabletype_vec_delete;
        *mut Type: wasm_memorytype_vec_new_empty wasm_memorytype_vec_new_uninitialized
            wasm_memorytype_vec_new wasm_memorytype_vec_copy wasm_memorytype_vec_delete;
        *mut Type: wasm_externtype_vec_new_empty wasm_externtype_vec_new_uninitialized
            wasm_externtype_vec_new wasm_externtype_vec_copy wasm_externtype_vec_delete;
    }
}

macro_rules! copy_and_delete {
    ($($ty:ty: $copy:ident $delete:ident;)*) => {$(
        #[unsafe(no_mangle)]
        pub extern "C" fn $copy(ty: Option<&$ty>) -> Option<Box<$ty>> {
            ty.map(|ty| Box::new(ty.clone()))
        }

        #[unsafe(no_mangle)]
        pub extern "C" fn $delete(ty: Option<Box<$ty>>) {
            drop(ty);
        }
    )*};
}
copy_and_delete! {
    wasm_valtype_t: wasm_valtype_copy wasm_valtype_delete;
    Type: wasm_functype_copy wasm_functype_delete;
    Type: wasm_globaltype_copy wasm_globaltype_delete;
    Type: wasm_tabletype_copy wasm_tabletype_delete;
    Type: wasm_memorytype_copy wasm_memorytype_delete;
    Type: wasm_externtype_copy wasm_externtype_delete;
    wasm_importtype_t: wasm_importtype_copy wasm_importtype_delete;
    wasm_exporttype_t: wasm_exporttype_copy wasm_exporttype_delete;
}

/// To and from `wasm_externtype_t`.
macro_rules! extern_types {
    ($($kind:ident: $up:ident $up_const:ident $down:ident $down_const:ident;)*) => {$(
        #[unsafe(no_mangle)]
        pub extern "C" fn $up(ty: *mut Type) -> *mut Type {
            ty
        }

        #[unsafe(no_mangle)]
        pub extern "C" fn $up_const(ty: *const Type) -> *const Type {
            ty
        }

        #[unsafe(no_mangle)]
        pub extern "C" fn $down(ty: Option<&mut Type>) -> Option<&mut Type> {
            ty.filter(|ty| matches!(ty, Type::$kind { .. }))
        }

        #[unsafe(no_mangle)]
        pub extern "C" fn $down_const(ty: Option<&Type>) -> Option<&Type> {
            ty.filter(|ty| matches!(ty, Type::$kind { .. }))
        }
    )*};
}
extern_types! {
    Func: wasm_functype_as_externtype wasm_functype_as_externtype_const
        wasm_externtype_as_functype wasm_externtype_as_functype_const;
    Global: wasm_globaltype_as_externtype wasm_globaltype_as_externtype_const
        wasm_externtype_as_globaltype wasm_externtype_as_globaltype_const;
    Table: wasm_tabletype_as_externtype wasm_tabletype_as_externtype_const
        wasm_externtype_as_tabletype wasm_externtype_as_tabletype_const;
    Memory: wasm_memorytype_as_externtype wasm_memorytype_as_externtype_const
        wasm_externtype_as_memorytype wasm_externtype_as_memorytype_const;
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_valtype_new(kind: u8) -> Box<wasm_valtype_t> {
    Box::new(wasm_valtype_t(kind))
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_valtype_kind(ty: &wasm_valtype_t) -> u8 {
    ty.0
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_functype_new(
    params: *mut Vector<*mut wasm_valtype_t>,
    results: *mut Vector<*mut wasm_valtype_t>,
) -> Box<Type> {
    let take = |vector: *mut Vector<*mut wasm_valtype_t>| {
        // SAFETY: C1.
        let Some(vector) = (unsafe { vector.as_mut() }) else {
            return Owned(Vector::new(Vec::new()));
        };
        // SAFETY: C2: the elements change hands.
        Owned(Vector::new(unsafe { vector.take() }))
    };
    Box::new(Type::Func {
        params: take(params),
        results: take(results),
    })
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_functype_params(ty: &Type) -> Option<&Vector<*mut wasm_valtype_t>> {
    match ty {
        Type::Func { params, .. } => Some(&params.0),
        _ => None,
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_functype_results(ty: &Type) -> Option<&Vector<*mut wasm_valtype_t>> {
    match ty {
        Type::Func { results, .. } => Some(&results.0),
        _ => None,
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_globaltype_new(content: Box<wasm_valtype_t>, mutability: u8) -> Box<Type> {
    Box::new(Type::Global {
        content: *content,
        mutability,
    })
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_globaltype_content(ty: &Type) -> Option<&wasm_valtype_t> {
    match ty {
        Type::Global { content, .. } => Some(content),
        _ => None,
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_globaltype_mutability(ty: &Type) -> u8 {
    match ty {
        Type::Global { mutability, .. } => *mutability,
        _ => 0,
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_tabletype_new(
    element: Box<wasm_valtype_t>,
    limits: &wasm_limits_t,
) -> Box<Type> {
    let ty = TableType {
        element: element_of(&element),
        limits: limits.to_limits(),
        index64: false,
    };
    Box::new(Type::Table {
        element: *element,
        limits: *limits,
        ty,
    })
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_tabletype_element(ty: &Type) -> Option<&wasm_valtype_t> {
    match ty {
        Type::Table { element, .. } => Some(element),
        _ => None,
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_tabletype_limits(ty: &Type) -> Option<&wasm_limits_t> {
    match ty {
        Type::Table { limits, .. } => Some(limits),
        _ => None,
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_memorytype_new(limits: &wasm_limits_t) -> Box<Type> {
    Box::new(Type::Memory {
        limits: *limits,
        ty: MemoryType::new(limits.to_limits()),
    })
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_memorytype_limits(ty: &Type) -> Option<&wasm_limits_t> {
    match ty {
        Type::Memory { limits, .. } => Some(limits),
        _ => None,
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_externtype_kind(ty: &Type) -> u8 {
    match ty {
        Type::Func { .. } => extern_kind::FUNC,
        Type::Global { .. } => extern_kind::GLOBAL,
        Type::Table { .. } => extern_kind::TABLE,
        Type::Memory { .. } => extern_kind::MEMORY,
    }
}

/// Takes a name that changes hands.
unsafe fn take_name(name: *mut ByteVec) -> Owned<u8> {
    // SAFETY: C1, C2.
    Owned(Vector::new(unsafe { (*name).take() }))
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_importtype_new(
    module: *mut ByteVec,
    name: *mut ByteVec,
    ty: Box<Type>,
) -> Box<wasm_importtype_t> {
    // SAFETY: C1, C2.
    let (module, name) = unsafe { (take_name(module), take_name(name)) };
    Box::new(wasm_importtype_t {
        module,
        name,
        ty: *ty,
    })
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_importtype_module(import: &wasm_importtype_t) -> &ByteVec {
    &import.module.0
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_importtype_name(import: &wasm_importtype_t) -> &ByteVec {
    &import.name.0
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_importtype_type(import: &wasm_importtype_t) -> &Type {
    &import.ty
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_exporttype_new(
    name: *mut ByteVec,
    ty: Box<Type>,
) -> Box<wasm_exporttype_t> {
    // SAFETY: C1, C2.
    let name = unsafe { take_name(name) };
    Box::new(wasm_exporttype_t { name, ty: *ty })
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_exporttype_name(export: &wasm_exporttype_t) -> &ByteVec {
    &export.name.0
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_exporttype_type(export: &wasm_exporttype_t) -> &Type {
    &export.ty
}
