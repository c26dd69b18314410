//! What references refer to, and which of these types are subtypes of others.
//! Source: specification, "Structure / Types / Heap Types" and "Validation /
//! Matching".

use super::ValType;
use std::fmt;

/// The type of a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RefType {
    /// Whether null is a value of the type.
    pub nullable: bool,
    /// What it refers to.
    pub heap: HeapType,
}

/// What a reference refers to. There are four hierarchies, each with a type at
/// its top and one without values at its bottom: `any`, `func`, `extern`, `exn`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HeapType {
    /// Any function.
    Func,
    /// No function: its only reference is null.
    NoFunc,
    /// A value of the host, or a converted `any`.
    Extern,
    /// No value of the host.
    NoExtern,
    /// Any exception.
    Exn,
    /// No exception.
    NoExn,
    /// Any value of the guest: an object, a small integer, a converted `extern`.
    Any,
    /// What can be compared: an object or a small integer.
    Eq,
    /// A small integer, 31 bits.
    I31,
    /// Any struct.
    Struct,
    /// Any array.
    Array,
    /// No value of the guest.
    None,
    /// What a module declares.
    Concrete(Composite, TypeIndex),
}

/// What a declared type describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Composite {
    /// A function.
    Func,
    /// A struct.
    Struct,
    /// An array.
    Array,
}

/// Which declared type is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TypeIndex {
    /// An index into a module's type section: in a module as it was decoded.
    Module(u32),
    /// The position in a recursive group, of a type in the same group: where
    /// groups are compared.
    Group(u32),
    /// The engine's number, equal for equal types of all its modules: in
    /// everything that was compiled for an engine.
    Engine(u32),
}

impl RefType {
    /// `funcref`, the same as `(ref null func)`.
    pub const FUNCREF: RefType = RefType::nullable(HeapType::Func);
    /// `externref`, the same as `(ref null extern)`.
    pub const EXTERNREF: RefType = RefType::nullable(HeapType::Extern);
    /// `exnref`, the same as `(ref null exn)`.
    pub const EXNREF: RefType = RefType::nullable(HeapType::Exn);
    /// `anyref`, the same as `(ref null any)`.
    pub const ANYREF: RefType = RefType::nullable(HeapType::Any);

    /// `(ref null heap)`
    pub const fn nullable(heap: HeapType) -> Self {
        Self {
            nullable: true,
            heap,
        }
    }

    /// `(ref heap)`
    pub const fn non_null(heap: HeapType) -> Self {
        Self {
            nullable: false,
            heap,
        }
    }

    /// Whether all values of this type are values of `wanted`. `declared` says
    /// so of two declared types that are not the same.
    pub fn is_subtype(
        self,
        wanted: RefType,
        declared: impl FnOnce(TypeIndex, TypeIndex) -> bool,
    ) -> bool {
        (wanted.nullable || !self.nullable) && self.heap.is_subtype(wanted.heap, declared)
    }
}

impl HeapType {
    /// The top of its hierarchy: `Func`, `Extern`, `Exn` or `Any`.
    pub fn top(self) -> HeapType {
        match self {
            HeapType::Func | HeapType::NoFunc | HeapType::Concrete(Composite::Func, _) => {
                HeapType::Func
            }
            HeapType::Extern | HeapType::NoExtern => HeapType::Extern,
            HeapType::Exn | HeapType::NoExn => HeapType::Exn,
            _ => HeapType::Any,
        }
    }

    /// The bottom of its hierarchy.
    pub fn bottom(self) -> HeapType {
        match self.top() {
            HeapType::Func => HeapType::NoFunc,
            HeapType::Extern => HeapType::NoExtern,
            HeapType::Exn => HeapType::NoExn,
            _ => HeapType::None,
        }
    }

    /// As [`RefType::is_subtype`], of what is referred to.
    pub fn is_subtype(
        self,
        wanted: HeapType,
        declared: impl FnOnce(TypeIndex, TypeIndex) -> bool,
    ) -> bool {
        use HeapType::{Any, Array, Concrete, Eq, I31, Struct};
        if self == wanted || wanted == self.top() {
            return true;
        }
        if self == self.bottom() {
            return self.top() == wanted.top();
        }
        match (self, wanted) {
            (I31 | Struct | Array | Eq, Any) | (I31 | Struct | Array, Eq) => true,
            (Concrete(Composite::Struct, _), Struct | Eq)
            | (Concrete(Composite::Array, _), Array | Eq) => true,
            (Concrete(_, sub), Concrete(_, wanted)) => declared(sub, wanted),
            _ => false,
        }
    }

    /// The same with another index, if it is a declared type.
    pub fn map_index(self, map: impl FnOnce(TypeIndex) -> TypeIndex) -> HeapType {
        match self {
            HeapType::Concrete(composite, index) => HeapType::Concrete(composite, map(index)),
            other => other,
        }
    }

    fn name(self) -> &'static str {
        match self {
            HeapType::Func => "func",
            HeapType::NoFunc => "nofunc",
            HeapType::Extern => "extern",
            HeapType::NoExtern => "noextern",
            HeapType::Exn => "exn",
            HeapType::NoExn => "noexn",
            HeapType::Any => "any",
            HeapType::Eq => "eq",
            HeapType::I31 => "i31",
            HeapType::Struct | HeapType::Concrete(Composite::Struct, _) => "struct",
            HeapType::Array | HeapType::Concrete(Composite::Array, _) => "array",
            HeapType::None => "none",
            HeapType::Concrete(Composite::Func, _) => "func",
        }
    }
}

impl ValType {
    /// As [`RefType::is_subtype`]; a number is only of its own type.
    pub fn is_subtype(
        self,
        wanted: ValType,
        declared: impl FnOnce(TypeIndex, TypeIndex) -> bool,
    ) -> bool {
        match (self, wanted) {
            (ValType::Ref(given), ValType::Ref(wanted)) => given.is_subtype(wanted, declared),
            (given, wanted) => given == wanted,
        }
    }

    /// The same with another index, if it refers to a declared type.
    pub fn map_index(self, map: impl FnOnce(TypeIndex) -> TypeIndex) -> ValType {
        match self {
            ValType::Ref(ty) => ValType::Ref(ty.map_index(map)),
            number => number,
        }
    }
}

impl RefType {
    /// As [`HeapType::map_index`].
    pub fn map_index(self, map: impl FnOnce(TypeIndex) -> TypeIndex) -> RefType {
        RefType {
            nullable: self.nullable,
            heap: self.heap.map_index(map),
        }
    }
}

impl fmt::Display for RefType {
    /// As in the text format; the abbreviations where there are some.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.nullable, self.heap) {
            (true, HeapType::Concrete(..)) => write!(f, "(ref null {})", self.heap),
            (true, HeapType::None) => f.write_str("nullref"),
            (true, HeapType::NoFunc) => f.write_str("nullfuncref"),
            (true, HeapType::NoExtern) => f.write_str("nullexternref"),
            (true, HeapType::NoExn) => f.write_str("nullexnref"),
            (true, heap) => write!(f, "{heap}ref"),
            (false, heap) => write!(f, "(ref {heap})"),
        }
    }
}

impl fmt::Display for HeapType {
    /// A declared type of a module is its index; one of an engine says only
    /// what it describes, and the number that tells it from others.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HeapType::Concrete(_, TypeIndex::Module(index)) => write!(f, "{index}"),
            HeapType::Concrete(_, TypeIndex::Group(index)) => write!(f, "rec.{index}"),
            HeapType::Concrete(_, TypeIndex::Engine(number)) => {
                write!(f, "{}#{number}", self.name())
            }
            heap => f.write_str(heap.name()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use HeapType::*;

    const F: HeapType = Concrete(Composite::Func, TypeIndex::Engine(0));
    const S: HeapType = Concrete(Composite::Struct, TypeIndex::Engine(1));
    const A: HeapType = Concrete(Composite::Array, TypeIndex::Engine(2));

    fn sub(given: HeapType, wanted: HeapType) -> bool {
        given.is_subtype(wanted, |_, _| false)
    }

    #[test]
    fn each_hierarchy_is_a_lattice_of_its_own() {
        let all = [
            Func, NoFunc, F, Extern, NoExtern, Exn, NoExn, Any, Eq, I31, Struct, Array, None, S, A,
        ];
        for given in all {
            assert!(sub(given, given) && sub(given, given.top()) && sub(given.bottom(), given));
            for wanted in all {
                if given.top() != wanted.top() {
                    assert!(!sub(given, wanted), "{given} is no {wanted}");
                }
            }
        }
        let below_eq = all.iter().filter(|given| sub(**given, Eq)).count();
        assert_eq!(below_eq, 7, "eq, i31, struct, array, none and two declared");
        assert!(sub(S, Struct) && !sub(S, Array) && !sub(Struct, S) && !sub(I31, Struct));
        assert!(
            S.is_subtype(A, |_, _| true),
            "declared types are asked about"
        );
    }

    #[test]
    fn null_is_no_value_of_a_type_without_it() {
        let none = |_, _| false;
        assert!(RefType::non_null(F).is_subtype(RefType::FUNCREF, none));
        assert!(!RefType::FUNCREF.is_subtype(RefType::non_null(Func), none));
        assert!(!ValType::I32.is_subtype(ValType::I64, none));
    }

    #[test]
    fn types_are_written_as_in_the_text_format() {
        let shown = [
            RefType::FUNCREF,
            RefType::non_null(Extern),
            RefType::nullable(NoFunc),
            RefType::nullable(Concrete(Composite::Struct, TypeIndex::Module(3))),
            RefType::non_null(F),
        ]
        .map(|ty| ty.to_string());
        let expected = [
            "funcref",
            "(ref extern)",
            "nullfuncref",
            "(ref null 3)",
            "(ref func#0)",
        ];
        assert_eq!(shown, expected);
    }
}
