//! A guest that stands still, as a user sees it.

use crate::breakpoint::Breakpoints;
use crate::face::Why;
use crate::program::Program;
use fossor::{Goroutines, SourceFrame, Stopped, Val};
use fossor_host::GuestMemory;
use fossor_wasi::{Call, Span, TraceOptions, WasiCtx, spans};

/// Frames that are shown of a guest that is no Go program.
const MAX_FRAMES: usize = 500;

/// A guest that stands still, and all that can be asked of it.
pub struct Halt<'h, 'a, 's> {
    pub(crate) stopped: &'h mut Stopped<'a, 's>,
    pub(crate) program: &'h Program,
    pub(crate) breakpoints: &'h mut Breakpoints,
    pub(crate) why: &'h Why,
    pub(crate) can_go_back: bool,
}

/// Where a guest stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// Operators executed before.
    pub steps: u64,
    /// Index of the function.
    pub func_idx: u32,
    /// Its name.
    pub func: String,
    /// Byte offset in the module of the next operator.
    pub wasm_offset: u32,
    /// Where it is in the source of a Go program.
    pub source: Option<SourceFrame>,
}

/// A frame of a stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The function's name.
    pub func: String,
    /// Index of the function; of the one that it was inlined into.
    pub func_idx: u32,
    /// Where it is in the source of a Go program.
    pub source: Option<SourceFrame>,
    /// Byte offset in the module, if the frame is one of WebAssembly's.
    pub wasm_offset: Option<u32>,
}

impl Halt<'_, '_, '_> {
    /// Why it stands still.
    pub fn why(&self) -> &Why {
        self.why
    }

    /// The program.
    pub fn program(&self) -> &Program {
        self.program
    }

    /// The breakpoints.
    pub fn breakpoints(&mut self) -> &mut Breakpoints {
        self.breakpoints
    }

    /// Whether there is a way back: the run is a recording's.
    pub fn can_go_back(&self) -> bool {
        self.can_go_back
    }

    /// Where it stands.
    pub fn position(&mut self) -> Position {
        let wasm_offset = self.stopped.wasm_offset().unwrap_or(0);
        let func_idx = self.program.module().func_at(wasm_offset).unwrap_or(0);
        let source = self.program.source_at(wasm_offset);
        Position {
            steps: self.stopped.steps(),
            func_idx,
            func: self.program.func_name(func_idx),
            wasm_offset,
            source: source.filter(|at| at.line > 0),
        }
    }

    /// The operator at an offset, as text.
    pub fn operator_at(&self, wasm_offset: u32) -> Option<String> {
        let func_idx = self.program.module().func_at(wasm_offset)?;
        let operators = self.program.operators(func_idx).into_iter();
        let mut found = operators.filter(|line| line.wasm_offset == wasm_offset);
        Some(found.next()?.text)
    }

    /// The number of the goroutine that runs.
    pub fn running_goroutine(&mut self) -> Option<u64> {
        self.stopped.goroutines(false)?.list.first()?.id
    }

    /// The goroutines of a Go program, the one that runs first.
    pub fn goroutines(&mut self) -> Option<Goroutines> {
        self.goroutines_as_shown(true)
    }

    /// The goroutines, without frames of inlined functions that begin here.
    fn goroutines_as_shown(&mut self, all: bool) -> Option<Goroutines> {
        let mut goroutines = self.stopped.goroutines(all)?;
        let here = self.stopped.wasm_offset();
        if let (Some(running), Some(here)) = (goroutines.list.first_mut(), here) {
            let all = self
                .program
                .spot_at(here)
                .map_or(0, |spot| spot.source.len());
            let entered = self
                .program
                .frames_at(here)
                .map_or(0, |frames| frames.len());
            let frames = running.frames.iter();
            let inlined = frames.take_while(|frame| frame.source.inlined).count();
            let beginning = all.saturating_sub(entered).min(inlined);
            running.frames.drain(..beginning);
        }
        Some(goroutines)
    }

    /// The stack: of the goroutine that runs, or else WebAssembly's.
    pub fn backtrace(&mut self) -> Vec<Frame> {
        let goroutines = self.goroutines_as_shown(false);
        let running = goroutines.and_then(|all| all.list.into_iter().next());
        match running {
            Some(goroutine) => self.frames_of(&goroutine),
            None => self.wasm_frames(),
        }
    }

    /// The frames of a goroutine.
    pub fn frames_of(&self, goroutine: &fossor::Goroutine) -> Vec<Frame> {
        let imported = self.program.module().imported_func_count();
        let frames = goroutine.frames.iter().map(|frame| Frame {
            func: frame.source.func.clone(),
            func_idx: frame.defined_idx.saturating_add(imported),
            source: Some(frame.source.clone()),
            wasm_offset: None,
        });
        frames.collect()
    }

    /// WebAssembly's frames. In a Go program they are not the goroutine's stack, once
    /// goroutines were switched.
    pub fn wasm_frames(&mut self) -> Vec<Frame> {
        let frames = self.stopped.frames(MAX_FRAMES).into_iter();
        let frames = frames.map(|frame| Frame {
            func: self.program.func_name(frame.func_idx),
            func_idx: frame.func_idx,
            source: frame.wasm_offset.and_then(|at| self.program.source_at(at)),
            wasm_offset: frame.wasm_offset,
        });
        frames.collect()
    }

    /// The locals of WebAssembly's frame `index`, parameters first.
    pub fn locals(&mut self, index: usize) -> Vec<Val> {
        self.stopped.locals(index)
    }

    /// The operand stack of the innermost frame, the top last.
    pub fn operands(&mut self) -> Vec<Val> {
        self.stopped.operands()
    }

    /// The value of a global variable.
    pub fn global(&self, index: u32) -> Option<Val> {
        self.stopped.global(index)
    }

    /// Global variables, from index 0.
    pub fn globals(&self) -> Vec<Val> {
        (0..).map_while(|index| self.global(index)).collect()
    }

    /// The guest's memory 0.
    pub fn memory(&self) -> &[u8] {
        self.stopped.memory()
    }

    /// The guest's memory 0, to be changed.
    pub fn memory_mut(&mut self) -> &mut [u8] {
        self.stopped.memory_and_data::<WasiCtx>().0
    }

    /// The call of WASI that is next, as the trace shows it; `None` if the next
    /// operator is none.
    pub fn next_call(&mut self) -> Option<String> {
        self.with_next_call(|call, ctx, memory| {
            ctx.shown_call(call, memory, TraceOptions::default())
        })
    }

    /// What the call of WASI that is next will read and may write.
    pub fn next_call_spans(&mut self) -> Vec<Span> {
        let spans = self.with_next_call(|call, ctx, memory| {
            let mut all = Vec::new();
            spans::read(call, memory, &mut |span| all.push(span));
            spans::plan(call, ctx, memory, &mut all);
            all
        });
        spans.unwrap_or_default()
    }

    fn with_next_call<R>(
        &mut self,
        show: impl FnOnce(&Call<'_>, &WasiCtx, &GuestMemory<'_>) -> R,
    ) -> Option<R> {
        if self.stopped.trap().is_some() {
            return None;
        }
        let callee = self.program.callee_at(self.stopped.wasm_offset()?)?;
        let function = self.program.wasi_function(callee)?;
        let operands = self.stopped.operands();
        let first = operands.len().checked_sub(function.params.len())?;
        let cells = operands[first..].iter().map(|value| match value {
            Val::I32(value) => u64::from(*value as u32),
            Val::I64(value) => *value as u64,
            _ => 0,
        });
        let cells = Vec::from_iter(cells);
        let (memory, ctx) = self.stopped.memory_and_data::<WasiCtx>();
        let call = Call {
            function,
            cells: &cells,
        };
        Some(show(&call, ctx, &GuestMemory::new(memory)))
    }
}
