//! The screen, as it is after keys.

#[path = "../../runner/tests/common/hostile.rs"]
mod hostile;
mod screen;

/// The screens before each of the keys.
fn read(module: &[u8], keys: &str) -> Vec<String> {
    let screens = screen::screens(screen::guest(module, None), (160, 46), keys);
    screens.iter().map(screen::text).collect()
}

#[track_caller]
fn shows(screen: &str, parts: &[&str]) {
    for part in parts {
        assert!(screen.contains(part), "{part:?} is missing:\n{screen}");
    }
}

#[test]
fn a_go_program_is_shown_with_all_about_it() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../go-fixtures/prebuilt/hello.wasm"
    );
    let module = std::fs::read(path).unwrap();
    let screens = read(&module, ":b main.main\nc:b wasi:fd_write\nco");
    shows(
        &screens[0],
        &["at the start", "Operators", "c continue", "Calls of WASI"],
    );
    let typed = screens
        .iter()
        .find(|screen| screen.contains(":b main.main▏"));
    assert!(typed.is_some());
    let at_main = screens
        .iter()
        .find(|screen| screen.contains("breakpoint [3]"))
        .unwrap();
    shows(
        at_main,
        &[
            "in main.main, operator ",
            "hello/main.go",
            "●→   7     fmt.Println(\"Hello from Go, ",
            "main.main  ",
            "runtime.main  ",
            "   1 [running] main.main",
            "→0x176996 local.get 1",
            "$1   i32  ",
            "breakpoint 3: main.main",
            "Memory",
        ],
    );
    let at_call = screens
        .iter()
        .find(|screen| screen.contains("breakpoint [4]"))
        .unwrap();
    shows(
        at_call,
        &[
            "next: fd_write(1<stdout>, [34:\"Hello from Go",
            "call fd_write",
            "top-0 i32  ",
            // Its structures, in memory.
            "iovs[0].buf_len  34",
        ],
    );
    let after = screens.last().unwrap();
    shows(
        after,
        &["│Hello from Go, running in Fossor!", "fd_write(1<stdout>"],
    );
    assert!(!after.contains("next:"), "{after}");
}

#[test]
fn other_guests_are_shown_by_operators() {
    let text = r#"(module (func $f (param i32)) (func (export "_start") (local f64)
        (local.set 0 (f64.const 2.5)) (call $f (i32.const 7))))"#;
    let screens = read(text.as_bytes(), "iiis:fly\nC");
    shows(&screens[2], &["f64  2.5", "no source is known", "→0x"]);
    let last = screens.last().unwrap();
    shows(
        last,
        &[
            "$0   i32  7 (0x7)",
            "fly is no command",
            "there is no way back in a live run",
        ],
    );
}

#[test]
fn names_do_nothing_to_the_screen() {
    for name in hostile::names() {
        let module = hostile::module(&name, hostile::ONCE);
        for screen in read(&module, ":bt\n:i functions a\n:i call\n:l\nsc:bt\nC") {
            hostile::is_harmless("a screen", screen.as_bytes(), 1 << 16);
        }
    }
}
