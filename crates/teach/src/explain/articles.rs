//! Articles, written by hand.

use super::Topic;

struct Article {
    /// The first is the topic's name, all can be asked for.
    names: &'static [&'static str],
    about: &'static str,
    text: &'static str,
}

macro_rules! articles {
    ($($file:literal: $about:literal, $($name:literal),+;)*) => {
        const ARTICLES: &[Article] = &[$(Article {
            names: &[$($name),+],
            about: $about,
            text: include_str!(concat!("../../articles/", $file, ".md")),
        }),*];
    };
}

articles! {
    "imports": "what a module needs from its host", "imports", "import", "import surface", "unknown import";
    "lifecycle": "commands and reactors: `_start`, `_initialize`",
        "lifecycle", "_start", "_initialize", "command", "reactor", "-buildmode=c-shared";
    "memory": "linear memory, pointers and lengths, who owns bytes",
        "memory", "pointer", "pointers", "pointer+length", "memory boundary", "linear memory",
        "gc", "garbage collector", "pinning", "runtime.pinner", "unsafe.pointer";
    "preopens": "directories of the guest, and how paths are found in them",
        "preopens", "preopen", "paths", "--dir", "guest paths", "directories";
    "poll": "waiting, with one thread", "waiting", "poll", "blocking", "scheduler", "goroutines";
    "random": "why runs differ, and how to make them alike",
        "chance", "random", "randomness", "time", "determinism", "--deterministic", "replay";
    "exit": "exit status, trap, and being stopped",
        "exit", "trap", "traps", "exit status", "exit codes", "panic";
    "argv0": "the program's name", "argv0", "argv[0]", "arguments";
    "wrapper": "`go test` and `go run` with Fossor",
        "wrapper", "go_wasip1_wasm_exec", "gowasiruntime", "gowasiruntimeargs", "install-exec", "go test";
    "wasmimport": "functions of the host's for Go", "wasmimport";
    "wasmexport": "functions of Go's for the host", "wasmexport";
    "rights": "rights, and what really bounds a guest", "sandbox", "capabilities", "strict-rights";
    "snapshots": "`wasi_unstable`, preview1 and later",
        "snapshots", "snapshot0", "wasi_unstable", "wasi_snapshot_preview1", "preview1", "preview2";
}

pub(super) fn page(topic: &str) -> Option<String> {
    let article = ARTICLES
        .iter()
        .find(|article| article.names.contains(&topic));
    article.map(|article| article.text.to_owned())
}

pub(super) fn topics() -> Vec<Topic> {
    let topic = |article: &Article| Topic {
        name: article.names[0].to_owned(),
        about: article.about.to_owned(),
        group: "How modules and hosts work together",
    };
    ARTICLES.iter().map(topic).collect()
}

/// Every article, in order.
#[cfg(test)]
pub(super) fn texts() -> impl Iterator<Item = &'static str> {
    ARTICLES.iter().map(|article| article.text)
}
