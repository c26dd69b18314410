//! `clock_res_get`, `clock_time_get`.

use crate::WasiCtx;
use crate::abi::{ClockId, Timestamp};
use crate::call::Stop;

impl WasiCtx {
    /// The resolution of a clock in ns, never 0. Errors: `inval` unknown clock.
    pub(crate) fn clock_res_get(&mut self, id: ClockId) -> Result<Timestamp, Stop> {
        Ok(Timestamp(self.os.clock_resolution_ns(id)?))
    }

    /// The time of a clock in ns; the precision in ns is only a permission to
    /// be late. Errors: `inval` unknown clock.
    #[inline]
    pub(crate) fn clock_time_get(
        &mut self,
        id: ClockId,
        _precision: Timestamp,
    ) -> Result<Timestamp, Stop> {
        Ok(Timestamp(self.os.clock_time_ns(id)?))
    }
}
