//! Help, usage errors, completions and the manual page.

mod common;

use common::Place;

#[test]
fn help_shows_every_flag_and_exit_code() {
    let help = Place::new().run("run --help").code(0).stderr("").stdout;
    for part in [
        "--dir <HOST[::GUEST][:ro]>",
        "--env <K[=V]>",
        "--inherit-env",
        "--argv0",
        "--stdin",
        "--timeout",
        "--fuel",
        "--max-memory",
        "--max-stack",
        "--dispatch",
        "--compile",
        "--listen",
        "--strict-rights",
        "--hints",
        "--log",
        "Examples:",
        "124",
        "125",
        "130",
        "134",
        "70",
    ] {
        assert!(help.contains(part), "no {part} in\n{help}");
    }
    assert!(!help.contains("no-fuse") && !help.contains("--mount"));
    for words in [
        "--help",
        "-h",
        "help",
        "wast --help",
        "install-exec -h",
        "help run",
    ] {
        let help = Place::new().run(words).code(0).stderr("").stdout;
        assert!(help.contains("Usage: fossor"), "{help}");
    }
}

#[test]
fn version() {
    let expected = concat!("fossor ", env!("CARGO_PKG_VERSION"), "\n");
    Place::new().run("--version").code(0).stdout(expected);
    Place::new().run("-V").code(0).stdout(expected);
}

#[test]
fn usage_errors_are_125_and_say_what_to_do() {
    for (words, parts) in [
        ("", &["error[F0001]", "Usage: fossor"][..]),
        ("run", &["error[F0001]", "MODULE"]),
        ("run --dri . m.wasm", &["error[F0001]", "'--dri'", "--help"]),
        (
            "--timeout 2 m.wasm",
            &["error[F0001]", "--timeout", "2s for seconds"],
        ),
        ("--max-memory 64MB m.wasm", &["error[F0001]", "64MiB"]),
        ("--fuel -1 m.wasm", &["error[F0001]"]),
        (
            "run --dispatch fast m.wasm",
            &["error[F0001]", "tail", "loop"],
        ),
        ("wast", &["error[F0001]", "FILES"]),
        ("install-exec", &["error[F0001]", "DIR"]),
        ("completions klingon", &["error[F0001]", "bash"]),
    ] {
        Place::new().run(words).code(125).says(parts);
    }
}

#[test]
fn completions_for_each_shell() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = Place::new()
            .run(&format!("completions {shell}"))
            .code(0)
            .stdout;
        assert!(script.contains("inherit-env"), "{shell}: {script}");
    }
}

#[test]
fn the_manual_page_has_commands_flags_and_messages() {
    let page = Place::new().run("man").code(0).stdout;
    for part in [
        ".TH",
        "FOSSOR RUN",
        "FOSSOR WAST",
        "max\\-memory",
        "MESSAGES",
        "F0301",
    ] {
        assert!(page.contains(part), "no {part}");
    }
}
