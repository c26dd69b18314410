//! `wasi_unstable`: where it differs.

use fossor_wasi::{Errno, WasiCtx};

use crate::guest::*;

fn guest() -> (tempfile::TempDir, Guest, u64) {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("f"), b"0123456789").unwrap();
    let mut guest = Guest::with_dir(dir.path(), Default::default()).snapshot0();
    let fd = guest.open("f", 0, READ_WRITE).unwrap();
    (dir, guest, fd)
}

#[test]
fn there_are_45_functions() {
    let functions = fossor_wasi::snapshot0::functions();
    assert_eq!(functions.len(), 45);
    assert!(functions.iter().all(|f| f.module == "wasi_unstable"));
    assert!(functions.iter().all(|f| f.name != "sock_accept"));
}

#[test]
fn whence_counts_in_another_order() {
    let (_dir, mut guest, fd) = guest();
    let (cur, end, set) = (0, 1, 2);
    for (offset, whence, position) in [(3i64, set, 3), (2, cur, 5), (-1, end, 9)] {
        guest.ok("fd_seek", &[fd, offset as u64, whence, 0x8000]);
        assert_eq!(guest.u64_at(0x8000), position);
    }
    assert_eq!(guest.line(), "fd_seek(4</f>, -1, END) = 0 {pos=9}");
    assert_eq!(guest.errno("fd_seek", &[fd, 0, 3, 0x8000]), Errno::Inval);
}

#[test]
fn filestat_is_56_bytes() {
    let (_dir, mut guest, fd) = guest();
    guest.ok("fd_filestat_set_times", &[fd, 5, 7, 5]);
    guest.poison();
    guest.ok("fd_filestat_get", &[fd, 0x8000]);
    assert_eq!(guest.at(0x8010, 8), [4, 0, 0, 0, 1, 0, 0, 0]);
    assert_eq!(guest.u64_at(0x8018), 10);
    assert_eq!((guest.u64_at(0x8020), guest.u64_at(0x8028)), (5, 7));
    assert_eq!(guest.at(0x8038, 1), b"?");
    assert!(guest.line().contains("{REGULAR, dev="));
    assert!(
        guest
            .line()
            .ends_with("nlink=1, size=10, mtim=0.000000007}")
    );
    let [path, len] = guest.text("f");
    guest.ok("path_filestat_get", &[DIR, 0, path, len, 0x8000]);
    assert_eq!(guest.u64_at(0x8018), 10);
}

#[test]
fn a_subscription_is_56_bytes() {
    let mut guest = Guest::new(WasiCtx::builder()).snapshot0();
    let mut clock = [0u8; 56];
    clock[0] = 9;
    clock[16..24].copy_from_slice(&u64::MAX.to_le_bytes());
    clock[24] = 1;
    clock[32..40].copy_from_slice(&1_000u64.to_le_bytes());
    let mut fd = [0u8; 56];
    fd[0] = 8;
    fd[8] = 1;
    fd[16] = 77;
    let list = guest.put(&[fd, clock].concat());
    guest.ok("poll_oneoff", &[list, 0x9000, 2, 0x8000]);
    assert_eq!(guest.u64_at(0x9000), 8);
    assert_eq!(guest.u16_at(0x9008), Errno::Badf as u16);
    let list = guest.put(&clock);
    guest.ok("poll_oneoff", &[list, 0x9000, 1, 0x8000]);
    assert_eq!(guest.u64_at(0x9000), 9);
    assert_eq!(
        guest.line(),
        "poll_oneoff([MONOTONIC +1µs ud=0x9]) = 0 {1: clock}"
    );
}
