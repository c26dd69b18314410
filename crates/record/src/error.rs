//! Why a replay ends.

use std::io;

/// A recording that cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// The file is something else.
    #[error("this is no recording of Fossor's, or one of another version")]
    NoRecording,
    /// The file is damaged.
    #[error("the recording is damaged: {0}")]
    Damaged(String),
    /// The file ends too early.
    #[error("the recording is cut off after {calls} calls: Fossor was killed while it recorded")]
    CutOff {
        /// How many are whole.
        calls: u64,
    },
    /// The system's reason.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// The first call that is not the recorded one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("call {number} differs from the recording: {what}")]
pub struct Divergence {
    /// Its number, from 0.
    pub number: u64,
    /// What differs.
    pub what: String,
}
