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
use crate::func::{Func, SourceFrame};
use crate::image::Image;
use crate::layout;
use crate::pc::Pc;
use crate::program::Program;
use crate::traceback::Frame;
use std::collections::HashMap;

/// Frames that are kept at either end of a long stack.
const KEPT: usize = 50;

/// Frames that are walked over: a stack has at most a gigabyte.
const MAX_FRAMES: u64 = 1 << 26;

/// Different places on one stack; a recursion has few.
const MAX_PLACES: usize = 1 << 14;

/// Frames after which a stack is believed.
const FAR: usize = 64;

/// Frames shown of one stack, inlined calls included.
const MAX_SHOWN: usize = 500;

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
    /// The function of WebAssembly's next frame, in the same terms.
    pub caller_idx: Option<u32>,
}

/// A frame as the stack has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StackPc {
    /// Where it is.
    pub pc: Pc,
    /// Whether that is where a call returns to.
    pub returns: bool,
}

/// A frame, and where the arguments of its function lie, if that is known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RawFrame {
    at: StackPc,
    arguments: Option<u64>,
}

/// The frames of a stack, the innermost first.
#[derive(Clone, Debug, Default)]
pub(crate) struct RawStack {
    pub frames: Vec<RawFrame>,
    /// How many were left out, and behind how many.
    pub omitted: u64,
    pub omitted_after: usize,
    /// Whether it goes on from the scheduler's stack to the goroutine's own.
    pub switched: bool,
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

    /// Where Go goes on that has left the place below the stack pointer: `gogo` did,
    /// for another goroutine, or a function that returned.
    fn left_at(program: &Program<'_>, machine: &Machine<'_>) -> Option<Self> {
        let sp = machine.sp;
        let pc = machine.memory.u64(sp.checked_sub(8)?)?;
        program.func_at(Pc(pc)).ok()?;
        Some(Self::parked(sp, pc))
    }

    /// The same within `gogo` itself, when it has changed the stack pointer and has
    /// not forgotten yet what was saved.
    fn switched_to(machine: &Machine<'_>, stop: Stop) -> Option<Self> {
        let saved = |offset| machine.memory.field(machine.g, offset);
        let (sp, pc) = (saved(layout::SCHED_SP)?, saved(layout::SCHED_PC)?);
        let left = machine.memory.u64(machine.sp.checked_sub(8)?)?;
        let of_another = Pc(pc).defined_idx() != Some(stop.defined_idx);
        (machine.sp == sp && left == pc && of_another).then(|| Self::parked(sp, pc))
    }

    /// The function was called from Go's loop, to go on where the place below the
    /// stack pointer says.
    fn entered_from_loop(program: &Program<'_>, machine: &Machine<'_>, stop: Stop) -> Option<Self> {
        let caller = Pc::of_defined(stop.caller_idx?);
        let start = Self::left_at(program, machine)?;
        let goes_on = start.pc.defined_idx() == Some(stop.defined_idx);
        (goes_on && is_loop(program, caller)).then_some(start)
    }

    /// Whether from here a stack can be followed to its beginning, or far.
    fn leads_on(self, program: &Program<'_>, machine: &Machine<'_>) -> bool {
        let mut frames = 0;
        let mut last = self.pc;
        walk(program, machine, self, |frame| {
            (frames, last) = (frames + 1, frame.at.pc);
            frames < FAR
        });
        let is_first =
            |func: Func<'_>| func.is_outermost() || frames > 1 && func.name() == "runtime.mcall";
        frames >= FAR || program.func_at(last).is_ok_and(is_first)
    }

    /// The goroutine that runs.
    pub fn running(program: &Program<'_>, machine: &Machine<'_>) -> Option<Self> {
        let sp = machine.sp;
        let above = sp.checked_add(8)?;
        let at = |pc, returns, link, sp| {
            Some(Start {
                pc,
                returns,
                link,
                sp,
            })
        };
        let return_at = |address| {
            let pc = Pc(machine.memory.u64(address)?);
            (pc.block() > 0 && program.func_at(pc).is_ok()).then_some(pc)
        };
        let Some(stop) = machine.stop else {
            return at(return_at(sp)?, true, None, above);
        };
        if let Some(start) = Self::switched_to(machine, stop) {
            return Some(start);
        }
        let entry = Pc::of_defined(stop.defined_idx);
        if is_loop(program, entry) {
            return Self::left_at(program, machine);
        }
        let is_first = |place: Place| place.stack == StackState::Entering;
        if stop.place.is_none_or(is_first)
            && let Some(start) = Self::entered_from_loop(program, machine, stop)
        {
            return Some(start);
        }
        let Some(place) = stop.place else {
            return at(entry, false, Some(sp), sp);
        };
        let here = entry.at(place.likely());
        // The place may be one before the frame was made.
        let frame_bytes = || program.func_at(here).ok()?.largest_frame_bytes().ok();
        let framed = sp.checked_add(frame_bytes().unwrap_or(0))?;
        match place.stack {
            StackState::Entry => at(here, false, Some(sp), sp),
            StackState::Body => at(here, false, Some(framed), sp),
            StackState::Calling => match return_at(sp) {
                Some(pc) if pc.func() == entry.func() => at(pc, true, None, above),
                _ => at(here, false, None, above),
            },
            StackState::Switching => Self::left_at(program, machine),
            StackState::Popped => at(here, false, Some(sp.checked_sub(8)?), sp),
            StackState::Entering => {
                let called = at(entry, false, Some(sp), sp)?;
                let jumped = at(here, false, Some(framed), sp)?;
                let called_by = |address| {
                    let pc: Option<Pc> = return_at(address);
                    pc.is_some_and(|pc| pc.defined_idx() == stop.caller_idx)
                };
                let [likelier, other] = match called_by(sp) || !called_by(framed) {
                    true => [called, jumped],
                    false => [jumped, called],
                };
                // Words of earlier calls lie about.
                let leads_on = |start: Start| start.leads_on(program, machine);
                match leads_on(likelier) || !leads_on(other) {
                    true => Some(likelier),
                    false => Some(other),
                }
            }
        }
    }
}

/// Whether a function is one of those that call whatever Go goes on with, and have no
/// frame of Go's themselves.
fn is_loop(program: &Program<'_>, entry: Pc) -> bool {
    let func = program.func_at(entry);
    func.is_ok_and(|func| func.name().starts_with("wasm_pc_f_loop"))
}

/// Walks from `start` outwards, at most to the end of the stack.
pub(crate) fn unwind(program: &Program<'_>, machine: &Machine<'_>, start: Start) -> RawStack {
    let mut stack = Collector::default();
    let switched = walk(program, machine, start, |frame| {
        stack.push(frame);
        true
    });
    RawStack {
        switched,
        ..stack.finish()
    }
}

impl Program<'_> {
    /// The innermost frames of the goroutine that runs, at most `max`.
    pub fn stack(&self, machine: &Machine<'_>, max: usize) -> Vec<StackPc> {
        let mut frames = Vec::new();
        if let Some(start) = Start::running(self, machine) {
            walk(self, machine, start, |frame| {
                frames.push(frame.at);
                frames.len() < max
            });
        }
        frames
    }

    /// Where a frame is in the source: the innermost of the functions inlined
    /// there first.
    pub fn source(&self, frame: StackPc) -> Vec<SourceFrame> {
        let at = if frame.returns {
            frame.pc.before()
        } else {
            frame.pc
        };
        let func = self.func_at(frame.pc);
        func.map(|func| func.source(at)).unwrap_or_default()
    }
}

/// Hands each frame to `each`, until that says `false`. Whether it went from the
/// scheduler's stack to a goroutine's.
fn walk(
    program: &Program<'_>,
    machine: &Machine<'_>,
    start: Start,
    mut each: impl FnMut(RawFrame) -> bool,
) -> bool {
    let mut sizes = Sizes::new(program);
    let mut switched = false;
    let Start {
        mut pc,
        mut returns,
        mut link,
        mut sp,
    } = start;
    for _ in 0..MAX_FRAMES {
        let Some(size) = sizes.of(pc) else { break };
        let address = match (link.take(), size) {
            (link, Size::Outermost) => link,
            // It stands before the change of stacks, or did without one.
            (Some(address), _) => Some(address),
            (None, Size::SystemStack | Size::MoreStack) if !switched => None,
            (None, Size::SystemStack | Size::MoreStack) => Some(sp),
            (None, Size::Bytes(bytes)) => sp.checked_add(bytes),
        };
        let frame = RawFrame {
            at: StackPc { pc, returns },
            // Behind the return address.
            arguments: address.and_then(|address| address.checked_add(8)),
        };
        if !each(frame) || matches!(size, Size::Outermost) {
            break;
        }
        let Some(address) = address else {
            // The goroutine's own stack goes on where it was left.
            switched = true;
            let Some((saved_sp, saved_pc)) = user_stack(machine) else {
                break;
            };
            returns = true;
            if matches!(size, Size::MoreStack) {
                (pc, sp) = (Pc(saved_pc), saved_sp);
                continue;
            }
            // `systemstack` has no frame, so its return address is next.
            let Some(word) = machine.memory.u64(saved_sp) else {
                break;
            };
            (pc, sp) = (Pc(word), saved_sp + 8);
            continue;
        };
        let Some(word) = machine.memory.u64(address) else {
            break;
        };
        (pc, returns, sp) = (Pc(word), true, address + 8);
    }
    switched
}

/// How to get from a frame to the next.
#[derive(Clone, Copy)]
enum Size {
    /// It is the last.
    Outermost,
    /// `runtime.systemstack`, which changes to the scheduler's stack.
    SystemStack,
    /// `runtime.morestack`, which does so too, in the place of its caller.
    MoreStack,
    /// So many bytes before the return address.
    Bytes(u64),
}

/// Sizes of frames by place, each looked up once.
struct Sizes<'a> {
    program: &'a Program<'a>,
    known: HashMap<Pc, Size>,
    last: Option<(Pc, Size)>,
}

impl<'a> Sizes<'a> {
    fn new(program: &'a Program<'a>) -> Self {
        Self {
            program,
            known: HashMap::new(),
            last: None,
        }
    }

    fn of(&mut self, pc: Pc) -> Option<Size> {
        if let Some((last, size)) = self.last
            && last == pc
        {
            return Some(size);
        }
        let size = match self.known.get(&pc) {
            Some(size) => *size,
            None if self.known.len() >= MAX_PLACES => return None,
            None => {
                let func = self.program.func_at(pc).ok()?;
                let size = match func.name() {
                    _ if func.is_outermost() => Size::Outermost,
                    name if name == "runtime.systemstack" => Size::SystemStack,
                    name if name == "runtime.morestack" => Size::MoreStack,
                    _ => Size::Bytes(func.frame_bytes(pc).ok()?),
                };
                self.known.insert(pc, size);
                size
            }
        };
        self.last = Some((pc, size));
        Some(size)
    }
}

/// Where the stack of the goroutine is that the scheduler's works for: stack
/// pointer and program counter, as saved.
fn user_stack(machine: &Machine<'_>) -> Option<(u64, u64)> {
    let memory = machine.memory;
    let m = memory.field(machine.g, layout::M)?;
    if memory.field(m, layout::G0)? != machine.g {
        return None;
    }
    let curg = layout::Layout::ALL.iter().find_map(|layout| {
        let g = memory.field(m, layout.curg)?;
        (g != 0 && memory.field(g, layout::M)? == m).then_some(g)
    })?;
    let sp = memory.field(curg, layout::SCHED_SP)?;
    let low = memory.field(curg, layout::STACK_LOW)?;
    let high = memory.field(curg, layout::STACK_HIGH)?;
    let pc = memory.field(curg, layout::SCHED_PC)?;
    (low..high).contains(&sp).then_some((sp, pc))
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
            switched: false,
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
        let pc = raw.at.pc;
        for source in program.source(raw.at) {
            if frames.len() >= MAX_SHOWN {
                return (frames, omitted_after);
            }
            if source.file == "<autogenerated>" {
                continue;
            }
            let arguments = || {
                let address = raw.arguments.filter(|_| !source.inlined)?;
                program.func_at(pc).ok()?.arguments(address)
            };
            frames.push(Frame {
                offset: pc.block(),
                defined_idx: pc.defined_idx().unwrap_or(u32::MAX),
                arguments: arguments(),
                source,
            });
        }
    }
    (frames, omitted_after)
}
