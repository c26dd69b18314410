//! What only looks like Go must do what it says.

mod common;

use common::differential::all_modes_agree;
use common::go_like::module;

/// More were run when this was written; these take seconds in a debug build.
const SEEDS: u64 = 400;

#[test]
fn what_looks_like_go() {
    for seed in 0..SEEDS {
        let wat = module(seed);
        let bytes = wat::parse_str(&wat).expect("well-formed");
        all_modes_agree(&bytes, seed);
    }
}
