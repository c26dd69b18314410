//! Where a guest was when it trapped or was stopped.

use fossor_go::Goroutines;
use fossor_host::Trap;
use fossor_interpreter as core;
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
}

impl TrapInfo {
    /// Frames that are reported.
    pub const MAX_FRAMES: usize = core::TrapInfo::MAX_FRAMES;

    pub(crate) fn new(info: core::TrapInfo, goroutines: Option<Goroutines>) -> Self {
        let frames = info.frames.into_iter().map(|frame| Frame {
            func_idx: frame.func_idx,
            name: frame.name,
            wasm_offset: frame.wasm_offset,
        });
        Self {
            trap: info.trap,
            frames: frames.collect(),
            omitted: info.omitted,
            goroutines,
            instance: info.instance,
        }
    }

    /// Back again; who takes it up looks for the goroutines anew.
    pub(crate) fn into_core(self) -> core::TrapInfo {
        let frames = self.frames.into_iter().map(|frame| core::Frame {
            func_idx: frame.func_idx,
            name: frame.name,
            wasm_offset: frame.wasm_offset,
        });
        core::TrapInfo {
            trap: self.trap,
            frames: frames.collect(),
            omitted: self.omitted,
            instance: self.instance,
        }
    }
}

impl fmt::Display for TrapInfo {
    /// The trap, then the goroutines of a Go program, or else the frames.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.trap)?;
        if let Some(goroutines) = &self.goroutines {
            return write!(f, "\n\n{goroutines}");
        }
        for frame in &self.frames {
            write!(f, "\n    {frame}")?;
        }
        if self.omitted > 0 {
            write!(f, "\n    … and {} more", self.omitted)?;
        }
        Ok(())
    }
}

impl fmt::Display for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "at {name}")?,
            None => write!(f, "at function {}", self.func_idx)?,
        }
        if let Some(offset) = self.wasm_offset {
            write!(f, " (wasm offset {offset:#x})")?;
        }
        Ok(())
    }
}
