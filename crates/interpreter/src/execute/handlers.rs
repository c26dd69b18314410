//! The table's instructions with their handlers in every mode and for both
//! dispatchers: what the translator chooses from.

use super::control::{Backward, Forward};
use super::dispatch::{Dispatch, Loop};
use super::memory::{SlotPlus, load, load_other, store, store_other};
use super::numeric::{binary, branch_compare, compare, unary};
use super::operand::{
    Acc, AccImm, AccSlot, Cell, Imm16, ImmAcc, ImmSlot, Kind, Slot, SlotAcc, SlotImm, SlotSlot,
    ToAcc, ToSlot,
};
use super::operation::{Binary, Compare, Load, Not, Store, Unary, ZeroExtendAdd, op};
use super::registers::Handler;
use crate::instruction::for_each_instruction;

/// The dispatcher that is chosen where tail calls are wanted.
#[cfg(fossor_tail)]
pub(crate) type Fast = super::dispatch::Tail;
/// The dispatcher that is chosen where tail calls are wanted: there are none.
#[cfg(not(fossor_tail))]
pub(crate) type Fast = Loop;

/// One for the loop, one for the tail-call dispatcher.
pub(crate) type PerDispatch<T> = [T; 2];
/// To the accumulator alone, and to the accumulator and slot A.
pub(crate) type ByTarget = [Handler; 2];

/// Where the operands of a binary instruction are; an index into its handlers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PairMode {
    SlotSlot,
    SlotImm,
    AccSlot,
    AccImm,
    SlotAcc,
    ImmSlot,
    ImmAcc,
}

/// Where a single operand is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SourceMode {
    Slot,
    Acc,
    Imm16,
}

/// Where an address is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AddressMode {
    Slot,
    Acc,
    SlotPlus,
}

pub(crate) struct BinaryOp {
    pub name: &'static str,
    /// On i32.
    pub narrow: bool,
    pub sum: Option<Sum>,
    pub kind: Kind,
    pub result: Kind,
    pub commutative: bool,
    /// Words where one operand is an immediate.
    pub imm_words: u8,
    pub handlers: PerDispatch<[ByTarget; 7]>,
}

/// Integer addition or subtraction.
#[derive(Clone, Copy)]
pub(crate) struct Sum {
    /// Not a subtraction.
    pub add: bool,
    /// Of i64.
    pub wide: bool,
}

pub(crate) struct CompareOp {
    pub name: &'static str,
    /// Of i32.
    pub narrow: bool,
    pub kind: Kind,
    pub imm_words: u8,
    /// The same with exchanged operands.
    pub mirror: &'static CompareOp,
    /// True where this is false; floats have none.
    pub inverse: Option<&'static CompareOp>,
    /// The first five of `PairMode`.
    pub handlers: PerDispatch<[ByTarget; 5]>,
    /// Branch if true: forward, backward.
    pub branch_if: PerDispatch<[[Handler; 2]; 5]>,
    /// Branch if false: forward, backward.
    pub branch_unless: PerDispatch<[[Handler; 2]; 5]>,
}

pub(crate) struct UnaryOp {
    pub name: &'static str,
    /// An i32 comes out.
    pub narrow: bool,
    pub result: Kind,
    /// By source: slot, accumulator.
    pub handlers: PerDispatch<[ByTarget; 2]>,
    /// Better ones that not every processor can execute.
    pub better: Option<Better>,
}

/// Handlers for processors that have more than the baseline.
pub(crate) struct Better {
    /// Whether this one does.
    pub available: fn() -> bool,
    pub handlers: PerDispatch<[ByTarget; 2]>,
}

impl UnaryOp {
    /// The handlers that suit this processor.
    pub fn best(&self) -> &PerDispatch<[ByTarget; 2]> {
        match &self.better {
            Some(better) if (better.available)() => &better.handlers,
            _ => &self.handlers,
        }
    }
}

pub(crate) struct LoadOp {
    pub name: &'static str,
    /// Bits 32 to 63 of what it loads are zero.
    pub clean: bool,
    pub result: Kind,
    /// By address.
    pub handlers: PerDispatch<[ByTarget; 3]>,
    pub other_memory: PerDispatch<Handler>,
}

pub(crate) struct StoreOp {
    pub name: &'static str,
    /// Of an i32.
    pub narrow: bool,
    pub kind: Kind,
    /// By address, then by source.
    pub handlers: PerDispatch<[[Handler; 3]; 3]>,
    pub other_memory: PerDispatch<Handler>,
}

/// Whether an operator is one of i32, by its name.
const fn is_narrow(name: &str) -> bool {
    matches!(name.as_bytes(), [b'i', b'3', ..])
}

/// Whether a load leaves nothing above bit 31, by its name.
const fn is_clean(name: &str) -> bool {
    matches!(name.as_bytes(), [b'i', b'3', ..] | [.., b'_', b'u'])
}

const fn sum(name: &str) -> Option<Sum> {
    let (add, wide) = match name.as_bytes() {
        b"i32.add" => (true, false),
        b"i32.sub" => (false, false),
        b"i64.add" => (true, true),
        b"i64.sub" => (false, true),
        _ => return None,
    };
    Some(Sum { add, wide })
}

const fn binary_handlers<D: Dispatch, Op: Binary>() -> [ByTarget; 7] {
    [
        [
            binary::<D, Op, SlotSlot, ToAcc>,
            binary::<D, Op, SlotSlot, ToSlot>,
        ],
        [
            binary::<D, Op, SlotImm, ToAcc>,
            binary::<D, Op, SlotImm, ToSlot>,
        ],
        [
            binary::<D, Op, AccSlot, ToAcc>,
            binary::<D, Op, AccSlot, ToSlot>,
        ],
        [
            binary::<D, Op, AccImm, ToAcc>,
            binary::<D, Op, AccImm, ToSlot>,
        ],
        [
            binary::<D, Op, SlotAcc, ToAcc>,
            binary::<D, Op, SlotAcc, ToSlot>,
        ],
        [
            binary::<D, Op, ImmSlot, ToAcc>,
            binary::<D, Op, ImmSlot, ToSlot>,
        ],
        [
            binary::<D, Op, ImmAcc, ToAcc>,
            binary::<D, Op, ImmAcc, ToSlot>,
        ],
    ]
}

/// The translator exchanges the operands of a commutative operator, so the
/// last three modes are never chosen.
const fn commutative_handlers<D: Dispatch, Op: Binary>() -> [ByTarget; 7] {
    let slot_slot = [
        binary::<D, Op, SlotSlot, ToAcc> as Handler,
        binary::<D, Op, SlotSlot, ToSlot>,
    ];
    let slot_imm = [
        binary::<D, Op, SlotImm, ToAcc> as Handler,
        binary::<D, Op, SlotImm, ToSlot>,
    ];
    let acc_slot = [
        binary::<D, Op, AccSlot, ToAcc> as Handler,
        binary::<D, Op, AccSlot, ToSlot>,
    ];
    let acc_imm = [
        binary::<D, Op, AccImm, ToAcc> as Handler,
        binary::<D, Op, AccImm, ToSlot>,
    ];
    [
        slot_slot, slot_imm, acc_slot, acc_imm, acc_slot, slot_imm, acc_imm,
    ]
}

const fn compare_handlers<D: Dispatch, Op: Compare>() -> [ByTarget; 5] {
    [
        [
            compare::<D, Op, SlotSlot, ToAcc>,
            compare::<D, Op, SlotSlot, ToSlot>,
        ],
        [
            compare::<D, Op, SlotImm, ToAcc>,
            compare::<D, Op, SlotImm, ToSlot>,
        ],
        [
            compare::<D, Op, AccSlot, ToAcc>,
            compare::<D, Op, AccSlot, ToSlot>,
        ],
        [
            compare::<D, Op, AccImm, ToAcc>,
            compare::<D, Op, AccImm, ToSlot>,
        ],
        [
            compare::<D, Op, SlotAcc, ToAcc>,
            compare::<D, Op, SlotAcc, ToSlot>,
        ],
    ]
}

const fn branch_handlers<D: Dispatch, Op: Compare>() -> [[Handler; 2]; 5] {
    [
        [
            branch_compare::<D, Op, SlotSlot, Forward>,
            branch_compare::<D, Op, SlotSlot, Backward>,
        ],
        [
            branch_compare::<D, Op, SlotImm, Forward>,
            branch_compare::<D, Op, SlotImm, Backward>,
        ],
        [
            branch_compare::<D, Op, AccSlot, Forward>,
            branch_compare::<D, Op, AccSlot, Backward>,
        ],
        [
            branch_compare::<D, Op, AccImm, Forward>,
            branch_compare::<D, Op, AccImm, Backward>,
        ],
        [
            branch_compare::<D, Op, SlotAcc, Forward>,
            branch_compare::<D, Op, SlotAcc, Backward>,
        ],
    ]
}

const fn unary_handlers<D: Dispatch, Op: Unary>() -> [ByTarget; 2] {
    [
        [unary::<D, Op, Slot, ToAcc>, unary::<D, Op, Slot, ToSlot>],
        [unary::<D, Op, Acc, ToAcc>, unary::<D, Op, Acc, ToSlot>],
    ]
}

const fn load_handlers<D: Dispatch, Op: Load>() -> [ByTarget; 3] {
    [
        [load::<D, Op, Slot, ToAcc>, load::<D, Op, Slot, ToSlot>],
        [load::<D, Op, Acc, ToAcc>, load::<D, Op, Acc, ToSlot>],
        [
            load::<D, Op, SlotPlus, ToAcc>,
            load::<D, Op, SlotPlus, ToSlot>,
        ],
    ]
}

const fn store_handlers<D: Dispatch, Op: Store>() -> [[Handler; 3]; 3] {
    [
        [
            store::<D, Op, Slot, Slot>,
            store::<D, Op, Slot, Acc>,
            store::<D, Op, Slot, Imm16>,
        ],
        [
            store::<D, Op, Acc, Slot>,
            store::<D, Op, Acc, Acc>,
            store::<D, Op, Acc, Imm16>,
        ],
        [
            store::<D, Op, SlotPlus, Slot>,
            store::<D, Op, SlotPlus, Acc>,
            store::<D, Op, SlotPlus, Imm16>,
        ],
    ]
}

/// Handlers of `numeric_x86.rs`, where that is compiled.
#[cfg(target_arch = "x86_64")]
macro_rules! better {
    ($available:ident, $handlers:ident, $op:ident) => {
        Some(Better {
            available: super::super::numeric_x86::$available,
            handlers: [
                super::super::numeric_x86::$handlers::<Loop, op::$op>(),
                super::super::numeric_x86::$handlers::<Fast, op::$op>(),
            ],
        })
    };
}
#[cfg(not(target_arch = "x86_64"))]
macro_rules! better {
    ($available:ident, $handlers:ident, $op:ident) => {
        None
    };
}

macro_rules! define_handlers {
    (
        binary { $($bin:ident $bin_visit:ident $bin_text:literal $bin_ty:ident = $bin_mod:ident::$bin_fn:ident $($bin_flag:ident)*;)* }
        compare { $($cmp:ident $cmp_visit:ident $cmp_text:literal $cmp_ty:ident = $cmp_mod:ident::$cmp_fn:ident, mirror $mirror:ident $(, inverse $inverse:ident)?;)* }
        unary { $($un:ident $un_visit:ident $un_text:literal $un_in:ident => $un_out:ident = $un_mod:ident::$un_fn:ident $($un_flag:ident)*;)* }
        load { $($ld:ident $ld_visit:ident $ld_text:literal $ld_raw:ident => $ld_out:ident;)* }
        store { $($st:ident $st_visit:ident $st_text:literal $st_in:ident => $st_raw:ident;)* }
    ) => {
        /// The groups of the table.
        pub(crate) static ALL_BINARY: &[&BinaryOp] = &[$(&ops::$bin,)* &ZERO_EXTEND_ADD];
        pub(crate) static ALL_COMPARE: &[&CompareOp] = &[$(&ops::$cmp),*];
        pub(crate) static ALL_UNARY: &[&UnaryOp] = &[$(&ops::$un),*];
        pub(crate) static ALL_LOAD: &[&LoadOp] = &[$(&ops::$ld),*];
        pub(crate) static ALL_STORE: &[&StoreOp] = &[$(&ops::$st),*];

        /// One static for each line of the table, under the operator's name.
        #[allow(non_upper_case_globals)]
        pub(crate) mod ops {
            use super::*;
            $(pub(crate) static $bin: BinaryOp = BinaryOp {
                name: $bin_text,
                narrow: is_narrow($bin_text),
                sum: sum($bin_text),
                kind: <<op::$bin as Binary>::In as Cell>::KIND,
                result: <<op::$bin as Binary>::Out as Cell>::KIND,
                commutative: define_handlers!(@commutative $($bin_flag)*),
                imm_words: <$bin_ty as Cell>::IMM_WORDS as u8,
                handlers: define_handlers!(@binary $bin $($bin_flag)*),
            };)*
            $(pub(crate) static $cmp: CompareOp = CompareOp {
                name: $cmp_text,
                narrow: is_narrow($cmp_text),
                kind: <<op::$cmp as Compare>::In as Cell>::KIND,
                imm_words: <$cmp_ty as Cell>::IMM_WORDS as u8,
                mirror: &$mirror,
                inverse: define_handlers!(@inverse $($inverse)?),
                handlers: [compare_handlers::<Loop, op::$cmp>(), compare_handlers::<Fast, op::$cmp>()],
                branch_if: [branch_handlers::<Loop, op::$cmp>(), branch_handlers::<Fast, op::$cmp>()],
                branch_unless: define_handlers!(@unless $cmp $($inverse)?),
            };)*
            $(pub(crate) static $un: UnaryOp = UnaryOp {
                name: $un_text,
                narrow: is_narrow($un_text),
                result: <<op::$un as Unary>::Out as Cell>::KIND,
                handlers: [unary_handlers::<Loop, op::$un>(), unary_handlers::<Fast, op::$un>()],
                better: define_handlers!(@better $un $($un_flag)*),
            };)*
            $(pub(crate) static $ld: LoadOp = LoadOp {
                name: $ld_text,
                clean: is_clean($ld_text),
                result: <<op::$ld as Load>::Out as Cell>::KIND,
                handlers: [load_handlers::<Loop, op::$ld>(), load_handlers::<Fast, op::$ld>()],
                other_memory: [load_other::<Loop, op::$ld>, load_other::<Fast, op::$ld>],
            };)*
            $(pub(crate) static $st: StoreOp = StoreOp {
                name: $st_text,
                narrow: is_narrow($st_text),
                kind: <<op::$st as Store>::In as Cell>::KIND,
                handlers: [store_handlers::<Loop, op::$st>(), store_handlers::<Fast, op::$st>()],
                other_memory: [store_other::<Loop, op::$st>, store_other::<Fast, op::$st>],
            };)*
        }
    };
    (@commutative traps $($rest:ident)*) => { define_handlers!(@commutative $($rest)*) };
    (@commutative commutative) => { true };
    (@commutative) => { false };
    (@binary $op:ident traps $($rest:ident)*) => { define_handlers!(@binary $op $($rest)*) };
    (@binary $op:ident commutative) => { [commutative_handlers::<Loop, op::$op>(), commutative_handlers::<Fast, op::$op>()] };
    (@binary $op:ident) => { [binary_handlers::<Loop, op::$op>(), binary_handlers::<Fast, op::$op>()] };
    (@better $op:ident rounds) => { better!(has_round, round_handlers, $op) };
    (@better $op:ident ones) => { better!(has_ones, ones_handlers, $op) };
    (@better $op:ident zeros) => { better!(has_zeros, zeros_handlers, $op) };
    (@better $op:ident $($flag:ident)*) => { None };
    (@inverse $inverse:ident) => { Some(&$inverse) };
    (@inverse) => { None };
    (@unless $op:ident $inverse:ident) => { [branch_handlers::<Loop, op::$inverse>(), branch_handlers::<Fast, op::$inverse>()] };
    (@unless $op:ident) => { [branch_handlers::<Loop, Not<op::$op>>(), branch_handlers::<Fast, Not<op::$op>>()] };
}
for_each_instruction!(define_handlers);

/// See [`ZeroExtendAdd`]; not an operator of the format, hence not in the table.
pub(crate) static ZERO_EXTEND_ADD: BinaryOp = BinaryOp {
    name: "i64.extend_i32_u+add",
    narrow: false,
    sum: None,
    kind: Kind::Int,
    result: Kind::Int,
    commutative: true,
    imm_words: 2,
    handlers: [
        commutative_handlers::<Loop, ZeroExtendAdd>(),
        commutative_handlers::<Fast, ZeroExtendAdd>(),
    ],
};

/// A handler for both dispatchers: `both!(copy)`, `both!(select<f64, Acc, ToAcc>)`.
macro_rules! both {
    ($($path:ident)::+ $(<$($g:ty),*>)?) => {
        [
            $($path)::+::<$crate::execute::dispatch::Loop $(, $($g),*)?> as $crate::execute::registers::Handler,
            $($path)::+::<$crate::execute::handlers::Fast $(, $($g),*)?> as $crate::execute::registers::Handler,
        ]
    };
}
pub(crate) use both;
