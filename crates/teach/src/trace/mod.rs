//! Where a trace goes: each sink is told of every call by `fossor-wasi`, and
//! leaves out what the filter does not let through.

mod filter;
mod json;
mod lines;
mod summary;

pub use filter::{Filter, UnknownFunction};
pub use json::Json;
pub use lines::{LineOptions, Lines};
pub use summary::Summary;

use std::io::Write;

/// Where lines are written to.
pub type Output = Box<dyn Write + Send>;
