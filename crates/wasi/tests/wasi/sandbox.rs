//! The attack cases of the reference (`wasi.md` §3.1), by name, under both
//! resolvers. What lies outside must be neither read nor made.

use std::os::unix::fs::symlink;
use std::path::Path;

use fossor_wasi::{Access, Errno, Resolver, WasiCtx};

use crate::guest::*;

/// A tree with something to steal beside the preopened directory.
///
/// ```text
/// outside/secret
/// inside/      the preopened directory
///   f.txt  d/e/  out → ../outside  abs → /…/outside  …
/// ```
fn sandbox(test: impl Fn(&mut Guest, &Path)) {
    both(|dir, resolver| {
        let inside = dir.join("inside");
        let outside = dir.join("outside");
        std::fs::create_dir_all(inside.join("d/e")).unwrap();
        std::fs::create_dir_all(outside.join("dir")).unwrap();
        std::fs::write(outside.join("secret"), b"secret").unwrap();
        std::fs::write(inside.join("f.txt"), b"inside").unwrap();
        std::fs::write(inside.join("g.txt"), b"g").unwrap();
        symlink("../outside", inside.join("out")).unwrap();
        symlink("../outside/secret", inside.join("out-file")).unwrap();
        symlink("../outside/", inside.join("out-slash")).unwrap();
        symlink("out-slash/", inside.join("out-chain")).unwrap();
        symlink("../outside/made", inside.join("dangling")).unwrap();
        symlink(&outside, inside.join("abs")).unwrap();
        symlink("/", inside.join("slash")).unwrap();
        symlink("/proc/self/root", inside.join("magic")).unwrap();
        symlink("d/../..", inside.join("climb")).unwrap();
        let before = tree(&outside);
        let mut guest = Guest::with_dir(&inside, resolver);
        test(&mut guest, &inside);
        assert_eq!(tree(&outside), before);
    });
}

fn tree(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found: Vec<_> = std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            let contents = std::fs::read(entry.path()).unwrap_or_default();
            (entry.file_name().into_string().unwrap(), contents)
        })
        .collect();
    found.sort();
    found
}

/// Every call that takes a path refuses this one.
fn refused_everywhere(guest: &mut Guest, path: &str) {
    let refused = |errno: Errno, call: &str| {
        assert!(
            matches!(errno, Errno::Perm | Errno::Loop),
            "{call} {path}: {errno}"
        );
    };
    for (oflags, rights) in [
        (0, READ),
        (0, READ_WRITE),
        (CREAT, WRITE),
        (CREAT | TRUNC, WRITE),
        (DIRECTORY, 0),
    ] {
        let opened = guest.open(path, oflags, rights);
        // A slash at the end, of a link's text too, is no place for a new file.
        if !(opened == Err(Errno::Isdir) && oflags & CREAT != 0) {
            refused(opened.err().unwrap_or(Errno::Success), "path_open");
        }
    }
    let [addr, len] = guest.text(path);
    let stat = guest.errno("path_filestat_get", &[DIR, FOLLOW, addr, len, 0x8000]);
    refused(stat, "path_filestat_get");
    let [addr, len] = guest.text(path);
    let times = [DIR, FOLLOW, addr, len, 1, 1, 5];
    let times = guest.errno("path_filestat_set_times", &times);
    refused(times, "path_filestat_set_times");
}

/// As `refused_everywhere`, and the calls that act on the name itself.
fn parent_refused_everywhere(guest: &mut Guest, path: &str) {
    refused_everywhere(guest, path);
    for call in [
        "path_create_directory",
        "path_remove_directory",
        "path_unlink_file",
    ] {
        let errno = guest.path(call, DIR, path);
        assert!(matches!(errno, Errno::Perm | Errno::Loop), "{call} {path}");
    }
    for swapped in [false, true] {
        for call in ["path_rename", "path_link"] {
            let (old, new) = if swapped {
                (path, "f.txt")
            } else {
                ("f.txt", path)
            };
            let [old, old_len] = guest.text(old);
            let [new, new_len] = guest.text(new);
            let mut args = vec![DIR, old, old_len, DIR, new, new_len];
            if call == "path_link" {
                args.insert(1, 0);
            }
            let errno = guest.errno(call, &args);
            assert!(matches!(errno, Errno::Perm | Errno::Loop), "{call} {path}");
        }
    }
    let [text, text_len] = guest.text("f.txt");
    let [name, name_len] = guest.text(path);
    let errno = guest.errno("path_symlink", &[text, text_len, DIR, name, name_len]);
    assert!(matches!(errno, Errno::Perm | Errno::Loop), "symlink {path}");
    let [addr, len] = guest.text(path);
    let errno = guest.errno(
        "path_readlink",
        &[DIR, addr, len, BUFFER.into(), 99, 0x8000],
    );
    assert!(
        matches!(errno, Errno::Perm | Errno::Loop),
        "readlink {path}"
    );
}

#[test]
fn dotdot() {
    sandbox(|guest, _| {
        for path in [
            "../outside/secret",
            "d/../../outside/secret",
            "d/e/../../../outside/secret",
            "./../outside/secret",
            "..//outside/secret",
        ] {
            parent_refused_everywhere(guest, path);
        }
        refused_everywhere(guest, "..");
        refused_everywhere(guest, "d/../..");
        refused_everywhere(guest, "../");
    });
}

#[test]
fn dotdot_after_a_missing_directory() {
    sandbox(|guest, _| {
        parent_refused_everywhere(guest, "missing/../../outside/secret");
        refused_everywhere(guest, "missing/../..");
        assert_eq!(guest.open("missing/../f.txt", 0, READ), Err(Errno::Noent));
    });
}

#[test]
fn absolute() {
    sandbox(|guest, inside| {
        parent_refused_everywhere(guest, "/etc/passwd");
        parent_refused_everywhere(guest, inside.join("f.txt").to_str().unwrap());
        refused_everywhere(guest, "/");
    });
}

#[test]
fn dotdot_that_stays_inside() {
    sandbox(|guest, _| {
        assert_eq!(guest.read_file("d/../g.txt"), Ok(b"g".to_vec()));
        assert_eq!(guest.read_file("d/e/../../g.txt"), Ok(b"g".to_vec()));
        assert_eq!(guest.read_file("./d/.././g.txt"), Ok(b"g".to_vec()));
    });
}

#[test]
fn a_link_to_the_outside() {
    sandbox(|guest, _| {
        for path in ["out", "out-file", "abs", "slash", "climb", "magic"] {
            refused_everywhere(guest, path);
        }
        for path in [
            "out/secret",
            "abs/secret",
            "slash/etc/passwd",
            "climb/outside/secret",
            "magic/etc/passwd",
            "d/../out/secret",
        ] {
            parent_refused_everywhere(guest, path);
        }
    });
}

#[test]
fn a_link_whose_text_ends_in_a_slash() {
    sandbox(|guest, _| {
        for path in ["out-slash", "out-chain", "out-slash/", "out/", "abs/"] {
            refused_everywhere(guest, path);
        }
        parent_refused_everywhere(guest, "out-slash/secret");
        parent_refused_everywhere(guest, "out-chain/secret");
        parent_refused_everywhere(guest, "out-chain/dir/x");
        // With a slash, `rmdir` and `mkdir` would otherwise follow the link.
        for call in ["path_remove_directory", "path_create_directory"] {
            let errno = guest.path(call, DIR, "out/");
            assert!(matches!(errno, Errno::Notdir | Errno::Exist), "{errno}");
        }
        let [addr, len] = guest.text("out-slash/");
        let errno = guest.errno("path_filestat_get", &[DIR, 0, addr, len, 0x8000]);
        assert_eq!(errno, Errno::Perm);
    });
}

#[test]
fn a_dangling_link_to_the_outside_creates_nothing() {
    sandbox(|guest, inside| {
        refused_everywhere(guest, "dangling");
        assert_eq!(
            guest.open("dangling", CREAT | EXCL, WRITE),
            Err(Errno::Exist)
        );
        assert!(!inside.join("../outside/made").exists());
    });
}

#[test]
fn a_magic_link_is_not_followed() {
    for resolver in [Resolver::Auto, Resolver::Walk] {
        let mut guest = Guest::with_dir(Path::new("/proc"), resolver);
        for path in [
            "self/root",
            "self/root/etc/passwd",
            "self/cwd",
            "self/fd/0",
            "self/exe",
        ] {
            let opened = guest.open(path, 0, READ);
            assert!(
                matches!(opened, Err(Errno::Perm | Errno::Loop | Errno::Noent)),
                "{path}: {opened:?}"
            );
        }
    }
}

#[test]
fn odd_names() {
    sandbox(|guest, inside| {
        let errno = |guest: &mut Guest, path: &str| guest.open(path, 0, READ).err();
        assert_eq!(errno(guest, ""), Some(Errno::Noent));
        assert_eq!(errno(guest, "f.txt/"), Some(Errno::Notdir));
        assert_eq!(errno(guest, &"n".repeat(256)), Some(Errno::Nametoolong));
        assert_eq!(errno(guest, &"a/".repeat(2_500)), Some(Errno::Nametoolong));
        assert_eq!(errno(guest, &"./".repeat(3_000)), Some(Errno::Nametoolong));
        assert_eq!(errno(guest, "f.txt\0"), Some(Errno::Inval));
        assert_eq!(errno(guest, "\0"), Some(Errno::Inval));
        let bytes = guest.put(b"f\xff\xfe");
        let args = [DIR, bytes, 3];
        assert_eq!(guest.errno("path_unlink_file", &args), Errno::Ilseq);
        let long = guest.put(&[b'/'; 40_000]);
        let args = [DIR, long, 40_000];
        assert_eq!(
            guest.errno("path_create_directory", &args),
            Errno::Nametoolong
        );
        for call in ["path_create_directory", "path_unlink_file"] {
            assert_eq!(guest.path(call, DIR, ""), Errno::Noent);
        }
        assert_eq!(guest.open(".", CREAT, WRITE), Err(Errno::Isdir));
        assert_eq!(guest.open("d/", CREAT, WRITE), Err(Errno::Isdir));
        assert_eq!(guest.path("path_remove_directory", DIR, "."), Errno::Inval);
        assert!(inside.join("f.txt").exists());
    });
}

#[test]
fn a_directory_moved_out_while_held() {
    sandbox(|guest, inside| {
        let held = guest.open("d", DIRECTORY, 0).unwrap();
        std::fs::rename(inside.join("d"), inside.join("../moved")).unwrap();
        std::fs::write(inside.join("../moved/mine"), b"mine").unwrap();
        // What was held stays, and is no way to what is around it.
        let mine = guest.open_at(held, FOLLOW, "mine", 0, READ, 0).unwrap();
        assert_eq!(guest.read(mine, 9), Ok(b"mine".to_vec()));
        for path in ["../outside/secret", "e/../../outside/secret", ".."] {
            let opened = guest.open_at(held, FOLLOW, path, 0, READ, 0);
            assert_eq!(opened, Err(Errno::Perm), "{path}");
        }
    });
}

/// Two preopened directories, the second one read-only: 3 and 4.
fn read_only(test: impl Fn(&mut Guest, &Path, &Path)) {
    both(|dir, resolver| {
        let (open, closed) = (dir.join("rw"), dir.join("ro"));
        std::fs::create_dir_all(open.join("d")).unwrap();
        std::fs::create_dir_all(closed.join("d")).unwrap();
        std::fs::write(closed.join("f"), b"precious").unwrap();
        std::fs::write(open.join("f"), b"f").unwrap();
        let mut guest = Guest::new(
            WasiCtx::builder()
                .resolver(resolver)
                .preopen_dir(&open, "/rw", Access::ReadWrite)
                .unwrap()
                .preopen_dir(&closed, "/ro", Access::ReadOnly)
                .unwrap(),
        );
        test(&mut guest, &open, &closed);
        assert_eq!(std::fs::read(closed.join("f")).unwrap(), b"precious");
        assert_eq!(tree(&closed).len(), 2);
    });
}

const RO: u64 = 4;

#[test]
fn read_only_refuses_every_change() {
    read_only(|guest, _, _| {
        for (oflags, rights) in [
            (0, WRITE),
            (0, READ_WRITE),
            (CREAT, READ),
            (TRUNC, READ),
            (TRUNC, 0),
            (CREAT | EXCL, READ),
        ] {
            for path in ["f", "new"] {
                let opened = guest.open_at(RO, FOLLOW, path, oflags, rights, 0);
                assert_eq!(opened, Err(Errno::Rofs), "{path} {oflags}");
            }
        }
        for call in [
            "path_create_directory",
            "path_remove_directory",
            "path_unlink_file",
        ] {
            for path in ["f", "d", "new"] {
                assert_eq!(guest.path(call, RO, path), Errno::Rofs);
            }
        }
        let [addr, len] = guest.text("f");
        let times = [RO, FOLLOW, addr, len, 0, 0, 10];
        assert_eq!(guest.errno("path_filestat_set_times", &times), Errno::Rofs);
        let [text, text_len] = guest.text("f");
        let [name, name_len] = guest.text("l");
        let args = [text, text_len, RO, name, name_len];
        assert_eq!(guest.errno("path_symlink", &args), Errno::Rofs);

        // What is open is as closed as the directory that it came from.
        let fd = guest.open_at(RO, FOLLOW, "f", 0, READ, 0).unwrap();
        assert_eq!(guest.read(fd, 99), Ok(b"precious".to_vec()));
        assert_eq!(guest.write(fd, b"x"), Err(Errno::Badf));
        let times = [fd, 0, 0, 10];
        assert_eq!(guest.errno("fd_filestat_set_times", &times), Errno::Rofs);
        assert_ne!(
            guest.errno("fd_filestat_set_size", &[fd, 0]),
            Errno::Success
        );
        assert_ne!(guest.errno("fd_allocate", &[fd, 0, 99]), Errno::Success);
        let below = guest.open_at(RO, FOLLOW, "d", DIRECTORY, 0, 0).unwrap();
        assert_eq!(guest.path("path_create_directory", below, "x"), Errno::Rofs);
        assert_eq!(
            guest.open_at(below, FOLLOW, "x", CREAT, WRITE, 0),
            Err(Errno::Rofs)
        );
    });
}

#[test]
fn read_only_checks_both_sides() {
    read_only(|guest, open, _| {
        for (from, to) in [(RO, DIR), (DIR, RO), (RO, RO)] {
            let [old, old_len] = guest.text("f");
            let [new, new_len] = guest.text("g");
            let args = [from, old, old_len, to, new, new_len];
            assert_eq!(guest.errno("path_rename", &args), Errno::Rofs);
            let [old, old_len] = guest.text("f");
            let [new, new_len] = guest.text("g");
            let args = [from, 0, old, old_len, to, new, new_len];
            assert_eq!(guest.errno("path_link", &args), Errno::Rofs);
        }
        assert!(!open.join("g").exists());
        // And nothing is wrong with reading.
        let fd = guest.open_at(RO, FOLLOW, "f", 0, READ, 0).unwrap();
        assert_eq!(guest.read(fd, 99), Ok(b"precious".to_vec()));
    });
}

#[test]
fn many_levels_and_many_links() {
    both(|dir, resolver| {
        let mut guest = Guest::with_dir(dir, resolver);
        let deep = vec!["n"; 200].join("/");
        std::fs::create_dir_all(dir.join(&deep)).unwrap();
        std::fs::write(dir.join(&deep).join("f"), b"deep").unwrap();
        assert_eq!(guest.read_file(&format!("{deep}/f")), Ok(b"deep".to_vec()));
        assert_eq!(
            guest.read_file(&format!("{deep}/../n/f")),
            Ok(b"deep".to_vec())
        );
        std::fs::write(dir.join("l0"), b"end").unwrap();
        for index in 0..41 {
            symlink(format!("l{index}"), dir.join(format!("l{}", index + 1))).unwrap();
        }
        assert_eq!(guest.read_file("l40"), Ok(b"end".to_vec()));
        assert_eq!(guest.read_file("l41"), Err(Errno::Loop));
    });
}
