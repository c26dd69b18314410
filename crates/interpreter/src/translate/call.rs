//! Calls.

use super::Translator;
use super::emit::Fields;
use super::stack::{Holds, Operand, State, kind_of};
use crate::execute::call::{self, Imported, Indirect, Reference};
use crate::execute::fuel;
use crate::execute::handlers::both;
use crate::execute::operand::{Acc, Slot};
use fossor_module::{FuncType, ValType};

impl Translator<'_> {
    pub(super) fn visit_call(&mut self, func: u32) {
        let module = self.module;
        let ty = module.decoded.func_type(func);
        if let (Some(defined), [ValType::I32]) =
            (func.checked_sub(module.decoded.imported_funcs), ty.params())
            && let Some(args) = self.fuse_call(module.entry_address(defined))
        {
            self.pays();
            return self.push_results(ty, args);
        }
        let args = self.place_args(ty);
        let fields = Fields::imm(args, 0, func);
        match func.checked_sub(module.decoded.imported_funcs) {
            Some(defined) if self.fuel => {
                let fields = fields.with_b(self.price_of_call());
                self.emit(both!(fuel::pay_and_call), "call", fields);
                self.word(module.entry_address(defined));
            }
            Some(defined) => {
                self.emit(both!(call::call), "call", fields);
                self.word(module.entry_address(defined));
            }
            None => {
                self.pay();
                self.emit(both!(call::call_import), "call", fields);
            }
        }
        self.pays();
        self.push_results(ty, args);
    }

    pub(super) fn visit_call_indirect(&mut self, type_index: u32, table: u32) {
        let module = self.module;
        let ty = module.decoded.signature(type_index);
        // The index is on top of the arguments: its slot must outlive them.
        let index = self.index(0);
        self.settle_index(index);
        let wide = self.is_wide_table(table);
        let operand = match self.stack[index].state {
            State::Acc if !wide => Operand::Acc,
            _ => Operand::Slot(self.in_slot(index)),
        };
        if let Operand::Slot(slot) = operand {
            self.check_index(table, slot, true);
        }
        // Placing the arguments may need the accumulator.
        let operand = match operand {
            Operand::Acc if self.args_spare_acc(ty) => Operand::Acc,
            Operand::Acc => {
                self.go_home(index);
                Operand::Slot(self.stack[index].slot)
            }
            other => other,
        };
        self.pop();
        let args = self.place_args(ty);
        self.pay();
        let (handlers, slot) = match operand {
            Operand::Slot(slot) => (both!(call::call_indirect<Slot>), slot),
            _ => (both!(call::call_indirect<Acc>), 0),
        };
        self.emit(handlers, "call_indirect", Fields::imm(args, slot, table));
        self.word(module.type_ids[type_index as usize].into());
        self.pays();
        self.push_results(ty, args);
    }

    pub(super) fn visit_return_call(&mut self, func: u32) {
        let module = self.module;
        let ty = module.decoded.func_type(func);
        let args = self.place_args(ty);
        let link = self.link_slot as u16;
        self.pay();
        match func.checked_sub(module.decoded.imported_funcs) {
            Some(defined) => {
                self.raise_max(0);
                let fields = Fields::slots(args, ty.param_slots() as u16, link, 0);
                self.emit(both!(call::return_call), "return_call", fields);
                self.word(module.entry_address(defined));
                self.pays();
            }
            None => {
                let handlers = both!(call::return_call_func<Imported>);
                let word = self.emit(handlers, "return_call", Fields::slots(args, 0, link, 0));
                self.word(0);
                self.word(func.into());
                self.pays();
                self.outside_of_tries(word);
                self.push_results(ty, args);
                self.emit_return();
            }
        }
        self.end_of_path();
    }

    pub(super) fn visit_return_call_indirect(&mut self, type_index: u32, table: u32) {
        let module = self.module;
        let ty = module.decoded.signature(type_index);
        let index = self.in_slot(self.index(0));
        self.check_index(table, index, true);
        self.pop();
        let args = self.place_args(ty);
        self.pay();
        let handlers = both!(call::return_call_func<Indirect>);
        let fields = Fields::slots(args, index, self.link_slot as u16, 0);
        let word = self.emit(handlers, "return_call_indirect", fields);
        self.word(module.type_ids[type_index as usize].into());
        self.word(table.into());
        self.pays();
        self.outside_of_tries(word);
        self.push_results(ty, args);
        self.emit_return();
        self.end_of_path();
    }

    pub(super) fn visit_call_ref(&mut self, type_index: u32) {
        let ty = self.module.decoded.signature(type_index);
        let (func, args) = self.place_args_of_ref(ty);
        self.pay();
        self.emit(
            both!(call::call_ref),
            "call_ref",
            Fields::slots(args, func, 0, 0),
        );
        self.pays();
        self.push_results(ty, args);
    }

    pub(super) fn visit_return_call_ref(&mut self, type_index: u32) {
        let ty = self.module.decoded.signature(type_index);
        let (func, args) = self.place_args_of_ref(ty);
        self.pay();
        let handlers = both!(call::return_call_func<Reference>);
        let fields = Fields::slots(args, func, self.link_slot as u16, 0);
        let word = self.emit(handlers, "return_call_ref", fields);
        self.word(0);
        self.word(0);
        self.pays();
        self.outside_of_tries(word);
        self.push_results(ty, args);
        self.emit_return();
        self.end_of_path();
    }

    /// Pops the reference on top, which stays in a slot, and places the arguments
    /// below it.
    fn place_args_of_ref(&mut self, ty: &FuncType) -> (u16, u16) {
        let func = self.in_slot(self.index(0));
        self.pop();
        (func, self.place_args(ty))
    }

    fn settle_index(&mut self, index: usize) {
        self.settle(index);
        if let State::Const(_) = self.stack[index].state {
            self.go_home(index);
        }
    }

    /// Whether placing the arguments below the top value leaves the integer
    /// accumulator alone.
    fn args_spare_acc(&self, ty: &FuncType) -> bool {
        let top = self.index(0);
        !(top - ty.params().len()..top).any(|i| matches!(self.stack[i].state, State::Add { .. }))
    }

    /// Puts the arguments where the callee finds its parameters, pops them, and
    /// frees the accumulators. Returns the first argument's slot.
    pub(super) fn place_args(&mut self, ty: &FuncType) -> u16 {
        let first = self.stack.len() - ty.params().len();
        self.flush_top(first);
        let args = match self.stack.get(first) {
            Some(entry) => entry.slot,
            None => self.top_slot as u16,
        };
        self.truncate(first);
        self.spill_all();
        // The callee's link comes right behind: it counts to this frame, so
        // that a callee's stub can be entered.
        let room = ty.param_slots().max(ty.result_slots());
        self.raise_max(room);
        args
    }

    /// Pushes what a call left at `args`; a single result is in its accumulator
    /// as well.
    fn push_results(&mut self, ty: &FuncType, args: u16) {
        self.holds = [Holds::Nothing; 3];
        for &ty in ty.results() {
            self.push_type(ty);
        }
        if let ([result], true) = (ty.results(), self.fuse)
            && *result != ValType::V128
        {
            self.holds[kind_of(*result) as usize] = Holds::Slot(args);
        }
    }
}
