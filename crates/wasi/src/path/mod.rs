//! Functions on paths below a directory.

mod change;
mod link;
mod open;
pub(crate) mod resolve;
mod stat;
