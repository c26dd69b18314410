//! The resolver that asks the kernel: `openat2` with `RESOLVE_BENEATH` and
//! `RESOLVE_NO_MAGICLINKS`, or `RESOLVE_IN_ROOT` below the host's `/`, where
//! absolute links mean what they mean on the host.

use std::os::fd::{AsFd, OwnedFd};

use crate::abi::Errno;
use crate::descriptor::Directory;
use crate::os::{HostFlags, Mode, Os, OsResult};
use crate::path::resolve::HANDLE;

/// How often a lookup is repeated that a rename elsewhere disturbed.
const MAX_TRIES: u32 = 16;

/// Opens `path` below `dir`.
///
/// Errors: `nosys` if the kernel cannot or a filter refuses the call; `again` if it
/// was disturbed too often; `perm` for a way out.
pub(super) fn open(
    os: &mut dyn Os,
    dir: &Directory,
    path: &str,
    flags: HostFlags,
    mode: Mode,
    follow: bool,
) -> OsResult<OwnedFd> {
    let mut flags = flags;
    flags.set(HostFlags::NOFOLLOW, !follow);
    // The kernel refuses a mode where nothing is created.
    let mode = if flags.contains(HostFlags::CREATE) {
        mode
    } else {
        Mode::empty()
    };
    for _ in 0..MAX_TRIES {
        match os.open_beneath(dir.fd.as_fd(), path, flags, mode, dir.in_root) {
            Err(Errno::Again | Errno::Intr) => {}
            Err(Errno::Xdev) => return Err(Errno::Perm),
            Err(Errno::Perm) if is_filtered(os, dir) => return Err(Errno::Nosys),
            answer => return answer,
        }
    }
    Err(Errno::Again)
}

/// Whether the call itself is refused, rather than what was asked for: filters of
/// system calls that are older than it say `perm` (Docker's before 20.10). A
/// directory that is held can be opened by everybody as a handle.
#[cold]
fn is_filtered(os: &mut dyn Os, dir: &Directory) -> bool {
    let flags = HANDLE | HostFlags::DIRECTORY;
    let probe = os.open_beneath(dir.fd.as_fd(), ".", flags, Mode::empty(), dir.in_root);
    matches!(probe, Err(Errno::Perm))
}
