//! Unwinding Go's stack in linear memory.
//!
//! A frame, upwards from the stack pointer, as the table knows its size:
//!
//! ```text
//! sp → | locals, arguments of calls | return address | arguments, results | …
//!        frame_bytes                  8 bytes          the caller's frame
//! ```
//!
//! Source: `runtime/traceback.go`, `cmd/internal/obj/wasm/wasmobj.go`.

use crate::body::{Place, StackState};
use crate::image::Image;
use crate::layout;
use crate::pc::Pc;
use crate::program::Program;
use crate::traceback::Frame;

/// Frames that are kept at either end of a long stack.
const KEPT: usize = 50;

/// Frames that are walked over; a stack of a gigabyte has at most about this
/// many.
const MAX_FRAMES: u64 = 1 << 26;

/// The state of a Go program that stands still.
#[derive(Clone, Copy, Debug)]
pub struct Machine<'a> {
    /// Its linear memory.
    pub memory: Image<'a>,
    /// Global 0.
    pub sp: u64,
    /// Global 2: the address of the current `g`.
    pub g: u64,
    /// Where WebAssembly's innermost frame is, if that is known.
    pub stop: Option<Stop>,
}

/// A place in the innermost function.
#[derive(Clone, Copy, Debug)]
pub struct Stop {
    /// The function's index among those that the module defines.
    pub defined_idx: u32,
    /// Where in it; `None` before its first instruction.
    pub place: Option<Place>,
}

/// A frame as the stack has it: where its function is, and its arguments.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RawFrame {
    pub pc: Pc,
    /// Whether `pc` is where a call returns to.
    pub returns: bool,
}

/// The frames of a stack, the innermost first.
#[derive(Clone, Debug, Default)]
pub(crate) struct RawStack {
    pub frames: Vec<RawFrame>,
    /// How many were left out, and behind how many.
    pub omitted: u64,
    pub omitted_after: usize,
}

/// A place from which a stack is unwound.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Start {
    pc: Pc,
    returns: bool,
    /// Address of the return address, if that is known.
    link: Option<u64>,
    sp: u64,
}

impl Start {
    /// A goroutine that does not run, from what it saved.
    pub fn parked(sp: u64, pc: u64) -> Self {
        Start {
            pc: Pc(pc),
            returns: true,
            link: None,
            sp,
        }
    }

    /// The goroutine that runs.
    pub fn running(program: &Program<'_>, machine: &Machine<'_>) -> Option<Self> {
        let sp = machine.sp;
        let at = |pc, returns, link, sp| Some(Start { pc, returns, link, sp });
        let return_at = |address| {
            let pc = Pc(machine.memory.u64(address)?);
            program.func_at(pc).is_ok().then_some(pc)
        };
        let Some(stop) = machine.stop else {
            return at(return_at(sp)?, true, None, sp + 8);
        };
        let entry = Pc::of_defined(stop.defined_idx);
        let Some(place) = stop.place else {
            return at(entry, false, Some(sp), sp);
        };
        let here = entry.at(place.likely());
        match place.stack {
            StackState::Entry => at(here, false, Some(sp), sp),
            StackState::Body => at(here, false, None, sp),
            StackState::Calling => match return_at(sp) {
                Some(pc) if pc.func() == entry.func() => at(pc, true, None, sp + 8),
                _ => at(here, false, None, sp + 8),
            },
            StackState::Popped => at(here, false, Some(sp.checked_sub(8)?), sp),
            StackState::Entering => match return_at(sp) {
                Some(_) => at(entry, false, Some(sp), sp),
                None => at(here, false, None, sp),
            },
        }
    }
}

/// Walks from `start` outwards, at most to the end of the stack.
pub(crate) fn unwind(program: &Program<'_>, machine: &Machine<'_>, start: Start) -> RawStack {
    let mut stack = Collector::default();
    let Start { mut pc, mut returns, mut link, mut sp } = start;
    for _ in 0..MAX_FRAMES {
        let Ok(func) = program.func_at(pc) else { break };
        stack.push(RawFrame { pc, returns });
        if func.is_outermost() {
            break;
        }
        let address = match link.take() {
            Some(address) => address,
            None => match func.frame_bytes(pc) {
                Ok(bytes) => sp + bytes,
                Err(_) => break,
            },
        };
        if on_system_stack(program, machine, pc) {
            // The goroutine's own stack goes on where `systemstack` left it.
            let Some(saved) = user_stack(machine) else { break };
            pc = match machine.memory.u64(saved) {
                Some(word) => Pc(word),
                None => break,
            };
            (sp, returns) = (saved + 8, true);
            continue;
        }
        let Some(word) = machine.memory.u64(address) else { break };
        (pc, returns, sp) = (Pc(word), true, address + 8);
    }
    stack.finish()
}

/// Whether this is the frame of `systemstack`, on the scheduler's stack.
fn on_system_stack(program: &Program<'_>, machine: &Machine<'_>, pc: Pc) -> bool {
    let func = program.func_at(pc);
    func.is_ok_and(|func| func.name() == "runtime.systemstack") && user_stack(machine).is_some()
}

/// Where the stack of the goroutine is that the scheduler's works for.
fn user_stack(machine: &Machine<'_>) -> Option<u64> {
    let memory = machine.memory;
    let m = memory.u64(machine.g + layout::M)?;
    if memory.u64(m + layout::G0)? != machine.g {
        return None;
    }
    let curg = layout::Layout::ALL.iter().find_map(|layout| {
        let g = memory.u64(m + layout.curg)?;
        (g != 0 && memory.u64(g + layout::M)? == m).then_some(g)
    })?;
    let sp = memory.u64(curg + layout::SCHED_SP)?;
    let low = memory.u64(curg + layout::STACK_LOW)?;
    let high = memory.u64(curg + layout::STACK_HIGH)?;
    (low..high).contains(&sp).then_some(sp)
}

/// Keeps the frames of both ends.
#[derive(Default)]
struct Collector {
    first: Vec<RawFrame>,
    last: std::collections::VecDeque<RawFrame>,
    omitted: u64,
}

impl Collector {
    fn push(&mut self, frame: RawFrame) {
        if self.first.len() < KEPT {
            self.first.push(frame);
            return;
        }
        self.last.push_back(frame);
        if self.last.len() > KEPT {
            self.last.pop_front();
            self.omitted += 1;
        }
    }

    fn finish(mut self) -> RawStack {
        let omitted_after = self.first.len();
        self.first.extend(self.last);
        RawStack {
            frames: self.first,
            omitted: self.omitted,
            omitted_after,
        }
    }
}

/// The frames in the source's terms, inlined calls included. Not shown are
/// frames of generated code.
pub(crate) fn symbolize(program: &Program<'_>, stack: &RawStack) -> (Vec<Frame>, usize) {
    let mut frames = Vec::new();
    let mut omitted_after = 0;
    for (index, raw) in stack.frames.iter().enumerate() {
        if index == stack.omitted_after {
            omitted_after = frames.len();
        }
        let Ok(func) = program.func_at(raw.pc) else { continue };
        let at = if raw.returns { raw.pc.before() } else { raw.pc };
        for source in func.source(at) {
            if source.file == "<autogenerated>" {
                continue;
            }
            frames.push(Frame {
                offset: raw.pc.block(),
                defined_idx: raw.pc.defined_idx().unwrap_or(u32::MAX),
                source,
            });
        }
    }
    (frames, omitted_after)
}
