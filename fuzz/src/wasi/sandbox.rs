//! Directories with ways out of them, and a secret outside.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// What no guest may see.
pub const SECRET: &[u8] = b"top secret: outside of the sandbox";

/// ```text
/// outside/secret
/// secret            beside the directories, where `..` leads
/// rw/f  rw/d/g      with links: out, up, loop, d/out, d/up
/// ro/f
/// ```
pub struct Sandbox {
    top: TempDir,
}

impl Sandbox {
    pub fn new() -> Sandbox {
        // In memory, where that is to be had: this is made for every input.
        let memory = Path::new("/dev/shm");
        let top = match memory.is_dir() {
            true => tempfile::tempdir_in(memory),
            false => tempfile::tempdir(),
        };
        let sandbox = Sandbox {
            top: top.expect("a temporary directory"),
        };
        sandbox.fill().expect("the directory is ours");
        sandbox
    }

    fn fill(&self) -> std::io::Result<()> {
        let top = self.top.path();
        for dir in ["outside", "rw/d", "ro"] {
            fs::create_dir_all(top.join(dir))?;
        }
        for secret in ["outside/secret", "secret"] {
            fs::write(top.join(secret), SECRET)?;
        }
        for file in ["rw/f", "rw/d/g", "ro/f"] {
            fs::write(top.join(file), b"the guest's")?;
        }
        symlink(top.join("outside"), top.join("rw/out"))?;
        symlink("../outside", top.join("rw/d/out"))?;
        symlink("..", top.join("rw/up"))?;
        symlink("../..", top.join("rw/d/up"))?;
        symlink("loop", top.join("rw/loop"))
    }

    pub fn writable(&self) -> PathBuf {
        self.top.path().join("rw")
    }

    pub fn read_only(&self) -> PathBuf {
        self.top.path().join("ro")
    }

    /// Outside, and where the guest must not write, all is as it was.
    pub fn check(&self) {
        let top = self.top.path();
        assert_eq!(names(top), ["outside", "ro", "rw", "secret"]);
        assert_eq!(names(&top.join("outside")), ["secret"]);
        assert_eq!(names(&top.join("ro")), ["f"]);
        for secret in ["outside/secret", "secret"] {
            let found = fs::read(top.join(secret)).expect("the secret is there");
            assert!(found == SECRET, "the secret was changed");
            let metadata = fs::metadata(top.join(secret)).expect("the secret is there");
            let links = std::os::unix::fs::MetadataExt::nlink(&metadata);
            assert_eq!(links, 1, "the secret has a second name");
        }
        let read_only = fs::read(top.join("ro/f")).expect("the file is there");
        assert!(read_only == b"the guest's", "a read-only file was changed");
    }
}

fn names(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).expect("the directory is there");
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    let mut names: Vec<_> = names
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}
