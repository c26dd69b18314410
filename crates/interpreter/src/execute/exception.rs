//! Exceptions: throwing them, and the way to what catches them.
//!
//! Nothing is prepared for an exception. When one is thrown, the frames are
//! walked as for a stack trace; each function that has blocks which catch has a
//! table of them beside its code ([`CatchTable`]). The values that were thrown
//! are written where the clause's label expects them, and execution goes on
//! there.

use super::context::{Context, Execution, Exit};
use super::control::{must_stop, stop, trap};
use super::dispatch::Dispatch;
use super::host;
use super::objects::StoreRoots;
use super::registers::{FA, Registers, handlers};
use crate::heap::{Heap, slot};
use crate::store::Store;
use fossor_host::Trap;
use fossor_module::{ArrayType, CompositeType, FieldType, StorageType, SubType, ValType};
use std::ops::Range;
use std::sync::Arc;

/// What was thrown.
#[derive(Debug)]
pub(crate) struct Exception {
    /// Index of the tag in the store.
    pub tag: u32,
    /// The values, as slots.
    pub slots: Box<[u64]>,
}

impl Exception {
    /// The exception that a reference refers to.
    pub fn of(heap: &Heap, slot: u64) -> Self {
        let words = heap.length(slot).unwrap_or_default();
        let bytes = match heap.array_bytes(slot, 0, words) {
            Some(Ok(bytes)) => bytes,
            _ => &[],
        };
        let mut words = bytes.as_chunks().0.iter().copied().map(u64::from_le_bytes);
        Self {
            tag: slot::i31_unsigned(words.next().unwrap_or_default()).unwrap_or_default(),
            slots: words.collect(),
        }
    }

    /// What references refer to: an array of the heap, of the tag as an `i31` and
    /// the values. The collector takes all of them for references, as it does the
    /// slots of the stack.
    fn array_type() -> SubType {
        let element = FieldType {
            storage: StorageType::Val(ValType::EXNREF),
            mutable: true,
        };
        SubType {
            is_final: true,
            supertype: None,
            composite: CompositeType::Array(ArrayType { element }),
        }
    }

    /// A reference to a new object of this; `None` if the heap has no room for
    /// it. Slots below `used` may hold references.
    unsafe fn keep(&self, execution: *mut Execution, used: *const u64) -> Option<u64> {
        // SAFETY: V1, V3; a run holds no reference to the store's heap.
        unsafe {
            let (store, heap) = ((*execution).store, &mut (*execution).heap);
            let known = &mut (*store).exception_type;
            let id = *known.get_or_insert_with(|| {
                let engine = &(*store).engine;
                engine.type_ids(&[Self::array_type()], &[1])[0]
            });
            if heap.layouts().len() <= id as usize {
                let layouts = heap.layouts().len();
                heap.add_layouts((*store).engine.types().layouts(layouts));
            }
            let roots = StoreRoots {
                thrown: &self.slots,
                ..StoreRoots::of(store, &(*execution).stack, used)
            };
            let object = heap.allocate(id, self.slots.len() as u32 + 1, &roots)?;
            let tag = slot::of_i31(self.tag);
            heap.set_words(object, 0, &[tag])?.ok()?;
            heap.set_words(object, 1, &self.slots)?.ok()?;
            Some(object)
        }
    }
}

/// A function's blocks that catch.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct CatchTable {
    /// In the order in which they open: of two that cover a word, the later one
    /// is the inner.
    pub regions: Vec<Region>,
    pub clauses: Vec<Catch>,
    /// Words of instructions that are outside of all blocks, wherever they stand.
    pub left: Vec<Range<u32>>,
}

/// A block that catches.
#[derive(Debug, PartialEq)]
pub(crate) struct Region {
    /// What it covers, in words of the code.
    pub words: Range<u32>,
    /// Its clauses.
    pub clauses: Range<u32>,
}

/// A clause.
#[derive(Debug, PartialEq)]
pub(crate) struct Catch {
    /// Index of the tag in the module; `None` catches all.
    pub tag: Option<u32>,
    /// Whether the label gets a reference to the exception, behind the values.
    pub with_ref: bool,
    /// Slot of the label's first value.
    pub slot: u32,
    /// The label, as a word of the code.
    pub word: u32,
}

impl CatchTable {
    /// The clauses that an exception at `word` meets, in order.
    fn clauses_at(&self, word: u32) -> impl Iterator<Item = &Catch> {
        let left = self.left.iter().any(|words| words.contains(&word));
        let regions = self.regions.iter().rev();
        let regions = regions.filter(move |region| !left && region.words.contains(&word));
        regions.flat_map(|region| {
            let Range { start, end } = region.clauses;
            &self.clauses[start as usize..end as usize]
        })
    }
}

handlers! {
    /// Throws an exception with tag I of the instance and the values from slot A.
    fn throw(r) {
        if must_stop(&r) {
            return trap(r, Trap::StackExhausted);
        }
        make(r.ctx, r.slot::<FA>(), r.imm_u32());
        raise::<D>(r.ip, r.fp, r.ctx, r.acc, r.mem, r.acc_f64, r.acc_f32)
    }

    /// Throws the exception that slot A refers to.
    fn throw_ref(r) {
        if must_stop(&r) {
            return trap(r, Trap::StackExhausted);
        }
        let slot = r.slot::<FA>().read();
        if slot == 0 {
            return trap(r, Trap::NullExceptionReference);
        }
        again(r.ctx, slot);
        raise::<D>(r.ip, r.fp, r.ctx, r.acc, r.mem, r.acc_f64, r.acc_f32)
    }

    /// Goes on where `Execution::thrown`, thrown by this instruction, is caught.
    /// Not in code itself.
    fn raise(r) {
        let exit = unwind(r.ip, r.fp, r.ctx);
        if !matches!(exit, Exit::Running) {
            return stop(r, exit);
        }
        let landing = (*r.context().execution).resume;
        r.ip = landing.ip;
        r.fp = landing.fp;
        r.ctx = landing.ctx;
        r.mem = r.context().memory_base;
        D::settle(r);
        D::jump(r)
    }
}

/// Throws what a host function left in `Execution::thrown`.
#[inline(always)]
pub(super) unsafe fn raise_here<D: Dispatch>(r: Registers) {
    // SAFETY: as the caller's.
    unsafe { raise::<D>(r.ip, r.fp, r.ctx, r.acc, r.mem, r.acc_f64, r.acc_f32) }
}

#[inline(never)]
unsafe fn make(ctx: *mut Context, args: *const u64, tag: u32) {
    // SAFETY: V1, V3, V6.
    unsafe {
        let execution = (*ctx).execution;
        let store: &Store = &*(*execution).store;
        let tag = (&(*(*ctx).instance).tag_ids)[tag as usize].0.index;
        let count = store.tags[tag as usize].param_slots() as usize;
        let slots = std::slice::from_raw_parts(args, count);
        let slots = slots.into();
        (*execution).thrown = Some(Arc::new(Exception { tag, slots }));
    }
}

#[inline(never)]
unsafe fn again(ctx: *mut Context, slot: u64) {
    // SAFETY: V3, V7.
    unsafe {
        let execution = (*ctx).execution;
        let exception = Exception::of(&(*execution).heap, slot);
        (*execution).thrown = Some(Arc::new(exception));
    }
}

/// Looks for what catches `Execution::thrown`, from the instruction at `ip` on.
/// `Running`: it was found, and is in `Execution::resume`. `Thrown`: this run has
/// nothing that catches it.
#[inline(never)]
unsafe fn unwind(mut ip: *const u64, mut fp: *mut u64, mut ctx: *mut Context) -> Exit {
    // SAFETY: V1-V3: every frame's link was written when it was entered, so the
    // chain leads down to `halt`.
    unsafe {
        let (execution, thrower) = ((*ctx).execution, ctx);
        let Some(thrown) = (*execution).thrown.clone() else {
            return Exit::Thrown;
        };
        let (halt, restore) = ((*execution).halt.as_ptr(), (*execution).restore.as_ptr());
        // Return addresses point behind the call.
        let mut behind = 0;
        while ip != halt {
            // There may be many frames, with many clauses each; and whoever throws again
            // what was caught takes no branch.
            if (*execution).interrupt.reason().is_some() {
                return Exit::Trap(Trap::Interrupted);
            }
            if ip == restore {
                ctx = fp.read() as *mut Context;
                ip = fp.add(1).read() as *const u64;
                fp = fp.add(2).read() as *mut u64;
                continue;
            }
            let instance = &*(*ctx).instance;
            let module = &instance.module.0;
            let Some(place) = (*execution).symbols.find(module, ip) else {
                break;
            };
            let table = module.catches(place.entry as u32);
            let word = place.word.map(|word| (word - behind) as u32);
            if let (Some(table), Some(word)) = (table, word) {
                let fits = |clause: &&Catch| {
                    let tag = clause.tag.map(|tag| instance.tag_ids[tag as usize].0.index);
                    tag.is_none_or(|tag| tag == thrown.tag)
                };
                if let Some(clause) = table.clauses_at(word).find(fits) {
                    let mut to = fp.add(clause.slot as usize);
                    // Before anything is written: the frames that are left lie there,
                    // and are walked if this traps.
                    let reference = match clause.with_ref {
                        true => match thrown.keep(execution, to) {
                            Some(slot) => Some(slot),
                            None => return Exit::Trap(Trap::HeapExhausted),
                        },
                        false => None,
                    };
                    if clause.tag.is_some() {
                        to.copy_from_nonoverlapping(thrown.slots.as_ptr(), thrown.slots.len());
                        to = to.add(thrown.slots.len());
                    }
                    if let Some(slot) = reference {
                        to.write(slot);
                    }
                    (*execution).thrown = None;
                    let code = ip.sub(word as usize + behind);
                    host::enter_instance(thrower, ctx);
                    (*execution).resume.ip = code.add(clause.word as usize);
                    (*execution).resume.fp = fp;
                    (*execution).resume.ctx = ctx;
                    return Exit::Running;
                }
            }
            let link = fp.add(place.link_slot);
            ip = link.read() as *const u64;
            fp = link.add(1).read() as *mut u64;
            behind = 1;
        }
    }
    Exit::Thrown
}
