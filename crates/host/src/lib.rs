//! What both sides of a host call may see: the guest's memory, traps, and the
//! ways in which a host function can end a guest.
//!
//! This crate lies between the interpreter and WASI so that neither knows the
//! other: WASI's tests need a [`GuestMemory`], never a guest.

#![forbid(unsafe_code)]

mod error;
mod interrupt;
mod memory;
mod trap;

pub use error::HostError;
pub use interrupt::{Interrupt, InterruptReason};
pub use memory::{GuestMemory, OutOfBounds};
pub use trap::Trap;
