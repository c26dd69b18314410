//! Operators on structures, arrays and casts. All operands are in slots, nothing
//! is fused.

use super::Translator;
use super::emit::Fields;
use super::fuel::Unit;
use super::stack::{State, kind_of};
use crate::execute::gc::{self, Outlined};
use crate::execute::handlers::{both, ops};
use crate::execute::objects;
use crate::execute::operand::Kind;
use crate::heap::{Access, Cast, Layout};
use fossor_module::{FieldType, HeapType, RefType, StorageType, TypeIndex, ValType};

impl Translator<'_> {
    // Structures.

    pub(super) fn visit_struct_new(&mut self, ty: u32) {
        let (fields, words) = (self.layout(ty).fields.len(), self.layout(ty).words);
        let args = self.pop_many(fields);
        self.new_object("struct.new", objects::struct_new, ty, args, words as u16, 0);
    }

    pub(super) fn visit_struct_new_default(&mut self, ty: u32) {
        let args = self.pop_many(0);
        self.new_object("struct.new_default", objects::struct_new, ty, args, 0, 0);
    }

    pub(super) fn visit_struct_get(&mut self, ty: u32, field: u32) {
        let (access, word) = self.layout(ty).fields[field as usize];
        let value = self.field_type(ty, field);
        let object = self.pop_slot();
        match access {
            Access::Wide => {
                let fields = Fields::slots(0, object, word as u16, access.number());
                let home = self.top_slot as u16;
                self.outlined("struct.get", objects::struct_get_as, fields, home, 0);
                self.wrote_wide(home);
                self.push_type(ValType::V128);
            }
            // The accumulator of references and integers is filled; others are
            // read from the slot.
            _ => self.result_of(value, |t, home| {
                let fields = Fields::slots(home, object, word as u16, 0);
                t.emit(both!(gc::struct_get), "struct.get", fields);
            }),
        }
    }

    pub(super) fn visit_struct_get_s(&mut self, ty: u32, field: u32) {
        self.narrow_get("struct.get_s", ty, field, Access::signed);
    }

    pub(super) fn visit_struct_get_u(&mut self, ty: u32, field: u32) {
        self.narrow_get("struct.get_u", ty, field, |access| access);
    }

    pub(super) fn visit_struct_set(&mut self, ty: u32, field: u32) {
        let (access, word) = self.layout(ty).fields[field as usize];
        let value = self.in_slot(self.index(0));
        let object = self.in_slot(self.index(1));
        self.pop();
        self.pop();
        let fields = Fields::slots(object, value, word as u16, access.number());
        match access {
            Access::Ref | Access::Wide => {
                self.outlined_plain("struct.set", objects::struct_set_as, fields, 0);
            }
            _ => {
                self.emit(both!(gc::struct_set), "struct.set", fields);
            }
        }
    }

    // Arrays.

    pub(super) fn visit_array_new(&mut self, ty: u32) {
        let access = self.element(ty);
        let args = self.pop_many(2);
        let words = access.words() as u16;
        self.pay_for_elements(args + words);
        let access = access.number().into();
        self.new_object("array.new", objects::array_new, ty, args, words, access);
    }

    pub(super) fn visit_array_new_default(&mut self, ty: u32) {
        let args = self.pop_many(1);
        self.pay_for_elements(args);
        let name = "array.new_default";
        self.new_object(name, objects::array_new, ty, args, 0, 0);
    }

    pub(super) fn visit_array_new_fixed(&mut self, ty: u32, count: u32) {
        let words = self.element(ty).words() as u16;
        let args = self.pop_many(count as usize);
        let name = "array.new_fixed";
        self.new_object(
            name,
            objects::array_new_fixed,
            ty,
            args,
            words,
            count.into(),
        );
    }

    pub(super) fn visit_array_new_data(&mut self, ty: u32, segment: u32) {
        let args = self.pop_many(2);
        self.pay_for_elements(args + 1);
        let name = "array.new_data";
        self.new_object(name, objects::array_new_data, ty, args, 0, segment.into());
    }

    pub(super) fn visit_array_new_elem(&mut self, ty: u32, segment: u32) {
        let args = self.pop_many(2);
        self.pay_for_elements(args + 1);
        let name = "array.new_elem";
        self.new_object(name, objects::array_new_elem, ty, args, 0, segment.into());
    }

    pub(super) fn visit_array_get(&mut self, ty: u32) {
        let access = self.element(ty);
        let value = self.field_type(ty, 0);
        self.element_get("array.get", value, access);
    }

    pub(super) fn visit_array_get_s(&mut self, ty: u32) {
        let access = self.element(ty).signed();
        self.element_get("array.get_s", ValType::I32, access);
    }

    pub(super) fn visit_array_get_u(&mut self, ty: u32) {
        let access = self.element(ty);
        self.element_get("array.get_u", ValType::I32, access);
    }

    pub(super) fn visit_array_set(&mut self, ty: u32) {
        let access = self.element(ty);
        let value = self.in_slot(self.index(0));
        let index = self.in_slot(self.index(1));
        let array = self.in_slot(self.index(2));
        self.truncate(self.stack.len() - 3);
        let fields = Fields::slots(array, index, value, access.number());
        self.outlined_plain("array.set", objects::array_set, fields, 0);
    }

    pub(super) fn visit_array_len(&mut self) {
        let array = self.pop_slot();
        self.outlined_result("array.len", objects::array_len, Kind::Int, 0, |home| {
            Fields::slots(home, array, 0, 0)
        });
    }

    pub(super) fn visit_array_fill(&mut self, ty: u32) {
        let access = self.element(ty);
        let args = self.pop_many(4);
        self.pay_for_elements(args + 2 + access.words() as u16);
        let fields = Fields::slots(args, access.number(), 0, 0);
        self.outlined_plain("array.fill", objects::array_fill, fields, 0);
    }

    pub(super) fn visit_array_copy(&mut self, to: u32, _from: u32) {
        let access = self.element(to).number();
        let args = self.pop_many(5);
        self.pay_for_elements(args + 4);
        let fields = Fields::slots(args, access, 0, 0);
        self.outlined_plain("array.copy", objects::array_copy, fields, 0);
    }

    pub(super) fn visit_array_init_data(&mut self, _ty: u32, segment: u32) {
        let args = self.pop_many(4);
        self.pay_for_elements(args + 3);
        let fields = Fields::imm(args, 0, segment);
        self.outlined_plain("array.init_data", objects::array_init_data, fields, 0);
    }

    pub(super) fn visit_array_init_elem(&mut self, ty: u32, segment: u32) {
        let access = self.element(ty).number();
        let args = self.pop_many(4);
        self.pay_for_elements(args + 3);
        let fields = Fields::imm(args, access, segment);
        self.outlined_plain("array.init_elem", objects::array_init_elem, fields, 0);
    }

    // Small integers and comparisons.

    pub(super) fn visit_ref_i31(&mut self) {
        // The slot of an i31 is a shift and a bit.
        self.push_note(State::Const(1), Kind::Int, false);
        self.lower_binary(&ops::I32Shl);
        self.push_note(State::Const(1), Kind::Int, false);
        self.lower_binary(&ops::I32Or);
    }

    pub(super) fn visit_i31_get_s(&mut self) {
        self.i31_get("i31.get_s", 1);
    }

    pub(super) fn visit_i31_get_u(&mut self) {
        self.i31_get("i31.get_u", 0);
    }

    pub(super) fn visit_ref_eq(&mut self) {
        self.lower_compare(&ops::I64Eq);
    }

    // Casts.

    pub(super) fn visit_ref_test_non_null(&mut self, ty: wasmparser::HeapType) {
        self.test("ref.test", ty, false);
    }

    pub(super) fn visit_ref_test_nullable(&mut self, ty: wasmparser::HeapType) {
        self.test("ref.test", ty, true);
    }

    pub(super) fn visit_ref_cast_non_null(&mut self, ty: wasmparser::HeapType) {
        self.cast("ref.cast", ty, false);
    }

    pub(super) fn visit_ref_cast_nullable(&mut self, ty: wasmparser::HeapType) {
        self.cast("ref.cast", ty, true);
    }

    pub(super) fn visit_br_on_cast(
        &mut self,
        depth: u32,
        _from: wasmparser::RefType,
        to: wasmparser::RefType,
    ) {
        self.branch_on_cast("br_on_cast", depth, to, 0);
    }

    pub(super) fn visit_br_on_cast_fail(
        &mut self,
        depth: u32,
        _from: wasmparser::RefType,
        to: wasmparser::RefType,
    ) {
        self.branch_on_cast("br_on_cast_fail", depth, to, 1);
    }

    /// `any.convert_extern`: the same slot.
    pub(super) fn visit_any_convert_extern(&mut self) {}

    /// `extern.convert_any`: the same slot.
    pub(super) fn visit_extern_convert_any(&mut self) {}

    // Shared parts.

    fn test(&mut self, name: &'static str, ty: wasmparser::HeapType, nullable: bool) {
        let cast = self.cast_to(ty, nullable);
        let value = self.pop_slot();
        self.outlined_result(name, objects::ref_test, Kind::Int, cast, |home| {
            Fields::slots(home, value, 0, 0)
        });
    }

    /// The value stays where it is.
    fn cast(&mut self, name: &'static str, ty: wasmparser::HeapType, nullable: bool) {
        let cast = self.cast_to(ty, nullable);
        let value = self.in_slot(self.index(0));
        let fields = Fields::slots(0, value, 0, 0);
        self.outlined_plain(name, objects::ref_cast, fields, cast);
    }

    /// The value stays on both paths: pushes what the branch depends on.
    fn branch_on_cast(
        &mut self,
        name: &'static str,
        depth: u32,
        to: wasmparser::RefType,
        inverted: u16,
    ) {
        let cast = self.cast_to(to.heap_type(), to.is_nullable());
        let value = self.in_slot(self.index(0));
        self.outlined_result(name, objects::ref_test, Kind::Int, cast, |home| {
            Fields::slots(home, value, inverted, 0)
        });
        self.visit_br_if(depth);
    }

    fn i31_get(&mut self, name: &'static str, signed: u16) {
        let value = self.pop_slot();
        self.outlined_result(name, objects::i31_get, Kind::Int, 0, |home| {
            Fields::slots(home, value, signed, 0)
        });
    }

    fn narrow_get(
        &mut self,
        name: &'static str,
        ty: u32,
        field: u32,
        sign: impl FnOnce(Access) -> Access,
    ) {
        let (access, word) = self.layout(ty).fields[field as usize];
        let access = sign(access).number();
        let object = self.pop_slot();
        self.outlined_result(name, objects::struct_get_as, Kind::Int, 0, |home| {
            Fields::slots(home, object, word as u16, access)
        });
    }

    fn element_get(&mut self, name: &'static str, value: ValType, access: Access) {
        let index = self.in_slot(self.index(0));
        let array = self.in_slot(self.index(1));
        self.pop();
        self.pop();
        let fields = |home| Fields::slots(home, array, index, access.number());
        if access == Access::Wide {
            let home = self.top_slot as u16;
            self.outlined(name, objects::array_get, fields(home), home, 0);
            self.wrote_wide(home);
            self.push_type(ValType::V128);
        } else {
            self.outlined_result(name, objects::array_get, kind_of(value), 0, fields);
        }
    }

    /// Emits an allocation, which leaves its result where its operands began.
    fn new_object(
        &mut self,
        name: &'static str,
        function: Outlined,
        ty: u32,
        args: u16,
        count: u16,
        extra: u64,
    ) {
        let type_id = self.module.type_ids[ty as usize];
        self.outlined_result(name, function, Kind::Int, extra, |home| {
            debug_assert_eq!(home, args);
            Fields::imm(home, count, type_id)
        });
    }

    /// Pops values that are put into their homes, one behind the other; the slot
    /// of the first.
    fn pop_many(&mut self, count: usize) -> u16 {
        let first = self.stack.len() - count;
        self.flush_top(first);
        let slot = match self.stack.get(first) {
            Some(entry) => entry.slot,
            None => self.top_slot as u16,
        };
        self.truncate(first);
        slot
    }

    /// Before an operator on as many elements of an array as `slot` says.
    fn pay_for_elements(&mut self, slot: u16) {
        self.pay_for_length(slot, false, Unit::Elements);
    }

    /// Emits a call of a function that has no result.
    fn outlined_plain(
        &mut self,
        name: &'static str,
        function: Outlined,
        fields: Fields,
        extra: u64,
    ) {
        self.emit(both!(gc::outlined), name, fields);
        self.word(function as usize as u64);
        self.word(extra);
    }

    /// Emits a call of a function that has its result in a slot alone.
    fn outlined(
        &mut self,
        name: &'static str,
        function: Outlined,
        fields: Fields,
        home: u16,
        extra: u64,
    ) {
        let fields = Fields(fields.0 & !0xffff | u64::from(home));
        self.outlined_plain(name, function, fields, extra);
    }

    /// Emits a call of a function that has its result in a slot, and pushes that.
    fn outlined_result(
        &mut self,
        name: &'static str,
        function: Outlined,
        kind: Kind,
        extra: u64,
        fields: impl FnOnce(u16) -> Fields,
    ) {
        if kind != Kind::Int {
            let home = self.top_slot as u16;
            self.outlined_plain(name, function, fields(home), extra);
            self.wrote(home);
            return self.push_float(kind);
        }
        self.result_at_home(Kind::Int, |t, home| {
            t.emit(both!(gc::outlined_result), name, fields(home));
            t.word(function as usize as u64);
            t.word(extra);
        });
    }

    /// Emits, through `emit`, an instruction that writes its result to its home
    /// and the integer accumulator, and pushes it as what it is.
    fn result_of(&mut self, ty: ValType, emit: impl FnOnce(&mut Self, u16)) {
        match kind_of(ty) {
            Kind::Int => self.result_at_home(Kind::Int, emit),
            float => {
                self.spill(Kind::Int);
                let home = self.top_slot as u16;
                emit(self, home);
                self.wrote(home);
                self.holds[Kind::Int as usize] = super::stack::Holds::Nothing;
                self.push_float(float);
            }
        }
    }

    fn push_float(&mut self, kind: Kind) {
        self.push_type(match kind {
            Kind::F32 => ValType::F32,
            _ => ValType::F64,
        });
    }

    fn layout(&self, ty: u32) -> &Layout {
        &self.module.layouts[ty as usize]
    }

    /// How an array's elements are accessed.
    fn element(&self, ty: u32) -> Access {
        self.layout(ty).fields[0].0
    }

    /// The type of a field's value, or of an array's elements.
    fn field_type(&self, ty: u32, field: u32) -> ValType {
        let ty = &self.module.decoded.types[ty as usize];
        let field: Option<FieldType> = match ty.as_struct() {
            Some(ty) => ty.fields.get(field as usize).copied(),
            None => ty.as_array().map(|ty| ty.element),
        };
        match field.map(|field| field.storage) {
            Some(StorageType::Val(ty)) => ty,
            _ => ValType::I32,
        }
    }

    /// A cast to a type, as a word in code.
    fn cast_to(&self, ty: wasmparser::HeapType, nullable: bool) -> u64 {
        let module = self.module;
        let heap = module.decoded.heap_type(ty).unwrap_or(HeapType::None);
        let heap = heap.map_index(|index| match index {
            TypeIndex::Module(index) => TypeIndex::Engine(module.type_ids[index as usize]),
            other => other,
        });
        let depth = |id| module.engine.types().depth(id);
        Cast::to(RefType { nullable, heap }, depth).word()
    }
}
