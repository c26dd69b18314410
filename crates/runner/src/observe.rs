//! What is told of a guest's calls: a trace, a recording.

use crate::arguments::TraceFlags;
use crate::codes::Code;
use crate::failure::Failure;
use crate::trace::{Host, Trace};
use fossor::wasi::WasiCtx;
use fossor_record::{Header, Recorder};
use std::fs::File;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

/// All that listen, until the guest's end.
#[derive(Default)]
pub struct Observers {
    trace: Option<Trace>,
    recorder: Option<(Recorder, PathBuf)>,
}

impl Observers {
    /// Starts with a trace, if one is wanted.
    pub fn start(
        trace: Option<&TraceFlags>,
        title: &str,
        host: Host,
        context: &mut WasiCtx,
    ) -> Result<Self, Failure> {
        let trace = match trace {
            Some(flags) => Some(Trace::start(flags, title, host, context)?),
            None => None,
        };
        Ok(Self {
            trace,
            recorder: None,
        })
    }

    /// Records what the guest gets.
    pub fn record(
        &mut self,
        path: &Path,
        header: Header,
        context: &mut WasiCtx,
    ) -> Result<(), Failure> {
        let start = || {
            let file = Box::new(BufWriter::new(File::create(path)?));
            Recorder::start(file, header, context)
        };
        let recorder = start().map_err(|error| cannot_write(path, &error))?;
        context.add_layer(recorder.clone());
        self.recorder = Some((recorder, path.to_owned()));
        Ok(())
    }

    /// Completes everything.
    pub fn finish(self) -> Result<(), Failure> {
        let traced = self.trace.map_or(Ok(()), Trace::finish);
        let recorded = match self.recorder {
            Some((recorder, path)) => recorder
                .finish()
                .map_err(|error| cannot_write(&path, &error)),
            None => Ok(()),
        };
        traced.and(recorded)
    }
}

/// A file of ours that cannot be written.
pub fn cannot_write(path: &Path, error: &io::Error) -> Failure {
    Failure::new(Code::Output, format!("{}: {error}", path.display()))
}
