//! Prints the instruction table: `cargo xtask isa`.

use std::io::Write;

fn main() {
    let mut out = std::io::stdout().lock();
    for line in fossor_interpreter::instructions() {
        // A reader that has seen enough is no error.
        let _ = writeln!(out, "{:<13} {:<34} {}", line.shape, line.name, line.meaning);
    }
}
