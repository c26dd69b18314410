//! The resolver that asks the kernel: `openat2` with `RESOLVE_BENEATH` and
//! `RESOLVE_NO_MAGICLINKS`, or `RESOLVE_IN_ROOT` below the host's `/`, where
//! absolute links mean what they mean on the host.

use std::os::fd::{AsFd, OwnedFd};

use crate::abi::Errno;
use crate::descriptor::Directory;
use crate::os::{HostFlags, Mode, Os, OsResult};

/// How often a lookup is repeated that a rename elsewhere disturbed.
const MAX_TRIES: u32 = 16;

/// Opens `path` below `dir`.
///
/// Errors: `nosys` if the kernel cannot; `again` if it was disturbed too often;
/// `perm` for a way out.
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
            answer => return answer,
        }
    }
    Err(Errno::Again)
}
