//! Reading a Go program's stacks where it stands still.

use crate::go_program::{GoProgram, version};
use fossor_go::{Goroutines, Machine, Place, Program, Scan, StackState, Stop};
use fossor_host::Trap;
use fossor_interpreter as core;
use std::sync::{Mutex, PoisonError};

/// The goroutines of a Go program that trapped or was stopped; `None` if it is
/// none.
pub(crate) fn goroutines(store: &core::Store, info: &core::TrapInfo) -> Option<Goroutines> {
    let instance = info.instance?;
    let mut go = GoProgram::find(store, instance)?;
    let frames = info.frames.iter().map(|frame| core::SampleFrame {
        func_idx: frame.func_idx,
        wasm_offset: frame.wasm_offset,
    });
    let frames = Vec::from_iter(frames);
    let machine = go.machine(store, instance, &frames)?;
    let program = go.program(store, instance);
    if machine.g == 0 {
        let places = frames.iter().map(|frame| go.place(store, instance, frame));
        let places = places.collect::<Option<Vec<_>>>()?;
        return Some(Goroutines::before_start(&program, &places));
    }
    let version = version(store.module_of(instance).decoded());
    let scan = match info.trap {
        Trap::Interrupted => Scan::All,
        _ => Scan::Running,
    };
    let goroutines = Goroutines::read(&program, &machine, version.as_ref(), scan);
    (!goroutines.list.is_empty()).then_some(goroutines)
}

/// Functions that are tried for an import: as many packages may declare it. Tables that
/// lie have a million, each of which is tried at each call.
const MAX_WRAPPERS: usize = 64;

/// The functions of a Go program that call an import: `syscall.fd_write`, say.
/// Found when they are first asked for.
pub(crate) struct Wrappers {
    import: &'static str,
    found: Mutex<Option<Found>>,
}

/// What was found in the module that called last. Looking for Go's tables takes longer
/// than reading a stack.
struct Found {
    /// Kept, so that another module cannot be where it was.
    module: core::Module,
    go: GoProgram,
    wrappers: Vec<u32>,
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
        let module = store.module_of(instance);
        let is_of = |found: &Found| std::ptr::eq(found.module.decoded(), module.decoded());
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if !found.as_ref().is_some_and(is_of) {
            let go = GoProgram::find(store, instance)?;
            *found = Some(Found {
                module: module.clone(),
                wrappers: self.find(&go.program(store, instance)),
                go,
            });
        }
        let Found { go, wrappers, .. } = found.as_mut()?;
        let program = go.program(store, instance);
        let machine = go.machine(store, instance, &[])?;
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
            let machine = Machine { stop, ..machine };
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
        let found = funcs.filter_map(|func| func.entry().defined_idx());
        found.take(MAX_WRAPPERS).collect()
    }
}

/// `main.load /src/main.go:31`
fn place(frame: &fossor_go::Frame) -> String {
    let source = &frame.source;
    format!("{} {}:{}", source.func, source.file, source.line)
}
