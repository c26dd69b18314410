//! WASI's functions as a guest sees them: one module per group of functions.
//!
//! A test poisons the guest's memory, calls, and compares errno, bytes (padding
//! too) and trace line. Cases about paths run under both resolvers.

mod args;
mod clock;
mod conformance;
mod differential;
mod fd_dir;
mod fd_io;
mod fd_stat;
mod guest;
mod hints;
mod memory;
mod path_change;
mod path_open;
mod path_stat;
mod poll;
mod proc;
mod race;
mod rights;
mod sandbox;
mod scripted;
mod snapshot0;
mod sock;
mod stop;
mod terminal;
mod trace;
