//! Executing translated code: the unsafe heart of the interpreter.
//!
//! Everything here trusts the translator, and the translator trusts nothing
//! but wasmparser's validation. These are the invariants; a `SAFETY` comment
//! cites the ones it relies on.
//!
//! * **V1, slots.** Validation fixes the height of the operand stack at every
//!   operator, so the translator names each operand by a constant slot of its
//!   frame; `frame_slots` is more than the largest of them. `call::enter`
//!   compares the frame's end with `Execution::stack_limit` before any slot is
//!   touched. Arguments of a call begin at the frame's end at the latest, also
//!   where there are none; that slot may be read, and is there for the last
//!   frame too: the limit is before the end of the reserved stack.
//! * **V2, instructions.** `ip` points to an instruction of live code: a
//!   handler, and as many operand words as that handler reads. Every branch
//!   target is an instruction of the same function. Code is owned by its
//!   module, which the running instance keeps alive, and is never changed
//!   after it was published.
//! * **V3, contexts.** `ctx` and what it points to (the execution, memories,
//!   tables, globals, function references) belong to the store, never move, and
//!   live as long as it.
//! * **V4, memory.** An access computes `address + offset + width` in 64 bits
//!   (where the address has 64 bits itself, without letting it overflow) and
//!   compares it with the memory's current length before it is made. `mem`
//!   and `Context::memory_bytes` are refreshed after everything that may have
//!   grown memory 0: growth, host calls, calls of other instances.
//! * **V5, references.** A function reference is null or points to a
//!   `FuncRef` of this store. Guests cannot make one up: validation types the
//!   slots, and hosts only pass handles of the same store.
//! * **V6, indices.** Indices of functions, tables, memories, globals and
//!   segments in code were validated against the module.
//! * **V7, objects.** A reference of `any`, `extern` or `exn` is null, an
//!   immediate, or an object that is alive and of the type that validation gave
//!   the slot: what an instruction allocates is written to a slot before another
//!   allocation, and every slot below the top that the translator names is a root.

#![allow(unsafe_code)]

pub(crate) mod atomic;
pub(crate) mod brake;
pub(crate) mod bulk;
pub(crate) mod call;
pub(crate) mod context;
pub(crate) mod context_box;
pub(crate) mod control;
pub(crate) mod debug;
pub(crate) mod dispatch;
pub(crate) mod exception;
pub(crate) mod fuel;
pub(crate) mod gc;
pub(crate) mod go;
pub(crate) mod handlers;
pub(crate) mod host;
pub(crate) mod memory;
pub(crate) mod numeric;
#[cfg(target_arch = "x86_64")]
pub(crate) mod numeric_x86;
pub(crate) mod objects;
pub(crate) mod operand;
pub(crate) mod operation;
pub(crate) mod owned;
pub(crate) mod registers;
pub(crate) mod sample;
pub(crate) mod sequences;
pub(crate) mod simd;
pub(crate) mod simd_handlers;
#[cfg(target_arch = "x86_64")]
pub(crate) mod simd_native_x86;
pub(crate) mod simd_operation;
#[cfg(target_arch = "x86_64")]
pub(crate) mod simd_x86;
pub(crate) mod table;
pub(crate) mod walk;
pub(crate) mod wide;

/// Lets a type with pointers into its store move between threads with it.
macro_rules! send_with_store {
    ($ty:ty) => {
        // SAFETY: the pointers lead to what the same store owns, and are
        // followed only while it is borrowed.
        #[allow(unsafe_code)]
        unsafe impl Send for $ty {}
        // SAFETY: as above.
        #[allow(unsafe_code)]
        unsafe impl Sync for $ty {}
    };
}
pub(crate) use send_with_store;
