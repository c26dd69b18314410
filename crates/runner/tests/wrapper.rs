//! Fossor as Go's exec wrapper, and its installation.

mod common;

use common::{Ended, Place, end, guests, program};
use std::path::PathBuf;

/// Installs the wrapper in `place`.
fn install(place: &Place) -> PathBuf {
    place.run("install-exec bin").code(0).stderr("");
    place.path().join("bin/go_wasip1_wasm_exec")
}

fn wrapped(place: &Place, flags: &str, words: &[&str]) -> Ended {
    let mut command = program(&install(place));
    command.current_dir(place.path()).args(words);
    if !flags.is_empty() {
        command.env("GOWASIRUNTIMEARGS", flags);
    }
    end(&mut command)
}

#[test]
fn arguments_are_all_the_programs() {
    let place = Place::new();
    place.file("p.test.wat", guests::arguments());
    wrapped(&place, "", &["./p.test.wat", "-test.v", "--", "--dir", "x"])
        .code(0)
        .stdout("p.test.wat\0-test.v\0--\0--dir\0x\0")
        .stderr("");
    wrapped(&place, "", &["./p.test.wat", "--", "x"])
        .code(0)
        .stdout("p.test.wat\0--\0x\0");
}

#[test]
fn the_guest_sees_root_the_environment_and_the_current_directory() {
    let place = Place::new();
    place.file("d.wat", guests::DIRECTORIES);
    wrapped(&place, "", &["d.wat"])
        .code(0)
        .stdout("/\n")
        .stderr("");
    place.file("e.wat", guests::environment());
    let stdout = wrapped(&place, "--env ADDED=1", &["e.wat"]).code(0).stdout;
    let all = Vec::from_iter(stdout.split_terminator('\0'));
    let pwd = format!("PWD={}", place.path().canonicalize().unwrap().display());
    assert!(
        all.contains(&pwd.as_str()) && all.contains(&"ADDED=1"),
        "{all:?}"
    );
    assert!(all.contains(&"RUST_BACKTRACE=1"), "{all:?}");
}

#[test]
fn flags_come_from_the_variable() {
    let place = Place::new();
    place.file("d.wat", guests::DIRECTORIES);
    wrapped(&place, "--dir=/tmp::/", &["d.wat"])
        .code(0)
        .stdout("/\n");
    wrapped(&place, "-mount bin:/b:ro", &["d.wat"])
        .code(0)
        .stdout("/b\n/\n")
        .stderr("");
    place.file("busy.wat", guests::BUSY);
    wrapped(&place, "--timeout 200ms", &["busy.wat"]).code(124);
    wrapped(&place, "--no-such", &["d.wat"]).code(125).says(&[
        "error[F0001]",
        "--no-such",
        "GOWASIRUNTIMEARGS",
    ]);
    wrapped(&place, "stray", &["d.wat"])
        .code(125)
        .says(&["`stray`", "GOWASIRUNTIMEARGS"]);
}

#[test]
fn called_without_a_module_it_says_who_it_is() {
    let place = Place::new();
    wrapped(&place, "", &[])
        .code(125)
        .says(&["called by the go command"]);
}

#[test]
fn exit_codes_are_the_programs() {
    let place = Place::new();
    place.file("x.wat", guests::exit(3));
    wrapped(&place, "", &["x.wat"]).code(3).stderr("");
    wrapped(&place, "", &["missing.wasm"])
        .code(125)
        .says(&["error[F0101]"]);
}

#[test]
fn installing_says_what_to_type_and_replaces_links_alone() {
    let place = Place::new();
    let stdout = place.run("install-exec new/bin").code(0).stdout;
    assert!(stdout.contains("PATH=") && stdout.contains("GOOS=wasip1 GOARCH=wasm go test"));
    assert!(
        place
            .path()
            .join("new/bin/go_wasip1_wasm_exec")
            .is_symlink()
    );
    place.run("install-exec new/bin").code(0);

    place.file("full/go_wasip1_wasm_exec", "something else");
    place
        .run("install-exec full")
        .code(125)
        .says(&["error[F0107]", "is no link", "--force"]);
    place.run("install-exec --force full").code(0);
    place.file("file", "");
    place
        .run("install-exec file")
        .code(125)
        .says(&["error[F0107]"]);
}

#[test]
fn on_path_the_next_command_is_short() {
    let place = Place::new();
    install(&place);
    let mut command = place.command(&["install-exec", "bin"]);
    let path = format!("{}:/usr/bin:/bin", place.path().join("bin").display());
    let stdout = end(command.env("PATH", path)).code(0).stdout;
    assert!(
        stdout.contains("\n  GOOS=wasip1 GOARCH=wasm go test"),
        "{stdout}"
    );
}
