//! Sleeps that end in time.

/// Lets the kernel end this thread's waits when their time has come.
///
/// Linux may end them up to 50 µs later, to wake several threads together
/// (`timerslack_ns` in proc(5)). For a guest that sleeps 100 µs that is half
/// as long again. Elsewhere, or where it is refused, waits are as they are.
pub fn minimise() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::thread::set_current_timer_slack(std::num::NonZeroU64::new(1)) {
        log::debug!("timer slack stays as it is: {error}");
    }
}
