//! The guest's world: WASI with made-up clocks, for every engine the same code.

use crate::plan::Plan;
use fossor_host::{GuestMemory, HostError};
use fossor_wasi::{Deterministic, Function, Pipe, Stdio, WasiCtx};

/// What one run's guest has.
pub(crate) struct World {
    ctx: WasiCtx,
    out: Pipe,
}

impl World {
    pub fn new(plan: &Plan) -> Result<World, String> {
        let out = Pipe::new();
        let ctx = WasiCtx::builder()
            .args(plan.args.iter().map(|arg| arg.clone().into_bytes()))
            .stdin(Stdio::bytes(plan.stdin.clone()))
            .stdout(Stdio::pipe(out.clone()))
            .stderr(Stdio::pipe(out.clone()))
            .os(Box::new(Deterministic::new(plan.seed)))
            .build()
            .map_err(|error| error.to_string())?;
        Ok(World { ctx, out })
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
