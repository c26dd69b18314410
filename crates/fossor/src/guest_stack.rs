//! Reading a Go program's stacks where it stands still.

use fossor_go::{
    Body, Goroutines, Image, Machine, Place, Program, Scan, StackState, Stop, Version,
};
use fossor_host::Trap;
use fossor_interpreter as core;
use fossor_module::{ConstExpr, Module, SegmentMode, ValType};
use std::sync::{Mutex, PoisonError};

/// Data beyond this address is not looked at for Go's table.
const MAX_STATIC_BYTES: u64 = 1 << 30;

/// The goroutines of a Go program that trapped or was stopped; `None` if it is
/// none.
pub(crate) fn goroutines(store: &core::Store, info: &core::TrapInfo) -> Option<Goroutines> {
    let instance = info.instance?;
    let module = store.module_of(instance).decoded();
    if !looks_like_go(module) {
        return None;
    }
    let memory = Image::new(store.first_memory(instance));
    let program = Program::find(memory, static_bytes(module));
    let program = program
        .inspect_err(|error| log::debug!("no stack of Go's: {error}"))
        .ok()?;
    let number = |index| match store.global_at(instance, index)? {
        core::Val::I32(value) => Some(u64::from(value as u32)),
        core::Val::I64(value) => Some(value as u64),
        _ => None,
    };
    let machine = Machine {
        memory,
        sp: number(SP)?,
        g: number(G)?,
        stop: stop(module, &program, &info.frames),
    };
    let version = version(module);
    let scan = match info.trap {
        Trap::Interrupted => Scan::All,
        _ => Scan::Running,
    };
    let goroutines = Goroutines::read(&program, &machine, version.as_ref(), scan);
    (!goroutines.list.is_empty()).then_some(goroutines)
}

/// The functions of a Go program that call an import: `syscall.fd_write`, say.
/// Found when they are first asked for.
pub(crate) struct Wrappers {
    import: &'static str,
    found: Mutex<Option<(core::InstanceId, Vec<u32>)>>,
}

impl Wrappers {
    /// Those of this import.
    pub(crate) fn new(import: &'static str) -> Self {
        Self {
            import,
            found: Mutex::new(None),
        }
    }

    /// Where a call of the import comes from, the innermost function first;
    /// nothing if the guest is no Go program.
    #[cold]
    pub(crate) fn callers(&self, caller: &core::Caller<'_>) -> Vec<String> {
        let callers = |instance| self.read(&*caller.store, instance);
        caller.instance.and_then(callers).unwrap_or_default()
    }

    fn read(&self, store: &core::Store, instance: core::InstanceId) -> Option<Vec<String>> {
        let module = store.module_of(instance).decoded();
        if !looks_like_go(module) {
            return None;
        }
        let memory = Image::new(store.first_memory(instance));
        let program = Program::find(memory, static_bytes(module)).ok()?;
        let number = |index| match store.global_at(instance, index)? {
            core::Val::I32(value) => Some(u64::from(value as u32)),
            core::Val::I64(value) => Some(value as u64),
            _ => None,
        };
        let (sp, g) = (number(SP)?, number(G)?);
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if found.as_ref().is_none_or(|(of, _)| *of != instance) {
            *found = Some((instance, self.find(&program)));
        }
        let (_, wrappers) = found.as_ref()?;
        // Several packages may import it, with frames of the same size: only the
        // name of the wrapper itself would differ.
        wrappers.iter().find_map(|&defined_idx| {
            let inside = Place {
                first: 0,
                last: 0,
                position: (0, 1),
                stack: StackState::Body,
            };
            let stop = Some(Stop {
                defined_idx,
                place: Some(inside),
                caller_idx: None,
            });
            let machine = Machine {
                memory,
                sp,
                g,
                stop,
            };
            let goroutines = Goroutines::read(&program, &machine, None, Scan::Running);
            let running = goroutines.list.first()?;
            let callers: Vec<String> = running.frames.iter().skip(1).map(place).collect();
            (!callers.is_empty()).then_some(callers)
        })
    }

    fn find(&self, program: &Program<'_>) -> Vec<u32> {
        let named = |func: &fossor_go::Func<'_>| {
            let name = func.name();
            name.rsplit_once('.')
                .is_some_and(|(_, name)| name == self.import)
        };
        let funcs = program.funcs().filter_map(Result::ok).filter(named);
        funcs
            .filter_map(|func| func.entry().defined_idx())
            .collect()
    }
}

/// `main.load /src/main.go:31`
fn place(frame: &fossor_go::Frame) -> String {
    let source = &frame.source;
    format!("{} {}:{}", source.func, source.file, source.line)
}

// Indices of globals. Source: `cmd/internal/obj/wasm/wasmobj.go`, `assemble`.
const SP: u32 = 0;
const G: u32 = 2;

/// Whether the module has the globals that Go's linker makes: all else may have
/// been stripped.
fn looks_like_go(module: &Module) -> bool {
    const GLOBALS: [ValType; 8] = {
        use ValType::{I32, I64};
        [I32, I64, I64, I64, I64, I64, I64, I32]
    };
    let types = module.globals.iter().map(|global| global.ty.value);
    types.eq(GLOBALS)
}

/// Where the module's data segments end.
fn static_bytes(module: &Module) -> u64 {
    let ends = module.data.iter().filter_map(|segment| {
        let SegmentMode::Active {
            index: 0,
            offset: ConstExpr::I32(offset),
        } = &segment.mode
        else {
            return None;
        };
        Some(u64::from(*offset as u32) + segment.bytes.len() as u64)
    });
    ends.max().unwrap_or(0).min(MAX_STATIC_BYTES)
}

/// The version of Go that the module says it was built by.
fn version(module: &Module) -> Option<Version> {
    let section = module
        .customs
        .iter()
        .find(|custom| &*custom.name == "producers")?;
    let range = section.bytes.start as usize..section.bytes.end as usize;
    Version::of_producers(&module.bytes[range])
}

/// Where the innermost frame of WebAssembly is.
fn stop(module: &Module, program: &Program<'_>, frames: &[core::Frame]) -> Option<Stop> {
    let defined_idx = |frame: &core::Frame| frame.func_idx.checked_sub(module.imported_funcs);
    let frame = frames.first()?;
    let caller_idx = frames.get(1).and_then(defined_idx);
    let defined_idx = defined_idx(frame)?;
    let place = || {
        let func = program.func_of_defined(defined_idx).ok()?;
        let range = module.bodies.get(defined_idx as usize)?;
        let bytes = &module.bytes[range.start as usize..range.end as usize];
        let frame_bytes = func.largest_frame_bytes().ok()?;
        let places = func.places().ok()?;
        let body = Body::decode(bytes, range.start, func.entry(), places, frame_bytes);
        body.ok()?.place(frame.wasm_offset?)
    };
    Some(Stop {
        defined_idx,
        place: place(),
        caller_idx,
    })
}
