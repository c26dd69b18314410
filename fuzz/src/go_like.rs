//! Code that looks like Go's, and code that only nearly does.

use crate::execute::agree;

mod differential {
    pub use fossor_compare::Random;
}

#[path = "../../crates/interpreter/tests/common/go_like.rs"]
mod generator;

/// Every way is alike on the module of a seed.
pub fn run(data: &[u8]) {
    let (seed, _) = crate::seed(data);
    let text = generator::module(seed);
    let bytes = wat::parse_str(&text).expect("the generator's text is well-formed");
    agree(&bytes, seed);
}
