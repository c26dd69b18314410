//! What the embedder puts behind a guest's standard streams.

use std::fs::File;
use std::io::{IoSlice, IoSliceMut};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::abi::Errno;
use crate::descriptor::{Descriptor, Object};
use crate::os::{Os, OsResult};

/// One of a guest's standard streams.
#[derive(Debug)]
pub struct Stdio(Source);

#[derive(Debug)]
enum Source {
    Inherit,
    Null,
    File(File),
    Bytes(Vec<u8>),
    Pipe(Pipe),
}

/// Which of the three streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stream {
    Stdin,
    Stdout,
    Stderr,
}

impl Stdio {
    /// This process's own stream of that kind.
    pub fn inherit() -> Self {
        Self(Source::Inherit)
    }

    /// Nothing to read; what is written is lost.
    pub fn null() -> Self {
        Self(Source::Null)
    }

    /// An open file, pipe, socket or terminal.
    pub fn file(file: File) -> Self {
        Self(Source::File(file))
    }

    /// For stdin: these bytes, then the end. Writing to it is `badf`.
    pub fn bytes(bytes: impl Into<Vec<u8>>) -> Self {
        Self(Source::Bytes(bytes.into()))
    }

    /// A buffer in memory, shared with the embedder.
    pub fn pipe(pipe: Pipe) -> Self {
        Self(Source::Pipe(pipe))
    }

    /// The descriptor for it.
    pub(crate) fn open(self, os: &mut dyn Os, stream: Stream) -> OsResult<Descriptor> {
        let name = stream.name();
        let readable = stream == Stream::Stdin;
        match self.0 {
            Source::Inherit => Descriptor::inherited(os, stream.duplicate()?, name),
            Source::File(file) => Descriptor::inherited(os, file.into(), name),
            Source::Null => Ok(Descriptor::in_memory(Object::Null, readable, name)),
            Source::Bytes(bytes) => {
                let input = Object::Input(Input { bytes, at: 0 });
                Ok(Descriptor::in_memory(input, readable, name))
            }
            Source::Pipe(pipe) => Ok(Descriptor::in_memory(Object::Pipe(pipe), readable, name)),
        }
    }
}

impl Stream {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Stream::Stdin => "stdin",
            Stream::Stdout => "stdout",
            Stream::Stderr => "stderr",
        }
    }

    /// A duplicate, so that the guest can close its own and ours stays.
    fn duplicate(self) -> OsResult<OwnedFd> {
        Ok(match self {
            Stream::Stdin => std::io::stdin().as_fd().try_clone_to_owned()?,
            Stream::Stdout => std::io::stdout().as_fd().try_clone_to_owned()?,
            Stream::Stderr => std::io::stderr().as_fd().try_clone_to_owned()?,
        })
    }
}

/// Bytes given by the embedder, and how many are read.
#[derive(Debug)]
pub(crate) struct Input {
    bytes: Vec<u8>,
    at: usize,
}

impl Input {
    pub(crate) fn read(&mut self, bufs: &mut [IoSliceMut<'_>]) -> usize {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let len = fill(bufs, rest);
        self.at += len;
        len
    }

    pub(crate) fn remaining_bytes(&self) -> usize {
        self.bytes.len() - self.at
    }
}

/// Copies as much as fits.
fn fill(bufs: &mut [IoSliceMut<'_>], mut from: &[u8]) -> usize {
    let mut filled = 0;
    for buf in bufs {
        let len = buf.len().min(from.len());
        let (now, later) = from.split_at(len);
        buf[..len].copy_from_slice(now);
        from = later;
        filled += len;
    }
    filled
}

/// A buffer in memory that a guest writes and the embedder takes from, or the
/// other way round. Clones share it.
///
/// It never waits: an empty one reads as the end, a full one answers `nospc`.
#[derive(Clone, Debug, Default)]
pub struct Pipe(Arc<Mutex<PipeState>>);

#[derive(Debug, Default)]
struct PipeState {
    bytes: Vec<u8>,
    max_bytes: Option<usize>,
}

impl Pipe {
    /// An empty buffer without a limit.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty buffer that holds at most `max_bytes`.
    pub fn bounded(max_bytes: usize) -> Self {
        Self(Arc::new(Mutex::new(PipeState {
            bytes: Vec::new(),
            max_bytes: Some(max_bytes),
        })))
    }

    /// Empties it, and gives what was in it.
    pub fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.state().bytes)
    }

    /// What is in it.
    pub fn contents(&self) -> Vec<u8> {
        self.state().bytes.clone()
    }

    /// Puts bytes into it, for a guest to read. The limit does not hold here.
    pub fn push(&self, bytes: &[u8]) {
        self.state().bytes.extend_from_slice(bytes);
    }

    pub(crate) fn len_bytes(&self) -> usize {
        self.state().bytes.len()
    }

    pub(crate) fn read(&self, bufs: &mut [IoSliceMut<'_>]) -> usize {
        let mut state = self.state();
        let len = fill(bufs, &state.bytes);
        state.bytes.drain(..len);
        len
    }

    pub(crate) fn write(&self, bufs: &[IoSlice<'_>]) -> OsResult<usize> {
        let mut state = self.state();
        let mut room = match state.max_bytes {
            Some(max_bytes) => max_bytes.saturating_sub(state.bytes.len()),
            None => usize::MAX,
        };
        let mut written = 0;
        for buf in bufs {
            let len = buf.len().min(room);
            state.bytes.extend_from_slice(&buf[..len]);
            written += len;
            room -= len;
            if len < buf.len() && written == 0 {
                return Err(Errno::Nospc);
            }
        }
        Ok(written)
    }

    /// A panic elsewhere leaves whole bytes behind, so that the poison says
    /// nothing.
    fn state(&self) -> MutexGuard<'_, PipeState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
