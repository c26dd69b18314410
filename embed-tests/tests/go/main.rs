//! Go plugins (`-buildmode=c-shared`) in a Rust host.

mod abi;
mod calls;
mod load;
mod snapshots;
