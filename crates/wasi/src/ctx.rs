//! What one guest instance has: arguments, descriptors, and the system below.

use crate::abi::{Fd, Rights};
use crate::args::Strings;
use crate::builder::{BuildError, WasiCtxBuilder};
use crate::descriptor::{Descriptor, Descriptors, Object};
use crate::hints::Hint;
use crate::layer::Layer;
use crate::os::Os;
use crate::path::resolve::Resolver;
use crate::wait::Waiter;
use fossor_host::Interrupt;
use std::sync::Arc;

/// Everything that WASI keeps for one guest instance.
///
/// Made by [`WasiCtx::builder`], and handed to the functions of
/// [`functions`](crate::functions()).
pub struct WasiCtx {
    pub(crate) os: Box<dyn Os>,
    pub(crate) waiter: Waiter,
    pub(crate) resolver: Resolver,
    pub(crate) descriptors: Descriptors,
    pub(crate) args: Strings,
    pub(crate) environment: Strings,
    /// The outermost first.
    pub(crate) layers: Vec<Box<dyn Layer>>,
    /// New descriptors get names, as there are layers that may ask.
    pub(crate) names_wanted: bool,
    /// Whether the embedder shall say where in the guest a call comes from.
    pub(crate) callers_wanted: bool,
    /// The guest's functions that led to the call under way, innermost first.
    pub(crate) callers: Vec<String>,
    pub(crate) hints: Vec<Hint>,
}

/// A descriptor that a guest has from the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preopened {
    /// Its number.
    pub fd: u32,
    /// The guest's name of a directory, or a listener's address.
    pub name: String,
    /// Whether it is a listener.
    pub listener: bool,
}

// One guest instance may move between threads.
const _: () = {
    const fn is_send<T: Send>() {}
    is_send::<WasiCtx>();
};

impl WasiCtx {
    /// Starts with nothing: no arguments, no environment, no directories, and
    /// streams that are empty and swallow.
    pub fn builder() -> WasiCtxBuilder {
        WasiCtxBuilder::default()
    }

    /// The flag that stops the guest, as
    /// [`WasiCtxBuilder::interrupt`](crate::WasiCtxBuilder::interrupt). Setting
    /// the same flag again does nothing.
    pub fn set_interrupt(&mut self, interrupt: Arc<Interrupt>) -> Result<(), BuildError> {
        if !self.waiter.waits_on(&interrupt) {
            self.waiter = Waiter::new(interrupt).map_err(|errno| BuildError::Setup {
                what: "the wake descriptor".to_owned(),
                errno,
            })?;
        }
        Ok(())
    }

    /// Whether this is the stop flag, of which only the address is of interest.
    #[inline]
    pub fn is_stopped_by(&self, interrupt: *const Interrupt) -> bool {
        self.waiter.is_stopped_by(interrupt)
    }

    /// What traces call the descriptor of that number: `stdin`, a guest path.
    /// Files have names only if a layer was there when they were opened.
    pub fn descriptor_name(&self, fd: u32) -> Option<&str> {
        let descriptor = self.descriptors.get(Fd(fd), Rights::empty());
        descriptor.ok()?.name.as_deref()
    }

    /// All descriptors that have names.
    pub fn descriptor_names(&self) -> impl Iterator<Item = (u32, &str)> {
        let named = self.descriptors.iter();
        named.filter_map(|(Fd(fd), descriptor)| Some((fd, descriptor.name.as_deref()?)))
    }

    /// Puts a name in place of a descriptor, with nothing behind it, or takes
    /// the descriptor away: for layers that answer calls themselves. Numbers
    /// beyond what the guest may have are left alone.
    pub fn name_descriptor(&mut self, fd: u32, name: Option<&str>) {
        let descriptor = name.map(|name| Descriptor::in_memory(Object::Null, true, name));
        self.descriptors.put(Fd(fd), descriptor);
    }

    /// Asks whoever calls the functions to say, before each call, where in the
    /// guest it comes from.
    pub fn want_callers(&mut self) {
        self.callers_wanted = true;
    }

    /// Whether [`set_callers`](Self::set_callers) is wanted before a call.
    #[inline]
    pub fn callers_wanted(&self) -> bool {
        self.callers_wanted
    }

    /// Where in the guest the next call comes from: functions with their places
    /// in the source, the innermost first.
    pub fn set_callers(&mut self, callers: Vec<String>) {
        self.callers = callers;
    }

    /// Puts another system below: what is open stays.
    pub fn set_os(&mut self, os: Box<dyn Os>) {
        self.os = os;
    }

    /// The directories and listeners that the guest has now, by number.
    pub fn preopened(&self) -> Vec<Preopened> {
        self.descriptors
            .iter()
            .filter_map(|(Fd(fd), descriptor)| {
                let (name, listener) = match &descriptor.object {
                    Object::Directory(directory) => (directory.preopen.as_deref()?, false),
                    Object::Listener(_) => (descriptor.name.as_deref()?, true),
                    _ => return None,
                };
                Some(Preopened {
                    fd,
                    name: name.to_owned(),
                    listener,
                })
            })
            .collect()
    }
}

impl std::fmt::Debug for WasiCtx {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WasiCtx")
            .field("descriptors", &self.descriptors)
            .field("resolver", &self.resolver)
            .finish_non_exhaustive()
    }
}
