//! `fossor profile`.

mod common;

use common::{Place, guests, program};
use std::collections::BTreeMap;
use std::path::Path;

/// Two functions, the first of which does three times the work of the second.
const THREE_TO_ONE: &str = r#"(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func $three (param i32) (local i32)
    (loop $again
      (local.set 1 (i32.add (local.get 1) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get 1) (i32.mul (local.get 0) (i32.const 3))))))
  (func $one (param i32) (local i32)
    (loop $again
      (local.set 1 (i32.add (local.get 1) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get 1) (i32.mul (local.get 0) (i32.const 1))))))
  (func $main (export "_start")
    (call $three (i32.const 100000))
    (call $one (i32.const 100000))
    (call $exit (i32.const 3))))"#;

/// Folded stacks: value by stack.
fn folded(path: &Path) -> BTreeMap<String, u64> {
    let text = std::fs::read_to_string(path).unwrap();
    let lines = text.lines().map(|line| {
        let (stack, value) = line.rsplit_once(' ').unwrap();
        (stack.to_owned(), value.parse().unwrap())
    });
    lines.collect()
}

#[test]
fn shares_are_those_of_executed_operators_and_always_the_same() {
    let place = Place::new();
    place.file("g.wat", THREE_TO_ONE);
    for file in ["a.folded", "b.folded"] {
        // Written though the guest leaves by proc_exit; its code stays.
        place
            .run(&format!("profile --interval 97 -o {file} g.wat"))
            .code(3)
            .says(&["samples in"]);
    }
    let profile = folded(&place.path().join("a.folded"));
    assert_eq!(profile, folded(&place.path().join("b.folded")));
    let share = profile["main;three"] as f64 / profile["main;one"] as f64;
    assert!((2.9..3.1).contains(&share), "{profile:?}");
}

#[test]
fn a_profile_is_written_however_the_guest_ends() {
    let place = Place::new();
    place.file("busy.wat", guests::BUSY);
    let ends = [
        ("--timeout 200ms", 124, "F0402"),
        ("--fuel 1000000", 124, "F0403"),
    ];
    for (flag, code, message) in ends {
        let words = format!("profile {flag} --interval 100 -o p.folded busy.wat");
        place.run(&words).code(code).says(&[message]);
        let path = place.path().join("p.folded");
        assert!(folded(&path)["function\u{a0}0"] >= 900_000);
        std::fs::remove_file(path).unwrap();
    }
    place.file("trap.wat", guests::TRAP);
    place
        .run("profile --interval 1 -o p.folded trap.wat")
        .code(134)
        .says(&["F0401", "samples in p.folded"]);
}

#[test]
fn formats_go_by_the_files_names() {
    let place = Place::new();
    place.file("g.wat", THREE_TO_ONE);
    let files = "-o p.pb.gz -o p.svg -o p.speedscope.json";
    place.run(&format!("profile {files} g.wat")).code(3);
    let read = |name: &str| std::fs::read(place.path().join(name)).unwrap();
    assert!(read("p.pb.gz").starts_with(&[0x1f, 0x8b]));
    assert!(String::from_utf8_lossy(&read("p.svg")).contains("three"));
    assert!(String::from_utf8_lossy(&read("p.speedscope.json")).contains("\"three\""));
    place
        .run("profile -o p.unknown g.wat")
        .code(125)
        .says(&["F0001", "p.unknown", ".pb.gz"]);
    place
        .run("profile -o no/such/p.svg g.wat")
        .code(125)
        .says(&["F0108", "no/such/p.svg"]);
}

#[test]
fn lines_of_a_go_program_are_counted() {
    let hello = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../go-fixtures/prebuilt/hello.wasm"
    );
    let place = Place::new();
    let output = place
        .command(&["profile", "--coverage", "c.out", hello])
        .output();
    common::ended(&output.unwrap(), Default::default())
        .code(0)
        .says(&["lines with code were executed: c.out"]);
    let cover = std::fs::read_to_string(place.path().join("c.out")).unwrap();
    let mut lines = cover.lines();
    assert_eq!(lines.next(), Some("mode: count"));
    let line = lines.find(|line| line.contains("hello/main.go:7."));
    assert!(line.is_some_and(|line| line.ends_with(" 1 1")), "{cover}");
    // Nothing of Go's own library.
    assert!(
        !cover.contains("fmt/") && !cover.contains("runtime/"),
        "{cover}"
    );
    place.file("g.wat", guests::NOTHING);
    place
        .run("profile --coverage c.out g.wat")
        .code(125)
        .says(&["F0108", "no Go program"]);
}

#[test]
fn go_test_cpuprofile_has_samples() {
    let place = Place::new();
    place.file("p.test.wat", guests::BUSY);
    place.run("install-exec bin").code(0);
    let mut command = program(&place.path().join("bin/go_wasip1_wasm_exec"));
    command
        .current_dir(place.path())
        .env("GOWASIRUNTIMEARGS", "--timeout 300ms")
        .args(["p.test.wat", "-test.cpuprofile=cpu.out"])
        .arg(format!("-test.outputdir={}", place.path().display()));
    common::end(&mut command).code(124);
    let profile = std::fs::read(place.path().join("cpu.out")).unwrap();
    assert!(profile.starts_with(&[0x1f, 0x8b]) && profile.len() > 100);
}

#[test]
fn a_program_in_c_has_lines_in_its_profile() {
    let place = Place::new();
    let module = format!(
        "{}/../../go-fixtures/c/lines/lines.wasm",
        env!("CARGO_MANIFEST_DIR")
    );
    let output = place
        .command(&["profile", "--interval", "1", "-o", "p.json", &module])
        .output();
    common::ended(&output.unwrap(), std::time::Duration::ZERO).code(134);
    let text = std::fs::read_to_string(place.path().join("p.json")).unwrap();
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    let frames = document["shared"]["frames"].as_array().unwrap();
    assert!(!frames.is_empty());
    for frame in frames {
        // The very beginning of `_start` belongs to no line.
        if frame["name"] != "_start" {
            assert_eq!(frame["file"], "/c/lines/lines.c", "{frame}");
            assert!(frame["line"].as_u64().unwrap() > 0, "{frame}");
        }
    }
    assert!(
        text.contains("all_shares") && text.contains("\"line\":23"),
        "{text}"
    );
}
