//! Ends that are not the guest's own: traps, limits, Ctrl-C.

mod common;

use common::{Place, ended, guests};
use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Far more than a stop may take, also on a machine that is busy.
const SOON: Duration = Duration::from_secs(10);

fn with(guest: &str) -> Place {
    let place = Place::new();
    place.file("g.wat", guest);
    place
}

#[test]
fn a_trap_names_its_cause_and_the_guests_frames() {
    let ended = with(guests::TRAP).run("run g.wat").code(134).says(&[
        "error[F0401]: g.wat",
        "integer divide by zero",
        "divide",
        "middle",
    ]);
    let at = |name| ended.stderr.find(name).unwrap();
    assert!(at("divide (") < at("middle ("), "{ended:#?}");
}

#[test]
fn an_uncaught_exception_tells_its_tag_and_values() {
    with(
        r#"(module
            (tag $parse_error (param i32 f64 externref v128))
            (tag (export "exported"))
            (func $deep (throw $parse_error
                (i32.const -7) (f64.const 1.5) (ref.null extern) (v128.const i64x2 1 0)))
            (func (export "_start") (call $deep)))"#,
    )
    .run("run g.wat")
    .code(134)
    .says(&[
        "error[F0401]: g.wat: uncaught exception: \
         parse_error(-7, 1.5, null, 0x00000000000000000000000000000001)",
        "at deep (",
    ]);
    with(r#"(module (tag $t (export "exported")) (func (export "_start") (throw 0)))"#)
        .run("run g.wat")
        .code(134)
        .says(&["uncaught exception: t()"]);
}

#[test]
fn kept_objects_and_exceptions_end_at_the_limit_of_the_heap() {
    let keeps_structures = r#"(module
        (type $node (struct (field (ref null $node))))
        (func (export "_start") (local $all (ref null $node))
            (loop $more
                (local.set $all (struct.new $node (local.get $all)))
                (br $more))))"#;
    let keeps_exceptions = r#"(module
        (tag $after (param exnref))
        (func (export "_start") (local $all exnref)
            (loop $more
                (block $one (result exnref)
                    (try_table (catch_all_ref $one) (throw $after (local.get $all)))
                    (unreachable))
                (local.set $all)
                (br $more))))"#;
    for guest in [keeps_structures, keeps_exceptions] {
        with(guest)
            .run("run --max-heap 1M g.wat")
            .code(134)
            .says(&["out of memory for structures, arrays and exceptions"]);
    }
}

#[test]
fn endless_recursion_is_a_trap() {
    with(guests::RECURSION)
        .run("run --max-stack 1M g.wat")
        .code(134)
        .says(&["call stack exhausted", "forever", "more"]);
}

#[test]
fn time_is_up_for_a_loop_and_a_sleep() {
    for guest in [guests::BUSY, guests::SLEEP] {
        let ended = with(guest)
            .run("run --timeout 300ms g.wat")
            .code(124)
            .stderr("error[F0402]: g.wat was stopped: the time of 300ms (--timeout) is up\n")
            .within(SOON);
        assert!(ended.time >= Duration::from_millis(300));
    }
}

#[test]
fn time_is_up_for_a_wait_for_input() {
    let place = with(guests::CAT);
    let mut command = place.command(&["--timeout", "300ms", "g.wat"]);
    let start = Instant::now();
    let mut child = spawn(command.stdin(Stdio::piped()));
    // The writing end stays open until the guest has ended.
    let input = child.stdin.take();
    let output = child.wait_with_output().unwrap();
    drop(input);
    ended(&output, start.elapsed())
        .code(124)
        .in_one_line()
        .within(SOON);
}

#[test]
fn a_timeout_that_is_not_reached_changes_nothing() {
    with(guests::NOTHING)
        .run("run --timeout 1m g.wat")
        .code(0)
        .stderr("")
        .within(SOON);
}

#[test]
fn fuel_is_used_up() {
    let place = with(guests::BUSY);
    place.run("run --fuel 1_000_000 g.wat").code(124).stderr(
        "error[F0403]: g.wat was stopped: the fuel of 1000000 operators (--fuel) is used up\n",
    );
    let place = with(guests::NOTHING);
    place.run("run --fuel 1000 g.wat").code(0).stderr("");
}

#[test]
fn memory_grows_to_its_limit_and_no_further() {
    let place = with(guests::GROW);
    place.run("run g.wat").code(0);
    place.run("run --max-memory 128M g.wat").code(0);
    place.run("run --max-memory 64M g.wat").code(1);
}

fn spawn(command: &mut Command) -> Child {
    command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn interrupt(child: &Child) {
    let status = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(status.unwrap().success());
}

/// Waits until the process handles SIGINT, or ends.
fn wait_for_handler(child: &Child) {
    let status = format!("/proc/{}/status", child.id());
    let deadline = Instant::now() + SOON;
    while Instant::now() < deadline {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let caught = text.lines().find_map(|line| line.strip_prefix("SigCgt:"));
        let mask = u64::from_str_radix(caught.unwrap_or("0").trim(), 16).unwrap();
        if mask & 2 != 0 {
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn ctrl_c_ends_a_loop_and_a_sleep() {
    for guest in [guests::BUSY, guests::SLEEP] {
        let place = with(guest);
        let child = spawn(&mut place.command(&["g.wat"]));
        wait_for_handler(&child);
        let start = Instant::now();
        interrupt(&child);
        let output = child.wait_with_output().unwrap();
        ended(&output, start.elapsed())
            .code(130)
            .stderr("error[F0404]: g.wat was stopped: Ctrl-C\n")
            .within(SOON);
    }
}

#[test]
fn an_ignored_ctrl_c_stays_ignored() {
    let place = with(guests::SLEEP);
    let mut shell = Command::new("sh");
    let script = "trap '' INT; exec \"$0\" --timeout 1s g.wat";
    let child = spawn(shell.current_dir(place.path()).stdin(Stdio::null()).args([
        "-c",
        script,
        env!("CARGO_BIN_EXE_fossor"),
    ]));
    std::thread::sleep(Duration::from_millis(500));
    interrupt(&child);
    let output = child.wait_with_output().unwrap();
    ended(&output, Duration::ZERO).code(124);
}

#[cfg(unix)]
#[test]
fn a_second_ctrl_c_ends_fossor_at_once() {
    use std::os::unix::process::ExitStatusExt;
    let place = Place::new();
    place.file("g.wat", guests::deaf());
    let mut child = spawn(&mut place.command(&["g.wat"]));
    wait_for_handler(&child);
    // While the guest is translated it would hear.
    let mut byte = [0; 1];
    child
        .stdout
        .as_mut()
        .unwrap()
        .read_exact(&mut byte)
        .unwrap();
    interrupt(&child);
    std::thread::sleep(Duration::from_millis(200));
    // It was asked to stop, and does not hear.
    assert!(child.try_wait().unwrap().is_none());
    // Two signals in a row can arrive as one.
    let status = loop {
        interrupt(&child);
        std::thread::sleep(Duration::from_millis(50));
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
    };
    assert_eq!(status.signal(), Some(2));
}

#[test]
fn a_raised_signal_is_named_and_counts_from_128() {
    for (number, name) in [
        (2, "SIGINT"),
        (6, "SIGABRT"),
        (9, "SIGKILL"),
        (15, "SIGTERM"),
    ] {
        with(&guests::raise(number))
            .run("run g.wat")
            .code(128 + number as i32)
            .stderr(&format!("error[F0406]: g.wat: the guest raised {name}\n"));
    }
    // SIGCHLD ends nothing, and 99 is no signal: 28 is `inval`.
    with(&guests::raise(16)).run("run g.wat").code(0).stderr("");
    with(&guests::raise(99))
        .run("run g.wat")
        .code(28)
        .stderr("");
}
