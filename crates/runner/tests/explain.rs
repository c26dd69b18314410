//! `fossor explain`.

mod common;

use common::Place;

#[test]
fn topics_are_listed_by_group() {
    let ended = Place::new().run("explain").code(0);
    for part in [
        "Descriptors\n",
        "  fd_read  ",
        "  lifecycle  ",
        "  subscription  ",
        "  oflags  ",
    ] {
        assert!(
            ended.stdout.contains(part),
            "no {part:?} in {}",
            ended.stdout
        );
    }
}

#[test]
fn a_page_has_everything_about_a_function() {
    let page = Place::new().run("explain fd_read").code(0).stdout;
    for part in [
        "(func (param $fd i32) (param $iovs i32) (param $iovs_len i32) (param $nread i32) (result i32))",
        "uint16_t fd_read(uint32_t fd, const iovec *iovs, uint32_t iovs_len, uint32_t *nread);",
        "func fd_read(fd uint32, iovs unsafe.Pointer, iovsLen uint32, nread unsafe.Pointer) uint32",
        "AGAIN",
        "os.File.Read",
        "readv",
        "(data (i32.const 0x40) \"note.txt\")",
    ] {
        assert!(page.contains(part), "no {part:?} in {page}");
    }
}

#[test]
fn an_example_runs_and_is_a_program() {
    let place = Place::new();
    let ended = place.run("explain --run fd_read").code(0);
    assert!(
        ended.stdout.contains("= 0 {12 \"Hello, guest\"}"),
        "{ended:#?}"
    );
    // As the page shows it, it is a program that makes the same call.
    let page = place.run("explain fd_read").code(0).stdout;
    let start = page.find("(module").unwrap();
    let wat = &page[start..page.find("`fossor explain --run").unwrap_or(page.len())];
    let wat = &wat[..wat.rfind("))))").unwrap() + 4];
    place.file("x.wat", wat);
    place.file("note.txt", "Hello, guest");
    let ended = place.run("trace -e fd_read --dir . x.wat").code(0);
    ended.stderr("fd_read(4</note.txt>, [32]) = 0 {12 \"Hello, guest\"}\n");
}

#[test]
fn messages_and_misspelt_topics() {
    let place = Place::new();
    let ended = place.run("explain f0301").code(0);
    assert!(
        ended.stdout.starts_with("F0301\n\nThe module imports what"),
        "{ended:#?}"
    );
    place
        .run("explain fd_raed")
        .code(125)
        .stderr("error[F0002]: there is nothing to explain `fd_raed`\n  help: like it are fd_read, fd_pread, fd_readdir\n");
    place
        .run("explain --run trap")
        .code(125)
        .says(&["takes a function of WASI"]);
}
