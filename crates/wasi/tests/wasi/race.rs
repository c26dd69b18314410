//! The swap race: an attacker exchanges a directory and a link while the guest
//! opens through the name. Zero escapes, under both resolvers.
//!
//! `FOSSOR_RACE_SECONDS` sets how long each of the four races takes:
//!
//! ```text
//! FOSSOR_RACE_SECONDS=60 cargo test --release -p fossor-wasi --test wasi race -- --nocapture
//! ```

use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use fossor_wasi::{Errno, Resolver};
use rustix::fs::{CWD, RenameFlags, renameat_with};

use crate::guest::*;

fn duration() -> Duration {
    let seconds = std::env::var("FOSSOR_RACE_SECONDS")
        .ok()
        .and_then(|seconds| seconds.parse().ok())
        .unwrap_or(0.7);
    Duration::from_secs_f64(seconds)
}

/// Exchanges two names until told to stop; answers how often.
fn attack(a: &Path, b: &Path, stop: &AtomicBool) -> u64 {
    let mut swaps = 0;
    while !stop.load(Ordering::Relaxed) {
        renameat_with(CWD, a, CWD, b, RenameFlags::EXCHANGE).unwrap();
        swaps += 1;
    }
    swaps
}

/// What came of one attempt.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Attempt {
    Inside,
    Refused,
    Escaped,
}

fn race(what: &str, resolver: Resolver, act: impl Fn(&mut Guest, &Path) -> Attempt) {
    let dir = tempfile::tempdir().unwrap();
    let inside = dir.path().join("inside");
    let outside = dir.path().join("outside");
    std::fs::create_dir_all(inside.join("a/swap")).unwrap();
    std::fs::create_dir_all(&outside).unwrap();
    std::fs::write(inside.join("a/swap/secret"), b"public").unwrap();
    std::fs::write(outside.join("secret"), b"secret").unwrap();
    symlink("../../outside", inside.join("a/link")).unwrap();

    let stop = Arc::new(AtomicBool::new(false));
    let attacker = std::thread::spawn({
        let (stop, inside) = (Arc::clone(&stop), inside.clone());
        move || attack(&inside.join("a/swap"), &inside.join("a/link"), &stop)
    });
    let mut guest = Guest::with_dir(&inside, resolver);
    guest.ctx.clear_layers();
    let start = Instant::now();
    let (mut attempts, mut successes, mut escapes) = (0u64, 0u64, 0u64);
    while start.elapsed() < duration() {
        attempts += 1;
        match act(&mut guest, &outside) {
            Attempt::Inside => successes += 1,
            Attempt::Refused => {}
            Attempt::Escaped => escapes += 1,
        }
    }
    stop.store(true, Ordering::Relaxed);
    let swaps = attacker.join().unwrap();
    println!(
        "{what}, {resolver:?}: {attempts} attempts during {swaps} swaps, \
         {successes} inside, {escapes} escapes"
    );
    assert_eq!(escapes, 0);
    // Both were met, or it was no race.
    assert!(successes > 0 && successes < attempts);
    assert_eq!(std::fs::read(outside.join("secret")).unwrap(), b"secret");
    assert_eq!(std::fs::read_dir(&outside).unwrap().count(), 1);
}

fn read_through_the_name(guest: &mut Guest, _outside: &Path) -> Attempt {
    match guest.read_file("a/swap/secret") {
        Ok(bytes) if bytes == b"public" => Attempt::Inside,
        Ok(_) => Attempt::Escaped,
        Err(Errno::Perm | Errno::Noent | Errno::Notdir | Errno::Loop) => Attempt::Refused,
        Err(errno) => panic!("{errno}"),
    }
}

/// Creates through the name, and looks whether something came to be outside.
fn write_through_the_name(guest: &mut Guest, outside: &Path) -> Attempt {
    let attempt = match guest.open("a/swap/made", CREAT, WRITE) {
        Ok(fd) => {
            let _ = guest.write(fd, b"x");
            guest.close(fd);
            let _ = guest.path("path_unlink_file", DIR, "a/swap/made");
            Attempt::Inside
        }
        Err(Errno::Perm | Errno::Noent | Errno::Notdir | Errno::Loop) => Attempt::Refused,
        Err(errno) => panic!("{errno}"),
    };
    match std::fs::remove_file(outside.join("made")) {
        Ok(()) => Attempt::Escaped,
        Err(_) => attempt,
    }
}

#[test]
fn reading_while_directories_are_swapped() {
    race("reading", Resolver::Auto, read_through_the_name);
    race("reading", Resolver::Walk, read_through_the_name);
}

#[test]
fn writing_while_directories_are_swapped() {
    race("writing", Resolver::Auto, write_through_the_name);
    race("writing", Resolver::Walk, write_through_the_name);
}
