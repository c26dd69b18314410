//! Functions on open descriptors.

mod dir;
mod io;
mod pieces;
mod prestat;
mod seek;
mod stat;

pub(crate) use stat::times_to_set;
