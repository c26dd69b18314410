//! Where a replay ends: at the first call that is not the recorded one.

use fossor_host::{GuestMemory, HostError};
use fossor_record::{Divergence, Header, Recorder, Replayer};
use fossor_wasi::{Pipe, Stdio, WasiCtx, functions};
use std::io::Write;
use std::sync::{Arc, Mutex};

/// A file in memory.
#[derive(Clone, Default)]
struct Bytes(Arc<Mutex<Vec<u8>>>);

impl Write for Bytes {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Bytes {
    fn take(&self) -> Vec<u8> {
        self.0.lock().unwrap().clone()
    }
}

/// A buffer of `text` at 32, described at 0; results go to 16.
fn memory(text: &str) -> Vec<u8> {
    let mut bytes = vec![0; 64];
    bytes[0] = 32;
    bytes[4] = text.len() as u8;
    bytes[32..32 + text.len()].copy_from_slice(text.as_bytes());
    bytes
}

fn call(ctx: &mut WasiCtx, bytes: &mut [u8], name: &str, cells: &[u64]) -> Result<u32, HostError> {
    let function = functions().iter().find(|one| one.name == name).unwrap();
    (function.call)(ctx, &mut GuestMemory::new(bytes), cells)
}

/// Writes "hello" and takes 8 random bytes.
fn recording() -> (Vec<u8>, Vec<u8>) {
    let file = Bytes::default();
    let mut ctx = WasiCtx::builder()
        .stdout(Stdio::pipe(Pipe::new()))
        .build()
        .unwrap();
    let recorder = Recorder::start(Box::new(file.clone()), Header::default(), &ctx).unwrap();
    ctx.add_layer(recorder.clone());
    let mut bytes = memory("hello");
    assert_eq!(
        call(&mut ctx, &mut bytes, "fd_write", &[1, 0, 1, 16]).unwrap(),
        0
    );
    assert_eq!(
        call(&mut ctx, &mut bytes, "random_get", &[48, 8]).unwrap(),
        0
    );
    recorder.finish().unwrap();
    (file.take(), bytes)
}

fn replay(recording: Vec<u8>) -> (WasiCtx, Bytes) {
    let out = Bytes::default();
    let streams = [Box::new(out.clone()) as _, Box::new(std::io::sink()) as _];
    let replayer = Replayer::open(std::io::Cursor::new(recording), streams).unwrap();
    let mut ctx = WasiCtx::builder().build().unwrap();
    replayer.prepare(&mut ctx);
    ctx.add_layer(replayer);
    (ctx, out)
}

#[track_caller]
fn diverges(outcome: Result<u32, HostError>, number: u64, what: &str) {
    let Err(HostError::Other(error)) = outcome else {
        panic!("{outcome:?}");
    };
    let divergence = error.downcast_ref::<Divergence>().unwrap();
    assert_eq!(
        (divergence.number, divergence.what.as_str()),
        (number, what)
    );
}

#[test]
fn the_same_calls_get_the_same_answers() {
    let (recording, memory_then) = recording();
    let (mut ctx, out) = replay(recording);
    let mut bytes = memory("hello");
    assert_eq!(
        call(&mut ctx, &mut bytes, "fd_write", &[1, 0, 1, 16]).unwrap(),
        0
    );
    assert_eq!(out.take(), b"hello");
    assert_eq!(
        call(&mut ctx, &mut bytes, "random_get", &[48, 8]).unwrap(),
        0
    );
    assert_eq!(bytes, memory_then);
    let outcome = call(&mut ctx, &mut bytes, "sched_yield", &[]);
    diverges(outcome, 2, "the recording ends before sched_yield");
}

#[test]
fn what_differs_is_said() {
    let (recording, _) = recording();
    let attempt = |text: &str, name: &str, cells: &[u64]| {
        let (mut ctx, _) = replay(recording.clone());
        call(&mut ctx, &mut memory(text), name, cells)
    };
    diverges(
        attempt("hello", "fd_read", &[1, 0, 1, 16]),
        0,
        "fd_read was called, the recording has fd_write there",
    );
    diverges(
        attempt("hello", "fd_write", &[2, 0, 1, 16]),
        0,
        "fd_write: fd is 0x2, the recording has 0x1",
    );
    diverges(
        attempt("hello", "fd_write", &[1, 0, 1, 20]),
        0,
        "fd_write: nwritten is 0x14, the recording has 0x10",
    );
    diverges(
        attempt("hallo", "fd_write", &[1, 0, 1, 16]),
        0,
        "fd_write: \"hallo\" is passed, the recording has \"hello\"",
    );
}

#[test]
fn damage_is_an_error_and_no_panic() {
    let (recording, _) = recording();
    let mut errors = 0;
    for at in 0..recording.len() {
        for flip in [0x01, 0x80, 0xff] {
            let mut damaged = recording.clone();
            damaged[at] ^= flip;
            let streams = [
                Box::new(std::io::sink()) as _,
                Box::new(std::io::sink()) as _,
            ];
            let Ok(replayer) = Replayer::open(std::io::Cursor::new(damaged), streams) else {
                errors += 1;
                continue;
            };
            let mut ctx = WasiCtx::builder().build().unwrap();
            replayer.prepare(&mut ctx);
            ctx.add_layer(replayer);
            let mut bytes = memory("hello");
            let first = call(&mut ctx, &mut bytes, "fd_write", &[1, 0, 1, 16]);
            let second = call(&mut ctx, &mut bytes, "random_get", &[48, 8]);
            errors += usize::from(first.is_err() || second.is_err());
        }
    }
    // The checksum of gzip itself is at the end, where nobody may look.
    assert!(errors > recording.len(), "{errors} errors");
}

#[test]
fn a_count_over_the_buffers_changes_nothing_that_is_replayed() {
    // Over the buffer's address, its length, its contents.
    for count_addr in [0, 2, 4, 32, 34] {
        let file = Bytes::default();
        let builder = WasiCtx::builder().stdout(Stdio::pipe(Pipe::new()));
        let mut ctx = builder.build().unwrap();
        let recorder = Recorder::start(Box::new(file.clone()), Header::default(), &ctx).unwrap();
        ctx.add_layer(recorder.clone());
        let cells = [1, 0, 1, count_addr];
        let mut then = memory("hello");
        assert_eq!(call(&mut ctx, &mut then, "fd_write", &cells).unwrap(), 0);
        recorder.finish().unwrap();

        let (mut ctx, out) = replay(file.take());
        let mut now = memory("hello");
        assert_eq!(call(&mut ctx, &mut now, "fd_write", &cells).unwrap(), 0);
        assert_eq!(out.take(), b"hello", "count at {count_addr}");
        assert_eq!(now, then);
    }
}

#[test]
fn much_that_was_written_comes_back() {
    let file = Bytes::default();
    let mut ctx = WasiCtx::builder().build().unwrap();
    let recorder = Recorder::start(Box::new(file.clone()), Header::default(), &ctx).unwrap();
    ctx.add_layer(recorder.clone());
    let cells = [7, 300_000];
    let mut then = vec![0; 1 << 19];
    assert_eq!(call(&mut ctx, &mut then, "random_get", &cells).unwrap(), 0);
    recorder.finish().unwrap();
    let (mut ctx, _) = replay(file.take());
    let mut now = vec![0; 1 << 19];
    assert_eq!(call(&mut ctx, &mut now, "random_get", &cells).unwrap(), 0);
    assert!(now == then);
}

/// A recording with these bytes behind its header.
fn crafted(records: &[u8]) -> Vec<u8> {
    let header = serde_json::to_vec(&Header::default()).unwrap();
    let len = header.len() as u64;
    assert!((128..1 << 14).contains(&len));
    compressed(&[&[len as u8 | 0x80, (len >> 7) as u8], &header[..], records])
}

fn compressed(parts: &[&[u8]]) -> Vec<u8> {
    let mut file = fossor_record::MAGIC.to_vec();
    let mut gzip = flate2::write::GzEncoder::new(&mut file, flate2::Compression::fast());
    parts.iter().for_each(|part| gzip.write_all(part).unwrap());
    gzip.finish().unwrap();
    file
}

fn number_of(name: &str) -> u8 {
    let number = functions().iter().position(|one| one.name == name);
    number.unwrap() as u8
}

#[test]
fn a_call_that_wrote_in_more_places_than_there_are_is_damage() {
    // `sched_yield`, no cells, nothing read, errno 0, and 2^63 places.
    let mut records = vec![number_of("sched_yield")];
    records.extend([0; 4 + 1 + 1 + 1]);
    records.extend([0x80; 9]);
    records.push(1);
    records.extend([0; 1 << 16]);
    let (mut ctx, _) = replay(crafted(&records));
    let outcome = call(&mut ctx, &mut [], "sched_yield", &[]);
    let text = outcome.unwrap_err().to_string();
    assert_eq!(
        text,
        "the recording is damaged: a call that wrote in 9223372036854775808 places"
    );
}

#[test]
fn a_reason_to_stop_does_nothing_to_terminals() {
    let mut records = vec![number_of("sched_yield")];
    // No cells, nothing read, a stop, and its reason.
    records.extend([0, 0, 0, 0, 0, 2, 12]);
    records.extend(b"a\x1b[2J\nb: \xe2\x80\xae");
    records.extend([0, 0, 0]);
    let (mut ctx, _) = replay(crafted(&records));
    let outcome = call(&mut ctx, &mut [], "sched_yield", &[]);
    let text = outcome.unwrap_err().to_string();
    assert_eq!(
        text,
        "the recorded run was stopped here, in sched_yield: a\u{fffd}[2J\u{fffd}b: \u{fffd}"
    );
}

#[test]
fn a_header_of_gigabytes_is_damage() {
    // What begins a JSON text of 128 MiB, which is 128 KB in the file.
    let header = vec![b' '; 128 << 20];
    let file = compressed(&[&[0x80, 0x80, 0x80, 0x40], &header]);
    assert!(file.len() < 1 << 20);
    let streams = [(), ()].map(|()| Box::new(std::io::sink()) as _);
    let opened = Replayer::open(std::io::Cursor::new(file), streams);
    assert_eq!(
        opened.err().unwrap().to_string(),
        "the recording is damaged: a string of 134217728 bytes"
    );
}

#[test]
fn addresses_of_a_crafted_recording_are_no_panic_of_a_trace() {
    let end = u64::from(u32::MAX);
    for (name, cells) in [
        ("fd_filestat_get", &[3, end][..]),
        ("fd_fdstat_get", &[3, end - 1]),
        ("fd_prestat_get", &[3, end - 2]),
        ("fd_read", &[0, end - 3, 9, 16]),
        ("poll_oneoff", &[0, end - 9, 9, 16]),
        ("environ_get", &[end, end - 1]),
        ("fd_readdir", &[3, end, end, 0, 16]),
        ("path_readlink", &[3, end, end, end, end, end]),
    ] {
        let mut records = vec![number_of(name)];
        for cell in cells {
            let mut cell = *cell;
            while cell >= 0x80 {
                records.push(cell as u8 | 0x80);
                cell >>= 7;
            }
            records.push(cell as u8);
        }
        // Nothing was read; success; nothing was written; no name, no stream.
        records.extend([0; 4 + 1 + 2 + 1 + 2]);
        let streams = [(), ()].map(|()| Box::new(std::io::sink()) as _);
        let file = std::io::Cursor::new(crafted(&records));
        let replayer = Replayer::open(file, streams).unwrap();
        let mut ctx = WasiCtx::builder().build().unwrap();
        let options = fossor_wasi::TraceOptions {
            values: true,
            ..Default::default()
        };
        ctx.set_tracer_with(options, |call: &fossor_wasi::TraceCall<'_>| {
            drop(call.to_string());
        });
        ctx.add_layer(replayer);
        // Where the number of buffers and events is: many.
        let mut bytes = vec![9; 64];
        let outcome = call(&mut ctx, &mut bytes, name, cells);
        assert_eq!(outcome.unwrap(), 0, "{name}");
    }
}
