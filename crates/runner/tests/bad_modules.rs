//! Modules that cannot run: one clear sentence and exit code 125 for each.

mod common;

use common::{Place, guests};

#[test]
fn a_missing_file() {
    let place = Place::new();
    place
        .run("run missing.wasm")
        .code(125)
        .stderr("error[F0101]: missing.wasm: there is no such file\n");
}

#[test]
fn a_mistyped_command_and_a_misplaced_one() {
    let place = Place::new();
    place
        .run("rnu app.wasm")
        .code(125)
        .says(&["rnu: there is no such file"]);
    place
        .run("--timeout 2s run app.wasm")
        .code(125)
        .says(&["help: `fossor run …`: a command comes before all flags"]);
}

#[test]
fn a_directory() {
    let place = Place::new();
    place.file("files/x", "");
    place
        .run("run files")
        .code(125)
        .stderr("error[F0101]: files is a directory, not a module\n");
}

#[test]
fn an_empty_file() {
    let place = Place::new();
    place.file("empty.wasm", "");
    place
        .run("run empty.wasm")
        .code(125)
        .in_one_line()
        .says(&["error[F0201]: empty.wasm: ", "empty"]);
}

#[test]
fn a_text_file() {
    let place = Place::new();
    place.file("notes.txt", "just notes\n");
    place
        .run("run notes.txt")
        .code(125)
        .in_one_line()
        .says(&["error[F0201]: notes.txt: this is not a WebAssembly module"]);
}

#[test]
fn a_truncated_module() {
    let place = Place::new();
    let module = wat::parse_str(guests::TRAP).unwrap();
    for len in 1..module.len() {
        place.file("truncated.wasm", &module[..len]);
        let ended = place.run("run truncated.wasm");
        match ended.code {
            // It may end where a section does: first without `_start`, at last
            // with all but the names.
            134 => assert!(len > module.len() - 40, "{len}: {ended:#?}"),
            _ => drop(ended.code(125).in_one_line()),
        }
    }
    place.file("truncated.wasm", &module[..module.len() - 40]);
    place
        .run("run truncated.wasm")
        .code(125)
        .in_one_line()
        .says(&["error[F0201]: truncated.wasm: ", "ends"]);
}

#[test]
fn all_unknown_imports_are_listed_once() {
    let place = Place::new();
    place.file(
        "import.wat",
        r#"(module
          (import "env" "foo" (func (param i32 f64) (result i64)))
          (import "env" "foo" (func (param i32 f64) (result i64)))
          (import "custom" "log" (func (param i64)))
          (import "custom" "table" (table 1 funcref))
          (import "wasi_snapshot_preview1" "proc_exit" (func (param i32)))
          (memory (export "memory") 1)
          (func (export "_start")))"#,
    );
    let ended = place.run("run import.wat").code(125).says(&[
        "error[F0301]: import.wat",
        "env.foo",
        "(i32, f64) -> i64",
        "custom.log",
        "custom.table",
        "help: ",
    ]);
    assert_eq!(ended.stderr.matches("env.foo").count(), 1, "{ended:#?}");
    assert!(!ended.stderr.contains("proc_exit"), "{ended:#?}");
}

#[test]
fn a_wasi_import_of_another_type() {
    let place = Place::new();
    place.file(
        "import.wat",
        r#"(module
          (import "wasi_snapshot_preview1" "fd_close" (func (param i64) (result i32)))
          (import "wasi_snapshot_preview1" "fd_clsoe" (func (param i32) (result i32)))
          (memory (export "memory") 1)
          (func (export "_start")))"#,
    );
    place.run("run import.wat").code(125).says(&[
        "wasi_snapshot_preview1.fd_close",
        "(i64) -> i32",
        "(i32) -> i32",
        "wasi_snapshot_preview1.fd_clsoe",
    ]);
}

#[test]
fn text_with_an_error() {
    let place = Place::new();
    place.file("bad.wat", "(module\n  (func (export \"_start\") i32.addd))");
    place
        .run("run bad.wat")
        .code(125)
        .says(&["error[F0202]: bad.wat", "2:", "i32.addd"]);
}

#[test]
fn an_invalid_body_found_early_or_late() {
    let place = Place::new();
    place.file("invalid.wat", guests::INVALID_BODY);
    for flag in ["--compile eager", "--compile lazy"] {
        place
            .run(&format!("run {flag} invalid.wat"))
            .code(125)
            .says(&["error[F0201]: invalid.wat: ", "type mismatch", "bad"]);
    }
}

#[test]
fn an_invalid_body_that_nobody_calls_is_found_by_eager_alone() {
    let place = Place::new();
    place.file(
        "invalid.wat",
        r#"(module
          (memory (export "memory") 1)
          (func $bad (result i32) (i64.const 0))
          (func (export "_start")))"#,
    );
    place.run("run invalid.wat").code(0);
    place.run("run --compile eager invalid.wat").code(125);
}

#[test]
fn no_start() {
    let place = Place::new();
    place.file(
        "library.wat",
        r#"(module (func (export "add")) (memory (export "memory") 1))"#,
    );
    place
        .run("run library.wat")
        .code(125)
        .says(&["error[F0302]: library.wat", "`_start`"]);
}

#[test]
fn a_reactor_is_initialised_and_explained() {
    let place = Place::new();
    place.file("reactor.wat", guests::REACTOR);
    place
        .run("run reactor.wat")
        .code(125)
        .stdout("ready\n")
        .says(&[
            "error[F0303]: reactor.wat",
            "`_start`",
            "-buildmode=c-shared",
        ]);
}

#[test]
fn more_memory_than_allowed() {
    let place = Place::new();
    place.file(
        "large.wat",
        r#"(module (memory (export "memory") 2000) (func (export "_start")))"#,
    );
    place
        .run("run --max-memory 64M large.wat")
        .code(125)
        .says(&["error[F0203]: large.wat", "--max-memory"]);
}

/// Once the list took time in the square of its length, and all lines were as long
/// as the longest.
#[test]
fn very_many_imports_and_a_very_long_name() {
    let place = Place::new();
    let many: String = (0..20_000)
        .map(|number| format!("(import \"nobody\" \"f{number}\" (func))"))
        .collect();
    let long = "x".repeat(90_000);
    place.file(
        "many.wat",
        format!("(module (import \"nobody\" \"{long}\" (func)) {many})"),
    );
    let ended = place.run("run many.wat").code(125);
    assert!(ended.stderr.len() < 120_000, "{}", ended.stderr.len());
    ended.says(&[
        "imports 20001 things that Fossor does not provide",
        "nobody.f198",
        "… and 19801 more",
    ]);
}
