//! Joining instructions that follow each other: see `execute/sequences.rs`.

use super::Translator;
use crate::execute::sequences::{MAX_STEPS, Tree, WORDS_OF_STEP};

/// An instruction further on.
#[derive(Clone, Copy, Default)]
struct Ahead {
    /// Its own handler.
    handler: u64,
    /// Where it is.
    word: u32,
    /// Dispatches from there to the function's end.
    dispatches: u32,
}

impl Translator<'_> {
    /// Gives every instruction the handler of the sequence that begins there
    /// and leaves the fewest dispatches to the function's end. The last thing
    /// that happens to code: afterwards a handler no longer says what an
    /// instruction is.
    pub(super) fn join_sequences(&mut self) {
        for line in self.lines.iter_mut().flatten() {
            line.handler = self.code[line.word];
        }
        if !self.fuse {
            return;
        }
        let tree = Tree::of(self.dispatch);
        // The next instructions, the nearest first; none has a handler of 0.
        let mut ahead = [Ahead::default(); MAX_STEPS];
        for &word in self.starts.iter().rev() {
            let own = self.code[word as usize];
            let (mut dispatches, mut handler) = (ahead[0].dispatches + 1, own);
            let mut place = own;
            for steps in 1..MAX_STEPS {
                let Some(edge) = tree.follow(place, ahead[steps - 1].handler) else {
                    break;
                };
                place = edge.node();
                let after = ahead[steps].dispatches + 1;
                let Some(joined) = tree.joined(edge).filter(|_| after <= dispatches) else {
                    continue;
                };
                let last = ahead[steps - 1].word as usize;
                let loops = joined.looping != 0
                    && last == word as usize + steps * WORDS_OF_STEP
                    && self.leads_to(last, word as usize);
                dispatches = after;
                handler = if loops {
                    joined.looping
                } else {
                    joined.handler
                };
            }
            self.code[word as usize] = handler;
            ahead.copy_within(..MAX_STEPS - 1, 1);
            ahead[0] = Ahead {
                handler: own,
                word,
                dispatches,
            };
        }
    }

    /// Whether the branch at word `branch` leads to word `target`.
    fn leads_to(&self, branch: usize, target: usize) -> bool {
        // Field I.
        let bytes = (self.code[branch + 1] >> 32) as u32 as i32;
        branch as i64 * 8 + i64::from(bytes) == target as i64 * 8
    }
}

#[cfg(test)]
mod tests {
    use crate::execute::sequences;
    use crate::translate::{Line, translate};
    use crate::{Config, Engine, Module};
    use std::collections::HashSet;

    /// Of all instructions of the functions: how many there are, and how many
    /// begin a sequence.
    fn joined(module: &Module) -> (usize, usize) {
        let dispatch = module.engine().dispatch_index();
        let handlers: HashSet<u64> = sequences::all()
            .flat_map(|sequence| [Some(sequence.joined[dispatch]), sequence.looping])
            .flatten()
            .map(|handler| handler as usize as u64)
            .collect();
        let (mut all, mut joined) = (0, 0);
        for function in 0..module.decoded().bodies.len() as u32 {
            let code = translate(&module.0, function, true, None).expect("translatable");
            all += code.lines.len();
            let begin = |line: &&Line| handlers.contains(&code.words[line.word]);
            joined += code.lines.iter().filter(begin).count();
        }
        (all, joined)
    }

    #[test]
    fn much_of_a_go_program_is_joined() {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../go-fixtures/prebuilt");
        let bytes = std::fs::read(format!("{root}/hello.wasm")).expect("in the repository");
        let of = |fuse| {
            let config = Config {
                fuse,
                ..Config::default()
            };
            let module = Module::new(&Engine::new(config), &bytes[..]).expect("valid");
            joined(&module)
        };
        let (all, joined) = of(true);
        assert!(joined * 4 > all, "{joined} of {all}");
        assert_eq!(of(false).1, 0, "without fusion");
    }

    #[test]
    fn a_step_that_traps_is_the_one_named() {
        let wat = r#"(module (memory 1) (func (export "f") (param i32 i64) (result i64)
            local.get 0 i64.load
            local.get 0 i64.load offset=65536
            i64.add))"#;
        let offset = |fuse, address| {
            let config = Config {
                fuse,
                ..Config::default()
            };
            let engine = Engine::new(config);
            let module = Module::new(&engine, &wat::parse_str(wat).expect("valid")[..]);
            let mut store = crate::Store::new(&engine, Box::new(()));
            let instance = store
                .instantiate(&module.expect("valid"), &[])
                .expect("no start");
            let Some(crate::Extern::Func(f)) = store.export(instance, "f") else {
                panic!("exported");
            };
            let args = [crate::Val::I32(address), crate::Val::I64(0)];
            store.call(f, &args).expect_err("out of bounds").to_string()
        };
        for address in [0, 65528, 65529, -1] {
            assert_eq!(offset(true, address), offset(false, address));
        }
        assert_ne!(offset(true, 0), offset(true, 65529));
    }
}
