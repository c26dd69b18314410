//! What is recorded of a run on the side: a profile, the lines executed.

use crate::codes::Code;
use crate::failure::{Failure, note};
use fossor::wasi::WasiCtx;
use fossor::{Module, Profiler, SampleBy, Store};
use fossor_profile::{Format, Frame, Profile, Stack, Unit, write_cover};
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime};

/// What to record.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    pub profile: Option<ProfilePlan>,
    /// Where a cover profile is written to.
    pub coverage: Option<PathBuf>,
}

/// A profile to make.
#[derive(Clone, Debug)]
pub struct ProfilePlan {
    pub by: SampleBy,
    /// Files and formats.
    pub outputs: Vec<(PathBuf, Format)>,
    /// Say nothing if all goes well.
    pub quiet: bool,
}

/// A recording that has begun.
pub struct Watch {
    plan: Plan,
    name: String,
    profiler: Option<Profiler>,
    /// What the store had of it.
    fuel: u64,
    start: (SystemTime, Instant),
}

impl Plan {
    /// Whether code has to count what it executes.
    pub fn needs_fuel(&self) -> bool {
        self.profile.is_some()
    }

    /// Begins to record a run of the module called `name`.
    pub fn start(&self, name: &str, store: &mut Store<WasiCtx>) -> Watch {
        let profiler = self.profile.as_ref().map(|plan| {
            if store.fuel() == 0 {
                store.set_fuel(u64::MAX);
            }
            Profiler::attach(&mut *store, plan.by)
        });
        Watch {
            plan: self.clone(),
            name: name.to_owned(),
            profiler,
            fuel: store.fuel(),
            start: (SystemTime::now(), Instant::now()),
        }
    }
}

impl Watch {
    /// Writes what was recorded of a run of this module that has left so much fuel.
    pub fn finish(self, module: &Module, fuel: u64) -> Result<(), Failure> {
        if let (Some(profiler), Some(plan)) = (&self.profiler, &self.plan.profile) {
            let profile = self.profile(profiler);
            let samples: u64 = profile.stacks.iter().map(|stack| stack.samples).sum();
            for (path, format) in &plan.outputs {
                let bytes = profile
                    .encode(*format)
                    .map_err(|error| refused(path, &error))?;
                write(path, &bytes)?;
                if !plan.quiet {
                    let operators = self.fuel - fuel;
                    let path = path.display();
                    note(&format!(
                        "{samples} samples in {path}, of {operators} operators"
                    ));
                }
            }
        }
        match &self.plan.coverage {
            Some(path) => self.write_coverage(module, path),
            None => Ok(()),
        }
    }

    fn profile(&self, profiler: &Profiler) -> Profile {
        let (unit, period) = match profiler.by() {
            SampleBy::CpuTime(interval) => (Unit::Nanoseconds, interval.as_nanos() as u64),
            SampleBy::Instructions(interval) => (Unit::Instructions, interval),
            _ => (Unit::Instructions, 1),
        };
        let stacks = profiler.stacks().into_iter().map(|stack| Stack {
            samples: stack.samples,
            value: stack.value,
            frames: stack.frames.into_iter().map(frame).collect(),
        });
        Profile {
            name: self.name.clone(),
            unit,
            period,
            start: self.start.0,
            duration: self.start.1.elapsed(),
            stacks: stacks.collect(),
        }
    }

    fn write_coverage(&self, module: &Module, path: &Path) -> Result<(), Failure> {
        let lines = module
            .go_info()
            .and_then(|info| module.line_counts(|file| info.is_users_file(file)));
        let Some(lines) = lines else {
            return Err(Failure::new(
                Code::Output,
                format!("{} is no Go program, so its lines are not known", self.name),
            )
            .help("--coverage is for what `go build` makes"));
        };
        let hit = lines.values().filter(|count| **count > 0).count();
        let text = write_cover(
            lines
                .iter()
                .map(|((file, line), count)| (file.as_str(), *line, *count)),
        );
        write(path, text.as_bytes())?;
        note(&format!(
            "{hit} of {} lines with code were executed: {}",
            lines.len(),
            path.display()
        ));
        Ok(())
    }
}

fn frame(frame: fossor::SourceFrame) -> Frame {
    Frame {
        func: frame.func,
        file: frame.file,
        line: frame.line,
        start_line: frame.start_line,
        inlined: frame.inlined,
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    std::fs::write(path, bytes).map_err(|error| refused(path, &error))
}

fn refused(path: &Path, error: &dyn std::fmt::Display) -> Failure {
    Failure::new(Code::Output, format!("{}: {error}", path.display()))
}
