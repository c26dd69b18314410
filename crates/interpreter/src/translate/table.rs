//! Table operators and references.

use super::Translator;
use super::emit::Fields;
use super::fuel::Unit;
use super::stack::{State, kind_of};
use crate::execute::handlers::{both, ops};
use crate::execute::operand::Kind;
use crate::execute::table;
use fossor_module::ValType;

impl Translator<'_> {
    /// Whether a table's indices have 64 bits.
    pub(super) fn is_wide_table(&self, table: u32) -> bool {
        self.module.decoded.tables[table as usize].ty.index64
    }

    /// Where a table's indices have 64 bits: looks that the one in `slot` fits
    /// the 32 that instructions on tables read.
    pub(super) fn check_index(&mut self, table: u32, slot: u16, for_call: bool) {
        if self.is_wide_table(table) {
            let handlers = both!(table::table_index);
            let fields = Fields::slots(slot, for_call.into(), 0, 0);
            self.emit(handlers, "table.index", fields);
        }
    }

    pub(super) fn visit_ref_null(&mut self) {
        self.push_note(State::Const(0), kind_of(ValType::FUNCREF), false);
    }

    pub(super) fn visit_ref_is_null(&mut self) {
        self.push_note(State::Const(0), Kind::Int, false);
        self.lower_compare(&ops::I64Eq);
    }

    pub(super) fn visit_ref_func(&mut self, func: u32) {
        let handler = match func < self.module.decoded.imported_funcs {
            true => both!(table::ref_imported_func),
            false => both!(table::ref_func),
        };
        self.result_at_home(Kind::Int, |t, home| {
            t.emit(handler, "ref.func", Fields::imm(home, 0, func));
        });
    }

    pub(super) fn visit_ref_as_non_null(&mut self) {
        let slot = self.in_slot(self.index(0));
        let fields = Fields::imm(slot, 0, 0);
        self.emit(both!(table::ref_as_non_null), "ref.as_non_null", fields);
    }

    pub(super) fn visit_table_get(&mut self, index: u32) {
        let at = self.pop_slot();
        self.check_index(index, at, false);
        self.result_at_home(Kind::Int, |t, home| {
            t.emit(
                both!(table::table_get),
                "table.get",
                Fields::imm(home, at, index),
            );
        });
    }

    pub(super) fn visit_table_set(&mut self, index: u32) {
        let value = self.in_slot(self.index(0));
        let at = self.in_slot(self.index(1));
        self.pop();
        self.pop();
        self.check_index(index, at, false);
        self.emit(
            both!(table::table_set),
            "table.set",
            Fields::imm(at, value, index),
        );
    }

    pub(super) fn visit_table_size(&mut self, index: u32) {
        self.result_at_home(Kind::Int, |t, home| {
            t.emit(
                both!(table::table_size),
                "table.size",
                Fields::imm(home, 0, index),
            );
        });
    }

    pub(super) fn visit_table_grow(&mut self, index: u32) {
        // Value and delta, in consecutive slots.
        let first = self.index(1);
        self.flush_top(first);
        let args = self.stack[first].slot;
        self.truncate(first);
        self.result_at_home(Kind::Int, |t, home| {
            t.emit(
                both!(table::table_grow),
                "table.grow",
                Fields::imm(home, args, index),
            );
        });
    }

    pub(super) fn visit_table_fill(&mut self, index: u32) {
        let args = self.pop_three();
        self.check_index(index, args, false);
        self.check_index(index, args + 2, false);
        self.pay_for_length(args + 2, false, Unit::Elements);
        self.emit(
            both!(table::table_fill),
            "table.fill",
            Fields::imm(args, 0, index),
        );
    }

    pub(super) fn visit_table_copy(&mut self, target: u32, source: u32) {
        let args = self.pop_three();
        self.check_index(target, args, false);
        self.check_index(source, args + 1, false);
        if self.is_wide_table(target) {
            self.check_index(source, args + 2, false);
        }
        self.pay_for_length(args + 2, false, Unit::Elements);
        let fields = Fields::imm(args, 0, target);
        self.emit(both!(table::table_copy), "table.copy", fields);
        self.word(source.into());
    }

    pub(super) fn visit_table_init(&mut self, segment: u32, index: u32) {
        let args = self.pop_three();
        self.check_index(index, args, false);
        self.pay_for_length(args + 2, false, Unit::Elements);
        let fields = Fields::imm(args, 0, index);
        self.emit(both!(table::table_init), "table.init", fields);
        self.word(segment.into());
    }

    pub(super) fn visit_elem_drop(&mut self, segment: u32) {
        self.emit(
            both!(table::elem_drop),
            "elem.drop",
            Fields::imm(0, 0, segment),
        );
    }
}
