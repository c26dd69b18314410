//! A terminal as a standard stream.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::Duration;

use fossor_host::{HostError, Interrupt, InterruptReason};
use fossor_wasi::os::PollEntry;
use fossor_wasi::{Errno, Os, Stdio, System, WasiCtx};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::guest::*;

/// Whoever sits at the terminal, and the terminal.
fn terminal() -> (OwnedFd, File) {
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY;
    let user = openpt(flags).unwrap();
    grantpt(&user).unwrap();
    unlockpt(&user).unwrap();
    let name = ptsname(&user, Vec::new()).unwrap();
    let flags = rustix::fs::OFlags::RDWR | rustix::fs::OFlags::NOCTTY;
    let terminal = rustix::fs::open(name, flags, rustix::fs::Mode::empty()).unwrap();
    (user, terminal.into())
}

#[test]
fn a_terminal_is_known_by_its_rights() {
    let (_user, terminal) = terminal();
    let mut guest = Guest::new(WasiCtx::builder().stdin(Stdio::file(terminal)));
    guest.ok("fd_fdstat_get", &[0, 0x8000]);
    assert_eq!(guest.at(0x8000, 1), [2]);
    let seek_tell = 1 << 2 | 1 << 5;
    assert_eq!(guest.u64_at(0x8008) & seek_tell, 0);
    assert_eq!(guest.errno("fd_seek", &[0, 0, 0, 0x8000]), Errno::Spipe);
}

#[test]
fn lines_are_read_and_written() {
    let (user, terminal) = terminal();
    let interrupt = Arc::new(Interrupt::default());
    let mut guest = Guest::new(
        WasiCtx::builder()
            .stdin(Stdio::file(terminal.try_clone().unwrap()))
            .stdout(Stdio::file(terminal.try_clone().unwrap()))
            .interrupt(interrupt),
    );
    guest.ok("fd_fdstat_set_flags", &[0, NONBLOCK]);
    assert_eq!(guest.read(0, 99), Err(Errno::Again));
    // Others who use the terminal do not notice.
    let flags = rustix::fs::fcntl_getfl(&terminal).unwrap();
    assert!(!flags.contains(rustix::fs::OFlags::NONBLOCK));
    guest.ok("fd_fdstat_set_flags", &[0, 0]);
    let typing = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(20));
        rustix::io::write(&user, b"line\n").unwrap();
        user
    });
    assert_eq!(guest.read(0, 99), Ok(b"line\n".to_vec()));
    let user = typing.join().unwrap();
    let reading = std::thread::spawn(move || {
        let mut seen = 0;
        let mut buffer = [0; 4096];
        // The echo of the line, then what the guest writes.
        while seen < 20_000 {
            seen += rustix::io::read(&user, &mut buffer).unwrap();
        }
    });
    assert_eq!(guest.write(1, &[b'x'; 20_000]), Ok(20_000));
    reading.join().unwrap();
}

/// Says once that there is something to read, as if somebody else had then been
/// faster to read it.
struct TooLate(bool);

impl Os for TooLate {
    fn poll(
        &mut self,
        entries: &mut [PollEntry<'_>],
        timeout_ns: Option<u64>,
    ) -> Result<usize, Errno> {
        match (std::mem::take(&mut self.0), entries.last_mut()) {
            (true, Some(entry)) => {
                entry.ready = true;
                Ok(1)
            }
            _ => System.poll(entries, timeout_ns),
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn another_reader_of_the_terminal_may_be_faster() {
    let (_user, terminal) = terminal();
    let interrupt = Arc::new(Interrupt::default());
    let mut guest = Guest::new(
        WasiCtx::builder()
            .stdin(Stdio::file(terminal))
            .os(Box::new(TooLate(true)))
            .interrupt(Arc::clone(&interrupt)),
    );
    let stopping = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(20));
        interrupt.interrupt(InterruptReason::Requested);
    });
    // A read that waited in the host would never end.
    let [iovs, count] = guest.iovecs(&[(BUFFER, 9)]);
    let outcome = guest.call("fd_read", &[0, iovs, count, 0x8000]);
    assert!(matches!(outcome, Err(HostError::Trap(_))));
    stopping.join().unwrap();
}

#[test]
fn a_silent_terminal_can_be_stopped() {
    let (_user, terminal) = terminal();
    let interrupt = Arc::new(Interrupt::default());
    let mut guest = Guest::new(
        WasiCtx::builder()
            .stdin(Stdio::file(terminal))
            .interrupt(Arc::clone(&interrupt)),
    );
    let stopping = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(20));
        interrupt.interrupt(InterruptReason::Requested);
    });
    let [iovs, count] = guest.iovecs(&[(BUFFER, 9)]);
    let outcome = guest.call("fd_read", &[0, iovs, count, 0x8000]);
    assert!(matches!(outcome, Err(HostError::Trap(_))));
    stopping.join().unwrap();
}
