//! The lists of sequences as a tree, which the translator follows instruction by
//! instruction.

use super::all;
use std::sync::OnceLock;

/// The lists as a tree: where a handler leads to from a place. A place is the
/// address of the first step's handler, then the number of a node.
pub(crate) struct Tree {
    /// A hash table: a power of two of places, at most three quarters of them taken.
    edges: Vec<Edge>,
    /// What edges name, from 1 on.
    joined: Vec<Joined>,
}

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
    use crate::execute::sequences::MAX_STEPS;

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
