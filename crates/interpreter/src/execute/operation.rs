//! The table's instructions as types: `op::I32Add` and what it computes.

use super::operand::Cell;
use crate::instruction::for_each_instruction;
use crate::semantics::{convert, float, int};
use fossor_host::Trap;

/// Two operands, one result.
pub(crate) trait Binary: 'static {
    type In: Cell;
    type Out: Cell;
    fn eval(a: Self::In, b: Self::In) -> Result<Self::Out, Trap>;
}

/// Two operands, a truth value.
pub(crate) trait Compare: 'static {
    type In: Cell;
    fn eval(a: Self::In, b: Self::In) -> bool;
}

/// One operand, one result.
pub(crate) trait Unary: 'static {
    type In: Cell;
    type Out: Cell;
    fn eval(a: Self::In) -> Result<Self::Out, Trap>;
}

/// From memory to a value.
pub(crate) trait Load: 'static {
    type Raw: Copy;
    type Out: Cell;
    fn extend(raw: Self::Raw) -> Self::Out;
}

/// From a value to memory.
pub(crate) trait Store: 'static {
    type In: Cell;
    type Raw: Copy;
    fn narrow(value: Self::In) -> Self::Raw;
}

/// True where `Op` is false.
pub(crate) struct Not<Op>(Op);

impl<Op: Compare> Compare for Not<Op> {
    type In = Op::In;
    #[inline(always)]
    fn eval(a: Op::In, b: Op::In) -> bool {
        !Op::eval(a, b)
    }
}

macro_rules! define_operations {
    (
        binary { $($bin:ident $bin_visit:ident $bin_text:literal $bin_ty:ident = $bin_mod:ident::$bin_fn:ident $($bin_flag:ident)*;)* }
        compare { $($cmp:ident $cmp_visit:ident $cmp_text:literal $cmp_ty:ident = $cmp_mod:ident::$cmp_fn:ident, mirror $mirror:ident $(, inverse $inverse:ident)?;)* }
        unary { $($un:ident $un_visit:ident $un_text:literal $un_in:ident => $un_out:ident = $un_mod:ident::$un_fn:ident $($un_flag:ident)*;)* }
        load { $($ld:ident $ld_visit:ident $ld_text:literal $ld_raw:ident => $ld_out:ident;)* }
        store { $($st:ident $st_visit:ident $st_text:literal $st_in:ident => $st_raw:ident;)* }
    ) => {
        /// One type for each line of the table.
        pub(crate) mod op {
            $(pub(crate) struct $bin;)*
            $(pub(crate) struct $cmp;)*
            $(pub(crate) struct $un;)*
            $(pub(crate) struct $ld;)*
            $(pub(crate) struct $st;)*
        }
        $(impl Binary for op::$bin {
            type In = $bin_ty;
            type Out = $bin_ty;
            #[inline(always)]
            fn eval(a: $bin_ty, b: $bin_ty) -> Result<$bin_ty, Trap> {
                define_operations!(@result $bin_mod::$bin_fn(a, b), $($bin_flag)*)
            }
        })*
        $(impl Compare for op::$cmp {
            type In = $cmp_ty;
            #[inline(always)]
            fn eval(a: $cmp_ty, b: $cmp_ty) -> bool {
                $cmp_mod::$cmp_fn(a, b)
            }
        })*
        $(impl Unary for op::$un {
            type In = $un_in;
            type Out = $un_out;
            #[inline(always)]
            fn eval(a: $un_in) -> Result<$un_out, Trap> {
                define_operations!(@result $un_mod::$un_fn(a), $($un_flag)*)
            }
        })*
        $(impl Load for op::$ld {
            type Raw = $ld_raw;
            type Out = $ld_out;
            #[inline(always)]
            fn extend(raw: $ld_raw) -> $ld_out {
                raw as $ld_out
            }
        })*
        $(impl Store for op::$st {
            type In = $st_in;
            type Raw = $st_raw;
            #[inline(always)]
            fn narrow(value: $st_in) -> $st_raw {
                value as $st_raw
            }
        })*
    };
    (@result $value:expr, traps $($rest:ident)*) => { $value };
    (@result $value:expr, $($rest:ident)*) => { Ok($value) };
}
for_each_instruction!(define_operations);

/// `i64.extend_i32_u(x) + constant`, which Go computes for every address.
pub(crate) struct ZeroExtendAdd;

impl Binary for ZeroExtendAdd {
    type In = i64;
    type Out = i64;
    #[inline(always)]
    fn eval(a: i64, b: i64) -> Result<i64, Trap> {
        Ok(i64::from(a as u32).wrapping_add(b))
    }
}
