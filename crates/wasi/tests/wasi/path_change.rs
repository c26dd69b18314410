//! Making, removing, renaming, linking.

use std::os::unix::fs::{MetadataExt, symlink};

use fossor_wasi::Errno;

use crate::guest::*;

fn rename(guest: &mut Guest, old: &str, new: &str) -> Errno {
    let [old, old_len] = guest.text(old);
    let [new, new_len] = guest.text(new);
    guest.errno("path_rename", &[DIR, old, old_len, DIR, new, new_len])
}

fn link(guest: &mut Guest, flags: u64, old: &str, new: &str) -> Errno {
    let [old, old_len] = guest.text(old);
    let [new, new_len] = guest.text(new);
    guest.errno("path_link", &[DIR, flags, old, old_len, DIR, new, new_len])
}

fn make_link(guest: &mut Guest, text: &str, name: &str) -> Errno {
    let [text, text_len] = guest.text(text);
    let [name, name_len] = guest.text(name);
    guest.errno("path_symlink", &[text, text_len, DIR, name, name_len])
}

#[test]
fn directories_are_made_and_removed() {
    both(|dir, resolver| {
        let mut guest = Guest::with_dir(dir, resolver);
        let make = "path_create_directory";
        let remove = "path_remove_directory";
        assert_eq!(guest.path(make, DIR, "d"), Errno::Success);
        assert_eq!(guest.path(make, DIR, "d/e/"), Errno::Success);
        assert_eq!(guest.path(make, DIR, "d"), Errno::Exist);
        assert_eq!(guest.line(), "path_create_directory(3</>, \"d\") = EXIST");
        assert_eq!(guest.path(make, DIR, "x/y"), Errno::Noent);
        assert_eq!(guest.path(make, DIR, "."), Errno::Exist);
        assert_eq!(guest.path(make, DIR, ".."), Errno::Perm);
        assert_eq!(
            guest.line(),
            "path_create_directory(3</>, \"..\") = PERM (leaves the preopen)"
        );
        assert_eq!(guest.path(remove, DIR, "d"), Errno::Notempty);
        assert_eq!(guest.path(remove, DIR, "d/e/."), Errno::Inval);
        assert_eq!(guest.path(remove, DIR, "d/e/"), Errno::Success);
        std::fs::write(dir.join("d/f"), b"").unwrap();
        symlink("d", dir.join("l")).unwrap();
        assert_eq!(guest.path(remove, DIR, "d/f"), Errno::Notdir);
        assert_eq!(guest.path(remove, DIR, "l"), Errno::Notdir);
        assert_eq!(guest.path(remove, DIR, "l/"), Errno::Notdir);
        assert_eq!(guest.path(remove, DIR, "x"), Errno::Noent);
    });
}

#[test]
fn names_are_unlinked() {
    both(|dir, resolver| {
        std::fs::write(dir.join("f"), b"").unwrap();
        std::fs::create_dir(dir.join("d")).unwrap();
        symlink("f", dir.join("l")).unwrap();
        let mut guest = Guest::with_dir(dir, resolver);
        let unlink = "path_unlink_file";
        assert_eq!(guest.path(unlink, DIR, "d"), Errno::Isdir);
        assert_eq!(guest.line(), "path_unlink_file(3</>, \"d\") = ISDIR");
        assert_eq!(guest.path(unlink, DIR, "d/"), Errno::Isdir);
        assert_eq!(guest.path(unlink, DIR, "f/"), Errno::Notdir);
        assert_eq!(guest.path(unlink, DIR, "l/"), Errno::Notdir);
        assert_eq!(guest.path(unlink, DIR, "x/"), Errno::Noent);
        assert_eq!(guest.path(unlink, DIR, "l"), Errno::Success);
        assert!(dir.join("f").exists());
        assert_eq!(guest.path(unlink, DIR, "f"), Errno::Success);
        assert_eq!(guest.path(unlink, DIR, "f"), Errno::Noent);
    });
}

#[test]
fn renaming_replaces() {
    both(|dir, resolver| {
        std::fs::write(dir.join("f"), b"f").unwrap();
        std::fs::write(dir.join("g"), b"g").unwrap();
        std::fs::create_dir_all(dir.join("d/e")).unwrap();
        std::fs::create_dir(dir.join("empty")).unwrap();
        let mut guest = Guest::with_dir(dir, resolver);
        assert_eq!(rename(&mut guest, "f", "g"), Errno::Success);
        assert_eq!(guest.line(), "path_rename(3</>, \"f\" → 3</>, \"g\") = 0");
        assert_eq!(std::fs::read(dir.join("g")).unwrap(), b"f");
        assert_eq!(rename(&mut guest, "empty", "d"), Errno::Notempty);
        assert_eq!(rename(&mut guest, "d", "g"), Errno::Notdir);
        assert_eq!(rename(&mut guest, "g", "d"), Errno::Isdir);
        assert_eq!(rename(&mut guest, "d", "d/e/x"), Errno::Inval);
        assert_eq!(rename(&mut guest, "missing", "x"), Errno::Noent);
        assert_eq!(rename(&mut guest, "g/", "x"), Errno::Notdir);
        assert_eq!(rename(&mut guest, "g", "x/"), Errno::Notdir);
        assert_eq!(rename(&mut guest, "g", "empty/"), Errno::Notdir);
        assert_eq!(rename(&mut guest, "d/", "moved/"), Errno::Success);
        assert_eq!(rename(&mut guest, "moved/", "empty/"), Errno::Success);
        assert!(dir.join("empty/e").exists());
        assert_eq!(rename(&mut guest, "g", "../q"), Errno::Perm);
        assert_eq!(
            guest.line(),
            "path_rename(3</>, \"g\" → 3</>, \"../q\") = PERM (leaves the preopen)"
        );
    });
}

#[test]
fn hard_links() {
    both(|dir, resolver| {
        std::fs::write(dir.join("f"), b"f").unwrap();
        std::fs::create_dir(dir.join("d")).unwrap();
        symlink("f", dir.join("l")).unwrap();
        let mut guest = Guest::with_dir(dir, resolver);
        assert_eq!(link(&mut guest, 0, "f", "g"), Errno::Success);
        assert_eq!(
            guest.line(),
            "path_link(3</>, \"f\" → 3</>, \"g\", NOFOLLOW) = 0"
        );
        assert_eq!(std::fs::metadata(dir.join("f")).unwrap().nlink(), 2);
        assert_eq!(link(&mut guest, 0, "f", "g"), Errno::Exist);
        assert_eq!(link(&mut guest, 1, "f", "h"), Errno::Inval);
        assert_eq!(link(&mut guest, 0, "d", "h"), Errno::Perm);
        assert_eq!(link(&mut guest, 0, "f/", "h"), Errno::Notdir);
        assert_eq!(link(&mut guest, 0, "f", "h/"), Errno::Noent);
        assert_eq!(link(&mut guest, 0, "x", "h"), Errno::Noent);
        assert_eq!(link(&mut guest, 0, "f", "../h"), Errno::Perm);
        // Of a link, the link.
        assert_eq!(link(&mut guest, 0, "l", "l2"), Errno::Success);
        assert!(dir.join("l2").is_symlink());
    });
}

#[test]
fn symbolic_links() {
    both(|dir, resolver| {
        std::fs::write(dir.join("f"), b"f").unwrap();
        std::fs::create_dir(dir.join("d")).unwrap();
        let mut guest = Guest::with_dir(dir, resolver);
        assert_eq!(make_link(&mut guest, "../f", "d/l"), Errno::Success);
        assert_eq!(guest.line(), "path_symlink(\"../f\" → 3</>, \"d/l\") = 0");
        assert_eq!(guest.read_file("d/l"), Ok(b"f".to_vec()));
        assert_eq!(make_link(&mut guest, "f", "f"), Errno::Exist);
        assert_eq!(make_link(&mut guest, "f", "d"), Errno::Exist);
        assert_eq!(make_link(&mut guest, "f", "d/"), Errno::Exist);
        assert_eq!(make_link(&mut guest, "f", "f/"), Errno::Notdir);
        assert_eq!(make_link(&mut guest, "f", "new/"), Errno::Noent);
        assert_eq!(make_link(&mut guest, "/etc", "sl"), Errno::Perm);
        assert_eq!(
            guest.line(),
            "path_symlink(\"/etc\" → 3</>, \"sl\") = PERM (absolute target)"
        );
        // Any other text, even one that leads out: it is not followed there.
        assert_eq!(
            make_link(&mut guest, "../../../etc/passwd", "out"),
            Errno::Success
        );
        assert_eq!(guest.read_file("out"), Err(Errno::Perm));
        assert_eq!(make_link(&mut guest, "", "x"), Errno::Noent);
        assert_eq!(make_link(&mut guest, "a\0b", "x"), Errno::Inval);
    });
}
