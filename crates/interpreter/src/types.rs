//! The numbering of types: what is equal in any of an engine's modules has one
//! number, so that comparing two types is comparing two numbers.
//!
//! Types are equal if their recursive groups are, written with positions inside
//! of the group and with numbers for types before it. A function type that is
//! alone in its group, final, and refers to nothing later is the usual case and
//! found by its signature alone.
//!
//! Numbers are never given back: an engine remembers the types of all modules
//! that were ever compiled for it.
//!
//! Source: specification, "Appendix / Type System Properties / Rolling and
//! unrolling".

use crate::heap::Layout;
use fossor_module::{FuncType, SubType, TypeIndex};
use std::cell::Cell;
use std::collections::HashMap;
use std::sync::Arc;

/// All types of an engine.
#[derive(Default)]
pub(crate) struct TypeRegistry {
    types: Vec<Entry>,
    /// Types that are their signature.
    signatures: HashMap<FuncType, u32>,
    /// First numbers of all other groups.
    groups: HashMap<Box<[SubType]>, u32>,
}

struct Entry {
    /// With the engine's numbers.
    ty: SubType,
    /// What its objects look like, and its supertypes, the most general first, and
    /// itself. Modules and stores share it: there may be a million types.
    layout: Arc<Layout>,
    /// Whether its signature alone identifies it.
    plain: bool,
}

impl TypeRegistry {
    /// The number of a function type.
    pub fn of_signature(&mut self, ty: &FuncType) -> u32 {
        if let Some(TypeIndex::Engine(number)) = ty.declared() {
            return number;
        }
        if let Some(&number) = self.signatures.get(ty) {
            return number;
        }
        let number = self.push(SubType::func(ty.clone()), true);
        self.signatures.insert(ty.clone(), number);
        number
    }

    /// The numbers of a module's types, in groups of these lengths.
    pub fn of_module(&mut self, types: &[SubType], groups: &[u32]) -> Box<[u32]> {
        let mut numbers = Vec::with_capacity(types.len());
        let mut rest = types;
        for &len in groups {
            let (group, after) = rest.split_at(len as usize);
            rest = after;
            self.group(group, &mut numbers);
        }
        numbers.into()
    }

    /// Appends the numbers of a group to those of all types before it.
    fn group(&mut self, group: &[SubType], numbers: &mut Vec<u32>) {
        let first = numbers.len() as u32;
        let refers_to_itself = Cell::new(false);
        let canonical = |index| match index {
            TypeIndex::Module(index) => match numbers.get(index as usize) {
                Some(&number) => TypeIndex::Engine(number),
                None => {
                    refers_to_itself.set(true);
                    TypeIndex::Group(index - first)
                }
            },
            other => other,
        };
        if let [ty] = group
            && ty.is_final
            && ty.supertype.is_none()
            && let Some(signature) = ty.as_func()
        {
            if !signature.refers_to_declared() {
                return numbers.push(self.of_signature(signature));
            }
            let signature = signature.map_index(canonical);
            if !refers_to_itself.get() {
                return numbers.push(self.of_signature(&signature));
            }
        }
        let types: Box<[SubType]> = group.iter().map(|ty| ty.map_index(canonical)).collect();
        let start = match self.groups.get(&types) {
            Some(&start) => start,
            None => {
                let start = self.types.len() as u32;
                for ty in &types {
                    let ty = ty.map_index(|index| match index {
                        TypeIndex::Group(position) => TypeIndex::Engine(start + position),
                        other => other,
                    });
                    self.push(ty, false);
                }
                self.groups.insert(types, start);
                start
            }
        };
        numbers.extend(start..start + group.len() as u32);
    }

    fn push(&mut self, ty: SubType, plain: bool) -> u32 {
        let number = self.types.len() as u32;
        let mut chain = match ty.supertype {
            Some(TypeIndex::Engine(supertype)) => self.chain(supertype).to_vec(),
            _ => Vec::new(),
        };
        chain.push(number);
        let layout = Arc::new(Layout::of(&ty, &chain));
        self.types.push(Entry { ty, layout, plain });
        number
    }

    /// The type of a number.
    pub fn get(&self, number: u32) -> &SubType {
        &self.types[number as usize].ty
    }

    /// What objects of the types from number `first` on look like.
    pub fn layouts(&self, first: usize) -> impl Iterator<Item = Arc<Layout>> {
        let types = self.types[first.min(self.types.len())..].iter();
        types.map(|entry| entry.layout.clone())
    }

    /// What objects of a type look like.
    pub fn layout(&self, number: u32) -> Arc<Layout> {
        self.types[number as usize].layout.clone()
    }

    /// A type's supertypes, the most general first, and itself.
    fn chain(&self, number: u32) -> &[u32] {
        &self.types[number as usize].layout.display
    }

    /// How many supertypes the type of a number has: 63 at most.
    pub fn depth(&self, number: u32) -> u8 {
        self.chain(number).len() as u8 - 1
    }

    /// The function type of a number, which is one of a function.
    pub fn signature(&self, number: u32) -> FuncType {
        let entry = &self.types[number as usize];
        let ty = entry.ty.as_func().expect("validated: a function type");
        match entry.plain {
            true => ty.clone(),
            false => ty.clone().with_declared(TypeIndex::Engine(number)),
        }
    }

    /// Whether a function type can be of this registry: one that names a number
    /// has its parameters and results. One of another engine need not.
    pub fn knows(&self, ty: &FuncType) -> bool {
        let Some(TypeIndex::Engine(number)) = ty.declared() else {
            return true;
        };
        let entry = self.types.get(number as usize);
        entry
            .filter(|entry| !entry.plain)
            .and_then(|entry| entry.ty.as_func())
            .is_some_and(|own| own.params() == ty.params() && own.results() == ty.results())
    }

    /// Whether type `sub` is type `sup` or declared as a subtype of it.
    pub fn is_subtype(&self, sub: u32, sup: u32) -> bool {
        let depth = self.chain(sup).len() - 1;
        self.chain(sub).get(depth) == Some(&sup)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fossor_module::{Composite, HeapType, RefType, ValType};

    fn func(params: &[ValType]) -> SubType {
        SubType::func(FuncType::new(params.iter().copied(), []))
    }

    fn to(index: u32) -> ValType {
        let heap = HeapType::Concrete(Composite::Func, TypeIndex::Module(index));
        ValType::Ref(RefType::nullable(heap))
    }

    #[test]
    fn equal_groups_of_different_modules_have_equal_numbers() {
        let mut types = TypeRegistry::default();
        // (type (func i32)) (rec (func (ref 2)) (func (ref 1) (ref 0)))
        let a = [func(&[ValType::I32]), func(&[to(2)]), func(&[to(1), to(0)])];
        let a = types.of_module(&a, &[1, 2]);
        // The same behind another type.
        let b = [
            func(&[]),
            func(&[ValType::I32]),
            func(&[to(3)]),
            func(&[to(2), to(1)]),
        ];
        let b = types.of_module(&b, &[1, 1, 2]);
        assert_eq!(a[..], b[1..]);
        // The same types in another order of a group are others.
        let c = [func(&[ValType::I32]), func(&[to(2), to(0)]), func(&[to(1)])];
        let c = types.of_module(&c, &[1, 2]);
        assert_eq!(c[0], a[0]);
        assert!(!a[1..].contains(&c[1]) && !a[1..].contains(&c[2]));
    }

    #[test]
    fn a_signature_is_a_type_and_a_declared_one_keeps_its_number() {
        let mut types = TypeRegistry::default();
        let plain = FuncType::new([ValType::I32], []);
        let open = SubType {
            is_final: false,
            ..func(&[ValType::I32])
        };
        let sub = SubType {
            supertype: Some(TypeIndex::Module(0)),
            ..func(&[ValType::I32])
        };
        let numbers = types.of_module(&[open, sub, func(&[ValType::I32])], &[1, 1, 1]);
        assert_eq!(types.of_signature(&plain), numbers[2]);
        assert_eq!(types.signature(numbers[2]), plain);
        let declared = types.signature(numbers[0]);
        assert!(declared != plain && declared.params() == plain.params());
        assert_eq!(types.of_signature(&declared), numbers[0]);
        assert!(types.is_subtype(numbers[1], numbers[0]));
        assert!(!types.is_subtype(numbers[0], numbers[1]));
        assert!(!types.is_subtype(numbers[2], numbers[0]));
    }

    #[test]
    fn a_reference_to_a_type_before_is_part_of_a_signature() {
        let mut types = TypeRegistry::default();
        let a = types.of_module(&[func(&[]), func(&[to(0)])], &[1, 1]);
        let b = types.of_module(
            &[func(&[ValType::F32]), func(&[]), func(&[to(1)])],
            &[1, 1, 1],
        );
        assert_eq!(a[1], b[2]);
        let itself = types.of_module(&[func(&[to(0)])], &[1]);
        assert_ne!(itself[0], a[1]);
    }

    #[test]
    fn what_objects_look_like_is_there_once() {
        let mut types = TypeRegistry::default();
        let open = SubType {
            is_final: false,
            ..func(&[])
        };
        let sub = SubType {
            supertype: Some(TypeIndex::Module(0)),
            ..func(&[])
        };
        let numbers = types.of_module(&[open, sub], &[1, 1]);
        let layouts: Vec<_> = types.layouts(0).collect();
        for &number in &numbers {
            let of_store = &layouts[number as usize];
            assert!(Arc::ptr_eq(of_store, &types.layout(number)));
        }
        assert_eq!(types.depth(numbers[1]), 1);
    }
}
