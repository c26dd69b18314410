//! `fossor inspect`.

mod common;

use common::{Ended, Place, guests};

const HELLO: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../go-fixtures/prebuilt/hello.wasm"
);

fn inspect(place: &Place, words: &[&str]) -> Ended {
    let words = [&["inspect"], words].concat();
    common::end(&mut place.command(&words))
}

#[test]
fn a_go_program_is_told_in_its_own_terms() {
    let stdout = inspect(&Place::new(), &["--validate", HELLO])
        .code(0)
        .stdout;
    for part in [
        "Go 1.27.3 command",
        " functions, valid",
        "  fd_write             (*os.File).Write, println, panics",
        "--env     os.Getenv, os.Environ",
        "_start  func () -> ()",
        "MiB at the start",
        "  code ",
        "  runtime ",
        "  strings and other constants ",
        "  names of functions ",
        "  types ",
        "  variables with pointers ",
    ] {
        let found = stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        let part = part.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(found.contains(&part), "no {part:?} in\n{stdout}");
    }
    assert!(
        !stdout.contains('\x1b') && !stdout.contains('\u{fffd}'),
        "{stdout}"
    );
}

#[test]
fn what_is_not_provided_is_named_with_who_needs_it() {
    let place = Place::new();
    place.file(
        "m.wat",
        r#"(module (import "env" "foo" (func $foo (param i32) (result i64)))
          (import "wasi_snapshot_preview1" "sock_accept"
            (func (param i32 i32 i32) (result i32)))
          (func $caller (drop (call $foo (i32.const 1))))
          (memory (export "memory") 2 4))"#,
    );
    inspect(&place, &["m.wat"]).code(0).stdout_has(&[
        "library",
        "2 imports, 1 of them not provided",
        "NOT PROVIDED func (i32) -> i64, called by caller",
        "sock_accept  --listen",
    ]);
    inspect(&place, &["--deny", "sock_*", "m.wat"])
        .code(1)
        .says(&["error[F0601]", "wasi_snapshot_preview1.sock_accept"]);
    inspect(&place, &["--deny", "env.*", "m.wat"]).code(1);
    inspect(&place, &["--deny", "fd_*", "m.wat"]).code(0);
}

#[test]
fn json_is_for_programs() {
    let stdout = inspect(&Place::new(), &["--json", HELLO]).code(0).stdout;
    for part in [
        "\"kind\": \"command\"",
        "\"version\": \"1.27.3\"",
        "\"provided\": true",
    ] {
        assert!(stdout.contains(part), "no {part} in {stdout}");
    }
}

#[test]
fn an_invalid_body_is_found_only_when_asked_for() {
    let place = Place::new();
    place.file("m.wat", guests::INVALID_BODY);
    inspect(&place, &["m.wat"]).code(0);
    inspect(&place, &["--validate", "m.wat"])
        .code(125)
        .says(&["error[F0201]"]);
}

#[test]
fn differences_have_names() {
    let place = Place::new();
    place.file("a.wat", guests::TRAP);
    place.file(
        "b.wat",
        guests::TRAP.replace("(i32.const 1) (local.get 0)", "(i32.const 2) (local.get 0)"),
    );
    inspect(&place, &["--diff", "a.wat", "a.wat"])
        .code(0)
        .stdout_has(&["the same, byte for byte"]);
    inspect(&place, &["--diff", "b.wat", "a.wat"])
        .code(1)
        .stdout_has(&["first function of other code: divide"]);
}

#[test]
fn the_picture_has_packages() {
    let place = Place::new();
    inspect(&place, &["--svg", "s.svg", HELLO]).code(0);
    let svg = std::fs::read_to_string(place.path().join("s.svg")).unwrap();
    assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"));
    assert!(svg.contains("<title>code of runtime: ") && svg.contains("<title>data: types: "));
}

/// Once each import was looked for among all before it, and all lines were as long as
/// the longest; names were printed as they are.
#[test]
fn very_many_imports_and_odd_names() {
    let place = Place::new();
    let many: String = (0..20_000)
        .map(|number| format!("(import \"nobody\" \"f{number}\" (func))"))
        .collect();
    let long = "x".repeat(90_000);
    let odd = r"\1b[2Jodd\nline\u{202e}\u{ffff}<&";
    place.file(
        "many.wat",
        format!(
            "(module (import \"nobody\" \"{long}\" (func)) {many} \
             (func (export \"{odd}\")) (func (export \"{long}\")) (@custom \"{odd}\" \"abc\"))"
        ),
    );
    let ended = inspect(&place, &["--svg", "a.svg", "many.wat"]).code(0);
    assert!(ended.stdout.len() < 2_000_000, "{}", ended.stdout.len());
    let shown = "\u{fffd}[2Jodd\u{fffd}line\u{fffd}\u{fffd}<&";
    assert_eq!(ended.stdout.matches(shown).count(), 2);
    let svg = std::fs::read_to_string(place.path().join("a.svg")).unwrap();
    assert!(!svg.contains(['\x1b', '\u{ffff}']) && svg.contains("&lt;&amp;"));
}
