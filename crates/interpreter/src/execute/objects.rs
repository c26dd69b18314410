//! The instructions on structures and arrays that are more than a load or a
//! store: what handler `outlined` calls.
//!
//! Each reads its operands itself. Where consecutive operands are named by the
//! slot of the first, that slot is also the result's.

use super::context::{Context, Table};
use super::operand::Cell;
use super::owned::Owned;
use crate::heap::{Access, Cast, Heap, OutOfBounds, Roots, slot};
use crate::instance::Instance;
use crate::reserve::Reservation;
use crate::store::{Global, Store};
use fossor_host::Trap;
use fossor_module::{HeapType, ValType};

/// An instruction's operands.
struct Operands {
    ctx: *mut Context,
    fp: *mut u64,
    ip: *const u64,
}

impl Operands {
    /// Field A, B, C or D, by its number.
    #[inline(always)]
    unsafe fn field(&self, index: usize) -> usize {
        // SAFETY: V2.
        unsafe { self.ip.add(1).cast::<u16>().add(index).read().into() }
    }

    /// The slot that a field names, or one behind it.
    #[inline(always)]
    unsafe fn slot(&self, index: usize, behind: usize) -> *mut u64 {
        // SAFETY: V1, V2.
        unsafe { self.fp.add(self.field(index) + behind) }
    }

    /// Field I.
    #[inline(always)]
    unsafe fn imm(&self) -> u32 {
        // SAFETY: V2.
        unsafe { self.ip.add(1).cast::<u32>().add(1).read() }
    }

    /// The last word.
    #[inline(always)]
    unsafe fn extra(&self) -> u64 {
        // SAFETY: V2.
        unsafe { self.ip.add(3).read() }
    }

    #[inline(always)]
    unsafe fn u32(&self, index: usize, behind: usize) -> u32 {
        // SAFETY: V1, V2.
        unsafe { u32::load(self.slot(index, behind)) }
    }

    #[inline(always)]
    unsafe fn u64(&self, index: usize, behind: usize) -> u64 {
        // SAFETY: V1, V2.
        unsafe { self.slot(index, behind).read() }
    }

    /// The value of an element, of one slot or two.
    #[inline(always)]
    unsafe fn value(&self, index: usize, behind: usize, access: Access) -> [u64; 2] {
        // SAFETY: V1, V2; vectors have two slots.
        unsafe {
            let high = match access {
                Access::Wide => self.u64(index, behind + 1),
                _ => 0,
            };
            [self.u64(index, behind), high]
        }
    }

    #[allow(clippy::mut_from_ref, reason = "one at a time, as callers see")]
    #[inline(always)]
    unsafe fn heap(&self) -> &mut Heap {
        // SAFETY: V3; a run holds no reference to the store's heap.
        unsafe { &mut (*(*self.ctx).execution).heap }
    }

    unsafe fn instance(&self) -> &Instance {
        // SAFETY: V3.
        unsafe { &*(*self.ctx).instance }
    }

    /// An object, all zero; the frame's slots below `used` may hold references.
    unsafe fn allocate(&self, type_id: u32, length: u32, used: usize) -> Option<u64> {
        // SAFETY: V1, V3.
        unsafe {
            let execution = (*self.ctx).execution;
            let store = (*execution).store;
            let roots = StoreRoots::of(store, &(*execution).stack, self.fp.add(used));
            self.heap().allocate(type_id, length, &roots)
        }
    }
}

/// Defines functions for handler `outlined`.
macro_rules! outlined {
    ($($(#[$meta:meta])* fn $name:ident($o:ident) $body:block)*) => {$(
        $(#[$meta])*
        #[inline(never)]
        pub(crate) unsafe fn $name(ctx: *mut Context, fp: *mut u64, ip: *const u64) -> Option<Trap> {
            let $o = Operands { ctx, fp, ip };
            // SAFETY: V1-V3, V6, V7, which the caller promises.
            unsafe { $body }
        }
    )*};
}

outlined! {
    /// `A := structure of type I, its B words from slot A on`; without them, all
    /// zero.
    fn struct_new(o) {
        let count = o.field(1);
        let Some(object) = o.allocate(o.imm(), 0, o.field(0) + count) else {
            return Some(Trap::HeapExhausted);
        };
        for word in 0..count {
            o.heap().set_field(object, word as u32, o.u64(0, word))?;
        }
        o.slot(0, 0).write(object);
        None
    }

    /// `A := word C of structure B`, as D says.
    fn struct_get_as(o) {
        let (object, word) = (o.u64(1, 0), o.field(2) as u32);
        let access = Access::of(o.field(3));
        let Some(low) = o.heap().field(object, word) else {
            return Some(Trap::NullStructReference);
        };
        o.slot(0, 0).write(access.of_word(low));
        if access == Access::Wide {
            o.slot(0, 1).write(o.heap().field(object, word + 1)?);
        }
        None
    }

    /// `word C of structure A := B`, as D says.
    fn struct_set_as(o) {
        let (object, word) = (o.u64(0, 0), o.field(2) as u32);
        let access = Access::of(o.field(3));
        let [low, high] = o.value(1, 0, access);
        let set = match access {
            Access::Ref => o.heap().set_ref_field(object, word, low),
            _ => o.heap().set_field(object, word, low),
        };
        if set.is_none() {
            return Some(Trap::NullStructReference);
        }
        if access == Access::Wide {
            o.heap().set_field(object, word + 1, high)?;
        }
        None
    }

    /// `A := array of type I`, as word 3 says: elements A, as many as the slot
    /// behind. Where B is 0, there is no element and all are zero.
    fn array_new(o) {
        let access = Access::of(o.extra() as usize);
        let words = o.field(1);
        let length = o.u32(0, words);
        let value = o.value(0, 0, access);
        let Some(array) = o.allocate(o.imm(), length, o.field(0) + words + 1) else {
            return Some(Trap::HeapExhausted);
        };
        if words > 0 {
            let _ = o.heap().fill_elements(array, 0, length, value);
        }
        o.slot(0, 0).write(array);
        None
    }

    /// `A := array of type I with the elements from slot A on`, word 3 of them,
    /// B slots each.
    fn array_new_fixed(o) {
        let (words, count) = (o.field(1), o.extra() as usize);
        let Some(array) = o.allocate(o.imm(), count as u32, o.field(0) + words * count) else {
            return Some(Trap::HeapExhausted);
        };
        for i in 0..count {
            let low = o.u64(0, i * words);
            let high = if words == 2 { o.u64(0, i * words + 1) } else { 0 };
            let _ = o.heap().fill_elements(array, i as u32, 1, [low, high]);
        }
        o.slot(0, 0).write(array);
        None
    }

    /// `A := array of type I`, elements from offset A of data segment word 3, as
    /// many as the slot behind.
    fn array_new_data(o) {
        let (from, length) = (o.u32(0, 0), o.u32(0, 1));
        let shift = o.heap().layouts()[o.imm() as usize].shift();
        let data = o.instance().data_segment(o.extra() as u32);
        let Some(data) = part(data, from, u64::from(length) << shift) else {
            return Some(Trap::MemoryOutOfBounds);
        };
        let Some(array) = o.allocate(o.imm(), length, o.field(0) + 2) else {
            return Some(Trap::HeapExhausted);
        };
        if let Some(Ok(bytes)) = o.heap().array_bytes_mut(array, 0, length) {
            bytes.copy_from_slice(data);
        }
        o.slot(0, 0).write(array);
        None
    }

    /// As `array_new_data`, from an element segment.
    fn array_new_elem(o) {
        let (from, length) = (o.u32(0, 0), o.u32(0, 1));
        let elements = o.instance().element_segment(o.extra() as u32);
        let Some(elements) = part(elements, from, length.into()) else {
            return Some(Trap::TableOutOfBounds);
        };
        let Some(array) = o.allocate(o.imm(), length, o.field(0) + 2) else {
            return Some(Trap::HeapExhausted);
        };
        let _ = o.heap().set_words(array, 0, elements);
        o.slot(0, 0).write(array);
        None
    }

    /// `A := element C of array B`, as D says.
    fn array_get(o) {
        let (array, index) = (o.u64(1, 0), o.u32(2, 0));
        let access = Access::of(o.field(3));
        match o.heap().array_bytes(array, index, 1) {
            None => Some(Trap::NullArrayReference),
            Some(Err(OutOfBounds)) => Some(Trap::ArrayOutOfBounds),
            Some(Ok(bytes)) => {
                let [low, high] = access.of_bytes(bytes);
                o.slot(0, 0).write(low);
                if access == Access::Wide {
                    o.slot(0, 1).write(high);
                }
                None
            }
        }
    }

    /// `element B of array A := C`, as D says.
    fn array_set(o) {
        let (array, index) = (o.u64(0, 0), o.u32(1, 0));
        let access = Access::of(o.field(3));
        let value = o.value(2, 0, access);
        if access == Access::Ref {
            o.heap().before_overwriting(array, index, 1);
        }
        array_trap(o.heap().fill_elements(array, index, 1, value))
    }

    /// `A := elements of array B`
    fn array_len(o) {
        let Some(length) = o.heap().length(o.u64(1, 0)) else {
            return Some(Trap::NullArrayReference);
        };
        o.slot(0, 0).write(length.into());
        None
    }

    /// From slot A on: array, first element, value, count. B says as what.
    fn array_fill(o) {
        let access = Access::of(o.field(1));
        let words = 1 + usize::from(access == Access::Wide);
        let (array, first, count) = (o.u64(0, 0), o.u32(0, 1), o.u32(0, 2 + words));
        let value = o.value(0, 2, access);
        if access == Access::Ref {
            o.heap().before_overwriting(array, first, count);
        }
        array_trap(o.heap().fill_elements(array, first, count, value))
    }

    /// From slot A on: array, first element, array to copy from, first element
    /// there, count. B says as what.
    fn array_copy(o) {
        let (to, to_first, from, from_first) = (o.u64(0, 0), o.u32(0, 1), o.u64(0, 2), o.u32(0, 3));
        let count = o.u32(0, 4);
        if Access::of(o.field(1)) == Access::Ref {
            o.heap().before_overwriting(to, to_first, count);
        }
        array_trap(o.heap().copy_elements((to, to_first), (from, from_first), count))
    }

    /// From slot A on: array, first element, offset in data segment I, count.
    fn array_init_data(o) {
        let (array, first, from, count) = (o.u64(0, 0), o.u32(0, 1), o.u32(0, 2), o.u32(0, 3));
        let data = o.instance().data_segment(o.imm());
        match o.heap().array_bytes_mut(array, first, count) {
            None => Some(Trap::NullArrayReference),
            Some(Err(OutOfBounds)) => Some(Trap::ArrayOutOfBounds),
            Some(Ok(bytes)) => match part(data, from, bytes.len() as u64) {
                None => Some(Trap::MemoryOutOfBounds),
                Some(data) => {
                    bytes.copy_from_slice(data);
                    None
                }
            },
        }
    }

    /// From slot A on: array, first element, first of element segment I, count.
    /// B says as what.
    fn array_init_elem(o) {
        let (array, first, from, count) = (o.u64(0, 0), o.u32(0, 1), o.u32(0, 2), o.u32(0, 3));
        match o.heap().array_bytes(array, first, count) {
            None => return Some(Trap::NullArrayReference),
            Some(Err(OutOfBounds)) => return Some(Trap::ArrayOutOfBounds),
            Some(Ok(_)) => {}
        }
        let elements = o.instance().element_segment(o.imm());
        let Some(elements) = part(elements, from, count.into()) else {
            return Some(Trap::TableOutOfBounds);
        };
        if Access::of(o.field(1)) == Access::Ref {
            o.heap().before_overwriting(array, first, count);
        }
        array_trap(o.heap().set_words(array, first, elements))
    }

    /// `A := number of i31 B`; C: signed.
    fn i31_get(o) {
        let value = o.u64(1, 0);
        let number = match o.field(2) {
            0 => slot::i31_unsigned(value),
            _ => slot::i31_signed(value).map(|number| number as u32),
        };
        let Some(number) = number else {
            return Some(Trap::NullI31Reference);
        };
        o.slot(0, 0).write(number.into());
        None
    }

    /// `A := whether B is of type word 3`; C: whether it is not.
    fn ref_test(o) {
        let is = is_of(&o, o.u64(1, 0));
        o.slot(0, 0).write(u64::from(is != (o.field(2) != 0)));
        None
    }

    /// Traps unless B is of type word 3.
    fn ref_cast(o) {
        match is_of(&o, o.u64(1, 0)) {
            true => None,
            false => Some(Trap::CastFailure),
        }
    }
}

/// Whether a reference is of the type in the last word.
unsafe fn is_of(o: &Operands, value: u64) -> bool {
    // SAFETY: V3, V5: the cast says whether the slot is a function's.
    unsafe {
        let cast = Cast::of_word(o.extra());
        if value == slot::NULL {
            return cast.nullable;
        }
        let type_id = match cast.is_func {
            true => Some((*(value as *const super::context::FuncRef)).type_id),
            false => o.heap().type_of(value),
        };
        o.heap().is_of(value, type_id, cast)
    }
}

/// `count` of `all` from `from` on.
fn part<T>(all: &[T], from: u32, count: u64) -> Option<&[T]> {
    let end = u64::from(from).checked_add(count)?;
    all.get(from as usize..usize::try_from(end).ok()?)
}

fn array_trap(done: Option<Result<(), OutOfBounds>>) -> Option<Trap> {
    match done {
        None => Some(Trap::NullArrayReference),
        Some(Err(OutOfBounds)) => Some(Trap::ArrayOutOfBounds),
        Some(Ok(())) => None,
    }
}

/// What a store holds references in.
pub(crate) struct StoreRoots<'a> {
    pub globals: &'a [Global],
    pub tables: &'a [Owned<Table>],
    pub instances: &'a [Owned<Instance>],
    /// Of an exception that is on its way.
    pub thrown: &'a [u64],
    /// The used part of the value stack.
    pub stack: &'a [u64],
}

impl<'a> StoreRoots<'a> {
    /// While code runs: slots below `end` are used.
    pub unsafe fn of(store: *const Store, stack: &'a Reservation, end: *const u64) -> Self {
        // SAFETY: V1, V3.
        unsafe {
            Self {
                globals: &(*store).globals,
                tables: &(*store).tables,
                instances: &(*store).instances,
                thrown: &[],
                stack: used_stack(stack, end),
            }
        }
    }
}

impl Roots for StoreRoots<'_> {
    fn each(&self, visit: &mut dyn FnMut(u64)) {
        self.stack.iter().for_each(|&slot| visit(slot));
        for global in self.globals {
            if is_traced(global.ty.value) {
                visit(global.cell.read(1)[0]);
            }
        }
        for table in self.tables.iter().map(Owned::get) {
            if is_traced(ValType::Ref(table.ty.element)) {
                table.elements.iter().for_each(|&slot| visit(slot));
            }
        }
        self.thrown.iter().for_each(|&slot| visit(slot));
        for instance in self.instances.iter().map(Owned::get) {
            instance.each_traced_element(visit);
        }
    }
}

/// Whether values of a type may be objects of the heap.
pub(crate) fn is_traced(ty: ValType) -> bool {
    matches!(ty, ValType::Ref(ty) if ty.heap.top() != HeapType::Func)
}

/// A store's heap, and its roots where no code runs, or while a host function
/// does.
pub(crate) fn heap_and_roots(store: &mut Store) -> (&mut Heap, StoreRoots<'_>) {
    let Store {
        globals,
        tables,
        instances,
        execution,
        ..
    } = store;
    let execution = execution.get_mut();
    let end = match execution.depth {
        0 => execution.stack.base().cast(),
        _ => execution.stack_top,
    };
    let roots = StoreRoots {
        globals,
        tables,
        instances,
        thrown: &[],
        // SAFETY: V1: host functions are called with the top of the stack there.
        stack: unsafe { used_stack(&execution.stack, end) },
    };
    (&mut execution.heap, roots)
}

/// The slots of a value stack below `end`.
unsafe fn used_stack(stack: &Reservation, end: *const u64) -> &[u64] {
    let base: *const u64 = stack.base().cast();
    // SAFETY: as the caller says, `end` lies in the stack, which is zeroed or
    // written.
    unsafe { std::slice::from_raw_parts(base, end.offset_from_unsigned(base)) }
}
