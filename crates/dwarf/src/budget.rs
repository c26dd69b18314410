//! Counting work.

use crate::error::DwarfError;

/// Steps that one map may take: entries, attributes, ranges, rows. A step takes
/// up to 50 ns and 40 bytes. All of a debug build of a program with Rust's std
/// takes a twentieth of it.
const STEPS: u64 = 1 << 25;

/// What is left of them.
#[derive(Debug)]
pub(crate) struct Budget(u64);

impl Default for Budget {
    fn default() -> Self {
        Self(STEPS)
    }
}

impl Budget {
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
