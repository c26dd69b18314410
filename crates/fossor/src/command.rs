//! Commands: programs, run once.

use crate::error::Error;
use crate::instance_pre::InstancePre;
use crate::store::Store;
use fossor_module::ExternType;

/// A program that has not run yet. Running consumes it: its exports mean
/// nothing before and after.
///
/// ```
/// # #[cfg(feature = "wat")] {
/// use fossor::{Engine, Linker, Module, Outcome, Store};
///
/// let engine = Engine::default();
/// let module = Module::new(&engine, r#"(module (func (export "_start")))"#)?;
/// let pre = Linker::new(&engine).instantiate_pre(&module)?;
/// assert_eq!(pre.command(Store::new(&engine, ()))?.run()?, Outcome::Returned);
/// # }
/// # Ok::<(), fossor::Error>(())
/// ```
#[derive(Debug)]
pub struct Command<T> {
    pre: InstancePre<T>,
    store: Store<T>,
}

/// How a program ended that was neither stopped nor trapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Outcome {
    /// `_start` returned.
    Returned,
    /// The program exited with this status, 0 for success.
    Exited(u32),
}

impl<T: Send + 'static> Command<T> {
    pub(crate) fn new(pre: InstancePre<T>, store: Store<T>) -> Result<Self, Error> {
        match pre.module().export("_start") {
            Some(ExternType::Func(ty)) if ty.params().is_empty() && ty.results().is_empty() => {
                Ok(Self { pre, store })
            }
            Some(other) => Err(Error::Lifecycle(format!(
                "the module's export `_start` is {other}; a program's is func () -> ()"
            ))),
            None if pre.module().export("_initialize").is_some() => Err(Error::Lifecycle(
                "the module exports `_initialize` and no `_start`: it is a reactor, a library \
                 whose functions are called, not a program"
                    .to_owned(),
            )),
            None => Err(Error::Lifecycle(
                "the module exports no `_start`: it is not a program".to_owned(),
            )),
        }
    }

    /// The store.
    pub fn store(&self) -> &Store<T> {
        &self.store
    }

    /// The store, to set it up.
    pub fn store_mut(&mut self) -> &mut Store<T> {
        &mut self.store
    }

    /// Instantiates the program and runs it to its end.
    pub fn run(self) -> Result<Outcome, Error> {
        self.run_and_keep().0
    }

    /// As [`run`](Self::run), and gives the store back.
    pub fn run_and_keep(mut self) -> (Result<Outcome, Error>, Store<T>) {
        let outcome = match self.start() {
            Ok(()) => Ok(Outcome::Returned),
            Err(Error::Exit(status)) => Ok(Outcome::Exited(status)),
            Err(error) => Err(error),
        };
        (outcome, self.store)
    }

    fn start(&mut self) -> Result<(), Error> {
        let instance = self.pre.instantiate(&mut self.store)?;
        let start = instance.get_typed_func::<(), ()>(&self.store, "_start")?;
        start.call(&mut self.store, ())
    }
}

impl Outcome {
    /// The exit status.
    pub fn status(self) -> u32 {
        match self {
            Outcome::Returned => 0,
            Outcome::Exited(status) => status,
        }
    }

    /// An exit status other than 0 as an error.
    pub fn success(self) -> Result<(), Error> {
        match self.status() {
            0 => Ok(()),
            status => Err(Error::Exit(status)),
        }
    }
}
