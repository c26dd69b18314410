//! Blocks, and the operators that leave them.

use super::emit::Fields;
use super::label::{Condition, Direction, NO_FIXUP};
use super::stack::{Entry, Operand, State, kind_of};
use super::{NOWHERE, Translator, visit};
use crate::error::TranslateError;
use crate::execute::call;
use crate::execute::control;
use crate::execute::handlers::{PairMode, both, ops};
use crate::execute::operand::{Acc, Imm16, Kind, Slot};
use fossor_module::ValType;
use std::collections::HashMap;
use wasmparser::{BlockType, BrTable};

/// Parameters and results of a block.
#[derive(Clone, Copy)]
pub(super) enum Types {
    None,
    One(ValType),
    /// A type of the module.
    Func(u32),
    /// The function's own results.
    Function,
}

impl Types {
    pub fn function(results: usize) -> Self {
        if results == 0 {
            Types::None
        } else {
            Types::Function
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Shape {
    Block,
    Loop,
    If,
    Else,
    /// A block that catches exceptions.
    Try,
}

/// An open block.
pub(super) struct Control {
    pub shape: Shape,
    pub types: Types,
    /// Height of the stack below the block's parameters.
    pub height: usize,
    /// Home of the first parameter or result.
    pub slot: u32,
    /// A loop's first word.
    pub start: usize,
    /// Branches to the end, in `Translator::fixups`; `NO_FIXUP` ends the list.
    pub fixups: u32,
    /// An `if`'s branch to its `else`.
    pub else_fixup: u32,
}

impl Control {
    pub fn function(types: Types, slot: u32) -> Self {
        Self {
            shape: Shape::Block,
            types,
            height: 0,
            slot,
            start: NOWHERE,
            fixups: NO_FIXUP,
            else_fixup: NO_FIXUP,
        }
    }
}

impl Translator<'_> {
    pub(super) fn open(&mut self, shape: Shape, block: BlockType) {
        if !self.reachable {
            self.dead_blocks += 1;
            return;
        }
        let types = match block {
            BlockType::Empty => Types::None,
            BlockType::Type(ty) => Types::One(visit::val_type(ty)),
            BlockType::FuncType(index) => Types::Func(index),
        };
        // Paths meet at the block's end: whatever is below must be where every
        // path expects it.
        self.flush();
        let params = self.params(types).len();
        let height = self.stack.len() - params;
        let slot = match self.stack.get(height) {
            Some(first) => first.slot.into(),
            None => self.top_slot,
        };
        let mut start = NOWHERE;
        if shape == Shape::Loop {
            self.pay();
            self.forget();
            self.merge(height);
            start = self.code.len();
            self.loops.push(self.controls.len());
            self.fuel_start();
        }
        self.controls.push(Control {
            shape,
            types,
            height,
            slot,
            start,
            fixups: NO_FIXUP,
            else_fixup: NO_FIXUP,
        });
    }

    pub(super) fn visit_block(&mut self, block: BlockType) {
        self.open(Shape::Block, block);
    }

    pub(super) fn visit_loop(&mut self, block: BlockType) {
        self.open(Shape::Loop, block);
    }

    pub(super) fn visit_if(&mut self, block: BlockType) {
        if !self.reachable {
            self.dead_blocks += 1;
            return;
        }
        // What is below the condition first: emitting it afterwards would come
        // between a comparison and its branch.
        let condition = self.index(0);
        for index in self.pending_from..condition {
            self.go_home(index);
        }
        let condition = self.pop_condition(self.fuse && block == BlockType::Empty);
        self.open(Shape::If, block);
        let fixup = self.emit_branch(condition, false, Direction::Forward);
        self.fuel_start();
        if let Some(control) = self.controls.last_mut() {
            control.else_fixup = fixup;
        }
    }

    pub(super) fn visit_else(&mut self) {
        if self.dead_blocks > 0 {
            return;
        }
        let innermost = self.controls.len() - 1;
        if self.reachable {
            self.flush();
            self.emit_jump(innermost);
        }
        let control = &mut self.controls[innermost];
        control.shape = Shape::Else;
        let (fixup, height, types) = (control.else_fixup, control.height, control.types);
        control.else_fixup = NO_FIXUP;
        self.meet(&[fixup], false);
        self.resolve(fixup);
        self.forget();
        self.reachable = true;
        self.enter_stack(height, types, true);
        self.fuel_start();
    }

    pub(super) fn visit_end(&mut self) {
        if self.dead_blocks > 0 {
            self.dead_blocks -= 1;
            return;
        }
        if self.reachable {
            if self.controls.len() == 1 && self.controls[0].fixups == NO_FIXUP {
                // Nobody branches to the function's end: return directly.
                self.controls.pop();
                self.emit_return();
                return;
            }
            self.flush();
        }
        let Some(control) = self.controls.pop() else {
            return;
        };
        match control.shape {
            Shape::Loop => drop(self.loops.pop()),
            Shape::Try => self.end_of_try(),
            _ => {}
        }
        let is_target = control.fixups != NO_FIXUP || control.else_fixup != NO_FIXUP;
        let falls_through = self.reachable;
        if is_target {
            self.meet(&[control.fixups, control.else_fixup], falls_through);
        }
        self.resolve(control.fixups);
        self.resolve(control.else_fixup);
        if is_target {
            self.forget();
        }
        self.note_end(self.controls.len());
        self.reachable |= is_target;
        if self.reachable {
            // On the path that falls through, the values are there already. What is
            // left of one that does not are other values, perhaps as many.
            let count = self.results(control.types).len();
            let there = self.stack.len() == control.height + count;
            if falls_through && there && self.pending_from == self.stack.len() {
                self.merge(control.height);
            } else {
                self.enter_stack(control.height, control.types, false);
            }
            if is_target {
                self.fuel_start();
            }
            if self.controls.is_empty() {
                self.emit_return();
            }
        }
    }

    /// The stack at a label: `height` values as before and the block's
    /// parameters or results, at home.
    fn enter_stack(&mut self, height: usize, types: Types, params: bool) {
        let count = if params {
            self.params(types).len()
        } else {
            self.results(types).len()
        };
        self.truncate(height);
        for i in 0..count {
            let ty = if params {
                self.params(types)[i]
            } else {
                self.results(types)[i]
            };
            self.push_type(ty);
        }
    }

    /// The values from index `height` on may come by several paths.
    fn merge(&mut self, height: usize) {
        for entry in &mut self.stack[height..] {
            entry.clean = false;
        }
    }

    pub(super) fn params(&self, types: Types) -> &[ValType] {
        match types {
            Types::Func(index) => self.module.decoded.signature(index).params(),
            _ => &[],
        }
    }

    pub(super) fn results<'a>(&'a self, types: Types) -> std::borrow::Cow<'a, [ValType]> {
        match types {
            Types::None => (&[][..]).into(),
            Types::One(ty) => vec![ty].into(),
            Types::Func(index) => self.module.decoded.signature(index).results().into(),
            Types::Function => self
                .module
                .decoded
                .func_type(self.func_idx)
                .results()
                .into(),
        }
    }

    /// What follows cannot be reached until the next label.
    pub(super) fn end_of_path(&mut self) {
        self.end_run();
        self.reachable = false;
        if let Some(control) = self.controls.last() {
            let height = control.height;
            self.truncate(height);
        }
        self.forget();
    }

    pub(super) fn visit_unreachable(&mut self) {
        self.emit(
            both!(control::unreachable),
            "unreachable",
            Fields::default(),
        );
        self.end_of_path();
    }

    pub(super) fn visit_nop(&mut self) {}

    pub(super) fn visit_br(&mut self, depth: u32) {
        let target = self.controls.len() - 1 - depth as usize;
        if target == 0 {
            self.emit_return();
        } else {
            self.move_to_label(target);
            if !self.fuse_jump(target) {
                self.emit_jump(target);
            }
        }
        self.end_of_path();
    }

    pub(super) fn visit_br_if(&mut self, depth: u32) {
        let target = self.controls.len() - 1 - depth as usize;
        let arity = self.label_arity(target);
        if arity == 0 {
            let condition = self.pop_condition(false);
            self.branch_to(target, condition, true);
        } else {
            // The values stay on the stack if the branch is not taken: they go
            // home first, and from there, on the other path, to the label's.
            let condition_index = self.index(0);
            for index in self.pending_from..condition_index {
                self.go_home(index);
            }
            let condition = self.pop_condition(false);
            self.pending_from = self.stack.len();
            self.branch_with_values(depth, condition, true);
        }
        self.fuel_start();
    }

    pub(super) fn visit_br_on_null(&mut self, depth: u32) {
        let is_null = self.null_check();
        // The label does not get the reference; the other path has it at home.
        self.pop();
        self.branch_with_values(depth, is_null, true);
        self.push_type(ValType::FUNCREF);
        self.fuel_start();
    }

    pub(super) fn visit_br_on_non_null(&mut self, depth: u32) {
        let is_null = self.null_check();
        self.branch_with_values(depth, is_null, false);
        self.pop();
        self.fuel_start();
    }

    /// Puts all values home, and tells whether the reference on top is null.
    fn null_check(&mut self) -> Condition {
        self.flush();
        let slot = self.stack[self.index(0)].slot;
        Condition::Compare {
            op: &ops::I64Eq,
            mode: PairMode::SlotImm,
            fields: Fields::imm(slot, 0, 0),
            negated: false,
        }
    }

    /// Branches to a label, with the values on top, which are at home, if the
    /// condition is `sense`.
    pub(super) fn branch_with_values(&mut self, depth: u32, condition: Condition, sense: bool) {
        let target = self.controls.len() - 1 - depth as usize;
        let arity = self.label_arity(target);
        if arity == 0 || self.at_label_homes(target, arity) {
            return self.branch_to(target, condition, sense);
        }
        let skip = self.emit_branch(condition, !sense, Direction::Forward);
        self.copy_to_label(target, arity);
        self.emit_jump(target);
        self.meet(&[skip], false);
        self.resolve(skip);
        self.forget();
    }

    pub(super) fn visit_br_table(&mut self, table: BrTable<'_>) -> Result<(), TranslateError> {
        let index = self.pop_operand();
        let default = self.controls.len() - 1 - table.default() as usize;
        let arity = self.label_arity(default);
        if arity > 0 {
            let index = match index {
                Operand::Acc => self.keep_acc(),
                Operand::Slot(slot) => slot,
                Operand::Const(_) => unreachable!("constants were put home"),
            };
            self.flush();
            return self.branch_table_with_values(index, table, arity);
        }
        let (handlers, slot) = match index {
            Operand::Slot(slot) => (both!(control::branch_table<Slot>), slot),
            _ => (both!(control::branch_table<Acc>), 0),
        };
        let base = self.emit(handlers, "br_table", Fields::imm(slot, 0, table.len()));
        let words = (table.len() as usize + 2) / 2;
        self.code.resize(self.code.len() + words, 0);
        let mut targets = Vec::with_capacity(table.len() as usize + 1);
        for depth in table.targets() {
            let depth = depth.map_err(TranslateError::Invalid)?;
            targets.push((self.controls.len() - 1 - depth as usize) as u32);
        }
        targets.push(default as u32);
        for (i, &target) in targets.iter().enumerate() {
            self.refer((base + 2) * 8 + i * 4, base, target as usize);
        }
        self.end_run();
        if let Operand::Slot(slot) = index {
            self.note_table(slot, base, &targets);
        }
        self.end_of_path();
        Ok(())
    }

    /// A table whose targets take values: every entry leads to a stub that
    /// moves them and jumps on.
    fn branch_table_with_values(
        &mut self,
        index: u16,
        table: BrTable<'_>,
        arity: usize,
    ) -> Result<(), TranslateError> {
        let handlers = both!(control::branch_table<Slot>);
        let base = self.emit(handlers, "br_table", Fields::imm(index, 0, table.len()));
        let words = (table.len() as usize + 2) / 2;
        self.code.resize(self.code.len() + words, 0);
        // By target: a table may have tens of thousands of different ones.
        let mut stubs = HashMap::new();
        let mut depths = Vec::new();
        for depth in table.targets() {
            depths.push(depth.map_err(TranslateError::Invalid)?);
        }
        depths.push(table.default());
        for (i, depth) in depths.into_iter().enumerate() {
            let target = self.controls.len() - 1 - depth as usize;
            let stub = match stubs.get(&target) {
                Some(&stub) => stub,
                None => {
                    let start = self.code.len();
                    self.copy_to_label(target, arity);
                    self.emit_jump(target);
                    stubs.insert(target, start);
                    start
                }
            };
            self.write_target((base + 2) * 8 + i * 4, base, stub);
        }
        self.end_of_path();
        Ok(())
    }

    /// Gives the accumulator, just popped, a slot above the stack.
    fn keep_acc(&mut self) -> u16 {
        // The home of the popped value is free, and nothing is pushed before it
        // is used.
        let slot = self.top_slot as u16;
        self.raise_max(1);
        self.emit_copy_acc(slot, Kind::Int);
        slot
    }

    pub(super) fn visit_return(&mut self) {
        self.emit_return();
        self.end_of_path();
    }

    /// Returns the top values.
    pub(super) fn emit_return(&mut self) {
        let types = self.module.decoded.func_type(self.func_idx);
        let link = self.link_slot as u16;
        match *types.results() {
            [] => {}
            [ty] if ty != ValType::V128 => {
                let index = self.index(0);
                self.settle(index);
                let entry: Entry = self.stack[index];
                if let (State::Const(value), true, Kind::Int) = (entry.state, self.fuse, entry.kind)
                    && i64::from(value as i16) == value as i64
                {
                    if !self.fuel && self.fuse_return() {
                        return;
                    }
                    self.pop();
                    self.pay();
                    let fields = Fields::slots(0, value as u16, link, 0);
                    self.emit(both!(call::return_value<u64, Imm16>), "return", fields);
                    return;
                }
                let (acc, slot) = match self.pop_operand() {
                    Operand::Slot(slot) => (false, slot),
                    _ => (true, 0),
                };
                let handlers = match (kind_of(ty), acc) {
                    (Kind::Int, false) => both!(call::return_value<u64, Slot>),
                    (Kind::Int, true) => both!(call::return_value<u64, Acc>),
                    (Kind::F32, false) => both!(call::return_value<f32, Slot>),
                    (Kind::F32, true) => both!(call::return_value<f32, Acc>),
                    (Kind::F64, false) => both!(call::return_value<f64, Slot>),
                    (Kind::F64, true) => both!(call::return_value<f64, Acc>),
                };
                self.pay();
                self.emit(handlers, "return", Fields::slots(0, slot, link, 0));
                return;
            }
            [_] => {
                let index = self.index(0);
                let (state, from) = (self.stack[index].state, self.in_slot(index));
                self.pop();
                if !(state == State::Home && self.retarget_wide(from, 0)) {
                    self.emit_copy(0, from, true);
                }
            }
            _ => {
                let count = types.results().len();
                let first = self.stack.len() - count;
                self.flush_top(first);
                let (from, slots) = (self.stack[first].slot, types.result_slots());
                self.emit(
                    both!(control::copy_many),
                    "copy_many",
                    Fields::imm(0, from, slots),
                );
            }
        }
        self.pay();
        self.emit(
            both!(call::return_none),
            "return",
            Fields::slots(0, 0, link, 0),
        );
    }
}
