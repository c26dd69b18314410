//! What a guest knows of its descriptors, for another guest in the same state:
//! one that begins from a snapshot.

use crate::abi::{Fd, FdFlags, Rights};
use crate::ctx::{Preopened, WasiCtx};
use crate::descriptor::{Changes, Object};

/// The descriptors of a guest, as it knows them.
#[derive(Clone, Debug)]
pub struct KeptDescriptors {
    preopened: Vec<Preopened>,
    /// All that are open.
    open: Vec<Kept>,
}

#[derive(Clone, Copy, Debug)]
struct Kept {
    fd: Fd,
    flags: FdFlags,
    changes: Changes,
}

/// Why descriptors cannot be kept, or not be restored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeepError {
    /// The guest opened something, which another guest would not have.
    #[error(
        "no snapshot can be taken: the guest has descriptor {fd} open, which is neither a \
         standard stream nor a directory or listener that it was given"
    )]
    Open {
        /// Its number.
        fd: u32,
    },
    /// The other guest has other directories or listeners.
    #[error(
        "the guest was initialised with {expected}, and is now given {given}: an instance of a \
         snapshot knows the directories and listeners of that time"
    )]
    Preopened {
        /// What there was.
        expected: String,
        /// What there is.
        given: String,
    },
}

impl WasiCtx {
    /// Notes what the guest knows of its descriptors: which directories and
    /// listeners it has, the flags that it set, as Go does `NONBLOCK` when it
    /// starts, the rights that it gave up, and which streams it closed.
    pub fn keep_descriptors(&self) -> Result<KeptDescriptors, KeepError> {
        let preopened = self.preopened();
        let mut open = Vec::new();
        for (fd, descriptor) in self.descriptors.iter() {
            if fd.0 > 2 && !preopened.iter().any(|preopened| preopened.fd == fd.0) {
                return Err(KeepError::Open { fd: fd.0 });
            }
            let mut changes = descriptor.changes;
            // It may have been so from the start, and the guest have seen it.
            if descriptor.nonblock() {
                changes.flags |= FdFlags::NONBLOCK;
            }
            open.push(Kept {
                fd,
                flags: descriptor.flags,
                changes,
            });
        }
        Ok(KeptDescriptors { preopened, open })
    }

    /// Gives a guest that begins in another's state the descriptors' flags that
    /// it relies on, and takes from it what the other gave up: rights, standard streams.
    /// Its directories and listeners have to be those of the other, by number and name.
    pub fn restore_descriptors(&mut self, kept: &KeptDescriptors) -> Result<(), KeepError> {
        let names = |list: &[Preopened]| match list {
            [] => "no directory".to_owned(),
            _ => Vec::from_iter(list.iter().map(|p| p.name.as_str())).join(", "),
        };
        let preopened = self.preopened();
        // A listener's name is an address, which the guest does not know.
        let same = |a: &Preopened, b: &Preopened| {
            a.fd == b.fd && a.listener == b.listener && (a.listener || a.name == b.name)
        };
        let pairs = || preopened.iter().zip(&kept.preopened);
        if preopened.len() != kept.preopened.len() || !pairs().all(|(a, b)| same(a, b)) {
            return Err(KeepError::Preopened {
                expected: names(&kept.preopened),
                given: names(&preopened),
            });
        }
        let numbers = Vec::from_iter(self.descriptors.iter().map(|(fd, _)| fd));
        for fd in numbers {
            let Some(kept) = kept.open.iter().find(|kept| kept.fd == fd) else {
                // A stream: directories and listeners were compared.
                let _ = self.descriptors.remove(fd);
                continue;
            };
            let Ok(descriptor) = self.descriptors.get_mut(fd, Rights::empty()) else {
                continue;
            };
            let mut changed = kept.changes.flags;
            if let Object::File(file) = &descriptor.object
                && file.host_appends
            {
                // The host's descriptor appends, whatever the guest is told.
                changed -= FdFlags::APPEND;
            }
            descriptor.flags = (descriptor.flags - changed) | (kept.flags & changed);
            descriptor.rights_base -= kept.changes.base;
            descriptor.rights_inheriting -= kept.changes.inheriting;
            let changes = &mut descriptor.changes;
            changes.flags |= kept.changes.flags;
            changes.base |= kept.changes.base;
            changes.inheriting |= kept.changes.inheriting;
        }
        Ok(())
    }
}
