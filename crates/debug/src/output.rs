//! What the guest writes, and its calls.

use fossor_wasi::{Pipe, TraceCall};
use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Which of the guest's streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}

/// What the guest has written and was not shown. A guest that is run again writes all
/// of it again: only what is new is kept.
#[derive(Clone, Debug, Default)]
pub struct GuestOutput(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// Bytes written in this run, and the most in any: by stream.
    written: [usize; 2],
    seen: [usize; 2],
    waiting: Vec<(Stream, Vec<u8>)>,
    calls: Vec<String>,
    /// Calls in this run, and the most in any.
    called: [usize; 2],
    pipes: Vec<(Stream, Pipe)>,
}

/// Writes to one of the streams.
#[derive(Debug)]
pub struct StreamWriter(GuestOutput, Stream);

impl GuestOutput {
    /// A buffer in memory for a guest's stream.
    pub fn pipe(&self, stream: Stream) -> Pipe {
        let pipe = Pipe::new();
        self.state().pipes.push((stream, pipe.clone()));
        pipe
    }

    /// A writer for what a replayed guest wrote to a stream.
    pub fn writer(&self, stream: Stream) -> StreamWriter {
        StreamWriter(self.clone(), stream)
    }

    /// The run begins anew.
    pub(crate) fn rewind(&self) {
        let mut state = self.state();
        state.written = [0; 2];
        state.called[0] = 0;
        state.pipes.clear();
    }

    /// Takes note of a call.
    pub(crate) fn called(&self, call: &TraceCall<'_>) {
        let mut state = self.state();
        state.called[0] += 1;
        if state.called[0] > state.called[1] {
            state.called[1] = state.called[0];
            let line = call.to_string();
            state.calls.push(line);
        }
    }

    /// What was written since the last time, and the calls.
    pub(crate) fn take(&self) -> (Vec<(Stream, Vec<u8>)>, Vec<String>) {
        let mut state = self.state();
        let pipes = state.pipes.clone();
        for (stream, pipe) in pipes {
            state.add(stream, &pipe.take());
        }
        let waiting = std::mem::take(&mut state.waiting);
        (waiting, std::mem::take(&mut state.calls))
    }

    /// What a panic elsewhere left is whole.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn add(&mut self, stream: Stream, bytes: &[u8]) {
        let at = stream as usize;
        let known = self.seen[at].saturating_sub(self.written[at]);
        self.written[at] += bytes.len();
        self.seen[at] = self.seen[at].max(self.written[at]);
        if let Some(new) = bytes.get(known..).filter(|new| !new.is_empty()) {
            self.waiting.push((stream, new.to_vec()));
        }
    }
}

impl Write for StreamWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.state().add(self.1, bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_run_shows_nothing_twice() {
        let output = GuestOutput::default();
        let mut out = output.writer(Stream::Out);
        out.write_all(b"one two").unwrap();
        assert_eq!(output.take().0, [(Stream::Out, b"one two".to_vec())]);
        output.rewind();
        let mut out = output.writer(Stream::Out);
        out.write_all(b"one ").unwrap();
        assert_eq!(output.take().0, []);
        out.write_all(b"two three").unwrap();
        assert_eq!(output.take().0, [(Stream::Out, b" three".to_vec())]);
    }
}
