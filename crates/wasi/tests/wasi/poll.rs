//! `poll_oneoff`.

use std::fs::File;
use std::io::Write;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use fossor_wasi::{Errno, Pipe, Scripted, Stdio, WasiCtx};

use crate::guest::*;

/// Where events go.
const OUT: u32 = 0xa000;

const MS: u64 = 1_000_000;

fn clock(userdata: u64, id: u32, timeout_ns: u64, flags: u16) -> [u8; 48] {
    let mut bytes = [POISON; 48];
    bytes[0..8].copy_from_slice(&userdata.to_le_bytes());
    bytes[8] = 0;
    bytes[16..20].copy_from_slice(&id.to_le_bytes());
    bytes[24..32].copy_from_slice(&timeout_ns.to_le_bytes());
    bytes[32..40].copy_from_slice(&1u64.to_le_bytes());
    bytes[40..42].copy_from_slice(&flags.to_le_bytes());
    bytes
}

fn fd(userdata: u64, tag: u8, number: u32) -> [u8; 48] {
    let mut bytes = [POISON; 48];
    bytes[0..8].copy_from_slice(&userdata.to_le_bytes());
    bytes[8] = tag;
    bytes[16..20].copy_from_slice(&number.to_le_bytes());
    bytes
}

const READ_TAG: u8 = 1;
const WRITE_TAG: u8 = 2;

/// An event: userdata, error, type, nbytes, flags.
type Event = (u64, u16, u8, u64, u16);

fn poll(guest: &mut Guest, subscriptions: &[[u8; 48]]) -> Result<Vec<Event>, Errno> {
    guest.poison();
    let list = guest.put(&subscriptions.concat());
    let args = [list, OUT.into(), subscriptions.len() as u64, RESULT.into()];
    match guest.errno("poll_oneoff", &args) {
        Errno::Success => {}
        errno => return Err(errno),
    }
    let count = guest.u32_at(RESULT);
    assert_eq!(guest.bytes[(OUT + count * 32) as usize], POISON);
    Ok((0..count)
        .map(|index| {
            let at = OUT + index * 32;
            assert_eq!(guest.at(at + 11, 5), [0; 5]);
            assert_eq!(guest.at(at + 26, 6), [0; 6]);
            (
                guest.u64_at(at),
                guest.u16_at(at + 8),
                guest.bytes[at as usize + 10],
                guest.u64_at(at + 16),
                guest.u16_at(at + 24),
            )
        })
        .collect())
}

#[test]
fn a_clock_alone_sleeps() {
    let mut guest = Guest::new(WasiCtx::builder());
    let start = Instant::now();
    assert_eq!(
        poll(&mut guest, &[clock(7, 1, 20 * MS, 0)]),
        Ok(vec![(7, 0, 0, 0, 0)])
    );
    let slept = start.elapsed();
    assert!(slept >= Duration::from_millis(20), "{slept:?}");
    assert!(slept < Duration::from_millis(200), "{slept:?}");
    assert_eq!(
        guest.line(),
        "poll_oneoff([MONOTONIC +20ms ud=0x7]) = 0 {1: clock}"
    );
}

#[test]
fn the_time_may_be_absolute() {
    for id in [0, 1] {
        let mut guest = Guest::new(WasiCtx::builder());
        guest.ok("clock_time_get", &[id.into(), 0, 0x8000]);
        let now = guest.u64_at(0x8000);
        let start = Instant::now();
        let events = poll(&mut guest, &[clock(1, id, now + 15 * MS, 1)]);
        assert_eq!(events, Ok(vec![(1, 0, 0, 0, 0)]));
        assert!(start.elapsed() >= Duration::from_millis(14));
        // Long ago is now.
        let events = poll(&mut guest, &[clock(1, id, 5, 1)]);
        assert_eq!(events, Ok(vec![(1, 0, 0, 0, 0)]));
    }
}

#[test]
fn only_clocks_that_are_due_are_reported() {
    let mut guest = Guest::new(WasiCtx::builder());
    let century = 584 * 365 * 86_400 * 1_000 * MS;
    let events = poll(
        &mut guest,
        &[
            clock(1, 1, century, 0),
            clock(2, 1, 5 * MS, 0),
            clock(3, 1, u64::MAX, 0),
        ],
    );
    assert_eq!(events, Ok(vec![(2, 0, 0, 0, 0)]));
    let events = poll(&mut guest, &[clock(1, 1, 0, 0), clock(2, 0, 0, 0)]);
    assert_eq!(events, Ok(vec![(1, 0, 0, 0, 0), (2, 0, 0, 0, 0)]));
}

#[test]
fn sleeping_takes_no_time_in_a_script() {
    let os = Scripted::new().tick_ns(0);
    let mut guest = Guest::new(WasiCtx::builder().os(Box::new(os)));
    let hour = 3_600_000 * MS;
    let start = Instant::now();
    assert!(poll(&mut guest, &[clock(1, 1, hour, 0)]).is_ok());
    assert!(
        poll(
            &mut guest,
            &[clock(1, 1, hour, 0), clock(2, 1, 2 * hour, 0)]
        )
        .is_ok()
    );
    guest.ok("clock_time_get", &[1, 0, 0x8000]);
    assert_eq!(guest.u64_at(0x8000), 2 * hour);
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_signal_during_the_wait_is_not_seen() {
    let os = Scripted::new()
        .tick_ns(0)
        .fail("poll", Errno::Intr)
        .fail("poll", Errno::Intr);
    let mut guest = Guest::new(WasiCtx::builder().os(Box::new(os)));
    let events = poll(&mut guest, &[clock(1, 1, MS, 0), clock(2, 1, 2 * MS, 0)]);
    assert_eq!(events, Ok(vec![(1, 0, 0, 0, 0)]));
}

#[test]
fn files_are_ready_at_once() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("f"), b"0123456789").unwrap();
    let mut guest = Guest::with_dir(dir.path(), Default::default());
    let file = guest.open("f", 0, READ_WRITE).unwrap() as u32;
    guest.ok("fd_seek", &[file.into(), 4, 0, 0x8000]);
    let events = poll(
        &mut guest,
        &[
            clock(1, 1, u64::MAX, 0),
            fd(2, READ_TAG, file),
            fd(3, WRITE_TAG, file),
            fd(4, READ_TAG, 3),
        ],
    );
    assert_eq!(
        events,
        Ok(vec![(2, 0, 1, 6, 0), (3, 0, 2, 1, 0), (4, 0, 1, 0, 0)])
    );
}

#[test]
fn a_bad_descriptor_is_an_event() {
    let mut guest = Guest::new(WasiCtx::builder());
    let badf = Errno::Badf as u16;
    let events = poll(
        &mut guest,
        &[
            fd(1, READ_TAG, 99),
            fd(2, WRITE_TAG, u32::MAX),
            clock(3, 1, u64::MAX, 0),
        ],
    );
    assert_eq!(events, Ok(vec![(1, badf, 1, 0, 0), (2, badf, 2, 0, 0)]));
    assert_eq!(
        guest.line(),
        "poll_oneoff([fd_read 99 ud=0x1, fd_write -1 ud=0x2, MONOTONIC +18446744073.7s \
         ud=0x3]) = 0 {2: fd_read BADF, fd_write BADF}"
    );
}

#[test]
fn pipes_are_waited_for() {
    let (reader, writer) = rustix::pipe::pipe().unwrap();
    let mut guest = Guest::new(WasiCtx::builder().stdin(Stdio::file(std::fs::File::from(reader))));
    let subscriptions = [clock(1, 1, 10 * MS, 0), fd(2, READ_TAG, 0)];
    assert_eq!(poll(&mut guest, &subscriptions), Ok(vec![(1, 0, 0, 0, 0)]));

    let writing = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(20));
        rustix::io::write(&writer, b"line\n").unwrap();
        writer
    });
    let forever = [fd(2, READ_TAG, 0)];
    assert_eq!(poll(&mut guest, &forever), Ok(vec![(2, 0, 1, 5, 0)]));
    assert_eq!(
        guest.line(),
        "poll_oneoff([fd_read 0<stdin> ud=0x2]) = 0 {1: fd_read 5}"
    );
    drop(writing.join().unwrap());
    assert_eq!(guest.read(0, 99), Ok(b"line\n".to_vec()));
    // The end is readable, hung up, and has no bytes.
    assert_eq!(poll(&mut guest, &forever), Ok(vec![(2, 0, 1, 0, 1)]));
    assert_eq!(guest.read(0, 99), Ok(vec![]));
}

#[test]
fn a_pipe_without_a_reader_is_hung_up() {
    let (reader, writer) = rustix::pipe::pipe().unwrap();
    let mut guest = Guest::new(WasiCtx::builder().stdout(Stdio::file(std::fs::File::from(writer))));
    let writable = [fd(2, WRITE_TAG, 1)];
    assert_eq!(poll(&mut guest, &writable), Ok(vec![(2, 0, 2, 1, 0)]));
    drop(reader);
    assert_eq!(poll(&mut guest, &writable), Ok(vec![(2, 0, 2, 0, 1)]));
}

#[test]
fn streams_in_memory_are_ready() {
    let mut guest = Guest::new(
        WasiCtx::builder()
            .stdin(Stdio::bytes("123"))
            .stdout(Stdio::pipe(Pipe::new())),
    );
    let events = poll(&mut guest, &[fd(1, READ_TAG, 0), fd(2, WRITE_TAG, 1)]);
    assert_eq!(events, Ok(vec![(1, 0, 1, 3, 0), (2, 0, 2, 1, 0)]));
}

#[test]
fn counts_that_lie() {
    let mut guest = Guest::new(WasiCtx::builder());
    let end = u64::from(MEMORY_BYTES);
    for (input, out, count, errno) in [
        (0, 0, 0, Errno::Inval),
        (0, 0, 0xffff_ffff, Errno::Fault),
        (0, 0, 1 << 28, Errno::Fault),
        (end - 47, 0, 1, Errno::Fault),
        (0, end - 31, 1, Errno::Fault),
        (0, 0, 4097, Errno::Inval),
    ] {
        let args = [input, out, count, RESULT.into()];
        assert_eq!(guest.errno("poll_oneoff", &args), errno, "{count}");
    }
    assert_eq!(
        guest.errno("poll_oneoff", &[0, 0, 1, end - 3]),
        Errno::Fault
    );
}

#[test]
fn unknown_tags_clocks_and_flags_are_invalid() {
    let mut guest = Guest::new(WasiCtx::builder());
    let ok = clock(1, 1, 0, 0);
    for bad in [
        fd(1, 3, 0),
        fd(1, 255, 0),
        clock(1, 4, 0, 0),
        clock(1, 2, 0, 0),
        clock(1, 1, 0, 2),
    ] {
        assert_eq!(poll(&mut guest, &[bad]), Err(Errno::Inval));
        assert_eq!(poll(&mut guest, &[ok, bad]), Err(Errno::Inval));
    }
}

#[test]
fn events_may_lie_over_subscriptions() {
    let mut guest = Guest::new(WasiCtx::builder());
    let list = guest.put(
        &[
            fd(1, READ_TAG, 99),
            fd(2, READ_TAG, 98),
            fd(3, READ_TAG, 97),
        ]
        .concat(),
    );
    guest.ok("poll_oneoff", &[list, list, 3, RESULT.into()]);
    let userdata: Vec<u64> = (0..3)
        .map(|index| guest.u64_at(list as u32 + index * 32))
        .collect();
    assert_eq!(userdata, [1, 2, 3]);
}

#[test]
fn more_descriptors_than_fit_a_small_list() {
    let (reader, writer) = rustix::pipe::pipe().unwrap();
    let mut guest = Guest::new(WasiCtx::builder().stdin(Stdio::file(std::fs::File::from(reader))));
    rustix::io::write(&writer, b"x").unwrap();
    let many: Vec<[u8; 48]> = (0..100).map(|index| fd(index, READ_TAG, 0)).collect();
    assert_eq!(poll(&mut guest, &many).map(|events| events.len()), Ok(100));
}

#[test]
fn a_clock_that_fails_behind_an_event_leaves_nothing_written() {
    let os = Scripted::new().fail("clock_time_ns", Errno::Io);
    let mut guest = Guest::new(WasiCtx::builder().os(Box::new(os)));
    let subscriptions = [fd(1, READ_TAG, 99), clock(2, 1, 5, 1)];
    assert_eq!(poll(&mut guest, &subscriptions), Err(Errno::Io));
    assert_eq!(guest.bytes[OUT as usize], POISON);
}

#[test]
fn more_subscriptions_than_the_host_takes_descriptors() {
    let (reader, mut writer) = std::io::pipe().unwrap();
    writer.write_all(b"abc").unwrap();
    let file = |fd: OwnedFd| Stdio::file(File::from(fd));
    let streams = WasiCtx::builder().stdin(file(reader.into()));
    let mut guest = Guest::new(streams.stdout(file(writer.into())));
    // Much at once is more than a process may have open, as a rule. The one pipe
    // can be read, the other written, and neither the other way.
    guest.bytes.resize(4 << 20, POISON);
    let (list, events, count) = (0x10_0000, 0x20_0000, 4096);
    for index in 0..count {
        let mut subscription = [0u8; 48];
        subscription[0] = index as u8 % 4;
        subscription[8] = 1 + index as u8 % 2;
        subscription[16] = index as u8 / 2 % 2;
        let at = (list + 48 * index) as usize;
        guest.bytes[at..at + 48].copy_from_slice(&subscription);
    }
    let args = [list, events, count, 0x8000].map(u64::from);
    guest.ok("poll_oneoff", &args);
    assert_eq!(guest.u32_at(0x8000), 2048);
    for index in 0..2048 {
        let event = guest.at(events + 32 * index, 32);
        let which = index as u8 % 2 * 3;
        assert_eq!((event[0], event[10]), (which, 1 + which % 2));
        assert_eq!(event[16], if which == 0 { 3 } else { 1 });
    }
}
