//! Exceptions: throwing them, and the way to what catches them.
//!
//! Nothing is prepared for an exception. When one is thrown, the frames are
//! walked as for a stack trace; each function that has blocks which catch has a
//! table of them beside its code ([`CatchTable`]). The values that were thrown
//! are written where the clause's label expects them, and execution goes on
//! there.

use super::context::{Context, Exit};
use super::control::{stop, trap};
use super::dispatch::Dispatch;
use super::registers::{FA, Registers, handlers};
use crate::store::Store;
use fossor_host::Trap;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// What was thrown.
#[derive(Debug)]
pub(crate) struct Exception {
    /// Index of the tag in the store.
    pub tag: u32,
    /// The values, as slots.
    pub slots: Box<[u64]>,
    /// One more than its number in [`Exceptions`]; 0: it has none.
    number: AtomicU32,
}

impl Exception {
    pub fn new(tag: u32, slots: Box<[u64]>) -> Arc<Self> {
        let number = AtomicU32::new(0);
        Arc::new(Self { tag, slots, number })
    }
}

/// The exceptions of a store that were caught as references, which live as long
/// as it: those caught by value need not be kept.
#[derive(Default)]
pub(crate) struct Exceptions {
    kept: Vec<Arc<Exception>>,
    bytes: u64,
}

impl Exceptions {
    /// Hands over the values of all exceptions that references lead to.
    pub fn each_slot(&self, visit: &mut dyn FnMut(u64)) {
        for exception in &self.kept {
            exception.slots.iter().for_each(|&slot| visit(slot));
        }
    }

    /// The slot of a reference to an exception; `None` if it would take more
    /// than `limit` bytes to keep it.
    pub fn keep(&mut self, exception: &Arc<Exception>, limit_bytes: u64) -> Option<u64> {
        let number = exception.number.load(Ordering::Relaxed);
        if number != 0 {
            return Some(number.into());
        }
        let bytes = (size_of::<Exception>() + 32 + exception.slots.len() * 8) as u64;
        let number = u32::try_from(self.kept.len() + 1).ok()?;
        if self.bytes + bytes > limit_bytes {
            return None;
        }
        self.bytes += bytes;
        self.kept.push(exception.clone());
        exception.number.store(number, Ordering::Relaxed);
        Some(number.into())
    }

    /// The exception that a slot, which is not null, refers to.
    pub fn get(&self, slot: u64) -> &Arc<Exception> {
        &self.kept[slot as usize - 1]
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
        if r.context().interrupted() {
            return trap(r, Trap::Interrupted);
        }
        make(r.ctx, r.slot::<FA>(), r.imm_u32());
        raise::<D>(r.ip, r.fp, r.ctx, r.acc, r.mem, r.acc_f64, r.acc_f32)
    }

    /// Throws the exception that slot A refers to.
    fn throw_ref(r) {
        if r.context().interrupted() {
            return trap(r, Trap::Interrupted);
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
        (*execution).thrown = Some(Exception::new(tag, slots.into()));
    }
}

#[inline(never)]
unsafe fn again(ctx: *mut Context, slot: u64) {
    // SAFETY: V3, V5.
    unsafe {
        let execution = (*ctx).execution;
        (*execution).thrown = Some((*(*execution).store).exceptions.get(slot).clone());
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
        let execution = (*ctx).execution;
        let Some(thrown) = (*execution).thrown.clone() else {
            return Exit::Thrown;
        };
        let (halt, restore) = ((*execution).halt.as_ptr(), (*execution).restore.as_ptr());
        // Return addresses point behind the call.
        let mut behind = 0;
        while ip != halt {
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
                    if clause.tag.is_some() {
                        to.copy_from_nonoverlapping(thrown.slots.as_ptr(), thrown.slots.len());
                        to = to.add(thrown.slots.len());
                    }
                    if clause.with_ref {
                        let store = &mut *(*execution).store;
                        let limit = store.limits.memory_bytes;
                        let Some(slot) = store.exceptions.keep(&thrown, limit) else {
                            return Exit::Trap(Trap::TooManyExceptions);
                        };
                        to.write(slot);
                    }
                    (*execution).thrown = None;
                    let code = ip.sub(word as usize + behind);
                    (*ctx).refresh_memory();
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
