//! Sequences of instructions that are one dispatch: the handler of the first
//! runs the second's body, and so on, without going through the code for the
//! next handler's address.
//!
//! Nothing else changes. Every instruction keeps its words and its place, so
//! branches into the middle of a sequence find an instruction there, a trap has
//! the `ip` of the step that trapped, and a branch that is taken in the middle
//! leaves. What a sequence does is what its steps do, by construction.
//!
//! The lists are in this folder, by the family of the first step; how they were
//! chosen is told in `docs/decisions/sequences.md`. A line is a handler's name
//! with its modes, step by step. A handler that never goes on to the next
//! instruction can only be the last.

mod control;
mod fuel;
mod load;
mod numeric;
mod store;
mod tree;

use super::dispatch::Dispatch;
use super::handlers::PerDispatch;
use super::registers::{Handler, Registers};
use std::marker::PhantomData;

pub(crate) use self::tree::Tree;

/// The next step of a sequence.
pub(crate) trait Step<D: Dispatch>: 'static {
    /// Executes the instruction at `r.ip`, which is known to be this step.
    ///
    /// # Safety
    /// V1–V6 hold for `r`.
    unsafe fn run(r: Registers);
}

/// Between two steps: nothing is postponed behind the next step's bounds check, or kept
/// in a register beyond what the registers are, else the handler would have to save some.
/// Gives the accumulator, which is in a register here.
#[inline(always)]
fn apart(acc: u64) -> u64 {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    // SAFETY: no instruction at all.
    unsafe {
        let mut acc = acc;
        std::arch::asm!("/* {0} */", inout(reg) acc, options(nostack, preserves_flags));
        acc
    }
    #[cfg(not(all(target_arch = "x86_64", not(miri))))]
    {
        std::hint::black_box(());
        acc
    }
}

/// Methods of the dispatcher that a step has inside.
macro_rules! as_it_is {
    ($inner:ident: $($method:ident)+) => {$(
        #[inline(always)]
        unsafe fn $method(r: Registers) {
            // SAFETY: as the caller promises.
            unsafe { $inner::$method(r) }
        }
    )+};
}

/// Goes on with the step `S` instead of whatever is next; branches as `D`.
pub(crate) struct Then<D, S>(PhantomData<(D, S)>);

impl<D: Dispatch, S: Step<D>> Dispatch for Then<D, S> {
    as_it_is!(D: jump keep settle);

    #[inline(always)]
    unsafe fn next(mut r: Registers) {
        r.acc = apart(r.acc);
        #[cfg(feature = "count")]
        crate::count::joined();
        // SAFETY: V2: the translator joined only what it had emitted in a row.
        unsafe {
            D::keep(r);
            S::run(r)
        }
    }
}

/// The last step of a sequence that is a whole loop: the branch back leads to the
/// sequence's first step, which the translator saw, `WORDS` before it. So the next round
/// is a jump that the processor knows, and where the code lies does not have to be read.
pub(crate) struct Again<D, S, const WORDS: usize>(PhantomData<(D, S)>);

impl<D: Dispatch, S: Step<D>, const WORDS: usize> Dispatch for Again<D, S, WORDS> {
    as_it_is!(D: jump keep settle);

    #[inline(always)]
    unsafe fn back(mut r: Registers) {
        #[cfg(feature = "count")]
        crate::count::joined();
        // SAFETY: V2: the translator chose this handler only where the branch leads there.
        unsafe {
            r.ip = r.ip.sub(WORDS);
            S::run(r)
        }
    }
}

/// All of them.
pub(crate) fn all() -> impl Iterator<Item = &'static Sequence> {
    let families = [
        control::SEQUENCES,
        fuel::SEQUENCES,
        load::SEQUENCES,
        numeric::SEQUENCES,
        store::SEQUENCES,
    ];
    families.into_iter().flatten()
}

/// A line of a list.
pub(crate) struct Sequence {
    pub steps: PerDispatch<&'static [Handler]>,
    pub joined: PerDispatch<Handler>,
    /// Where it ends by a branch back and there are tail calls: the same where that
    /// leads to its first step.
    pub looping: Option<Handler>,
}

/// Steps of the longest sequence.
pub(crate) const MAX_STEPS: usize = 6;

/// Words of each step before the last in a sequence that loops.
pub(crate) const WORDS_OF_STEP: usize = 2;

/// The handlers of a list of sequences. A step is a handler with its modes in
/// parentheses: `binary(I64Add, AccImm, ToSlot)`. Behind those that end by a branch back
/// stands `loops`.
macro_rules! sequences {
    ($([$($handler:ident $modes:tt)+] $($loops:ident)?)*) => {
        &[$($crate::execute::sequences::Sequence {
            steps: [
                &[$(sequences!(@handler Loop; $handler $modes) as Handler),+],
                &[$(sequences!(@handler Fast; $handler $modes) as Handler),+],
            ],
            joined: [
                sequences!(@join Loop, Loop; $($handler $modes)+) as Handler,
                sequences!(@join Fast, Fast; $($handler $modes)+) as Handler,
            ],
            looping: sequences!(@looping $($loops)?; $($handler $modes)+),
        }),*]
    };
    (@looping; $($rest:tt)+) => { None };
    (@looping loops; $($handler:ident $modes:tt)+) => {{
        const WORDS: usize =
            $crate::execute::sequences::WORDS_OF_STEP * ([$(stringify!($handler)),+].len() - 1);
        struct Whole;
        type Last = $crate::execute::sequences::Again<Fast, Whole, WORDS>;
        impl $crate::execute::sequences::Step<Fast> for Whole {
            #[inline(always)]
            unsafe fn run(r: Registers) {
                let whole = sequences!(@join Fast, Last; $($handler $modes)+);
                // SAFETY: as the caller promises.
                unsafe { whole(r.ip, r.fp, r.ctx, r.acc, r.mem, r.acc_f64, r.acc_f32) }
            }
        }
        match cfg!(fossor_tail) {
            true => Some(sequences!(@join Fast, Last; $($handler $modes)+) as Handler),
            false => None,
        }
    }};
    (@handler $d:ty; $handler:ident ($($mode:ty),*)) => { $handler::<$d $(, $mode)*> };
    (@join $d:ty, $last:ty; $handler:ident $modes:tt) => {
        sequences!(@handler $last; $handler $modes)
    };
    (@join $d:ty, $last:ty; $handler:ident $modes:tt $($rest:tt)+) => {{
        struct Rest;
        impl $crate::execute::sequences::Step<$d> for Rest {
            #[inline(always)]
            unsafe fn run(r: Registers) {
                let rest = sequences!(@join $d, $last; $($rest)+);
                // SAFETY: as the caller promises.
                unsafe { rest(r.ip, r.fp, r.ctx, r.acc, r.mem, r.acc_f64, r.acc_f32) }
            }
        }
        sequences!(@handler $crate::execute::sequences::Then<$d, Rest>; $handler $modes)
    }};
}
pub(crate) use sequences;
