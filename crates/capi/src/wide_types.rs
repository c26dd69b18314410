//! Types of memories and tables that the standard header cannot tell: 64-bit
//! indices, other pages. Declared in `include/wasi.h`.

use crate::last_error;
use crate::types::{Type, element_of, wasm_valtype_t};
use fossor::{ExternType, MemoryType, SizeLimits, TableType};

fn limits(min: u64, has_max: bool, max: u64) -> SizeLimits {
    SizeLimits {
        min,
        max: has_max.then_some(max),
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn fossor_memorytype_new(
    min: u64,
    has_max: bool,
    max: u64,
    is_64: bool,
    page_bytes: u32,
) -> Option<Box<Type>> {
    let page_bytes_log2 = match page_bytes {
        1 => 0,
        0x1_0000 => 16,
        _ => return last_error::set("a page has 65536 bytes or 1"),
    };
    Type::of(&ExternType::Memory(MemoryType {
        limits: limits(min, has_max, max),
        index64: is_64,
        page_bytes_log2,
    }))
    .map(Box::new)
}

#[unsafe(no_mangle)]
pub extern "C" fn fossor_memorytype_is_64(ty: &Type) -> bool {
    ty.to_memory().is_some_and(|ty| ty.index64)
}

#[unsafe(no_mangle)]
pub extern "C" fn fossor_memorytype_page_bytes(ty: &Type) -> u32 {
    ty.to_memory().map_or(0, |ty| ty.page_bytes() as u32)
}

#[unsafe(no_mangle)]
pub extern "C" fn fossor_memorytype_min(ty: &Type) -> u64 {
    ty.to_memory().map_or(0, |ty| ty.limits.min)
}

#[unsafe(no_mangle)]
pub extern "C" fn fossor_memorytype_max(ty: &Type, max: Option<&mut u64>) -> bool {
    match (ty.to_memory().and_then(|ty| ty.limits.max), max) {
        (Some(found), Some(max)) => {
            *max = found;
            true
        }
        _ => false,
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn fossor_tabletype_new(
    element: Box<wasm_valtype_t>,
    min: u64,
    has_max: bool,
    max: u64,
    is_64: bool,
) -> Option<Box<Type>> {
    Type::of(&ExternType::Table(TableType {
        element: element_of(&element),
        limits: limits(min, has_max, max),
        index64: is_64,
    }))
    .map(Box::new)
}

#[unsafe(no_mangle)]
pub extern "C" fn fossor_tabletype_is_64(ty: &Type) -> bool {
    ty.to_table().is_some_and(|ty| ty.index64)
}
