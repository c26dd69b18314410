//! Both resolvers and cap-std over random paths in a random tree: they find the
//! same file, or none.

use std::os::unix::fs::symlink;
use std::path::Path;

use fossor_wasi::{Errno, Resolver};

use crate::guest::*;

struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    /// Up to five components, with slashes in odd places.
    fn path(&mut self) -> String {
        let mut path = String::new();
        for index in 0..=self.below(5) {
            if index > 0 {
                path.push_str(self.pick(&["/", "/", "/", "//"]));
            }
            path.push_str(self.pick(&["a", "b", "c", "l", "m", "n", "..", "..", "."]));
        }
        path.push_str(self.pick(&["", "", "", "/"]));
        path
    }
}

/// Directories a, b, c of depth two, files, and links with random texts.
fn grow(root: &Path, random: &mut Random) {
    for outer in ["a", "b"] {
        for inner in ["a", "b"] {
            std::fs::create_dir_all(root.join(outer).join(inner)).unwrap();
            std::fs::write(root.join(outer).join(inner).join("c"), b"").unwrap();
        }
        std::fs::write(root.join(outer).join("c"), b"").unwrap();
    }
    for place in ["", "a", "b", "a/a", "b/b"] {
        for name in ["l", "m", "n"] {
            let text = random.path();
            symlink(text, root.join(place).join(name)).unwrap();
        }
    }
}

fn found(guest: &mut Guest, path: &str, follow: bool) -> Result<u64, Errno> {
    let [addr, len] = guest.text(path);
    let args = [DIR, u64::from(follow), addr, len, 0x8000];
    match guest.errno("path_filestat_get", &args) {
        Errno::Success => Ok(guest.u64_at(0x8008)),
        errno => Err(errno),
    }
}

#[test]
fn the_same_files_are_found() {
    let mut files_found = 0;
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..30 {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("root");
        std::fs::create_dir(&root).unwrap();
        std::fs::create_dir(dir.path().join("a")).unwrap();
        std::fs::write(dir.path().join("c"), b"outside").unwrap();
        grow(&root, &mut random);
        let oracle =
            cap_std::fs::Dir::open_ambient_dir(&root, cap_std::ambient_authority()).unwrap();
        let mut kernel = Guest::with_dir(&root, Resolver::Auto);
        let mut walk = Guest::with_dir(&root, Resolver::Walk);
        for _ in 0..200 {
            let path = random.path();
            for follow in [false, true] {
                let by_kernel = found(&mut kernel, &path, follow);
                let by_walk = found(&mut walk, &path, follow);
                files_found += u32::from(by_kernel.is_ok());
                assert_eq!(by_kernel, by_walk, "{path} follow={follow}");
                let by_oracle = if follow {
                    oracle.metadata(&path)
                } else {
                    oracle.symlink_metadata(&path)
                };
                let by_oracle = by_oracle
                    .map(|stat| cap_std::fs::MetadataExt::ino(&stat))
                    .ok();
                // With a slash or a dot after a link, cap-std stays at the link
                // where POSIX goes on.
                if follow || !path.trim_end_matches('.').ends_with('/') {
                    assert_eq!(by_kernel.ok(), by_oracle, "{path} follow={follow}");
                }
            }
            let opened = kernel.open(&path, 0, READ);
            let walked = walk.open(&path, 0, READ);
            assert_eq!(
                opened.err(),
                walked.err(),
                "open {path} in {}",
                root.display()
            );
            for (guest, fd) in [(&mut kernel, opened), (&mut walk, walked)] {
                if let Ok(fd) = fd {
                    guest.close(fd);
                }
            }
        }
    }
    println!("{files_found} of 12,000 lookups found something");
    assert!(files_found > 1_000);
}
