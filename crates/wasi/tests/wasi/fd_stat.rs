//! `fd_fdstat_*`, `fd_filestat_*`, `fd_prestat_*`.

use std::os::unix::fs::MetadataExt;

use fossor_wasi::{Access, Errno, PreopenError, Stdio, WasiCtx};

use crate::guest::*;

/// The rights that distinguish files.
const SEEK_TELL: u64 = 1 << 2 | 1 << 5;

#[test]
fn preopens_are_found_by_number() {
    let dir = tempfile::tempdir().unwrap();
    let mut guest = Guest::new(
        WasiCtx::builder()
            .preopen_dir(dir.path(), ".", Access::ReadWrite)
            .unwrap()
            .preopen_dir(dir.path(), "sub/./dir/", Access::ReadOnly)
            .unwrap()
            .listener(std::net::TcpListener::bind("127.0.0.1:0").unwrap()),
    );
    guest.ok("fd_prestat_get", &[3, 0x8000]);
    assert_eq!(guest.at(0x8000, 9), b"\0\0\0\0\x01\0\0\0?");
    assert_eq!(guest.line(), "fd_prestat_get(3</>) = 0 {dir, name_len=1}");
    guest.ok("fd_prestat_dir_name", &[3, 0x9000, 1]);
    assert_eq!(guest.at(0x9000, 2), b"/?");
    assert_eq!(guest.line(), "fd_prestat_dir_name(3</>, len=1) = 0 \"/\"");
    guest.ok("fd_prestat_dir_name", &[4, 0x9000, 8]);
    assert_eq!(guest.at(0x9000, 9), b"/sub/dir?");
    guest.poison();
    assert_eq!(
        guest.errno("fd_prestat_dir_name", &[4, 0x9000, 7]),
        Errno::Nametoolong
    );
    assert_eq!(guest.at(0x9000, 1), b"?");
    // A listener is preopened and no directory; the scan goes on behind it.
    assert_eq!(guest.errno("fd_prestat_get", &[5, 0x8000]), Errno::Notdir);
    for fd in [0, 1, 2, 6, 99] {
        assert_eq!(guest.errno("fd_prestat_get", &[fd, 0x8000]), Errno::Badf);
    }
    let preopened = guest.ctx.preopened();
    assert_eq!(preopened.len(), 3);
    assert_eq!(
        (preopened[1].fd, preopened[1].name.as_str()),
        (4, "/sub/dir")
    );
    assert!(preopened[2].listener);
}

#[test]
fn preopens_are_checked() {
    let dir = tempfile::tempdir().unwrap();
    let open = |builder: fossor_wasi::WasiCtxBuilder, guest: &str| {
        builder.preopen_dir(dir.path(), guest, Access::ReadWrite)
    };
    let once = open(WasiCtx::builder(), "/a").unwrap();
    assert!(matches!(open(once, "a/"), Err(PreopenError::Duplicate(_))));
    assert!(matches!(
        open(WasiCtx::builder(), "/a/.."),
        Err(PreopenError::GuestName(_))
    ));
    let missing = WasiCtx::builder().preopen_dir("/does/not/exist", "/", Access::ReadWrite);
    assert_eq!(
        missing.err().unwrap().to_string(),
        "cannot open directory /does/not/exist: No such file or directory (os error 2)"
    );
}

#[test]
fn fdstat_is_24_bytes() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("f"), b"inside").unwrap();
    let mut guest = Guest::with_dir(dir.path(), Default::default());
    let fd = guest.open_at(DIR, 0, "f", 0, READ, NONBLOCK).unwrap();
    guest.poison();
    guest.ok("fd_fdstat_get", &[fd, 0x8000]);
    let stat = guest.at(0x8000, 25).to_vec();
    assert_eq!(stat[..8], [4, 0, 4, 0, 0, 0, 0, 0]);
    assert_eq!(stat[24], POISON);
    let base = guest.u64_at(0x8008);
    assert_eq!(base & READ_WRITE, READ);
    assert_eq!(base & SEEK_TELL, SEEK_TELL);
    assert_eq!(guest.u64_at(0x8010), 0);

    guest.ok("fd_fdstat_get", &[DIR, 0x8000]);
    assert_eq!(guest.at(0x8000, 1), [3]);
    assert_eq!(guest.u64_at(0x8008) & READ_WRITE, 0);
    assert_eq!(guest.u64_at(0x8010) & READ_WRITE, READ_WRITE);
    assert_eq!(guest.errno("fd_fdstat_get", &[9, 0x8000]), Errno::Badf);
}

#[test]
fn a_stream_shows_its_kind() {
    let (reader, _writer) = rustix::pipe::pipe().unwrap();
    let null = std::fs::File::open("/dev/null").unwrap();
    let mut guest = Guest::new(
        WasiCtx::builder()
            .stdin(Stdio::file(std::fs::File::from(reader)))
            .stdout(Stdio::file(null)),
    );
    guest.ok("fd_fdstat_get", &[0, 0x8000]);
    assert_eq!(guest.at(0x8000, 1), [0]);
    assert_eq!(guest.u64_at(0x8008) & (SEEK_TELL | READ_WRITE), READ);
    assert_eq!(
        guest.line(),
        "fd_fdstat_get(0<stdin>) = 0 \
         {UNKNOWN, base=FD_READ|FD_FDSTAT_SET_FLAGS|FD_FILESTAT_GET…, inh=0}"
    );
    // A character device that is no terminal, by its right to seek.
    guest.ok("fd_fdstat_get", &[1, 0x8000]);
    assert_eq!(guest.at(0x8000, 1), [2]);
    assert_eq!(guest.u64_at(0x8008) & SEEK_TELL, SEEK_TELL);
}

#[test]
fn a_nonblocking_stream_is_shown_so() {
    let (reader, _writer) = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::NONBLOCK).unwrap();
    let mut guest = Guest::new(WasiCtx::builder().stdin(Stdio::file(std::fs::File::from(reader))));
    guest.ok("fd_fdstat_get", &[0, 0x8000]);
    assert_eq!(guest.u16_at(0x8002), NONBLOCK as u16);
    assert_eq!(guest.read(0, 1), Err(Errno::Again));
}

#[test]
fn flags_are_kept_and_checked() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("f"), b"").unwrap();
    let mut guest = Guest::with_dir(dir.path(), Default::default());
    let sync = 16;
    let fd = guest.open_at(DIR, 0, "f", 0, READ_WRITE, sync).unwrap();
    let flags = |guest: &mut Guest, fd| {
        guest.ok("fd_fdstat_get", &[fd, 0x8000]);
        u64::from(guest.u16_at(0x8002))
    };
    assert_eq!(flags(&mut guest, fd), sync);
    guest.ok("fd_fdstat_set_flags", &[fd, sync | APPEND | NONBLOCK]);
    assert_eq!(flags(&mut guest, fd), sync | APPEND | NONBLOCK);
    for (bad, errno) in [
        (0, Errno::Notsup),
        (sync | 2, Errno::Notsup),
        (32, Errno::Inval),
        (0x1_0000, Errno::Inval),
    ] {
        assert_eq!(guest.errno("fd_fdstat_set_flags", &[fd, bad]), errno);
    }
    assert_eq!(
        guest.line(),
        "fd_fdstat_set_flags(4</f>, 0x10000) = INVAL (bad flags)"
    );
    assert_eq!(flags(&mut guest, fd), sync | APPEND | NONBLOCK);
    assert_eq!(guest.errno("fd_fdstat_set_flags", &[99, 0]), Errno::Badf);
    assert_eq!(
        guest.errno("fd_fdstat_set_rights", &[fd, 0, 0]),
        Errno::Notsup
    );
    assert_eq!(
        guest.errno("fd_fdstat_set_rights", &[99, 0, 0]),
        Errno::Badf
    );
}

#[test]
fn filestat_is_64_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("f");
    std::fs::write(&path, b"inside").unwrap();
    let mut guest = Guest::with_dir(dir.path(), Default::default());
    let fd = guest.open("f", 0, READ_WRITE).unwrap();
    guest.ok(
        "fd_filestat_set_times",
        &[fd, 1_000_000_001, 2_000_000_002, 1 | 4],
    );
    assert_eq!(
        guest.line(),
        "fd_filestat_set_times(4</f>, atim=1.000000001, mtim=2.000000002) = 0"
    );
    guest.poison();
    guest.ok("fd_filestat_get", &[fd, 0x8000]);
    let host = std::fs::metadata(&path).unwrap();
    let fields: Vec<u64> = (0..8)
        .map(|field| guest.u64_at(0x8000 + field * 8))
        .collect();
    assert_eq!(
        fields[..7],
        [
            host.dev(),
            host.ino(),
            4,
            1,
            6,
            1_000_000_001,
            2_000_000_002
        ]
    );
    assert_eq!(guest.at(0x8040, 1), b"?");
    assert_eq!(
        guest.line(),
        format!(
            "fd_filestat_get(4</f>) = 0 {{REGULAR, dev={}, ino={}, nlink=1, size=6, \
             mtim=2.000000002}}",
            host.dev(),
            host.ino()
        )
    );

    guest.ok("fd_filestat_set_times", &[fd, 5, 5, 8]);
    assert_eq!(
        guest.line(),
        "fd_filestat_set_times(4</f>, atim=–, mtim=NOW) = 0"
    );
    let host = std::fs::metadata(&path).unwrap();
    assert_eq!(host.atime(), 1);
    assert!(host.mtime() > 1_000_000_000);
    for flags in [3, 12, 16] {
        assert_eq!(
            guest.errno("fd_filestat_set_times", &[fd, 0, 0, flags]),
            Errno::Inval
        );
    }
    guest.ok("fd_filestat_set_times", &[DIR, 0, 0, 2]);
}

#[test]
fn streams_have_a_filestat() {
    let mut guest = Guest::new(WasiCtx::builder().stdin(Stdio::bytes("123")));
    let mut inodes = Vec::new();
    for fd in 0..3 {
        guest.poison();
        guest.ok("fd_filestat_get", &[fd, 0x8000]);
        inodes.push(guest.u64_at(0x8008));
        assert_eq!(guest.u64_at(0x8010), 0);
    }
    inodes.dedup();
    assert_eq!(inodes.len(), 3);
    assert_eq!(guest.errno("fd_filestat_get", &[7, 0x8000]), Errno::Badf);
}

#[test]
fn times_of_a_stream_are_set_by_who_may_write_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("f");
    std::fs::write(&path, b"123").unwrap();
    let before = std::fs::metadata(&path).unwrap();
    let open = |write| std::fs::File::options().read(true).write(write).open(&path);
    let builder = WasiCtx::builder().stdin(Stdio::file(open(false).unwrap()));
    let mut guest = Guest::new(builder.stdout(Stdio::file(open(true).unwrap())));
    let set_times = "fd_filestat_set_times";
    // As a shell's `< f` gives it: the host would let its owner.
    assert_eq!(guest.errno(set_times, &[0, 5, 5, 5]), Errno::Badf);
    let after = std::fs::metadata(&path).unwrap();
    assert_eq!(after.mtime_nsec(), before.mtime_nsec());
    assert_eq!(after.mtime(), before.mtime());
    let right = 1u64 << 23;
    guest.ok("fd_fdstat_get", &[0, 0x8000]);
    assert_eq!(guest.u64_at(0x8008) & right, 0);
    guest.ok("fd_fdstat_get", &[1, 0x8000]);
    assert_eq!(guest.u64_at(0x8008) & right, right);
    guest.ok(set_times, &[1, 0, 5_000_000_000, 4]);
    assert_eq!(std::fs::metadata(&path).unwrap().mtime(), 5);

    // What is no file has no times of its own; a terminal's tell who is idle.
    let (reader, writer) = rustix::pipe::pipe().unwrap();
    let builder = WasiCtx::builder().stdin(Stdio::file(reader.into()));
    let mut guest = Guest::new(builder.stdout(Stdio::file(writer.into())));
    for fd in 0..2 {
        assert_eq!(guest.errno(set_times, &[fd, 5, 5, 5]), Errno::Badf);
    }
}
