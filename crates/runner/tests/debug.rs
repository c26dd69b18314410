//! `fossor debug`, with commands from a file.

mod common;

use common::{Ended, Place};

/// A function that calls another in a loop, and writes at the end.
const GUEST: &str = r#"(module
    (import "wasi_snapshot_preview1" "fd_write"
        (func $write (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (data (i32.const 0) "\10\00\00\00\03\00\00\00")
    (data (i32.const 16) "hi\n")
    (global $g (mut i64) (i64.const 7))
    (func $twice (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2)))
    (func $main (export "_start") (local $n i32) (local $f f64)
        (local.set $f (f64.const 1.5))
        (loop $again
            (i32.store (i32.const 64) (call $twice (local.get $n)))
            (br_if $again (i32.lt_u
                (local.tee $n (i32.add (local.get $n) (i32.const 1)))
                (i32.const 3))))
        (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))"#;

/// A Go program.
const HELLO: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../go-fixtures/prebuilt/hello.wasm"
);

#[track_caller]
fn session(place: &Place, words: &str, commands: &str) -> Ended {
    place.file("commands", commands);
    place.run(&format!("debug -x commands {words}")).code(0)
}

#[track_caller]
fn says(ended: &Ended, parts: &[&str]) {
    let mut rest = &ended.stdout[..];
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => panic!("{part:?} is missing, or comes too soon:\n{}", ended.stdout),
        }
    }
}

#[test]
fn functions_operators_and_locals_are_shown() {
    let place = Place::new();
    place.file("guest.wat", GUEST);
    let ended = session(
        &place,
        "guest.wat",
        "b twice\nc\nbt\ni locals\nsi 2\ni locals\nfin\ndis\ni globals\np $0+0x10\nc\nc\nc\n",
    );
    says(
        &ended,
        &[
            "breakpoint 1: twice (0x",
            "breakpoint 1 in twice, operator ",
            "local.get 0",
            "*#0  twice (0x",
            " #1  main (0x",
            "$0   i32  0 (0x0)\nthe operand stack is empty",
            "i32.mul",
            "top-0  i32  2 (0x2)\ntop-1  i32  0 (0x0)",
            "stopped in main",
            "i32.store",
            "→",
            "global0  i64  7 (0x7)",
            "16 (0x10)",
            "breakpoint 1 in twice",
            "hi\nthe program has ended",
        ],
    );
}

#[test]
fn a_call_is_told_before_it_happens() {
    let place = Place::new();
    place.file("guest.wat", GUEST);
    let ended = session(
        &place,
        "guest.wat",
        "nc\ni call\nx/iovec 0\nx/3s 16\nni\nq\n",
    );
    says(
        &ended,
        &[
            "call fd_write\n next  fd_write(1<stdout>, [3:\"hi\\n\"])",
            "iovs[0].buf_len  3",
            "iovec.buf      0x10",
            "0x10  \"hi\\n\"",
            "hi\nstopped in main",
        ],
    );
}

#[test]
fn memory_is_watched() {
    let place = Place::new();
    place.file("guest.wat", GUEST);
    let ended = session(&place, "guest.wat", "watch 64 4\nc\nc\nc\n");
    let changed = [
        "watchpoint 1: 0x0 became 0x2",
        "watchpoint 1: 0x2 became 0x4",
    ];
    says(&ended, &[&changed[..], &["the program has ended"]].concat());
}

#[test]
fn there_is_a_way_back_in_a_recording_and_only_there() {
    let place = Place::new();
    place.file("guest.wat", GUEST);
    let ended = session(&place, "-b twice guest.wat", "c\nrsi\nto 3\nq\n");
    says(
        &ended,
        &[
            "breakpoint 1 in twice",
            "there is no way back",
            "no way back",
        ],
    );

    place.run("run --record run.fossor guest.wat").code(0);
    let commands = "b twice\nc\nc\np $0\nrc\np $0\nrsi\nrc\nc\nc\nc\nc\nrc\np $0\nto 3\nsi\nq\n";
    let ended = session(&place, "run.fossor", commands);
    says(
        &ended,
        &[
            "(fossor) p $0\n1 (0x1)",
            "(fossor) rc\nbreakpoint in twice",
            "(fossor) p $0\n0 (0x0)",
            "(fossor) rsi\nstopped in main",
            "(fossor) rc\nat the beginning",
            "hi\nthe program has ended",
            "(fossor) rc\nbreakpoint in twice",
            "(fossor) p $0\n2 (0x2)",
            "operator 3\n",
            "operator 4\n",
        ],
    );
    // What the guest wrote was shown once.
    assert_eq!(ended.stdout.matches("hi\n").count(), 1);
}

#[test]
fn a_trap_is_looked_at_where_it_is() {
    let place = Place::new();
    let text = r#"(module (memory (export "memory") 1) (func (export "_start") (local i32)
        (local.set 0 (i32.const 0x10000))
        (drop (i32.load (local.get 0)))))"#;
    place.file("guest.wat", text);
    let ended = session(&place, "guest.wat", "c\np $0\nbt\nc\nr\nq\n");
    says(
        &ended,
        &[
            "trap: out of bounds memory access; stopped in ",
            "i32.load",
            "65536 (0x10000)",
            "the program has trapped: out of bounds memory access",
            "at the start",
        ],
    );
}

#[test]
fn mistakes_are_answered_in_sentences() {
    let place = Place::new();
    place.file("guest.wat", GUEST);
    let commands = "b nowhere\nb a.go:3\nb *1\nb wasi:fd_read\nb wasi:nothing\nfly\n\
                    x/9y 0\nx 70000\np $9\nd 7\ni goroutines\nf 9\n";
    let ended = session(&place, "guest.wat", commands);
    says(
        &ended,
        &[
            "no function is called nowhere",
            "this module is no Go program, so lines are not known",
            "no operator begins at offset 0x1",
            "the module does not call fd_read",
            "nothing is no function of WASI",
            "fly is no command",
            "x/9y: a count",
            "0x11170 is beyond the memory",
            "this function has 2 locals",
            "there is no breakpoint 7",
            "this is no Go program",
            "there are 1 frames",
        ],
    );
    place
        .run("debug -b nowhere guest.wat")
        .code(125)
        .says(&["--break nowhere: no function is called nowhere"]);
    place.file("library.wat", "(module (func (export \"f\")))");
    place.run("debug library.wat").code(125).says(&["error[F"]);
}

#[test]
fn lines_of_a_go_program_are_found() {
    let place = Place::new();
    let commands = "b main.go:7\nc\nbt\ni goroutines\nn\nc\n";
    let ended = session(&place, HELLO, commands);
    says(
        &ended,
        &[
            "breakpoint 3: main.main at ",
            "main.go:7 (0x",
            "breakpoint 3 in main.main",
            "goroutine 1, operator ",
            "*#0  main.main at ",
            " #1  runtime.main at ",
            "*   1 [running]  main.main at ",
            "Hello from Go, running in Fossor!\n",
            "the program has exited with status 0",
        ],
    );
}

#[test]
fn functions_that_are_only_there_inlined_are_found() {
    let place = Place::new();
    let ended = session(
        &place,
        HELLO,
        "b main.main\nb fmt.Println\nb fmt/print.go:307\nc\nbt\nc\nbt\n",
    );
    says(
        &ended,
        &[
            "breakpoint 3: main.main at fossor/fixtures/hello/main.go:7 (0x",
            "breakpoint 4: fmt.Println at fmt/print.go:307 (0x",
            "breakpoint 5: fmt.Println at fmt/print.go:307 (0x",
            "breakpoint 3 in main.main, fossor/fixtures/hello/main.go:7, goroutine 1, ",
            "*#0  main.main at fossor/fixtures/hello/main.go:7\n #1  runtime.main ",
            "breakpoint 4, 5 in main.main (inlined fmt.Println), fmt/print.go:307, goroutine 1, ",
            "*#0  fmt.Println at fmt/print.go:307\n #1  main.main at fossor/",
        ],
    );
}

#[test]
fn ctrl_c_pauses_the_guest() {
    use std::io::{BufRead, BufReader, Write};
    let place = Place::new();
    let text = r#"(module (memory (export "memory") 1)
        (func (export "_start") (loop $again
            (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1)))
            (br $again))))"#;
    place.file("busy.wat", text);
    let mut command = place.command(&["debug", "busy.wat"]);
    command.stdin(std::process::Stdio::piped());
    let mut child = command
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(b"to 3000000\nc\np 41+1\nq\n").unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("(fossor) c") {
        line.clear();
        assert!(output.read_line(&mut line).unwrap() > 0);
    }
    let pid = child.id().to_string();
    let kill = std::process::Command::new("kill")
        .args(["-INT", &pid])
        .status();
    assert!(kill.unwrap().success());
    let rest = String::from_iter(output.lines().map(|line| line.unwrap() + "\n"));
    assert!(rest.contains("paused in "), "{rest}");
    assert!(rest.contains("42 (0x2a)"), "{rest}");
    assert!(child.wait().unwrap().success());
}
