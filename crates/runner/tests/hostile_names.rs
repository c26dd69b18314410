//! Every command, over modules whose names and tables mean harm.

mod common;

use common::hostile::{ONCE, is_harmless, module, names};
use common::{Place, end};
use std::io::Write;
use std::process::Stdio;

/// What a command prints of a module with one name of 50 KB: this name, cut, in a few
/// places, or whole in a few.
const MAX_BYTES: usize = 2 << 20;

fn harmless(place: &Place, words: &str) {
    let words = Vec::from_iter(words.split_whitespace());
    let output = place.command(&words).output().unwrap();
    let ended = common::ended(&output, Default::default());
    assert!(!ended.stderr.contains("panicked"), "{words:?}: {ended:#?}");
    // No signal, no fault of Fossor's own.
    let code = output.status.code();
    assert!(code.is_some_and(|code| code != 70), "{words:?}: {ended:#?}");
    for stream in [&output.stdout, &output.stderr] {
        is_harmless(&words.join(" "), stream, MAX_BYTES);
    }
}

#[test]
fn names_do_nothing_to_terminals() {
    let place = Place::new();
    place.file("other.wasm", module(b"other", ONCE));
    for name in names() {
        place.file("a.wasm", module(&name, ONCE));
        for words in [
            "run a.wasm",
            "run --wasm-frames a.wasm",
            "inspect a.wasm",
            "inspect --json a.wasm",
            "inspect --validate --deny * a.wasm",
            "inspect --diff other.wasm a.wasm",
            "inspect --diff a.wasm other.wasm",
            "disassemble a.wasm",
            "invoke a.wasm missing",
            "trace -k a.wasm",
            "trace --json -k a.wasm",
            "profile --by instructions -o p.folded a.wasm",
        ] {
            harmless(&place, words);
        }
        let page = place.run("trace --html page.html a.wasm");
        assert!(!page.stderr.contains("panicked"), "{page:#?}");
        let page = std::fs::read_to_string(place.path().join("page.html")).unwrap();
        assert!(!page.contains("<!--<script>alert"), "a script in the page");
        assert!(page.len() < MAX_BYTES);
        let svg = place.run("inspect --svg a.svg a.wasm");
        assert!(!svg.stderr.contains("panicked"), "{svg:#?}");
        let svg = std::fs::read(place.path().join("a.svg")).unwrap();
        is_harmless("inspect --svg", &svg, MAX_BYTES);
        assert!(!String::from_utf8(svg).unwrap().contains("<script"));
    }
}

#[test]
fn a_debugger_shows_them_in_lines_and_to_editors() {
    let place = Place::new();
    let commands = "b _start\nr\nbt\nbt wasm\nl\ndis\ni locals\ni goroutines\ni call\n\
                    i breakpoints\ni functions a\nb nosuch\nx/4s 0x1048\nc\nc\nbt\nq\n";
    let messages = [
        r#"{"seq":1,"type":"request","command":"initialize","arguments":{}}"#,
        r#"{"seq":2,"type":"request","command":"launch","arguments":{"program":"a.wasm","stopOnEntry":true}}"#,
        r#"{"seq":3,"type":"request","command":"configurationDone","arguments":{}}"#,
        r#"{"seq":4,"type":"request","command":"threads","arguments":{}}"#,
        r#"{"seq":5,"type":"request","command":"stackTrace","arguments":{"threadId":1}}"#,
        r#"{"seq":6,"type":"request","command":"continue","arguments":{"threadId":1}}"#,
        r#"{"seq":7,"type":"request","command":"stackTrace","arguments":{"threadId":1}}"#,
        r#"{"seq":8,"type":"request","command":"disconnect","arguments":{}}"#,
    ];
    let framed = messages.map(|text| format!("Content-Length: {}\r\n\r\n{text}", text.len()));
    for name in names() {
        place.file("a.wasm", module(&name, ONCE));
        for (words, input) in [
            (&["debug", "a.wasm"][..], commands),
            (&["debug", "--dap"][..], framed.concat().as_str()),
        ] {
            let mut command = place.command(words);
            command.stdin(Stdio::piped()).stdout(Stdio::piped());
            let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
            // It may have ended before it has read all.
            let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
            let output = child.wait_with_output().unwrap();
            let ended = common::ended(&output, Default::default());
            assert!(!ended.stderr.contains("F0901"), "{words:?}: {ended:#?}");
            is_harmless("debug's errors", &output.stderr, MAX_BYTES);
            let shown = ended.stdout.replace("\r\n", "\n");
            is_harmless(&words.join(" "), shown.as_bytes(), MAX_BYTES);
        }
    }
}

/// Go's table may list a function as often as it likes, each time with the longest name.
#[test]
fn a_function_that_is_listed_often_is_one() {
    let place = Place::new();
    let bytes = module(&[b'x'; 60_000], 100_000);
    place.file("a.wasm", &bytes);
    let mut command = place.command(&["inspect", "--json", "a.wasm"]);
    let ended = end(&mut command).code(0);
    let facts: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    // Its body has 13 bytes and no locals.
    let packages = facts["packages"].as_array().unwrap();
    let code_bytes = packages
        .iter()
        .map(|package| package["bytes"].as_u64().unwrap());
    assert_eq!(code_bytes.sum::<u64>(), 14, "{}", facts["packages"]);
}
