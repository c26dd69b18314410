//! The vector instructions of the table as types: `op::I8x16Add` and what it
//! computes. The traits are the shapes of `execute/simd.rs`.

use super::operand::Cell;
use crate::instruction::for_each_vector_instruction;
use crate::semantics::simd::{self, V128};

/// One vector, one result.
pub(crate) trait VUnary: 'static {
    fn eval(a: V128) -> V128;
}

/// Two vectors, one result.
pub(crate) trait VBinary: 'static {
    fn eval(a: V128, b: V128) -> V128;
}

/// Three vectors, one result.
pub(crate) trait VTernary: 'static {
    fn eval(a: V128, b: V128, c: V128) -> V128;
}

/// A vector and the count that all its lanes are shifted by.
pub(crate) trait VShift: 'static {
    fn eval(a: V128, count: i32) -> V128;
}

/// A scalar for all lanes.
pub(crate) trait VSplat: 'static {
    type In: Cell;
    fn eval(value: Self::In) -> V128;
}

/// The scalar in a lane.
pub(crate) trait VExtract: 'static {
    type Out: Cell;
    fn eval(a: &V128, lane: u8) -> Self::Out;
}

/// Another scalar in a lane.
pub(crate) trait VReplace: 'static {
    type In: Cell;
    fn eval(a: V128, lane: u8, value: Self::In) -> V128;
}

/// A vector summarised in an `i32`.
pub(crate) trait VTest: 'static {
    fn eval(a: V128) -> i32;
}

/// From memory to a vector.
pub(crate) trait VLoad: 'static {
    /// Bytes, which need no alignment.
    type Raw;
    fn extend(raw: &Self::Raw) -> V128;
}

/// From memory to a lane.
pub(crate) trait VLoadLane: 'static {
    type Raw: Copy;
    fn replace(a: V128, lane: u8, raw: Self::Raw) -> V128;
}

/// From a lane to memory.
pub(crate) trait VStoreLane: 'static {
    type Raw: Copy;
    fn extract(a: &V128, lane: u8) -> Self::Raw;
}

/// Implements a trait for an operator by a function: `implement!(VUnary, Op,
/// meaning, eval(a: V128) -> V128, In = i32)`, the associated type if there is
/// one.
macro_rules! implement {
    ($shape:ident, $op:ident, $meaning:expr, $method:ident($($arg:ident: $argty:ty),*) -> $result:ty $(, $assoc:ident = $assocty:ty)?) => {
        impl $shape for op::$op {
            $(type $assoc = $assocty;)?
            #[inline(always)]
            fn $method($($arg: $argty),*) -> $result {
                $meaning($($arg),*)
            }
        }
    };
}

macro_rules! define_operations {
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
        /// One type for each line of the table, and `v128.load`.
        pub(crate) mod op {
            $(pub(crate) struct $un;)*
            $(pub(crate) struct $bin;)*
            $(pub(crate) struct $ter;)*
            $(pub(crate) struct $sh;)*
            $(pub(crate) struct $spl;)*
            $(pub(crate) struct $ext;)*
            $(pub(crate) struct $rep;)*
            $(pub(crate) struct $test;)*
            $(pub(crate) struct $ld;)*
            $(pub(crate) struct $ldl;)*
            $(pub(crate) struct $stl;)*
            pub(crate) struct V128Load;
        }
        $(implement!(VUnary, $un, $un_mod::$un_fn, eval(a: V128) -> V128);)*
        $(implement!(VBinary, $bin, $bin_mod::$bin_fn, eval(a: V128, b: V128) -> V128);)*
        $(implement!(VTernary, $ter, $ter_mod::$ter_fn, eval(a: V128, b: V128, c: V128) -> V128);)*
        $(implement!(VShift, $sh, $sh_mod::$sh_fn, eval(a: V128, count: i32) -> V128);)*
        $(implement!(VSplat, $spl, $spl_mod::$spl_fn, eval(value: $spl_ty) -> V128, In = $spl_ty);)*
        $(implement!(VExtract, $ext, $ext_mod::$ext_fn, eval(a: &V128, lane: u8) -> $ext_ty, Out = $ext_ty);)*
        $(implement!(VReplace, $rep, $rep_mod::$rep_fn, eval(a: V128, lane: u8, value: $rep_ty) -> V128, In = $rep_ty);)*
        $(implement!(VTest, $test, $test_mod::$test_fn, eval(a: V128) -> i32);)*
        $(implement!(VLoad, $ld, $ld_mod::$ld_fn, extend(raw: &$ld_raw) -> V128, Raw = $ld_raw);)*
        $(implement!(VLoadLane, $ldl, $ldl_mod::$ldl_fn, replace(a: V128, lane: u8, raw: $ldl_raw) -> V128, Raw = $ldl_raw);)*
        $(implement!(VStoreLane, $stl, $stl_mod::$stl_fn, extract(a: &V128, lane: u8) -> $stl_raw, Raw = $stl_raw);)*
        implement!(VLoad, V128Load, V128::clone, extend(raw: &V128) -> V128, Raw = V128);
    };
}
for_each_vector_instruction!(define_operations);
