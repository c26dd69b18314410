//! `run --record`, `replay`, `--deterministic`.

mod common;

use common::{Place, guests};

/// A Go program; `cargo xtask fixtures` replays many.
const HELLO: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../go-fixtures/prebuilt/hello.wasm"
);

#[test]
fn a_go_program_is_replayed() {
    let place = Place::new();
    let recorded = place
        .run(&format!("run --record run.fossor {HELLO}"))
        .code(0);
    place
        .run("replay run.fossor")
        .code(0)
        .stdout(&recorded.stdout);
}

#[test]
fn a_replay_shows_the_recorded_trace() {
    let place = Place::new();
    place.file("cat.wat", guests::CAT);
    place.file("input", "some text");
    place
        .run("run --stdin input --record r cat.wat")
        .code(0)
        .stdout("some text");
    place.file("input", "another");
    place
        .run("replay r --trace")
        .code(0)
        .stdout("some text")
        .stderr(
            "fd_read(0<stdin>, [4096]) = 0 {9 \"some text\"}\n\
         fd_write(1<stdout>, [9:\"some text\"]) = 0 {9}\n\
         fd_read(0<stdin>, [4096]) = 0 {0 \"\"}\n",
        );
}

#[test]
fn a_replay_has_the_limit_of_the_heap() {
    let place = Place::new();
    place.file(
        "m.wat",
        r#"(module
            (type $bytes (array i8))
            (func (export "_start")
                (drop (array.new_default $bytes (i32.const 2000000)))))"#,
    );
    place.run("run m.wat").code(0);
    place.run("run --max-heap 1M --record r m.wat").code(134);
    place
        .run("replay r")
        .code(134)
        .says(&["out of memory for structures"]);
}

#[test]
fn a_replay_ends_at_the_first_call_that_differs() {
    // The same module under the same name cannot differ, so its recording is
    // given a module with the recorded one's hash in place of its own.
    let place = Place::new();
    let said = |guest: &str| {
        place.file("m.wat", guest);
        place.run("replay r").code(125)
    };
    place.file("m.wat", guests::exit(3));
    place.run("run --record r m.wat").code(3);
    said(&guests::exit(4)).says(&["error[F0109]", "is not the module that was recorded"]);
    place.file("r", "something else");
    said(&guests::exit(3)).says(&["error[F0109]: r: this is no recording"]);
    place
        .run("replay none")
        .code(125)
        .says(&["error[F0109]: none: No such file"]);
}

#[test]
fn a_recording_that_is_cut_off_says_so() {
    let place = Place::new();
    place.file("cat.wat", guests::CAT);
    place.file("input", "some text");
    place.run("run --stdin input --record r cat.wat").code(0);
    let bytes = std::fs::read(place.path().join("r")).unwrap();
    let mut ends = 0;
    for len in [9, 40, bytes.len() / 2, bytes.len() - 12] {
        place.file("r", &bytes[..len]);
        let ended = place.run("replay r");
        ends += usize::from(ended.stderr.contains("cut off"));
        // A guest that got what it needed before the cut may end well.
        assert!([0, 125].contains(&ended.code), "{ended:#?}");
    }
    assert!(ends >= 2);
}

#[test]
fn a_stopped_run_is_replayed_to_where_it_was_stopped() {
    let place = Place::new();
    place.file("sleep.wat", SLEEP);
    place
        .run("run --record r --timeout 100ms sleep.wat")
        .code(124);
    let ended = place.run("replay r").code(124);
    ended.says(&["error[F0411]: the recorded run was stopped here, in poll_oneoff"]);
}

#[test]
fn deterministic_runs_are_alike_and_wait_no_time() {
    let place = Place::new();
    place.file("random.wat", RANDOM);
    let run = |words: &str| place.run(&format!("{words} random.wat")).code(0).stdout;
    let fixed = run("run --deterministic");
    assert_eq!(run("run --deterministic=0"), fixed);
    assert_eq!(run("run --deterministic=7"), run("run --deterministic=7"));
    assert_ne!(run("run --deterministic=7"), fixed);
    assert_ne!(run("run"), run("run"));
    place.file("sleep.wat", SLEEP);
    // An hour of the guest's.
    place
        .run("run --deterministic --timeout 20s sleep.wat")
        .code(0);
}

#[test]
fn deterministic_go_programs_make_the_same_calls() {
    let place = Place::new();
    let run = || {
        place
            .run(&format!("trace --deterministic=5 {HELLO}"))
            .code(0)
    };
    let (first, second) = (run(), run());
    assert!(first.stderr.contains("random_get"), "{first:#?}");
    assert_eq!(first.stdout, second.stdout);
    assert_eq!(first.stderr, second.stderr);
}

/// Sleeps an hour.
const SLEEP: &str = r#"(module
  (import "wasi_snapshot_preview1" "poll_oneoff"
    (func $poll (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (i64.store (i32.const 24) (i64.const 3600000000000))
    (drop (call $poll (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128)))))"#;

/// Prints 16 random bytes, each made a letter.
const RANDOM: &str = r#"(module
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write"
    (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_start") (local $at i32)
    (drop (call $random (i32.const 64) (i32.const 16)))
    (loop $next
      (i32.store8 offset=64 (local.get $at)
        (i32.add (i32.const 65)
          (i32.and (i32.load8_u offset=64 (local.get $at)) (i32.const 15))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $at) (i32.const 16))))
    (i32.store (i32.const 0) (i32.const 64))
    (i32.store (i32.const 4) (i32.const 16))
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))"#;

/// Ends with one bit for each computed NaN that has a payload of its own.
const NANS: &str = r#"(module
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 1)
    (func $odd (result f64) (f64.const nan:0xc000000001234))
    (func (export "_start") (local $bits i32)
        (if (i64.ne (i64.const 0x7ff8000000000000)
                (i64.reinterpret_f64 (f64.add (call $odd) (f64.const 1))))
            (then (local.set $bits (i32.or (local.get $bits) (i32.const 1)))))
        (if (i32.ne (i32.const 0x7fc00000)
                (i32.reinterpret_f32 (f32.demote_f64 (call $odd))))
            (then (local.set $bits (i32.or (local.get $bits) (i32.const 2)))))
        (if (i64.ne (i64.const 0x7ff8000000000000)
                (i64x2.extract_lane 1
                    (f64x2.mul (f64x2.splat (call $odd)) (f64x2.splat (f64.const 2)))))
            (then (local.set $bits (i32.or (local.get $bits) (i32.const 4)))))
        (call $exit (local.get $bits))))"#;

#[test]
fn computed_nans_are_canonical_if_all_is_to_be_the_same() {
    let place = Place::new();
    place.file("nans.wat", NANS);
    for dispatch in ["tail", "loop"] {
        let run = |words: &str| place.run(&format!("{words} --dispatch {dispatch} nans.wat"));
        run("run").code(7);
        run("run --deterministic --no-fuse").code(0);
        run("run --deterministic --record r").code(0);
        place
            .run(&format!("replay --dispatch {dispatch} r"))
            .code(0);
        run("run --record r").code(7);
        place
            .run(&format!("replay --dispatch {dispatch} r"))
            .code(7);
    }
    place.file("commands", "c\n");
    let says = |words: &str, text: &str| {
        let ended = place.run(&format!("debug -x commands {words}"));
        ended.code(0).stdout_has(&[text]);
    };
    says("nans.wat", "exited with status 7");
    says("--deterministic nans.wat", "exited with status 0");
    place.run("run --deterministic --record r nans.wat").code(0);
    says("r", "exited with status 0");
}

#[test]
fn a_recordings_module_is_a_file() {
    let place = Place::new();
    let module = place.file("cat.wat", guests::CAT);
    place.file("input", "");
    place.run("run --stdin input --record r cat.wat").code(0);
    // As in a recording that somebody else made up.
    std::fs::remove_file(&module).unwrap();
    std::os::unix::fs::symlink("/dev/zero", &module).unwrap();
    place
        .run("replay r")
        .says(&["cat.wat is no file", "--module"])
        .within(std::time::Duration::from_secs(10));
}
