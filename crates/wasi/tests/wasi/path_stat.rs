//! `path_filestat_get`, `path_filestat_set_times`, `path_readlink`.

use std::os::unix::fs::{MetadataExt, symlink};

use fossor_wasi::Errno;

use crate::guest::*;

fn stat(guest: &mut Guest, flags: u64, path: &str) -> Result<(u8, u64), Errno> {
    let [addr, len] = guest.text(path);
    match guest.errno("path_filestat_get", &[DIR, flags, addr, len, 0x8000]) {
        Errno::Success => Ok((guest.bytes[0x8010], guest.u64_at(0x8020))),
        errno => Err(errno),
    }
}

#[test]
fn flags_decide_about_the_last_link() {
    both(|dir, resolver| {
        std::fs::create_dir(dir.join("d")).unwrap();
        std::fs::write(dir.join("d/f"), b"inside").unwrap();
        symlink("d/f", dir.join("l")).unwrap();
        symlink("d", dir.join("ld")).unwrap();
        symlink("nowhere", dir.join("dangling")).unwrap();
        let mut guest = Guest::with_dir(dir, resolver);
        assert_eq!(stat(&mut guest, 0, "d/f"), Ok((4, 6)));
        assert_eq!(stat(&mut guest, FOLLOW, "l"), Ok((4, 6)));
        assert_eq!(stat(&mut guest, 0, "l"), Ok((7, 3)));
        let line = guest.line();
        assert!(
            line.starts_with("path_filestat_get(3</>, \"l\", NOFOLLOW) = 0 {SYMLINK, dev="),
            "{line}"
        );
        assert_eq!(stat(&mut guest, 0, "ld").map(|found| found.0), Ok(7));
        // A slash asks for what the link leads to.
        assert_eq!(stat(&mut guest, 0, "ld/").map(|found| found.0), Ok(3));
        assert_eq!(stat(&mut guest, 0, "l/"), Err(Errno::Notdir));
        assert_eq!(stat(&mut guest, 0, "d/f/"), Err(Errno::Notdir));
        assert_eq!(stat(&mut guest, 0, "ld/f"), Ok((4, 6)));
        assert_eq!(stat(&mut guest, 0, "dangling").map(|found| found.0), Ok(7));
        assert_eq!(stat(&mut guest, FOLLOW, "dangling"), Err(Errno::Noent));
        assert_eq!(stat(&mut guest, 0, ".").map(|found| found.0), Ok(3));
        assert_eq!(stat(&mut guest, 0, "d/..").map(|found| found.0), Ok(3));
        assert_eq!(stat(&mut guest, 0, "d/f/x"), Err(Errno::Notdir));
        assert_eq!(stat(&mut guest, 2, "d"), Err(Errno::Inval));
        assert_eq!(
            guest.line(),
            "path_filestat_get(3</>, \"d\", 0x2) = INVAL (bad flags)"
        );
    });
}

#[test]
fn times_are_set_on_the_link_or_behind_it() {
    both(|dir, resolver| {
        std::fs::write(dir.join("f"), b"").unwrap();
        symlink("f", dir.join("l")).unwrap();
        let mut guest = Guest::with_dir(dir, resolver);
        let set = |guest: &mut Guest, lookup: u64, path: &str, flags: u64| {
            let [addr, len] = guest.text(path);
            let args = [DIR, lookup, addr, len, 3_000_000_007, 4_000_000_009, flags];
            guest.errno("path_filestat_set_times", &args)
        };
        assert_eq!(set(&mut guest, FOLLOW, "l", 1 | 4), Errno::Success);
        assert_eq!(
            guest.line(),
            "path_filestat_set_times(3</>, \"l\", FOLLOW, atim=3.000000007, \
             mtim=4.000000009) = 0"
        );
        let file = std::fs::metadata(dir.join("f")).unwrap();
        assert_eq!(
            (file.atime_nsec(), file.mtime(), file.mtime_nsec()),
            (7, 4, 9)
        );
        let link = std::fs::symlink_metadata(dir.join("l")).unwrap();
        assert!(link.mtime() > 4);
        assert_eq!(set(&mut guest, 0, "l", 4), Errno::Success);
        let link = std::fs::symlink_metadata(dir.join("l")).unwrap();
        assert_eq!((link.mtime(), link.mtime_nsec()), (4, 9));
        assert_eq!(set(&mut guest, 0, "f", 2 | 8), Errno::Success);
        assert!(std::fs::metadata(dir.join("f")).unwrap().mtime() > 1_000_000);
        assert_eq!(set(&mut guest, 0, "f", 3), Errno::Inval);
        assert_eq!(set(&mut guest, 0, "f", 12), Errno::Inval);
        assert_eq!(set(&mut guest, 0, "missing", 1), Errno::Noent);
        assert_eq!(set(&mut guest, FOLLOW, "missing", 1), Errno::Noent);
        assert_eq!(set(&mut guest, FOLLOW, "f/", 1), Errno::Notdir);
    });
}

#[test]
fn a_links_text_is_cut_to_the_buffer() {
    both(|dir, resolver| {
        symlink("../secret", dir.join("l")).unwrap();
        std::fs::write(dir.join("f"), b"").unwrap();
        let mut guest = Guest::with_dir(dir, resolver);
        let read = |guest: &mut Guest, path: &str, room: u64| {
            guest.poison();
            let [addr, len] = guest.text(path);
            guest.errno(
                "path_readlink",
                &[DIR, addr, len, BUFFER.into(), room, 0x8000],
            )
        };
        assert_eq!(read(&mut guest, "l", 256), Errno::Success);
        assert_eq!(guest.u32_at(0x8000), 9);
        assert_eq!(guest.at(BUFFER, 10), b"../secret?");
        assert_eq!(
            guest.line(),
            "path_readlink(3</>, \"l\", buf=256) = 0 \"../secret\""
        );
        assert_eq!(read(&mut guest, "l", 4), Errno::Success);
        assert_eq!(guest.u32_at(0x8000), 4);
        assert_eq!(guest.at(BUFFER, 5), b"../s?");
        assert_eq!(read(&mut guest, "l", 0), Errno::Success);
        assert_eq!(read(&mut guest, "f", 9), Errno::Inval);
        assert_eq!(read(&mut guest, "x", 9), Errno::Noent);
        assert_eq!(read(&mut guest, ".", 9), Errno::Inval);
    });
}
