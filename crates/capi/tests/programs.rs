//! Programs in C that use the API, and one in Python: compiled with the
//! system's compiler, linked with the library in both forms, run, compared.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Where cargo put the libraries: beside this test.
fn library_directory() -> PathBuf {
    let test = std::env::current_exe().expect("a test has a file");
    test.parent().expect("in a directory").to_owned()
}

fn source(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

#[derive(Clone, Copy, Debug)]
enum Linked {
    Shared,
    Static,
}

/// Compiles a program without a single warning, and runs it.
fn run(name: &str, linked: Linked, args: &[&str]) -> String {
    let libraries = library_directory();
    let place = tempfile::tempdir().expect("a directory");
    let program = place.path().join(name);
    let mut compile = Command::new("cc");
    compile
        .args([
            "-std=c11",
            "-Wall",
            "-Wextra",
            "-Werror",
            "-Wno-unused-parameter",
            "-g",
        ])
        .arg("-I")
        .arg(source("include"))
        .arg(source(&format!("tests/c/{name}.c")))
        .arg("-o")
        .arg(&program);
    match linked {
        Linked::Shared => {
            compile.arg("-L").arg(&libraries);
            compile.arg("-lfossor_c_api");
            compile.arg(format!("-Wl,-rpath,{}", libraries.display()));
        }
        Linked::Static => {
            compile.arg(libraries.join("libfossor_c_api.a"));
            compile.args(["-ldl", "-lm", "-lpthread"]);
        }
    }
    compile.arg("-lpthread");
    succeed(&mut compile);
    let output = succeed(Command::new(&program).args(args));
    String::from_utf8(output.stdout).expect("text")
}

#[track_caller]
fn succeed(command: &mut Command) -> Output {
    let output = command.output().expect("the program starts");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{command:?}: {}\n{stderr}",
        output.status
    );
    output
}

#[track_caller]
fn check(name: &str, args: &[&str], expected: &str) {
    for linked in [Linked::Shared, Linked::Static] {
        assert_eq!(run(name, linked, args), expected, "{name}, {linked:?}");
    }
}

#[test]
fn hello() {
    let line = "Hello, guest! (0 arguments, 0 results)\n";
    check("hello", &[], &format!("{line}{line}done\n"));
}

#[test]
fn callback() {
    check(
        "callback",
        &[],
        "imports through\n\
         i32 -7, i64 1099511627776, f32 1.5, f64 -2.25\n\
         through the host and the guest again: 41\n\
         trap: a function of type (i32) -> i32 was called as (f32) -> i32\n\
         finalized after 1 calls\n",
    );
}

#[test]
fn trap() {
    check(
        "trap",
        &[],
        "trap: the module has 1 imports, 0 were given\n\
         trap: callback abort\n  without an origin\n\
         trap: unreachable\n  function 1 at its byte 1\n  function 3 at its byte 2\n  with an origin\n\
         trap: unreachable\n\
         this is not a WebAssembly module: it begins with \"hello\"\n",
    );
}

#[test]
fn memory() {
    check("memory", &[], "done\n");
}

#[test]
fn wide_types() {
    check("wide_types", &[], "done\n");
}

#[test]
fn objects() {
    check(
        "objects",
        &[],
        "trap: a callback answered with a reference of another store\ndone\n",
    );
}

#[test]
fn types() {
    check("types", &[], "done\n");
}

#[test]
fn references() {
    check("references", &[], "done\n");
}

#[test]
fn own_store() {
    check("own_store", &[], "done\n");
}

#[test]
fn two_stores() {
    let why = "a reference or an import is of another store";
    check(
        "two_stores",
        &[],
        &format!("trap: {why}\ntrap: {why}\n{why}\n{why}\ndone\n"),
    );
}

#[test]
fn threads() {
    check(
        "threads",
        &[],
        "thread 0: 50\nthread 1: 100\nthread 2: 150\nthread 3: 200\n",
    );
}

#[test]
fn wasi() {
    let hello = source("../../go-fixtures/prebuilt/hello.wasm");
    check(
        "wasi",
        &[hello.to_str().expect("a name in UTF-8")],
        "Hello from Go, running in Fossor!\n\
         status 3\n\
         trap: the deadline passed\n\
         unknown import env.f: func (i32) -> ()\n",
    );
}

#[test]
fn python_with_ctypes() {
    let library = library_directory().join("libfossor_c_api.so");
    let output = succeed(
        Command::new("python3")
            .arg(source("examples/plugin.py"))
            .arg(library),
    );
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "the guest says 2\n2 times three is 6\nthe guest says 14\n14 times three is 42\n"
    );
}

/// The header declares what there is, and nothing else.
#[test]
fn the_headers_and_the_library_have_the_same_functions() {
    let declared = |header: &str| -> Vec<String> {
        let mut cc = Command::new("cc");
        let text = succeed(
            cc.args(["-E", "-P"])
                .arg(source(&format!("include/{header}"))),
        )
        .stdout;
        let text = String::from_utf8_lossy(&text).into_owned();
        let statements = text.split([';', '}', '{']).map(str::trim);
        let is_body = |s: &str| {
            ["static", "typedef", "return", "if"]
                .iter()
                .any(|w| s.starts_with(w))
        };
        let declarations = statements.filter(|statement| !is_body(statement));
        let names = declarations.filter_map(|statement| {
            // A type, a name, parameters; without a type it is a call.
            let (ty, name) = statement.split_once('(')?.0.rsplit_once([' ', '*'])?;
            let ours = ["wasm_", "wasi_", "fossor_"];
            let is_function = !ty.is_empty() && ours.iter().any(|p| name.starts_with(p));
            is_function.then(|| name.to_owned())
        });
        names.collect()
    };
    let mut declared = declared("wasi.h");
    declared.sort();
    declared.dedup();
    assert!(declared.len() > 250, "{}", declared.len());
    let library = library_directory().join("libfossor_c_api.so");
    let symbols = succeed(
        Command::new("nm")
            .args(["-D", "--defined-only"])
            .arg(library),
    );
    let symbols = String::from_utf8_lossy(&symbols.stdout).into_owned();
    let mut defined: Vec<String> = symbols
        .lines()
        .filter_map(|line| line.rsplit(' ').next())
        .filter(|name| {
            ["wasm_", "wasi_", "fossor_"]
                .iter()
                .any(|p| name.starts_with(p))
        })
        .map(str::to_owned)
        .collect();
    defined.sort();
    let missing = |a: &[String], b: &[String]| -> Vec<String> {
        a.iter().filter(|name| !b.contains(name)).cloned().collect()
    };
    assert_eq!(
        missing(&declared, &defined),
        [""; 0],
        "declared, not defined"
    );
    assert_eq!(
        missing(&defined, &declared),
        [""; 0],
        "defined, not declared"
    );
}
