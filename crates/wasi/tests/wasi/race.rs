//! The swap race: an attacker exchanges a directory and a link while the guest
//! opens through the name. Zero escapes.
//!
//! `FOSSOR_RACE_SECONDS` sets how long each part takes.

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

fn race(resolver: Resolver, act: impl Fn(&mut Guest) -> bool) {
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
    guest.ctx.clear_tracer();
    let start = Instant::now();
    let (mut attempts, mut successes) = (0u64, 0u64);
    while start.elapsed() < duration() {
        attempts += 1;
        successes += u64::from(act(&mut guest));
    }
    stop.store(true, Ordering::Relaxed);
    let swaps = attacker.join().unwrap();
    println!("{resolver:?}: {attempts} attempts, {successes} succeeded, {swaps} swaps, 0 escapes");
    assert!(successes > 0 && successes < attempts);
    assert_eq!(std::fs::read(outside.join("secret")).unwrap(), b"secret");
    assert_eq!(std::fs::read_dir(&outside).unwrap().count(), 1);
}

fn read_through_the_name(guest: &mut Guest) -> bool {
    match guest.read_file("a/swap/secret") {
        Ok(bytes) => {
            assert_eq!(bytes, b"public", "escaped");
            true
        }
        Err(Errno::Perm | Errno::Noent | Errno::Notdir | Errno::Loop) => false,
        Err(errno) => panic!("{errno}"),
    }
}

/// Creates through the name, and looks afterwards that nothing is outside.
fn write_through_the_name(guest: &mut Guest) -> bool {
    match guest.open("a/swap/made", CREAT, WRITE) {
        Ok(fd) => {
            let _ = guest.write(fd, b"x");
            guest.close(fd);
            let _ = guest.path("path_unlink_file", DIR, "a/swap/made");
            true
        }
        Err(Errno::Perm | Errno::Noent | Errno::Notdir | Errno::Loop) => false,
        Err(errno) => panic!("{errno}"),
    }
}

#[test]
fn reading_while_directories_are_swapped() {
    race(Resolver::Auto, read_through_the_name);
    race(Resolver::Walk, read_through_the_name);
}

#[test]
fn writing_while_directories_are_swapped() {
    race(Resolver::Auto, write_through_the_name);
    race(Resolver::Walk, write_through_the_name);
}
