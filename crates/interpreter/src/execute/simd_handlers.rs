//! The table's vector instructions with their handlers in every mode and for
//! both dispatchers; see `handlers.rs`.

use super::dispatch::{Dispatch, Loop};
use super::handlers::{ByTarget, Fast, PerDispatch, both};
use super::memory::SlotPlus;
use super::operand::{Acc, Cell, Imm16, Kind, Slot, ToAcc, ToSlot};
use super::registers::Handler;
use super::simd::{
    v_binary, v_extract, v_load, v_load_lane, v_load_lane_other, v_load_other, v_replace, v_shift,
    v_shuffle, v_splat, v_store, v_store_lane, v_store_lane_other, v_store_other, v_ternary,
    v_test, v_unary,
};
use super::simd_operation::{VExtract, VLoad, VReplace, VShift, VSplat, VTest, op};
use crate::engine::RelaxedSimd;
use crate::instruction::for_each_vector_instruction;

/// One to three vectors to a vector.
pub(crate) struct WideOp {
    pub name: &'static str,
    pub operands: u8,
    pub handlers: PerDispatch<Handler>,
}

/// A scalar, on top of a vector or alone, to a vector.
pub(crate) struct WideScalarOp {
    pub name: &'static str,
    /// The scalar's.
    pub kind: Kind,
    /// By source, as `SourceMode` has them.
    pub handlers: PerDispatch<[Handler; 3]>,
}

/// A vector to a scalar.
pub(crate) struct ToScalarOp {
    pub name: &'static str,
    pub result: Kind,
    pub handlers: PerDispatch<ByTarget>,
}

/// A load or store of a vector.
pub(crate) struct WideAccessOp {
    pub name: &'static str,
    /// By address, as `AddressMode` has them.
    pub handlers: PerDispatch<[Handler; 3]>,
    pub other_memory: PerDispatch<Handler>,
}

/// A load or store of a lane.
pub(crate) struct LaneAccessOp {
    pub name: &'static str,
    /// In memory 0, in another.
    pub handlers: [PerDispatch<Handler>; 2],
}

const fn shift_handlers<D: Dispatch, Op: VShift>() -> [Handler; 3] {
    [
        v_shift::<D, Op, Slot>,
        v_shift::<D, Op, Acc>,
        v_shift::<D, Op, Imm16>,
    ]
}

const fn splat_handlers<D: Dispatch, Op: VSplat>() -> [Handler; 3] {
    [
        v_splat::<D, Op, Slot>,
        v_splat::<D, Op, Acc>,
        v_splat::<D, Op, Imm16>,
    ]
}

const fn replace_handlers<D: Dispatch, Op: VReplace>() -> [Handler; 3] {
    [
        v_replace::<D, Op, Slot>,
        v_replace::<D, Op, Acc>,
        v_replace::<D, Op, Imm16>,
    ]
}

const fn extract_handlers<D: Dispatch, Op: VExtract>() -> ByTarget {
    [v_extract::<D, Op, ToAcc>, v_extract::<D, Op, ToSlot>]
}

const fn test_handlers<D: Dispatch, Op: VTest>() -> ByTarget {
    [v_test::<D, Op, ToAcc>, v_test::<D, Op, ToSlot>]
}

const fn load_handlers<D: Dispatch, Op: VLoad>() -> [Handler; 3] {
    [
        v_load::<D, Op, Slot>,
        v_load::<D, Op, Acc>,
        v_load::<D, Op, SlotPlus>,
    ]
}

const fn store_handlers<D: Dispatch>() -> [Handler; 3] {
    [
        v_store::<D, Slot>,
        v_store::<D, Acc>,
        v_store::<D, SlotPlus>,
    ]
}

/// The handlers of `op` that suit this processor.
pub(crate) fn best_of(op: &'static WideOp, relaxed: RelaxedSimd) -> PerDispatch<Handler> {
    #[cfg(target_arch = "x86_64")]
    if relaxed == RelaxedSimd::Native
        && let Some(handlers) = super::simd_native_x86::native(op)
    {
        return handlers;
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = relaxed;
    #[cfg(target_arch = "x86_64")]
    if std::ptr::eq(op, &ops::I8x16Swizzle) || std::ptr::eq(op, &ops::I8x16RelaxedSwizzle) {
        return super::simd_x86::shuffles().map_or(op.handlers, |best| best.swizzle);
    }
    op.handlers
}

/// The handlers of `i8x16.shuffle` that suit this processor.
pub(crate) fn best_shuffle() -> PerDispatch<Handler> {
    #[cfg(target_arch = "x86_64")]
    if let Some(best) = super::simd_x86::shuffles() {
        return best.shuffle;
    }
    both!(v_shuffle)
}

macro_rules! define_handlers {
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
        /// One static for each line of the table, and `v128.load` and
        /// `v128.store`, under the operator's name.
        #[allow(non_upper_case_globals)]
        pub(crate) mod ops {
            use super::*;
            $(pub(crate) static $un: WideOp = WideOp {
                name: $un_text,
                operands: 1,
                handlers: [v_unary::<Loop, op::$un>, v_unary::<Fast, op::$un>],
            };)*
            $(pub(crate) static $bin: WideOp = WideOp {
                name: $bin_text,
                operands: 2,
                handlers: [v_binary::<Loop, op::$bin>, v_binary::<Fast, op::$bin>],
            };)*
            $(pub(crate) static $ter: WideOp = WideOp {
                name: $ter_text,
                operands: 3,
                handlers: [v_ternary::<Loop, op::$ter>, v_ternary::<Fast, op::$ter>],
            };)*
            $(pub(crate) static $sh: WideScalarOp = WideScalarOp {
                name: $sh_text,
                kind: Kind::Int,
                handlers: [shift_handlers::<Loop, op::$sh>(), shift_handlers::<Fast, op::$sh>()],
            };)*
            $(pub(crate) static $spl: WideScalarOp = WideScalarOp {
                name: $spl_text,
                kind: <$spl_ty as Cell>::KIND,
                handlers: [splat_handlers::<Loop, op::$spl>(), splat_handlers::<Fast, op::$spl>()],
            };)*
            $(pub(crate) static $rep: WideScalarOp = WideScalarOp {
                name: $rep_text,
                kind: <$rep_ty as Cell>::KIND,
                handlers: [replace_handlers::<Loop, op::$rep>(), replace_handlers::<Fast, op::$rep>()],
            };)*
            $(pub(crate) static $ext: ToScalarOp = ToScalarOp {
                name: $ext_text,
                result: <$ext_ty as Cell>::KIND,
                handlers: [extract_handlers::<Loop, op::$ext>(), extract_handlers::<Fast, op::$ext>()],
            };)*
            $(pub(crate) static $test: ToScalarOp = ToScalarOp {
                name: $test_text,
                result: Kind::Int,
                handlers: [test_handlers::<Loop, op::$test>(), test_handlers::<Fast, op::$test>()],
            };)*
            $(pub(crate) static $ld: WideAccessOp = WideAccessOp {
                name: $ld_text,
                handlers: [load_handlers::<Loop, op::$ld>(), load_handlers::<Fast, op::$ld>()],
                other_memory: [v_load_other::<Loop, op::$ld>, v_load_other::<Fast, op::$ld>],
            };)*
            pub(crate) static V128Load: WideAccessOp = WideAccessOp {
                name: "v128.load",
                handlers: [load_handlers::<Loop, op::V128Load>(), load_handlers::<Fast, op::V128Load>()],
                other_memory: [v_load_other::<Loop, op::V128Load>, v_load_other::<Fast, op::V128Load>],
            };
            pub(crate) static V128Store: WideAccessOp = WideAccessOp {
                name: "v128.store",
                handlers: [store_handlers::<Loop>(), store_handlers::<Fast>()],
                other_memory: both!(v_store_other),
            };
            $(pub(crate) static $ldl: LaneAccessOp = LaneAccessOp {
                name: $ldl_text,
                handlers: [
                    [v_load_lane::<Loop, op::$ldl>, v_load_lane::<Fast, op::$ldl>],
                    [v_load_lane_other::<Loop, op::$ldl>, v_load_lane_other::<Fast, op::$ldl>],
                ],
            };)*
            $(pub(crate) static $stl: LaneAccessOp = LaneAccessOp {
                name: $stl_text,
                handlers: [
                    [v_store_lane::<Loop, op::$stl>, v_store_lane::<Fast, op::$stl>],
                    [v_store_lane_other::<Loop, op::$stl>, v_store_lane_other::<Fast, op::$stl>],
                ],
            };)*
        }
    };
}
for_each_vector_instruction!(define_handlers);
