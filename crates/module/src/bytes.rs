//! The binary that a module was decoded from.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// A module's bytes: shared, cheap to clone, and never copied on the way in. They
/// may be owned as a `Vec` too, since that can be filled from a file without being
/// zeroed before, which an `Arc<[u8]>` cannot.
#[derive(Clone)]
pub struct Bytes(Owner);

#[derive(Clone)]
enum Owner {
    Slice(Arc<[u8]>),
    Vec(Arc<Vec<u8>>),
    Other(Arc<dyn AsRef<[u8]> + Send + Sync>),
}

impl Bytes {
    /// The bytes of something that is kept as long as they are; it must always
    /// give the same.
    pub fn from_owner(owner: impl AsRef<[u8]> + Send + Sync + 'static) -> Self {
        Self(Owner::Other(Arc::new(owner)))
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match &self.0 {
            Owner::Slice(bytes) => bytes,
            Owner::Vec(bytes) => bytes,
            Owner::Other(owner) => (**owner).as_ref(),
        }
    }
}

impl From<Arc<[u8]>> for Bytes {
    fn from(bytes: Arc<[u8]>) -> Self {
        Self(Owner::Slice(bytes))
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Owner::Vec(Arc::new(bytes)))
    }
}

impl From<&[u8]> for Bytes {
    fn from(bytes: &[u8]) -> Self {
        bytes.to_vec().into()
    }
}

impl fmt::Debug for Bytes {
    /// The length only: a module may have 50 MB.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.len())
    }
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        self
    }
}
