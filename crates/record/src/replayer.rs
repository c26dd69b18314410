//! Answers calls as they were answered before.

use crate::error::{Divergence, ReplayError};
use crate::format::{
    END, Header, MAGIC, WasRead, function_of, get_byte, get_bytes, get_header, get_number,
};
use flate2::read::GzDecoder;
use fossor_host::{GuestMemory, HostError};
use fossor_wasi::{Call, Content, Errno, Layer, Next, Raised, Span, WasiCtx, spans};
use std::io::{BufReader, Read, Write};

/// The longest text of a record.
const MAX_TEXT_BYTES: u64 = 1 << 16;

/// The longest reason for a stop that is shown.
const MAX_REASON_BYTES: usize = 1024;

/// Places that a call writes to at most: as many as `poll_oneoff` has events, and
/// a few results.
const MAX_WRITTEN: u64 = fossor_wasi::abi::MAX_SUBSCRIPTIONS as u64 + 8;

/// The recorded run was stopped here, by its deadline or by Ctrl-C.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the recorded run was stopped here, in {function}: {reason}")]
pub struct RecordedStop {
    /// The call that was under way.
    pub function: &'static str,
    /// Why.
    pub reason: String,
}

/// The layer that answers from a recording. Nothing below it is called.
pub struct Replayer {
    input: Box<dyn Read + Send>,
    header: Header,
    calls: u64,
    streams: [Box<dyn Write + Send>; 2],
}

/// The recorded call, without what it wrote.
struct Record {
    number: u64,
    cells: Vec<u64>,
    read: WasRead,
}

enum Outcome {
    Errno(u32),
    Exit(u32),
    Stop(String),
    Raised(u32),
}

impl Replayer {
    /// Opens a recording. What the guest writes to its standard output and
    /// error goes to `streams`.
    pub fn open(
        mut file: impl Read + Send + 'static,
        streams: [Box<dyn Write + Send>; 2],
    ) -> Result<Self, ReplayError> {
        let mut magic = [0; MAGIC.len()];
        if file.read_exact(&mut magic).is_err() || &magic != MAGIC {
            return Err(ReplayError::NoRecording);
        }
        let mut input = Box::new(BufReader::with_capacity(1 << 16, GzDecoder::new(file)));
        let header = get_header(&mut *input).map_err(|error| cut_off(error, 0))?;
        Ok(Self {
            input,
            header,
            calls: 0,
            streams,
        })
    }

    /// What the run was given.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Gives the context the names of the guest's descriptors, for traces.
    pub fn prepare(&self, ctx: &mut WasiCtx) {
        for (fd, name) in &self.header.descriptors {
            ctx.name_descriptor(*fd, Some(name));
        }
    }

    fn differs(&self, what: String) -> HostError {
        HostError::other(Divergence {
            number: self.calls,
            what,
        })
    }

    fn record(&mut self) -> Result<Option<Record>, ReplayError> {
        let input = &mut *self.input;
        let number = get_number(input)?;
        if number == END {
            return Ok(None);
        }
        let function = function_of(number)
            .ok_or_else(|| ReplayError::Damaged(format!("no function has the number {number}")))?;
        let mut cells = Vec::with_capacity(function.params.len());
        for _ in function.params {
            cells.push(get_number(input)?);
        }
        let mut crc = [0; 4];
        input.read_exact(&mut crc)?;
        let begin = get_bytes(input, MAX_TEXT_BYTES)?;
        let crc = u32::from_le_bytes(crc);
        Ok(Some(Record {
            number,
            cells,
            read: WasRead { crc, begin },
        }))
    }

    /// What differs between a call and the recorded one.
    fn compare(record: &Record, call: &Call<'_>, memory: &GuestMemory<'_>) -> Option<String> {
        let recorded = function_of(record.number)?;
        if recorded.name != call.function.name || recorded.module != call.function.module {
            return Some(format!(
                "{} was called, the recording has {} there",
                call.function.name, recorded.name
            ));
        }
        let types = call.function.params.iter();
        let cells = call
            .cells
            .iter()
            .zip(types)
            .map(|(cell, ty)| ty.of_cell(*cell));
        for (index, (cell, recorded)) in cells.zip(&record.cells).enumerate() {
            if cell != *recorded {
                let name = call.function.param_name(index);
                return Some(format!(
                    "{}: {name} is {cell:#x}, the recording has {recorded:#x}",
                    call.function.name
                ));
            }
        }
        let read = WasRead::of(call, memory);
        if read.crc != record.read.crc {
            let (now, then) = (text(&read.begin), text(&record.read.begin));
            return Some(if now == then {
                format!("{}: other contents of its buffers", call.function.name)
            } else {
                format!(
                    "{}: {now} is passed, the recording has {then}",
                    call.function.name
                )
            });
        }
        None
    }

    fn outcome(&mut self) -> Result<Outcome, ReplayError> {
        let input = &mut *self.input;
        let small = |number: u64| {
            u32::try_from(number).map_err(|_| ReplayError::Damaged("a large number".to_owned()))
        };
        Ok(match get_byte(input)? {
            0 => Outcome::Errno(small(get_number(input)?)?),
            1 => Outcome::Exit(small(get_number(input)?)?),
            2 => {
                let text = get_bytes(input, MAX_TEXT_BYTES)?;
                // Shown as a sentence of ours.
                Outcome::Stop(fossor_text::lossy(&text, MAX_REASON_BYTES))
            }
            3 => Outcome::Raised(small(get_number(input)?)?),
            other => return Err(ReplayError::Damaged(format!("an outcome {other}"))),
        })
    }

    /// Writes what the host wrote.
    fn write(&mut self, memory: &mut GuestMemory<'_>) -> Result<(), ReplayError> {
        let input = &mut *self.input;
        let count = get_number(input)?;
        if count > MAX_WRITTEN {
            return Err(ReplayError::Damaged(format!(
                "a call that wrote in {count} places"
            )));
        }
        for _ in 0..count {
            let (addr, len_bytes) = (get_number(input)?, get_number(input)?);
            let place = match (u32::try_from(addr), u32::try_from(len_bytes)) {
                (Ok(addr), Ok(len_bytes)) => memory.view_mut(addr, len_bytes).ok(),
                _ => None,
            };
            match place {
                Some(place) => input.read_exact(place)?,
                None => {
                    return Err(ReplayError::Damaged(format!(
                        "{len_bytes} bytes at {addr:#x}, beyond the guest's memory"
                    )));
                }
            }
        }
        Ok(())
    }

    /// Keeps the names of descriptors, as the calls change them.
    fn follow(
        &mut self,
        call: &Call<'_>,
        ctx: &mut WasiCtx,
        memory: &GuestMemory<'_>,
    ) -> Result<u8, ReplayError> {
        let name = get_bytes(&mut *self.input, MAX_TEXT_BYTES)?;
        let stream = get_byte(&mut *self.input)?;
        let cell = |index: usize| call.cells.get(index).copied().unwrap_or(0) as u32;
        match call.function.name {
            "path_open" | "sock_accept" if !name.is_empty() => {
                let fd = memory.get_u32(cell(call.cells.len() - 1)).unwrap_or(0);
                ctx.name_descriptor(fd, Some(&String::from_utf8_lossy(&name)));
            }
            "fd_close" => ctx.name_descriptor(cell(0), None),
            "fd_renumber" => {
                let name = ctx.descriptor_name(cell(0)).map(str::to_owned);
                ctx.name_descriptor(cell(0), None);
                ctx.name_descriptor(cell(1), name.as_deref());
            }
            _ => {}
        }
        Ok(stream)
    }

    /// Writes what the guest wrote. `under_count` was where the count is now: a guest
    /// may have it stored over its own buffers, once they are written.
    fn print(
        &mut self,
        stream: u8,
        call: &Call<'_>,
        memory: &mut GuestMemory<'_>,
        under_count: Option<u32>,
    ) {
        let Some(out) = usize::from(stream)
            .checked_sub(1)
            .and_then(|at| self.streams.get_mut(at))
        else {
            return;
        };
        let addr = call.cells.last().map_or(0, |addr| *addr as u32);
        let (Ok(count), Some(under_count)) = (memory.get_u32(addr), under_count) else {
            return;
        };
        let _ = memory.put_u32(addr, under_count);
        let mut left = count;
        spans::read(call, memory, &mut |span: Span| {
            if span.content == Content::Bytes && span.len_bytes > 0 {
                let most = span.len_bytes.min(left);
                left -= most;
                if let Ok(bytes) = memory.view(span.addr, most) {
                    // A reader that has gone does not end a replay.
                    let _ = out.write_all(bytes).and_then(|()| out.flush());
                }
            }
        });
        let _ = memory.put_u32(addr, count);
    }
}

impl Layer for Replayer {
    fn call(
        &mut self,
        call: &Call<'_>,
        ctx: &mut WasiCtx,
        memory: &mut GuestMemory<'_>,
        _: Next<'_>,
    ) -> Result<u32, HostError> {
        let calls = self.calls;
        let broken = |error| HostError::other(cut_off(error, calls));
        let Some(record) = self.record().map_err(broken)? else {
            let what = format!("the recording ends before {}", call.function.name);
            return Err(self.differs(what));
        };
        if let Some(what) = Self::compare(&record, call, memory) {
            return Err(self.differs(what));
        }
        let outcome = self.outcome().map_err(broken)?;
        let count_addr = call.cells.last().map_or(0, |addr| *addr as u32);
        let under_count = memory.get_u32(count_addr);
        self.write(memory).map_err(broken)?;
        let stream = match &outcome {
            Outcome::Errno(errno) if *errno == Errno::Success.number() => {
                self.follow(call, ctx, memory)
            }
            _ => self.follow_failure(),
        };
        let stream = stream.map_err(broken)?;
        self.calls += 1;
        match outcome {
            Outcome::Errno(errno) => {
                if errno == Errno::Success.number() {
                    self.print(stream, call, memory, under_count.ok());
                }
                Ok(errno)
            }
            Outcome::Exit(status) => Err(HostError::Exit(status)),
            Outcome::Raised(signal) => Err(HostError::other(Raised { signal })),
            Outcome::Stop(reason) => Err(HostError::other(RecordedStop {
                function: call.function.name,
                reason,
            })),
        }
    }
}

impl Replayer {
    /// Reads past what a failed call leaves.
    fn follow_failure(&mut self) -> Result<u8, ReplayError> {
        get_bytes(&mut *self.input, MAX_TEXT_BYTES)?;
        get_byte(&mut *self.input)
    }
}

/// An end of the file in the middle of a record.
fn cut_off(error: ReplayError, calls: u64) -> ReplayError {
    match error {
        ReplayError::Io(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            ReplayError::CutOff { calls }
        }
        ReplayError::Io(error) => ReplayError::Damaged(error.to_string()),
        error => error,
    }
}

fn text(bytes: &[u8]) -> String {
    format!("{:?}", String::from_utf8_lossy(bytes))
}
