//! Walking the guest's frames after a trap.

use super::context::{CodeHeader, Context, Execution, FuncEntry};
use crate::error::{Frame, TrapInfo};
use crate::module::ModuleInner;
use crate::value::{Handle, InstanceId};
use fossor_host::Trap;

/// The frames of a run that has just stopped.
pub(crate) unsafe fn trap_info(execution: *mut Execution, trap: Trap) -> TrapInfo {
    let mut info = TrapInfo {
        trap,
        frames: Vec::new(),
        omitted: 0,
        instance: None,
    };
    // SAFETY: V3: the execution is the store's, and `resume` says where the run
    // stopped.
    let (mut ip, mut fp, mut ctx) = unsafe {
        let at = (*execution).resume;
        (at.ip, at.fp, at.ctx)
    };
    if ip.is_null() {
        return info;
    }
    // SAFETY: V3.
    let (halt, restore) = unsafe { ((*execution).halt.as_ptr(), (*execution).restore.as_ptr()) };
    // SAFETY: V3.
    info.instance = unsafe {
        let (store, index) = ((*(*execution).store).id, (*(*ctx).instance).id);
        Some(InstanceId(Handle { store, index }))
    };
    let mut symbols = Symbols::default();
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
            let Some(place) = symbols.find(module, ip) else {
                break;
            };
            if info.frames.len() < TrapInfo::MAX_FRAMES {
                info.frames.push(place.frame(module, behind));
            } else {
                info.omitted += 1;
            }
            let link = fp.add(place.link_slot);
            ip = link.read() as *const u64;
            fp = link.add(1).read() as *mut u64;
        }
        behind = 1;
    }
    info
}

/// Where code lies, for one module at a time.
#[derive(Default)]
struct Symbols {
    module: usize,
    /// First word's address, words, entry; ascending.
    ranges: Vec<(usize, usize, usize)>,
}

struct Place {
    entry: usize,
    /// Word in the function's code, or none in a function that is about to be
    /// translated.
    word: Option<usize>,
    link_slot: usize,
}

impl Symbols {
    fn find(&mut self, module: &ModuleInner, ip: *const u64) -> Option<Place> {
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
    fn frame(&self, module: &ModuleInner, behind: usize) -> Frame {
        let func_idx = module.decoded.imported_funcs + self.entry as u32;
        let wasm_offset = self.word.and_then(|word| {
            let lines = module.listing(self.entry as u32).ok()?;
            let after = lines.partition_point(|line| line.word <= word - behind);
            Some(lines.get(after.checked_sub(1)?)?.wasm_offset)
        });
        Frame {
            func_idx,
            name: module.decoded.func_name(func_idx).map(str::to_owned),
            wasm_offset,
        }
    }
}
