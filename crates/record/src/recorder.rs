//! Records every call.

use crate::format::{END, Header, MAGIC, WasRead, number_of, put_bytes, put_number};
use flate2::Compression;
use flate2::write::GzEncoder;
use fossor_host::{GuestMemory, HostError};
use fossor_wasi::{Call, Kind, Layer, Next, Raised, Span, WasiCtx, spans};
use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Records are gathered so long before they are compressed.
const BLOCK_BYTES: usize = 1 << 16;

/// The layer that records. A clone records into the same file.
#[derive(Clone)]
pub struct Recorder(Arc<Mutex<State>>);

struct State {
    out: GzEncoder<Box<dyn Write + Send>>,
    block: Vec<u8>,
    spans: Vec<Span>,
    /// The first failure; nothing is written after it.
    failure: Option<io::Error>,
}

impl Recorder {
    /// Starts a recording. The header's descriptors are taken from the context,
    /// to which the recorder is to be added.
    pub fn start(
        mut out: Box<dyn Write + Send>,
        mut header: Header,
        ctx: &WasiCtx,
    ) -> io::Result<Self> {
        out.write_all(MAGIC)?;
        header.descriptors = ctx
            .descriptor_names()
            .map(|(fd, name)| (fd, name.to_owned()))
            .collect();
        let mut block = Vec::with_capacity(2 * BLOCK_BYTES);
        put_bytes(&serde_json::to_vec(&header)?, &mut block);
        Ok(Self(Arc::new(Mutex::new(State {
            out: GzEncoder::new(out, Compression::fast()),
            block,
            spans: Vec::new(),
            failure: None,
        }))))
    }

    /// Ends the recording: without this the last calls are missing.
    pub fn finish(&self) -> io::Result<()> {
        let mut state = self.lock();
        put_number(END, &mut state.block);
        state.compress();
        match state.failure.take() {
            Some(error) => Err(error),
            None => {
                state.out.try_finish()?;
                state.out.get_mut().flush()
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Layer for Recorder {
    fn call(
        &mut self,
        call: &Call<'_>,
        ctx: &mut WasiCtx,
        memory: &mut GuestMemory<'_>,
        next: Next<'_>,
    ) -> Result<u32, HostError> {
        let mut state = self.lock();
        let state = &mut *state;
        state.spans.clear();
        spans::plan(call, ctx, memory, &mut state.spans);
        state.begin(call, memory);
        let stream = stream(call, ctx);
        let outcome = next.run(ctx, memory);
        state.end(call, &outcome, ctx, memory, stream);
        outcome
    }
}

impl State {
    fn begin(&mut self, call: &Call<'_>, memory: &GuestMemory<'_>) {
        let block = &mut self.block;
        put_number(number_of(call.function), block);
        for (cell, ty) in call.cells.iter().zip(call.function.params) {
            put_number(ty.of_cell(*cell), block);
        }
        let read = WasRead::of(call, memory);
        block.extend_from_slice(&read.crc.to_le_bytes());
        put_bytes(&read.begin, block);
    }

    fn end(
        &mut self,
        call: &Call<'_>,
        outcome: &Result<u32, HostError>,
        ctx: &WasiCtx,
        memory: &GuestMemory<'_>,
        stream: u8,
    ) {
        let block = &mut self.block;
        match outcome {
            Ok(errno) => {
                block.push(0);
                put_number((*errno).into(), block);
                spans::settle(call, *errno, memory, &mut self.spans);
            }
            Err(error) => {
                self.spans.clear();
                match error {
                    HostError::Exit(status) => {
                        block.push(1);
                        put_number((*status).into(), block);
                    }
                    HostError::Other(other) if other.is::<Raised>() => {
                        let signal = other.downcast_ref().map_or(0, |Raised { signal }| *signal);
                        block.push(3);
                        put_number(signal.into(), block);
                    }
                    error => {
                        block.push(2);
                        put_bytes(error.to_string().as_bytes(), block);
                    }
                }
            }
        }
        put_number(self.spans.len() as u64, block);
        let mut new_fd = None;
        let spans = std::mem::take(&mut self.spans);
        for span in &spans {
            // What was written lies inside the memory.
            let bytes = memory.view(span.addr, span.len_bytes).unwrap_or_default();
            put_number(span.addr.into(), &mut self.block);
            put_number(bytes.len() as u64, &mut self.block);
            // Nothing is gathered beyond a block: the guest says how much it is.
            for bytes in bytes.chunks(BLOCK_BYTES) {
                self.block.extend_from_slice(bytes);
                self.compress_if_full();
            }
            if span.name == "opened_fd" || span.name == "fd_new" {
                new_fd = memory.get_u32(span.addr).ok();
            }
        }
        self.spans = spans;
        let name = new_fd.and_then(|fd| ctx.descriptor_name(fd));
        put_bytes(name.unwrap_or_default().as_bytes(), &mut self.block);
        self.block.push(stream);
        self.compress_if_full();
    }

    fn compress_if_full(&mut self) {
        if self.block.len() >= BLOCK_BYTES {
            self.compress();
        }
    }

    fn compress(&mut self) {
        if self.failure.is_none()
            && let Err(error) = self.out.write_all(&self.block)
        {
            self.failure = Some(error);
        }
        self.block.clear();
    }
}

/// 1 or 2 for a call that writes to the guest's standard output or error.
fn stream(call: &Call<'_>, ctx: &WasiCtx) -> u8 {
    let first = call.function.param_infos.first();
    if call.function.name != "fd_write" || first.is_none_or(|info| info.kind != Kind::Fd) {
        return 0;
    }
    match ctx.descriptor_name(call.cells[0] as u32) {
        Some("stdout") => 1,
        Some("stderr") => 2,
        _ => 0,
    }
}
