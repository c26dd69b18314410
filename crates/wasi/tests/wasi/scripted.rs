//! The scripted system: errors and short counts that a real one seldom gives.

use fossor_wasi::{Access, Errno, Scripted, WasiCtx};

use crate::guest::*;

fn guest(os: Scripted) -> (tempfile::TempDir, Guest) {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("f"), b"0123456789").unwrap();
    let guest = Guest::new(
        WasiCtx::builder()
            .os(Box::new(os))
            .preopen_dir(dir.path(), "/", Access::ReadWrite)
            .unwrap(),
    );
    (dir, guest)
}

#[test]
fn every_error_reaches_the_guest() {
    for errno in Errno::ALL {
        // Those that mean something to the calls themselves.
        if matches!(errno, Errno::Success | Errno::Intr | Errno::Again) {
            continue;
        }
        let (_dir, mut guest) = guest(Scripted::new().fail("read", *errno));
        let fd = guest.open("f", 0, READ).unwrap();
        assert_eq!(guest.read(fd, 4), Err(*errno));
        assert_eq!(guest.read(fd, 4), Ok(b"0123".to_vec()));
    }
}

#[test]
fn interrupted_reads_and_writes_are_repeated() {
    let os = Scripted::new()
        .fail("read", Errno::Intr)
        .fail("read", Errno::Intr)
        .fail("write", Errno::Intr);
    let (_dir, mut guest) = guest(os);
    let fd = guest.open("f", 0, READ_WRITE).unwrap();
    assert_eq!(guest.read(fd, 4), Ok(b"0123".to_vec()));
    assert_eq!(guest.write(fd, b"ab"), Ok(2));
}

#[test]
fn short_counts_are_passed_on() {
    let (_dir, mut guest) = guest(Scripted::new().most_io_bytes(3));
    let fd = guest.open("f", 0, READ_WRITE).unwrap();
    assert_eq!(guest.read(fd, 9), Ok(b"012".to_vec()));
    assert_eq!(guest.write(fd, b"abcdef"), Ok(3));
    assert_eq!(guest.read(fd, 9), Ok(b"678".to_vec()));
}

#[test]
fn a_kernel_without_openat2_is_walked() {
    for errno in [Errno::Nosys, Errno::Again] {
        let mut os = Scripted::new();
        for _ in 0..16 {
            os = os.fail("open_beneath", errno);
        }
        let (_dir, mut guest) = guest(os);
        assert_eq!(guest.read_file("./f"), Ok(b"0123456789".to_vec()));
        assert_eq!(guest.read_file("../f"), Err(Errno::Perm));
    }
}

#[test]
fn an_openat2_that_is_filtered_is_walked() {
    // As Docker's profile did before 20.10: this call is refused, whatever it is for.
    let mut os = Scripted::new();
    for _ in 0..100 {
        os = os.fail("open_beneath", Errno::Perm);
    }
    let (_dir, mut guest) = guest(os);
    assert_eq!(guest.read_file("f"), Ok(b"0123456789".to_vec()));
    assert_eq!(guest.read_file("../f"), Err(Errno::Perm));
    assert_eq!(
        guest.path("path_create_directory", DIR, "d"),
        Errno::Success
    );
    assert_eq!(
        guest.path("path_create_directory", DIR, "d/e"),
        Errno::Success
    );
}

#[test]
fn what_the_file_system_refuses_is_not_walked() {
    let (_dir, mut guest) = guest(Scripted::new().fail("open_beneath", Errno::Perm));
    // A walk would have opened it.
    assert_eq!(guest.read_file("f"), Err(Errno::Perm));
    assert_eq!(guest.read_file("f"), Ok(b"0123456789".to_vec()));
}

#[test]
fn random_numbers_are_the_same_every_time() {
    let mut seen = Vec::new();
    for _ in 0..2 {
        let (_dir, mut guest) = guest(Scripted::new());
        guest.ok("random_get", &[0x9000, 32]);
        seen.push(guest.at(0x9000, 32).to_vec());
        assert_eq!(guest.line(), "random_get(32) = 0 {aff44fec…}");
    }
    assert_eq!(seen[0], seen[1]);
}
