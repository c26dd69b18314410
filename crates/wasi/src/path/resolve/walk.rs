//! The resolver that walks: one component at a time, each opened from the
//! directory before it, never through a link.
//!
//! ```text
//! path "a/l/../f", l → "b/c"
//!   components left        stack of held directories
//!   a l .. f               [root]
//!   l .. f                 [root, a]
//!   b c .. f               [root, a]           l is a link: its text goes in front
//!   f                      [root, a, b]        b and c are pushed, .. pops c
//!                          open(b, "f", O_NOFOLLOW)
//! ```
//!
//! `..` pops the stack, so that it cannot climb above the root, wherever an
//! attacker moves the directories meanwhile. A text that begins with `/` leaves
//! (below the host's `/` it empties the stack instead).

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use super::HANDLE;
use crate::abi::{Errno, FileType};
use crate::descriptor::Directory;
use crate::os::{HostFlags, Mode, Os, OsResult};

/// Links followed in one path, as in the kernel.
const MAX_LINKS: u32 = 40;

/// Directories held in one walk: a path and its links could name more than a
/// process may have open, and others in it need theirs.
const MAX_HELD: usize = 256;

/// Opens `path` below `dir`.
///
/// Errors: `perm` for a way out; `loop` for too many links, or one at the end
/// that may not be followed; `nametoolong` for one that leads too deep; else
/// the host's.
pub(super) fn open(
    os: &mut dyn Os,
    dir: &Directory,
    path: &str,
    flags: HostFlags,
    mode: Mode,
    follow: bool,
) -> OsResult<OwnedFd> {
    let mut walk = Walk {
        root: dir.fd.as_fd(),
        in_root: dir.in_root,
        stack: Vec::new(),
        left: Vec::new(),
        links: 0,
        must_be_dir: false,
    };
    walk.put_in_front(path)?;
    walk.run(os, flags, mode, follow)
}

struct Walk<'a> {
    root: BorrowedFd<'a>,
    in_root: bool,
    /// The directories entered below the root.
    stack: Vec<OwnedFd>,
    /// Components still to go, the next one last.
    left: Vec<String>,
    links: u32,
    /// The text that ended the path had a trailing slash.
    must_be_dir: bool,
}

impl Walk<'_> {
    fn run(
        mut self,
        os: &mut dyn Os,
        flags: HostFlags,
        mode: Mode,
        follow: bool,
    ) -> OsResult<OwnedFd> {
        while let Some(component) = self.left.pop() {
            let last = self.left.is_empty();
            if component == ".." {
                if self.stack.pop().is_none() && !self.in_root {
                    return Err(Errno::Perm);
                }
            } else if component == "." {
                // Stays.
            } else if last {
                match self.open_last(os, &component, flags, mode, follow)? {
                    Some(opened) => return Ok(opened),
                    None => continue,
                }
            } else {
                self.enter(os, &component)?;
            }
        }
        // The path ended in `.`, `..` or a link to such: the directory reached.
        if flags.contains(HostFlags::CREATE) {
            return Err(if flags.contains(HostFlags::EXCL) {
                Errno::Exist
            } else {
                Errno::Isdir
            });
        }
        os.open_at(self.dir(), ".", flags, mode)
    }

    fn dir(&self) -> BorrowedFd<'_> {
        match self.stack.last() {
            Some(dir) => dir.as_fd(),
            None => self.root,
        }
    }

    /// Enters a directory, or follows a link in the middle.
    fn enter(&mut self, os: &mut dyn Os, name: &str) -> OsResult<()> {
        if self.stack.len() == MAX_HELD {
            return Err(Errno::Nametoolong);
        }
        let flags = HANDLE | HostFlags::DIRECTORY;
        match os.open_at(self.dir(), name, flags, Mode::empty()) {
            Ok(dir) => {
                self.stack.push(dir);
                Ok(())
            }
            // A link, or no directory at all; hosts differ in the error.
            Err(Errno::Notdir | Errno::Loop | Errno::Mlink) => {
                match os.read_link_at(self.dir(), name) {
                    Ok(text) => self.follow(&text),
                    Err(Errno::Inval) => Err(Errno::Notdir),
                    Err(error) => Err(error),
                }
            }
            Err(error) => Err(error),
        }
    }

    /// Opens the last component; `None` if it was a link that is followed.
    fn open_last(
        &mut self,
        os: &mut dyn Os,
        name: &str,
        flags: HostFlags,
        mode: Mode,
        follow: bool,
    ) -> OsResult<Option<OwnedFd>> {
        let mut flags = flags;
        if self.must_be_dir {
            if flags.contains(HostFlags::CREATE) {
                return Err(Errno::Isdir);
            }
            flags |= HostFlags::DIRECTORY;
        }
        // A slash at the end asks for what the link leads to.
        let follow = follow || self.must_be_dir;
        let handle = flags.contains(HANDLE);
        match os.open_at(self.dir(), name, flags, mode) {
            // A handle may be one of the link itself.
            Ok(opened) if handle && follow && is_link(os, &opened) => {
                let text = os.read_link_at(opened.as_fd(), "")?;
                self.follow(&text)?;
                Ok(None)
            }
            Ok(opened) => Ok(Some(opened)),
            Err(error @ (Errno::Loop | Errno::Notdir | Errno::Mlink)) => {
                match os.read_link_at(self.dir(), name) {
                    Ok(text) if follow => {
                        self.follow(&text)?;
                        Ok(None)
                    }
                    // Where the host says that it is no directory, it is not.
                    Ok(_) if error == Errno::Notdir => Err(Errno::Notdir),
                    Ok(_) => Err(Errno::Loop),
                    Err(Errno::Inval) => Err(error),
                    Err(error) => Err(error),
                }
            }
            Err(error) => Err(error),
        }
    }

    /// Puts a link's text in front of what is left.
    fn follow(&mut self, text: &[u8]) -> OsResult<()> {
        self.links += 1;
        if self.links > MAX_LINKS {
            return Err(Errno::Loop);
        }
        let text = std::str::from_utf8(text).map_err(|_| Errno::Ilseq)?;
        self.put_in_front(text)
    }

    fn put_in_front(&mut self, text: &str) -> OsResult<()> {
        if text.is_empty() {
            return Err(Errno::Noent);
        }
        if text.starts_with('/') {
            if !self.in_root {
                return Err(Errno::Perm);
            }
            self.stack.clear();
        }
        // Only the text that ends the whole path decides about its end.
        if self.left.is_empty() {
            self.must_be_dir |= text.ends_with('/');
        }
        let components = text.split('/').filter(|component| !component.is_empty());
        self.left.extend(components.rev().map(str::to_owned));
        Ok(())
    }
}

fn is_link(os: &mut dyn Os, opened: &OwnedFd) -> bool {
    os.stat(opened.as_fd())
        .is_ok_and(|stat| stat.file_type == FileType::SymbolicLink)
}
