//! The trace itself; lines of single functions are beside their functions.

use std::sync::{Arc, Mutex};

use fossor_host::GuestMemory;
use fossor_wasi::{Call, Content, Errno, TraceCall, TraceOptions, Value, WasiCtx, spans};

use crate::guest::*;

#[test]
fn what_does_not_lift_is_raw_and_blamed() {
    let dir = tempfile::tempdir().unwrap();
    let mut guest = Guest::with_dir(dir.path(), Default::default());
    guest.errno("fd_seek", &[4, 0, 256, 0x8000]);
    assert_eq!(guest.line(), "fd_seek(4, 0, 256) = INVAL (bad whence)");
    guest.errno("fd_read", &[0, 0xffff_0000, 3, 0x8000]);
    assert_eq!(
        guest.line(),
        "fd_read(0<stdin>, iovs@0xffff0000+3) = FAULT (bad iovs)"
    );
    guest.errno("path_create_directory", &[3, 0xffff_fff0, 99]);
    assert_eq!(
        guest.line(),
        "path_create_directory(3</>, path@0xfffffff0+99) = FAULT (bad path)"
    );
    guest.errno("random_get", &[0, 0xffff_ffff]);
    assert_eq!(
        guest.line(),
        "random_get(buf@0x0+4294967295) = FAULT (bad buf)"
    );
    guest.errno("poll_oneoff", &[0, 0, 0xffff_ffff, 0]);
    assert_eq!(
        guest.line(),
        "poll_oneoff(in@0x0, n=4294967295) = FAULT (bad subscriptions)"
    );
    guest.errno("fd_filestat_set_times", &[3, 1, 2, 3]);
    assert_eq!(
        guest.line(),
        "fd_filestat_set_times(3</>, atim=0.000000001, mtim=0.000000002, ATIM|ATIM_NOW) = INVAL"
    );
}

#[test]
fn options_change_the_line() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&lines);
    let mut ctx = WasiCtx::builder().build().unwrap();
    let options = TraceOptions {
        text_bytes: 4,
        paths: false,
        raw: true,
        values: false,
    };
    ctx.set_tracer_with(options, move |call: &TraceCall<'_>| {
        sink.lock().unwrap().push(format!("{call:#}"))
    });
    let mut bytes = vec![0; 64];
    bytes[..8].copy_from_slice(&[16, 0, 0, 0, 6, 0, 0, 0]);
    bytes[16..22].copy_from_slice(b"abcdef");
    let mut memory = GuestMemory::new(&mut bytes);
    let write = fossor_wasi::functions()
        .iter()
        .find(|function| function.name == "fd_write")
        .unwrap();
    (write.call)(&mut ctx, &mut memory, &[1, 0, 1, 40]).unwrap();
    ctx.clear_layers();
    (write.call)(&mut ctx, &mut memory, &[1, 0, 1, 40]).unwrap();
    let lines = lines.lock().unwrap();
    assert_eq!(lines.len(), 1);
    let line = &lines[0];
    assert!(
        line.starts_with("fd_write(1, [6:\"abcd\"…] [0x1 0x0 0x1 0x28]) = 0 {6} <")
            && line.ends_with("s>"),
        "{line}"
    );
}

#[test]
fn names_of_descriptors_are_escaped() {
    let dir = tempfile::tempdir().unwrap();
    let mut guest = Guest::with_dir(dir.path(), Default::default());
    let fd = guest.open("a\nproc_exit(0)\x1b[2J", CREAT, READ).unwrap();
    assert!(guest.line().ends_with(r"{4</a\nproc_exit(0)\x1b[2J>}"));
    guest.close(fd);
    assert_eq!(guest.line(), r"fd_close(4</a\nproc_exit(0)\x1b[2J>) = 0");
}

#[test]
fn letters_that_run_backwards_are_escaped() {
    let dir = tempfile::tempdir().unwrap();
    let mut guest = Guest::with_dir(dir.path(), Default::default());
    assert_eq!(guest.open("a\u{202e}b\u{9b}m", 0, READ), Err(Errno::Noent));
    let line = guest.line();
    assert!(line.contains(r#""a\u{202e}b\x9bm""#), "{line}");
}

#[test]
fn names_of_descriptors_do_not_grow_without_end() {
    let dir = tempfile::tempdir().unwrap();
    let mut guest = Guest::with_dir(dir.path(), Default::default());
    let here = "./".repeat(2000) + ".";
    let mut fd = DIR;
    for _ in 0..20 {
        fd = guest.open_at(fd, 0, &here, DIRECTORY, READ, 0).unwrap();
    }
    let name = guest.ctx.descriptor_name(fd as u32).unwrap();
    assert!(name.len() < 5000, "{} bytes", name.len());
    assert!(name.starts_with('…') && name.ends_with("/./."));
}

/// A thousand buffers, each of them the whole memory.
fn whole_memory_often(bytes: &mut [u8]) -> [u64; 4] {
    let len = (bytes.len() as u32).to_le_bytes();
    for iovec in bytes[..8 * 1024].chunks_exact_mut(8) {
        iovec[..4].fill(0);
        iovec[4..].copy_from_slice(&len);
    }
    [1, 0, 1024, 0x8000]
}

#[test]
fn buffers_that_are_refused_are_not_looked_at() {
    let mut bytes = vec![b'?'; 8 << 20];
    let cells = whole_memory_often(&mut bytes);
    let mut functions = fossor_wasi::functions().iter();
    let function = functions.find(|one| one.name == "fd_write");
    let call = Call {
        function: function.unwrap(),
        cells: &cells,
    };
    let mut looked_at = 0;
    spans::read(&call, &GuestMemory::new(&mut bytes), &mut |span| {
        looked_at += u64::from(span.len_bytes);
    });
    assert_eq!(looked_at, 0);
}

#[test]
fn values_take_no_more_than_the_memory_does() {
    let taken = Arc::new(Mutex::new(0));
    let sink = Arc::clone(&taken);
    let mut ctx = WasiCtx::builder().build().unwrap();
    let options = TraceOptions {
        values: true,
        ..TraceOptions::default()
    };
    ctx.set_tracer_with(options, move |call: &TraceCall<'_>| {
        let mut taken = sink.lock().unwrap();
        for (_, value) in call.values {
            *taken += match value {
                Value::Text(bytes) => bytes.len(),
                Value::List(list) => list
                    .iter()
                    .map(|one| match one {
                        Value::Bytes(bytes) => bytes.len(),
                        _ => 0,
                    })
                    .sum(),
                _ => 0,
            };
        }
    });
    let mut bytes = vec![b'?'; 1 << 18];
    let cells = whole_memory_often(&mut bytes);
    let mut call = |name: &str, cells: &[u64]| {
        let mut functions = fossor_wasi::functions().iter();
        let function = functions.find(|one| one.name == name).unwrap();
        (function.call)(&mut ctx, &mut GuestMemory::new(&mut bytes), cells).unwrap()
    };
    assert_eq!(call("fd_write", &cells), 0);
    assert_eq!(*taken.lock().unwrap(), 1 << 18);
    assert_ne!(call("path_unlink_file", &[3, 0, 1 << 18]), 0);
    assert_eq!(*taken.lock().unwrap(), 1 << 18);
}

#[test]
fn a_second_result_over_the_first_hides_no_bytes() {
    let mut bytes = vec![0; 64];
    bytes[..8].copy_from_slice(&[16, 0, 0, 0, 4, 0, 0, 0]);
    let memory = GuestMemory::new(&mut bytes);
    let ctx = WasiCtx::builder().build().unwrap();
    let mut functions = fossor_wasi::functions().iter();
    let function = functions.find(|one| one.name == "sock_recv");
    // The flags, 0, are stored over the length.
    for (flags, expected) in [(40, 4), (43, 4), (48, 0)] {
        let call = Call {
            function: function.unwrap(),
            cells: &[4, 0, 1, 0, 40, flags],
        };
        let mut spans = Vec::new();
        spans::plan(&call, &ctx, &memory, &mut spans);
        spans::settle(&call, 0, &memory, &mut spans);
        let data = spans.iter().filter(|span| span.content == Content::Bytes);
        let len: u32 = data.map(|span| span.len_bytes).sum();
        assert_eq!(len, expected, "flags at {flags}");
    }
}
