//! Hints about refused paths.

use fossor_wasi::{Access, Errno, HintReason, WasiCtx};

use crate::guest::*;

#[test]
fn refused_paths_are_explained() {
    let dir = tempfile::tempdir().unwrap();
    let mut guest = Guest::new(
        WasiCtx::builder()
            .preopen_dir(dir.path(), "/data", Access::ReadWrite)
            .unwrap()
            .preopen_dir(dir.path(), "/ro", Access::ReadOnly)
            .unwrap(),
    );
    let none = u64::from(u32::MAX);
    // As other guests ask, and as Go does.
    for path in ["/etc/hosts", "etc/hosts", "etc/hosts"] {
        let opened = guest.open_at(none, FOLLOW, path, 0, READ, 0);
        assert_eq!(opened, Err(Errno::Badf));
    }
    assert_eq!(guest.open("../x", 0, READ), Err(Errno::Perm));
    assert_eq!(guest.path("path_unlink_file", 4, "f"), Errno::Rofs);
    assert_eq!(guest.open("missing", 0, READ), Err(Errno::Noent));
    assert_eq!(guest.open_at(99, FOLLOW, "f", 0, READ, 0), Err(Errno::Badf));
    let hints = guest.ctx.hints();
    let reasons: Vec<HintReason> = hints.iter().map(|hint| hint.reason).collect();
    assert_eq!(
        reasons,
        [
            HintReason::NotCovered,
            HintReason::LeadsOut,
            HintReason::ReadOnly
        ]
    );
    assert_eq!(
        hints[0].to_string(),
        "/etc/hosts is in no directory of the guest's (it has /data, /ro); \
         --dir HOST::/etc would cover it"
    );
    assert_eq!(hints[1].path, "/data/../x");
    assert_eq!(hints[2].path, "/ro/f");
    let path = "../x\nerror: \x1b[2Ja\u{e4}";
    assert_eq!(guest.open(path, 0, READ), Err(Errno::Perm));
    let shown = guest.ctx.hints()[3].to_string();
    assert!(shown.starts_with("/data/../x\\nerror: \\u{1b}[2Ja\u{e4} leads out"));
}

#[test]
fn there_are_not_endlessly_many() {
    let mut guest = Guest::new(WasiCtx::builder());
    for index in 0..100 {
        let path = format!("/x/{index}");
        let _ = guest.open_at(u64::from(u32::MAX), 0, &path, 0, READ, 0);
    }
    assert_eq!(guest.ctx.hints().len(), 16);
}

#[test]
fn paths_in_hints_do_nothing_to_terminals() {
    let dir = tempfile::tempdir().unwrap();
    let mut guest = Guest::with_dir(dir.path(), Default::default());
    let opened = guest.open("../\u{202e}a\u{2028}\u{9b}\x1b", 0, READ);
    assert_eq!(opened, Err(Errno::Perm));
    let hint = guest.ctx.hints()[0].to_string();
    let shown = r"/../\u{202e}a\u{2028}\u{9b}\u{1b} leads out";
    assert!(hint.starts_with(shown), "{hint}");
}
