//! Walking the guest's frames where it stands still.

use super::context::{CodeHeader, Context, Execution, FuncEntry};
use crate::error::{Frame, TrapInfo};
use crate::module::ModuleInner;
use crate::translate::{Line, OPEN};
use crate::value::{Handle, InstanceId};
use fossor_host::Trap;
use std::collections::HashMap;

/// What is remembered between walks of the same store.
#[derive(Default)]
pub(crate) struct Walker {
    symbols: Symbols,
    /// Where instructions come from, by module and function.
    listings: HashMap<(usize, usize), Vec<Line>>,
}

/// The frames of a run that has just stopped.
pub(crate) unsafe fn trap_info(execution: *mut Execution, trap: Trap) -> TrapInfo {
    let mut info = TrapInfo {
        trap,
        frames: Vec::new(),
        omitted: 0,
        instance: None,
    };
    // SAFETY: as the caller says.
    info.instance = unsafe {
        frames(
            execution,
            &mut Walker::default(),
            |module, instance, func_idx, _, wasm_offset| {
                if info.frames.len() < TrapInfo::MAX_FRAMES {
                    info.frames.push(Frame {
                        func_idx,
                        name: module.decoded.func_name(func_idx).map(str::to_owned),
                        wasm_offset: wasm_offset(),
                        instance,
                    });
                } else {
                    info.omitted += 1;
                }
                true
            },
        )
    };
    info
}

/// With fuel, where a run has just stopped: the operators that were executed and
/// not paid for, in the innermost function; the others have paid for their calls.
pub(super) unsafe fn owed(execution: *mut Execution) -> u32 {
    // SAFETY: V3: the execution is the store's, and `resume` says where the run
    // stopped.
    let (ip, ctx) = unsafe { ((*execution).resume.ip, (*execution).resume.ctx) };
    if ip.is_null() {
        return 0;
    }
    // SAFETY: V3.
    let module = unsafe { &*(*(*ctx).instance).module.0 };
    let place = Symbols::default().find(module, ip);
    place.map_or(0, |place| {
        let line = place.line(module, 0, &mut HashMap::new(), |line| line.owed);
        line.filter(|&owed| owed != OPEN).unwrap_or(0)
    })
}

/// Hands each frame of a run that stands still to `each`: its module, its
/// instance, its function, its first slot and, made when asked for, its wasm offset; until that
/// says `false`.
/// Gives the instance of the first.
pub(super) unsafe fn frames(
    execution: *mut Execution,
    walker: &mut Walker,
    mut each: impl FnMut(
        &ModuleInner,
        InstanceId,
        u32,
        *const u64,
        &mut dyn FnMut() -> Option<u32>,
    ) -> bool,
) -> Option<InstanceId> {
    // SAFETY: V3: the execution is the store's, and `resume` says where the run
    // stopped.
    let (mut ip, mut fp, mut ctx) = unsafe {
        let at = (*execution).resume;
        (at.ip, at.fp, at.ctx)
    };
    if ip.is_null() {
        return None;
    }
    // SAFETY: V3.
    let (halt, restore) = unsafe { ((*execution).halt.as_ptr(), (*execution).restore.as_ptr()) };
    // SAFETY: V3.
    let (store, index) = unsafe { ((*(*execution).store).id, (*(*ctx).instance).id) };
    // Return addresses point behind the call.
    let mut behind = 0;
    while ip != halt {
        // SAFETY: V1-V3: every frame's link was written when it was entered, so
        // the chain leads down to `halt`.
        unsafe {
            if ip == restore {
                ctx = fp.read() as *mut Context;
                ip = fp.add(1).read() as *const u64;
                fp = fp.add(2).read() as *mut u64;
                continue;
            }
            let module = &*(*(*ctx).instance).module.0;
            let Some(place) = walker.symbols.find(module, ip) else {
                break;
            };
            let func_idx = module.decoded.imported_funcs + place.entry as u32;
            let listings = &mut walker.listings;
            let mut offset = || place.wasm_offset(module, behind, listings);
            let index = (*(*ctx).instance).id;
            let instance = InstanceId(Handle { store, index });
            if !each(module, instance, func_idx, fp, &mut offset) {
                break;
            }
            let link = fp.add(place.link_slot);
            ip = link.read() as *const u64;
            fp = link.add(1).read() as *mut u64;
        }
        behind = 1;
    }
    Some(InstanceId(Handle { store, index }))
}

/// Where code lies, for one module at a time.
#[derive(Default)]
pub(crate) struct Symbols {
    module: usize,
    /// First word's address, words, entry; ascending.
    ranges: Vec<(usize, usize, usize)>,
}

pub(super) struct Place {
    pub entry: usize,
    /// Word in the function's code, or none in a function that is about to be
    /// translated.
    pub word: Option<usize>,
    pub link_slot: usize,
}

impl Symbols {
    pub(super) fn find(&mut self, module: &ModuleInner, ip: *const u64) -> Option<Place> {
        if let Some(place) = self.find_known(module, ip) {
            return Some(place);
        }
        // Another module, or functions that were translated since.
        self.module = 0;
        self.find_known(module, ip)
    }

    fn find_known(&mut self, module: &ModuleInner, ip: *const u64) -> Option<Place> {
        if self.module != std::ptr::from_ref(module) as usize {
            self.module = std::ptr::from_ref(module) as usize;
            self.ranges = module
                .entries
                .iter()
                .enumerate()
                .filter_map(|(i, entry)| {
                    entry
                        .translation()
                        .map(|(code, words)| (code as usize, words, i))
                })
                .collect();
            self.ranges.sort_unstable();
        }
        let address = ip as usize;
        let stubs = module.entries.as_ptr_range();
        if (stubs.start as usize..stubs.end as usize).contains(&address) {
            let entry = (address - stubs.start as usize) / size_of::<FuncEntry>();
            let ty = module
                .decoded
                .func_type(module.decoded.imported_funcs + entry as u32);
            let link_slot = ty.param_slots().max(ty.result_slots()) as usize;
            return Some(Place {
                entry,
                word: None,
                link_slot,
            });
        }
        let after = self.ranges.partition_point(|range| range.0 <= address);
        let &(start, words, entry) = self.ranges.get(after.checked_sub(1)?)?;
        if address > start + words * 8 {
            return None;
        }
        // SAFETY: the address of published code, which begins with its header.
        let header = unsafe { (start as *const CodeHeader).read() };
        Some(Place {
            entry,
            word: Some((address - start) / 8),
            link_slot: header.link_slot.into(),
        })
    }
}

impl Place {
    fn wasm_offset(
        &self,
        module: &ModuleInner,
        behind: usize,
        listings: &mut HashMap<(usize, usize), Vec<Line>>,
    ) -> Option<u32> {
        self.line(module, behind, listings, |line| line.wasm_offset)
    }

    /// Something of the instruction `behind` words before the place.
    fn line<T>(
        &self,
        module: &ModuleInner,
        behind: usize,
        listings: &mut HashMap<(usize, usize), Vec<Line>>,
        get: impl Fn(&Line) -> T,
    ) -> Option<T> {
        let word = self.word?;
        let key = (std::ptr::from_ref(module) as usize, self.entry);
        let lines = listings
            .entry(key)
            .or_insert_with(|| module.listing(self.entry as u32).unwrap_or_default());
        let after = lines.partition_point(|line| line.word <= word - behind);
        lines.get(after.checked_sub(1)?).map(get)
    }
}
