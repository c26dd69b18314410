//! Standing still, for debuggers.

use crate::context::AsContextMut;
use crate::go_program::{GoProgram, version};
use crate::store;
use crate::value::Val;
use fossor_go::{Goroutines, Scan};
use fossor_host::Trap;
use fossor_interpreter as core;
use std::ops::ControlFlow;

pub use core::StoppedFrame;

/// A guest that stands still: before an operator, or where it trapped.
///
/// The engine must be one for a debugger
/// ([`Config::debug`](crate::Config::debug)). Guests stop before their first
/// operator, before those that [`Module::set_break`](crate::Module::set_break) marks,
/// and before the one that [`stop_at`](Self::stop_at) asks for.
///
/// ```
/// # #[cfg(feature = "wat")] {
/// use fossor::{Config, Engine, Linker, Module, Stopped, Store, Val};
/// use std::ops::ControlFlow;
/// use std::sync::{Arc, Mutex};
///
/// let engine = Engine::new(Config::new().debug(true));
/// let module = Module::new(&engine, r#"(module (func (export "f") (param i32) (result i32)
///     (i32.add (local.get 0) (i32.const 1))))"#)?;
/// let mut store = Store::new(&engine, ());
/// let seen = Arc::new(Mutex::new(Vec::new()));
/// let keep = seen.clone();
/// Stopped::observe(&mut store, move |stopped| {
///     keep.lock().unwrap().push((stopped.steps(), stopped.operands()));
///     stopped.stop_at(stopped.steps() + 1);
///     ControlFlow::Continue(())
/// });
/// let instance = Linker::new(&engine).instantiate(&mut store, &module)?;
/// instance.get_typed_func::<i32, i32>(&store, "f")?.call(&mut store, 4)?;
/// assert_eq!(seen.lock().unwrap()[2], (2, vec![Val::I32(4), Val::I32(1)]));
/// # }
/// # Ok::<(), fossor::Error>(())
/// ```
pub struct Stopped<'a, 's> {
    core: &'a mut core::Stopped<'s>,
    go: &'a mut Go,
}

/// What is known of the Go program that the guest may be.
#[derive(Default)]
struct Go {
    program: Option<GoProgram>,
    was_sought: bool,
}

/// Where a Go program's machine stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GoMachine {
    /// Address of the current `g`, the goroutine's record.
    pub g: u64,
    /// The stack pointer.
    pub sp: u64,
    /// The end of the goroutine's stack, which grows down from it. A stack that
    /// grows moves, so that only distances from here can be compared.
    pub stack_high: u64,
}

impl Stopped<'_, '_> {
    /// Has `each` look at the store's guests. If it breaks, the guest ends with
    /// [`Error::Interrupted`](crate::Error::Interrupted). A store has one observer.
    pub fn observe(
        mut store: impl AsContextMut,
        mut each: impl FnMut(&mut Stopped<'_, '_>) -> ControlFlow<()> + Send + Sync + 'static,
    ) {
        let mut go = Go::default();
        store
            .core_mut()
            .set_observer(move |core| each(&mut Stopped { core, go: &mut go }));
    }

    /// Why the guest cannot go on; `None` before an operator.
    pub fn trap(&self) -> Option<Trap> {
        self.core.trap()
    }

    /// Operators that were executed before this one.
    pub fn steps(&self) -> u64 {
        self.core.steps()
    }

    /// Stops before the operator of this number as well. The next one has the number
    /// [`steps`](Self::steps), and is not stopped at again.
    pub fn stop_at(&mut self, steps: u64) {
        self.core.stop_at(steps);
    }

    /// Byte offset in the module of the next operator.
    pub fn wasm_offset(&mut self) -> Option<u32> {
        self.core.wasm_offset()
    }

    /// How far from the stack's bottom the innermost frame begins: what it calls lies
    /// further up.
    pub fn depth_slots(&self) -> usize {
        self.core.depth_slots()
    }

    /// WebAssembly's innermost frames, at most `max`.
    pub fn frames(&mut self, max: usize) -> Vec<StoppedFrame> {
        self.core.frames(max).1
    }

    /// The locals of frame `index`, parameters first.
    pub fn locals(&mut self, index: usize) -> Vec<Val> {
        let locals = self.core.locals(index);
        locals.into_iter().map(Val::from).collect()
    }

    /// The operand stack of the innermost frame, the top last.
    pub fn operands(&mut self) -> Vec<Val> {
        let operands = self.core.operands();
        operands.into_iter().map(Val::from).collect()
    }

    /// The value of global `index` of the instance.
    pub fn global(&self, index: u32) -> Option<Val> {
        let instance = self.core.instance()?;
        self.core.store().global_at(instance, index).map(Val::from)
    }

    /// The bytes of the instance's memory 0; none if it has none.
    pub fn memory(&self) -> &[u8] {
        let instance = self.core.instance();
        instance.map_or(&[], |instance| self.core.store().first_memory(instance))
    }

    /// What the store's host functions work on.
    ///
    /// # Panics
    ///
    /// If it is of another type.
    pub fn data<T: 'static>(&self) -> &T {
        store::data(self.core.store().data())
    }

    /// The bytes of the instance's memory 0, to be changed, and what the store's host
    /// functions work on.
    ///
    /// # Panics
    ///
    /// If that is of another type.
    pub fn memory_and_data<T: 'static>(&mut self) -> (&mut [u8], &mut T) {
        let (memory, data) = self.core.memory_and_data();
        (memory.unwrap_or_default(), store::data_mut(data))
    }

    /// Where a Go program's machine stands; `None` if the guest is none.
    pub fn go_machine(&mut self) -> Option<GoMachine> {
        let number = |index| match self.global(index)? {
            Val::I32(value) => Some(u64::from(value as u32)),
            Val::I64(value) => Some(value as u64),
            _ => None,
        };
        let (sp, g) = (number(0)?, number(2)?);
        self.go_program()?;
        let at = usize::try_from(g).ok()?.checked_add(8)?;
        let bytes = self.memory().get(at..at.checked_add(8)?)?;
        let stack_high = u64::from_le_bytes(bytes.try_into().ok()?);
        Some(GoMachine { g, sp, stack_high })
    }

    /// The goroutines of a Go program with their stacks, the one that runs first;
    /// only that one unless `all`.
    pub fn goroutines(&mut self, all: bool) -> Option<Goroutines> {
        let instance = self.core.instance()?;
        let innermost = self.core.frames(2).1;
        let innermost = innermost.iter().map(|frame| core::SampleFrame {
            func_idx: frame.func_idx,
            wasm_offset: frame.wasm_offset,
        });
        let innermost = Vec::from_iter(innermost);
        self.go_program()?;
        let store = self.core.store();
        let go = self.go.program.as_mut()?;
        let machine = go.machine(store, instance, &innermost)?;
        let version = version(store.module_of(instance).decoded());
        let scan = if all { Scan::All } else { Scan::Running };
        let program = go.program(store, instance);
        let goroutines = Goroutines::read(&program, &machine, version.as_ref(), scan);
        (!goroutines.list.is_empty()).then_some(goroutines)
    }

    fn go_program(&mut self) -> Option<&mut GoProgram> {
        if !self.go.was_sought {
            let instance = self.core.instance()?;
            self.go.was_sought = true;
            self.go.program = GoProgram::find(self.core.store(), instance);
        }
        self.go.program.as_mut()
    }
}
