//! `args_get`, `args_sizes_get`, `environ_get`, `environ_sizes_get`.

use fossor_host::GuestMemory;

use crate::WasiCtx;
use crate::abi::{Errno, Pointer, Size};
use crate::call::Stop;

/// Strings as the guest gets them: one after the other, each ended by NUL.
#[derive(Clone, Debug, Default)]
pub(crate) struct Strings {
    bytes: Vec<u8>,
    /// Where each begins.
    starts: Vec<u32>,
}

impl Strings {
    /// Joins the strings; `None` if they exceed 32 bits.
    pub(crate) fn new(strings: &[Vec<u8>]) -> Option<Self> {
        let mut joined = Strings::default();
        for string in strings {
            joined.starts.push(joined.bytes.len().try_into().ok()?);
            joined.bytes.extend_from_slice(string);
            joined.bytes.push(0);
        }
        u32::try_from(joined.bytes.len()).ok()?;
        Some(joined)
    }

    pub(crate) fn sizes(&self) -> (Size, Size) {
        (
            Size(self.starts.len() as u32),
            Size(self.bytes.len() as u32),
        )
    }

    /// ```text
    /// pointers=0 buf=8:   08 00 00 00 | 0d 00 00 00 | 'p' 'r' 'o' 'g' 0 '-' 'v' 0
    ///                     └ [0]         └ [1]         └ [0]             └ [1]
    /// ```
    fn store(
        &self,
        memory: &mut GuestMemory<'_>,
        pointers: Pointer,
        buf: Pointer,
    ) -> Result<(), Stop> {
        memory.check(pointers.0, self.starts.len() as u64 * 4)?;
        memory.check(buf.0, self.bytes.len() as u64)?;
        // In this order: the address behind the last may not be one.
        for (start, at) in self.starts.iter().zip((pointers.0..).step_by(4)) {
            memory.put_u32(at, buf.0.checked_add(*start).ok_or(Errno::Fault)?)?;
        }
        Ok(memory.put(buf.0, &self.bytes)?)
    }
}

impl WasiCtx {
    /// Stores the arguments, program name first, and a pointer to each.
    pub(crate) fn args_get(
        &mut self,
        memory: &mut GuestMemory<'_>,
        argv: Pointer,
        argv_buf: Pointer,
    ) -> Result<(), Stop> {
        self.args.store(memory, argv, argv_buf)
    }

    /// The number of arguments, and their bytes with NULs.
    pub(crate) fn args_sizes_get(&mut self) -> Result<(Size, Size), Stop> {
        Ok(self.args.sizes())
    }

    /// Stores the environment's `KEY=VALUE` strings, and a pointer to each.
    pub(crate) fn environ_get(
        &mut self,
        memory: &mut GuestMemory<'_>,
        environ: Pointer,
        environ_buf: Pointer,
    ) -> Result<(), Stop> {
        self.environment.store(memory, environ, environ_buf)
    }

    /// The number of variables, and their bytes with NULs.
    pub(crate) fn environ_sizes_get(&mut self) -> Result<(Size, Size), Stop> {
        Ok(self.environment.sizes())
    }
}
