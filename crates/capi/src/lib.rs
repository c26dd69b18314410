//! Fossor behind the standard C API of WebAssembly engines: `include/wasm.h`,
//! and `include/wasi.h` for what that lacks.
//!
//! The functions are documented in the headers. This is a border like the one
//! to guests, and the only crate beside the interpreter with `unsafe`; what its
//! blocks rely on are promises of the caller in C:
//!
//! * **C1, pointers.** A pointer that is not null comes from a function of this
//!   library that gives this type, and was not deleted; nor is it before the
//!   function returns, but for the handles that `wasm.h` lets callbacks delete:
//!   functions that lead to callbacks do not look at those afterwards. Vectors have
//!   as many elements as they say. Output parameters are valid to write.
//! * **C2, ownership.** What the header marks `own` changes hands: a result is a
//!   leaked box, which a `delete` function or a taking parameter makes a box
//!   again, once.
//! * **C3, threads.** Objects of one store are used by one thread at a time.
//!   Engines and shared modules may be used by any.
//! * **C4, callbacks.** While a callback runs, its store is reached through the
//!   callback's own borrow of it, which is on top of the store's list.
//!
//! A panic ends the process: it cannot cross into C.

#![allow(non_camel_case_types)]
#![allow(clippy::missing_safety_doc)]
#![allow(missing_docs)]

mod any_ref;
mod engine;
mod externs;
mod func;
mod instance;
mod last_error;
mod module;
mod object;
mod trap;
mod types;
mod value;
mod vector;
mod wasi;
mod wide_types;
