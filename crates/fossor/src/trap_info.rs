//! Where a guest was when it trapped or was stopped.

use crate::source::{ModuleSource, Modules};
use fossor_dwarf::{DwarfError, SourceLine};
use fossor_go::Goroutines;
use fossor_host::Trap;
use fossor_interpreter as core;
use std::collections::HashMap;
use std::fmt;

/// A trap, and where the guest was.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TrapInfo {
    /// Why.
    pub trap: Trap,
    /// WebAssembly's frames, the innermost first; at most
    /// [`TrapInfo::MAX_FRAMES`] of them. In a Go program they are the real
    /// stack only until goroutines switch: see
    /// [`goroutines`](Self::goroutines).
    pub frames: Vec<Frame>,
    /// Frames that were left out.
    pub omitted: u64,
    /// In a Go program: the goroutine that ran, with its real stack; and all
    /// others if the guest was stopped by a deadline or an interrupt.
    pub goroutines: Option<Goroutines>,
    instance: Option<core::InstanceId>,
    /// Those of the frames, where they may tell more.
    modules: Modules,
}

/// One level of the guest's call stack.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Frame {
    /// Index of the function in its module.
    pub func_idx: u32,
    /// Its name, if the module's name section has one.
    pub name: Option<String>,
    /// Byte offset in the module of the operator that trapped or called.
    pub wasm_offset: Option<u32>,
    instance: core::InstanceId,
}

/// Where the frames of a trap are in the source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sources {
    /// For each frame: the innermost of the functions inlined there first, the
    /// frame's own function last; nothing where the module does not tell.
    pub frames: Vec<Vec<SourceLine>>,
    /// Why there may be fewer than the module promises.
    pub error: Option<DwarfError>,
}

impl TrapInfo {
    /// Frames that are reported.
    pub const MAX_FRAMES: usize = core::TrapInfo::MAX_FRAMES;

    pub(crate) fn new(
        info: core::TrapInfo,
        goroutines: Option<Goroutines>,
        store: Option<&core::Store>,
    ) -> Self {
        let modules = match (store, &goroutines) {
            (Some(store), None) => {
                Modules::of(store, info.frames.iter().map(|frame| frame.instance))
            }
            _ => Modules::default(),
        };
        let frames = info.frames.into_iter().map(|frame| Frame {
            func_idx: frame.func_idx,
            name: frame.name,
            wasm_offset: frame.wasm_offset,
            instance: frame.instance,
        });
        Self {
            trap: info.trap,
            frames: frames.collect(),
            omitted: info.omitted,
            goroutines,
            instance: info.instance,
            modules,
        }
    }

    /// Where the frames are in the source, as the DWARF of their modules tells:
    /// what clang, rustc and others write with `-g`. It is read now.
    pub fn sources(&self) -> Sources {
        let mut maps = HashMap::<core::InstanceId, Option<ModuleSource<'_>>>::new();
        let mut sources = Sources::default();
        for frame in &self.frames {
            let map = maps
                .entry(frame.instance)
                .or_insert_with(|| ModuleSource::new(self.modules.get(frame.instance)?));
            let lines = map.as_mut().map_or(Ok(Vec::new()), |map| {
                map.lines(frame.func_idx, frame.wasm_offset)
            });
            let lines = lines.unwrap_or_else(|error| {
                sources.error.get_or_insert(error);
                Vec::new()
            });
            sources.frames.push(lines);
        }
        sources
    }

    /// The frames as text, each with its place in the source if the module
    /// tells that; calls that were inlined have lines of their own.
    pub fn trace(&self) -> Vec<String> {
        let sources = self.sources();
        let frames = self.frames.iter().zip(&sources.frames);
        let mut lines = Vec::from_iter(frames.flat_map(|(frame, lines)| frame.shown(lines)));
        if self.omitted > 0 {
            lines.push(format!("… and {} more", self.omitted));
        }
        lines.extend(sources.error.map(|error| format!("({error})")));
        lines
    }

    /// Back again; who takes it up looks for the goroutines anew.
    pub(crate) fn into_core(self) -> core::TrapInfo {
        let frames = self.frames.into_iter().map(|frame| core::Frame {
            func_idx: frame.func_idx,
            name: frame.name,
            wasm_offset: frame.wasm_offset,
            instance: frame.instance,
        });
        core::TrapInfo {
            trap: self.trap,
            frames: frames.collect(),
            omitted: self.omitted,
            instance: self.instance,
        }
    }
}

impl TrapInfo {
    /// What stands behind the trap's name.
    pub(crate) fn fmt_stack(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(goroutines) = &self.goroutines {
            return write!(f, "\n\n{goroutines}");
        }
        for line in self.trace() {
            write!(f, "\n    {line}")?;
        }
        Ok(())
    }
}

impl fmt::Display for TrapInfo {
    /// The trap, then the goroutines of a Go program, or else the frames.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.trap)?;
        self.fmt_stack(f)
    }
}

impl Frame {
    /// The function, as far as the module's names tell.
    fn func(&self) -> String {
        let index = || format!("function {}", self.func_idx);
        self.name.clone().unwrap_or_else(index)
    }

    /// Lines for the frame and what was inlined there.
    fn shown(&self, lines: &[SourceLine]) -> Vec<String> {
        let Some((own, inlined)) = lines.split_last() else {
            return vec![self.to_string()];
        };
        let inlined = inlined.iter().map(|line| {
            let func = line.func.as_deref().unwrap_or("?");
            match place(line) {
                Some(place) => format!("at {func} ({place}, inlined)"),
                None => format!("at {func} (inlined)"),
            }
        });
        let mut lines = Vec::from_iter(inlined);
        let func = own.func.clone().unwrap_or_else(|| self.func());
        let offset = self.wasm_offset.unwrap_or_default();
        lines.push(match place(own) {
            Some(place) => format!("at {func} ({place}, wasm offset {offset:#x})"),
            None => format!("at {func} (wasm offset {offset:#x})"),
        });
        lines
    }
}

/// `FILE:LINE:COLUMN`, as far as it is known.
fn place(line: &SourceLine) -> Option<String> {
    let file = line.file.as_ref()?;
    Some(match (line.line, line.column) {
        (0, _) => file.clone(),
        (number, 0) => format!("{file}:{number}"),
        (number, column) => format!("{file}:{number}:{column}"),
    })
}

impl fmt::Display for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at {}", self.func())?;
        if let Some(offset) = self.wasm_offset {
            write!(f, " (wasm offset {offset:#x})")?;
        }
        Ok(())
    }
}
