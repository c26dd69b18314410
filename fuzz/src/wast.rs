//! Test scripts of any text.

use fossor::{Config, Engine};
use fossor_wast::{Options, run_with};
use std::time::Duration;

/// Runs `data` as a script if it is text; whatever it says, the report comes.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let mut config = Config::new();
    config.max_stack_bytes(1 << 20);
    let mut options = Options::default();
    options.timeout = Duration::from_millis(100);
    let _ = run_with(&Engine::new(&config), text, &options).to_string();
}
