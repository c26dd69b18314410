//! Rights: derived by default, enforced on request.

use fossor_wasi::{Access, Errno, WasiCtx};

use crate::guest::*;

const PATH_OPEN: u64 = 1 << 13;
const FD_SEEK: u64 = 1 << 2;

fn strict() -> (tempfile::TempDir, Guest) {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("d")).unwrap();
    std::fs::write(dir.path().join("d/f"), b"abc").unwrap();
    let guest = Guest::new(
        WasiCtx::builder()
            .strict_rights(true)
            .preopen_dir(dir.path(), "/", Access::ReadWrite)
            .unwrap(),
    );
    (dir, guest)
}

fn open(
    guest: &mut Guest,
    dir: u64,
    path: &str,
    oflags: u64,
    base: u64,
    inheriting: u64,
) -> Result<u64, Errno> {
    let [addr, len] = guest.text(path);
    let args = [dir, 0, addr, len, oflags, base, inheriting, 0, 0x8000];
    match guest.errno("path_open", &args) {
        Errno::Success => Ok(guest.u32_at(0x8000).into()),
        errno => Err(errno),
    }
}

#[test]
fn strict_rights_are_those_asked_for() {
    let (_dir, mut guest) = strict();
    let fd = open(&mut guest, DIR, "d/f", 0, READ, 0).unwrap();
    guest.ok("fd_fdstat_get", &[fd, 0x8000]);
    assert_eq!(guest.u64_at(0x8008), READ);
    assert_eq!(guest.read(fd, 9), Ok(b"abc".to_vec()));
    assert_eq!(guest.write(fd, b"x"), Err(Errno::Notcapable));
    assert_eq!(
        guest.errno("fd_seek", &[fd, 0, 0, 0x8000]),
        Errno::Notcapable
    );
    assert_eq!(
        guest.errno("fd_filestat_get", &[fd, 0x8000]),
        Errno::Notcapable
    );
}

#[test]
fn rights_do_not_grow_on_the_way_down() {
    let (_dir, mut guest) = strict();
    let dir = open(&mut guest, DIR, "d", DIRECTORY, PATH_OPEN, READ | FD_SEEK).unwrap();
    let escalated = open(&mut guest, dir, "f", 0, READ | WRITE, 0);
    assert_eq!(escalated, Err(Errno::Notcapable));
    let escalated = open(&mut guest, dir, "f", 0, READ, WRITE);
    assert_eq!(escalated, Err(Errno::Notcapable));
    let created = open(&mut guest, dir, "new", CREAT, READ, 0);
    assert_eq!(created, Err(Errno::Notcapable));
    assert!(open(&mut guest, dir, "f", 0, READ, 0).is_ok());
    let errno = guest.path("path_unlink_file", dir, "f");
    assert_eq!(errno, Errno::Notcapable);
}

#[test]
fn rights_are_given_up_and_not_taken_back() {
    let (_dir, mut guest) = strict();
    let fd = open(&mut guest, DIR, "d/f", 0, READ | FD_SEEK, 0).unwrap();
    guest.ok("fd_fdstat_set_rights", &[fd, READ, 0]);
    assert_eq!(
        guest.line(),
        "fd_fdstat_set_rights(4</d/f>, base=FD_READ, inh=0) = 0"
    );
    assert_eq!(
        guest.errno("fd_seek", &[fd, 0, 0, 0x8000]),
        Errno::Notcapable
    );
    assert_eq!(
        guest.errno("fd_fdstat_set_rights", &[fd, READ | FD_SEEK, 0]),
        Errno::Notcapable
    );
    assert_eq!(
        guest.errno("fd_fdstat_set_rights", &[fd, 0, READ]),
        Errno::Notcapable
    );
}

#[test]
fn read_only_directories_show_no_right_to_change() {
    let dir = tempfile::tempdir().unwrap();
    let mut guest = Guest::new(
        WasiCtx::builder()
            .preopen_dir(dir.path(), "/", Access::ReadOnly)
            .unwrap(),
    );
    guest.ok("fd_fdstat_get", &[DIR, 0x8000]);
    let changing = WRITE | 1 << 9 | 1 << 10 | 1 << 19 | 1 << 24 | 1 << 25 | 1 << 26;
    assert_eq!(guest.u64_at(0x8008) & changing, 0);
    assert_eq!(guest.u64_at(0x8010) & changing, 0);
    assert_ne!(guest.u64_at(0x8008) & PATH_OPEN, 0);
}

/// A guest that begins from a snapshot is where the other one was: it has no right that
/// that one gave up, nor a stream that it closed.
#[test]
fn what_a_guest_gave_up_another_in_its_state_does_not_have() {
    const APPEND: u64 = 1;
    let builder = || {
        WasiCtx::builder()
            .strict_rights(true)
            .preopen_dir(std::env::temp_dir(), "/", Access::ReadWrite)
            .unwrap()
    };
    let fdstat = |guest: &mut Guest, fd| {
        guest.ok("fd_fdstat_get", &[fd, 0x8000]);
        (
            guest.u64_at(0x8000) >> 16 & 0xffff,
            guest.u64_at(0x8008),
            guest.u64_at(0x8010),
        )
    };
    let mut first = Guest::new(builder());
    let (flags, base, inheriting) = fdstat(&mut first, DIR);
    assert!(flags == 0 && base & PATH_OPEN != 0 && inheriting & WRITE != 0);
    let given_up = [DIR, base & !(1 << 9), inheriting & !WRITE];
    first.ok("fd_fdstat_set_rights", &given_up);
    first.ok("fd_fdstat_set_flags", &[1, APPEND]);
    first.ok("fd_close", &[2]);
    let kept = first.ctx.keep_descriptors().unwrap();

    let mut second = Guest::new(builder());
    second.ctx.restore_descriptors(&kept).unwrap();
    assert_eq!(
        fdstat(&mut second, DIR),
        (0, base & !(1 << 9), inheriting & !WRITE)
    );
    let made = second.path("path_create_directory", DIR, "fossor-never-made");
    assert_eq!(made, Errno::Notcapable);
    assert_eq!(fdstat(&mut second, 1).0, APPEND);
    assert_eq!(second.errno("fd_fdstat_get", &[2, 0x8000]), Errno::Badf);

    // What it did not change is what its own context says.
    second.ok("fd_fdstat_set_flags", &[1, 0]);
    let kept = second.ctx.keep_descriptors().unwrap();
    let mut third = Guest::new(builder());
    third.ctx.restore_descriptors(&kept).unwrap();
    assert_eq!(fdstat(&mut third, 1).0, 0);
    assert_eq!(fdstat(&mut third, 0), fdstat(&mut first, 0));
}
