//! Blocks, branches and labels.

use super::emit::Fields;
use super::stack::{Entry, Operand, State, kind_of};
use super::{NOWHERE, Translator, visit};
use crate::error::TranslateError;
use crate::execute::control::{self, Backward, Forward};
use crate::execute::handlers::{PairMode, both};
use crate::execute::operand::{Acc, Imm16, Kind, Slot};
use crate::execute::{call, handlers};
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
enum Shape {
    Block,
    Loop,
    If,
    Else,
}

/// An open block.
pub(super) struct Control {
    shape: Shape,
    types: Types,
    /// Height of the stack below the block's parameters.
    height: usize,
    /// Home of the first parameter or result.
    slot: u32,
    /// A loop's first word.
    start: usize,
    /// Branches to the end, in `Translator::fixups`; `NO_FIXUP` ends the list.
    fixups: u32,
    /// An `if`'s branch to its `else`.
    else_fixup: u32,
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

/// A branch whose target is not known yet.
pub(super) struct Fixup {
    /// Byte of the i32 to write.
    byte: u32,
    /// Word of the instruction it is relative to.
    base: u32,
    /// The next branch to the same label.
    next: u32,
}

const NO_FIXUP: u32 = u32::MAX;

impl Translator<'_> {
    fn open(&mut self, shape: Shape, block: BlockType) {
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
            self.forget();
            self.fuel_end();
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
        if control.shape == Shape::Loop {
            self.loops.pop();
        }
        let is_target = control.fixups != NO_FIXUP || control.else_fixup != NO_FIXUP;
        self.resolve(control.fixups);
        self.resolve(control.else_fixup);
        if is_target {
            self.forget();
        }
        self.note_end(self.controls.len());
        self.reachable |= is_target;
        if self.reachable {
            self.enter_stack(control.height, control.types, false);
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
        // On the path that falls through, the values are there already.
        if !params && self.stack.len() == height + count && self.pending_from == self.stack.len() {
            return;
        }
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

    fn params(&self, types: Types) -> &[ValType] {
        match types {
            Types::Func(index) => self.module.decoded.types[index as usize].params(),
            _ => &[],
        }
    }

    fn results<'a>(&'a self, types: Types) -> std::borrow::Cow<'a, [ValType]> {
        match types {
            Types::None => (&[][..]).into(),
            Types::One(ty) => vec![ty].into(),
            Types::Func(index) => self.module.decoded.types[index as usize].results().into(),
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
            if self.at_label_homes(target, arity) {
                self.branch_to(target, condition, true);
            } else {
                let skip = self.emit_branch(condition, false, Direction::Forward);
                self.copy_to_label(target, arity);
                self.emit_jump(target);
                self.resolve(skip);
                self.forget();
            }
        }
        self.fuel_start();
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
                    if self.fuse_return() {
                        return;
                    }
                    self.pop();
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
        self.emit(
            both!(call::return_none),
            "return",
            Fields::slots(0, 0, link, 0),
        );
    }

    // Labels.

    fn label_arity(&self, target: usize) -> usize {
        let control = &self.controls[target];
        match control.shape {
            Shape::Loop => self.params(control.types).len(),
            _ => self.results(control.types).len(),
        }
    }

    /// Whether the top values' homes are the label's.
    fn at_label_homes(&self, target: usize, arity: usize) -> bool {
        let first = self.stack.len() - arity;
        u32::from(self.stack[first].slot) == self.controls[target].slot
    }

    /// Moves the top values to where the label wants them, and pops nothing.
    fn move_to_label(&mut self, target: usize) {
        let arity = self.label_arity(target);
        if arity == 0 {
            return;
        }
        let slot = self.controls[target].slot as u16;
        let top = self.index(0);
        let entry = self.stack[top];
        if arity == 1 && entry.slot != slot && self.fuse {
            // One value: its instruction may write the label's home directly.
            match entry.state {
                State::Acc if self.producers[entry.kind as usize].word == self.last_word => {
                    self.retarget(self.producers[entry.kind as usize], slot);
                    self.last = None;
                    return;
                }
                State::Acc => return self.emit_copy_acc(slot, entry.kind),
                State::Const(value) => return self.emit_const(slot, value),
                State::Local(from) => return self.emit_copy(slot, from, entry.wide),
                State::Add {
                    slot: from,
                    add,
                    zext,
                } => return self.emit_add(slot, from, add, zext),
                State::Home if entry.wide && self.retarget_wide(entry.slot, slot) => return,
                State::Home => {}
            }
        }
        self.flush_top(self.stack.len() - arity);
        self.copy_to_label(target, arity);
    }

    /// Copies values that are at home to the label's homes, which are lower.
    fn copy_to_label(&mut self, target: usize, arity: usize) {
        if arity == 0 || self.at_label_homes(target, arity) {
            return;
        }
        let first = self.stack.len() - arity;
        let from = self.stack[first].slot;
        let slots = self.top_slot - u32::from(from);
        let to = self.controls[target].slot as u16;
        match slots {
            1 => {
                self.emit(both!(control::copy), "copy", Fields::slots(to, from, 0, 0));
            }
            2 if arity == 1 => self.emit_copy(to, from, true),
            _ => {
                self.emit(
                    both!(control::copy_many),
                    "copy_many",
                    Fields::imm(to, from, slots),
                );
            }
        }
        for i in 0..slots as u16 {
            self.wrote(to + i);
        }
    }

    /// Index and first word of the innermost loop.
    pub(super) fn innermost_loop(&self) -> Option<(usize, usize)> {
        let index = *self.loops.last()?;
        Some((index, self.controls[index].start))
    }

    /// Whether block `index` is a loop.
    pub(super) fn is_loop(&self, index: usize) -> bool {
        self.controls[index].shape == Shape::Loop
    }

    // Branches.

    /// Pops a condition; a comparison that was just emitted is taken back. With
    /// `stack_check`, a branch that is taken if it is false may be emitted.
    fn pop_condition(&mut self, stack_check: bool) -> Condition {
        if let Some(last) = self.comparison_on_top() {
            if stack_check && let Some(word) = self.fuse_stack_check(&last) {
                return Condition::Emitted(word);
            }
            let short = match last.mode {
                PairMode::SlotSlot => Some(Fields::imm(last.fields.b(), last.fields.c(), 0)),
                PairMode::AccSlot | PairMode::SlotAcc => Some(Fields::imm(last.fields.b(), 0, 0)),
                PairMode::SlotImm | PairMode::AccImm => {
                    let imm = last.fields.imm_value() as i32;
                    let small = match last.op.kind {
                        Kind::Int => i16::try_from(imm).is_ok(),
                        Kind::F32 => imm == 0,
                        Kind::F64 => last.extra == 0,
                    };
                    small.then(|| {
                        let imm = if last.op.kind == Kind::F64 {
                            0
                        } else {
                            imm as u16
                        };
                        Fields::imm(last.fields.b(), imm, 0)
                    })
                }
                PairMode::ImmSlot | PairMode::ImmAcc => None,
            };
            if let Some(fields) = short {
                self.pop();
                self.take_back(last.word);
                self.holds[Kind::Int as usize] = last.holds;
                return Condition::Compare {
                    op: last.op,
                    mode: last.mode,
                    fields,
                };
            }
        }
        match self.pop_operand() {
            Operand::Slot(slot) => Condition::Slot(slot),
            _ => Condition::Acc,
        }
    }

    /// Branches to a label if the condition is `sense`.
    fn branch_to(&mut self, target: usize, condition: Condition, sense: bool) {
        let start = self.controls[target].start;
        if self.controls[target].shape == Shape::Loop {
            let fixup = self.emit_branch(condition, sense, Direction::Backward);
            let Fixup { byte, base, .. } = self.fixups[fixup as usize];
            self.write_target(byte as usize, base as usize, start);
        } else {
            let fixup = self.emit_branch(condition, sense, Direction::Forward);
            self.fixups[fixup as usize].next = self.controls[target].fixups;
            self.controls[target].fixups = fixup;
        }
    }

    /// Emits a conditional branch; the caller resolves the fixup.
    fn emit_branch(&mut self, condition: Condition, sense: bool, direction: Direction) -> u32 {
        let back = direction == Direction::Backward;
        let word = match condition {
            Condition::Emitted(word) => word,
            Condition::Compare { op, mode, fields } => {
                let handlers = if sense {
                    &op.branch_if
                } else {
                    &op.branch_unless
                };
                let handler = handlers[self.dispatch][mode as usize][usize::from(back)];
                self.emit_handler(handler, op.name, fields)
            }
            Condition::Slot(slot) => {
                if let (true, false, true) = (sense, back, self.fuse)
                    && let Some(word) = self.fuse_reload(slot)
                {
                    return self.add_fixup(word * 8 + 12, word);
                }
                let handlers = match (sense, back) {
                    (true, false) => both!(control::branch_if<Slot, Forward>),
                    (true, true) => both!(control::branch_if<Slot, Backward>),
                    (false, false) => both!(control::branch_unless<Slot, Forward>),
                    (false, true) => both!(control::branch_unless<Slot, Backward>),
                };
                self.emit(handlers, "br_if", Fields::imm(slot, 0, 0))
            }
            Condition::Acc => {
                let handlers = match (sense, back) {
                    (true, false) => both!(control::branch_if<Acc, Forward>),
                    (true, true) => both!(control::branch_if<Acc, Backward>),
                    (false, false) => both!(control::branch_unless<Acc, Forward>),
                    (false, true) => both!(control::branch_unless<Acc, Backward>),
                };
                self.emit(handlers, "br_if", Fields::default())
            }
        };
        self.add_fixup(word * 8 + 12, word)
    }

    /// Emits a jump to a label.
    fn emit_jump(&mut self, target: usize) {
        if self.controls[target].shape == Shape::Loop {
            let word = self.emit(both!(control::jump<Backward>), "br", Fields::default());
            self.write_target(word * 8 + 12, word, self.controls[target].start);
        } else {
            let word = self.emit(both!(control::jump<Forward>), "br", Fields::default());
            self.refer(word * 8 + 12, word, target);
        }
    }

    /// Lets the i32 at `byte`, relative to word `base`, lead to a label.
    pub(super) fn refer(&mut self, byte: usize, base: usize, target: usize) {
        if self.controls[target].shape == Shape::Loop {
            return self.write_target(byte, base, self.controls[target].start);
        }
        let fixup = self.add_fixup(byte, base);
        self.fixups[fixup as usize].next = self.controls[target].fixups;
        self.controls[target].fixups = fixup;
    }

    fn add_fixup(&mut self, byte: usize, base: usize) -> u32 {
        self.fixups.push(Fixup {
            byte: byte as u32,
            base: base as u32,
            next: NO_FIXUP,
        });
        self.fixups.len() as u32 - 1
    }

    /// Resolves a list of branches to the next instruction.
    fn resolve(&mut self, mut fixup: u32) {
        let here = self.code.len();
        while fixup != NO_FIXUP {
            let Fixup { byte, base, next } = self.fixups[fixup as usize];
            self.write_target(byte as usize, base as usize, here);
            fixup = next;
        }
    }

    pub(super) fn write_target(&mut self, byte: usize, base: usize, target: usize) {
        let offset = (target as i64 - base as i64) * 8;
        let (word, high) = (byte / 8, byte % 8 == 4);
        let value = u64::from(offset as i32 as u32);
        self.code[word] = match high {
            true => self.code[word] & 0xffff_ffff | value << 32,
            false => self.code[word] & !0xffff_ffff | value,
        };
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Direction {
    Forward,
    Backward,
}

/// What a conditional branch looks at.
enum Condition {
    Slot(u16),
    Acc,
    /// A branch that is taken if the condition is false is already there.
    Emitted(usize),
    Compare {
        op: &'static handlers::CompareOp,
        mode: PairMode,
        fields: Fields,
    },
}
