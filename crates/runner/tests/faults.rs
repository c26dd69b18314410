//! The system below fails: the guest gets the right number and goes on, and
//! nothing that was written is lost. Each guest's exit code is the errno.

mod common;

use common::guests::{CAT, SLEEP};
use common::{Place, end, ended, program};
use std::fs::{self, File};
use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::time::Instant;

const ACCES: i32 = 2;
const FBIG: i32 = 22;
const NOENT: i32 = 44;
const NOSPC: i32 = 51;
const PIPE: i32 = 64;

const IMPORTS: &str = r#"
  (import "wasi_snapshot_preview1" "path_open"
    (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read"
    (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write"
    (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  ;; A buffer of 1000 bytes at 4096, described at 0; counts go to 8, the
  ;; descriptor to 12, the name is at 16.
  (data (i32.const 0) "\00\10\00\00\e8\03\00\00")
  (func $check (param $errno i32)
    (if (local.get $errno) (then (call $exit (local.get $errno)))))
"#;

/// Writes 1000 bytes, a hundred times over, to a descriptor.
fn writes(fd: u32) -> String {
    format!(
        r#"(module {IMPORTS}
          (func (export "_start") (local $i i32)
            (loop
              (call $check (call $write (i32.const {fd}) (i32.const 0) (i32.const 1) (i32.const 8)))
              (br_if 0 (i32.lt_u
                (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 100))))))"#
    )
}

/// Opens `name` in the first directory, with O_CREAT if `create`, then does
/// `then`.
fn opens(name: &str, create: bool, then: &str) -> String {
    let (len, oflags) = (name.len(), u32::from(create));
    // Read and write; only reading what must be there.
    let rights = if create { 0x42 } else { 0x02 };
    format!(
        r#"(module {IMPORTS} (data (i32.const 16) "{name}")
          (func (export "_start") (local $i i32)
            (call $check (call $open (i32.const 3) (i32.const 1) (i32.const 16) (i32.const {len})
              (i32.const {oflags}) (i64.const {rights}) (i64.const 0) (i32.const 0) (i32.const 12)))
            {then}))"#
    )
}

const FILL: &str = "(loop
  (call $check (call $write (i32.load (i32.const 12)) (i32.const 0) (i32.const 1) (i32.const 8)))
  (br_if 0 (i32.lt_u
    (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 100))))";

/// `sh -c`, with `$0` the built binary and `$@` these words.
fn shell(place: &Place, script: &str, words: &[&str]) -> Command {
    let mut command = program("sh".as_ref());
    command.current_dir(place.path());
    command.args(["-c", script, env!("CARGO_BIN_EXE_fossor")]);
    command.args(words);
    command
}

#[test]
fn standard_output_on_a_full_disk() {
    let place = Place::new();
    place.file("guest.wat", writes(1));
    let mut command = place.command(&["run", "guest.wat"]);
    let full = File::options().write(true).open("/dev/full").unwrap();
    end(command.stdout(full)).code(NOSPC);
}

#[test]
fn a_file_on_a_full_disk() {
    let place = Place::new();
    place.file("guest.wat", opens("full", true, FILL));
    place.run("run --dir /dev::/dev guest.wat").code(NOSPC);
}

#[test]
fn a_file_that_reaches_the_largest_size_keeps_what_it_has() {
    let place = Place::new();
    place.file("guest.wat", opens("out", true, FILL));
    fs::create_dir(place.path().join("d")).unwrap();
    let script = r#"ulimit -f 16; exec "$0" "$@""#;
    let words = ["run", "--dir", "d::/", "guest.wat"];
    end(&mut shell(&place, script, &words)).code(FBIG);
    // Blocks have 512 bytes in some shells and 1024 in others.
    let len_bytes = fs::metadata(place.path().join("d/out")).unwrap().len();
    assert!([16 * 512, 16 * 1024].contains(&len_bytes), "{len_bytes}");
}

#[test]
fn a_reader_that_has_gone() {
    let place = Place::new();
    place.file("guest.wat", writes(1));
    let mut command = place.command(&["run", "guest.wat"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let (start, mut child) = (Instant::now(), command.spawn().unwrap());
    // It fills the pipe at most, which holds less than all.
    let mut begin = [0; 10];
    let mut pipe = child.stdout.take().unwrap();
    pipe.read_exact(&mut begin).unwrap();
    drop(pipe);
    ended(&child.wait_with_output().unwrap(), start.elapsed()).code(PIPE);
}

#[test]
fn without_standard_streams() {
    let place = Place::new();
    place.file("guest.wat", CAT);
    let script = r#"exec "$0" "$@" <&- >&- 2>&-"#;
    end(&mut shell(&place, script, &["run", "guest.wat"])).code(0);
}

/// Reads 1000 bytes, says so, waits for a byte, and reads on: the exit code is
/// what it then got, in hundreds.
const TWICE: &str = "
  (call $check (call $read (i32.load (i32.const 12)) (i32.const 0) (i32.const 1) (i32.const 8)))
  (i32.store (i32.const 4) (i32.const 1))
  (call $check (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
  (call $check (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
  (i32.store (i32.const 4) (i32.const 1000))
  (call $check (call $read (i32.load (i32.const 12)) (i32.const 0) (i32.const 1) (i32.const 8)))
  (call $exit (i32.div_u (i32.load (i32.const 8)) (i32.const 100)))";

/// Between the guest's two reads of the file `d/f`, which has 1500 bytes,
/// `happens`; the guest ends with `code`.
fn between_two_reads(happens: impl FnOnce(&Place), code: i32) {
    let place = Place::new();
    place.file("guest.wat", opens("f", false, TWICE));
    place.file("d/f", [b'f'; 1500]);
    let mut command = place.command(&["run", "--dir", "d::/", "guest.wat"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    command.stderr(Stdio::piped());
    let (start, mut child) = (Instant::now(), command.spawn().unwrap());
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut [0]).unwrap();
    happens(&place);
    child.stdin.take().unwrap().write_all(b"!").unwrap();
    ended(&child.wait_with_output().unwrap(), start.elapsed()).code(code);
}

#[test]
fn a_file_that_is_removed_while_it_is_read() {
    between_two_reads(
        |place| fs::remove_file(place.path().join("d/f")).unwrap(),
        5,
    );
}

#[test]
fn a_file_that_is_cut_while_it_is_read() {
    let cut = |place: &Place| {
        let file = File::options().write(true).open(place.path().join("d/f"));
        file.unwrap().set_len(3).unwrap();
    };
    between_two_reads(cut, 0);
}

#[test]
fn a_directory_that_is_removed_while_it_is_read_from() {
    between_two_reads(
        |place| fs::remove_dir_all(place.path().join("d")).unwrap(),
        5,
    );
}

#[test]
fn a_file_that_is_not_there() {
    let place = Place::new();
    place.file("guest.wat", opens("f", false, FILL));
    place.run("run --dir .::/ guest.wat").code(NOENT);
}

#[test]
fn permission_denied() {
    let place = Place::new();
    place.file("guest.wat", opens("f", true, FILL));
    let dir = place.path().join("d");
    fs::create_dir(&dir).unwrap();
    let mut permissions = fs::metadata(&dir).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&dir, permissions).unwrap();
    // Root may do all, but for without that capability.
    let script = r#"
      if [ "$(id -u)" = 0 ]; then
        exec setpriv --bounding-set=-dac_override --inh-caps=-dac_override "$0" "$@"
      fi
      exec "$0" "$@""#;
    let words = ["run", "--dir", "d::/", "guest.wat"];
    end(&mut shell(&place, script, &words)).code(ACCES);
}

/// Sends a child SIGSTOP and SIGCONT again and again: waits and transfers end
/// early, with EINTR or a short count.
fn stop_and_go_on(pid: u32, times: usize) {
    let script = format!(
        "for i in $(seq {times}); do kill -STOP {pid}; kill -CONT {pid}; sleep 0.002; done"
    );
    let status = Command::new("sh").args(["-c", &script]).status().unwrap();
    assert!(status.success());
}

#[test]
fn interrupted_transfers_lose_nothing() {
    let place = Place::new();
    place.file("guest.wat", CAT);
    let mut command = place.command(&["run", "guest.wat"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let (mut stdin, mut stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let given: Vec<u8> = (0..400_000u32).flat_map(u32::to_le_bytes).collect();
    let expected = given.clone();
    let writer = std::thread::spawn(move || {
        for part in given.chunks(10_000) {
            stdin.write_all(part).unwrap();
            std::thread::yield_now();
        }
    });
    let reader = std::thread::spawn(move || {
        let mut found = Vec::new();
        stdout.read_to_end(&mut found).unwrap();
        found
    });
    // The guest waits for its first bytes, or is under way.
    stop_and_go_on(child.id(), 60);
    writer.join().unwrap();
    assert!(reader.join().unwrap() == expected);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn interrupted_sleep_is_still_a_sleep() {
    let place = Place::new();
    place.file("guest.wat", SLEEP);
    let mut command = place.command(&["run", "--timeout", "400ms", "guest.wat"]);
    command.stderr(Stdio::piped());
    let (start, child) = (Instant::now(), command.spawn().unwrap());
    stop_and_go_on(child.id(), 40);
    // The guest sleeps far longer: it is the timeout that ends it.
    ended(&child.wait_with_output().unwrap(), start.elapsed())
        .code(124)
        .says(&["the time of 400ms"]);
}
