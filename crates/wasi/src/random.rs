//! `random_get`.

use fossor_host::GuestMemory;

use crate::WasiCtx;
use crate::abi::Buffer;
use crate::call::Stop;

/// Bytes between two looks at the stop flag: a guest may ask for 4 GiB.
const CHUNK_BYTES: usize = 1 << 16;

impl WasiCtx {
    /// Fills the whole buffer from the system's secure source.
    pub(crate) fn random_get(
        &mut self,
        memory: &mut GuestMemory<'_>,
        buf: Buffer,
    ) -> Result<(), Stop> {
        for chunk in buf.bytes(memory)?.chunks_mut(CHUNK_BYTES) {
            self.waiter.check()?;
            self.os.random(chunk)?;
        }
        Ok(())
    }
}
