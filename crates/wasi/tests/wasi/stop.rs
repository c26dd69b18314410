//! A stop from another thread ends every kind of wait within 50 ms, as a trap.

use std::fs::File;
use std::io::{IoSlice, IoSliceMut, Write};
use std::os::fd::{BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::time::{Duration, Instant};

use fossor_host::{HostError, Interrupt, InterruptReason, Trap};
use fossor_wasi::os::{DirEntry, OsResult, WriteHow};
use fossor_wasi::{Os, Stdio, System, WasiCtx, WasiCtxBuilder};

use crate::guest::*;

const LATEST: Duration = Duration::from_millis(50);

/// Runs `wait` and stops it after 30 ms.
fn stopped(
    builder: WasiCtxBuilder,
    wait: impl FnOnce(&mut Guest) -> Result<u32, HostError>,
) -> Duration {
    let interrupt = Arc::new(Interrupt::default());
    let mut guest = Guest::new(builder.interrupt(Arc::clone(&interrupt)));
    let stopping = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(30));
        let now = Instant::now();
        interrupt.interrupt(InterruptReason::Deadline);
        now
    });
    let outcome = wait(&mut guest);
    let end = Instant::now();
    let asked = stopping.join().unwrap();
    assert!(
        matches!(outcome, Err(HostError::Trap(Trap::Interrupted))),
        "{outcome:?}"
    );
    assert!(guest.line().ends_with(" = interrupted"), "{}", guest.line());
    let took = end.duration_since(asked);
    assert!(took < LATEST, "{took:?}");
    took
}

fn sleep(guest: &mut Guest, extra: bool) -> Result<u32, HostError> {
    let mut subscription = [0u8; 48];
    subscription[16] = 1;
    subscription[24..32].copy_from_slice(&3_600_000_000_000u64.to_le_bytes());
    let list = guest.put(&[subscription, subscription].concat());
    guest.call("poll_oneoff", &[list, 0x9000, 1 + u64::from(extra), 0x8000])
}

fn read(guest: &mut Guest, fd: u64) -> Result<u32, HostError> {
    let [iovs, count] = guest.iovecs(&[(BUFFER, 99)]);
    guest.call("fd_read", &[fd, iovs, count, 0x8000])
}

#[test]
fn sleeping() {
    println!(
        "sleep: {:?}",
        stopped(WasiCtx::builder(), |guest| sleep(guest, false))
    );
    println!(
        "clocks: {:?}",
        stopped(WasiCtx::builder(), |guest| sleep(guest, true))
    );
}

#[test]
fn reading_a_silent_pipe() {
    let (reader, _writer) = rustix::pipe::pipe().unwrap();
    let builder = WasiCtx::builder().stdin(Stdio::file(File::from(reader)));
    println!("stdin: {:?}", stopped(builder, |guest| read(guest, 0)));
}

#[test]
fn polling_a_silent_pipe() {
    let (reader, _writer) = rustix::pipe::pipe().unwrap();
    let builder = WasiCtx::builder().stdin(Stdio::file(File::from(reader)));
    let took = stopped(builder, |guest| {
        let mut subscription = [0u8; 48];
        subscription[8] = 1;
        let list = guest.put(&subscription);
        guest.call("poll_oneoff", &[list, 0x9000, 1, 0x8000])
    });
    println!("poll: {took:?}");
}

#[test]
fn writing_to_a_full_pipe() {
    let (_reader, writer) = rustix::pipe::pipe().unwrap();
    let builder = WasiCtx::builder().stdout(Stdio::file(File::from(writer)));
    let took = stopped(builder, |guest| {
        let [iovs, count] = guest.iovecs(&[(0, 200_000)]);
        guest.call("fd_write", &[1, iovs, count, 0x8000])
    });
    println!("full pipe: {took:?}");
}

#[test]
fn accepting() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let builder = WasiCtx::builder().listener(listener);
    let took = stopped(builder, |guest| {
        guest.ok("fd_fdstat_set_flags", &[3, 0]);
        guest.call("sock_accept", &[3, 0, 0x8000])
    });
    println!("accept: {took:?}");
}

fn with_fifo() -> (tempfile::TempDir, WasiCtxBuilder) {
    let dir = tempfile::tempdir().unwrap();
    rustix::fs::mknodat(
        rustix::fs::CWD,
        dir.path().join("fifo"),
        rustix::fs::FileType::Fifo,
        0o600.into(),
        0,
    )
    .unwrap();
    let builder = WasiCtx::builder()
        .preopen_dir(dir.path(), "/", fossor_wasi::Access::ReadWrite)
        .unwrap();
    (dir, builder)
}

#[test]
fn reading_a_named_pipe_without_a_writer() {
    let (_dir, builder) = with_fifo();
    let took = stopped(builder, |guest| {
        let fd = guest.open("fifo", 0, READ).unwrap();
        read(guest, fd)
    });
    println!("named pipe, read: {took:?}");
}

#[test]
fn opening_a_named_pipe_without_a_reader() {
    let (_dir, builder) = with_fifo();
    let took = stopped(builder, |guest| {
        let [path, len] = guest.text("fifo");
        guest.call("path_open", &[DIR, 0, path, len, 0, WRITE, 0, 0, 0x8000])
    });
    println!("named pipe, open: {took:?}");
}

#[test]
fn every_function_looks_at_the_flag() {
    let interrupt = Arc::new(Interrupt::default());
    let mut guest = Guest::new(WasiCtx::builder().interrupt(Arc::clone(&interrupt)));
    guest.ok("sched_yield", &[]);
    interrupt.interrupt(InterruptReason::Requested);
    assert!(matches!(
        guest.call("sched_yield", &[]),
        Err(HostError::Trap(Trap::Interrupted))
    ));
    assert!(guest.call("clock_time_get", &[0, 0, 0]).is_err());
    // Cleared, it goes on: also to sleep, as the old wake does not count.
    interrupt.clear();
    let start = Instant::now();
    let mut subscription = [0u8; 48];
    subscription[16] = 1;
    subscription[24..32].copy_from_slice(&20_000_000u64.to_le_bytes());
    let list = guest.put(&subscription);
    guest.ok("poll_oneoff", &[list, 0x9000, 1, 0x8000]);
    assert!(start.elapsed() >= Duration::from_millis(20));
}

#[test]
fn an_interrupt_with_another_waker_still_stops() {
    let interrupt = Arc::new(Interrupt::default());
    assert!(interrupt.set_waker(|| {}));
    let mut guest = Guest::new(WasiCtx::builder().interrupt(Arc::clone(&interrupt)));
    let stopping = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(30));
        interrupt.interrupt(InterruptReason::Requested);
    });
    let start = Instant::now();
    assert!(sleep(&mut guest, false).is_err());
    assert!(start.elapsed() < Duration::from_millis(30) + LATEST);
    stopping.join().unwrap();
}

#[test]
fn a_stop_before_the_wait_counts() {
    let interrupt = Arc::new(Interrupt::default());
    interrupt.interrupt(InterruptReason::Deadline);
    let mut guest = Guest::new(WasiCtx::builder().interrupt(interrupt));
    assert!(sleep(&mut guest, false).is_err());
}

#[test]
fn passing_over_the_entries_of_a_directory() {
    let dir = tempfile::tempdir().unwrap();
    let interrupt = Arc::new(Interrupt::default());
    let builder = WasiCtx::builder().interrupt(Arc::clone(&interrupt));
    let os = StopsWhenListing(interrupt);
    let builder = builder.os(Box::new(os));
    let mut guest = Guest::new(
        builder
            .preopen_dir(dir.path(), "/", fossor_wasi::Access::ReadOnly)
            .unwrap(),
    );
    let args = [DIR, BUFFER.into(), 4096, u64::MAX, 0x8000];
    let outcome = guest.call("fd_readdir", &args);
    assert!(matches!(outcome, Err(HostError::Trap(Trap::Interrupted))));
}

/// A directory without an end, in which the stop comes at entry 1,000.
struct StopsWhenListing(Arc<Interrupt>);

impl Os for StopsWhenListing {
    fn list(
        &mut self,
        _: BorrowedFd<'_>,
        _: u64,
        each: &mut dyn FnMut(DirEntry<'_>) -> bool,
    ) -> OsResult<()> {
        for number in 1..100_000 {
            if number == 1_000 {
                self.0.interrupt(InterruptReason::Deadline);
            }
            assert!(number < 2_000, "nobody looked at the stop flag");
            let entry = DirEntry {
                next_cookie: number,
                ino: number,
                file_type: fossor_wasi::abi::FileType::RegularFile,
                name: b"name",
            };
            if !each(entry) {
                break;
            }
        }
        Ok(())
    }
}

/// The most that the host is asked to move at once.
const MOST_BYTES: usize = 4 << 20;

#[test]
fn a_device_is_not_read_for_long_at_once() {
    let (reader, writer) = std::io::pipe().unwrap();
    (&writer).write_all(b"abc").unwrap();
    let stdin = Stdio::file(File::from(OwnedFd::from(reader)));
    let os = Little::default();
    let builder = WasiCtx::builder().os(Box::new(os)).stdin(stdin);
    let mut guest = Guest::new(builder);
    guest.bytes.resize(40 << 20, POISON);
    for list in [
        &[(1 << 20, 32 << 20)][..],
        &[(0, 0), (9, 1), (10, 32 << 20)],
    ] {
        let [iovs, count] = guest.iovecs(list);
        guest.ok("fd_read", &[0, iovs, count, 0x8000]);
        assert!(matches!(guest.u32_at(0x8000), 1..=3));
        (&writer).write_all(b"abc").unwrap();
    }
}

/// The real system, asked for little.
#[derive(Default)]
struct Little {
    /// Set after so many of its reads and writes.
    stop: Option<(u32, Arc<Interrupt>)>,
    moves: u32,
}

impl Little {
    fn moves(&mut self, lens: impl Iterator<Item = usize>) {
        let total_bytes: usize = lens.sum();
        assert!(total_bytes <= MOST_BYTES, "{total_bytes} at once");
        self.moves += 1;
        if let Some((last, interrupt)) = &self.stop {
            assert!(self.moves <= *last, "nobody looked at the stop flag");
            if self.moves == *last {
                interrupt.interrupt(InterruptReason::Deadline);
            }
        }
    }
}

impl Os for Little {
    fn read(
        &mut self,
        fd: BorrowedFd<'_>,
        bufs: &mut [IoSliceMut<'_>],
        nowait: bool,
    ) -> OsResult<usize> {
        self.moves(bufs.iter().map(|buf| buf.len()));
        System.read(fd, bufs, nowait)
    }

    fn write(
        &mut self,
        fd: BorrowedFd<'_>,
        bufs: &[IoSlice<'_>],
        how: WriteHow,
    ) -> OsResult<usize> {
        self.moves(bufs.iter().map(|buf| buf.len()));
        System.write(fd, bufs, how)
    }

    fn pread(
        &mut self,
        fd: BorrowedFd<'_>,
        bufs: &mut [IoSliceMut<'_>],
        offset: u64,
    ) -> OsResult<usize> {
        self.moves(bufs.iter().map(|buf| buf.len()));
        System.pread(fd, bufs, offset)
    }

    fn pwrite(&mut self, fd: BorrowedFd<'_>, bufs: &[IoSlice<'_>], offset: u64) -> OsResult<usize> {
        self.moves(bufs.iter().map(|buf| buf.len()));
        System.pwrite(fd, bufs, offset)
    }
}

/// Buffers that are 21 MiB and 3 bytes together, in pieces that do not end where the
/// buffers do.
const LONG: [(u32, u32); 5] = [
    (1 << 20, 1),
    (2 << 20, 9 << 20),
    (11 << 20, 2),
    (12 << 20, 2 << 20),
    (16 << 20, 10 << 20),
];

fn with_file(os: Little, interrupt: Arc<Interrupt>) -> (tempfile::TempDir, Guest) {
    let dir = tempfile::tempdir().unwrap();
    let builder = WasiCtx::builder().os(Box::new(os)).interrupt(interrupt);
    let access = fossor_wasi::Access::ReadWrite;
    let mut guest = Guest::new(builder.preopen_dir(dir.path(), "/", access).unwrap());
    guest.bytes = (0..32 << 20).map(|at: u32| (at >> 4) as u8).collect();
    (dir, guest)
}

#[test]
fn files_are_moved_in_pieces_and_whole() {
    let (dir, mut guest) = with_file(Little::default(), Arc::default());
    let fd = guest.open("f", CREAT, READ_WRITE).unwrap();
    let expected = Vec::from_iter(
        LONG.iter()
            .flat_map(|(buf, len)| guest.at(*buf, *len).to_vec()),
    );
    let total = LONG.iter().map(|(_, len)| len).sum::<u32>();
    for (name, offset) in [("fd_write", None), ("fd_pwrite", Some(5))] {
        let [iovs, count] = guest.iovecs(&LONG);
        let args = [fd, iovs, count].into_iter().chain(offset).chain([0x8000]);
        guest.ok(name, &Vec::from_iter(args));
        assert_eq!(guest.u32_at(0x8000), total);
        let written = std::fs::read(dir.path().join("f")).unwrap();
        assert!(
            written[offset.unwrap_or(0) as usize..] == expected,
            "{name}"
        );
    }
    guest.ok("fd_seek", &[fd, 5, 0, 0x8000]);
    for (name, offset) in [("fd_read", None), ("fd_pread", Some(5))] {
        guest.bytes.fill(POISON);
        let [iovs, count] = guest.iovecs(&LONG);
        let args = [fd, iovs, count].into_iter().chain(offset).chain([0x8000]);
        guest.ok(name, &Vec::from_iter(args));
        assert_eq!(guest.u32_at(0x8000), total);
        let read = LONG
            .iter()
            .flat_map(|(buf, len)| guest.at(*buf, *len).to_vec());
        assert!(Vec::from_iter(read) == expected, "{name}");
    }
    // The end is in the third piece.
    let [iovs, count] = guest.iovecs(&LONG[4..]);
    guest.ok(
        "fd_pread",
        &[fd, iovs, count, u64::from(total) - (9 << 20), 0x8000],
    );
    assert_eq!(guest.u32_at(0x8000), (9 << 20) + 5);
}

#[test]
fn long_reads_and_writes_of_files_stop() {
    for (name, offset) in [
        ("fd_write", None),
        ("fd_pwrite", Some(0)),
        ("fd_read", None),
        ("fd_pread", Some(0)),
    ] {
        let interrupt = Arc::new(Interrupt::default());
        let os = Little {
            stop: Some((2, Arc::clone(&interrupt))),
            moves: 0,
        };
        let (dir, mut guest) = with_file(os, interrupt);
        std::fs::write(dir.path().join("f"), &guest.bytes).unwrap();
        let fd = guest.open("f", 0, READ_WRITE).unwrap();
        let [iovs, count] = guest.iovecs(&LONG);
        let args = [fd, iovs, count].into_iter().chain(offset).chain([0x8000]);
        guest.ok(name, &Vec::from_iter(args));
        // The first buffers, and a piece of the second.
        assert_eq!(guest.u32_at(0x8000), 1 + MOST_BYTES as u32, "{name}");
        assert!(guest.call("sched_yield", &[]).is_err());
    }
}

#[test]
fn a_device_is_not_written_for_long_at_once() {
    // As `/dev/urandom`, which takes seconds for what it is given.
    let access = fossor_wasi::Access::ReadWrite;
    let builder = WasiCtx::builder().os(Box::new(Little::default()));
    let mut devices = Guest::new(builder.preopen_dir("/dev", "/", access).unwrap());
    devices.bytes.resize(32 << 20, POISON);
    let fd = devices.open("null", 0, WRITE).unwrap();
    let [iovs, count] = devices.iovecs(&LONG);
    devices.ok("fd_write", &[fd, iovs, count, 0x8000]);
    assert_eq!(
        devices.u32_at(0x8000),
        LONG.iter().map(|(_, len)| len).sum()
    );
}
