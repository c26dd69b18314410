//! Finding goroutines: the one that runs, and all that the runtime has.

use crate::error::GoError;
use crate::image::Image;
use crate::layout::{self, Layout};
use crate::pc::Pc;
use crate::program::Program;
use crate::traceback::{CreatedBy, Frame, Goroutine};
use crate::unwind::{Machine, StackPc, Start, symbolize, unwind};
use crate::version::Version;
use std::fmt;

/// Goroutines whose stacks are unwound; a program may have a million.
const MAX_SHOWN: usize = 200;

/// Frames in all of their stacks together.
const MAX_FRAMES_SHOWN: usize = 10_000;

/// Words that are looked at in search of the list: a guest's data may be made
/// to look like many lists.
const MAX_WORK: u64 = 1 << 27;

/// Goroutines that are believed in at all.
const MAX_COUNT: u64 = 1 << 24;

/// How much is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scan {
    /// The goroutine that runs.
    Running,
    /// All of them.
    All,
}

/// The goroutines of a program that stands still.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Goroutines {
    /// The one that runs first, the others by number. While the scheduler
    /// changes goroutines it comes before the one that it works for.
    pub list: Vec<Goroutine>,
    /// Goroutines that were left out.
    pub omitted: u64,
    /// Why there may be others.
    pub note: Option<GoError>,
}

impl Goroutines {
    /// Reads them.
    pub fn read(
        program: &Program<'_>,
        machine: &Machine<'_>,
        version: Option<&Version>,
        scan: Scan,
    ) -> Self {
        let layout = find_layout(machine, version);
        let reader = Reader {
            program,
            machine,
            layout,
        };
        let mut goroutines = Goroutines::default();
        let running = reader.running();
        goroutines.list.extend(running);
        if scan == Scan::Running {
            return goroutines;
        }
        let all = layout
            .ok_or(GoError::Goroutines("this version of Go is not known"))
            .and_then(|layout| reader.all(layout));
        match all {
            Ok(addresses) => reader.add_parked(addresses, &mut goroutines),
            Err(error) => goroutines.note = Some(error),
        }
        goroutines
    }

    /// What is shown before the runtime runs, when there are no goroutines yet and
    /// WebAssembly's frames are the stack: where these are, the innermost first.
    pub fn before_start(program: &Program<'_>, frames: &[Pc]) -> Self {
        let frames = frames.iter().flat_map(|&pc| {
            let at = StackPc { pc, returns: false };
            let sources = program.source(at).into_iter();
            sources.map(move |source| Frame {
                offset: pc.block(),
                defined_idx: pc.defined_idx().unwrap_or(u32::MAX),
                // They lie on no stack of Go's.
                arguments: None,
                source,
            })
        });
        let frames = Vec::from_iter(frames.take(MAX_FRAMES_SHOWN));
        let goroutine = Goroutine {
            id: None,
            status: "before initialization".to_owned(),
            omitted_after: frames.len(),
            frames,
            omitted: 0,
            created_by: None,
        };
        Self {
            list: vec![goroutine],
            ..Self::default()
        }
    }
}

impl fmt::Display for Goroutines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, goroutine) in self.list.iter().enumerate() {
            if index > 0 {
                f.write_str("\n\n")?;
            }
            goroutine.fmt(f)?;
        }
        if self.omitted > 0 {
            write!(f, "\n\n... {} more goroutines", self.omitted)?;
        }
        match &self.note {
            Some(note) => write!(f, "\n\n({note})"),
            None => Ok(()),
        }
    }
}

// Statuses. Source: `runtime/runtime2.go`.
const RUNNABLE: u32 = 1;
const RUNNING: u32 = 2;
const SYSCALL: u32 = 3;
const WAITING: u32 = 4;
const COPYING: u32 = 8;
const PREEMPTED: u32 = 9;
/// While the collector scans it.
const SCANNING: u32 = 0x1000;

struct Reader<'a> {
    program: &'a Program<'a>,
    machine: &'a Machine<'a>,
    layout: Option<Layout>,
}

/// The layout of the version, or the first one that fits the memory.
fn find_layout(machine: &Machine<'_>, version: Option<&Version>) -> Option<Layout> {
    let known = version.and_then(|version| Layout::of(version.minor));
    let candidates = known.into_iter().chain(Layout::ALL);
    candidates.into_iter().find(|layout| {
        user_g(machine, *layout).is_some_and(|g| is_goroutine(machine.memory, *layout, g))
    })
}

/// The goroutine that runs: the scheduler works for another.
fn user_g(machine: &Machine<'_>, layout: Layout) -> Option<u64> {
    let memory = machine.memory;
    let m = memory.field(machine.g, layout::M)?;
    if memory.field(m, layout::G0)? != machine.g {
        return Some(machine.g);
    }
    match memory.field(m, layout.curg)? {
        0 => Some(machine.g),
        g => Some(g),
    }
}

/// Whether an address can be a `g`'s.
fn is_goroutine(memory: Image<'_>, layout: Layout, g: u64) -> bool {
    let check = || {
        if g == 0 || !g.is_multiple_of(8) || g >= memory.len_bytes() {
            return None;
        }
        let status = memory.field_u32(g, layout.status)? & !SCANNING;
        let low = memory.field(g, layout::STACK_LOW)?;
        let high = memory.field(g, layout::STACK_HIGH)?;
        let goid = memory.field(g, layout.goid)?;
        Some(status <= 11 && low <= high && high <= memory.len_bytes() && goid < 1 << 48)
    };
    check().unwrap_or(false)
}

impl Reader<'_> {
    /// The goroutine that runs. While the scheduler parks it or goes on with it,
    /// that comes first, with a stack of its own.
    fn running(&self) -> Vec<Goroutine> {
        let Some(start) = Start::running(self.program, self.machine) else {
            return Vec::new();
        };
        let stack = unwind(self.program, self.machine, start);
        let (frames, omitted_after) = symbolize(self.program, &stack);
        let user = self.layout.and_then(|layout| user_g(self.machine, layout));
        let scheduler = self.is_scheduler() && !stack.switched;
        let g = user.map(|user| if scheduler { self.machine.g } else { user });
        let idle = scheduler && user == g;
        let first = Goroutine {
            id: g.and_then(|g| self.field(g, |layout| layout.goid)),
            status: if idle { "idle" } else { "running" }.to_owned(),
            frames,
            omitted: stack.omitted,
            omitted_after,
            created_by: g.and_then(|g| self.created_by(g)),
        };
        let second = user.filter(|_| scheduler && !idle);
        let second = second.map(|g| self.parked(g, "running".to_owned()));
        [first].into_iter().chain(second).collect()
    }

    fn is_scheduler(&self) -> bool {
        let memory = self.machine.memory;
        let m = memory.field(self.machine.g, layout::M).unwrap_or(0);
        memory.field(m, layout::G0) == Some(self.machine.g)
    }

    fn field(&self, g: u64, offset: impl Fn(&Layout) -> u64) -> Option<u64> {
        self.machine.memory.field(g, offset(self.layout.as_ref()?))
    }

    fn created_by(&self, g: u64) -> Option<CreatedBy> {
        let parent = self.field(g, |layout| layout.parent)?;
        let pc = Pc(self.field(g, |layout| layout.gopc)?);
        let func = self.program.func_at(pc).ok()?;
        let name = func.name();
        // Goroutine 1 was made by the runtime.
        if parent == 0 || name == "runtime.rt0_go" {
            return None;
        }
        let source = func.source(pc.before()).into_iter().next()?;
        Some(CreatedBy {
            frame: Frame {
                offset: pc.block(),
                defined_idx: pc.defined_idx()?,
                arguments: None,
                source,
            },
            parent,
        })
    }

    /// The addresses of all `g`s. `runtime.allgs` has no name in the module,
    /// so it is looked for: a slice of goroutines, among them the one that
    /// runs, or goroutine 1.
    fn all(&self, layout: Layout) -> Result<Vec<u64>, GoError> {
        let memory = self.machine.memory;
        let module = self.program.module();
        let module = module.ok_or(GoError::Goroutines("the runtime's record is not there"))?;
        let known = user_g(self.machine, layout).filter(|_| !self.is_scheduler_alone(layout));
        let mut work = 0;
        for (start, end) in [module.bss, module.data] {
            let end = end.min(memory.len_bytes());
            for at in (start..end).step_by(8) {
                let Some(count) = slice_length(memory, at) else {
                    continue;
                };
                work += 1;
                if work > MAX_WORK {
                    break;
                }
                let array = memory.u64(at).unwrap_or(0);
                let Some(bytes) = memory.slice(array, count * 8) else {
                    continue;
                };
                let mut addresses = bytes.as_chunks().0.iter().map(|b| u64::from_le_bytes(*b));
                let mut believed = 0;
                let believable = addresses.clone().all(|g| {
                    believed += 1;
                    is_goroutine(memory, layout, g)
                });
                work += believed;
                if !believable {
                    continue;
                }
                let found = match known {
                    Some(known) => addresses.any(|g| g == known),
                    None => addresses.any(|g| memory.field(g, layout.goid) == Some(1)),
                };
                if found {
                    let words = bytes.as_chunks().0.iter();
                    return Ok(words.map(|b| u64::from_le_bytes(*b)).collect());
                }
            }
        }
        Err(GoError::Goroutines(
            "the runtime's list of them was not found",
        ))
    }

    fn is_scheduler_alone(&self, layout: Layout) -> bool {
        self.is_scheduler() && user_g(self.machine, layout) == Some(self.machine.g)
    }

    fn add_parked(&self, addresses: Vec<u64>, goroutines: &mut Goroutines) {
        let running = self.layout.and_then(|layout| user_g(self.machine, layout));
        let reasons = WaitReasons::find(self.machine.memory, self.program.data);
        let mut parked = Vec::new();
        let mut frames = 0;
        for g in addresses {
            if Some(g) == running {
                continue;
            }
            let Some(status) = self.status(g, &reasons) else {
                continue;
            };
            if parked.len() >= MAX_SHOWN || frames >= MAX_FRAMES_SHOWN {
                goroutines.omitted += 1;
                continue;
            }
            let goroutine = self.parked(g, status);
            frames += goroutine.frames.len();
            if !goroutine.is_system() {
                parked.push(goroutine);
            }
        }
        parked.sort_by_key(|goroutine| goroutine.id);
        // The scheduler that found nothing to do is of no interest beside those
        // that wait.
        if !parked.is_empty() {
            let idle = |goroutine: &Goroutine| goroutine.status == "idle";
            goroutines.list.retain(|goroutine| !idle(goroutine));
        }
        goroutines.list.extend(parked);
    }

    /// What a goroutine does; `None` if it is over.
    fn status(&self, g: u64, reasons: &WaitReasons<'_>) -> Option<String> {
        let layout = self.layout?;
        let memory = self.machine.memory;
        let text = match memory.field_u32(g, layout.status)? & !SCANNING {
            RUNNABLE => "runnable",
            RUNNING => "running",
            SYSCALL => "syscall",
            WAITING => {
                let reason = memory.u8(g.checked_add(layout.wait_reason)?)?;
                return Some(reasons.text(reason).unwrap_or_else(|| "waiting".to_owned()));
            }
            COPYING => "copystack",
            PREEMPTED => "preempted",
            _ => return None,
        };
        Some(text.to_owned())
    }

    fn parked(&self, g: u64, status: String) -> Goroutine {
        let memory = self.machine.memory;
        let sp = memory.field(g, layout::SCHED_SP).unwrap_or(0);
        let pc = memory.field(g, layout::SCHED_PC).unwrap_or(0);
        let stack = unwind(self.program, self.machine, Start::parked(sp, pc));
        let (frames, omitted_after) = symbolize(self.program, &stack);
        Goroutine {
            id: self.field(g, |layout| layout.goid),
            status,
            frames,
            omitted: stack.omitted,
            omitted_after,
            created_by: self.created_by(g),
        }
    }
}

/// The length of the slice at `at`, if that can be one of pointers.
fn slice_length(memory: Image<'_>, at: u64) -> Option<u64> {
    let (array, length, capacity) = (memory.u64(at)?, memory.field(at, 8)?, memory.field(at, 16)?);
    let plausible = array != 0
        && array % 8 == 0
        && (1..=MAX_COUNT).contains(&length)
        && (length..=2 * MAX_COUNT).contains(&capacity)
        && array < memory.len_bytes();
    plausible.then_some(length)
}

/// The runtime's texts for what goroutines wait for: an array of strings.
struct WaitReasons<'a> {
    memory: Image<'a>,
    array: Option<u64>,
}

/// The second of them, in all versions.
const KNOWN_REASON: &[u8] = b"GC assist marking";

/// There are about 45.
const MAX_REASON: u8 = 100;

impl<'a> WaitReasons<'a> {
    fn find(memory: Image<'a>, data: &[u8]) -> Self {
        let strings = memchr::memmem::find_iter(data, KNOWN_REASON).take(16);
        let array = strings.into_iter().find_map(|text| {
            let mut header = [0; 16];
            header[..8].copy_from_slice(&(text as u64).to_le_bytes());
            header[8..].copy_from_slice(&(KNOWN_REASON.len() as u64).to_le_bytes());
            let found = memchr::memmem::find_iter(data, &header)
                .map(|at| at as u64)
                // The first is the empty text.
                .find(|at| at % 8 == 0 && *at >= 16 && memory.u64(at - 8) == Some(0));
            found.map(|at| at - 16)
        });
        Self { memory, array }
    }

    fn text(&self, reason: u8) -> Option<String> {
        if reason > MAX_REASON {
            return None;
        }
        let at = self.array? + u64::from(reason) * 16;
        let (text, length) = (self.memory.u64(at)?, self.memory.field(at, 8)?);
        let bytes = self.memory.slice(text, length.min(64))?;
        let printable = bytes.iter().all(|byte| (b' '..=b'~').contains(byte));
        (printable && !bytes.is_empty()).then(|| String::from_utf8_lossy(bytes).into_owned())
    }
}
