//! Loads, stores and the other memory operators.

use super::Translator;
use super::emit::Fields;
use super::fuel::Unit;
use super::fuse::RecentOp;
use super::stack::{Operand, State};
use crate::execute::handlers::{AddressMode, LoadOp, SourceMode, StoreOp, both, ops};
use crate::execute::memory;
use crate::execute::operand::Kind;
use wasmparser::{MemArg, MemArgTarget};

impl Translator<'_> {
    /// The memory that is meant, as `place` in `execute/memory.rs` takes it, if
    /// it is not memory 0 with 32-bit addresses, for which all the others are.
    pub(super) fn other_memory(&self, memarg: MemArg) -> Option<u32> {
        match memarg.target {
            MemArgTarget::Memory(0) if self.plain_memory => None,
            _ => Some(self.memory_of(memarg)),
        }
    }

    /// The memory that is meant, as `place` takes it.
    pub(super) fn memory_of(&self, memarg: MemArg) -> u32 {
        let MemArgTarget::Memory(index) = memarg.target else {
            unreachable!("arrays are accessed so with a feature that is never on");
        };
        let ty = self.module.decoded.memories[index as usize];
        memory::any_memory(index, ty.index64)
    }

    /// Whether a memory's addresses have 64 bits.
    fn is_wide_memory(&self, memory: u32) -> bool {
        self.module.decoded.memories[memory as usize].index64
    }

    /// A load of the table.
    pub(super) fn lower_load(&mut self, op: &'static LoadOp, memarg: MemArg) {
        if let Some(memory) = self.other_memory(memarg) {
            let slot = self.pop_slot();
            self.spill(op.result);
            let home = self.top_slot as u16;
            self.emit(op.other_memory, op.name, Fields::imm(home, slot, memory));
            self.word(memarg.offset);
            return self.push_home(op.result);
        }
        let (mode, fields) = self.pop_address(memarg);
        // In loads the address is in B, C and D; A is the result.
        let fields = match mode {
            AddressMode::SlotPlus => fields.shifted(),
            _ => Fields::imm(0, fields.a(), memarg.offset as u32),
        };
        let handlers = op.handlers[self.dispatch][mode as usize];
        self.produce(handlers, op.name, fields, None, op.result);
        self.mark_clean(op.clean);
        if mode == AddressMode::Acc && std::ptr::eq(op, &ops::I32Load) {
            let offset = memarg.offset as u32;
            self.note(RecentOp::LoadAcc { offset }, None);
        }
    }

    /// A store of the table.
    pub(super) fn lower_store(&mut self, op: &'static StoreOp, memarg: MemArg) {
        if let Some(memory) = self.other_memory(memarg) {
            let value = self.in_slot(self.index(0));
            let address = self.in_slot(self.index(1));
            self.pop();
            self.pop();
            self.emit(
                op.other_memory,
                op.name,
                Fields::imm(address, value, memory),
            );
            return self.word(memarg.offset);
        }
        if std::ptr::eq(op, &ops::I64Store) && self.fuse_push_return(memarg.offset) {
            return;
        }
        let index = self.index(0);
        self.settle(index);
        let small = |value: u64| match op.kind {
            Kind::Int if op.narrow => value as i32 == i32::from(value as i16),
            Kind::Int => value as i64 == i64::from(value as i16),
            Kind::F32 | Kind::F64 => value == 0,
        };
        if let State::Const(value) = self.stack[index].state
            && (!self.fuse || !small(value))
        {
            self.go_home(index);
        }
        // The address may have to be computed; then it is in the accumulator,
        // and the value no longer.
        let address = self.index(1);
        if !self.is_foldable_address(address, memarg) {
            self.settle(address);
            if let State::Const(_) = self.stack[address].state {
                self.go_home(address);
            }
        }
        let entry = self.pop();
        let value = self.operand(entry);
        let (mut mode, fields) = self.pop_address(memarg);
        if mode == AddressMode::Acc && value == Operand::Acc && op.kind == Kind::Int {
            // Both are the same local: name its slot.
            mode = AddressMode::Slot;
        }
        let (source, value) = match value {
            Operand::Slot(slot) => (SourceMode::Slot, slot),
            Operand::Acc => (SourceMode::Acc, 0),
            Operand::Const(value) => (SourceMode::Imm16, value as u16),
        };
        let fields = match mode {
            AddressMode::SlotPlus => fields.with_b(value),
            _ => Fields::imm(fields.a(), value, memarg.offset as u32),
        };
        let handler = op.handlers[self.dispatch][mode as usize][source as usize];
        self.emit_handler(handler, op.name, fields);
    }

    /// Whether the address at `index` is a slot plus a constant that an
    /// instruction can name.
    fn is_foldable_address(&self, index: usize, memarg: MemArg) -> bool {
        match self.stack[index].state {
            State::Add { add, .. } => i16::try_from(add).is_ok() && memarg.offset <= 0xffff,
            _ => false,
        }
    }

    /// Pops an address. In the fields: A is the slot, if it is in one (also
    /// where the accumulator has it too); for a sum, C is the constant and D
    /// the offset.
    pub(super) fn pop_address(&mut self, memarg: MemArg) -> (AddressMode, Fields) {
        let index = self.index(0);
        if self.is_foldable_address(index, memarg) {
            let entry = self.pop();
            let State::Add { slot, add, .. } = entry.state else {
                unreachable!("just looked")
            };
            let fields = Fields::slots(slot, 0, add as i16 as u16, memarg.offset as u16);
            return (AddressMode::SlotPlus, fields);
        }
        self.settle(index);
        if let State::Const(_) = self.stack[index].state {
            self.go_home(index);
        }
        let entry = self.pop();
        let slot = match entry.state {
            State::Local(slot) => slot,
            _ => entry.slot,
        };
        let mode = match self.operand(entry) {
            Operand::Acc => AddressMode::Acc,
            _ => AddressMode::Slot,
        };
        (mode, Fields::slots(slot, 0, 0, 0))
    }

    pub(super) fn visit_memory_size(&mut self, memory: u32) {
        self.result_at_home(Kind::Int, |t, home| {
            t.emit(
                both!(memory::memory_size),
                "memory.size",
                Fields::imm(home, 0, memory),
            );
        });
    }

    pub(super) fn visit_memory_grow(&mut self, memory: u32) {
        let delta = self.pop_slot();
        self.result_at_home(Kind::Int, |t, home| {
            t.emit(
                both!(memory::memory_grow),
                "memory.grow",
                Fields::imm(home, delta, memory),
            );
        });
    }

    pub(super) fn visit_memory_fill(&mut self, memory: u32) {
        let args = self.pop_three();
        self.pay_for_length(args + 2, self.is_wide_memory(memory), Unit::Bytes);
        self.emit(
            both!(memory::memory_fill),
            "memory.fill",
            Fields::imm(args, 0, memory),
        );
    }

    pub(super) fn visit_memory_copy(&mut self, target: u32, source: u32) {
        let args = self.pop_three();
        let is_wide = self.is_wide_memory(target) && self.is_wide_memory(source);
        self.pay_for_length(args + 2, is_wide, Unit::Bytes);
        // Zero stands for memory 0 with 32-bit addresses.
        let wide = u32::from(target | source == 0 && !self.plain_memory) << 15;
        let indices = target | wide | source << 16;
        self.emit(
            both!(memory::memory_copy),
            "memory.copy",
            Fields::imm(args, 0, indices),
        );
    }

    pub(super) fn visit_memory_init(&mut self, segment: u32, memory: u32) {
        let args = self.pop_three();
        self.pay_for_length(args + 2, false, Unit::Bytes);
        let fields = Fields::imm(args, memory as u16, segment);
        self.emit(both!(memory::memory_init), "memory.init", fields);
    }

    pub(super) fn visit_data_drop(&mut self, segment: u32) {
        self.emit(
            both!(memory::data_drop),
            "data.drop",
            Fields::imm(0, 0, segment),
        );
    }

    /// Pops three operands, which must be in consecutive slots; returns the
    /// first.
    pub(super) fn pop_three(&mut self) -> u16 {
        let first = self.index(2);
        self.flush_top(first);
        let slot = self.stack[first].slot;
        self.truncate(first);
        slot
    }

    /// Emits, through `emit`, an instruction that writes its result to its home
    /// and the accumulator, and pushes the result.
    pub(super) fn result_at_home(&mut self, kind: Kind, emit: impl FnOnce(&mut Self, u16)) {
        self.spill(kind);
        let home = self.top_slot as u16;
        emit(self, home);
        self.push_home(kind);
    }
}
