//! Instructions on 128-bit integers: from slots to two slots, the low half first.

use super::dispatch::next;
use super::handlers::{Fast, PerDispatch};
use super::registers::{FA, FB, FC, FD, Handler, Registers, handlers};
use crate::instruction::for_each_rare_instruction;
use crate::semantics::wide;

/// Two 128-bit integers to one.
pub(crate) trait WideSum: 'static {
    fn eval(a: u128, b: u128) -> u128;
}

/// Two integers to one of 128 bits.
pub(crate) trait WideProduct: 'static {
    fn eval(a: u64, b: u64) -> u128;
}

/// An operator: its operands are in slots B, C, D and the one that word 2 names.
pub(crate) struct WideIntOp {
    pub name: &'static str,
    pub operands: usize,
    pub handlers: PerDispatch<Handler>,
}

/// Byte offset of the fourth operand's field, in word 2.
const FOURTH: usize = 16;

#[inline(always)]
unsafe fn write(r: &Registers, value: u128) {
    // SAFETY: V1: the result has two slots.
    unsafe {
        let to = r.slot::<FA>();
        to.write(value as u64);
        to.add(1).write((value >> 64) as u64);
    }
}

#[inline(always)]
fn join(low: u64, high: u64) -> u128 {
    u128::from(low) | u128::from(high) << 64
}

handlers! {
    /// `A := Op(B and C, D and the slot in word 2)`
    fn wide_sum<Op: WideSum>(r) {
        let a = join(r.slot::<FB>().read(), r.slot::<FC>().read());
        let b = join(r.slot::<FD>().read(), r.slot::<FOURTH>().read());
        write(&r, Op::eval(a, b));
        next::<D>(r, 3)
    }

    /// `A := Op(B, C)`
    fn wide_product<Op: WideProduct>(r) {
        let value = Op::eval(r.slot::<FB>().read(), r.slot::<FC>().read());
        write(&r, value);
        next::<D>(r, 2)
    }
}

macro_rules! define_operations {
    (
        wide_sum { $($sum:ident $sum_visit:ident $sum_text:literal = $sum_mod:ident::$sum_fn:ident;)* }
        wide_product { $($pro:ident $pro_visit:ident $pro_text:literal = $pro_mod:ident::$pro_fn:ident;)* }
        atomic { $($rest:tt)* }
    ) => {
        /// One type for each line of the table.
        pub(crate) mod op {
            $(pub(crate) struct $sum;)*
            $(pub(crate) struct $pro;)*
        }
        $(impl WideSum for op::$sum {
            #[inline(always)]
            fn eval(a: u128, b: u128) -> u128 {
                $sum_mod::$sum_fn(a, b)
            }
        })*
        $(impl WideProduct for op::$pro {
            #[inline(always)]
            fn eval(a: u64, b: u64) -> u128 {
                $pro_mod::$pro_fn(a, b)
            }
        })*
        /// One static for each line of the table, under the operator's name.
        #[allow(non_upper_case_globals)]
        pub(crate) mod ops {
            use super::*;
            $(pub(crate) static $sum: WideIntOp = WideIntOp {
                name: $sum_text,
                operands: 4,
                handlers: [
                    wide_sum::<crate::execute::dispatch::Loop, op::$sum>,
                    wide_sum::<Fast, op::$sum>,
                ],
            };)*
            $(pub(crate) static $pro: WideIntOp = WideIntOp {
                name: $pro_text,
                operands: 2,
                handlers: [
                    wide_product::<crate::execute::dispatch::Loop, op::$pro>,
                    wide_product::<Fast, op::$pro>,
                ],
            };)*
        }
    };
}
for_each_rare_instruction!(define_operations);
