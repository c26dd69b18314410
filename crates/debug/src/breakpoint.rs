//! Breakpoints and watchpoints.

use crate::place::{Place, PlaceError, Site};
use crate::program::Program;
use std::sync::Arc;

/// A breakpoint, or a watchpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breakpoint {
    /// Its number, counted from 1.
    pub number: u32,
    /// As it was named.
    pub name: String,
    /// Where it is; nowhere if it is a watchpoint.
    pub sites: Vec<Site>,
    /// Address of the memory that it watches, and bytes of it: 1, 2, 4 or 8.
    pub watched: Option<(u64, u32)>,
    /// Whether it was set by the debugger itself.
    pub is_own: bool,
    /// How often it was reached.
    pub hits: u64,
    /// It is deleted when it was reached.
    pub is_temporary: bool,
}

/// All of them, and the flags in the module that stand for them.
#[derive(Debug)]
pub struct Breakpoints {
    program: Arc<Program>,
    all: Vec<Breakpoint>,
    last: u32,
    /// Offsets that are flagged for a step.
    lent: Vec<u32>,
}

impl std::fmt::Debug for Program {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Program").finish_non_exhaustive()
    }
}

impl Breakpoints {
    pub(crate) fn new(program: Arc<Program>) -> Self {
        Self {
            program,
            all: Vec::new(),
            last: 0,
            lent: Vec::new(),
        }
    }

    /// The breakpoints, in the order of their numbers.
    pub fn all(&self) -> &[Breakpoint] {
        &self.all
    }

    /// Sets one. `file` is where lines without a file are.
    pub fn set(&mut self, place: &Place, file: Option<&str>) -> Result<&Breakpoint, PlaceError> {
        let sites = self.program.find(place, file)?;
        Ok(self.add(place.to_string(), sites, None))
    }

    /// Watches `len_bytes` of memory: 1, 2, 4 or 8.
    pub fn watch(&mut self, addr: u64, len_bytes: u32) -> &Breakpoint {
        let name = format!("memory at {addr:#x}, {len_bytes} bytes");
        self.add(name, Vec::new(), Some((addr, len_bytes)))
    }

    /// Marks the one that was set last as the debugger's own.
    pub(crate) fn own_last(&mut self) {
        if let Some(last) = self.all.last_mut() {
            last.is_own = true;
        }
    }

    /// The one that was set last goes when it was reached.
    pub fn make_last_temporary(&mut self) {
        if let Some(last) = self.all.last_mut() {
            last.is_temporary = true;
        }
    }

    /// Deletes one; `false` if there is none of that number.
    pub fn delete(&mut self, number: u32) -> bool {
        let Some(at) = self.all.iter().position(|one| one.number == number) else {
            return false;
        };
        let gone = self.all.remove(at);
        self.flag(&gone.sites, false);
        // Others may be at the same place.
        let all = std::mem::take(&mut self.all);
        for other in &all {
            self.flag(&other.sites, true);
        }
        self.all = all;
        true
    }

    /// Takes note that the operator at this offset is reached; the numbers of the
    /// breakpoints there.
    pub(crate) fn hit(&mut self, wasm_offset: u32) -> Vec<u32> {
        let mut hit = Vec::new();
        let mut gone = Vec::new();
        for one in &mut self.all {
            if one.sites.iter().any(|site| site.wasm_offset == wasm_offset) {
                one.hits += 1;
                hit.push(one.number);
                if one.is_temporary {
                    gone.push(one.number);
                }
            }
        }
        for number in gone {
            self.delete(number);
        }
        hit
    }

    /// Whether one is at this offset.
    pub fn is_at(&self, wasm_offset: u32) -> bool {
        let mut sites = self.all.iter().flat_map(|one| &one.sites);
        sites.any(|site| site.wasm_offset == wasm_offset)
    }

    /// What is watched: number, address and bytes.
    pub(crate) fn watched(&self) -> impl Iterator<Item = (u32, u64, u32)> {
        let watched = self.all.iter();
        watched.filter_map(|one| one.watched.map(|(addr, len)| (one.number, addr, len)))
    }

    /// Stops at all operators of these functions too, until [`give_back`](Self::give_back).
    pub(crate) fn lend(&mut self, funcs: &[u32]) {
        self.give_back();
        for func_idx in funcs {
            let offsets = self.program.offsets(*func_idx);
            for &offset in &offsets {
                self.program.module().set_break(offset, true);
            }
            self.lent.extend(offsets);
        }
    }

    /// Ends what [`lend`](Self::lend) began.
    pub(crate) fn give_back(&mut self) {
        for offset in std::mem::take(&mut self.lent) {
            let stays = self.is_at(offset);
            self.program.module().set_break(offset, stays);
        }
    }

    fn add(&mut self, name: String, sites: Vec<Site>, watched: Option<(u64, u32)>) -> &Breakpoint {
        self.last += 1;
        self.flag(&sites, true);
        self.all.push(Breakpoint {
            number: self.last,
            name,
            sites,
            watched,
            is_own: false,
            hits: 0,
            is_temporary: false,
        });
        &self.all[self.all.len() - 1]
    }

    fn flag(&self, sites: &[Site], on: bool) {
        for site in sites {
            self.program.module().set_break(site.wasm_offset, on);
        }
    }
}
