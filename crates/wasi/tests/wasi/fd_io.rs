//! Reading, writing, seeking, closing, renumbering.

use std::os::fd::AsFd;

use fossor_wasi::{Errno, Pipe, Stdio, WasiCtx};

use crate::guest::*;

fn file(contents: &[u8]) -> (tempfile::TempDir, Guest, u64) {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("f"), contents).unwrap();
    let mut guest = Guest::with_dir(dir.path(), Default::default());
    let fd = guest.open("f", 0, READ_WRITE).unwrap();
    (dir, guest, fd)
}

#[test]
fn a_read_fills_several_buffers() {
    let (_dir, mut guest, fd) = file(b"inside and more");
    guest.poison();
    let [iovs, count] = guest.iovecs(&[(0x9000, 6), (0, 0), (0xa000, 20)]);
    guest.ok("fd_read", &[fd, iovs, count, 0x8000]);
    assert_eq!(guest.at(0x8000, 5), b"\x0f\0\0\0?");
    assert_eq!(guest.at(0x9000, 7), b"inside?");
    assert_eq!(guest.at(0xa000, 10), b" and more?");
    assert_eq!(
        guest.line(),
        "fd_read(4</f>, [6, 0, 20]) = 0 {15 \"inside and more\"}"
    );
    assert_eq!(guest.read(fd, 8), Ok(vec![]));
}

#[test]
fn a_write_takes_several_buffers() {
    let out = Pipe::new();
    let mut guest = Guest::new(WasiCtx::builder().stdout(Stdio::pipe(out.clone())));
    let hello = guest.put(b"hello ") as u32;
    let world = guest.put(b"world\n") as u32;
    let [iovs, count] = guest.iovecs(&[(hello, 6), (world, 6)]);
    guest.ok("fd_write", &[1, iovs, count, 0x8000]);
    assert_eq!(guest.at(0x8000, 5), b"\x0c\0\0\0?");
    assert_eq!(
        guest.line(),
        r#"fd_write(1<stdout>, [6:"hello ", 6:"world\n"]) = 0 {12}"#
    );
    assert_eq!(out.take(), b"hello world\n");
}

#[test]
fn positioned_calls_leave_the_offset() {
    let (_dir, mut guest, fd) = file(b"0123456789");
    let [iovs, count] = guest.iovecs(&[(BUFFER, 4)]);
    guest.ok("fd_pread", &[fd, iovs, count, 6, 0x8000]);
    assert_eq!(guest.at(BUFFER, 5), b"6789?");
    assert_eq!(guest.line(), "fd_pread(4</f>, [4], off=6) = 0 {4 \"6789\"}");
    let hi = guest.put(b"hi") as u32;
    let [iovs, count] = guest.iovecs(&[(hi, 2)]);
    guest.ok("fd_pwrite", &[fd, iovs, count, 10, 0x8000]);
    assert_eq!(guest.line(), "fd_pwrite(4</f>, [2:\"hi\"], off=10) = 0 {2}");
    guest.ok("fd_tell", &[fd, 0x8000]);
    assert_eq!(guest.u64_at(0x8000), 0);
    assert_eq!(guest.line(), "fd_tell(4</f>) = 0 {0}");
    assert_eq!(guest.read(fd, 20), Ok(b"0123456789hi".to_vec()));
    let huge = 1 << 63;
    let [iovs, count] = guest.iovecs(&[(BUFFER, 4)]);
    assert_eq!(
        guest.errno("fd_pread", &[fd, iovs, count, huge, 0x8000]),
        Errno::Inval
    );
}

#[test]
fn seeking_knows_three_origins() {
    let (_dir, mut guest, fd) = file(b"0123456789");
    let minus = |n: i64| n as u64;
    for (offset, whence, position) in [(3, 0, 3), (2, 1, 5), (minus(-2), 2, 8), (5, 2, 15)] {
        guest.ok("fd_seek", &[fd, offset, whence, 0x8000]);
        assert_eq!(guest.u64_at(0x8000), position);
    }
    assert_eq!(guest.line(), "fd_seek(4</f>, 5, END) = 0 {pos=15}");
    guest.poison();
    for (offset, whence) in [
        (minus(-1), 0),
        (minus(-11), 2),
        (0, 3),
        (0, 256),
        (minus(-16), 1),
    ] {
        assert_eq!(
            guest.errno("fd_seek", &[fd, offset, whence, 0x8000]),
            Errno::Inval
        );
    }
    assert!(guest.bytes.iter().all(|byte| *byte == POISON));
    assert_eq!(guest.errno("fd_seek", &[DIR, 0, 0, 0x8000]), Errno::Badf);
    assert_eq!(guest.errno("fd_tell", &[99, 0x8000]), Errno::Badf);
    assert_eq!(guest.errno("fd_seek", &[0, 0, 0, 0x8000]), Errno::Spipe);
}

#[test]
fn the_way_of_opening_is_the_way_of_using() {
    let (_dir, mut guest, _) = file(b"x");
    let reader = guest.open("f", 0, READ).unwrap();
    assert_eq!(guest.write(reader, b"y"), Err(Errno::Badf));
    let writer = guest.open("f", 0, WRITE).unwrap();
    assert_eq!(guest.read(writer, 1), Err(Errno::Badf));
    assert_eq!(guest.read(DIR, 1), Err(Errno::Isdir));
    assert_eq!(guest.write(DIR, b"y"), Err(Errno::Badf));
    assert_eq!(guest.read(99, 1), Err(Errno::Badf));
    assert_eq!(guest.line(), "fd_read(99, [1]) = BADF");
}

#[test]
fn appending_writes_go_to_the_end() {
    let (dir, mut guest, fd) = file(b"0123");
    guest.ok("fd_fdstat_set_flags", &[fd, APPEND]);
    assert_eq!(guest.write(fd, b"45"), Ok(2));
    // A positioned write goes to its position all the same.
    let x = guest.put(b"x") as u32;
    let [iovs, count] = guest.iovecs(&[(x, 1)]);
    guest.ok("fd_pwrite", &[fd, iovs, count, 0, 0x8000]);
    guest.ok("fd_fdstat_set_flags", &[fd, 0]);
    guest.ok("fd_seek", &[fd, 1, 0, 0x8000]);
    assert_eq!(guest.write(fd, b"y"), Ok(1));
    assert_eq!(std::fs::read(dir.path().join("f")).unwrap(), b"xy2345");

    let appending = guest.open_at(DIR, 0, "f", 0, WRITE, APPEND).unwrap();
    assert_eq!(guest.write(appending, b"6"), Ok(1));
    assert_eq!(guest.write(appending, b"7"), Ok(1));
    assert_eq!(std::fs::read(dir.path().join("f")).unwrap(), b"xy234567");
}

#[test]
fn sizes_advice_and_room() {
    let (dir, mut guest, fd) = file(b"0123456789");
    guest.ok("fd_filestat_set_size", &[fd, 4]);
    assert_eq!(guest.line(), "fd_filestat_set_size(4</f>, 4) = 0");
    guest.ok("fd_allocate", &[fd, 90, 20]);
    assert_eq!(guest.line(), "fd_allocate(4</f>, off=90, len=20) = 0");
    let len = || std::fs::metadata(dir.path().join("f")).unwrap().len();
    assert_eq!(len(), 110);
    guest.ok("fd_allocate", &[fd, 0, 1]);
    assert_eq!(len(), 110);
    assert_eq!(guest.errno("fd_allocate", &[fd, 0, 0]), Errno::Inval);
    assert_eq!(guest.errno("fd_allocate", &[fd, u64::MAX, 2]), Errno::Inval);
    assert_eq!(guest.errno("fd_allocate", &[DIR, 0, 1]), Errno::Badf);
    assert_eq!(
        guest.errno("fd_filestat_set_size", &[fd, 1 << 63]),
        Errno::Inval
    );
    assert_eq!(guest.errno("fd_filestat_set_size", &[DIR, 0]), Errno::Badf);
    let reader = guest.open("f", 0, READ).unwrap();
    assert_eq!(
        guest.errno("fd_filestat_set_size", &[reader, 0]),
        Errno::Inval
    );
    for advice in 0..6 {
        guest.ok("fd_advise", &[fd, 0, 4096, advice]);
    }
    guest.ok("fd_advise", &[fd, 0, 4096, 3]);
    assert_eq!(
        guest.line(),
        "fd_advise(4</f>, off=0, len=4096, WILLNEED) = 0"
    );
    assert_eq!(guest.errno("fd_advise", &[fd, 0, 0, 6]), Errno::Inval);
    assert_eq!(
        guest.errno("fd_advise", &[fd, u64::MAX, 2, 0]),
        Errno::Inval
    );
    assert_eq!(guest.errno("fd_advise", &[DIR, 0, 0, 0]), Errno::Badf);
    assert_eq!(guest.errno("fd_advise", &[99, 0, 0, 0]), Errno::Badf);
    guest.ok("fd_sync", &[fd]);
    guest.ok("fd_datasync", &[fd]);
    guest.ok("fd_sync", &[DIR]);
    assert_eq!(guest.errno("fd_sync", &[99]), Errno::Badf);
    assert_eq!(guest.errno("fd_sync", &[1]), Errno::Inval);
}

#[test]
fn closing_twice_is_an_error() {
    let (_dir, mut guest, fd) = file(b"");
    assert_eq!(guest.close(fd), Errno::Success);
    assert_eq!(guest.line(), "fd_close(4</f>) = 0");
    assert_eq!(guest.close(fd), Errno::Badf);
    for fd in 0..4 {
        assert_eq!(guest.close(fd), Errno::Success);
    }
    assert_eq!(guest.write(1, b"x"), Err(Errno::Badf));
    assert_eq!(guest.errno("fd_prestat_get", &[DIR, 0x8000]), Errno::Badf);
    assert_eq!(guest.close(u64::from(u32::MAX)), Errno::Badf);
    assert_eq!(guest.line(), "fd_close(-1) = BADF");
}

#[test]
fn renumbering_replaces() {
    let (_dir, mut guest, fd) = file(b"abc");
    let other = guest.open("f", 0, READ).unwrap();
    assert_eq!((fd, other), (4, 5));
    guest.ok("fd_renumber", &[other, fd]);
    assert_eq!(guest.line(), "fd_renumber(5</f> → 4</f>) = 0");
    assert_eq!(guest.read(other, 1), Err(Errno::Badf));
    assert_eq!(guest.write(fd, b"x"), Err(Errno::Badf));
    assert_eq!(guest.read(fd, 3), Ok(b"abc".to_vec()));
    guest.ok("fd_renumber", &[fd, fd]);
    for (from, to) in [(fd, 5), (5, fd), (fd, u64::from(u32::MAX)), (99, 99)] {
        assert_eq!(guest.errno("fd_renumber", &[from, to]), Errno::Badf);
    }
    // Over a preopened directory, which then is none.
    guest.ok("fd_renumber", &[fd, DIR]);
    assert_eq!(guest.errno("fd_prestat_get", &[DIR, 0x8000]), Errno::Badf);
    assert_eq!(guest.path("path_create_directory", DIR, "d"), Errno::Notdir);
    // And over a stream.
    guest.ok("fd_renumber", &[DIR, 1]);
    assert_eq!(guest.read(1, 1), Ok(vec![]));
}

#[test]
fn the_lowest_number_is_given_and_there_is_a_limit() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("f"), b"").unwrap();
    let mut guest = Guest::new(
        WasiCtx::builder()
            .preopen_dir(dir.path(), "/", fossor_wasi::Access::ReadWrite)
            .unwrap()
            .max_descriptors(8),
    );
    for expected in 4..8 {
        assert_eq!(guest.open("f", 0, READ), Ok(expected));
    }
    assert_eq!(guest.open("f", 0, READ), Err(Errno::Mfile));
    assert_eq!(guest.open("new", CREAT, WRITE), Err(Errno::Mfile));
    assert!(!dir.path().join("new").exists());
    guest.close(5);
    guest.close(0);
    assert_eq!(guest.open("f", 0, READ), Ok(0));
    assert_eq!(guest.open("f", 0, READ), Ok(5));
}

#[test]
fn a_pipe_without_a_reader_is_an_error_and_no_signal() {
    let (reader, writer) = rustix::pipe::pipe().unwrap();
    let mut guest = Guest::new(WasiCtx::builder().stdout(Stdio::file(std::fs::File::from(writer))));
    assert_eq!(guest.write(1, b"x"), Ok(1));
    drop(reader);
    assert_eq!(guest.write(1, b"x"), Err(Errno::Pipe));
    assert_eq!(guest.line(), "fd_write(1<stdout>, [1:\"x\"]) = PIPE");
}

#[test]
fn an_empty_pipe_that_does_not_wait_says_again() {
    let (reader, writer) = rustix::pipe::pipe().unwrap();
    let shared = reader.try_clone().unwrap();
    let mut guest = Guest::new(WasiCtx::builder().stdin(Stdio::file(std::fs::File::from(reader))));
    guest.ok("fd_fdstat_set_flags", &[0, NONBLOCK]);
    assert_eq!(guest.line(), "fd_fdstat_set_flags(0<stdin>, NONBLOCK) = 0");
    assert_eq!(guest.read(0, 4096), Err(Errno::Again));
    assert_eq!(guest.line(), "fd_read(0<stdin>, [4096]) = AGAIN");
    assert_eq!(guest.read(0, 0), Ok(vec![]));
    // The descriptor that we share with others is as before.
    let flags = rustix::fs::fcntl_getfl(shared.as_fd()).unwrap();
    assert!(!flags.contains(rustix::fs::OFlags::NONBLOCK));
    rustix::io::write(&writer, b"line\n").unwrap();
    assert_eq!(guest.read(0, 4096), Ok(b"line\n".to_vec()));
    drop(writer);
    assert_eq!(guest.read(0, 4096), Ok(vec![]));
}

#[test]
fn a_full_pipe_that_does_not_wait_takes_what_fits() {
    let (reader, writer) = rustix::pipe::pipe().unwrap();
    let mut guest = Guest::new(WasiCtx::builder().stdout(Stdio::file(std::fs::File::from(writer))));
    guest.ok("fd_fdstat_set_flags", &[1, NONBLOCK]);
    let mut total = 0;
    let stopped = loop {
        match guest.write(1, &[b'x'; 7000]) {
            Ok(written) => total += written,
            Err(errno) => break errno,
        }
    };
    assert_eq!(stopped, Errno::Again);
    assert!(total >= 50_000, "{total}");
    drop(reader);
}

#[test]
fn streams_in_memory() {
    let pipe = Pipe::bounded(4);
    let mut guest = Guest::new(
        WasiCtx::builder()
            .stdin(Stdio::bytes("in"))
            .stderr(Stdio::pipe(pipe.clone())),
    );
    assert_eq!(guest.read(0, 1), Ok(b"i".to_vec()));
    assert_eq!(guest.read(0, 9), Ok(b"n".to_vec()));
    assert_eq!(guest.read(0, 9), Ok(vec![]));
    assert_eq!(guest.write(0, b"x"), Err(Errno::Badf));
    assert_eq!(guest.write(1, b"lost"), Ok(4));
    assert_eq!(guest.write(2, b"abcdef"), Ok(4));
    assert_eq!(guest.write(2, b"gh"), Err(Errno::Nospc));
    assert_eq!(pipe.contents(), b"abcd");
    assert_eq!(pipe.take(), b"abcd");
    pipe.push(b"back");
    assert_eq!(guest.read(2, 9), Ok(b"back".to_vec()));
}
