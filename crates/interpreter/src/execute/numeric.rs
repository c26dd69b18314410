//! Numeric instructions, comparisons and the branches fused with them.

use super::control::trap;
use super::dispatch::next;
use super::operand::{Cell, Pair, Source, Target};
use super::operation::{Binary, Compare, Unary};
use super::registers::{FA, FB, handlers};

handlers! {
    /// `A := Op(pair)`
    fn binary<Op: Binary, P: Pair, W: Target>(r) {
        let (a, b) = P::read::<Op::In>(&r);
        match Op::eval(a, b) {
            Ok(value) => {
                W::write(&mut r, value);
                next::<D>(r, if P::IMM { Op::In::IMM_WORDS } else { 2 })
            }
            Err(reason) => trap(r, reason),
        }
    }

    /// `A := Op(pair) as i32`
    fn compare<Op: Compare, P: Pair, W: Target>(r) {
        let (a, b) = P::read::<Op::In>(&r);
        W::write(&mut r, u32::from(Op::eval(a, b)));
        next::<D>(r, if P::IMM { Op::In::IMM_WORDS } else { 2 })
    }

    /// `A := Op(B)`
    fn unary<Op: Unary, S: Source, W: Target>(r) {
        match Op::eval(S::read::<Op::In, FB>(&r)) {
            Ok(value) => {
                W::write(&mut r, value);
                next::<D>(r, 2)
            }
            Err(reason) => trap(r, reason),
        }
    }

    /// `if Op(pair) goto I`. A backward branch looks at the stop flag.
    fn branch_compare<Op: Compare, P: Pair, V: super::control::Direction>(r) {
        let (a, b) = P::read_short::<Op::In>(&r);
        if Op::eval(a, b) {
            V::branch::<D>(r)
        } else {
            next::<D>(r, 2)
        }
    }

    /// `A := accumulator` of the type
    fn copy_acc<T: Cell>(r) {
        T::acc(&r).store(r.slot::<FA>());
        next::<D>(r, 2)
    }
}
