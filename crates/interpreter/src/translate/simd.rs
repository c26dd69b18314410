//! Vector operators. A vector is always in a slot, its home or a local's: what
//! produces one writes its home, and a `local.set` right behind turns that into
//! the local.

use super::Translator;
use super::emit::Fields;
use super::stack::{Operand, State};
use crate::execute::control;
use crate::execute::handlers::{AddressMode, SourceMode, both};
use crate::execute::operand::Kind;
use crate::execute::simd_handlers::{
    LaneAccessOp, ToScalarOp, WideAccessOp, WideOp, WideScalarOp, best_of, best_shuffle, ops,
};
use crate::instruction::for_each_vector_instruction;
use wasmparser::{MemArg, V128};

impl Translator<'_> {
    /// One to three vectors to a vector.
    fn lower_wide(&mut self, op: &'static WideOp) {
        // The first in B, the second in C, the third in D.
        let mut slots = [0; 3];
        for slot in slots[..op.operands.into()].iter_mut().rev() {
            *slot = self.pop_slot();
        }
        let fields = Fields::slots(0, slots[0], slots[1], slots[2]);
        let relaxed = self.module.engine.config().relaxed_simd;
        let handler = best_of(op, relaxed)[self.dispatch];
        self.produce_wide(handler, op.name, fields, &[]);
        self.canonicalise(op.name);
    }

    /// A scalar in all lanes.
    fn lower_splat(&mut self, op: &'static WideScalarOp) {
        let (source, scalar) = self.pop_source(op.kind);
        let handler = op.handlers[self.dispatch][source as usize];
        self.produce_wide(handler, op.name, Fields::slots(0, 0, scalar, 0), &[]);
    }

    /// A scalar on top of a vector, and a lane if the operator names one.
    fn lower_wide_scalar(&mut self, op: &'static WideScalarOp, lane: u8) {
        let (source, scalar) = self.pop_source(op.kind);
        let vector = self.pop_slot();
        let handler = op.handlers[self.dispatch][source as usize];
        let fields = Fields::slots(0, vector, scalar, lane.into());
        self.produce_wide(handler, op.name, fields, &[]);
    }

    /// A vector to a scalar, and a lane if the operator names one.
    fn lower_to_scalar(&mut self, op: &'static ToScalarOp, lane: u8) {
        let vector = self.pop_slot();
        let fields = Fields::slots(0, vector, 0, lane.into());
        self.produce(op.handlers[self.dispatch], op.name, fields, None, op.result);
    }

    fn lower_wide_load(&mut self, op: &'static WideAccessOp, memarg: MemArg) {
        if let Some(memory) = self.other_memory(memarg) {
            let fields = Fields::imm(0, self.pop_slot(), memory);
            let handler = op.other_memory[self.dispatch];
            return self.produce_wide(handler, op.name, fields, &[memarg.offset]);
        }
        let (mode, fields) = self.pop_address(memarg);
        // As in `lower_load`: the address is in B, C and D.
        let fields = match mode {
            AddressMode::SlotPlus => fields.shifted(),
            _ => Fields::imm(0, fields.a(), memarg.offset as u32),
        };
        let handler = op.handlers[self.dispatch][mode as usize];
        self.produce_wide(handler, op.name, fields, &[]);
    }

    fn lower_wide_store(&mut self, op: &'static WideAccessOp, memarg: MemArg) {
        let vector = self.pop_slot();
        if let Some(memory) = self.other_memory(memarg) {
            let fields = Fields::imm(self.pop_slot(), vector, memory);
            self.emit(op.other_memory, op.name, fields);
            return self.word(memarg.offset);
        }
        let (mode, fields) = self.pop_address(memarg);
        let fields = match mode {
            AddressMode::SlotPlus => fields.with_b(vector),
            _ => Fields::imm(fields.a(), vector, memarg.offset as u32),
        };
        let handler = op.handlers[self.dispatch][mode as usize];
        self.emit_handler(handler, op.name, fields);
    }

    fn lower_load_lane(&mut self, op: &'static LaneAccessOp, memarg: MemArg, lane: u8) {
        let vector = u64::from(self.pop_slot()) | u64::from(lane) << 16;
        let address = self.pop_slot();
        let (fields, words) = match self.other_memory(memarg) {
            None => (Fields::imm(0, address, memarg.offset as u32), &[vector][..]),
            Some(memory) => (
                Fields::imm(0, address, memory),
                &[memarg.offset, vector][..],
            ),
        };
        let handlers = op.handlers[words.len() - 1];
        self.produce_wide(handlers[self.dispatch], op.name, fields, words);
    }

    fn lower_store_lane(&mut self, op: &'static LaneAccessOp, memarg: MemArg, lane: u8) {
        let vector = u64::from(self.pop_slot()) | u64::from(lane) << 16;
        let address = self.pop_slot();
        match self.other_memory(memarg) {
            None => {
                let fields = Fields::imm(address, 0, memarg.offset as u32);
                self.emit(op.handlers[0], op.name, fields);
            }
            Some(memory) => {
                self.emit(op.handlers[1], op.name, Fields::imm(address, 0, memory));
                self.word(memarg.offset);
            }
        }
        self.word(vector);
    }

    /// Pops a scalar of `kind`: a slot, the accumulator or a small constant.
    fn pop_source(&mut self, kind: Kind) -> (SourceMode, u16) {
        if let (State::Const(value), true) = (self.stack[self.index(0)].state, self.fuse) {
            let small = match kind {
                Kind::Int => value as i64 == i64::from(value as i16),
                Kind::F32 | Kind::F64 => value == 0,
            };
            if small {
                self.pop();
                return (SourceMode::Imm16, value as u16);
            }
        }
        match self.pop_operand() {
            Operand::Slot(slot) => (SourceMode::Slot, slot),
            _ => (SourceMode::Acc, 0),
        }
    }

    pub(super) fn visit_v128_const(&mut self, value: V128) {
        let value = value.i128() as u128;
        let words = [value as u64, (value >> 64) as u64];
        let handler = both!(control::const128)[self.dispatch];
        self.produce_wide(handler, "v128.const", Fields::default(), &words);
    }

    pub(super) fn visit_i8x16_shuffle(&mut self, lanes: [u8; 16]) {
        let second = self.pop_slot();
        let fields = Fields::slots(0, self.pop_slot(), second, 0);
        let lanes = u128::from_le_bytes(lanes);
        let words = [lanes as u64, (lanes >> 64) as u64];
        let handler = best_shuffle()[self.dispatch];
        self.produce_wide(handler, "i8x16.shuffle", fields, &words);
    }
}

macro_rules! visit_vector_table {
    (
        v_unary { $($un:ident $un_visit:ident $un_text:literal = $un_mod:ident::$un_fn:ident;)* }
        v_binary { $($bin:ident $bin_visit:ident $bin_text:literal = $bin_mod:ident::$bin_fn:ident;)* }
        v_ternary { $($ter:ident $ter_visit:ident $ter_text:literal = $ter_mod:ident::$ter_fn:ident;)* }
        v_shift { $($sh:ident $sh_visit:ident $sh_text:literal = $sh_mod:ident::$sh_fn:ident;)* }
        v_splat { $($spl:ident $spl_visit:ident $spl_text:literal $spl_ty:ident = $spl_mod:ident::$spl_fn:ident;)* }
        v_extract { $($ext:ident $ext_visit:ident $ext_text:literal $ext_ty:ident = $ext_mod:ident::$ext_fn:ident;)* }
        v_replace { $($rep:ident $rep_visit:ident $rep_text:literal $rep_ty:ident = $rep_mod:ident::$rep_fn:ident;)* }
        v_test { $($test:ident $test_visit:ident $test_text:literal = $test_mod:ident::$test_fn:ident;)* }
        v_load { $($ld:ident $ld_visit:ident $ld_text:literal $ld_raw:ty = $ld_mod:ident::$ld_fn:ident;)* }
        v_load_lane { $($ldl:ident $ldl_visit:ident $ldl_text:literal $ldl_raw:ident = $ldl_mod:ident::$ldl_fn:ident;)* }
        v_store_lane { $($stl:ident $stl_visit:ident $stl_text:literal $stl_raw:ident = $stl_mod:ident::$stl_fn:ident;)* }
    ) => {
        /// The table's vector instructions, by their shapes.
        impl Translator<'_> {
            $(pub(super) fn $un_visit(&mut self) { self.lower_wide(&ops::$un) })*
            $(pub(super) fn $bin_visit(&mut self) { self.lower_wide(&ops::$bin) })*
            $(pub(super) fn $ter_visit(&mut self) { self.lower_wide(&ops::$ter) })*
            $(pub(super) fn $sh_visit(&mut self) { self.lower_wide_scalar(&ops::$sh, 0) })*
            $(pub(super) fn $spl_visit(&mut self) { self.lower_splat(&ops::$spl) })*
            $(pub(super) fn $ext_visit(&mut self, lane: u8) { self.lower_to_scalar(&ops::$ext, lane) })*
            $(pub(super) fn $rep_visit(&mut self, lane: u8) { self.lower_wide_scalar(&ops::$rep, lane) })*
            $(pub(super) fn $test_visit(&mut self) { self.lower_to_scalar(&ops::$test, 0) })*
            $(pub(super) fn $ld_visit(&mut self, memarg: MemArg) { self.lower_wide_load(&ops::$ld, memarg) })*
            pub(super) fn visit_v128_load(&mut self, memarg: MemArg) { self.lower_wide_load(&ops::V128Load, memarg) }
            pub(super) fn visit_v128_store(&mut self, memarg: MemArg) { self.lower_wide_store(&ops::V128Store, memarg) }
            $(pub(super) fn $ldl_visit(&mut self, memarg: MemArg, lane: u8) { self.lower_load_lane(&ops::$ldl, memarg, lane) })*
            $(pub(super) fn $stl_visit(&mut self, memarg: MemArg, lane: u8) { self.lower_store_lane(&ops::$stl, memarg, lane) })*
        }
    };
}
for_each_vector_instruction!(visit_vector_table);

#[cfg(test)]
mod tests {
    use crate::{Config, Engine, Module};

    /// The names of the instructions of the module's first function.
    fn listing(body: &str, fuse: bool) -> Vec<&'static str> {
        let wat = format!(
            "(module (memory 1) (global $g (mut v128) (v128.const i64x2 0 0))
               (func (param i32 v128 v128) (result v128) {body}))"
        );
        let bytes = wat::parse_str(wat).expect("well-formed");
        let engine = Engine::new(Config {
            fuse,
            ..Config::default()
        });
        let module = Module::new(&engine, bytes).expect("valid");
        let lines = module.0.listing(0).expect("translatable");
        lines.iter().map(|line| line.name).collect()
    }

    #[test]
    fn what_makes_a_vector_writes_the_local() {
        for (make, name) in [
            ("(i32x4.add (local.get 1) (local.get 2))", "i32x4.add"),
            ("(v128.const i64x2 1 2)", "v128.const"),
            ("(v128.load offset=4 (local.get 0))", "v128.load"),
            ("(i16x8.splat (i32.const 1))", "i16x8.splat"),
            ("(global.get $g)", "global.get"),
            (
                "(select (result v128) (local.get 1) (local.get 2) (local.get 0))",
                "select",
            ),
        ] {
            let set = format!("(local.set 2 {make}) (local.get 2)");
            assert_eq!(listing(&set, true), [name, "copy_wide", "return"]);
            assert_eq!(listing(make, true), [name, "return"]);
            let branch = format!("(block (result v128) (i32.const 1) {make} (br 0))");
            assert_eq!(listing(&branch, true), [name, "br", "copy_wide", "return"]);
        }
    }

    #[test]
    fn scalars_come_from_the_accumulator_and_addresses_are_folded() {
        assert_eq!(
            listing(
                "(i8x16.shl (v128.load (i32.add (local.get 0) (i32.const 16)))
                   (i32.clz (v128.any_true (local.get 1))))",
                true
            ),
            [
                "v128.load",
                "v128.any_true",
                "i32.clz",
                "i8x16.shl",
                "return"
            ]
        );
    }
}
