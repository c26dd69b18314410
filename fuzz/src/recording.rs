//! Recordings that were damaged, or written to do harm.

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use fossor_host::{GuestMemory, HostError};
use fossor_record::{Header, Recorder, Replayer};
use fossor_wasi::{Call, Pipe, Stdio, WasiCtx, functions, spans};
use std::io::{Cursor, Read, Write};
use std::sync::{Arc, LazyLock, Mutex};

/// Bytes before the compressed part.
const MAGIC_BYTES: usize = 8;

/// The calls of the recorded run, and of the replay.
const CALLS: [(&str, &[u64]); 6] = [
    ("fd_write", &[1, 0, 1, 16]),
    ("random_get", &[48, 8]),
    ("clock_time_get", &[0, 1, 64]),
    ("fd_read", &[0, 0, 1, 16]),
    ("args_sizes_get", &[72, 76]),
    ("fd_write", &[2, 0, 1, 16]),
];

#[derive(Clone, Default)]
struct Bytes(Arc<Mutex<Vec<u8>>>);

impl Write for Bytes {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no panic").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// One buffer of five bytes at 32.
fn memory() -> Vec<u8> {
    let mut bytes = vec![0; 128];
    bytes[0] = 32;
    bytes[4] = 5;
    bytes[32..37].copy_from_slice(b"hello");
    bytes
}

/// A good recording: its magic, then what it holds, not compressed.
static GOOD: LazyLock<(Vec<u8>, Vec<u8>)> = LazyLock::new(|| {
    let file = Bytes::default();
    let pipe = || Stdio::pipe(Pipe::new());
    let mut ctx = WasiCtx::builder()
        .arg("guest")
        .stdin(Stdio::bytes("input"))
        .stdout(pipe())
        .stderr(pipe())
        .build()
        .expect("a context");
    let sink = Box::new(file.clone());
    let recorder = Recorder::start(sink, Header::default(), &ctx).expect("in memory");
    ctx.add_layer(recorder.clone());
    let mut bytes = memory();
    for (name, cells) in CALLS {
        call(&mut ctx, &mut bytes, name, cells).expect("the guest goes on");
    }
    recorder.finish().expect("in memory");
    let file = file.0.lock().expect("no panic").clone();
    let mut body = Vec::new();
    GzDecoder::new(&file[MAGIC_BYTES..])
        .read_to_end(&mut body)
        .expect("just compressed");
    (file[..MAGIC_BYTES].to_vec(), body)
});

/// Even lengths: each three bytes change one of the good recording; odd ones: the
/// bytes are the recording.
pub fn run(data: &[u8]) {
    let (magic, body) = &*GOOD;
    let mut body = body.clone();
    if data.len() % 2 == 1 {
        body.truncate(usize::from(data[0]) * body.len() / 255);
        body.extend_from_slice(&data[1..]);
    } else {
        for change in data.chunks_exact(3) {
            let at = usize::from(u16::from_le_bytes([change[0], change[1]])) % body.len();
            body[at] = change[2];
        }
    }
    let mut packed = GzEncoder::new(magic.clone(), Compression::none());
    packed.write_all(&body).expect("in memory");
    replay(packed.finish().expect("in memory"));
    // And not compressed at all: it must be refused.
    replay(body);
}

fn replay(recording: Vec<u8>) {
    let sink = || Box::new(std::io::sink());
    let Ok(replayer) = Replayer::open(Cursor::new(recording), [sink(), sink()]) else {
        return;
    };
    let mut ctx = WasiCtx::builder().build().expect("a context");
    replayer.prepare(&mut ctx);
    ctx.add_layer(replayer);
    let mut bytes = memory();
    for (name, cells) in CALLS {
        if call(&mut ctx, &mut bytes, name, cells).is_err() {
            return;
        }
    }
}

fn call(ctx: &mut WasiCtx, bytes: &mut [u8], name: &str, cells: &[u64]) -> Result<u32, HostError> {
    let function = functions()
        .iter()
        .find(|function| function.name == name)
        .expect("a function of WASI");
    let mut spans = Vec::new();
    let mut memory = GuestMemory::new(bytes);
    spans::plan(&Call { function, cells }, ctx, &memory, &mut spans);
    (function.call)(ctx, &mut memory, cells)
}
