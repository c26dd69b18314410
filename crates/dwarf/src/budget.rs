//! Counting work.

use crate::error::DwarfError;

/// Steps that one map may take at most: entries, attributes, ranges, rows. A step takes
/// up to 50 ns and 40 bytes. All of a debug build of a program with Rust's std
/// takes a twentieth of it.
const STEPS: u64 = 1 << 25;

/// Steps for questions to a small map, and for each byte of a larger one. Compilers write
/// tables that are read once or twice.
const FEW_STEPS: u64 = 1 << 22;
const STEPS_PER_BYTE: u64 = 16;

/// Bytes of text that are looked through in a step.
const TEXT_BYTES: usize = 32;

/// What is left of them.
#[derive(Debug)]
pub(crate) struct Budget(u64);

impl Budget {
    /// For sections of so many bytes.
    pub fn of(bytes: usize) -> Self {
        let steps = (bytes as u64).saturating_mul(STEPS_PER_BYTE);
        Self(steps.saturating_add(FEW_STEPS).min(STEPS))
    }

    pub fn left(&self) -> u64 {
        self.0
    }

    /// Pays for looking through text: many attributes may name one long text.
    pub fn spend_on_text(&mut self, bytes: usize) -> Result<(), DwarfError> {
        self.spend(1 + bytes / TEXT_BYTES)
    }

    pub fn spend(&mut self, steps: usize) -> Result<(), DwarfError> {
        match self.0.checked_sub(steps as u64) {
            Some(left) => {
                self.0 = left;
                Ok(())
            }
            None => {
                self.0 = 0;
                Err(DwarfError::TooMuch)
            }
        }
    }
}
