//! Where the values of a function's frame are, for a debugger.

use crate::module::ModuleInner;
use crate::translate::val_type;
use fossor_module::ValType;

/// The slots of a frame that hold values, in code for a debugger: there every
/// value of the operand stack is in the slot of its position.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FrameLayout {
    /// First slot and type of each local, parameters first.
    pub locals: Vec<(usize, ValType)>,
    /// The same of the operand stack, the top last; empty unless an operator was
    /// given.
    pub operands: Vec<(usize, ValType)>,
}

impl FrameLayout {
    /// The frame of a function, before the operator at `wasm_offset`.
    pub fn of(module: &ModuleInner, defined_idx: u32, wasm_offset: Option<u32>) -> Self {
        Self::read(module, defined_idx, wasm_offset).unwrap_or_default()
    }

    fn read(
        module: &ModuleInner,
        defined_idx: u32,
        wasm_offset: Option<u32>,
    ) -> Result<Self, wasmparser::Error> {
        let decoded = &module.decoded;
        let ty = decoded.func_type(decoded.imported_funcs + defined_idx);
        let mut layout = Self::default();
        let mut slot = 0;
        for &ty in ty.params() {
            layout.locals.push((slot, ty));
            slot += ty.slots() as usize;
        }
        // The link, see `execute/call.rs`.
        slot = ty.param_slots().max(ty.result_slots()) as usize + 2;
        let body = decoded.body(defined_idx);
        let mut locals = body.get_locals_reader()?;
        let mut validator = decoded
            .func_to_validate(defined_idx)
            .into_validator(Default::default());
        for _ in 0..locals.get_count() {
            let offset = locals.original_position();
            let (count, ty) = locals.read()?;
            validator.define_locals(offset, count, ty)?;
            for _ in 0..count {
                let ty = val_type(ty);
                layout.locals.push((slot, ty));
                slot += ty.slots() as usize;
            }
        }
        let Some(wasm_offset) = wasm_offset else {
            return Ok(layout);
        };
        let mut operators = body.get_operators_reader()?;
        while operators.original_position() < u64::from(wasm_offset) {
            let offset = operators.original_position();
            validator.op(offset, &operators.read()?)?;
        }
        for depth in (0..validator.operand_stack_height()).rev() {
            let Some(Some(ty)) = validator.get_operand_type(depth as usize) else {
                break;
            };
            let ty = val_type(ty);
            layout.operands.push((slot, ty));
            slot += ty.slots() as usize;
        }
        Ok(layout)
    }
}
