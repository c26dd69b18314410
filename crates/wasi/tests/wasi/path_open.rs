//! `path_open`: modes, flags, kinds of objects.

use std::os::unix::fs::symlink;

use fossor_wasi::{Errno, Resolver, WasiCtx};

use crate::guest::*;

#[test]
fn opening_and_creating() {
    both(|dir, resolver| {
        let mut guest = Guest::with_dir(dir, resolver);
        assert_eq!(guest.open("f", 0, READ), Err(Errno::Noent));
        let fd = guest.open("f", CREAT | EXCL, READ_WRITE).unwrap();
        assert_eq!(fd, 4);
        assert_eq!(
            guest.line(),
            "path_open(3</>, \"f\", FOLLOW, CREAT|EXCL, base=FD_READ|FD_WRITE, inh=0, \
             fdflags=0) = 0 {4</f>}"
        );
        assert_eq!(guest.write(fd, b"abc"), Ok(3));
        assert_eq!(guest.open("f", CREAT | EXCL, WRITE), Err(Errno::Exist));
        assert_eq!(guest.read_file("f"), Ok(b"abc".to_vec()));
        let fd = guest.open("f", CREAT | TRUNC, WRITE).unwrap();
        assert_eq!(guest.read_file("./f"), Ok(vec![]));
        guest.close(fd);
        // Neither right: opened to be looked at, and wide enough for that.
        let fd = guest.open("f", 0, 0).unwrap();
        assert_eq!(guest.read(fd, 1), Ok(vec![]));
    });
}

#[test]
fn truncating_needs_more_than_reading() {
    both(|dir, resolver| {
        std::fs::write(dir.join("f"), b"abc").unwrap();
        let mut guest = Guest::with_dir(dir, resolver);
        assert_eq!(guest.open("f", TRUNC, READ), Err(Errno::Notcapable));
        assert_eq!(guest.read_file("f"), Ok(b"abc".to_vec()));
        guest.open("f", TRUNC, READ | 1 << 19).unwrap();
        assert_eq!(guest.read_file("f"), Ok(vec![]));
    });
}

#[test]
fn directories() {
    both(|dir, resolver| {
        std::fs::create_dir_all(dir.join("d/e")).unwrap();
        std::fs::write(dir.join("d/f"), b"in d").unwrap();
        let mut guest = Guest::with_dir(dir, resolver);
        // Go opens directories with the rights of files, and falls back on isdir.
        let fd = guest.open("d", 0, 0x0FF7_FEBE).unwrap();
        guest.ok("fd_fdstat_get", &[fd, 0x8000]);
        assert_eq!(guest.at(0x8000, 1), [3]);
        assert_eq!(guest.open("d", 0, WRITE), Err(Errno::Isdir));
        assert_eq!(guest.open("d", CREAT, WRITE), Err(Errno::Isdir));
        assert_eq!(guest.open("d", DIRECTORY | CREAT, 0), Err(Errno::Inval));
        assert_eq!(guest.open("d/f", DIRECTORY, READ), Err(Errno::Notdir));
        let below = guest.open_at(fd, 0, "f", 0, READ, 0).unwrap();
        assert_eq!(guest.read(below, 9), Ok(b"in d".to_vec()));
        assert_eq!(guest.open_at(fd, 0, "../d/f", 0, READ, 0), Err(Errno::Perm));
        assert!(guest.open_at(fd, 0, "e/../f", 0, READ, 0).is_ok());
        assert!(guest.open(".", DIRECTORY, 0).is_ok());
        assert!(guest.open("d/e/..", DIRECTORY, 0).is_ok());
        // A descriptor that is no directory.
        assert_eq!(guest.open_at(below, 0, "f", 0, READ, 0), Err(Errno::Notdir));
        assert_eq!(guest.open_at(1, 0, "f", 0, READ, 0), Err(Errno::Notdir));
        let no_preopen = u64::from(u32::MAX);
        assert_eq!(
            guest.open_at(no_preopen, 0, "f", 0, READ, 0),
            Err(Errno::Badf)
        );
    });
}

#[test]
fn links_at_the_end() {
    both(|dir, resolver| {
        std::fs::write(dir.join("f"), b"abc").unwrap();
        std::fs::create_dir(dir.join("d")).unwrap();
        symlink("f", dir.join("l")).unwrap();
        symlink("d", dir.join("ld")).unwrap();
        symlink("new", dir.join("dangling")).unwrap();
        symlink("loop", dir.join("loop")).unwrap();
        let mut guest = Guest::with_dir(dir, resolver);
        assert_eq!(guest.read_file("l"), Ok(b"abc".to_vec()));
        assert_eq!(guest.open_at(DIR, 0, "l", 0, READ, 0), Err(Errno::Loop));
        let nofollow = guest.open_at(DIR, 0, "ld", DIRECTORY, 0, 0);
        assert!(matches!(nofollow, Err(Errno::Loop | Errno::Notdir)));
        assert!(guest.open("ld", DIRECTORY, 0).is_ok());
        assert!(guest.open("ld/", DIRECTORY, 0).is_ok());
        assert!(guest.open("ld/../f", 0, READ).is_ok());
        assert_eq!(guest.open("loop", 0, READ), Err(Errno::Loop));
        assert_eq!(guest.open("loop/x", 0, READ), Err(Errno::Loop));
        assert_eq!(guest.open("dangling", 0, READ), Err(Errno::Noent));
        assert_eq!(
            guest.open("dangling", CREAT | EXCL, WRITE),
            Err(Errno::Exist)
        );
        assert_eq!(
            guest.open_at(DIR, 0, "dangling", CREAT, WRITE, 0),
            Err(Errno::Loop)
        );
        assert!(guest.open("dangling", CREAT, WRITE).is_ok());
        assert!(dir.join("new").exists());
    });
}

#[test]
fn slashes_at_the_end() {
    both(|dir, resolver| {
        std::fs::write(dir.join("f"), b"abc").unwrap();
        symlink("f", dir.join("l")).unwrap();
        symlink("f/", dir.join("l-slash")).unwrap();
        let mut guest = Guest::with_dir(dir, resolver);
        for path in ["f/", "f//", "l/", "l-slash", "f/.", "f/.."] {
            assert_eq!(guest.open(path, 0, READ), Err(Errno::Notdir), "{path}");
        }
        assert_eq!(guest.open("new/", CREAT, WRITE), Err(Errno::Isdir));
        assert_eq!(guest.open("f/", CREAT, WRITE), Err(Errno::Isdir));
        assert!(!dir.join("new").exists());
    });
}

#[test]
fn flags_are_checked() {
    let dir = tempfile::tempdir().unwrap();
    let mut guest = Guest::with_dir(dir.path(), Default::default());
    assert_eq!(guest.open("f", 16, READ), Err(Errno::Inval));
    assert_eq!(guest.open("f", 0x1_0000, READ), Err(Errno::Inval));
    assert_eq!(guest.open_at(DIR, 2, "f", 0, READ, 0), Err(Errno::Inval));
    assert_eq!(guest.open_at(DIR, 0, "f", 0, READ, 32), Err(Errno::Inval));
    // Surplus rights are dropped.
    assert!(guest.open("f", CREAT, u64::MAX).is_ok());
}

#[test]
fn an_unlinked_file_stays_usable() {
    let dir = tempfile::tempdir().unwrap();
    let mut guest = Guest::with_dir(dir.path(), Default::default());
    let fd = guest.open("f", CREAT, READ_WRITE).unwrap();
    assert_eq!(guest.path("path_unlink_file", DIR, "f"), Errno::Success);
    assert_eq!(guest.write(fd, b"abc"), Ok(3));
    guest.ok("fd_seek", &[fd, 0, 0, 0x8000]);
    assert_eq!(guest.read(fd, 9), Ok(b"abc".to_vec()));
}

#[test]
fn a_named_pipe_is_opened_without_waiting() {
    both(|dir, resolver| {
        let fifo = dir.join("fifo");
        rustix::fs::mknodat(
            rustix::fs::CWD,
            &fifo,
            rustix::fs::FileType::Fifo,
            0o600.into(),
            0,
        )
        .unwrap();
        let mut guest = Guest::with_dir(dir, resolver);
        // Nobody writes yet: not the end, but nothing now.
        let reader = guest.open_at(DIR, 0, "fifo", 0, READ, NONBLOCK).unwrap();
        assert_eq!(guest.read(reader, 9), Err(Errno::Again));
        let writer = guest.open_at(DIR, 0, "fifo", 0, WRITE, 0).unwrap();
        assert_eq!(guest.write(writer, b"abc"), Ok(3));
        assert_eq!(guest.read(reader, 9), Ok(b"abc".to_vec()));
        assert_eq!(guest.read(reader, 9), Err(Errno::Again));
        guest.close(writer);
        assert_eq!(guest.read(reader, 9), Ok(vec![]));
        guest.close(reader);
        assert_eq!(
            guest.open_at(DIR, 0, "fifo", 0, WRITE, NONBLOCK),
            Err(Errno::Nxio)
        );
    });
}

#[test]
fn waiting_for_the_first_writer_and_the_first_reader() {
    let dir = tempfile::tempdir().unwrap();
    let fifo = dir.path().join("fifo");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &fifo,
        rustix::fs::FileType::Fifo,
        0o600.into(),
        0,
    )
    .unwrap();
    let mut guest = Guest::with_dir(dir.path(), Default::default());
    let reader = guest.open("fifo", 0, READ).unwrap();
    let path = fifo.clone();
    let writing = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(30));
        std::fs::write(path, b"late").unwrap();
    });
    assert_eq!(guest.read(reader, 9), Ok(b"late".to_vec()));
    writing.join().unwrap();
    guest.close(reader);

    let reading = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(30));
        std::fs::read(fifo).unwrap()
    });
    let writer = guest.open("fifo", 0, WRITE).unwrap();
    assert_eq!(guest.write(writer, b"out"), Ok(3));
    guest.close(writer);
    assert_eq!(reading.join().unwrap(), b"out");
}

#[test]
fn below_the_hosts_root_links_are_as_on_the_host() {
    for resolver in [fossor_wasi::Resolver::Auto, fossor_wasi::Resolver::Walk] {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().to_str().unwrap();
        std::fs::write(dir.path().join("f"), b"abc").unwrap();
        symlink(dir.path().join("f"), dir.path().join("absolute")).unwrap();
        let mut guest = Guest::new(
            WasiCtx::builder()
                .resolver(resolver)
                .preopen_dir("/", "/", fossor_wasi::Access::ReadWrite)
                .unwrap(),
        );
        let below = path.trim_start_matches('/');
        assert_eq!(
            guest.read_file(&format!("{below}/absolute")),
            Ok(b"abc".to_vec())
        );
        assert_eq!(
            guest.read_file(&format!("../../{below}/f")),
            Ok(b"abc".to_vec())
        );
        assert_eq!(guest.read_file(&format!("/{below}/f")), Err(Errno::Perm));
        let [text, text_len] = guest.text(&format!("{path}/f"));
        let [name, name_len] = guest.text(&format!("{below}/made"));
        guest.ok("path_symlink", &[text, text_len, DIR, name, name_len]);
        assert_eq!(std::fs::read(dir.path().join("made")).unwrap(), b"abc");
        let magic = guest.open("proc/self/root", DIRECTORY, 0);
        // As text it is `/`; as the kernel's shortcut it is refused.
        assert!(matches!(magic, Ok(_) | Err(Errno::Loop)), "{magic:?}");
    }
}

#[test]
fn a_walk_holds_few_directories() {
    both(|dir, resolver| {
        let mut guest = Guest::with_dir(dir, resolver);
        let deep = |levels: usize| vec!["d"; levels].join("/");
        std::fs::create_dir_all(dir.join(deep(300))).unwrap();
        let expected = match resolver {
            Resolver::Walk => Some(Errno::Nametoolong),
            _ => None,
        };
        assert_eq!(guest.open(&deep(300), DIRECTORY, READ).err(), expected);
        // Deeper by two steps, or with a way back.
        let half = guest.open(&deep(200), DIRECTORY, READ).unwrap();
        let rest = guest.open_at(half, 0, &deep(100), DIRECTORY, READ, 0);
        assert!(rest.is_ok());
        let back = "d/../".repeat(500) + "d";
        assert!(guest.open(&back, DIRECTORY, READ).is_ok());
    });
}
