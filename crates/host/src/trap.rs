//! Traps: what WebAssembly defines as the abnormal end of a computation.

use std::fmt;

/// Why the guest's computation ended abnormally.
///
/// The texts are those of the official specification tests, which is what
/// other engines print as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
#[non_exhaustive]
pub enum Trap {
    /// The `unreachable` instruction was executed.
    Unreachable = 1,
    /// A load, store or bulk operation left the linear memory.
    MemoryOutOfBounds,
    /// A table access left the table.
    TableOutOfBounds,
    /// `call_indirect` with an index beyond the table.
    UndefinedElement,
    /// `call_indirect` of a null entry.
    UninitializedElement,
    /// `call_indirect` of a function with another type.
    IndirectCallTypeMismatch,
    /// Integer division or remainder by zero.
    IntegerDivideByZero,
    /// The most negative integer divided by −1, or a float too large for the
    /// integer it is truncated to.
    IntegerOverflow,
    /// A NaN truncated to an integer.
    InvalidConversionToInteger,
    /// The value stack's byte budget is used up, or host functions and guest
    /// have called each other too deeply.
    StackExhausted,
    /// A null reference where a value is needed.
    NullReference,
    /// A call through a null reference.
    NullFunctionReference,
    /// An atomic access whose address is no multiple of its width.
    UnalignedAtomic,
    /// `memory.atomic.wait` on a memory that no other thread can reach.
    ExpectedSharedMemory,
    /// `throw_ref` of a null reference.
    NullExceptionReference,
    /// An exception that nothing catches.
    UncaughtException,
    /// A field of a null structure.
    NullStructReference,
    /// An element or the length of a null array.
    NullArrayReference,
    /// The number of a null `i31`.
    NullI31Reference,
    /// An array access beyond the array's end.
    ArrayOutOfBounds,
    /// A reference that is none of the type it is cast to.
    CastFailure,
    /// Structures, arrays and caught exceptions take as much memory as they may,
    /// and what is in use leaves too little.
    HeapExhausted,
    /// The fuel given to the store is used up.
    OutOfFuel,
    /// The deadline passed or the host asked for a stop.
    Interrupted,
}

impl Trap {
    /// The specification's wording.
    pub fn message(self) -> &'static str {
        match self {
            Trap::Unreachable => "unreachable",
            Trap::MemoryOutOfBounds => "out of bounds memory access",
            Trap::TableOutOfBounds => "out of bounds table access",
            Trap::UndefinedElement => "undefined element",
            Trap::UninitializedElement => "uninitialized element",
            Trap::IndirectCallTypeMismatch => "indirect call type mismatch",
            Trap::IntegerDivideByZero => "integer divide by zero",
            Trap::IntegerOverflow => "integer overflow",
            Trap::InvalidConversionToInteger => "invalid conversion to integer",
            Trap::StackExhausted => "call stack exhausted",
            Trap::NullReference => "null reference",
            Trap::NullFunctionReference => "null function reference",
            Trap::UnalignedAtomic => "unaligned atomic",
            Trap::ExpectedSharedMemory => "expected shared memory",
            Trap::NullExceptionReference => "null exception reference",
            Trap::UncaughtException => "uncaught exception",
            Trap::NullStructReference => "null structure reference",
            Trap::NullArrayReference => "null array reference",
            Trap::NullI31Reference => "null i31 reference",
            Trap::ArrayOutOfBounds => "out of bounds array access",
            Trap::CastFailure => "cast failure",
            Trap::HeapExhausted => "out of memory for structures, arrays and exceptions",
            Trap::OutOfFuel => "out of fuel",
            Trap::Interrupted => "interrupted",
        }
    }
}

impl fmt::Display for Trap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl std::error::Error for Trap {}
