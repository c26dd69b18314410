//! Exceptions: their tags, references to them, and those that leave a guest.

use crate::context::{AsContext, AsContextMut};
use crate::error::Error;
use crate::trap_info::TrapInfo;
use crate::value::Val;
use fossor_host::HostError;
use fossor_interpreter as core;
use fossor_module::FuncType;
use std::fmt;

/// A tag: tells exceptions apart, by being the same and not by its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tag(pub(crate) core::TagId);

/// A reference to an exception that a guest caught. It lasts as an
/// [`AnyRef`](crate::AnyRef) does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExnRef(pub(crate) core::ExnRef);

/// An exception that a guest did not catch, or that a host function ends with.
///
/// ```
/// # #[cfg(feature = "wat")] {
/// use fossor::{Engine, Error, Exception, FuncType, Linker, Module, Store, Tag, Val, ValType};
///
/// let engine = Engine::default();
/// let mut store = Store::new(&engine, ());
/// let tag = Tag::new(&mut store, FuncType::new([ValType::I32], []))?;
/// let mut linker = Linker::new(&engine);
/// linker.define(&store, "host", "tag", tag)?;
/// linker.func_new("host", "fail", FuncType::new([], []), move |caller, _, _| {
///     Err(Exception::new(&caller, tag, &[Val::I32(7)])?.into())
/// })?;
/// let module = Module::new(&engine, r#"(module
///     (import "host" "tag" (tag $tag (param i32)))
///     (import "host" "fail" (func $fail))
///     (func (export "caught") (result i32)
///         (block $caught (result i32)
///             (try_table (catch $tag $caught) (call $fail))
///             (i32.const 0)))
///     (func (export "uncaught") (throw $tag (i32.const 9))))"#)?;
/// let guest = linker.instantiate(&mut store, &module)?;
/// let caught = guest.get_typed_func::<(), i32>(&store, "caught")?;
/// assert_eq!(caught.call(&mut store, ())?, 7);
/// let uncaught = guest.get_typed_func::<(), ()>(&store, "uncaught")?;
/// let Err(Error::Exception(exception)) = uncaught.call(&mut store, ()) else {
///     panic!("it throws");
/// };
/// assert!(exception.tag() == tag && exception.values() == [Val::I32(9)]);
/// # }
/// # Ok::<(), fossor::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Exception {
    thrown: core::Thrown,
    info: TrapInfo,
    name: Option<String>,
}

impl Tag {
    /// A tag of exceptions that carry values of the type's parameters. The type
    /// has no results.
    pub fn new(mut store: impl AsContextMut, ty: FuncType) -> Result<Self, Error> {
        let tag = store.core_mut().new_tag(ty);
        tag.map(Self).map_err(Error::without_store)
    }

    /// Its type.
    pub fn ty(&self, store: impl AsContext) -> FuncType {
        store.core().tag_type(self.0)
    }
}

impl ExnRef {
    /// The exception's tag.
    pub fn tag(&self, store: impl AsContext) -> Tag {
        Tag(store.core().exception(self.0).tag())
    }

    /// The values that the exception carries.
    pub fn values(&self, store: impl AsContext) -> Vec<Val> {
        let values = store.core().exception(self.0).values();
        values.into_iter().map(Val::from).collect()
    }
}

impl Exception {
    /// An exception for a host function to end with.
    pub fn new(store: &impl AsContext, tag: Tag, values: &[Val]) -> Result<Self, Error> {
        let values: Vec<_> = values.iter().map(|value| value.to_core()).collect();
        let made = store.core().new_exception(tag.0, &values);
        let made = made.map_err(Error::without_store)?;
        Ok(Self::of(
            made.thrown,
            TrapInfo::new(made.info, None, None),
            None,
        ))
    }

    pub(crate) fn of(thrown: core::Thrown, info: TrapInfo, name: Option<String>) -> Self {
        Self { thrown, info, name }
    }

    /// What a guest calls its tag, in the `name` section or an export; known of
    /// exceptions that left a guest.
    pub fn tag_name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// One line: that it was not caught, the tag's name, and the values.
    ///
    /// `uncaught exception: parse_error(17, null)`
    pub fn message(&self) -> String {
        let values = self.values();
        let values: Vec<_> = values.iter().map(shown).collect();
        let (trap, name) = (self.info.trap, self.tag_name().unwrap_or("unnamed"));
        format!("{trap}: {name}({})", values.join(", "))
    }

    /// Its tag.
    pub fn tag(&self) -> Tag {
        Tag(self.thrown.tag())
    }

    /// The values that it carries.
    pub fn values(&self) -> Vec<Val> {
        self.thrown.values().into_iter().map(Val::from).collect()
    }

    /// Where it was thrown; no frames if by the host.
    pub fn trap_info(&self) -> &TrapInfo {
        &self.info
    }
}

fn shown(value: &Val) -> String {
    match *value {
        Val::I32(value) => value.to_string(),
        Val::I64(value) => value.to_string(),
        Val::F32(bits) => f32::from_bits(bits).to_string(),
        Val::F64(bits) => f64::from_bits(bits).to_string(),
        Val::V128(value) => format!("{value:#034x}"),
        reference if reference == Val::default_of(reference.ty()) => "null".to_owned(),
        _ => "a reference".to_owned(),
    }
}

impl fmt::Display for Exception {
    /// The message, then the stack of where it was thrown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())?;
        self.info.fmt_stack(f)
    }
}

/// The guest that called can catch it.
impl From<Exception> for HostError {
    fn from(exception: Exception) -> Self {
        HostError::other(core::Error::Exception(Box::new(core::ExceptionInfo {
            thrown: exception.thrown,
            info: exception.info.into_core(),
        })))
    }
}
