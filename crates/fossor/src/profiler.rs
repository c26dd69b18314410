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

/// Frames of all stacks that are kept, in 32 bytes each: a guest may have another stack at
/// each look. Of what comes later the innermost frame is, and then none.
const MAX_KEPT_FRAMES: usize = if cfg!(test) { 4 << 10 } else { 4 << 20 };

/// Bytes of names that are kept, and that stacks have when they are asked for.
const MAX_NAMES_BYTES: usize = 256 << 20;

/// Operators between looks at the clock: about 30 µs.
const CLOCK_INTERVAL: u64 = 10_000;

#[derive(Default)]
struct Shared {
    /// Samples and value by stack.
    stacks: HashMap<Stack, (u64, u64)>,
    kept_frames: usize,
    /// What `sources` takes.
    names_bytes: usize,
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
        let mut left_bytes = MAX_NAMES_BYTES;
        let mut unknown = (0, 0);
        let mut stacks = Vec::from_iter(stacks.filter_map(
            |((instance, frames), &(samples, value))| {
                let sources = frames.iter().flat_map(|frame| lines.of(*instance, *frame));
                let frames = Vec::from_iter(sources.take(MAX_FRAMES));
                let rest = left_bytes.checked_sub(frames.iter().map(size_bytes).sum());
                let Some(rest) = rest.filter(|_| !frames.is_empty()) else {
                    unknown = (unknown.0 + samples, unknown.1 + value);
                    return None;
                };
                left_bytes = rest;
                Some(ProfiledStack {
                    frames,
                    samples,
                    value,
                })
            },
        ));
        if unknown.0 > 0 {
            stacks.push(ProfiledStack {
                frames: vec![SourceFrame {
                    func: "(stacks beyond what is kept)".to_owned(),
                    file: String::new(),
                    line: 0,
                    start_line: 0,
                    inlined: false,
                }],
                samples: unknown.0,
                value: unknown.1,
            });
        }
        stacks.sort_by(|a, b| (b.value, &a.frames).cmp(&(a.value, &b.frames)));
        stacks
    }
}

/// What a frame takes of memory, about.
fn size_bytes(frame: &SourceFrame) -> usize {
    size_of::<SourceFrame>() + frame.func.len() + frame.file.len()
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
        let store = sample.store();
        if frames.iter().any(|frame| matches!(frame, Frame::Wasm(_))) {
            self.modules.add(store, instance);
        }
        let mut stack = (instance, frames);
        if !self.stacks.contains_key(&stack) {
            let frames = &mut stack.1;
            if self.kept_frames + frames.len() > MAX_KEPT_FRAMES {
                frames.truncate(1);
            }
            if self.kept_frames > 2 * MAX_KEPT_FRAMES {
                frames.clear();
            }
            if !self.stacks.contains_key(&stack) {
                self.kept_frames += stack.1.len();
            }
        }
        let frames = &stack.1;
        for frame in frames {
            let key = (instance, *frame);
            if self.sources.contains_key(&key) {
                continue;
            }
            let source = || match (frame, &*program) {
                (Frame::Go(pc), Some(program)) => program.source(store, instance, *pc),
                (Frame::Wasm(frame), _) => vec![wasm_source(store, instance, *frame)],
                (Frame::Go(_), None) => Vec::new(),
            };
            let source = source();
            let source_bytes = source.iter().map(size_bytes).sum::<usize>();
            if self.names_bytes + source_bytes <= MAX_NAMES_BYTES {
                self.names_bytes += source_bytes;
                self.sources.insert(key, source);
            }
        }
        let sum = self.stacks.entry(stack).or_default();
        sum.0 += 1;
        sum.1 += value;
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
    SourceFrame {
        func: name.map_or_else(|| format!("function {}", frame.func_idx), str::to_owned),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Config, Engine, Linker, Module, Store};

    /// Calls itself through one of two places, as chance has it.
    const WALK: &str = r#"(module (global $r (mut i64) (i64.const 1))
        (func $f (param i32)
            (if (i32.eqz (local.get 0)) (then (return)))
            (global.set $r (i64.add (i64.const 1442695040888963407)
                (i64.mul (global.get $r) (i64.const 6364136223846793005))))
            (if (i64.lt_s (global.get $r) (i64.const 0))
                (then (call $f (i32.sub (local.get 0) (i32.const 1))))
                (else (call $f (i32.sub (local.get 0) (i32.const 1))))))
        (func (export "walk") (local i32)
            (loop (call $f (i32.const 60))
                (br_if 0 (i32.gt_u (i32.const 2000)
                    (local.tee 0 (i32.add (local.get 0) (i32.const 1))))))))"#;

    #[test]
    fn another_stack_at_each_look_takes_bounded_memory() {
        let engine = Engine::new(Config::new().consume_fuel(true));
        let module = Module::new(&engine, WALK.as_bytes()).unwrap();
        let mut store = Store::new(&engine, ());
        store.set_fuel(u64::MAX);
        let profiler = Profiler::attach(&mut store, SampleBy::Instructions(97));
        let linker = Linker::new(&engine);
        let instance = linker.instantiate(&mut store, &module).unwrap();
        let walk = instance.get_typed_func::<(), ()>(&store, "walk").unwrap();
        walk.call(&mut store, ()).unwrap();
        let shared = profiler.shared.lock().unwrap();
        assert!(shared.kept_frames <= 2 * MAX_KEPT_FRAMES + MAX_FRAMES);
        let kept = shared.stacks.keys().map(|(_, frames)| frames.len());
        assert_eq!(kept.sum::<usize>(), shared.kept_frames);
        let samples = shared.stacks.values().map(|(samples, _)| samples);
        let samples = samples.sum::<u64>();
        assert!(samples > 10_000, "{samples}");
        drop(shared);
        let told = profiler.stacks();
        assert_eq!(told.iter().map(|stack| stack.samples).sum::<u64>(), samples);
        assert!(told.iter().any(|stack| stack.frames.len() == 1));
    }
}
