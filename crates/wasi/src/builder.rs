//! Building a [`WasiCtx`].

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::TcpListener;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fossor_host::Interrupt;

use crate::WasiCtx;
use crate::abi::Errno;
use crate::args::Strings;
use crate::descriptor::{Descriptor, Descriptors, Directory};
use crate::os::{Os, System};
use crate::path::resolve::Resolver;
use crate::stdio::{Stdio, Stream};
use crate::wait::Waiter;

/// Descriptors a guest may have if the embedder says nothing.
const DEFAULT_MAX_DESCRIPTORS: usize = 1024;

/// What a guest may do below a preopened directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everything that the host permits.
    ReadWrite,
    /// Nothing that changes a file or a directory.
    ReadOnly,
}

/// Why a directory cannot be preopened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PreopenError {
    /// The host directory cannot be opened.
    #[error("cannot open directory {}: {source}", path.display())]
    Open {
        /// The host directory.
        path: PathBuf,
        /// The host's reason.
        source: std::io::Error,
    },
    /// The guest's name has a `..` or a NUL in it.
    #[error("{0:?} is not a name for a guest directory: it may not contain `..` or NUL")]
    GuestName(String),
    /// Two directories with one name.
    #[error("two directories would be {0} in the guest")]
    Duplicate(String),
}

/// Why a context cannot be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// An argument with a NUL in it, which would end it for the guest.
    #[error("argument {index} contains a NUL byte")]
    ArgumentWithNul {
        /// Its place, the program's name being 0.
        index: usize,
    },
    /// A variable with a NUL in it, or a `=` in its name, or without a name.
    #[error("environment variable {name:?} has a NUL byte in it, or no proper name")]
    BadVariable {
        /// Its name.
        name: String,
    },
    /// Arguments or environment beyond 4 GiB.
    #[error("arguments or environment exceed 4 GiB")]
    TooLong,
    /// More preopened descriptors than the guest may have.
    #[error("more streams, directories and listeners than the {0} descriptors allowed")]
    TooManyDescriptors(usize),
    /// A stream, a listener or the wake descriptor cannot be set up.
    #[error("cannot set up {what}: {errno}")]
    Setup {
        /// What failed.
        what: String,
        /// The host's reason.
        errno: Errno,
    },
}

/// Collects what a guest gets. See [`WasiCtx::builder`].
#[derive(Default)]
pub struct WasiCtxBuilder {
    args: Vec<Vec<u8>>,
    environment: Vec<(Vec<u8>, Vec<u8>)>,
    /// Where each variable is among them: a recording may have millions.
    variables: HashMap<Vec<u8>, usize>,
    stdin: Option<Stdio>,
    stdout: Option<Stdio>,
    stderr: Option<Stdio>,
    directories: Vec<Directory>,
    listeners: Vec<TcpListener>,
    interrupt: Option<Arc<Interrupt>>,
    max_descriptors: Option<usize>,
    strict_rights: bool,
    resolver: Option<Resolver>,
    os: Option<Box<dyn Os>>,
}

impl WasiCtxBuilder {
    /// One more argument; the first is the program's name.
    pub fn arg(mut self, arg: impl Into<Vec<u8>>) -> Self {
        self.args.push(arg.into());
        self
    }

    /// Several more arguments.
    pub fn args<A: Into<Vec<u8>>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.args.extend(args.into_iter().map(Into::into));
        self
    }

    /// Sets a variable; a later value replaces an earlier one.
    pub fn env(mut self, key: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) -> Self {
        let key = key.into();
        let value = value.into();
        match self.variables.entry(key.clone()) {
            Entry::Occupied(known) => self.environment[*known.get()].1 = value,
            Entry::Vacant(new) => {
                new.insert(self.environment.len());
                self.environment.push((key, value));
            }
        }
        self
    }

    /// Sets every variable of this process.
    pub fn inherit_env(mut self) -> Self {
        use std::os::unix::ffi::OsStringExt;
        for (key, value) in std::env::vars_os() {
            self = self.env(key.into_vec(), value.into_vec());
        }
        self
    }

    /// What the guest reads; nothing by default.
    pub fn stdin(mut self, stdin: Stdio) -> Self {
        self.stdin = Some(stdin);
        self
    }

    /// Where the guest writes; nowhere by default.
    pub fn stdout(mut self, stdout: Stdio) -> Self {
        self.stdout = Some(stdout);
        self
    }

    /// Where the guest reports; nowhere by default.
    pub fn stderr(mut self, stderr: Stdio) -> Self {
        self.stderr = Some(stderr);
        self
    }

    /// Gives the guest the host directory `host` under the name `guest`, which
    /// is made absolute: `.` is `/`, `sub` is `/sub`. Directories get numbers
    /// from 3 in the order in which they are given.
    pub fn preopen_dir(
        mut self,
        host: impl AsRef<Path>,
        guest: &str,
        access: Access,
    ) -> Result<Self, PreopenError> {
        let name =
            absolute_guest_name(guest).ok_or_else(|| PreopenError::GuestName(guest.to_owned()))?;
        for other in &self.directories {
            let other = other.preopen.as_deref().unwrap_or_default();
            if other == name {
                return Err(PreopenError::Duplicate(name));
            }
            if is_below(other, &name) || is_below(&name, other) {
                log::warn!("guest directories {other} and {name} overlap; the longer name wins");
            }
        }
        let (fd, is_root) = open_directory(host.as_ref()).map_err(|source| PreopenError::Open {
            path: host.as_ref().to_owned(),
            source,
        })?;
        self.directories.push(Directory {
            fd,
            read_only: access == Access::ReadOnly,
            in_root: is_root,
            below_root: is_root,
            preopen: Some(name.into()),
            positions: Default::default(),
        });
        Ok(self)
    }

    /// Gives the guest a listening socket, numbered after all directories. It
    /// is made non-blocking, and the guest sees it so.
    pub fn listener(mut self, listener: TcpListener) -> Self {
        self.listeners.push(listener);
        self
    }

    /// The flag that stops the guest, also while it waits in a call. The
    /// context's wake descriptor becomes its waker; if it has one already,
    /// waits look at the flag every 10 ms instead.
    pub fn interrupt(mut self, interrupt: Arc<Interrupt>) -> Self {
        self.interrupt = Some(interrupt);
        self
    }

    /// How many descriptors the guest may have at once; 1,024 by default.
    pub fn max_descriptors(mut self, max: usize) -> Self {
        self.max_descriptors = Some(max);
        self
    }

    /// Enforces rights, as the specification had it and no toolchain expects.
    pub fn strict_rights(mut self, strict: bool) -> Self {
        self.strict_rights = strict;
        self
    }

    /// How paths are resolved; by default as [`Resolver::from_env`] says.
    pub fn resolver(mut self, resolver: Resolver) -> Self {
        self.resolver = Some(resolver);
        self
    }

    /// Another system below WASI; the host's own by default.
    pub fn os(mut self, os: Box<dyn Os>) -> Self {
        self.os = Some(os);
        self
    }

    /// Checks everything, and gives numbers to descriptors: the streams 0 to 2,
    /// directories from 3, then listeners.
    pub fn build(self) -> Result<WasiCtx, BuildError> {
        let mut os = self.os.unwrap_or_else(|| Box::new(System));
        let max = self.max_descriptors.unwrap_or(DEFAULT_MAX_DESCRIPTORS);
        let mut descriptors = Descriptors::new(max, self.strict_rights);
        let mut insert = |descriptor: Descriptor| match descriptors.insert(descriptor) {
            Ok(_) => Ok(()),
            Err(_) => Err(BuildError::TooManyDescriptors(max)),
        };

        let streams = [
            (Stream::Stdin, self.stdin),
            (Stream::Stdout, self.stdout),
            (Stream::Stderr, self.stderr),
        ];
        for (stream, stdio) in streams {
            let stdio = stdio.unwrap_or_else(Stdio::null);
            let descriptor = stdio.open(&mut *os, stream).map_err(setup(stream.name()))?;
            insert(descriptor)?;
        }
        for directory in self.directories {
            let name = directory.preopen.clone();
            insert(Descriptor::from_directory(directory, name))?;
        }
        for listener in self.listeners {
            let fd = OwnedFd::from(listener);
            let name = os.socket_name(fd.as_fd()).map_err(setup("a listener"))?;
            let name = format!("tcp {name}");
            set_nonblocking(&fd).map_err(setup(&name))?;
            insert(Descriptor::listener(fd, &name))?;
        }

        let waiter = match self.interrupt {
            Some(interrupt) => Waiter::new(interrupt).map_err(setup("the wake descriptor"))?,
            None => Waiter::default(),
        };
        Ok(WasiCtx {
            os,
            waiter,
            resolver: self.resolver.unwrap_or_else(Resolver::from_env),
            descriptors,
            args: join_args(&self.args)?,
            environment: join_environment(&self.environment)?,
            layers: Vec::new(),
            names_wanted: false,
            callers_wanted: false,
            callers: Vec::new(),
            hints: Vec::new(),
        })
    }
}

fn setup(what: &str) -> impl FnOnce(Errno) -> BuildError {
    let what = what.to_owned();
    move |errno| BuildError::Setup { what, errno }
}

fn join_args(args: &[Vec<u8>]) -> Result<Strings, BuildError> {
    if let Some(index) = args.iter().position(|arg| arg.contains(&0)) {
        return Err(BuildError::ArgumentWithNul { index });
    }
    Strings::new(args).ok_or(BuildError::TooLong)
}

fn join_environment(environment: &[(Vec<u8>, Vec<u8>)]) -> Result<Strings, BuildError> {
    let mut joined = Vec::with_capacity(environment.len());
    for (key, value) in environment {
        if key.is_empty() || key.contains(&0) || key.contains(&b'=') || value.contains(&0) {
            return Err(BuildError::BadVariable {
                name: String::from_utf8_lossy(key).into_owned(),
            });
        }
        joined.push([key, value].map(Vec::as_slice).join(&b'='));
    }
    Strings::new(&joined).ok_or(BuildError::TooLong)
}

/// `None` if it contains `..` or NUL.
fn absolute_guest_name(guest: &str) -> Option<String> {
    let mut name = String::new();
    for component in guest.split('/') {
        match component {
            "" | "." => {}
            ".." => return None,
            _ if component.contains('\0') => return None,
            _ => {
                name.push('/');
                name.push_str(component);
            }
        }
    }
    if name.is_empty() {
        name.push('/');
    }
    Some(name)
}

/// Whether absolute name `inner` lies below `outer`.
fn is_below(inner: &str, outer: &str) -> bool {
    match inner.strip_prefix(outer.trim_end_matches('/')) {
        Some(rest) => rest.starts_with('/'),
        None => false,
    }
}

/// The directory, and whether it is the host's `/`.
fn open_directory(path: &Path) -> std::io::Result<(OwnedFd, bool)> {
    use rustix::fs::{Mode, OFlags};
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let fd = match rustix::fs::open(path, flags, Mode::empty()) {
        // What cannot be listed can still be passed through.
        #[cfg(target_os = "linux")]
        Err(rustix::io::Errno::ACCESS) => {
            rustix::fs::open(path, flags | OFlags::PATH, Mode::empty())?
        }
        answer => answer?,
    };
    let here = rustix::fs::fstat(&fd)?;
    let root = rustix::fs::stat("/")?;
    let is_root = (here.st_dev, here.st_ino) == (root.st_dev, root.st_ino);
    Ok((fd, is_root))
}

fn set_nonblocking(fd: &OwnedFd) -> Result<(), Errno> {
    Ok(rustix::io::ioctl_fionbio(fd, true)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guest_names_become_absolute() {
        for (given, name) in [
            (".", "/"),
            ("", "/"),
            ("/", "/"),
            ("sub", "/sub"),
            ("./a//b/", "/a/b"),
            ("/g", "/g"),
        ] {
            assert_eq!(absolute_guest_name(given).as_deref(), Some(name));
        }
        assert_eq!(absolute_guest_name("a/../b"), None);
        assert_eq!(absolute_guest_name(".."), None);
    }

    #[test]
    fn overlap_is_by_component() {
        assert!(is_below("/a/b", "/a"));
        assert!(is_below("/a", "/"));
        assert!(!is_below("/ab", "/a"));
        assert!(!is_below("/a", "/a"));
    }
}
