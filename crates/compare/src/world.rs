//! The guest's world: WASI with made-up clocks, for every engine the same code.

use crate::plan::{Callee, Plan, mixed};
use fossor_host::{GuestMemory, HostError};
use fossor_wasi::{Deterministic, Function, Pipe, Stdio, WasiCtx};

/// What one run's guest has.
pub(crate) struct World {
    ctx: WasiCtx,
    out: Pipe,
    /// Exports without parameters, which made-up functions call back.
    callbacks: Vec<String>,
    /// Calls back that have not returned.
    depth: usize,
    /// Calls back that may still be made.
    left: usize,
    /// What engines of others bound the guest's memories by.
    #[cfg(feature = "wasmtime")]
    pub memory_bytes: u64,
}

/// Calls back in a run: what counts no operators must end too.
const CALLBACKS: usize = 100;
/// And one inside the other.
const DEPTH: usize = 3;

impl World {
    /// `callees`: all exported functions.
    pub fn new(plan: &Plan, callees: &[Callee]) -> Result<World, String> {
        let out = Pipe::new();
        let ctx = WasiCtx::builder()
            .args(plan.args.iter().map(|arg| arg.clone().into_bytes()))
            .stdin(Stdio::bytes(plan.stdin.clone()))
            .stdout(Stdio::pipe(out.clone()))
            .stderr(Stdio::pipe(out.clone()))
            .os(Box::new(Deterministic::new(plan.seed)))
            .build()
            .map_err(|error| error.to_string())?;
        let callbacks = callees.iter().filter(|callee| callee.params.is_empty());
        Ok(World {
            ctx,
            out,
            callbacks: callbacks.map(|callee| callee.name.clone()).collect(),
            depth: 0,
            left: CALLBACKS,
            #[cfg(feature = "wasmtime")]
            memory_bytes: plan.memory_bytes,
        })
    }

    /// The export of its caller's that a made-up function with these arguments calls
    /// before it answers, if any; [`returned`](Self::returned) follows.
    pub fn calls_back(&mut self, args: impl Iterator<Item = u64>) -> Option<String> {
        let number = mixed(args) as usize;
        let index = (number / 4).checked_rem(self.callbacks.len())?;
        if !number.is_multiple_of(4) || self.depth == DEPTH || self.left == 0 {
            return None;
        }
        self.depth += 1;
        self.left -= 1;
        Some(self.callbacks[index].clone())
    }

    /// A call back has ended.
    pub fn returned(&mut self) {
        self.depth -= 1;
    }

    pub fn output(&self) -> Vec<u8> {
        self.out.contents()
    }

    pub fn call(
        &mut self,
        function: &'static Function,
        memory: &mut [u8],
        cells: &[u64],
    ) -> Result<u32, HostError> {
        (function.call)(&mut self.ctx, &mut GuestMemory::new(memory), cells)
    }
}

/// WASI's function of that name, in either snapshot.
pub(crate) fn function(module: &str, name: &str) -> Option<&'static Function> {
    let all = fossor_wasi::functions().iter();
    all.chain(fossor_wasi::snapshot0::functions())
        .find(|function| function.module == module && function.name == name)
}
