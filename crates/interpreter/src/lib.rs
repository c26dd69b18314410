//! (see ARCHITECTURE.md)

pub mod semantics;
