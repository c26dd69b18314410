//! The tags and exceptions of a store.

use super::Store;
use crate::error::{Error, ExceptionInfo, TrapInfo};
use crate::execute::exception::Exception;
use crate::execute::owned::Owned;
use crate::value::{ExnRef, TagId, Thrown, Val};
use fossor_host::Trap;
use fossor_module::{FuncType, ValType};
use std::sync::Arc;

impl Store {
    /// Makes a tag, of exceptions that carry values of the type's parameters.
    pub fn new_tag(&mut self, ty: FuncType) -> Result<TagId, Error> {
        if !ty.results().is_empty() {
            return Err(Error::Call(format!("a tag has no results, unlike {ty}")));
        }
        if !self.engine.knows(&ty) {
            return Err(Error::Call(format!("{ty} is a type of another engine")));
        }
        self.tags.push(ty);
        Ok(TagId(self.handle(self.tags.len() - 1)))
    }

    /// A tag's type.
    pub fn tag_type(&self, id: TagId) -> FuncType {
        self.tags[self.check(id.0)].clone()
    }

    /// What a module that has the tag calls it.
    pub fn tag_name(&self, id: TagId) -> Option<&str> {
        let mut instances = self.instances.iter().map(Owned::get);
        instances.find_map(|instance| {
            let index = instance.tag_ids.iter().position(|&own| own == id)?;
            instance.module.0.decoded.tag_name(index as u32)
        })
    }

    /// Makes an exception, for a host function to end with.
    pub fn new_exception(&self, tag: TagId, values: &[Val]) -> Result<ExceptionInfo, Error> {
        let ty = &self.tags[self.check(tag.0)];
        let fits = |(value, ty): (&Val, &ValType)| self.fits(value, *ty);
        if values.len() != ty.params().len() || !values.iter().zip(ty.params()).all(fits) {
            return Err(Error::Call(format!(
                "the values of an exception are not of type {ty}"
            )));
        }
        let slots = values.iter().flat_map(|value| {
            self.check_val(value);
            let count = value.ty().slots() as usize;
            value.to_slots().into_iter().take(count)
        });
        let (tag, slots) = (tag.0.index, slots.collect());
        let exception = Arc::new(Exception { tag, slots });
        Ok(ExceptionInfo {
            thrown: self.thrown(exception),
            info: TrapInfo {
                trap: Trap::UncaughtException,
                frames: Vec::new(),
                omitted: 0,
                instance: None,
            },
        })
    }

    /// The exception that a reference refers to.
    pub fn exception(&self, exception: ExnRef) -> Thrown {
        self.check_val(&Val::ExnRef(Some(exception)));
        let heap = &self.execution.get().heap;
        self.thrown(Arc::new(Exception::of(heap, exception.0.slot)))
    }

    pub(crate) fn thrown(&self, exception: Arc<Exception>) -> Thrown {
        let ty = &self.tags[exception.tag as usize];
        let (mut values, mut guards, mut at) = (Vec::new(), Vec::new(), 0);
        for &ty in ty.params() {
            let mut value = Val::from_slots(ty, &exception.slots[at..], self);
            at += ty.slots() as usize;
            // The host may keep the exception longer than its scope lasts.
            if let Some(held) = value.heap_ref().filter(|held| held.root.is_some()) {
                let guard = self.execution.get().heap.roots.guard(held.slot);
                value = value.with_root(guard.id());
                guards.push(guard);
            }
            values.push(value);
        }
        Thrown {
            store: self.id,
            exception,
            values,
            _guards: guards.into(),
        }
    }
}
