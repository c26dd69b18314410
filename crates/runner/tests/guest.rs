//! What a guest gets: arguments, variables, streams, directories, sockets.

mod common;

use common::{Place, ended, guests};
use std::io::{BufRead, BufReader, Read, Write};
use std::process::Stdio;
use std::time::Duration;

/// A place with this guest as `g.wat`.
fn with(guest: impl AsRef<str>) -> Place {
    let place = Place::new();
    place.file("g.wat", guest.as_ref());
    place
}

#[test]
fn the_exit_code_is_the_guests() {
    for code in [0, 1, 2, 70, 124, 125, 134, 255] {
        with(guests::exit(code))
            .run("run g.wat")
            .code(code as i32)
            .stderr("");
    }
    with(guests::exit(0x1_0203)).run("run g.wat").code(3);
    with(guests::NOTHING).run("run g.wat").code(0).stdout("");
}

#[test]
fn arguments_are_passed_on_untouched() {
    let place = with(guests::arguments());
    for (words, expected) in [
        ("run g.wat", "g.wat\0"),
        ("g.wat a b", "g.wat\0a\0b\0"),
        ("run g.wat --env X -- -v", "g.wat\0--env\0X\0--\0-v\0"),
        ("run g.wat -- --env X", "g.wat\0--env\0X\0"),
        ("run --argv0 called/so g.wat x", "called/so\0x\0"),
        ("--argv0 so ./g.wat -h", "so\0-h\0"),
        ("run ../../../..{}/g.wat", "g.wat\0"),
    ] {
        let words = words.replace("{}", place.path().to_str().unwrap());
        place.run(&words).code(0).stdout(expected);
    }
    let ended = common::end(&mut place.command(&["g.wat", "", "two words", "µ"]));
    ended.code(0).stdout("g.wat\0\0two words\0µ\0");
}

#[test]
fn the_module_may_come_from_standard_input() {
    for module in [
        wat::parse_str(guests::arguments()).unwrap(),
        guests::arguments().into_bytes(),
    ] {
        let place = Place::new();
        let mut child = place
            .command(&["run", "-", "x"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(&module).unwrap();
        let output = child.wait_with_output().unwrap();
        ended(&output, Duration::ZERO).code(0).stdout("-\0x\0");
    }
}

#[test]
fn variables_are_those_given() {
    let place = with(guests::environment());
    let run = |words: &[&str]| {
        let mut command = place.command(words);
        common::end(command.env("SECRET", "s").env("SHARED", "a=b"))
            .code(0)
            .stdout
    };
    // Where there is no directory, none is the current one.
    assert_eq!(run(&["run", "g.wat"]), "");
    assert_eq!(run(&["run", "--env", "A=1", "g.wat"]), "A=1\0");
    assert_eq!(run(&["run", "--dir", ".", "g.wat"]), "PWD=/\0");
    assert_eq!(
        run(&[
            "run",
            "--env",
            "A=1",
            "--env",
            "SHARED",
            "--env",
            "UNSET_ANYWHERE",
            "g.wat"
        ]),
        "A=1\0SHARED=a=b\0"
    );
    assert_eq!(
        run(&["run", "--env=A=1", "--env=A=", "--env=PWD=/x", "g.wat"]),
        "A=\0PWD=/x\0"
    );
    assert_eq!(
        run(&["run", "--dir", ".", "--env=A=1", "--env=PWD=/x", "g.wat"]),
        "PWD=/x\0A=1\0"
    );
    let inherited = run(&["run", "--inherit-env", "--env", "SHARED=mine", "g.wat"]);
    let all = Vec::from_iter(inherited.split_terminator('\0'));
    assert!(
        all.contains(&"SECRET=s") && all.contains(&"SHARED=mine"),
        "{all:?}"
    );
    assert!(!all.iter().any(|variable| variable.starts_with("PWD=")));
}

#[test]
fn the_hosts_current_directory_counts_where_its_files_are_seen() {
    let place = with(guests::environment());
    let stdout = common::end(
        place
            .command(&["-mount", "/:/", "-env-inherit", "g.wat"])
            .env("PWD", "/nowhere"),
    )
    .code(0)
    .stdout;
    let pwd = format!("PWD={}", place.path().canonicalize().unwrap().display());
    assert!(
        stdout.split('\0').any(|variable| variable == pwd),
        "{stdout}"
    );
}

#[test]
fn a_bad_variable_is_refused() {
    with(guests::NOTHING)
        .run("run --env =x g.wat")
        .code(125)
        .says(&["error[F0106]"]);
}

#[test]
fn input_comes_from_the_host_or_a_file() {
    let place = with(guests::CAT);
    place.file("input.txt", "from a file");
    place
        .run("run --stdin input.txt g.wat")
        .code(0)
        .stdout("from a file");
    place.run("run g.wat").code(0).stdout("");
    place
        .run("run --stdin none.txt g.wat")
        .code(125)
        .stderr("error[F0104]: --stdin none.txt: No such file or directory\n");
    let mut command = place.command(&["g.wat"]);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(&[b'x'; 100_000])
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.stdout.len(), 100_000);
}

#[test]
fn names_of_directories_are_absolute() {
    let place = with(guests::DIRECTORIES);
    place.file("sub/x", "");
    place.file("other/x", "");
    for (flags, names) in [
        ("--dir .", "/\n"),
        ("--dir sub", "/sub\n"),
        ("--dir ./sub/", "/sub\n"),
        ("--dir sub::g", "/g\n"),
        ("--dir=sub::/a/b --dir=other:ro", "/a/b\n/other\n"),
        ("--mount sub:/g:ro", "/g\n"),
        ("-mount=other:/o", "/o\n"),
        ("", ""),
    ] {
        place
            .run(&format!("run {flags} g.wat"))
            .code(0)
            .stdout(names)
            .stderr("");
    }
}

#[test]
fn overlapping_names_are_warned_about_and_equal_ones_refused() {
    let place = with(guests::DIRECTORIES);
    place.file("sub/x", "");
    place
        .run("run --dir . --dir sub::/in g.wat")
        .code(0)
        .stdout("/\n/in\n")
        .stderr(
            "warning: --dir: /in lies within / in the guest; \
             what / has there on the host is hidden\n",
        );
    place
        .run("run --dir sub::/a --dir .::a/ g.wat")
        .code(125)
        .in_one_line()
        .says(&["error[F0103]", "/a"]);
}

#[test]
fn directories_that_cannot_be_given() {
    let place = with(guests::NOTHING);
    place.file("file", "");
    place
        .run("run --dir none g.wat")
        .code(125)
        .in_one_line()
        .says(&["error[F0103]", "none"]);
    place
        .run("run --dir file g.wat")
        .code(125)
        .says(&["error[F0103]", "file"]);
    place
        .run("run --dir ../x g.wat")
        .code(125)
        .says(&["error[F0103]", "help: --dir ../x::/x"]);
    place
        .run("run --dir .:/data g.wat")
        .code(125)
        .says(&["error[F0103]", "help: --dir .::/data"]);
    place
        .run("run --dir :: g.wat")
        .code(125)
        .says(&["error[F0001]", "missing"]);
}

#[test]
fn read_only_directories_stay_as_they_are() {
    let place = with(guests::MAKE_DIRECTORY);
    // 69: read-only file system.
    for (flags, path) in [
        ("--dir .:ro", "/made"),
        ("--dir .::/g:ro", "/g/made"),
        ("-mount=.:/g:ro", "/g/made"),
    ] {
        place
            .run(&format!("run {flags} g.wat"))
            .code(69)
            .says(&[&format!("hint[F0102]: {path}")]);
    }
    assert!(!place.path().join("made").exists());
    place.run("run --dir . g.wat").code(0);
    assert!(place.path().join("made").is_dir());
    // 8: no such descriptor.
    place.run("run g.wat").code(8);
}

#[test]
fn a_guest_that_fails_is_told_which_paths_were_refused() {
    let place = with(guests::OPEN_NOWHERE);
    place.file("sub/x", "");
    place.run("run --dir sub g.wat").code(8).stderr(
        "hint[F0102]: /etc/hosts is in no directory of the guest's (it has /sub); \
         --dir HOST::/etc would cover it\n",
    );
}

#[test]
fn hints_are_for_guests_that_end_well_too() {
    let place = with(guests::open_nowhere_quietly());
    place.run("run g.wat").code(0).stderr("");
    place.run("run --hints g.wat").code(0).stderr(
        "hint[F0102]: /etc/hosts is in no directory of the guest's (it has none); \
         --dir HOST::/etc would cover it\n",
    );
    with(guests::NOTHING)
        .run("run --hints g.wat")
        .code(0)
        .stderr("");
}

#[test]
fn rights_are_enforced_on_request() {
    let place = with(guests::LIST_WITHOUT_RIGHTS);
    place.run("run --dir . g.wat").code(0);
    // 76: a right is missing.
    place.run("run --strict-rights --dir . g.wat").code(76);
}

#[test]
fn numbers_of_descriptors_are_logged() {
    let place = with(guests::NOTHING);
    place.file("sub/x", "");
    let flags = "--dir . --dir sub::/g:ro --listen 127.0.0.1:0";
    place
        .run(&format!("run {flags} --log info g.wat"))
        .code(0)
        .says(&[
            "descriptor 3: directory /, on the host .\n",
            "descriptor 4: directory /g, on the host sub, read-only\n",
            "descriptor 5: listener tcp 127.0.0.1:",
        ]);
}

/// The committed program in C takes one client on descriptor 3, by `sock_accept`,
/// `sock_recv`, `sock_send` and `sock_shutdown`.
#[test]
fn a_server_in_c_serves_a_client() {
    let module = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../go-fixtures/c/echo/echo.wasm"
    );
    for flag in ["--listen", "--tcplisten", "-listen"] {
        let place = Place::new();
        let words = ["run", "--log", "info", flag, "127.0.0.1:0", module];
        let mut server = place
            .command(&words)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(server.stderr.take().unwrap());
        let address = loop {
            let mut line = String::new();
            assert_ne!(
                log.read_line(&mut line).unwrap(),
                0,
                "no address was logged"
            );
            if let Some((_, address)) = line.trim_end().split_once("listener tcp ") {
                break address.to_owned();
            }
        };
        let mut client = std::net::TcpStream::connect(address).unwrap();
        client.write_all(&[b'x'; 1000]).unwrap();
        client.shutdown(std::net::Shutdown::Write).unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).unwrap();
        assert_eq!(answer, "x".repeat(1000) + "|peeked 4, echoed 1000");
        let output = server.wait_with_output().unwrap();
        ended(&output, Duration::ZERO)
            .code(0)
            .stdout("length at the end: 0\n");
    }
}

#[test]
fn a_listener_follows_the_directories() {
    let place = with(guests::TYPE_OF_3);
    place.run("run --listen 127.0.0.1:0 g.wat").code(6);
    place.run("run --tcplisten=127.0.0.1:0 g.wat").code(6);
    place.run("run -listen :0 g.wat").code(6);
    place.run("run --dir . --listen 127.0.0.1:0 g.wat").code(3);
    place
        .run("run --listen nonsense g.wat")
        .code(125)
        .in_one_line()
        .says(&["error[F0105]: --listen nonsense"]);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    place
        .run(&format!("run --listen {address} g.wat"))
        .code(125)
        .says(&["error[F0105]"]);
}

#[test]
fn both_dispatchers_and_the_unfused_mode_run() {
    let place = with(guests::exit(7));
    for flags in [
        "--dispatch loop",
        "--dispatch tail",
        "--no-fuse",
        "--compile eager",
    ] {
        place.run(&format!("run {flags} g.wat")).code(7);
    }
}

#[test]
fn the_log_is_silent_unless_asked() {
    let place = with(guests::NOTHING);
    place.run("run g.wat").code(0).stderr("");
    place.run("run --log trace g.wat").code(0);
    common::end(place.command(&["g.wat"]).env("RUST_LOG", "off"))
        .code(0)
        .stderr("");
}
