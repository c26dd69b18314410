//! The translated code of a function, as text.

use crate::error::Error;
use crate::module::Module;
use std::fmt::Write;

impl Module {
    /// The code of function `func_idx`, one instruction a line: word, byte
    /// offset of the operator it stems from, name, operand fields A, B and I.
    /// `None` for an imported function.
    pub fn disassemble(&self, func_idx: u32) -> Result<Option<String>, Error> {
        let Some(defined_idx) = func_idx.checked_sub(self.decoded().imported_funcs) else {
            return Ok(None);
        };
        let mut text = String::new();
        for line in self.0.listing(defined_idx)? {
            let place = format!("{:5} {:#08x}", line.word, line.wasm_offset);
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{place}  {:<22} {}", line.name, line.modes);
        }
        Ok(Some(text))
    }
}
