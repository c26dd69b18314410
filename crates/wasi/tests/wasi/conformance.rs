//! What other implementations are held to, case by case: what the public suites
//! ask of paths, rights and numbers and no other module here does.

use std::os::unix::fs::symlink;

use fossor_wasi::{Access, Errno, Resolver, WasiCtx};

use crate::guest::*;

const PATH_FILESTAT_SET_SIZE: u64 = 1 << 19;

/// Rights that toolchains expect on every directory, and on what is in it:
/// path_create_directory (bit 9) to path_unlink_file (26), less the two on sizes.
const BASE: u64 = 0x7ff_fe00 & !(1 << 19 | 1 << 22);

fn rights(guest: &mut Guest, fd: u64) -> (u64, u64) {
    guest.ok("fd_fdstat_get", &[fd, RESULT.into()]);
    (guest.u64_at(RESULT + 8), guest.u64_at(RESULT + 16))
}

fn two_paths(guest: &mut Guest, name: &str, old: &str, new: &str) -> Errno {
    let [old, old_len] = guest.text(old);
    let [new, new_len] = guest.text(new);
    match name {
        "path_link" => guest.errno(name, &[DIR, 0, old, old_len, DIR, new, new_len]),
        _ => guest.errno(name, &[DIR, old, old_len, DIR, new, new_len]),
    }
}

/// `device` and `inode`.
fn identity(guest: &mut Guest, fd: u64) -> (u64, u64) {
    guest.ok("fd_filestat_get", &[fd, RESULT.into()]);
    (guest.u64_at(RESULT), guest.u64_at(RESULT + 8))
}

#[test]
fn a_directory_is_not_opened_to_write() {
    both(|dir, resolver| {
        std::fs::write(dir.join("f"), b"").unwrap();
        let mut guest = Guest::with_dir(dir, resolver);
        for rights in [READ, 0, rights(&mut guest, DIR).0] {
            assert!(guest.open_at(DIR, 0, ".", DIRECTORY, rights, 0).is_ok());
            assert!(guest.open_at(DIR, 0, ".", 0, rights, 0).is_ok());
        }
        for rights in [WRITE, READ_WRITE] {
            let opened = guest.open_at(DIR, 0, ".", DIRECTORY, rights, 0);
            assert_eq!(opened, Err(Errno::Isdir));
            let opened = guest.open_at(DIR, 0, "f", DIRECTORY, rights, 0);
            assert_eq!(opened, Err(Errno::Notdir));
        }
        assert!(guest.open_at(DIR, 0, ".", 0, 0, NONBLOCK).is_ok());
        // Nor where everything is read-only.
        let read_only =
            WasiCtx::builder()
                .resolver(resolver)
                .preopen_dir(dir, "/", Access::ReadOnly);
        let mut guest = Guest::new(read_only.unwrap());
        let opened = guest.open(".", DIRECTORY, WRITE);
        assert_eq!(opened, Err(Errno::Isdir));
        let opened = guest.open("f", DIRECTORY, WRITE);
        assert_eq!(opened, Err(Errno::Notdir));
        assert_eq!(guest.open("f", 0, WRITE), Err(Errno::Rofs));
    });
}

#[test]
fn a_directory_has_the_rights_that_toolchains_expect() {
    let dir = tempfile::tempdir().unwrap();
    let mut guest = Guest::with_dir(dir.path(), Default::default());
    let (base, inheriting) = rights(&mut guest, DIR);
    assert_eq!(base & BASE, BASE);
    assert_eq!(inheriting & BASE, BASE);
    // Of files: everything from fd_datasync to fd_allocate, sizes, times, poll.
    let files = 0x1ff | 1 << 21 | 1 << 22 | 1 << 23 | 1 << 27;
    assert_eq!(inheriting & files, files);
    // Not to be read, written, sought in or given a size.
    assert_eq!(base & (READ_WRITE | 1 << 2 | 1 << 5 | 1 << 22), 0);
}

/// Guests take this right as a sign that rights can be given up.
#[test]
fn the_right_to_set_sizes_by_path_is_shown_where_it_can_be_given_up() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("f"), b"abc").unwrap();
    let mut guest = Guest::with_dir(dir.path(), Default::default());
    assert_eq!(rights(&mut guest, DIR).0 & PATH_FILESTAT_SET_SIZE, 0);
    assert!(guest.open("f", TRUNC, 0).is_ok());

    let strict =
        WasiCtx::builder()
            .strict_rights(true)
            .preopen_dir(dir.path(), "/", Access::ReadWrite);
    let mut guest = Guest::new(strict.unwrap());
    let (base, inheriting) = rights(&mut guest, DIR);
    assert_ne!(base & PATH_FILESTAT_SET_SIZE, 0);
    assert!(guest.open("f", TRUNC, 0).is_ok());
    let base = base & !PATH_FILESTAT_SET_SIZE;
    guest.ok("fd_fdstat_set_rights", &[DIR, base, inheriting]);
    assert_eq!(rights(&mut guest, DIR).0, base);
    assert_eq!(guest.open("f", TRUNC, 0), Err(Errno::Notcapable));
}

#[test]
fn files_show_the_rights_that_they_were_opened_with() {
    both(|dir, resolver| {
        std::fs::write(dir.join("f"), b"").unwrap();
        let mut guest = Guest::with_dir(dir, resolver);
        for (wanted, missing) in [(READ, WRITE), (WRITE, READ | 1 << 14), (READ_WRITE, 0)] {
            let fd = guest.open("f", 0, wanted).unwrap();
            let (base, _) = rights(&mut guest, fd);
            assert_eq!(base & (wanted | missing), wanted);
        }
        // APPEND and SYNC are kept, as they were asked for.
        let fd = guest.open_at(DIR, 0, "f", 0, WRITE, APPEND | 16).unwrap();
        guest.ok("fd_fdstat_get", &[fd, RESULT.into()]);
        assert_eq!(u64::from(guest.u16_at(RESULT + 2)), APPEND | 16);
    });
}

#[test]
fn hard_links_and_odd_targets() {
    both(|dir, resolver| {
        std::fs::write(dir.join("f"), b"").unwrap();
        std::fs::create_dir(dir.join("d")).unwrap();
        symlink("target", dir.join("dangling")).unwrap();
        symlink("loop", dir.join("loop")).unwrap();
        let mut guest = Guest::with_dir(dir, resolver);
        for new in ["f", "d", "dangling"] {
            assert_eq!(two_paths(&mut guest, "path_link", "f", new), Errno::Exist);
        }
        for old in ["dangling", "loop"] {
            let new = format!("of-{old}");
            assert_eq!(
                two_paths(&mut guest, "path_link", old, &new),
                Errno::Success
            );
            assert!(dir.join(new).is_symlink());
        }
        assert!(!dir.join("target").exists());
        // Both names lead to one file.
        assert_eq!(
            two_paths(&mut guest, "path_link", "f", "d/g"),
            Errno::Success
        );
        let (one, two) = (guest.open("f", 0, READ), guest.open("d/g", 0, READ));
        let one = identity(&mut guest, one.unwrap());
        assert_eq!(one, identity(&mut guest, two.unwrap()));
    });
}

#[test]
fn renaming_directories() {
    both(|dir, resolver| {
        let mut guest = Guest::with_dir(dir, resolver);
        let make = |guest: &mut Guest, name: &str| {
            assert_eq!(
                guest.path("path_create_directory", DIR, name),
                Errno::Success
            );
        };
        let rename = |guest: &mut Guest, old, new| two_paths(guest, "path_rename", old, new);
        make(&mut guest, "source");
        assert_eq!(rename(&mut guest, "source", "target"), Errno::Success);
        assert_eq!(guest.open("source", DIRECTORY, 0), Err(Errno::Noent));
        make(&mut guest, "source");
        assert_eq!(rename(&mut guest, "source", "target"), Errno::Success);
        for (old, new) in [("target/", "a"), ("a", "b/"), ("b/", "c/"), ("c", "d")] {
            assert_eq!(rename(&mut guest, old, new), Errno::Success);
        }
        // A file is not renamed as if it were one, whichever name has the slash.
        guest.open("f", CREAT, WRITE).unwrap();
        for (old, new) in [("f/", "g"), ("f", "g/"), ("f/", "g/")] {
            assert_eq!(rename(&mut guest, old, new), Errno::Notdir);
        }
        assert_eq!(rename(&mut guest, "f", "d"), Errno::Isdir);
        assert_eq!(rename(&mut guest, "d", "f"), Errno::Notdir);
        assert_eq!(
            guest.path("path_remove_directory", DIR, "d/"),
            Errno::Success
        );
        assert_eq!(
            guest.path("path_remove_directory", DIR, "f/"),
            Errno::Notdir
        );
    });
}

#[test]
fn links_that_are_not_followed() {
    both(|dir, resolver| {
        symlink("target", dir.join("link")).unwrap();
        let mut guest = Guest::with_dir(dir, resolver);
        let check = |guest: &mut Guest| {
            let as_directory = guest.open_at(DIR, 0, "link", DIRECTORY, 0, 0);
            assert!(matches!(as_directory, Err(Errno::Loop | Errno::Notdir)));
            let as_file = guest.open_at(DIR, 0, "link", 0, 0, 0);
            assert_eq!(as_file, Err(Errno::Loop));
        };
        // Dangling, to a directory, to a file.
        check(&mut guest);
        std::fs::create_dir(dir.join("target")).unwrap();
        check(&mut guest);
        assert!(guest.open("link", DIRECTORY, 0).is_ok());
        std::fs::remove_dir(dir.join("target")).unwrap();
        std::fs::write(dir.join("target"), b"").unwrap();
        check(&mut guest);
        assert_eq!(guest.open("link", DIRECTORY, 0), Err(Errno::Notdir));
    });
}

#[test]
fn paths_with_detours() {
    both(|dir, resolver| {
        std::fs::create_dir_all(dir.join("d/nested")).unwrap();
        std::fs::write(dir.join("d/nested/f"), b"").unwrap();
        let mut guest = Guest::with_dir(dir, resolver);
        let detour = "d/.//nested/../../d/nested/../nested///./f";
        assert!(guest.open_at(DIR, 0, detour, 0, 0, 0).is_ok());
        for slashed in ["d/nested/", "d/nested///"] {
            assert!(guest.open_at(DIR, 0, slashed, 0, 0, 0).is_ok());
        }
        for slashed in ["d/nested/f/", "d/nested/f///"] {
            let opened = guest.open_at(DIR, 0, slashed, 0, 0, 0);
            assert_eq!(opened, Err(Errno::Notdir));
        }
        let name = dir.file_name().unwrap().to_str().unwrap();
        for out in [
            "/d/nested/f".to_owned(),
            format!("d/nested/../../../{name}/d/nested/f"),
        ] {
            let opened = guest.open_at(DIR, 0, &out, 0, 0, 0);
            assert_eq!(opened, Err(Errno::Perm));
        }
        let with_nul = guest.open_at(DIR, 0, "d/nested/f\0", 0, 0, 0);
        assert_eq!(with_nul, Err(Errno::Inval));
    });
}

#[test]
fn numbers_move() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("d")).unwrap();
    let mut guest = Guest::with_dir(dir.path(), Default::default());
    // Streams onto files; the number left behind is the next one given.
    for stream in 0..3 {
        let fd = guest.open("f", CREAT, 0).unwrap();
        guest.ok("fd_renumber", &[stream, fd]);
        guest.ok("fd_fdstat_get", &[fd, RESULT.into()]);
        assert_eq!(guest.errno("fd_fdstat_get", &[stream, 0x8000]), Errno::Badf);
    }
    // A directory over the one that was preopened, which is then that one.
    let below = guest.open("d", DIRECTORY, 0).unwrap();
    let there = identity(&mut guest, below);
    guest.ok("fd_renumber", &[below, DIR]);
    assert_eq!(identity(&mut guest, DIR), there);
    assert_eq!(guest.errno("fd_fdstat_get", &[below, 0x8000]), Errno::Badf);
    assert_eq!(guest.close(DIR), Errno::Success);
    assert_eq!(guest.errno("fd_fdstat_get", &[DIR, 0x8000]), Errno::Badf);
}

#[test]
fn a_file_opened_below_a_closed_preopen_stays() {
    let dir = tempfile::tempdir().unwrap();
    let mut guest = Guest::with_dir(dir.path(), Default::default());
    let held = guest.open(".", DIRECTORY, 0).unwrap();
    assert_eq!(guest.close(DIR), Errno::Success);
    guest.ok("fd_fdstat_get", &[held, RESULT.into()]);
    assert!(guest.open_at(held, 0, "f", CREAT, WRITE, 0).is_ok());
}

#[test]
fn nothing_written_beyond_the_end_is_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut guest = Guest::with_dir(dir.path(), Default::default());
    let fd = guest.open("f", CREAT, READ_WRITE).unwrap();
    let size = |guest: &mut Guest| {
        guest.ok("fd_filestat_get", &[fd, RESULT.into()]);
        guest.u64_at(RESULT + 32)
    };
    guest.ok("fd_seek", &[fd, 2, 0, RESULT.into()]);
    assert_eq!(guest.write(fd, b""), Ok(0));
    assert_eq!(size(&mut guest), 0);
    guest.ok("fd_seek", &[fd, 50, 0, RESULT.into()]);
    assert_eq!(guest.write(fd, b"x"), Ok(1));
    assert_eq!(size(&mut guest), 51);
    guest.ok("fd_tell", &[fd, RESULT.into()]);
    assert_eq!(guest.u64_at(RESULT), 51);
    // 64 KiB go in one call.
    assert_eq!(guest.write(fd, &[7; 0x4000]), Ok(0x4000));
}

#[test]
fn many_files_are_opened_one_after_the_other() {
    for resolver in [Resolver::Auto, Resolver::Walk] {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("f"), b"abc").unwrap();
        let mut guest = Guest::with_dir(dir.path(), resolver);
        guest.ctx.clear_layers();
        for _ in 0..2000 {
            assert_eq!(guest.open("f", 0, READ_WRITE), Ok(4));
            assert_eq!(guest.read(4, 100), Ok(b"abc".to_vec()));
            assert_eq!(guest.close(4), Errno::Success);
        }
    }
}

#[test]
fn entries_have_the_inode_of_their_file() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("f"), b"").unwrap();
    let mut guest = Guest::with_dir(dir.path(), Default::default());
    let fd = guest.open("f", 0, READ).unwrap();
    let (_, file) = identity(&mut guest, fd);
    let (_, directory) = identity(&mut guest, DIR);
    let args = [DIR, BUFFER.into(), 4096, 0, RESULT.into()];
    guest.ok("fd_readdir", &args);
    let mut at = BUFFER;
    let mut found = 0;
    while at < BUFFER + guest.u32_at(RESULT) {
        let (ino, len) = (guest.u64_at(at + 8), guest.u32_at(at + 16));
        match guest.at(at + 24, len) {
            b"." => assert_eq!(ino, directory),
            b"f" => assert_eq!(ino, file),
            name => assert_eq!(name, b".."),
        }
        found += 1;
        at += 24 + len;
    }
    assert_eq!(found, 3);
}
