//! Against hostile guests and hosts: fuzzing, inputs that want everything, long
//! runs, and faults of the system below.

pub mod campaign;
mod corpus;
pub mod coverage;
pub mod determinism;
pub mod exhaust;
pub mod fuzz;
mod greedy;
mod heap_bombs;
pub mod outcome;
pub mod sanitizer;
pub mod soak;
