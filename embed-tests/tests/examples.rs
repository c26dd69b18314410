//! The library's examples do what they say.

use embed_tests::module_file;
use std::process::Command;

/// Runs an example with a Go module, and gives what it printed.
fn run(example: &str, module: &str) -> String {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args([
            "run",
            "--quiet",
            "--package",
            "fossor",
            "--example",
            example,
            "--",
        ])
        .arg(module_file(module))
        .output()
        .expect("cargo runs");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{example}: {stderr}");
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
