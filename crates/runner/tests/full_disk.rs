//! A disk that is really full: a small tmpfs in a mount namespace of its own, for
//! what a guest writes and for Fossor's own files. Where this system lets nobody
//! mount one, the tests say so on standard error and check nothing.

#![cfg(target_os = "linux")]

mod common;

use common::{Ended, Place, end, program};
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

const NOSPC: i32 = 51;
/// Fossor could not do its part, and the guest ran.
const NOT_WRITTEN: i32 = 125;
const TRAPPED: i32 = 134;

/// What the guest writes over and over.
const PERIOD: usize = 1000;

/// Writes to a file `out`, if there is a directory, or else to standard output, until
/// that fails or `most` bytes are written, each write beginning where the last one
/// ended. Then it writes the number of bytes to standard error, and ends with the
/// errno, or by a trap if that is 0.
fn fill(most: u32) -> String {
    let text: String = text().take(PERIOD).map(char::from).collect();
    format!(
        r#"(module
          (import "wasi_snapshot_preview1" "path_open"
            (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_write"
            (func $write (param i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
          (memory (export "memory") 1)
          ;; Pointer and length of a buffer at 0, a count at 8, the descriptor at 12,
          ;; the total at 20.
          (data (i32.const 12) "\01\00\00\00out")
          (data (i32.const 4096) "{text}")
          (func (export "_start") (local $total i32) (local $done i32) (local $errno i32)
            (drop (call $open (i32.const 3) (i32.const 0) (i32.const 16) (i32.const 3)
              (i32.const 1) (i64.const 0x42) (i64.const 0) (i32.const 0) (i32.const 12)))
            (loop $again
              (local.set $done (i32.rem_u (local.get $total) (i32.const {PERIOD})))
              (i32.store (i32.const 0) (i32.add (i32.const 4096) (local.get $done)))
              (i32.store (i32.const 4) (i32.sub (i32.const {PERIOD}) (local.get $done)))
              (local.set $errno (call $write
                (i32.load (i32.const 12)) (i32.const 0) (i32.const 1) (i32.const 8)))
              (if (i32.eqz (local.get $errno)) (then
                (local.set $total (i32.add (local.get $total) (i32.load (i32.const 8))))
                (br_if $again (i32.lt_u (local.get $total) (i32.const {most}))))))
            (i32.store (i32.const 20) (local.get $total))
            (i32.store (i32.const 0) (i32.const 20))
            (i32.store (i32.const 4) (i32.const 4))
            (drop (call $write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 8)))
            (if (local.get $errno) (then (call $exit (local.get $errno))))
            unreachable))"#
    )
}

/// What it writes.
fn text() -> impl Iterator<Item = u8> {
    (0..PERIOD)
        .map(|at| b'a' + (at * at / 7 % 26) as u8)
        .cycle()
}

/// Runs a shell script in which the directory `full` is a disk of 64 KiB; `fossor` is
/// the built binary. What is on the disk at the end is in `kept` afterwards. `None`
/// where nobody may mount.
fn on_a_small_disk(place: &Place, script: &str) -> Option<Ended> {
    let flags = unshare_flags()?;
    for name in ["full", "kept"] {
        fs::create_dir_all(place.path().join(name)).unwrap();
    }
    let mut command = program(Path::new("unshare"));
    command.current_dir(place.path()).args(flags);
    let binary = env!("CARGO_BIN_EXE_fossor");
    command.args(["sh", "-c"]).arg(format!(
        "mount -t tmpfs -o size=64k none full || exit 99
         fossor() {{ '{binary}' \"$@\"; }}
         {script}
         code=$?
         cp full/* kept
         exit $code"
    ));
    Some(end(&mut command))
}

/// The flags with which `unshare` gives us mounts of our own: as root, or as the root
/// of our own users.
fn unshare_flags() -> Option<&'static [&'static str]> {
    static FLAGS: OnceLock<Option<&'static [&'static str]>> = OnceLock::new();
    *FLAGS.get_or_init(|| {
        let ways: [&[&str]; 2] = [&["--mount"], &["--map-root-user", "--mount"]];
        let directory = Place::new();
        let found = ways.into_iter().find(|flags| {
            let mut unshare = Command::new("unshare");
            unshare.current_dir(directory.path()).args(*flags);
            unshare.args(["sh", "-c", "mount -t tmpfs -o size=64k none ."]);
            unshare.output().is_ok_and(|output| output.status.success())
        });
        if found.is_none() {
            // Not by a macro: those of a test that passes are not shown.
            let reason = "skipped: `unshare --mount` and `mount -t tmpfs` are not allowed here\n";
            let _ = std::io::stderr().write_all(reason.as_bytes());
        }
        found
    })
}

/// Fails unless a file holds as many bytes as the guest was told, and those.
fn check_kept(place: &Place, name: &str) {
    let kept = fs::read(place.path().join("kept").join(name)).unwrap();
    let total = fs::read(place.path().join("total")).unwrap();
    let total = u32::from_le_bytes(total.try_into().unwrap()) as usize;
    assert_eq!(kept.len(), total);
    assert!(total > 32 << 10, "{total}");
    assert!(kept.iter().copied().eq(text().take(total)));
}

#[test]
fn what_was_written_before_is_there() {
    let place = Place::new();
    place.file("guest.wat", fill(1 << 20));
    let script = "fossor run --dir full::/ guest.wat 2> total";
    if let Some(ended) = on_a_small_disk(&place, script) {
        ended.code(NOSPC).stdout("");
        check_kept(&place, "out");
    }
}

#[test]
fn standard_output_too() {
    let place = Place::new();
    place.file("guest.wat", fill(1 << 20));
    let script = "fossor run guest.wat 2> total > full/output";
    if let Some(ended) = on_a_small_disk(&place, script) {
        ended.code(NOSPC);
        check_kept(&place, "output");
    }
}

/// The disk is full before Fossor makes the file `name` on it, for a guest that ends
/// well or as it pleases.
fn own_file(place: &Place, flags: &str, name: &str) -> Option<Ended> {
    let script = format!("cat /dev/zero > full/filler 2> /dev/null; fossor {flags}");
    let ended = on_a_small_disk(place, &script)?;
    let kept = fs::read(place.path().join("kept").join(name));
    assert!(kept.is_ok_and(|bytes| bytes.is_empty()), "{ended:#?}");
    Some(ended.says(&[
        "error[F0108]",
        &format!("full/{name}: No space left on device"),
    ]))
}

/// Writes a line, and ends well.
const HELLO: &str = r#"(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\08\00\00\00\06\00\00\00hello\n")
  (func (export "_start")
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))))"#;

#[test]
fn own_files_that_find_no_room() {
    for (flags, name) in [
        ("run --trace=full/trace guest.wat", "trace"),
        ("trace --json --output full/json guest.wat", "json"),
        ("trace -c --output full/counts guest.wat", "counts"),
        ("trace --html full/page.html guest.wat", "page.html"),
        ("run --record full/recording guest.wat", "recording"),
        ("profile -o full/profile.pb.gz guest.wat", "profile.pb.gz"),
        (
            "profile --interval 1 -o full/flame.svg guest.wat",
            "flame.svg",
        ),
    ] {
        let place = Place::new();
        place.file("guest.wat", HELLO);
        if let Some(ended) = own_file(&place, flags, name) {
            ended.code(NOT_WRITTEN).stdout("hello\n");
        }
    }
}

#[test]
fn coverage_that_finds_no_room() {
    let place = Place::new();
    let hello = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../go-fixtures/prebuilt/hello.wasm");
    place.file("hello.wasm", fs::read(hello).unwrap());
    let flags = "profile --coverage full/cover.out hello.wasm";
    if let Some(ended) = own_file(&place, flags, "cover.out") {
        ended.code(NOT_WRITTEN).stdout_has(&["Hello"]);
    }
}

#[test]
fn a_trap_is_told_although_the_trace_was_not_written() {
    for flags in [
        "run --trace=full/f.pb.gz guest.wat",
        "run --record full/f.pb.gz guest.wat",
        "profile -o full/f.pb.gz guest.wat",
    ] {
        let place = Place::new();
        place.file("guest.wat", fill(1));
        if let Some(ended) = own_file(&place, flags, "f.pb.gz") {
            ended.code(TRAPPED).says(&["error[F0401]"]);
        }
    }
}

#[test]
fn a_trace_that_finds_no_more_room() {
    let place = Place::new();
    place.file("guest.wat", fill(1 << 20));
    let script = "fossor run --trace=full/trace guest.wat > output 2> messages";
    if let Some(ended) = on_a_small_disk(&place, script) {
        ended.code(TRAPPED);
        let messages = fs::read(place.path().join("messages")).unwrap();
        let messages = String::from_utf8_lossy(&messages);
        for part in ["error[F0108]: full/trace: No space left", "error[F0401]"] {
            assert!(messages.contains(part), "{messages}");
        }
        // The guest wrote all the same, and the trace has what there was room for.
        let output = fs::read(place.path().join("output")).unwrap();
        assert!(output.len() >= 1 << 20 && output.into_iter().eq(text().take(1_049_000)));
        let trace = fs::read_to_string(place.path().join("kept/trace")).unwrap();
        assert!(trace.starts_with("path_open("), "{trace}");
        assert!(trace.len() > 32 << 10, "{}", trace.len());
        assert!(
            trace
                .lines()
                .skip(1)
                .take(100)
                .all(|line| line.starts_with("fd_write(1"))
        );
    }
}
