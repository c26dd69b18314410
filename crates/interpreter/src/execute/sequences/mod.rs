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

use super::dispatch::Dispatch;
use super::handlers::PerDispatch;
use super::registers::{Handler, Registers};
use std::marker::PhantomData;
use std::sync::OnceLock;

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

/// Goes on with the step `S` instead of whatever is next; branches as `D`.
pub(crate) struct Then<D, S>(PhantomData<(D, S)>);

impl<D: Dispatch, S: Step<D>> Dispatch for Then<D, S> {
    #[inline(always)]
    unsafe fn jump(r: Registers) {
        // SAFETY: as the caller promises.
        unsafe { D::jump(r) }
    }

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

    #[inline(always)]
    unsafe fn keep(r: Registers) {
        // SAFETY: as the caller promises.
        unsafe { D::keep(r) }
    }

    #[inline(always)]
    unsafe fn settle(r: Registers) {
        // SAFETY: as the caller promises.
        unsafe { D::settle(r) }
    }
}

/// The last step of a sequence that is a whole loop: the branch back leads to the
/// sequence's first step, which the translator saw, `WORDS` before it. So the next round
/// is a jump that the processor knows, and where the code lies does not have to be read.
pub(crate) struct Again<D, S, const WORDS: usize>(PhantomData<(D, S)>);

impl<D: Dispatch, S: Step<D>, const WORDS: usize> Dispatch for Again<D, S, WORDS> {
    #[inline(always)]
    unsafe fn jump(r: Registers) {
        // SAFETY: as the caller promises.
        unsafe { D::jump(r) }
    }

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

    #[inline(always)]
    unsafe fn keep(r: Registers) {
        // SAFETY: as the caller promises.
        unsafe { D::keep(r) }
    }

    #[inline(always)]
    unsafe fn settle(r: Registers) {
        // SAFETY: as the caller promises.
        unsafe { D::settle(r) }
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

/// The lists as a tree: where a handler leads to from a place. A place is the
/// address of the first step's handler, then the number of a node.
pub(crate) struct Tree {
    /// A hash table: a power of two of places, at most three quarters of them taken.
    edges: Vec<Edge>,
    /// What edges name, from 1 on.
    joined: Vec<Joined>,
}

/// Steps of the longest sequence.
pub(crate) const MAX_STEPS: usize = 6;

/// One more step. Every start makes a table of these, so they are small.
#[derive(Clone, Copy, Default)]
pub(crate) struct Edge {
    from: u64,
    /// The step's handler.
    handler: u64,
    /// Where the next step goes on; 0: no edge at all.
    node: u32,
    /// The sequence that ends here; 0: none does.
    joined: u32,
}

/// The handlers of a sequence.
#[derive(Clone, Copy, Default)]
pub(crate) struct Joined {
    pub handler: u64,
    /// As a loop; 0: it has none.
    pub looping: u64,
}

impl Edge {
    /// Where the next step goes on.
    pub fn node(&self) -> u64 {
        self.node.into()
    }
}

impl Tree {
    /// The tree of a dispatcher, by its index.
    pub fn of(dispatch: usize) -> &'static Tree {
        static TREES: [OnceLock<Tree>; 2] = [const { OnceLock::new() }; 2];
        TREES[dispatch].get_or_init(|| Tree::new(dispatch))
    }

    fn new(dispatch: usize) -> Self {
        // Some three edges for each sequence, as beginnings are in common.
        let places = (all().count() * 3).next_power_of_two();
        let mut tree = Self {
            edges: vec![Edge::default(); places],
            joined: vec![Joined::default()],
        };
        let mut nodes = 0;
        for sequence in all() {
            let mut steps = sequence.steps[dispatch]
                .iter()
                .map(|&step| step as usize as u64);
            let mut place = steps.next().unwrap_or(0);
            let mut last = 0;
            for handler in steps {
                last = tree.find(place, handler);
                if tree.edges[last].node == 0 {
                    if (nodes + 1) * 4 > tree.edges.len() * 3 {
                        tree.grow();
                        last = tree.find(place, handler);
                    }
                    nodes += 1;
                    let edge = &mut tree.edges[last];
                    (edge.from, edge.handler, edge.node) = (place, handler, nodes as u32);
                }
                place = tree.edges[last].node();
            }
            let edge = &mut tree.edges[last];
            if edge.joined == 0 {
                edge.joined = tree.joined.len() as u32;
                let looping = sequence.looping.filter(|_| dispatch == 1);
                tree.joined.push(Joined {
                    handler: sequence.joined[dispatch] as usize as u64,
                    looping: looping.map_or(0, |handler| handler as usize as u64),
                });
            }
        }
        tree
    }

    fn grow(&mut self) {
        let larger = vec![Edge::default(); self.edges.len() * 2];
        for edge in std::mem::replace(&mut self.edges, larger) {
            if edge.node != 0 {
                let place = self.find(edge.from, edge.handler);
                self.edges[place] = edge;
            }
        }
    }

    /// Follows the handler at address `handler`.
    #[inline]
    pub fn follow(&self, place: u64, handler: u64) -> Option<Edge> {
        let edge = self.edges[self.find(place, handler)];
        (edge.node != 0).then_some(edge)
    }

    /// The sequence that ends with an edge.
    #[inline]
    pub fn joined(&self, edge: Edge) -> Option<Joined> {
        (edge.joined != 0).then(|| self.joined[edge.joined as usize])
    }

    /// Index of an edge, or of where it would be.
    #[inline]
    fn find(&self, place: u64, handler: u64) -> usize {
        let mask = self.edges.len() - 1;
        let mix = (place.rotate_left(21) ^ handler).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut index = (mix >> 40) as usize & mask;
        loop {
            let edge = &self.edges[index];
            if edge.node == 0 || (edge.from == place && edge.handler == handler) {
                return index;
            }
            index = (index + 1) & mask;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sequence_is_found_by_its_steps() {
        for dispatch in 0..2 {
            let tree = Tree::of(dispatch);
            let mut seen = std::collections::HashSet::new();
            for sequence in all() {
                let steps = sequence.steps[dispatch];
                assert!((2..=MAX_STEPS).contains(&steps.len()));
                let mut place = steps[0] as usize as u64;
                let mut joined = None;
                for &step in &steps[1..] {
                    let edge = tree.follow(place, step as usize as u64).expect("a step");
                    (place, joined) = (edge.node(), tree.joined(edge));
                }
                let joined = joined.expect("a sequence").handler;
                // Equal handlers may share an address, whole sequences too.
                if seen.insert(steps.iter().map(|&step| step as usize).collect::<Vec<_>>()) {
                    assert_eq!(joined, sequence.joined[dispatch] as usize as u64);
                }
            }
            assert!(tree.follow(1, 1).is_none());
        }
    }
}
