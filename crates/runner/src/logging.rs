//! The log, which exists only when asked for.

/// Starts logging to standard error as `--log` or else `RUST_LOG` says.
pub fn start(level: Option<&str>) {
    let from_environment = || std::env::var("RUST_LOG").ok();
    let Some(filters) = level.map(str::to_owned).or_else(from_environment) else {
        return;
    };
    // Only the first call of a process counts.
    let _ = env_logger::Builder::new()
        .parse_filters(&filters)
        .try_init();
}
