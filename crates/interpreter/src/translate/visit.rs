//! Joins wasmparser's operators to validation and translation.
//!
//! wasmparser lists all operators it knows in a macro; every one that this
//! interpreter claims to support becomes `self.translator.visit_…`, so that a
//! forgotten one does not compile. The plain ones come from the table.

use super::Translator;
use super::nan::makes_float;
use crate::error::TranslateError;
use crate::execute::handlers::ops;
use crate::instruction::for_each_instruction;
use fossor_module::ValType;
use wasmparser::{
    FrameKind, FrameStack, FuncValidator, MemArg, ValidatorResources, VisitOperator,
    VisitSimdOperator,
};

/// Validates and translates each operator.
pub(super) struct Visitor<'m> {
    pub validator: FuncValidator<ValidatorResources>,
    pub translator: Translator<'m>,
}

// The error is boxed so that a result fits in a register.
type Output = Result<(), Box<TranslateError>>;

/// The type of a validated local or block, as far as its slots go.
pub(crate) fn val_type(ty: wasmparser::ValType) -> ValType {
    match ty {
        wasmparser::ValType::I32 => ValType::I32,
        wasmparser::ValType::I64 => ValType::I64,
        wasmparser::ValType::F32 => ValType::F32,
        wasmparser::ValType::F64 => ValType::F64,
        wasmparser::ValType::V128 => ValType::V128,
        // All references are one slot.
        wasmparser::ValType::Ref(_) => ValType::FUNCREF,
    }
}

impl FrameStack for Visitor<'_> {
    fn current_frame(&self) -> Option<FrameKind> {
        self.validator.get_control_frame(0).map(|frame| frame.kind)
    }
}

macro_rules! visit_all {
    ($( @$proposal:ident $op:ident $({ $($arg:ident: $argty:ty),* })? => $visit:ident ($($ann:tt)*))*) => {
        $(visit_all!(one @$proposal $op $({ $($arg: $argty),* })? => $visit);)*
    };
    // Blocks are also followed where code cannot be reached.
    (one @mvp Block { $($arg:ident: $argty:ty),* } => $visit:ident) => { visit_all!(always $visit ($($arg: $argty),*)); };
    (one @mvp Loop { $($arg:ident: $argty:ty),* } => $visit:ident) => { visit_all!(always $visit ($($arg: $argty),*)); };
    (one @mvp If { $($arg:ident: $argty:ty),* } => $visit:ident) => { visit_all!(always $visit ($($arg: $argty),*)); };
    (one @mvp Else => $visit:ident) => { visit_all!(always $visit ()); };
    (one @mvp End => $visit:ident) => { visit_all!(always $visit ()); };
    // Typed differently, executed alike.
    (one @mvp BrTable { $arg:ident: $argty:ty } => $visit:ident) => {
        fn $visit(&mut self, $arg: $argty) -> Output {
            self.validator.visitor(self.translator.offset.into()).$visit($arg.clone()).map_err(TranslateError::Invalid)?;
            if self.translator.reachable {
                self.translator.operators += 1;
                self.translator.$visit($arg)?;
            }
            Ok(())
        }
    };
    (one @reference_types TypedSelect { $($arg:ident: $argty:ty),* } => $visit:ident) => { visit_all!(supported $visit visit_select ($($arg: $argty),*) ()); };
    (one @reference_types TypedSelectMulti { $arg:ident: $argty:ty } => $visit:ident) => { visit_all!(unsupported $visit ($arg: $argty)); };
    (one @reference_types RefNull { $($arg:ident: $argty:ty),* } => $visit:ident) => { visit_all!(supported $visit visit_ref_null ($($arg: $argty),*) ()); };
    (one @reference_types $op:ident $({ $($arg:ident: $argty:ty),* })? => $visit:ident) => { visit_all!(supported $visit $visit ($($($arg: $argty),*)?) ($($($arg),*)?)); };
    (one @mvp $op:ident $({ $($arg:ident: $argty:ty),* })? => $visit:ident) => { visit_all!(supported $visit $visit ($($($arg: $argty),*)?) ($($($arg),*)?)); };
    (one @sign_extension $op:ident => $visit:ident) => { visit_all!(supported $visit $visit () ()); };
    (one @saturating_float_to_int $op:ident => $visit:ident) => { visit_all!(supported $visit $visit () ()); };
    (one @bulk_memory $op:ident { $($arg:ident: $argty:ty),* } => $visit:ident) => { visit_all!(supported $visit $visit ($($arg: $argty),*) ($($arg),*)); };
    (one @function_references $op:ident $({ $($arg:ident: $argty:ty),* })? => $visit:ident) => { visit_all!(supported $visit $visit ($($($arg: $argty),*)?) ($($($arg),*)?)); };
    (one @wide_arithmetic $op:ident => $visit:ident) => { visit_all!(supported $visit $visit () ()); };
    (one @threads $op:ident { $($arg:ident: $argty:ty),* } => $visit:ident) => { visit_all!(supported $visit $visit ($($arg: $argty),*) ($($arg),*)); };
    (one @exceptions TryTable { $($arg:ident: $argty:ty),* } => $visit:ident) => {
        fn $visit(&mut self $(, $arg: $argty)*) -> Output {
            self.validator.visitor(self.translator.offset.into()).$visit($($arg.clone()),*).map_err(TranslateError::Invalid)?;
            if self.translator.reachable {
                self.translator.operators += 1;
            }
            self.translator.$visit($($arg),*);
            Ok(())
        }
    };
    (one @exceptions $op:ident $({ $($arg:ident: $argty:ty),* })? => $visit:ident) => { visit_all!(supported $visit $visit ($($($arg: $argty),*)?) ($($($arg),*)?)); };
    (one @tail_call $op:ident { $($arg:ident: $argty:ty),* } => $visit:ident) => { visit_all!(supported $visit $visit ($($arg: $argty),*) ($($arg),*)); };
    (one @gc $op:ident $({ $($arg:ident: $argty:ty),* })? => $visit:ident) => { visit_all!(supported $visit $visit ($($($arg: $argty),*)?) ($($($arg),*)?)); };
    (one @$proposal:ident $op:ident $({ $($arg:ident: $argty:ty),* })? => $visit:ident) => {
        visit_all!(unsupported $visit ($($($arg: $argty),*)?));
    };
    (always $visit:ident ($($arg:ident: $argty:ty),*)) => {
        fn $visit(&mut self $(, $arg: $argty)*) -> Output {
            self.validator.visitor(self.translator.offset.into()).$visit($($arg),*).map_err(TranslateError::Invalid)?;
            if self.translator.reachable {
                self.translator.operators += 1;
            }
            self.translator.$visit($($arg),*);
            Ok(())
        }
    };
    (supported $visit:ident $translate:ident ($($arg:ident: $argty:ty),*) ($($pass:ident),*)) => {
        #[inline]
        fn $visit(&mut self $(, $arg: $argty)*) -> Output {
            self.validator.visitor(self.translator.offset.into()).$visit($($arg),*).map_err(TranslateError::Invalid)?;
            if self.translator.reachable {
                self.translator.operators += 1;
                self.translator.$translate($($pass),*);
            }
            Ok(())
        }
    };
    (unsupported $visit:ident ($($arg:ident: $argty:ty),*)) => {
        fn $visit(&mut self $(, $arg: $argty)*) -> Output {
            self.validator.visitor(self.translator.offset.into()).$visit($($arg),*).map_err(TranslateError::Invalid)?;
            Err(Box::new(TranslateError::Unsupported { operator: stringify!($visit) }))
        }
    };
}

impl<'a> VisitOperator<'a> for Visitor<'_> {
    type Output = Output;

    fn simd_visitor(&mut self) -> Option<&mut dyn VisitSimdOperator<'a, Output = Output>> {
        Some(self)
    }

    wasmparser::for_each_visit_operator!(visit_all);
}

// Relaxed operators come with their feature only, which the validator checks.
macro_rules! visit_all_simd {
    ($( @$proposal:ident $op:ident $({ $($arg:ident: $argty:ty),* })? => $visit:ident ($($ann:tt)*))*) => {
        $(visit_all_simd!(one $visit ($($($arg: $argty),*)?) ($($($arg),*)?));)*
    };
    (one $visit:ident ($($arg:ident: $argty:ty),*) ($($pass:ident),*)) => {
        fn $visit(&mut self $(, $arg: $argty)*) -> Output {
            self.validator.simd_visitor(self.translator.offset.into()).$visit($($arg),*).map_err(TranslateError::Invalid)?;
            if self.translator.reachable {
                self.translator.operators += 1;
                self.translator.$visit($($pass),*);
            }
            Ok(())
        }
    };
}

impl<'a> VisitSimdOperator<'a> for Visitor<'_> {
    wasmparser::for_each_visit_simd_operator!(visit_all_simd);
}

macro_rules! visit_table {
    (
        binary { $($bin:ident $bin_visit:ident $bin_text:literal $bin_ty:ident = $bin_mod:ident::$bin_fn:ident $($bin_flag:ident)*;)* }
        compare { $($cmp:ident $cmp_visit:ident $cmp_text:literal $cmp_ty:ident = $cmp_mod:ident::$cmp_fn:ident, mirror $mirror:ident $(, inverse $inverse:ident)?;)* }
        unary { $($un:ident $un_visit:ident $un_text:literal $un_in:ident => $un_out:ident = $un_mod:ident::$un_fn:ident $($un_flag:ident)*;)* }
        load { $($ld:ident $ld_visit:ident $ld_text:literal $ld_raw:ident => $ld_out:ident;)* }
        store { $($st:ident $st_visit:ident $st_text:literal $st_in:ident => $st_raw:ident;)* }
    ) => {
        /// The table's instructions, by their shapes.
        impl Translator<'_> {
            $(#[inline] pub(super) fn $bin_visit(&mut self) {
                self.lower_binary(&ops::$bin);
                if const { makes_float($bin_text) } {
                    self.canonicalise($bin_text);
                }
            })*
            $(#[inline] pub(super) fn $cmp_visit(&mut self) { self.lower_compare(&ops::$cmp) })*
            $(#[inline] pub(super) fn $un_visit(&mut self) {
                self.lower_unary(&ops::$un);
                if const { makes_float($un_text) } {
                    self.canonicalise($un_text);
                }
            })*
            $(#[inline] pub(super) fn $ld_visit(&mut self, memarg: MemArg) { self.lower_load(&ops::$ld, memarg) })*
            $(#[inline] pub(super) fn $st_visit(&mut self, memarg: MemArg) { self.lower_store(&ops::$st, memarg) })*

            #[inline] pub(super) fn visit_i32_wrap_i64(&mut self) { self.lower_wrap() }
            pub(super) fn visit_i64_extend_i32_u(&mut self) { self.lower_extend_u() }
        }
    };
}
for_each_instruction!(visit_table);
