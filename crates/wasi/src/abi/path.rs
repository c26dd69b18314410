//! Paths and link texts: address and length of UTF-8 without NUL.

use super::{Cells, Errno, Kind, Param};
use fossor_host::GuestMemory;

/// Longest path that is copied out of the guest; `PATH_MAX` less its NUL.
pub const MAX_PATH_BYTES: u32 = 4095;

/// A path below a directory: not empty, UTF-8, without NUL.
///
/// Errors of lifting: `nametoolong`, `noent` if empty, `ilseq` if not UTF-8,
/// `inval` with a NUL in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuestPath(String);

impl GuestPath {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Param for GuestPath {
    const KIND: Kind = Kind::Path;

    fn lift(cells: &mut Cells<'_>, memory: &GuestMemory<'_>) -> Result<Self, Errno> {
        lift_text(cells, memory).map(GuestPath)
    }
}

/// What a symbolic link shall contain. The rules are those of [`GuestPath`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkText(String);

impl LinkText {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Param for LinkText {
    const KIND: Kind = Kind::LinkText;

    fn lift(cells: &mut Cells<'_>, memory: &GuestMemory<'_>) -> Result<Self, Errno> {
        lift_text(cells, memory).map(LinkText)
    }
}

fn lift_text(cells: &mut Cells<'_>, memory: &GuestMemory<'_>) -> Result<String, Errno> {
    let addr = cells.i32();
    let len_bytes = cells.i32();
    let bytes = memory.view(addr, len_bytes)?;
    if len_bytes > MAX_PATH_BYTES {
        return Err(Errno::Nametoolong);
    }
    if bytes.is_empty() {
        return Err(Errno::Noent);
    }
    if bytes.contains(&0) {
        return Err(Errno::Inval);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(_) => Err(Errno::Ilseq),
    }
}
