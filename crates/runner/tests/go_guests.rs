//! Go programs that end badly, and what is said about where they were.

mod common;

use common::{Place, ended, guests, program};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Far more than a stop may take, also on a machine that is busy.
const SOON: Duration = Duration::from_secs(20);

fn hello() -> String {
    let path = "/../../go-fixtures/prebuilt/hello.wasm";
    format!("{}{path}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_goroutine_that_ran_is_shown_with_lines_of_the_source() {
    let hello = hello();
    // Within the initialisation of packages: the module has no name section.
    let ended = Place::new()
        .command(&["run", "--fuel", "934398", &hello])
        .output()
        .unwrap();
    let ended = common::ended(&ended, Duration::ZERO).code(124);
    let lines = Vec::from_iter(ended.stderr.lines());
    assert!(lines[0].starts_with("error[F0403]"), "{ended:#?}");
    assert_eq!(lines[1], "", "{ended:#?}");
    assert!(lines[2].starts_with("goroutine 1 [running]:"), "{ended:#?}");
    let places = Vec::from_iter(lines.iter().filter(|line| line.starts_with('\t')));
    assert!(!places.is_empty(), "{ended:#?}");
    for place in places {
        assert!(
            place.contains(".go:") || place.contains(".s:"),
            "{ended:#?}"
        );
    }
    assert!(!ended.stderr.contains("wasm offset"), "{ended:#?}");
}

#[test]
fn the_frames_of_webassembly_can_be_had() {
    let hello = hello();
    let output = Place::new()
        .command(&["run", "--wasm-frames", "--fuel", "934398", &hello])
        .output();
    common::ended(&output.unwrap(), Duration::ZERO)
        .code(124)
        .says(&["at function ", "(wasm offset 0x", "goroutine 1 [running]:"]);
}

fn wrapper(place: &Place) -> PathBuf {
    place.run("install-exec bin").code(0);
    place.path().join("bin/go_wasip1_wasm_exec")
}

#[test]
fn a_test_that_ignores_its_deadline_is_stopped() {
    let place = Place::new();
    place.file("spin.test.wat", guests::BUSY);
    let mut command = program(&wrapper(&place));
    command.current_dir(place.path());
    let words = ["spin.test.wat", "-test.timeout=100ms", "-test.v"];
    common::end(command.args(words))
        .code(2)
        .says(&["error[F0408]", "timed out after 100ms"])
        .within(SOON);
    // A limit of one's own that is shorter comes first.
    command.env("GOWASIRUNTIMEARGS", "--timeout 50ms");
    common::end(&mut command).code(124).says(&["error[F0402]"]);
}

#[test]
fn sigquit_ends_a_guest_as_it_ends_a_go_program() {
    let place = Place::new();
    place.file("g.wat", guests::BUSY);
    let mut command = place.command(&["g.wat"]);
    let child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    wait_for_handler(child.id());
    let start = Instant::now();
    let status = Command::new("kill")
        .args(["-QUIT", &child.id().to_string()])
        .status();
    assert!(status.unwrap().success());
    let output = child.wait_with_output().unwrap();
    ended(&output, start.elapsed())
        .code(2)
        .says(&["error[F0407]", "SIGQUIT", "at function 0"])
        .within(SOON);
}

/// Waits until the process handles SIGQUIT, or ends.
fn wait_for_handler(process: u32) {
    let status = format!("/proc/{process}/status");
    let deadline = Instant::now() + SOON;
    while Instant::now() < deadline {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let caught = text.lines().find_map(|line| line.strip_prefix("SigCgt:"));
        let mask = u64::from_str_radix(caught.unwrap_or("0").trim(), 16).unwrap();
        if mask & 4 != 0 {
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}
