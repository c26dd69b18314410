//! Types of `wasmparser` to ours. What ours cannot express takes a feature that
//! is off unless an embedder asks for it.

use wasmparser::{AbstractHeapType, CompositeInnerType, UnpackedIndex};

use crate::{
    ArrayType, CompositeType, DecodeError, FieldType, FuncType, GlobalType, HeapType, Limits,
    MemoryType, RefType, StorageType, StructType, SubType, TableType, TypeIndex, ValType,
};

/// `types`: those that may be referred to.
pub(super) fn value_type(
    ty: wasmparser::ValType,
    offset: u64,
    types: &[SubType],
) -> Result<ValType, DecodeError> {
    Ok(match ty {
        wasmparser::ValType::I32 => ValType::I32,
        wasmparser::ValType::I64 => ValType::I64,
        wasmparser::ValType::F32 => ValType::F32,
        wasmparser::ValType::F64 => ValType::F64,
        wasmparser::ValType::V128 => ValType::V128,
        wasmparser::ValType::Ref(ty) => ValType::Ref(ref_type(ty, offset, types)?),
    })
}

pub(super) fn ref_type(
    ty: wasmparser::RefType,
    offset: u64,
    types: &[SubType],
) -> Result<RefType, DecodeError> {
    Ok(RefType {
        nullable: ty.is_nullable(),
        heap: heap_type(ty.heap_type(), offset, types)?,
    })
}

pub(crate) fn heap_type(
    ty: wasmparser::HeapType,
    offset: u64,
    types: &[SubType],
) -> Result<HeapType, DecodeError> {
    let ty = match ty {
        wasmparser::HeapType::Abstract { shared: false, ty } => ty,
        wasmparser::HeapType::Concrete(UnpackedIndex::Module(index)) => {
            let Some(declared) = types.get(index as usize) else {
                return unsupported(format!("the type {index} before it is declared"), offset);
            };
            return Ok(HeapType::Concrete(
                declared.kind(),
                TypeIndex::Module(index),
            ));
        }
        _ => return unsupported(format!("references to {ty:?}"), offset),
    };
    Ok(match ty {
        AbstractHeapType::Func => HeapType::Func,
        AbstractHeapType::NoFunc => HeapType::NoFunc,
        AbstractHeapType::Extern => HeapType::Extern,
        AbstractHeapType::NoExtern => HeapType::NoExtern,
        AbstractHeapType::Exn => HeapType::Exn,
        AbstractHeapType::NoExn => HeapType::NoExn,
        AbstractHeapType::Any => HeapType::Any,
        AbstractHeapType::Eq => HeapType::Eq,
        AbstractHeapType::I31 => HeapType::I31,
        AbstractHeapType::Struct => HeapType::Struct,
        AbstractHeapType::Array => HeapType::Array,
        AbstractHeapType::None => HeapType::None,
        AbstractHeapType::Cont | AbstractHeapType::NoCont => {
            return unsupported("continuations".to_owned(), offset);
        }
    })
}

/// Something of the same kind, until the types that it refers to are known.
pub(super) fn placeholder(ty: &wasmparser::SubType) -> SubType {
    let mut placeholder = SubType::func(FuncType::new([], []));
    match &ty.composite_type.inner {
        CompositeInnerType::Struct(_) => {
            let fields = Box::default();
            placeholder.composite = CompositeType::Struct(StructType { fields });
        }
        CompositeInnerType::Array(_) => {
            let element = FieldType {
                storage: StorageType::I8,
                mutable: false,
            };
            placeholder.composite = CompositeType::Array(ArrayType { element });
        }
        CompositeInnerType::Func(_) | CompositeInnerType::Cont(_) => {}
    }
    placeholder
}

/// A type of the type section.
pub(super) fn sub_type(
    ty: &wasmparser::SubType,
    offset: u64,
    types: &[SubType],
) -> Result<SubType, DecodeError> {
    if ty.composite_type.shared {
        return unsupported("shared types".to_owned(), offset);
    }
    let supertype = ty
        .supertype_idxs
        .first()
        .and_then(|index| index.as_module_index());
    let composite = match &ty.composite_type.inner {
        CompositeInnerType::Func(ty) => {
            let all = ty.params().iter().chain(ty.results());
            let all = all
                .map(|ty| value_type(*ty, offset, types))
                .collect::<Result<Vec<_>, _>>()?;
            let (params, results) = all.split_at(ty.params().len());
            let (params, results) = (params.iter().copied(), results.iter().copied());
            CompositeType::Func(FuncType::new(params, results))
        }
        CompositeInnerType::Struct(ty) => {
            let fields = ty.fields.iter();
            let fields = fields.map(|ty| field_type(*ty, offset, types));
            CompositeType::Struct(StructType {
                fields: fields.collect::<Result<_, _>>()?,
            })
        }
        CompositeInnerType::Array(ty) => CompositeType::Array(ArrayType {
            element: field_type(ty.0, offset, types)?,
        }),
        CompositeInnerType::Cont(_) => return unsupported("continuations".to_owned(), offset),
    };
    Ok(SubType {
        is_final: ty.is_final,
        supertype: supertype.map(TypeIndex::Module),
        composite,
    })
}

fn field_type(
    ty: wasmparser::FieldType,
    offset: u64,
    types: &[SubType],
) -> Result<FieldType, DecodeError> {
    Ok(FieldType {
        storage: match ty.element_type {
            wasmparser::StorageType::I8 => StorageType::I8,
            wasmparser::StorageType::I16 => StorageType::I16,
            wasmparser::StorageType::Val(ty) => StorageType::Val(value_type(ty, offset, types)?),
        },
        mutable: ty.mutable,
    })
}

pub(super) fn table_type(
    ty: wasmparser::TableType,
    offset: u64,
    types: &[SubType],
) -> Result<TableType, DecodeError> {
    if ty.shared {
        return unsupported("shared tables".to_owned(), offset);
    }
    Ok(TableType {
        element: ref_type(ty.element_type, offset, types)?,
        limits: Limits {
            min: ty.initial,
            max: ty.maximum,
        },
        index64: ty.table64,
    })
}

pub(super) fn memory_type(
    ty: wasmparser::MemoryType,
    offset: u64,
) -> Result<MemoryType, DecodeError> {
    if ty.shared {
        return unsupported("shared memories".to_owned(), offset);
    }
    Ok(MemoryType {
        limits: Limits {
            min: ty.initial,
            max: ty.maximum,
        },
        index64: ty.memory64,
        // The validator knows 0 and 16.
        page_bytes_log2: ty.page_size_log2.unwrap_or(16) as u8,
    })
}

pub(super) fn global_type(
    ty: wasmparser::GlobalType,
    offset: u64,
    types: &[SubType],
) -> Result<GlobalType, DecodeError> {
    if ty.shared {
        return unsupported("shared globals".to_owned(), offset);
    }
    Ok(GlobalType {
        value: value_type(ty.content_type, offset, types)?,
        mutable: ty.mutable,
    })
}

fn unsupported<T>(what: String, offset: u64) -> Result<T, DecodeError> {
    Err(DecodeError::Unsupported { offset, what })
}
