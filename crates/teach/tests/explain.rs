//! Explanations: every topic has a page, every example does what it says.

use fossor_teach::explain::{self, NOTES};
use fossor_wasi::abi::{Errno, LAYOUTS, TYPES};

#[test]
fn every_function_has_notes_and_an_example_with_its_line() {
    let functions = fossor_wasi::functions();
    assert_eq!(NOTES.len(), functions.len());
    let mut lines = String::new();
    for (function, note) in functions.iter().zip(NOTES.iter()) {
        assert!(
            NOTES.iter().any(|note| note.name == function.name),
            "{}",
            function.name
        );
        let directory = tempfile::tempdir().unwrap();
        let shown = note.example.run(directory.path()).unwrap();
        for line in &shown.first {
            assert!(line.contains(" = 0"), "{}: {line}", note.name);
        }
        lines += &format!("{}\n", shown.line);
    }
    // Inodes, times, the order of entries and ports are the host's.
    for (host, placeholder) in [
        (r"dev=\d+, ino=\d+", "dev=…, ino=…"),
        (r"mtim=[\d.]+", "mtim=…"),
        (r"used=\d+: .*→next \d+", "used=…"),
        (r"127\.0\.0\.1:\d+", "127.0.0.1:…"),
    ] {
        let host = regex_lite::Regex::new(host).unwrap();
        lines = host.replace_all(&lines, placeholder).into_owned();
    }
    assert_eq!(lines, include_str!("lines.txt"), "all lines:\n{lines}");
}

#[test]
fn every_topic_has_a_page() {
    let topics = explain::topics();
    for topic in &topics {
        let page = explain::page(&topic.name).unwrap_or_else(|| panic!("{}", topic.name));
        assert!(page.starts_with("# ") && page.ends_with('\n'), "{page}");
        assert!(!page.contains("\n\n\n"), "{page}");
    }
    let listed = |name: &str| topics.iter().any(|topic| topic.name == name);
    assert!(LAYOUTS.iter().all(|layout| listed(layout.name)));
    assert!(TYPES.iter().all(|info| listed(&info.witx_name())));
    for errno in Errno::ALL {
        let page = explain::page(&format!("errno {}", errno.number())).unwrap();
        assert!(page.starts_with(&format!("# {errno}: error {}", errno.number())));
        assert!(explain::page(errno.name()).is_some());
    }
}

#[test]
fn topics_have_the_names_that_people_try() {
    for (asked, title) in [
        ("wasi_snapshot_preview1.fd_read", "# `fd_read`"),
        ("FD_READ", "# `fd_read`"),
        ("fd_read()", "# `fd_read`"),
        ("_start", "# `_start` and `_initialize`"),
        ("_initialize", "# `_start` and `_initialize`"),
        ("//go:wasmexport", "# `//go:wasmexport`"),
        ("go:wasmimport", "# `//go:wasmimport`"),
        ("argv[0]", "# `argv[0]`"),
        ("pointer+length", "# Memory"),
        ("go_wasip1_wasm_exec", "# The exec wrapper"),
        ("trap", "# Exit status and trap"),
        ("76", "# NOTCAPABLE: error 76"),
        ("nonblock", "# `fdflags`"),
        ("PATH_OPEN", "# `path_open`"),
        ("EBADF", "# BADF: error 8"),
        ("EXIST", "# EXIST: error 20"),
        ("ENOSYS", "# NOSYS: error 52"),
        ("O_CREAT", "# `oflags`"),
        ("unknown import", "# What a module imports"),
        ("GC", "# Memory"),
        ("time.Sleep", "# `poll_oneoff`"),
        ("crypto/rand", "# `random_get`"),
        ("openat", "# `path_open`"),
    ] {
        let page = explain::page(asked).unwrap_or_else(|| panic!("{asked}"));
        assert!(page.starts_with(title), "{asked}: {page}");
    }
    let page = explain::page("os.Args").unwrap();
    assert!(page.contains("| args_get | ") && page.contains("| args_sizes_get | "));
    assert!(explain::page("fd_raed").is_none());
    assert_eq!(explain::nearest("fd_raed", [])[0], "fd_read");
    assert_eq!(explain::nearest("enoent", [])[0], "NOENT");
}

#[test]
fn examples_show_memory_with_its_fields() {
    let note = NOTES.iter().find(|note| note.name == "fd_read").unwrap();
    let directory = tempfile::tempdir().unwrap();
    let shown = note.example.run(directory.path()).unwrap();
    assert_eq!(
        shown.memory,
        "before:\n  \
         0x0010 [80 00 00 00|20 00 00 00]00 00 00 00 00 00 00 00  .... ...........\n  \
         0x0020 [00 00 00 00]00 00 00 00 00 00 00 00 00 00 00 00  ................\n  \
         0x0080 [00 00 00 00 00 00 00 00 00 00 00 00]00 00 00 00  ................\n\
         after:\n  \
         0x0010 [80 00 00 00|20 00 00 00]00 00 00 00 00 00 00 00  .... ...........\n  \
         0x0020 [0c 00 00 00]00 00 00 00 00 00 00 00 00 00 00 00  ................\n  \
         0x0080 [48 65 6c 6c 6f 2c 20 67 75 65 73 74]00 00 00 00  Hello, guest....\n\
         fields:\n  \
         0x0010  read     iovs[0].buf      0x80\n  \
         0x0014  read     iovs[0].buf_len  32\n  \
         0x0080  written  buf[0]           \"Hello, guest\"\n  \
         0x0020  written  nread            12\n"
    );
}

#[test]
fn structures_are_drawn_byte_by_byte() {
    let page = explain::page("prestat").unwrap();
    let drawn = "      0        1        2        3        4        5        6        7\n     \
                 +-----------------------------------------------------------------------+\n   \
                 0 |  tag   |   0    |   0    |   0    |            pr_name_len            |\n     \
                 +-----------------------------------------------------------------------+\n";
    assert!(page.contains(drawn), "{page}");
}
