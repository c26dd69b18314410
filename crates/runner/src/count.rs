//! Feature `count`: what the guest executed, for `cargo xtask isa --count`.
//!
//! The file that `FOSSOR_COUNT` names has lines of fields between tabs:
//! `handler COUNT NAME`, `pair COUNT NAME NAME`, `place EXECUTED THROUGH NAME` in the
//! order of the code, one `joined COUNT`, and with
//! `--fuel` one `operators COUNT`.

use std::fmt::Write as _;

/// Writes the file, if one is wanted. `operators` were executed, where they
/// were counted.
pub fn write(operators: Option<u64>) {
    let Some(path) = std::env::var_os("FOSSOR_COUNT") else {
        return;
    };
    let counts = fossor::count::counts();
    let mut text = String::new();
    for (name, count) in counts.names.iter().zip(&counts.handlers) {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "handler\t{count}\t{name}");
    }
    for (first, second, count) in &counts.pairs {
        let (first, second) = (&counts.names[*first], &counts.names[*second]);
        let _ = writeln!(text, "pair\t{count}\t{first}\t{second}");
    }
    for place in &counts.places {
        let name = &counts.names[place.handler];
        let _ = writeln!(text, "place\t{}\t{}\t{name}", place.executed, place.through);
    }
    let _ = writeln!(text, "joined\t{}", counts.joined);
    if let Some(operators) = operators {
        let _ = writeln!(text, "operators\t{operators}");
    }
    if let Err(error) = std::fs::write(&path, text) {
        crate::failure::warn(&format!("FOSSOR_COUNT: {error}"));
    }
}
