//! Types of `wasmparser` to ours. What ours cannot express takes a feature that
//! is off unless an embedder asks for it.

use wasmparser::AbstractHeapType;

use crate::{DecodeError, GlobalType, HeapType, Limits, MemoryType, RefType, TableType, ValType};

pub(super) fn value_type(ty: wasmparser::ValType, offset: u64) -> Result<ValType, DecodeError> {
    Ok(match ty {
        wasmparser::ValType::I32 => ValType::I32,
        wasmparser::ValType::I64 => ValType::I64,
        wasmparser::ValType::F32 => ValType::F32,
        wasmparser::ValType::F64 => ValType::F64,
        wasmparser::ValType::V128 => ValType::V128,
        wasmparser::ValType::Ref(ty) => ValType::Ref(ref_type(ty, offset)?),
    })
}

pub(super) fn ref_type(ty: wasmparser::RefType, offset: u64) -> Result<RefType, DecodeError> {
    let heap = match ty.heap_type() {
        wasmparser::HeapType::Abstract {
            shared: false,
            ty: AbstractHeapType::Func,
        } => HeapType::Func,
        wasmparser::HeapType::Abstract {
            shared: false,
            ty: AbstractHeapType::Extern,
        } => HeapType::Extern,
        _ => return unsupported(format!("the type {ty}"), offset),
    };
    Ok(RefType {
        nullable: ty.is_nullable(),
        heap,
    })
}

pub(super) fn table_type(ty: wasmparser::TableType, offset: u64) -> Result<TableType, DecodeError> {
    if ty.shared {
        return unsupported("shared tables".to_owned(), offset);
    }
    Ok(TableType {
        element: ref_type(ty.element_type, offset)?,
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
    if ty.page_size_log2.is_some_and(|log2| log2 != 16) {
        return unsupported("pages of other than 64 KiB".to_owned(), offset);
    }
    Ok(MemoryType {
        limits: Limits {
            min: ty.initial,
            max: ty.maximum,
        },
        index64: ty.memory64,
    })
}

pub(super) fn global_type(
    ty: wasmparser::GlobalType,
    offset: u64,
) -> Result<GlobalType, DecodeError> {
    if ty.shared {
        return unsupported("shared globals".to_owned(), offset);
    }
    Ok(GlobalType {
        value: value_type(ty.content_type, offset)?,
        mutable: ty.mutable,
    })
}

fn unsupported<T>(what: String, offset: u64) -> Result<T, DecodeError> {
    Err(DecodeError::Unsupported { offset, what })
}
