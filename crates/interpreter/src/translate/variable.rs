//! Locals, globals, constants, `drop` and `select`.

use super::Translator;
use super::emit::Fields;
use super::fuse::RecentOp;
use super::stack::{Entry, Holds, Operand, State, kind_of};
use crate::execute::control;
use crate::execute::handlers::both;
use crate::execute::operand::{Acc, Kind, Slot, ToAcc, ToSlot};
use fossor_module::ValType;

impl Translator<'_> {
    #[inline(always)]
    pub(super) fn visit_local_get(&mut self, index: u32) {
        let local = self.locals[index as usize];
        self.push_note(State::Local(local.slot), local.kind, local.wide);
    }

    pub(super) fn visit_local_set(&mut self, index: u32) {
        let slot = self.locals[index as usize].slot;
        let top = self.index(0);
        if self.stack[top].state == State::Local(slot) {
            self.pop();
            return;
        }
        self.preserve_below(slot, top);
        let entry = self.stack[top];
        match entry.state {
            State::Acc => {
                let producer = self.producers[entry.kind as usize];
                self.pop();
                if producer.word == self.last_word && producer.to_slot.is_some() {
                    // The instruction just emitted writes the local itself.
                    self.retarget(producer, slot);
                    self.last = None;
                    self.wrote(slot);
                } else {
                    self.emit_copy_acc(slot, entry.kind);
                }
                self.holds[entry.kind as usize] = Holds::Slot(slot);
            }
            State::Const(value) => {
                self.pop();
                self.emit_const(slot, value);
            }
            State::Add {
                slot: from,
                add,
                zext,
            } => {
                self.pop();
                self.emit_add(slot, from, add, zext);
            }
            State::Home | State::Local(_) => {
                let from = match entry.state {
                    State::Local(from) => from,
                    _ => entry.slot,
                };
                self.pop();
                let just_made = entry.wide && entry.state == State::Home;
                if !(just_made && self.retarget_wide(from, slot)) {
                    self.emit_copy(slot, from, entry.wide);
                }
            }
        }
    }

    pub(super) fn visit_local_tee(&mut self, index: u32) {
        self.visit_local_set(index);
        self.visit_local_get(index);
    }

    /// Before a local's slot changes: values below `top` that are still to be
    /// read from it go home.
    fn preserve_below(&mut self, slot: u16, top: usize) {
        for index in self.pending_from..top {
            match self.stack[index].state {
                State::Local(from) | State::Add { slot: from, .. } if from == slot => {
                    self.go_home(index);
                }
                _ => {}
            }
        }
    }

    pub(super) fn visit_global_get(&mut self, index: u32) {
        let ty = self.module.decoded.globals[index as usize].ty.value;
        let imported = index < self.module.decoded.imported_globals;
        let kind = kind_of(ty);
        match (imported, ty) {
            (true, ValType::V128) => {
                let handler = both!(control::global_get_import_wide)[self.dispatch];
                self.produce_wide(handler, "global.get", Fields::imm(0, 0, index), &[]);
            }
            (true, _) => {
                let home = self.top_slot as u16;
                let handlers = both!(control::global_get_import);
                self.emit(handlers, "global.get", Fields::imm(home, 0, index));
                self.wrote(home);
                self.push_type(ty);
            }
            (false, ValType::V128) => {
                let offset = self.module.global_offset(index);
                let handler = both!(control::global_get_wide)[self.dispatch];
                self.produce_wide(handler, "global.get", Fields::imm(0, 0, offset), &[]);
            }
            (false, _) => {
                let offset = self.module.global_offset(index);
                let handlers = match kind {
                    Kind::Int => [
                        both!(control::global_get<u64, ToAcc>),
                        both!(control::global_get<u64, ToSlot>),
                    ],
                    Kind::F32 => [
                        both!(control::global_get<f32, ToAcc>),
                        both!(control::global_get<f32, ToSlot>),
                    ],
                    Kind::F64 => [
                        both!(control::global_get<f64, ToAcc>),
                        both!(control::global_get<f64, ToSlot>),
                    ],
                };
                let handlers = handlers.map(|both| both[self.dispatch]);
                self.produce(
                    handlers,
                    "global.get",
                    Fields::imm(0, 0, offset),
                    None,
                    kind,
                );
                if let (ValType::I32 | ValType::I64, true) = (ty, self.fuse)
                    && let Ok(word) = u16::try_from(offset / 8)
                {
                    let narrow = ty == ValType::I32;
                    self.note(RecentOp::GlobalGet { word, narrow }, None);
                }
            }
        }
    }

    pub(super) fn visit_global_set(&mut self, index: u32) {
        let ty = self.module.decoded.globals[index as usize].ty.value;
        let imported = index < self.module.decoded.imported_globals;
        if imported || ty == ValType::V128 {
            let slot = self.pop_slot();
            let (handlers, place) = match (imported, ty) {
                (true, ValType::V128) => (both!(control::global_set_import_wide), index),
                (true, _) => (both!(control::global_set_import), index),
                (false, _) => (
                    both!(control::global_set_wide),
                    self.module.global_offset(index),
                ),
            };
            self.emit(handlers, "global.set", Fields::imm(slot, 0, place));
            return;
        }
        let offset = self.module.global_offset(index);
        let (acc, slot) = match self.pop_operand() {
            Operand::Slot(slot) => (false, slot),
            _ => (true, 0),
        };
        if acc && ty == ValType::I32 && self.fuse_global_set(offset) {
            return;
        }
        let handlers = match (kind_of(ty), acc) {
            (Kind::Int, false) => both!(control::global_set<u64, Slot>),
            (Kind::Int, true) => both!(control::global_set<u64, Acc>),
            (Kind::F32, false) => both!(control::global_set<f32, Slot>),
            (Kind::F32, true) => both!(control::global_set<f32, Acc>),
            (Kind::F64, false) => both!(control::global_set<f64, Slot>),
            (Kind::F64, true) => both!(control::global_set<f64, Acc>),
        };
        self.emit(handlers, "global.set", Fields::imm(slot, 0, offset));
    }

    #[inline(always)]
    pub(super) fn visit_i32_const(&mut self, value: i32) {
        self.push_note(State::Const(i64::from(value) as u64), Kind::Int, false);
    }

    #[inline(always)]
    pub(super) fn visit_i64_const(&mut self, value: i64) {
        self.push_note(State::Const(value as u64), Kind::Int, false);
    }

    pub(super) fn visit_f32_const(&mut self, value: wasmparser::Ieee32) {
        self.push_note(State::Const(value.bits().into()), Kind::F32, false);
    }

    pub(super) fn visit_f64_const(&mut self, value: wasmparser::Ieee64) {
        self.push_note(State::Const(value.bits()), Kind::F64, false);
    }

    pub(super) fn visit_drop(&mut self) {
        self.pop();
    }

    pub(super) fn visit_select(&mut self) {
        let (a, b, condition) = (self.index(2), self.index(1), self.index(0));
        let entry: Entry = self.stack[a];
        if entry.wide {
            let slots = [condition, a, b].map(|index| self.in_slot(index));
            self.truncate(a);
            let fields = Fields::slots(0, slots[0], slots[1], slots[2]);
            let handler = both!(control::select_wide)[self.dispatch];
            return self.produce_wide(handler, "select", fields, &[]);
        }
        let yes = self.in_slot(a);
        let no = self.in_slot(b);
        let (acc, slot) = match self.pop_operand() {
            Operand::Slot(slot) => (false, slot),
            _ => (true, 0),
        };
        self.pop();
        self.pop();
        let handlers = match (entry.kind, acc) {
            (Kind::Int, false) => [
                both!(control::select<u64, Slot, ToAcc>),
                both!(control::select<u64, Slot, ToSlot>),
            ],
            (Kind::Int, true) => [
                both!(control::select<u64, Acc, ToAcc>),
                both!(control::select<u64, Acc, ToSlot>),
            ],
            (Kind::F32, false) => [
                both!(control::select<f32, Slot, ToAcc>),
                both!(control::select<f32, Slot, ToSlot>),
            ],
            (Kind::F32, true) => [
                both!(control::select<f32, Acc, ToAcc>),
                both!(control::select<f32, Acc, ToSlot>),
            ],
            (Kind::F64, false) => [
                both!(control::select<f64, Slot, ToAcc>),
                both!(control::select<f64, Slot, ToSlot>),
            ],
            (Kind::F64, true) => [
                both!(control::select<f64, Acc, ToAcc>),
                both!(control::select<f64, Acc, ToSlot>),
            ],
        };
        let handlers = handlers.map(|both| both[self.dispatch]);
        self.produce(
            handlers,
            "select",
            Fields::slots(0, slot, yes, no),
            None,
            entry.kind,
        );
    }
}
