//! Against hostile guests and hosts: fuzzing, inputs that want everything, long
//! runs, and faults of the system below.

pub mod fuzz;
