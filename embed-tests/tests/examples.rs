//! The library's examples, and `fossor invoke`, do what they say.

use embed_tests::module_file;
use std::process::Command;

/// Runs an example with a Go module, and gives what it printed.
fn run(example: &str, module: &str) -> String {
    let file = module_file(module);
    cargo_run(
        &["--package", "fossor", "--example", example, "--"],
        &[file.to_str().expect("a name in UTF-8")],
    )
}

fn cargo_run(program: &[&str], args: &[&str]) -> String {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["run", "--quiet"]).args(program).args(args);
    let output = command.output().expect("cargo runs");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {stderr}");
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn plugin_host() {
    let printed = run("plugin_host", "request");
    let (answers, stops) = printed.split_at(printed.find("busy loop").expect(&printed));
    assert_eq!(
        answers,
        "ONE\nREQUEST(14 bytes told)\n\n  the guest said: working on one\n\
         TWO\nREQUESTS(14 bytes told)\n\n  the guest said: working on two\n\
         exit: Exited(3)\n\
         memory beyond the limit: Exited(2)\n\
         an address outside: out of bounds memory access\n"
    );
    let stops: Vec<&str> = stops.lines().collect();
    for (line, what) in stops.iter().zip(["busy loop", "sleep", "blocked read"]) {
        let begin = format!("{what}: the deadline passed; it took ");
        assert!(line.starts_with(&begin), "{line}");
    }
    assert_eq!(stops.len(), 3, "{printed}");
}

#[test]
fn reactor_pool() {
    let printed = run("reactor_pool", "plugin");
    let lines: Vec<&str> = printed.lines().collect();
    assert_eq!(lines[0], "100 requests, 3300 bytes of answers");
    assert!(
        lines[1].starts_with("each began with the same "),
        "{printed}"
    );
    assert_eq!(lines[2], "0 of 2 places are taken");
}

#[test]
fn http_plugin() {
    assert_eq!(
        run("http_plugin", "web"),
        "HTTP/1.1 200 OK | Hello, Ada! This plugin has had 1 visit.\n\
         HTTP/1.1 200 OK | Hello, Grace! This plugin has had 1 visit.\n\
         HTTP/1.1 200 OK | 5\n\
         HTTP/1.1 404 Not Found | 404 page not found\n\
         HTTP/1.1 504 Gateway Timeout | \n"
    );
}

#[test]
fn the_command_calls_exports_of_a_go_plugin() {
    let runner = ["--package", "fossor-runner", "--", "invoke"];
    let file = module_file("plugin");
    let plugin = file.to_str().expect("a name in UTF-8");
    let calls = [plugin, "count", "--", "add", "-1", "0x10", "--", "count"];
    assert_eq!(cargo_run(&runner, &calls), "1\n15\n2\n");
    let order = r#"@{"Name": "Ada", "Items": ["x"]}"#;
    let rendered = cargo_run(&runner, &["--bytes", plugin, "render", order]);
    assert_eq!(rendered, "Hello Ada, 1 items: [x] (1 words)");
}
