//! The slow parts of memory and table instructions, outside the handlers: they
//! take addresses and hold references, which would cost a handler its tail
//! call. Each answers whether everything was in bounds, before any effect.

use super::context::{Context, Memory, Table};
use super::fuel::heed_brake;
use super::operand::Cell;
use crate::instance::Instance;

/// The three operands at `args`: destination, source or value, length.
#[inline(always)]
unsafe fn operands(args: *mut u64) -> (u64, u64, u64) {
    // SAFETY: V1: the translator put three operands in consecutive slots.
    unsafe {
        let at = |i| u64::from(u32::load(args.add(i)));
        (at(0), at(1), at(2))
    }
}

/// An operand that has 64 bits or 32.
#[inline(always)]
unsafe fn operand(at: *mut u64, wide: bool) -> u64 {
    // SAFETY: V1.
    unsafe {
        match wide {
            true => at.read(),
            false => u32::load(at).into(),
        }
    }
}

/// Whether `len` elements from `start` lie below `end`.
#[inline(always)]
fn inside(start: u64, len: u64, end: u64) -> bool {
    start <= end && len <= end - start
}

/// `memory.grow`: the old size in pages or -1.
#[inline(never)]
pub(crate) unsafe fn grow_memory(ctx: *mut Context, index: u32, delta: u64) -> u64 {
    // SAFETY: V3, V6.
    unsafe {
        let memory: &mut Memory = &mut **(*ctx).memories.add(index as usize);
        let old = memory.grow(index_of(delta, memory.ty.index64));
        Context::refresh_memory(ctx);
        old.unwrap_or(u64::MAX)
    }
}

/// A slot as an index of 64 or 32 bits.
fn index_of(slot: u64, wide: bool) -> u64 {
    match wide {
        true => slot,
        false => u64::from(slot as u32),
    }
}

/// `memory.fill`
#[inline(never)]
pub(crate) unsafe fn fill_memory(ctx: *mut Context, args: *mut u64, index: u32) -> bool {
    // SAFETY: V3, V6; bounds are checked.
    unsafe {
        let memory = (*ctx).memory(index as usize);
        let wide = memory.ty.index64;
        let (to, value, len) = (
            operand(args, wide),
            args.add(1).read(),
            operand(args.add(2), wide),
        );
        if !inside(to, len, memory.len_bytes()) {
            return false;
        }
        memory
            .base()
            .add(to as usize)
            .write_bytes(value as u8, len as usize);
        heed_brake(ctx);
        true
    }
}

/// `memory.copy`; the low half of `indices` is the destination's memory, with
/// bit 15 set if that is memory 0 of 64-bit addresses.
#[inline(never)]
pub(crate) unsafe fn copy_memory(ctx: *mut Context, args: *mut u64, indices: u32) -> bool {
    // SAFETY: V3, V6; bounds are checked.
    unsafe {
        if indices == 0 {
            let (to, from, len) = operands(args);
            let (base, end) = ((*ctx).memory_base, (*ctx).memory_bytes);
            if !inside(to, len, end) || !inside(from, len, end) {
                return false;
            }
            base.add(to as usize)
                .copy_from(base.add(from as usize), len as usize);
            heed_brake(ctx);
            return true;
        }
        let target = (*ctx).memory((indices & 0x7fff) as usize);
        let source = (*ctx).memory((indices >> 16) as usize);
        let (to_wide, from_wide) = (target.ty.index64, source.ty.index64);
        let to = operand(args, to_wide);
        let from = operand(args.add(1), from_wide);
        let len = operand(args.add(2), to_wide && from_wide);
        if !inside(to, len, target.len_bytes()) || !inside(from, len, source.len_bytes()) {
            return false;
        }
        let source = source.base().add(from as usize);
        target
            .base()
            .add(to as usize)
            .copy_from(source, len as usize);
        heed_brake(ctx);
        true
    }
}

/// `memory.init`
#[inline(never)]
pub(crate) unsafe fn init_memory(
    ctx: *mut Context,
    args: *mut u64,
    index: u32,
    segment: u32,
) -> bool {
    // SAFETY: V3, V6; bounds are checked.
    unsafe {
        let instance: &Instance = &*(*ctx).instance;
        let memory = (*ctx).memory(index as usize);
        let (_, from, len) = operands(args);
        let to = operand(args, memory.ty.index64);
        let data = instance.data_segment(segment);
        if !inside(to, len, memory.len_bytes()) || !inside(from, len, data.len() as u64) {
            return false;
        }
        let source = data.as_ptr().add(from as usize);
        memory
            .base()
            .add(to as usize)
            .copy_from_nonoverlapping(source, len as usize);
        heed_brake(ctx);
        true
    }
}

/// `data.drop`
#[inline(never)]
pub(crate) unsafe fn drop_data(ctx: *mut Context, segment: u32) {
    // SAFETY: V3.
    unsafe { (*(*ctx).instance).drop_data(segment) }
}

/// `elem.drop`
#[inline(never)]
pub(crate) unsafe fn drop_elements(ctx: *mut Context, segment: u32) {
    // SAFETY: V3.
    unsafe { (*(*ctx).instance).drop_elements(segment) }
}

/// A reference to an imported function.
#[inline(never)]
pub(crate) unsafe fn imported_func(ctx: *mut Context, index: u32) -> u64 {
    // SAFETY: V3.
    unsafe { (*(*ctx).instance).imported_funcs[index as usize].addr as u64 }
}

#[inline(always)]
unsafe fn table_mut<'a>(ctx: *mut Context, index: u32) -> &'a mut Table {
    // SAFETY: V3, V6; callers hold one table at a time, or compare indices.
    unsafe { &mut **(*ctx).tables.add(index as usize) }
}

/// `table.set`
#[inline(never)]
pub(crate) unsafe fn set_table(ctx: *mut Context, index: u32, at: u32, value: u64) -> bool {
    // SAFETY: V3, V6.
    let table = unsafe { table_mut(ctx, index) };
    match table.elements.get_mut(at as usize) {
        Some(element) => {
            *element = value;
            true
        }
        None => false,
    }
}

/// `table.grow`: the old size or -1.
#[inline(never)]
pub(crate) unsafe fn grow_table(ctx: *mut Context, index: u32, delta: u64, value: u64) -> u64 {
    // SAFETY: V3, V6.
    let table = unsafe { table_mut(ctx, index) };
    let delta = index_of(delta, table.ty.index64);
    let old = table.grow(delta, value);
    // SAFETY: V3.
    unsafe { heed_brake(ctx) };
    old.unwrap_or(u64::MAX)
}

/// `table.fill`
#[inline(never)]
pub(crate) unsafe fn fill_table(ctx: *mut Context, args: *mut u64, index: u32) -> bool {
    // SAFETY: V1, V3, V6.
    let (table, to, value, len) = unsafe {
        let (to, _, len) = operands(args);
        (table_mut(ctx, index), to, args.add(1).read(), len)
    };
    if !inside(to, len, table.elements.len() as u64) {
        return false;
    }
    table.elements[to as usize..][..len as usize].fill(value);
    // SAFETY: V3.
    unsafe { heed_brake(ctx) };
    true
}

/// `table.copy`
#[inline(never)]
pub(crate) unsafe fn copy_table(
    ctx: *mut Context,
    args: *mut u64,
    target: u32,
    source: u32,
) -> bool {
    // SAFETY: V1, V3, V6; the pointers may be equal or name one table twice
    // (imports), so no two references are held.
    unsafe {
        let (to, from, len) = operands(args);
        let target = *(*ctx).tables.add(target as usize);
        let source = *(*ctx).tables.add(source as usize);
        let sizes = (
            (*target).elements.len() as u64,
            (*source).elements.len() as u64,
        );
        if !inside(to, len, sizes.0) || !inside(from, len, sizes.1) {
            return false;
        }
        let source = (*source).elements.as_ptr().add(from as usize);
        (*target)
            .elements
            .as_mut_ptr()
            .add(to as usize)
            .copy_from(source, len as usize);
        heed_brake(ctx);
        true
    }
}

/// `table.init`
#[inline(never)]
pub(crate) unsafe fn init_table(
    ctx: *mut Context,
    args: *mut u64,
    index: u32,
    segment: u32,
) -> bool {
    // SAFETY: V1, V3, V6.
    unsafe {
        let (to, from, len) = operands(args);
        let instance: &Instance = &*(*ctx).instance;
        let table = table_mut(ctx, index);
        let elements = instance.element_segment(segment);
        if !inside(to, len, table.elements.len() as u64)
            || !inside(from, len, elements.len() as u64)
        {
            return false;
        }
        let source = &elements[from as usize..][..len as usize];
        table.elements[to as usize..][..len as usize].copy_from_slice(source);
        heed_brake(ctx);
        true
    }
}
