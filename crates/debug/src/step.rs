//! Steps: when a guest that was told to take one has done so.

use crate::breakpoint::Breakpoints;
use crate::program::Program;
use fossor::Stopped;

/// A step under way.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// To this operator.
    To(u64),
    /// To the next call of WASI.
    Call,
    /// Over or out of a function, by WebAssembly's frames: until one begins here or
    /// further out.
    Frame(usize),
    /// By lines of Go.
    Line(Line),
}

/// How a step treats functions that are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Into,
    Over,
    Out,
}

/// A step by lines of Go.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    way: Way,
    /// The goroutine.
    g: u64,
    /// How far from its stack's end its frame begins, in bytes.
    depth_bytes: u64,
    from: Option<LineKey>,
}

/// A line, in a function, and the lines that lead to it through inlined functions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LineKey {
    func_idx: u32,
    /// Functions and their lines, the outermost first.
    chain: Vec<(String, u32)>,
}

impl LineKey {
    fn of(program: &Program, wasm_offset: u32) -> Option<Self> {
        let frames = program.frames_at(wasm_offset)?;
        let chain = frames.iter().rev();
        Some(Self {
            func_idx: program.module().func_at(wasm_offset)?,
            chain: chain.map(|at| (at.func.clone(), at.line)).collect(),
        })
    }

    /// How many functions were inlined into each other here.
    pub fn level(&self) -> usize {
        self.chain.len()
    }

    /// The line for one who does not look into more than `level` inlined functions.
    pub fn cut(&self, level: usize) -> Self {
        let chain = self.chain.iter().take(level.max(1)).cloned();
        Self {
            func_idx: self.func_idx,
            chain: chain.collect(),
        }
    }

    fn has_line(&self) -> bool {
        self.chain.last().is_some_and(|(_, line)| *line > 0)
    }

    /// Whether a step by lines stops here: not within the runtime.
    fn is_shown(&self) -> bool {
        let internal = ["runtime.", "internal/runtime/", "runtime/internal/"];
        let is_internal = |func: &str| internal.iter().any(|begin| func.starts_with(begin));
        let mut funcs = self.chain.iter().map(|(func, _)| func);
        let named = self
            .chain
            .first()
            .is_some_and(|(func, _)| func.contains('.'));
        named && self.has_line() && !funcs.any(|func| is_internal(func))
    }
}

/// Where a Go program stands at an operator at which a debugger may stop.
pub(crate) struct GoPlace {
    pub g: u64,
    pub depth_bytes: u64,
    pub key: LineKey,
    /// Whether people want to see the function.
    pub is_shown: bool,
}

impl GoPlace {
    /// The place; `None` where stacks are being changed.
    pub fn of(program: &Program, stopped: &mut Stopped<'_, '_>) -> Option<Self> {
        let machine = stopped.go_machine()?;
        let wasm_offset = stopped.wasm_offset()?;
        let spot = program.spot_at(wasm_offset)?;
        if !spot.is_rest {
            return None;
        }
        let key = LineKey::of(program, wasm_offset)?;
        Some(Self {
            g: machine.g,
            depth_bytes: machine.stack_high.wrapping_sub(machine.sp),
            is_shown: key.is_shown(),
            key,
        })
    }
}

impl Step {
    /// Begins a step by lines; by operators and frames of guests that are no Go
    /// programs.
    pub fn by_line(
        program: &Program,
        breakpoints: &mut Breakpoints,
        stopped: &mut Stopped<'_, '_>,
        way: Way,
    ) -> Self {
        let machine = program.is_go().then(|| stopped.go_machine()).flatten();
        let Some(machine) = machine else {
            return Self::by_frame(breakpoints, stopped, way);
        };
        if way != Way::Into {
            // Nothing else need be looked at.
            let stack = stopped.goroutines(false);
            let frames = stack.iter().flat_map(|all| &all.list);
            let frames = frames.flat_map(|goroutine| &goroutine.frames);
            let imported = program.module().imported_func_count();
            let funcs = frames.map(|frame| frame.defined_idx.saturating_add(imported));
            let offset = stopped.wasm_offset();
            let here = offset.and_then(|at| program.module().func_at(at));
            let mut funcs = Vec::from_iter(funcs.chain(here));
            funcs.sort_unstable();
            funcs.dedup();
            breakpoints.lend(&funcs);
        }
        let place = GoPlace::of(program, stopped);
        let depth_bytes = match &place {
            Some(place) => place.depth_bytes,
            None => machine.stack_high.wrapping_sub(machine.sp),
        };
        Step::Line(Line {
            way,
            g: machine.g,
            depth_bytes,
            from: place.map(|place| place.key),
        })
    }

    /// Begins a step by WebAssembly's frames.
    pub fn by_frame(
        breakpoints: &mut Breakpoints,
        stopped: &mut Stopped<'_, '_>,
        way: Way,
    ) -> Self {
        let depth = stopped.depth_slots();
        if way == Way::Into {
            return Step::To(stopped.steps() + 1);
        }
        let frames = stopped.frames(usize::MAX);
        let mut funcs = Vec::from_iter(frames.iter().map(|frame| frame.func_idx));
        funcs.sort_unstable();
        funcs.dedup();
        breakpoints.lend(&funcs);
        Step::Frame(match way {
            Way::Out => depth.saturating_sub(1),
            _ => depth,
        })
    }

    /// Whether every operator has to be looked at.
    pub fn looks_at_all(&self) -> bool {
        matches!(self, Step::Line(line) if line.way == Way::Into)
    }

    /// Whether the step ends here.
    pub fn ends(&self, program: &Program, stopped: &mut Stopped<'_, '_>) -> bool {
        match self {
            Step::To(steps) => stopped.steps() >= *steps,
            Step::Call => false,
            Step::Frame(depth) => stopped.depth_slots() <= *depth,
            Step::Line(line) => line.ends(program, stopped),
        }
    }
}

impl Line {
    fn ends(&self, program: &Program, stopped: &mut Stopped<'_, '_>) -> bool {
        let Some(place) = GoPlace::of(program, stopped).filter(|place| place.g == self.g) else {
            return false;
        };
        let returned = place.depth_bytes < self.depth_bytes;
        match self.way {
            Way::Into => place.is_shown && self.from.as_ref() != Some(&place.key),
            Way::Over if place.depth_bytes > self.depth_bytes => false,
            Way::Over if returned => place.is_shown,
            Way::Over => {
                let is_same = |from: &LineKey| place.key.cut(from.level()) == *from;
                place.key.has_line() && !self.from.as_ref().is_some_and(is_same)
            }
            Way::Out => returned && place.is_shown,
        }
    }
}
