//! From a path below a directory to something of the host's, without leaving
//! the directory.
//!
//! Two resolvers open a path: [`beneath`], by `openat2`, where the kernel keeps
//! the promise; and [`walk`], one component at a time, for everybody else. All
//! other calls open the *parent* and then use one name in it, which no link is
//! followed through:
//!
//! ```text
//! path_rename("a/b/old", …)   parent("a/b") by the resolver, then renameat(fd, "old", …)
//!                              │ the only step that walks       │ a single name, not followed
//! ```
//!
//! Trailing slashes are cut and remembered as "must be a directory": handed to
//! the host they would turn "do not follow" off (GHSA-hp8f-xmx4-4qrg).

mod beneath;
mod walk;

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use crate::abi::Errno;
use crate::descriptor::Directory;
use crate::os::{HostFlags, Mode, Os, OsResult};

/// Which resolver is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Resolver {
    /// `openat2` where the kernel has it and permits it, else the walk.
    #[default]
    Auto,
    /// The component walk.
    Walk,
}

impl Resolver {
    /// As the environment variable `FOSSOR_RESOLVER` says: `walk`, or else
    /// [`Resolver::Auto`].
    pub fn from_env() -> Self {
        match std::env::var_os("FOSSOR_RESOLVER") {
            Some(value) if value == "walk" => Resolver::Walk,
            _ => Resolver::Auto,
        }
    }
}

/// Opens something to act on it, not to read it.
#[cfg(target_os = "linux")]
pub(crate) const HANDLE: HostFlags = HostFlags::PATH;
#[cfg(not(target_os = "linux"))]
pub(crate) const HANDLE: HostFlags = HostFlags::NONBLOCK;

/// A directory that is held, and a single name in it.
#[derive(Debug)]
pub(crate) struct Parent<'a> {
    dir: Held<'a>,
    /// Without slashes; `.` if the path ended in `.` or `..`.
    pub(crate) name: &'a str,
    /// The path ended in a slash.
    pub(crate) must_be_dir: bool,
}

#[derive(Debug)]
enum Held<'a> {
    /// The descriptor's own directory: the path has one component.
    Same(BorrowedFd<'a>),
    Opened(OwnedFd),
}

impl AsFd for Parent<'_> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match &self.dir {
            Held::Same(dir) => *dir,
            Held::Opened(dir) => dir.as_fd(),
        }
    }
}

/// Opens `path` below `dir`. With `follow`, links at the end as well; without,
/// a link at the end is `loop`, or is itself opened with [`HANDLE`].
///
/// Errors: `perm` for a path or link that leaves the directory, else the host's.
pub(crate) fn open(
    os: &mut dyn Os,
    resolver: &mut Resolver,
    dir: &Directory,
    path: &str,
    flags: HostFlags,
    mode: Mode,
    follow: bool,
) -> OsResult<OwnedFd> {
    if path.starts_with('/') {
        return Err(Errno::Perm);
    }
    let answer = match resolver {
        Resolver::Walk => walk::open(os, dir, path, flags, mode, follow),
        Resolver::Auto => match beneath::open(os, dir, path, flags, mode, follow) {
            // No such call, or too busy a tree.
            Err(Errno::Nosys) => {
                *resolver = Resolver::Walk;
                walk::open(os, dir, path, flags, mode, follow)
            }
            Err(Errno::Again) => walk::open(os, dir, path, flags, mode, follow),
            answer => answer,
        },
    };
    match answer {
        // The host stops at the first name that is missing; that the rest
        // would have left the directory is worth more to say.
        Err(Errno::Noent) if !dir.in_root && leaves_by_itself(path) => Err(Errno::Perm),
        answer => answer,
    }
}

/// The parent of the last component of `path`, and that component.
///
/// Errors: as [`open`].
pub(crate) fn parent<'a>(
    os: &mut dyn Os,
    resolver: &mut Resolver,
    dir: &'a Directory,
    path: &'a str,
) -> OsResult<Parent<'a>> {
    if path.starts_with('/') {
        return Err(Errno::Perm);
    }
    let trimmed = path.trim_end_matches('/');
    let must_be_dir = trimmed.len() < path.len();
    let (parent, name) = match trimmed.rfind('/') {
        Some(slash) => (&trimmed[..=slash], &trimmed[slash + 1..]),
        None => ("", trimmed),
    };
    if name == "." || name == ".." {
        let held = open_directory(os, resolver, dir, trimmed)?;
        return Ok(Parent {
            dir: Held::Opened(held),
            name: ".",
            must_be_dir,
        });
    }
    let held = if parent.is_empty() {
        Held::Same(dir.fd.as_fd())
    } else {
        Held::Opened(open_directory(os, resolver, dir, parent)?)
    };
    Ok(Parent {
        dir: held,
        name,
        must_be_dir,
    })
}

/// Opens what `path` leads to, links followed, to act on it.
///
/// Errors: as [`open`].
pub(crate) fn object(
    os: &mut dyn Os,
    resolver: &mut Resolver,
    dir: &Directory,
    path: &str,
) -> OsResult<OwnedFd> {
    open(os, resolver, dir, path, HANDLE, Mode::empty(), true)
}

fn open_directory(
    os: &mut dyn Os,
    resolver: &mut Resolver,
    dir: &Directory,
    path: &str,
) -> OsResult<OwnedFd> {
    let flags = HANDLE | HostFlags::DIRECTORY;
    open(os, resolver, dir, path, flags, Mode::empty(), true)
}

/// Whether the `..` of a path outnumber the names before them.
pub(crate) fn leaves_by_itself(path: &str) -> bool {
    let mut depth = 0i32;
    for component in path.split('/') {
        match component {
            "" | "." => {}
            ".." => depth -= 1,
            _ => depth += 1,
        }
        if depth < 0 {
            return true;
        }
    }
    false
}
