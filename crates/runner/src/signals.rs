//! Ctrl-C and SIGQUIT (`^\`): the first asks the guest to stop, the second ends
//! Fossor.

use signal_hook::consts::{SIGINT, SIGQUIT, SIGXFSZ};
use signal_hook::iterator::Signals;
use std::fs::File;
use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};

/// The signal that asked the guest to stop; 0 if none did.
static STOPPED_BY: AtomicI32 = AtomicI32::new(0);

/// Whether it was SIGQUIT that asked the guest to stop. Go's programs answer it
/// with all goroutines and exit code 2, and `go test` sends it to a test that
/// hangs.
pub fn was_quit() -> bool {
    STOPPED_BY.load(Ordering::Relaxed) == SIGQUIT
}

/// Calls `stop` at the first SIGINT or SIGQUIT; at the second the process dies
/// of it.
///
/// Everything happens in a thread of its own, off the way to the guest's first
/// instruction. Until it is ready, a SIGINT ends the process as always. Who
/// started Fossor with one of them ignored (`nohup`, `&` in a script) meant it.
pub fn on_first(stop: impl FnOnce() + Send + 'static) {
    // A file that may not grow is the guest's affair: it gets `fbig`. Not in the
    // thread: a guest may come to it before that is ready.
    let _ = signal_hook::flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)));
    let mut stop = Some(stop);
    on_each(move |signal| match stop.take() {
        Some(stop) => {
            STOPPED_BY.store(signal, Ordering::Relaxed);
            stop();
            true
        }
        None => false,
    });
}

/// Calls `each` at every SIGINT or SIGQUIT, in a thread of its own; if it answers
/// `false`, the process dies of it.
pub fn on_each(mut each: impl FnMut(i32) -> bool + Send + 'static) {
    let watch = move || {
        let ignored = ignored_mask();
        let wanted = [SIGINT, SIGQUIT].into_iter();
        let wanted = wanted.filter(|signal| ignored & 1 << (signal - 1) == 0);
        let Ok(mut signals) = Signals::new(wanted) else {
            return;
        };
        for signal in signals.forever() {
            if !each(signal) {
                let _ = signal_hook::low_level::emulate_default_handler(signal);
            }
        }
    };
    let thread = std::thread::Builder::new().name("signals".to_owned());
    if let Err(error) = thread.stack_size(64 << 10).spawn(watch) {
        log::info!("Ctrl-C ends the process at once: {error}");
    }
}

/// The signals that were ignored when the process started, the lowest bit for
/// signal 1. Only Linux tells without unsafe code.
fn ignored_mask() -> u64 {
    // Longer than any status; one read makes the kernel write it once.
    let mut status = [0; 8192];
    let read = File::open("/proc/self/status").and_then(|mut file| file.read(&mut status));
    let status = &status[..read.unwrap_or(0)];
    status
        .split(|&byte| byte == b'\n')
        .find_map(|line| line.strip_prefix(b"SigIgn:"))
        .and_then(|mask| std::str::from_utf8(mask.trim_ascii()).ok())
        .and_then(|mask| u64::from_str_radix(mask, 16).ok())
        .unwrap_or(0)
}
