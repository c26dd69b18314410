//! The trace itself; lines of single functions are beside their functions.

use std::sync::{Arc, Mutex};

use fossor_host::GuestMemory;
use fossor_wasi::{TraceCall, TraceOptions, WasiCtx};

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
