//! Our own standard output, whose reader may have gone.

use std::io::Write as _;

/// Prints on standard output. A reader that has gone (`fossor man | head`) is
/// no error.
pub fn print(text: &str) {
    write(text.as_bytes());
}

/// Writes bytes as they are, as [`print`] does text.
pub fn write(bytes: &[u8]) {
    let mut stdout = std::io::stdout().lock();
    let _ = stdout.write_all(bytes).and_then(|()| stdout.flush());
}
