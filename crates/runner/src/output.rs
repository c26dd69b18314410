//! Our own standard output, whose reader may have gone.

use std::io::Write as _;

/// Prints on standard output. A reader that has gone (`fossor man | head`) is
/// no error.
pub fn print(text: &str) {
    let mut stdout = std::io::stdout().lock();
    let _ = stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush());
}
