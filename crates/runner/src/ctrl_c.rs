//! Ctrl-C: the first asks the guest to stop, the second ends Fossor.

use signal_hook::consts::SIGINT;
use signal_hook::iterator::Signals;
use std::fs::File;
use std::io::Read;

/// Calls `stop` at the first SIGINT; at the second the process dies of it.
///
/// Everything happens in a thread of its own, off the way to the guest's first
/// instruction. Until it is ready, a SIGINT ends the process as always. Who
/// started Fossor with SIGINT ignored (`nohup`, `&` in a script) meant it.
pub fn on_first(stop: impl FnOnce() + Send + 'static) {
    let watch = || {
        if ignored() {
            return;
        }
        let Ok(mut signals) = Signals::new([SIGINT]) else {
            return;
        };
        let mut stop = Some(stop);
        for _ in signals.forever() {
            match stop.take() {
                Some(stop) => stop(),
                None => {
                    let _ = signal_hook::low_level::emulate_default_handler(SIGINT);
                }
            }
        }
    };
    let thread = std::thread::Builder::new().name("ctrl-c".to_owned());
    if let Err(error) = thread.stack_size(64 << 10).spawn(watch) {
        log::info!("Ctrl-C ends the process at once: {error}");
    }
}

/// Whether SIGINT was ignored when the process started. Only Linux tells
/// without unsafe code.
fn ignored() -> bool {
    // Longer than any status; one read makes the kernel write it once.
    let mut status = [0; 8192];
    let read = File::open("/proc/self/status").and_then(|mut file| file.read(&mut status));
    let status = &status[..read.unwrap_or(0)];
    status
        .split(|&byte| byte == b'\n')
        .find_map(|line| line.strip_prefix(b"SigIgn:"))
        .and_then(|mask| std::str::from_utf8(mask.trim_ascii()).ok())
        .and_then(|mask| u64::from_str_radix(mask, 16).ok())
        .is_some_and(|mask| mask & 1 << (SIGINT - 1) != 0)
}
