//! Long reads and writes in pieces: the host moves up to 2 GiB in one call, and does
//! not look at the guest's stop flag meanwhile.

use std::io::{IoSlice, IoSliceMut};
use std::ops::Deref;

use crate::abi::Errno;
use crate::call::Stop;
use crate::os::OsResult;
use crate::wait::Waiter;

/// The most that is moved in one of the host's calls: a tenth of a second of a slow
/// disk, or of a device that makes up what is read of it.
pub(super) const PIECE_BYTES: usize = 4 << 20;

/// Of these buffers, how many make up one piece, and its bytes. If it is less than
/// the first of them, that many of its bytes.
pub(super) fn piece<B: Deref<Target = [u8]>>(bufs: &[B]) -> (usize, usize) {
    let (mut count, mut piece_bytes) = (0, 0);
    for buf in bufs {
        if piece_bytes + buf.len() > PIECE_BYTES {
            break;
        }
        count += 1;
        piece_bytes += buf.len();
    }
    match bufs.first() {
        Some(first) if count == 0 => (0, first.len().min(PIECE_BYTES)),
        _ => (count, piece_bytes),
    }
}

/// What an answer of the host's means for the rest.
enum Next {
    /// The piece is done.
    Piece,
    /// A signal came first.
    Again,
    /// The whole is done, or as much of it as is reported.
    Done,
}

/// Adds a piece. An error behind the first piece is left to the guest's next call.
fn after(
    waiter: &Waiter,
    answer: OsResult<usize>,
    piece_bytes: usize,
    moved_bytes: &mut usize,
) -> Result<Next, Stop> {
    match answer {
        Ok(len) => {
            *moved_bytes += len;
            if len < piece_bytes || len == 0 {
                return Ok(Next::Done);
            }
            Ok(Next::Piece)
        }
        Err(Errno::Intr) => {
            waiter.check()?;
            Ok(Next::Again)
        }
        Err(_) if *moved_bytes > 0 => Ok(Next::Done),
        Err(error) => Err(error.into()),
    }
}

/// Fills the buffers by `read`, which is told how many bytes there are already, up
/// to the first piece that falls short.
pub(super) fn read(
    waiter: &Waiter,
    mut bufs: &mut [IoSliceMut<'_>],
    mut read: impl FnMut(&mut [IoSliceMut<'_>], u64) -> OsResult<usize>,
) -> Result<usize, Stop> {
    let mut moved_bytes = 0;
    loop {
        let (count, piece_bytes) = piece(bufs);
        let answer = match bufs.first_mut() {
            Some(first) if count == 0 => {
                let begin = &mut first[..piece_bytes];
                read(&mut [IoSliceMut::new(begin)], moved_bytes as u64)
            }
            _ => read(&mut bufs[..count], moved_bytes as u64),
        };
        match after(waiter, answer, piece_bytes, &mut moved_bytes)? {
            Next::Again => {}
            Next::Done => return Ok(moved_bytes),
            Next::Piece => {
                IoSliceMut::advance_slices(&mut bufs, piece_bytes);
                // What was moved is reported; the guest ends where it goes on.
                if bufs.is_empty() || waiter.check().is_err() {
                    return Ok(moved_bytes);
                }
            }
        }
    }
}

/// Takes from the buffers by `write`, as [`read`] fills them.
pub(super) fn write(
    waiter: &Waiter,
    bufs: &[IoSlice<'_>],
    mut write: impl FnMut(&[IoSlice<'_>], u64) -> OsResult<usize>,
) -> Result<usize, Stop> {
    let mut moved_bytes = 0;
    let mut bufs = bufs;
    // What is left of the first of them.
    let mut skip_bytes = 0;
    loop {
        let begin = bufs.first().map(|first| &first[skip_bytes..]);
        let (count, piece_bytes) = match begin {
            Some(begin) if skip_bytes > 0 || begin.len() > PIECE_BYTES => {
                (0, begin.len().min(PIECE_BYTES))
            }
            _ => piece(bufs),
        };
        let answer = match begin {
            Some(begin) if count == 0 => {
                write(&[IoSlice::new(&begin[..piece_bytes])], moved_bytes as u64)
            }
            _ => write(&bufs[..count], moved_bytes as u64),
        };
        match after(waiter, answer, piece_bytes, &mut moved_bytes)? {
            Next::Again => {}
            Next::Done => return Ok(moved_bytes),
            Next::Piece => {
                skip_bytes += piece_bytes;
                match begin {
                    Some(begin) if count == 0 && piece_bytes < begin.len() => {}
                    Some(_) if count == 0 => (bufs, skip_bytes) = (&bufs[1..], 0),
                    _ => (bufs, skip_bytes) = (&bufs[count..], 0),
                }
                // What was moved is reported; the guest ends where it goes on.
                if bufs.is_empty() || waiter.check().is_err() {
                    return Ok(moved_bytes);
                }
            }
        }
    }
}
