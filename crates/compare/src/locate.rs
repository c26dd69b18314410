//! From a difference to the operator that made it.

use crate::fossor::{Run, Until};
use crate::plan::Plan;
use crate::seen::{End, State};
use crate::verdict::{Difference, own};
use crate::{Error, Way};
use fossor_interpreter::Frame;
use fossor_module::{DecodeOptions, Module};

/// Where two of Fossor's ways part.
#[derive(Clone, Debug)]
pub struct Place {
    /// Operators of the call after which both are still alike.
    pub operators: u64,
    /// The guest's frames at that point, the innermost first, as the reference
    /// has them: the difference is made by what follows there.
    pub frames: Vec<Frame>,
    /// For each frame the linked module that it is of, if it is not of the one that was
    /// run.
    pub modules: Vec<Option<String>>,
    /// That block's operators with their offsets in the module: one of them, or of
    /// the first that they call, is not done alike.
    pub next: Vec<(u32, String)>,
    /// What differs when the next block of operators is done.
    pub what: String,
}

/// Looks for the first block of operators after which memories, globals, tables
/// or frames differ, by running both ways with less and less fuel. `None` if the
/// difference is one with another engine or a way without fuel, or in the last block
/// only.
///
/// Code pays its fuel by blocks without branches, so that is how fine it gets.
pub fn locate(bytes: &[u8], plan: &Plan, difference: &Difference) -> Result<Option<Place>, Error> {
    let ways = [difference.reference, difference.way];
    if !ways.iter().all(|way| way.counts()) {
        return Ok(None);
    }
    search(ways.map(|way| (way, bytes)), plan, difference.index)
}

/// As [`locate`]; `call` is the one in which the two part. The modules are the
/// same one but in tests.
fn search(subjects: [(Way, &[u8]); 2], plan: &Plan, call: usize) -> Result<Option<Place>, Error> {
    let at = |fuel: u64| -> Result<[Run; 2], Error> {
        let until = Until {
            calls: call + 1,
            last_fuel: fuel,
        };
        let [reference, other] = subjects;
        let run = |(way, bytes)| own(way, bytes, plan, until);
        Ok([run(reference)?, run(other)?])
    };
    // Alike with no fuel, different with all of it.
    let (mut alike, mut differs) = (0, plan.fuel);
    if what_differs(&at(alike)?).is_some() || what_differs(&at(differs)?).is_none() {
        return Ok(None);
    }
    while differs - alike > 1 {
        let middle = alike + (differs - alike) / 2;
        match what_differs(&at(middle)?) {
            Some(_) => differs = middle,
            None => alike = middle,
        }
    }
    let [reference, _] = at(alike)?;
    let what = what_differs(&at(differs)?).unwrap_or_default();
    let frames = reference.trap.map(|trap| trap.frames).unwrap_or_default();
    // What traps while its instance is made is the last one.
    let module_of = |frame: &Frame| {
        let mut made = reference.instances.iter();
        let made = made.position(|id| *id == frame.instance);
        plan.modules(subjects[0].1)
            .nth(made.unwrap_or(reference.instances.len()))
    };
    let next = frames
        .first()
        .and_then(|frame| Some(block(module_of(frame)?.1, frame)));
    let modules = frames
        .iter()
        .map(|frame| Some(module_of(frame)?.0?.to_owned()));
    Ok(Some(Place {
        operators: alike,
        modules: modules.collect(),
        frames,
        next: next.unwrap_or_default(),
        what,
    }))
}

/// The operators from where a frame is to the next branch or call.
fn block(bytes: &[u8], frame: &Frame) -> Vec<(u32, String)> {
    let mut found = Vec::new();
    let Ok(module) = Module::decode(bytes, &DecodeOptions::default()) else {
        return found;
    };
    let Some(defined) = frame.func_idx.checked_sub(module.imported_funcs) else {
        return found;
    };
    let Ok(operators) = module.body(defined).get_operators_reader() else {
        return found;
    };
    for operator in operators.into_iter_with_offsets() {
        let Ok((operator, offset)) = operator else {
            break;
        };
        let offset = offset as u32;
        if offset < frame.wasm_offset.unwrap_or_default() {
            continue;
        }
        let text = format!("{operator:?}");
        let ends = [
            "Br",
            "Call",
            "Return",
            "If",
            "Loop",
            "End",
            "Throw",
            "Unreachable",
        ];
        let last = ends.iter().any(|end| text.starts_with(end));
        found.push((offset, text));
        if last && found.len() > 1 || found.len() == BLOCK_OPERATORS {
            break;
        }
    }
    found
}

/// Operators that are shown.
const BLOCK_OPERATORS: usize = 16;

fn what_differs(runs: &[Run; 2]) -> Option<String> {
    let [reference, other] = runs;
    let functions = |run: &Run| -> Vec<u32> {
        let frames = run.trap.iter().flat_map(|trap| &trap.frames);
        frames.map(|frame| frame.func_idx).collect()
    };
    let end = |run: &Run| run.seen.last().map(|seen| seen.end.clone());
    let state = |run: &Run| -> State {
        let last = run.seen.last();
        last.map(|seen| seen.state.clone()).unwrap_or_default()
    };
    let shown = |end: Option<End>| end.map_or("nothing".to_owned(), |end| end.to_string());
    let (expected, found) = (end(reference), end(other));
    if expected != found {
        return Some(format!(
            "one {}, the other {}",
            shown(expected),
            shown(found)
        ));
    }
    if let Some(what) = state(reference).difference(&state(other)) {
        return Some(what);
    }
    (functions(reference) != functions(other)).then(|| "they are in different functions".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts up to 100 in memory, and in round 57 by `step`.
    fn counting(step: u32) -> Vec<u8> {
        let text = format!(
            r#"(module (memory (export "memory") 1)
              (func $add (param i32)
                (i32.store (i32.const 8)
                  (i32.add (i32.load (i32.const 8)) (local.get 0))))
              (func (export "_start") (local $i i32)
                (loop
                  (if (i32.eq (local.get $i) (i32.const 57))
                    (then (call $add (i32.const {step})))
                    (else (call $add (i32.const 1))))
                  (local.set $i (i32.add (local.get $i) (i32.const 1)))
                  (br_if 0 (i32.lt_u (local.get $i) (i32.const 100))))))"#
        );
        wat::parse_str(text).unwrap()
    }

    #[test]
    fn the_first_block_that_differs_is_found() {
        let (right, wrong) = (counting(1), counting(2));
        let subjects = [(Way::Unfused, &right[..]), (Way::Loop, &wrong[..])];
        let place = search(subjects, &Plan::default(), 1).unwrap().unwrap();
        assert!(
            place.what.starts_with("memory memory has 65536 bytes"),
            "{place:?}"
        );
        // _start calls $add, which pays when it returns; 57 rounds of 22 or so were
        // alike.
        let functions: Vec<_> = place.frames.iter().map(|frame| frame.func_idx).collect();
        assert_eq!(functions, [1]);
        let call = |(_, operator): &(u32, String)| operator == "Call { function_index: 0 }";
        assert!(place.next.iter().any(call), "{place:?}");
        assert!((57 * 20..58 * 24).contains(&place.operators), "{place:?}");
    }

    #[test]
    fn where_nothing_differs_nothing_is_found() {
        let right = counting(1);
        let subjects = [(Way::Unfused, &right[..]), (Way::Loop, &right[..])];
        assert!(search(subjects, &Plan::default(), 1).unwrap().is_none());
    }
}
