//! `fd_readdir`.

use std::collections::BTreeMap;
use std::path::Path;

use fossor_wasi::Errno;

use crate::guest::*;

/// Name, type and `d_next` of the complete entries.
fn entries(guest: &Guest, used: u32) -> Vec<(String, u8, u64)> {
    let mut rest = guest.at(BUFFER, used);
    let mut list = Vec::new();
    while rest.len() >= 24 {
        let next = u64::from_le_bytes(rest[..8].try_into().unwrap());
        let len = u32::from_le_bytes(rest[16..20].try_into().unwrap()) as usize;
        assert_eq!(rest[21..24], [0, 0, 0]);
        if rest.len() < 24 + len {
            break;
        }
        let name = String::from_utf8(rest[24..24 + len].to_vec()).unwrap();
        list.push((name, rest[20], next));
        rest = &rest[24 + len..];
    }
    list
}

fn read(guest: &mut Guest, fd: u64, len: u64, cookie: u64) -> (u32, Vec<(String, u8, u64)>) {
    guest.poison();
    guest.ok(
        "fd_readdir",
        &[fd, BUFFER.into(), len, cookie, RESULT.into()],
    );
    let used = guest.u32_at(RESULT);
    assert_eq!(guest.bytes[(BUFFER + used) as usize], POISON);
    (used, entries(guest, used))
}

/// Everything, by a buffer of `len` bytes.
fn read_all(guest: &mut Guest, fd: u64, len: u64) -> BTreeMap<String, u8> {
    let mut all = BTreeMap::new();
    let mut cookie = 0;
    loop {
        let (used, list) = read(guest, fd, len, cookie);
        for (name, file_type, next) in list {
            cookie = next;
            assert_eq!(all.insert(name, file_type), None);
        }
        if u64::from(used) < len {
            return all;
        }
    }
}

fn fill(dir: &Path, count: usize) {
    for index in 0..count {
        std::fs::write(dir.join(format!("file-{index:04}")), b"").unwrap();
    }
}

#[test]
fn types_names_and_padding() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("file"), b"").unwrap();
    std::fs::create_dir(dir.path().join("dir")).unwrap();
    std::os::unix::fs::symlink("file", dir.path().join("link")).unwrap();
    let mut guest = Guest::with_dir(dir.path(), Default::default());
    let all = read_all(&mut guest, DIR, 4096);
    let expected = [(".", 3), ("..", 3), ("dir", 3), ("file", 4), ("link", 7)];
    assert_eq!(
        all,
        expected.map(|(name, kind)| (name.to_owned(), kind)).into()
    );
    let line = guest.line();
    assert!(
        line.starts_with("fd_readdir(3</>, buf=4096, cookie=0) = 0 {used=")
            && line.contains("\"file\" REG")
            && line.contains("\"dir\" DIR"),
        "{line}"
    );
}

#[test]
fn small_buffers_see_everything_once() {
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path(), 300);
    let mut guest = Guest::with_dir(dir.path(), Default::default());
    for len in [33, 64, 100, 1000, 8192, 40_000] {
        assert_eq!(read_all(&mut guest, DIR, len).len(), 302, "{len}");
    }
}

#[test]
fn a_buffer_is_filled_to_the_byte() {
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path(), 3);
    let mut guest = Guest::with_dir(dir.path(), Default::default());
    for len in [0, 1, 23, 24, 25, 30, 50, 77] {
        let (used, _) = read(&mut guest, DIR, len, 0);
        assert_eq!(u64::from(used), len);
    }
}

#[test]
fn cookies_survive_deletion() {
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path(), 500);
    let mut guest = Guest::with_dir(dir.path(), Default::default());
    let mut cookie = 0;
    let mut seen = 0;
    loop {
        let (used, list) = read(&mut guest, DIR, 400, cookie);
        for (name, _, next) in list {
            cookie = next;
            if name.starts_with("file") {
                seen += 1;
                std::fs::remove_file(dir.path().join(name)).unwrap();
            }
        }
        if used < 400 {
            break;
        }
    }
    assert_eq!(seen, 500);
}

#[test]
fn odd_cookies_do_no_harm() {
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path(), 3);
    let mut guest = Guest::with_dir(dir.path(), Default::default());
    // Beyond the end there is nothing.
    for cookie in [5, 77, 1 << 40, 1 << 63, u64::MAX] {
        assert_eq!(read(&mut guest, DIR, 4096, cookie), (0, vec![]));
    }
    let (_, first) = read(&mut guest, DIR, 4096, 0);
    let cookies: Vec<u64> = first.iter().map(|(_, _, next)| *next).collect();
    assert_eq!(cookies, [1, 2, 3, 4, 5]);
    for (index, (_, _, next)) in first.iter().enumerate() {
        let (_, rest) = read(&mut guest, DIR, 4096, *next);
        assert_eq!(rest, first[index + 1..]);
    }
}

#[test]
fn cookies_fit_32_bits_and_lead_back_after_deletions() {
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path(), 200);
    let mut guest = Guest::with_dir(dir.path(), Default::default());
    // One that this descriptor has not given out yet is counted to.
    let (_, tail) = read(&mut guest, DIR, 20_000, 150);
    let (_, all) = read(&mut guest, DIR, 20_000, 0);
    assert_eq!(all.len(), 202);
    assert_eq!(tail, all[150..]);
    assert_eq!(all[201].2, 202);
    // Before the position everything goes away, and it still leads to the rest.
    let (gone, kept) = all.split_at(100);
    for (name, _, _) in gone.iter().filter(|(name, _, _)| name.starts_with("file")) {
        std::fs::remove_file(dir.path().join(name)).unwrap();
    }
    assert_eq!(read(&mut guest, DIR, 20_000, gone[99].2).1, kept);
    // Listed from the start, the entries that are left are numbered anew.
    let (_, left) = read(&mut guest, DIR, 20_000, 0);
    let names = |list: &[(String, u8, u64)]| -> std::collections::BTreeSet<String> {
        let names = list.iter().map(|(name, _, _)| name.clone());
        names.filter(|name| name.starts_with("file")).collect()
    };
    assert_eq!(names(&left), names(kept));
    assert_eq!(left.last().unwrap().2, left.len() as u64);
}

#[test]
fn only_directories_are_listed() {
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path(), 1);
    let mut guest = Guest::with_dir(dir.path(), Default::default());
    let fd = guest.open("file-0000", 0, READ).unwrap();
    for (fd, errno) in [(fd, Errno::Notdir), (0, Errno::Notdir), (99, Errno::Badf)] {
        let args = [fd, BUFFER.into(), 4096, 0, RESULT.into()];
        assert_eq!(guest.errno("fd_readdir", &args), errno);
    }
}

#[test]
fn a_removed_directory_is_empty() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("gone")).unwrap();
    let mut guest = Guest::with_dir(dir.path(), Default::default());
    let fd = guest.open("gone", DIRECTORY, 0).unwrap();
    assert_eq!(
        guest.path("path_remove_directory", DIR, "gone"),
        Errno::Success
    );
    assert!(read_all(&mut guest, fd, 4096).is_empty());
}
