//! `fossor trace` and `run --trace`.

mod common;

use common::{Place, guests};
use serde_json::Value;

#[test]
fn a_line_for_each_call_on_standard_error() {
    let place = Place::new();
    place.file("args.wat", guests::arguments());
    place
        .run("trace args.wat one two")
        .code(0)
        .stdout("args.wat\0one\0two\0")
        .stderr(
            "args_sizes_get() = 0 {argc=3, bytes=17}\n\
             args_get(argv@0x400, buf@0x10000) = 0 [\"args.wat\", \"one\", \"two\"]\n\
             fd_write(1<stdout>, [17:\"args.wat\\x00one\\x00two\\x00\"]) = 0 {17}\n",
        );
    let ended = place.run("trace -e args,!args_get --raw -T -t -- args.wat one");
    let line = ended.code(0).in_one_line().stderr;
    let middle = " args_sizes_get( [0x0 0x4]) = 0 {argc=2, bytes=13} <";
    assert!(line.contains(middle) && line.ends_with("s>\n"), "{line}");
    assert!(line.starts_with("   0.0"), "{line}");
}

#[test]
fn texts_are_cut_and_descriptors_may_be_bare() {
    let place = Place::new();
    place.file("args.wat", guests::arguments());
    place
        .run("trace -s 4 --no-paths -e trace=fd_write args.wat one")
        .code(0)
        .stderr("fd_write(1, [13:\"args\"…]) = 0 {13}\n");
}

#[test]
fn a_run_can_be_traced_into_a_file() {
    let place = Place::new();
    place.file("exit.wat", guests::exit(3));
    place.run("run --trace=calls exit.wat").code(3).stderr("");
    let calls = std::fs::read_to_string(place.path().join("calls")).unwrap();
    assert_eq!(calls, "proc_exit(3)\n");
    place
        .run("run --trace exit.wat")
        .code(3)
        .stderr("proc_exit(3)\n");
    place
        .run("trace -o no/such/file exit.wat")
        .code(125)
        .says(&["error[F0108]: no/such/file: No such file or directory"]);
}

#[test]
fn unknown_functions_are_refused_before_the_guest_runs() {
    let place = Place::new();
    place.file("args.wat", guests::arguments());
    place
        .run("trace -e fd,opne args.wat")
        .code(125)
        .stdout("")
        .says(&[
            "error[F0001]: -e: `opne` is no function of WASI",
            "path, poll",
            "perhaps path_open",
        ]);
    place
        .run("trace -e readdir args.wat")
        .code(125)
        .says(&["; perhaps fd_readdir"]);
}

#[test]
fn the_summary_counts_calls_and_errors() {
    let place = Place::new();
    place.file("cat.wat", guests::CAT);
    let ended = place.run("trace -c cat.wat").code(0);
    let row = ended
        .stderr
        .lines()
        .find(|line| line.ends_with("  fd_read"))
        .unwrap();
    let columns = Vec::from_iter(row.split_whitespace());
    assert_eq!(columns[2..4], ["1", "0"]);
    assert!(ended.stderr.lines().last().unwrap().ends_with("in all"));
}

#[test]
fn json_has_types_and_the_memory_written() {
    let place = Place::new();
    place.file("args.wat", guests::arguments());
    place.run("trace --json -o calls args.wat x").code(0);
    let text = std::fs::read_to_string(place.path().join("calls")).unwrap();
    let calls = Vec::from_iter(
        text.lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap()),
    );
    assert_eq!(calls.len(), 3);
    assert_eq!(calls[0]["fn"], "args_sizes_get");
    assert_eq!(calls[0]["out"]["argc"], 2);
    // "args.wat\0x\0", in base64.
    assert_eq!(calls[1]["mem"][1][0], 65536);
    assert_eq!(calls[1]["mem"][1][1], "YXJncy53YXQAeAA=");
    assert_eq!(calls[2]["n"], 2);
    assert_eq!(calls[2]["args"]["fd"]["name"], "stdout");
    assert_eq!(calls[2]["args"]["iovs"][0]["text"], "args.wat\0x\0");
    assert_eq!(calls[2]["errno"], "SUCCESS");
    assert_eq!(calls[2]["out"]["nwritten"], 11);
}

/// A Go program, without names: its own table has them.
const HELLO: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../go-fixtures/prebuilt/hello.wasm"
);

#[test]
fn callers_are_functions_of_go_with_their_lines() {
    let place = Place::new();
    let ended = place.run(&format!("trace -k -e fd_write {HELLO}")).code(0);
    let lines = Vec::from_iter(ended.stderr.lines());
    assert!(lines[0].starts_with("fd_write(1<stdout>, "), "{lines:#?}");
    assert!(
        lines[1].starts_with("    at syscall.Write syscall/fs_wasip1.go:"),
        "{lines:#?}"
    );
    let main = "    at main.main fossor/fixtures/hello/main.go:7";
    assert!(lines.contains(&main), "{lines:#?}");
    // A guest that is no Go program has none.
    place.file("exit.wat", guests::exit(3));
    place
        .run("trace -k exit.wat")
        .code(3)
        .stderr("proc_exit(3)\n");
}

#[test]
fn a_page_is_one_file_with_all_calls() {
    let place = Place::new();
    place.file("args.wat", guests::arguments());
    place
        .run("trace --html page.html args.wat </script>")
        .code(0)
        .stderr("");
    let page = std::fs::read_to_string(place.path().join("page.html")).unwrap();
    let start = page.find("id=\"data\">").unwrap() + "id=\"data\">".len();
    // Whatever a guest passes does not end the data.
    let end = start + page[start..].find("</script>").unwrap();
    let data: Value = serde_json::from_str(&page[start..end]).unwrap();
    assert_eq!(data["title"], "args.wat");
    assert_eq!(data["calls"].as_array().unwrap().len(), 3);
    assert_eq!(data["calls"][2][4], " = 0 {19}");
    assert!(!page.contains("http://") && !page.contains("https://"));
    place
        .run("trace --html no/page args.wat")
        .code(125)
        .says(&["error[F0108]: no/page"]);
}

#[test]
fn a_call_that_waits_is_unfinished_at_first() {
    let place = Place::new();
    place.file("sleep.wat", SLEEP);
    place.run("trace sleep.wat").code(0).stderr(
        "poll_oneoff([REALTIME +300ms ud=0] <unfinished …>\n\
         <… poll_oneoff resumed>) = 0 {1: clock}\n",
    );
    let ended = place.run("trace --timeout 150ms sleep.wat").code(124);
    ended.says(&["<… poll_oneoff resumed>) = interrupted\n", "error[F0402]"]);
}

/// Sleeps 300 ms.
const SLEEP: &str = r#"(module
  (import "wasi_snapshot_preview1" "poll_oneoff"
    (func $poll (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (i64.store (i32.const 24) (i64.const 300000000))
    (drop (call $poll (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128)))))"#;
