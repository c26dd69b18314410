//! `fossor wast`.

mod common;

use common::Place;

const GOOD: &str = r#"
(module (func (export "add") (param i32 i32) (result i32)
  (i32.add (local.get 0) (local.get 1))))
(assert_return (invoke "add" (i32.const 1) (i32.const 2)) (i32.const 3))
(assert_invalid (module (func (result i32) (i64.const 0))) "type mismatch")
"#;

const BAD: &str = r#"
(module (func (export "one") (result i32) (i32.const 1)))
(assert_return (invoke "one") (i32.const 1))
(assert_return (invoke "one") (i32.const 2))
"#;

#[test]
fn good_scripts_end_with_0() {
    let place = Place::new();
    place.file("good.wast", GOOD);
    place
        .run("wast good.wast")
        .code(0)
        .stderr("")
        .stdout("ok    good.wast  3 passed, 0 failed, 0 skipped\n");
    place
        .run("wast --quiet good.wast good.wast")
        .code(0)
        .stdout("2 scripts: 6 passed, 0 failed, 0 skipped\n");
}

#[test]
fn failures_have_file_line_and_both_values() {
    let place = Place::new();
    place.file("good.wast", GOOD);
    place.file("bad.wast", BAD);
    for flags in ["", "--dispatch loop", "--no-fuse"] {
        let ended = place
            .run(&format!("wast {flags} good.wast bad.wast"))
            .code(1)
            .says(&["error[F0501]: 1 directives failed, in 1 scripts"]);
        for part in [
            "ok    good.wast  3 passed",
            "FAIL  bad.wast   2 passed, 1 failed, 0 skipped",
            "bad.wast:4: assert_return",
            "(i32.const 2)",
            "2 scripts: 5 passed, 1 failed, 0 skipped",
        ] {
            assert!(ended.stdout.contains(part), "no {part:?} in {ended:#?}");
        }
    }
}

#[test]
fn a_version_refuses_what_is_newer() {
    let place = Place::new();
    place.file(
        "two.wast",
        r#"(assert_invalid (module (memory 0) (memory 0)) "multiple memories")"#,
    );
    place.run("wast --spec 2 two.wast").code(0);
    place.run("wast two.wast").code(1);
    place
        .run("wast --spec 4 two.wast")
        .code(125)
        .says(&["error[F0001]", "--spec"]);
}

#[test]
fn scripts_that_cannot_be_read() {
    let place = Place::new();
    place
        .run("wast none.wast")
        .code(125)
        .says(&["error[F0101]: none.wast"]);
    place.file("broken.wast", "(module");
    let ended = place.run("wast broken.wast").code(1);
    assert!(ended.stdout.contains("broken.wast:1"), "{ended:#?}");
}
