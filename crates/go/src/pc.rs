//! Program counters as Go has them on WebAssembly.

/// What Go adds to a function's index, so that no function looks like a small
/// number or an address of data.
pub(crate) const FUNC_OFFSET: u32 = 0x1000;

/// A program counter: the function's number (PC_F, upper bits) and a place in
/// it (PC_B, lower 16 bits), which counts resume points and changes of the
/// source position, not instructions.
///
/// Source: `cmd/link/internal/wasm/asm.go`, `assignAddress`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pc(pub u64);

impl Pc {
    /// The start of a function, by its index among those that the module
    /// defines.
    pub fn of_defined(defined_idx: u32) -> Self {
        Pc((u64::from(defined_idx) + u64::from(FUNC_OFFSET)) << 16)
    }

    /// The function's index among those that the module defines.
    pub fn defined_idx(self) -> Option<u32> {
        u32::try_from((self.0 >> 16).checked_sub(FUNC_OFFSET.into())?).ok()
    }

    /// PC_F.
    pub fn func(self) -> u64 {
        self.0 >> 16
    }

    /// PC_B.
    pub fn block(self) -> u32 {
        (self.0 & 0xffff) as u32
    }

    /// The same function at another place.
    pub fn at(self, block: u32) -> Self {
        Pc(self.0 & !0xffff | u64::from(block.min(0xffff)))
    }

    /// The place of the call that returns here.
    pub fn before(self) -> Self {
        self.at(self.block().saturating_sub(1))
    }
}
