//! Profiling: looking at a guest's stack from time to time.

use crate::context::AsContextMut;
use crate::go_program::GoProgram;
use crate::source::{ModuleSource, Modules};
use fossor_go::{SourceFrame, StackPc};
use fossor_interpreter as core;
use rustix::time::{ClockId, clock_gettime};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// When a profiler looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SampleBy {
    /// Each time the guest has executed so many operators: always the same
    /// profile for the same run.
    Instructions(u64),
    /// Each time it has used so much CPU time. Time that it sleeps or waits
    /// does not count.
    CpuTime(Duration),
}

/// Collects the stacks of a store's guests.
///
/// The engine must consume fuel
/// ([`Config::consume_fuel`](crate::Config::consume_fuel)), and the store must
/// have some; [`u64::MAX`] is as good as endless. A store has one profiler.
///
/// ```
/// # #[cfg(feature = "wat")] {
/// use fossor::{Config, Engine, Linker, Module, Profiler, SampleBy, Store};
///
/// let engine = Engine::new(Config::new().consume_fuel(true));
/// let module = Module::new(&engine, r#"(module (func $busy (export "f") (local i32)
///     (loop (br_if 0 (i32.lt_u
///         (local.tee 0 (i32.add (local.get 0) (i32.const 1)))
///         (i32.const 10000))))))"#)?;
/// let mut store = Store::new(&engine, ());
/// store.set_fuel(u64::MAX);
/// let profiler = Profiler::attach(&mut store, SampleBy::Instructions(1000));
/// let instance = Linker::new(&engine).instantiate(&mut store, &module)?;
/// instance.get_typed_func::<(), ()>(&store, "f")?.call(&mut store, ())?;
/// let stacks = profiler.stacks();
/// assert_eq!(stacks[0].frames[0].func, "busy");
/// assert!(stacks[0].samples > 50);
/// # }
/// # Ok::<(), fossor::Error>(())
/// ```
#[derive(Clone)]
pub struct Profiler {
    by: SampleBy,
    shared: Arc<Mutex<Shared>>,
}

/// A stack, and how much of the guest's work was done there.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProfiledStack {
    /// The innermost function first; inlined functions of Go programs have
    /// frames of their own.
    pub frames: Vec<SourceFrame>,
    /// How often it was seen.
    pub samples: u64,
    /// Operators, or nanoseconds of CPU time.
    pub value: u64,
}

/// Frames of a stack that are kept, the innermost.
const MAX_FRAMES: usize = 256;

/// Frames of all stacks that are kept, 50 MB of them: a guest can have a stack of its own
/// for each sample.
const MAX_KEPT_FRAMES: usize = if cfg!(test) { 1000 } else { 1 << 22 };
/// What stands for the stacks beyond.
const NOT_KEPT: &str = "(stacks beyond what a profile keeps)";

/// Operators between looks at the clock: about 30 µs.
const CLOCK_INTERVAL: u64 = 10_000;

#[derive(Default)]
struct Shared {
    /// Samples and value by stack.
    stacks: HashMap<Stack, (u64, u64)>,
    kept_frames: usize,
    /// Samples and value of stacks that are not kept.
    not_kept: (u64, u64),
    programs: HashMap<core::InstanceId, Option<GoProgram>>,
    /// Where frames are in the source, by instance.
    sources: HashMap<(core::InstanceId, Frame), Vec<SourceFrame>>,
    /// Modules whose DWARF is to be asked at the end.
    modules: Modules,
}

type Stack = (core::InstanceId, Vec<Frame>);

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Frame {
    Go(StackPc),
    Wasm(core::SampleFrame),
}

impl Profiler {
    /// Begins to look at the guests of a store.
    pub fn attach(mut store: impl AsContextMut, by: SampleBy) -> Self {
        let shared = Arc::<Mutex<Shared>>::default();
        let profiler = Self {
            by,
            shared: shared.clone(),
        };
        let store = store.core_mut();
        let lock = move |sample: &mut core::Sample<'_>, value| {
            let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
            shared.add(sample, value);
        };
        match by {
            SampleBy::Instructions(interval) => {
                store.set_sampler(interval, move |sample| lock(sample, interval));
            }
            SampleBy::CpuTime(interval) => {
                let mut last = cpu_time();
                store.set_sampler(CLOCK_INTERVAL, move |sample| {
                    let passed = cpu_time().saturating_sub(last);
                    if passed >= interval {
                        lock(sample, passed.as_nanos() as u64);
                        // What looking takes is not the guest's.
                        last = cpu_time();
                    }
                });
            }
        }
        profiler
    }

    /// When it looks.
    pub fn by(&self) -> SampleBy {
        self.by
    }

    /// What was seen until now, the largest value first.
    pub fn stacks(&self) -> Vec<ProfiledStack> {
        let shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let mut lines = Lines {
            shared: &shared,
            modules: HashMap::new(),
            known: HashMap::new(),
        };
        let stacks = shared.stacks.iter();
        let mut stacks = Vec::from_iter(stacks.map(|((instance, frames), &(samples, value))| {
            let sources = frames.iter().flat_map(|frame| lines.of(*instance, *frame));
            ProfiledStack {
                frames: sources.collect(),
                samples,
                value,
            }
        }));
        let (samples, value) = shared.not_kept;
        if samples > 0 {
            stacks.push(ProfiledStack {
                frames: vec![named_frame(NOT_KEPT.to_owned())],
                samples,
                value,
            });
        }
        stacks.sort_by(|a, b| (b.value, &a.frames).cmp(&(a.value, &b.frames)));
        stacks
    }
}

/// CPU time of this thread.
fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

impl Shared {
    fn add(&mut self, sample: &mut core::Sample<'_>, value: u64) {
        // Go's own stack needs the innermost two alone.
        let (Some(instance), two) = sample.frames(2) else {
            return;
        };
        let program = self
            .programs
            .entry(instance)
            .or_insert_with(|| GoProgram::find(sample.store(), instance));
        let go = program.as_mut().map_or(Vec::new(), |program| {
            program.stack(sample.store(), instance, &two, MAX_FRAMES)
        });
        let frames = match go.is_empty() {
            false => Vec::from_iter(go.into_iter().map(Frame::Go)),
            true => {
                let (_, frames) = sample.frames(MAX_FRAMES);
                frames.into_iter().map(Frame::Wasm).collect()
            }
        };
        if let Some(sum) = self.stacks.get_mut(&(instance, frames.clone())) {
            sum.0 += 1;
            sum.1 += value;
            return;
        }
        if self.kept_frames + frames.len() > MAX_KEPT_FRAMES {
            self.not_kept.0 += 1;
            self.not_kept.1 += value;
            return;
        }
        self.kept_frames += frames.len();
        let store = sample.store();
        if frames.iter().any(|frame| matches!(frame, Frame::Wasm(_))) {
            self.modules.add(store, instance);
        }
        for frame in &frames {
            let source = || match (frame, &*program) {
                (Frame::Go(pc), Some(program)) => program.source(store, instance, *pc),
                (Frame::Wasm(frame), _) => vec![wasm_source(store, instance, *frame)],
                (Frame::Go(_), None) => Vec::new(),
            };
            self.sources
                .entry((instance, *frame))
                .or_insert_with(source);
        }
        self.stacks.insert((instance, frames), (1, value));
    }
}

/// Frames in terms of the source, when everything was seen.
struct Lines<'a> {
    shared: &'a Shared,
    modules: HashMap<core::InstanceId, Option<ModuleSource<'a>>>,
    known: HashMap<(core::InstanceId, Frame), Vec<SourceFrame>>,
}

impl Lines<'_> {
    fn of(&mut self, instance: core::InstanceId, frame: Frame) -> Vec<SourceFrame> {
        let key = (instance, frame);
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let named = self.shared.sources.get(&key);
        let named = named.cloned().unwrap_or_default();
        let frames = match (frame, named.first()) {
            (Frame::Wasm(frame), Some(named)) => self.lines(instance, frame, named),
            _ => None,
        };
        let frames = frames.unwrap_or(named);
        self.known.insert(key, frames.clone());
        frames
    }

    /// What the module's DWARF says of a frame.
    fn lines(
        &mut self,
        instance: core::InstanceId,
        frame: core::SampleFrame,
        named: &SourceFrame,
    ) -> Option<Vec<SourceFrame>> {
        let module = self.modules.entry(instance);
        let module = module
            .or_insert_with(|| ModuleSource::new(self.shared.modules.get(instance)?))
            .as_mut()?;
        let lines = module.lines(frame.func_idx, frame.wasm_offset).ok()?;
        let frames = lines.into_iter().map(|line| SourceFrame {
            func: line.func.unwrap_or_else(|| named.func.clone()),
            file: line.file.unwrap_or_default(),
            line: line.line,
            start_line: 0,
            inlined: line.inlined,
        });
        let frames = Vec::from_iter(frames);
        (!frames.is_empty()).then_some(frames)
    }
}

/// A frame of a guest that is no Go program: by its name, or its index.
fn wasm_source(
    store: &core::Store,
    instance: core::InstanceId,
    frame: core::SampleFrame,
) -> SourceFrame {
    let module = store.module_of(instance).decoded();
    let name = module.func_name(frame.func_idx);
    named_frame(name.map_or_else(|| format!("function {}", frame.func_idx), str::to_owned))
}

/// A frame of which the name is all that is known.
fn named_frame(func: String) -> SourceFrame {
    SourceFrame {
        func,
        file: String::new(),
        line: 0,
        start_line: 0,
        inlined: false,
    }
}

impl fmt::Debug for Profiler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Profiler")
            .field("by", &self.by)
            .finish_non_exhaustive()
    }
}

#[cfg(all(test, feature = "wat"))]
mod tests {
    use super::*;
    use crate::{Config, Engine, Error, Linker, Module, Store};

    /// Its stacks spell a number in two call sites: nearly each sample has a new one.
    const SPELLS: &str = r#"(module
        (func $spell (param $bits i32) (param $more i32)
            (if (i32.eqz (local.get $more)) (then (return)))
            (if (i32.and (local.get $bits) (i32.const 1))
                (then (call $spell (i32.shr_u (local.get $bits) (i32.const 1))
                    (i32.sub (local.get $more) (i32.const 1))))
                (else (call $spell (i32.shr_u (local.get $bits) (i32.const 1))
                    (i32.sub (local.get $more) (i32.const 1))))))
        (func (export "run") (local $n i32)
            (loop
                (call $spell (local.get $n) (i32.const 14))
                (local.set $n (i32.add (local.get $n) (i32.const 1)))
                (br_if 0 (i32.lt_u (local.get $n) (i32.const 10000))))))"#;

    #[test]
    fn a_guest_with_ever_new_stacks_does_not_take_ever_more_memory() -> Result<(), Error> {
        let engine = Engine::new(Config::new().consume_fuel(true));
        let mut store = Store::new(&engine, ());
        store.set_fuel(u64::MAX);
        let profiler = Profiler::attach(&mut store, SampleBy::Instructions(300));
        let module = Module::new(&engine, SPELLS)?;
        let instance = Linker::new(&engine).instantiate(&mut store, &module)?;
        let run = instance.get_typed_func::<(), ()>(&store, "run")?;
        run.call(&mut store, ())?;
        let stacks = profiler.stacks();
        let frames: usize = stacks.iter().map(|stack| stack.frames.len()).sum();
        assert!(frames <= 1001, "{frames} frames");
        // None of the work is lost.
        assert_eq!(stacks[0].frames[0].func, NOT_KEPT);
        let operators: u64 = stacks.iter().map(|stack| stack.value).sum();
        assert!(u64::MAX - store.fuel() - operators < 10_000, "{operators}");
        Ok(())
    }
}
