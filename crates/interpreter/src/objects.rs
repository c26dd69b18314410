//! A store's structures and arrays, as hosts reach them.

use crate::error::Error;
use crate::execute::objects::heap_and_roots;
use crate::heap::{Access, Cast, Heap, HeapStats, RootGuard, Shape, slot};
use crate::store::Store;
use crate::value::{AnyRef, ExternRef, HeapRef, Val};
use fossor_module::{HeapType, RefType, StorageType, SubType, TypeIndex, ValType};

/// Keeps an object alive until it is dropped; a scope's end does not matter.
pub struct Rooted {
    value: AnyRef,
    _guard: Option<RootGuard>,
}

impl Rooted {
    /// The reference, to be used as long as this lives.
    pub fn get(&self) -> AnyRef {
        self.value
    }
}

impl std::fmt::Debug for Rooted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Rooted").field(&self.value).finish()
    }
}

impl Store {
    /// Collects the structures and arrays that nothing refers to. This happens by
    /// itself; hosts may do it at a moment that suits them.
    pub fn collect_objects(&mut self) {
        let (heap, roots) = heap_and_roots(self);
        heap.collect(&roots);
    }

    /// What structures and arrays take, and what the collector did.
    pub fn heap_stats(&self) -> HeapStats {
        self.heap().stats()
    }

    /// Opens a scope: references that the host is given from now on are held
    /// until [`end_hold_scope`](Self::end_hold_scope) with what this returns.
    pub fn hold_scope(&mut self) -> usize {
        self.heap().roots.scope()
    }

    /// Ends a scope: references that the host was given in it must not be used
    /// any more.
    pub fn end_hold_scope(&mut self, scope: usize) {
        self.heap().roots.end_scope(scope);
    }

    /// The same reference, held until the innermost scope ends.
    ///
    /// # Panics
    ///
    /// As [`root`](Self::root).
    pub fn hold(&mut self, value: AnyRef) -> AnyRef {
        self.check_val(&Val::AnyRef(Some(value)));
        self.held(value.0.slot).map_or(value, AnyRef)
    }

    /// Keeps what a reference refers to alive beyond its scope.
    ///
    /// # Panics
    ///
    /// If the reference is another store's, or its scope has ended.
    pub fn root(&mut self, value: AnyRef) -> Rooted {
        self.check_val(&Val::AnyRef(Some(value)));
        let guard = slot::object(value.0.slot).map(|_| self.heap().roots.guard(value.0.slot));
        let root = guard.as_ref().map(RootGuard::id);
        Rooted {
            value: AnyRef(HeapRef { root, ..value.0 }),
            _guard: guard,
        }
    }

    /// An `i31` with the low 31 bits of `value`.
    pub fn new_i31(&self, value: u32) -> AnyRef {
        AnyRef(HeapRef {
            store: self.id,
            slot: slot::of_i31(value),
            root: None,
        })
    }

    /// The number of an `i31`, its sign extended; `None` if it is none.
    pub fn i31(&self, value: AnyRef) -> Option<i32> {
        slot::i31_signed(value.0.slot)
    }

    /// `extern.convert_any`
    pub fn to_extern(&self, value: AnyRef) -> ExternRef {
        ExternRef(value.0)
    }

    /// `any.convert_extern`
    pub fn to_any(&self, value: ExternRef) -> AnyRef {
        AnyRef(value.0)
    }

    /// The type of what a reference refers to: a declared one, `i31`, or `any`
    /// for a value of the host.
    pub fn heap_type(&self, value: AnyRef) -> HeapType {
        self.check_val(&Val::AnyRef(Some(value)));
        match self.heap().type_of(value.0.slot) {
            Some(id) => {
                let kind = self.engine.types().get(id).kind();
                HeapType::Concrete(kind, TypeIndex::Engine(id))
            }
            None if self.i31(value).is_some() => HeapType::I31,
            None => HeapType::Any,
        }
    }

    /// Whether a reference is of a type.
    pub fn is_of(&self, value: AnyRef, ty: RefType) -> bool {
        let type_id = self.heap().type_of(value.0.slot);
        let types = self.engine.types();
        let cast = Cast::to(ty, |id| types.depth(id));
        !cast.is_func && self.heap().is_of(value.0.slot, type_id, cast)
    }

    /// Makes a structure or an array of a declared type: a value for each field,
    /// or element.
    pub fn new_object(&mut self, ty: HeapType, values: &[Val]) -> Result<AnyRef, Error> {
        let nothing = || {
            let ty = RefType::non_null(ty);
            Error::Call(format!("there is nothing to be made of type {ty}"))
        };
        let HeapType::Concrete(_, TypeIndex::Engine(id)) = ty else {
            return Err(nothing());
        };
        self.know_types();
        let declared = self.engine.types().get(id).clone();
        if declared.as_func().is_some() {
            return Err(nothing());
        }
        let length = match declared.as_struct() {
            Some(ty) if ty.fields.len() != values.len() => {
                return Err(Error::Call(format!(
                    "a struct of {} fields was given {}",
                    ty.fields.len(),
                    values.len()
                )));
            }
            Some(_) => 0,
            None => values.len() as u32,
        };
        for (i, value) in values.iter().enumerate() {
            self.check_stored(&declared, i, value)?;
        }
        let (heap, roots) = heap_and_roots(self);
        let Some(object) = heap.allocate(id, length, &roots) else {
            return Err(Error::Resources(
                "there is no room for another structure or array (heap limit)".to_owned(),
            ));
        };
        for (i, value) in values.iter().enumerate() {
            write(heap, object, i as u32, value.to_slots());
        }
        let value = self
            .held(object)
            .ok_or_else(|| Error::Call(String::new()))?;
        Ok(AnyRef(value))
    }

    /// Fields of a structure or elements of an array; `None` for other values.
    pub fn object_len(&self, value: AnyRef) -> Option<u32> {
        self.check_val(&Val::AnyRef(Some(value)));
        let object = value.0.slot;
        let layout = &self.heap().layouts()[self.heap().type_of(object)? as usize];
        match layout.shape {
            Shape::Array { .. } => self.heap().length(object),
            _ => Some(layout.fields.len() as u32),
        }
    }

    /// A field of a structure or an element of an array, narrow ones with zeros
    /// above; `None` if there is no such.
    pub fn object_get(&self, value: AnyRef, index: u32) -> Option<Val> {
        self.check_val(&Val::AnyRef(Some(value)));
        let object = value.0.slot;
        let heap = self.heap();
        let id = heap.type_of(object)?;
        let ty = stored_type(self.engine.types().get(id), index as usize)?;
        let ty = match ty {
            StorageType::Val(ty) => ty,
            _ => ValType::I32,
        };
        let layout = &heap.layouts()[id as usize];
        let slots = match layout.shape {
            Shape::Array { .. } => {
                let bytes = heap.array_bytes(object, index, 1)?.ok()?;
                layout.fields[0].0.of_bytes(bytes)
            }
            _ => {
                let &(access, word) = layout.fields.get(index as usize)?;
                let high = match access {
                    Access::Wide => heap.field(object, word + 1)?,
                    _ => 0,
                };
                [access.of_word(heap.field(object, word)?), high]
            }
        };
        Some(Val::from_slots(ty, &slots, self))
    }

    /// Sets a field or an element, if it is mutable and the value of its type.
    pub fn object_set(&mut self, object: AnyRef, index: u32, value: Val) -> Result<(), Error> {
        self.check_val(&Val::AnyRef(Some(object)));
        let no_such = || Error::Call(format!("there is no field or element {index}"));
        let id = self.heap().type_of(object.0.slot).ok_or_else(no_such)?;
        if self.object_len(object).is_none_or(|length| index >= length) {
            return Err(no_such());
        }
        let declared = self.engine.types().get(id).clone();
        let mutable = match declared.as_struct() {
            Some(ty) => ty.fields[index as usize].mutable,
            None => declared.as_array().is_some_and(|ty| ty.element.mutable),
        };
        if !mutable {
            return Err(Error::Call(format!("field {index} is immutable")));
        }
        self.check_stored(&declared, index as usize, &value)?;
        let heap = &mut self.execution.get_mut().heap;
        write(heap, object.0.slot, index, value.to_slots());
        Ok(())
    }

    /// Whether a value may be stored in a field.
    fn check_stored(&self, ty: &SubType, index: usize, value: &Val) -> Result<(), Error> {
        self.check_val(value);
        let wanted = match stored_type(ty, index) {
            Some(StorageType::Val(ty)) => ty,
            _ => ValType::I32,
        };
        match self.fits(value, wanted) {
            true => Ok(()),
            false => Err(Error::Call(format!(
                "field {index} is of type {wanted}, not {}",
                value.ty()
            ))),
        }
    }

    /// Lets the heap know of all types of the engine.
    pub(crate) fn know_types(&mut self) {
        let heap = &mut self.execution.get_mut().heap;
        let known = heap.layouts().len();
        heap.add_layouts(self.engine.types().layouts(known));
    }

    /// A reference for the host; an object is held until the innermost scope
    /// ends.
    pub(crate) fn held(&self, slot: u64) -> Option<HeapRef> {
        let object = slot::object(slot).map(|_| self.heap().roots.hold(slot));
        (slot != slot::NULL).then_some(HeapRef {
            store: self.id,
            slot,
            root: object,
        })
    }

    /// Whether what the host holds is still kept alive.
    pub(crate) fn is_held(&self, value: HeapRef) -> bool {
        let held = |root| self.heap().roots.get(root) == Some(value.slot);
        value.root.is_none_or(held)
    }

    fn heap(&self) -> &Heap {
        &self.execution.get().heap
    }
}

/// What a field, or each element, stores.
fn stored_type(ty: &SubType, index: usize) -> Option<StorageType> {
    match ty.as_struct() {
        Some(ty) => Some(ty.fields.get(index)?.storage),
        None => Some(ty.as_array()?.element.storage),
    }
}

/// Writes a value of the right type.
fn write(heap: &mut Heap, object: u64, index: u32, value: [u64; 2]) {
    let Some(id) = heap.type_of(object) else {
        return;
    };
    let layout = heap.layouts()[id as usize].clone();
    let Some(&(access, word)) = layout.fields.get(match layout.shape {
        Shape::Array { .. } => 0,
        _ => index as usize,
    }) else {
        return;
    };
    if let Shape::Array { .. } = layout.shape {
        if access == Access::Ref {
            heap.before_overwriting(object, index, 1);
        }
        let _ = heap.fill_elements(object, index, 1, value);
        return;
    }
    let _ = match access {
        Access::Ref => heap.set_ref_field(object, word, value[0]),
        _ => heap.set_field(object, word, value[0]),
    };
    if access == Access::Wide {
        let _ = heap.set_field(object, word + 1, value[1]);
    }
}
