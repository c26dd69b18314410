//! Modules of the specification's tests with some of their bytes changed, run in every
//! way: they go through rules that what is made up seldom meets.

mod cases;
mod exports;

use self::cases::{SCRIPTS, is_valid};

use crate::execute::{WAYS, agree_under, multiplies_and_adds};
use fossor_compare::{Plan, Random, Way};
use fossor_module::DecodeOptions;
use wasmparser::{Parser, Payload};

/// Changes that are tried; most make no valid module.
const MAX_CHANGES: usize = 200;

/// Every way is alike. The first byte chooses a script and the second one of its modules;
/// each four that follow are a change, which is taken back unless the module is valid with
/// it.
pub fn run(data: &[u8]) {
    let [script, index, changes @ ..] = data else {
        return;
    };
    let script = &SCRIPTS[usize::from(*script) % SCRIPTS.len()];
    let case = &script[usize::from(*index) % script.len()];
    let mut bytes = case.bytes.clone();
    let code = code(&bytes);
    for change in changes.chunks_exact(4).take(MAX_CHANGES) {
        let &[low, high, how, value] = change else {
            continue;
        };
        let place = usize::from(u16::from_le_bytes([low, high]));
        let all = 8..bytes.len();
        let region = match how & 0x80 {
            0 if !code.is_empty() => code.clone(),
            _ if !all.is_empty() => all,
            _ => return,
        };
        let at = region.start + place % region.len();
        let before = bytes[at];
        bytes[at] = match how & 7 {
            0..3 => value,
            3 => before.wrapping_add(1),
            4 => before.wrapping_sub(1),
            5 => before ^ 1 << (value & 7),
            _ => bytes[region.start + (place >> 3).wrapping_add(value.into()) % region.len()],
        };
        if !is_valid(&bytes, DecodeOptions::default().features) {
            bytes[at] = before;
        }
    }
    if multiplies_and_adds(&bytes) {
        return;
    }
    let plan = Plan {
        seed: Random(data.len() as u64).bits(),
        linked: case.linked.clone(),
        // The tests look at the bits of NaNs.
        canonical_nans: true,
        ..Plan::default()
    };
    let is_alone = plan.linked.is_empty();
    let ways = WAYS.iter().filter(|way| match way {
        Way::Wasmi => false,
        Way::Restored => is_alone,
        _ => true,
    });
    agree_under(&ways.copied().collect::<Vec<_>>(), &bytes, &plan);
}

/// Where the bodies are.
fn code(bytes: &[u8]) -> std::ops::Range<usize> {
    let payloads = Parser::new(0).parse_all(bytes).flatten();
    let mut ranges = payloads.filter_map(|payload| match payload {
        Payload::CodeSectionStart {
            unchecked_range, ..
        } => Some(unchecked_range),
        _ => None,
    });
    let range = ranges.next().unwrap_or_default();
    range.start as usize..range.end as usize
}
