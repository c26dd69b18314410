//! What stands between a guest and WASI: sees each call, and may answer it.
//!
//! Tracing, recording and replaying are layers. They are above the system, at
//! the import boundary: a layer sees what the guest passed and what it got.
//! Without layers a call costs one look at an empty list.

use crate::WasiCtx;
use crate::call::{Run, answer};
use crate::functions::Function;
use fossor_host::{GuestMemory, HostError};

/// One call of a guest.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// What is called.
    pub function: &'static Function,
    /// Its arguments as the guest passed them: one cell for each wasm parameter.
    pub cells: &'a [u64],
}

/// Sees every call of a guest, and passes it on or answers it.
pub trait Layer: Send {
    /// Answers a call as [`Function::call`] does. [`Next::run`] passes it on.
    fn call(
        &mut self,
        call: &Call<'_>,
        ctx: &mut WasiCtx,
        memory: &mut GuestMemory<'_>,
        next: Next<'_>,
    ) -> Result<u32, HostError>;
}

/// The layers below, and WASI itself under them.
pub struct Next<'a> {
    call: &'a Call<'a>,
    run: Run,
    layers: &'a mut [Box<dyn Layer>],
}

impl Next<'_> {
    /// Passes the call on.
    pub fn run(self, ctx: &mut WasiCtx, memory: &mut GuestMemory<'_>) -> Result<u32, HostError> {
        match self.layers.split_first_mut() {
            Some((first, layers)) => {
                let (call, run) = (self.call, self.run);
                first.call(call, ctx, memory, Next { call, run, layers })
            }
            None => answer((self.run)(ctx, memory, self.call.cells)),
        }
    }
}

impl WasiCtx {
    /// Puts a layer below those that there are.
    pub fn add_layer(&mut self, layer: impl Layer + 'static) {
        self.layers.push(Box::new(layer));
        self.names_wanted = true;
    }

    /// Takes all layers away.
    pub fn clear_layers(&mut self) {
        self.layers.clear();
        self.names_wanted = false;
    }
}

/// Runs one call through the layers.
#[cold]
pub(crate) fn layered(
    function: &'static Function,
    run: Run,
    ctx: &mut WasiCtx,
    memory: &mut GuestMemory<'_>,
    cells: &[u64],
) -> Result<u32, HostError> {
    // Taken out meanwhile; a panic below loses the layers and nothing else.
    let mut layers = std::mem::take(&mut ctx.layers);
    let call = &Call { function, cells };
    let layers_below = &mut layers[..];
    let outcome = Next {
        call,
        run,
        layers: layers_below,
    }
    .run(ctx, memory);
    layers.append(&mut ctx.layers);
    ctx.layers = layers;
    outcome
}
