//! Feature `count`: how often each handler, and each pair of handlers, was
//! executed by this thread. For those who choose instructions; without the
//! feature no trace of it is compiled.
//!
//! A handler reports itself by its name and the types it was made for, so that
//! handlers count apart even where the linker gave them one address. Counted is
//! what the translator chose, whichever the dispatcher.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

/// What was executed.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    /// The handlers' names, with operation and modes: `binary<I64Add, SlotImm,
    /// ToAcc>`.
    pub names: Vec<String>,
    /// How often the handler of this index was executed.
    pub handlers: Vec<u64>,
    /// First handler, the one right after it, how often.
    pub pairs: Vec<(usize, usize, u64)>,
    /// How many of them followed as a step of a sequence, without a dispatch.
    pub joined: u64,
    /// The instructions that were executed, in the order of the code.
    pub places: Vec<Place>,
}

/// An instruction of translated code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Index of its handler's name.
    pub handler: usize,
    /// How often it was executed.
    pub executed: u64,
    /// How often the instruction right behind it was executed next.
    pub through: u64,
}

/// What is known of an address.
#[derive(Default)]
struct Visits {
    handler: usize,
    executed: u64,
    /// Where execution went from there, and how often.
    next: Vec<(usize, u64)>,
}

#[derive(Default)]
struct Counter {
    /// By the addresses of the handler's name and of its types' names.
    indices: HashMap<(usize, usize), usize>,
    counts: Counts,
    /// By first, then by second.
    pairs: Vec<Vec<u64>>,
    last: Option<usize>,
    /// By the instruction's address.
    visits: BTreeMap<usize, Visits>,
    last_ip: usize,
    /// The keys executed lately: most handlers are found here.
    recent: Vec<((usize, usize), usize)>,
}

/// A power of two.
const RECENT: usize = 4096;

thread_local! {
    static COUNTER: RefCell<Counter> = RefCell::default();
}

/// Notes that a handler begins.
#[inline(never)]
pub(crate) fn executed(ip: *const u64, name: &'static str, types: &'static str) {
    COUNTER.with_borrow_mut(|counter| counter.note(ip as usize, name, types));
}

/// Notes that the next handler follows without a dispatch.
#[inline(never)]
pub(crate) fn joined() {
    COUNTER.with_borrow_mut(|counter| counter.counts.joined += 1);
}

/// What this thread has executed until now.
pub fn counts() -> Counts {
    COUNTER.with_borrow(|counter| {
        let mut counts = counter.counts.clone();
        for (first, row) in counter.pairs.iter().enumerate() {
            let seen = row.iter().enumerate().filter(|(_, count)| **count > 0);
            let pairs = seen.map(|(second, &count)| (first, second, count));
            counts.pairs.extend(pairs);
        }
        counts.places = counter.places();
        counts
    })
}

/// Words of the longest instruction whose successor is right behind it.
const LONGEST_WORDS: usize = 4;

impl Counter {
    fn note(&mut self, ip: usize, name: &'static str, types: &'static str) {
        let key = (name.as_ptr() as usize, types.as_ptr() as usize);
        if self.recent.is_empty() {
            self.recent = vec![((0, 0), 0); RECENT];
        }
        let place = (key.0 ^ key.1.wrapping_mul(0x9e37_79b1) >> 7) % RECENT;
        let index = match self.recent[place] {
            (known, index) if known == key => index,
            _ => self.index_of(key, name, types),
        };
        self.recent[place] = (key, index);
        self.counts.handlers[index] += 1;
        let visits = self.visits.entry(ip).or_default();
        visits.handler = index;
        visits.executed += 1;
        let last_ip = std::mem::replace(&mut self.last_ip, ip);
        if let Some(before) = self.visits.get_mut(&last_ip) {
            match before.next.iter_mut().find(|next| next.0 == ip) {
                Some(next) => next.1 += 1,
                None => before.next.push((ip, 1)),
            }
        }
        if let Some(last) = self.last.replace(index) {
            let row = &mut self.pairs[last];
            if row.len() <= index {
                row.resize(index + 1, 0);
            }
            row[index] += 1;
        }
    }

    fn places(&self) -> Vec<Place> {
        let mut behind = self.visits.keys().skip(1);
        let places = self.visits.iter().map(|(ip, visits)| {
            let near = |next: &&usize| **next <= ip + LONGEST_WORDS * 8;
            let behind = behind.next().filter(near);
            let through = behind.and_then(|next| visits.next.iter().find(|to| to.0 == *next));
            Place {
                handler: visits.handler,
                executed: visits.executed,
                through: through.map_or(0, |to| to.1),
            }
        });
        places.collect()
    }

    fn index_of(&mut self, key: (usize, usize), name: &str, types: &str) -> usize {
        if let Some(&index) = self.indices.get(&key) {
            return index;
        }
        let full = full_name(name, types);
        let names = &mut self.counts.names;
        // The same text may lie at two addresses.
        let index = names.iter().position(|known| *known == full);
        let index = index.unwrap_or_else(|| {
            names.push(full);
            self.counts.handlers.push(0);
            self.pairs.push(Vec::new());
            names.len() - 1
        });
        self.indices.insert(key, index);
        index
    }
}

/// `binary` and `(a::b::I64Add, a::SlotImm)` as `binary<I64Add, SlotImm>`.
fn full_name(name: &str, types: &str) -> String {
    let mut short = String::new();
    let mut word = String::new();
    for c in types.trim_matches(|c| "(),".contains(c)).chars() {
        if c.is_alphanumeric() || c == '_' {
            word.push(c);
        } else if c == ':' {
            word.clear();
        } else {
            short.push_str(&word);
            short.push(c);
            word.clear();
        }
    }
    short.push_str(&word);
    match short.is_empty() {
        true => name.to_owned(),
        false => format!("{name}<{short}>"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_without_paths() {
        let types = "(a::op::I64Add, a::Not<b::F32Lt>, u32)";
        assert_eq!(
            full_name("binary", types),
            "binary<I64Add, Not<F32Lt>, u32>"
        );
        assert_eq!(full_name("unary", "(a::I32Clz,)"), "unary<I32Clz>");
        assert_eq!(full_name("jump", "()"), "jump");
    }

    #[test]
    fn handlers_and_pairs_are_counted() {
        let mut counter = Counter::default();
        let (a, b) = ("first", "second");
        for name in [a, b, a, b] {
            counter.note(if name == a { 0x1000 } else { 0x1010 }, name, "()");
        }
        let place = |handler, through| Place {
            handler,
            executed: 2,
            through,
        };
        // From the second back to the first: that is no way through.
        assert_eq!(counter.places(), [place(0, 2), place(1, 0)]);
        assert_eq!(counter.counts.names, [a, b]);
        assert_eq!(counter.counts.handlers, [2, 2]);
        assert_eq!(counter.pairs, [vec![0, 2], vec![1]]);
    }
}
