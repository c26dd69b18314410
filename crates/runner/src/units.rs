//! Sizes and durations as people write them on a command line.

use std::time::Duration;

/// Bytes: `4096`, `64K`, `64M`, `2G`, or with `KiB`, `MiB`, `GiB`; all of 1024.
pub fn size(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit = match &text[digits.len()..] {
        "" | "B" => 1,
        "k" | "K" | "KiB" => 1 << 10,
        "m" | "M" | "MiB" => 1 << 20,
        "g" | "G" | "GiB" => 1 << 30,
        _ => return Err("write a size as 4096, 64K, 64M, 64MiB or 2G".to_owned()),
    };
    count(digits)?
        .checked_mul(unit)
        .ok_or_else(|| "that is more than 2^64 bytes".to_owned())
}

/// A number, whose digits may be grouped by `_`.
pub fn count(text: &str) -> Result<u64, String> {
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        return Err("a number is expected".to_owned());
    }
    text.replace('_', "")
        .parse()
        .map_err(|error| format!("{error}"))
}

/// Units of time, and the nanoseconds in each.
const TIME_UNITS: [(&str, f64); 7] = [
    ("ns", 1.0),
    ("us", 1e3),
    ("µs", 1e3),
    ("ms", 1e6),
    ("s", 1e9),
    ("m", 60e9),
    ("h", 3600e9),
];

/// Clocks can count this far from now without care.
const CENTURY_NS: f64 = 100.0 * 365.0 * 24.0 * 3600e9;

/// A duration as Go writes it: `500ms`, `2s`, `1.5s`, `1m30s`. Not zero.
pub fn duration(text: &str) -> Result<Duration, String> {
    let malformed = || "write a duration as 500ms, 2s or 1m30s".to_owned();
    let mut rest = text;
    let mut total_ns = 0.0;
    while !rest.is_empty() {
        let unit_at = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .ok_or_else(|| format!("the unit is missing: {text}s for seconds"))?;
        let number: f64 = rest[..unit_at].parse().map_err(|_| malformed())?;
        rest = &rest[unit_at..];
        let unit_len = rest
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(rest.len());
        let (_, unit_ns) = TIME_UNITS
            .iter()
            .find(|(name, _)| *name == &rest[..unit_len])
            .ok_or_else(malformed)?;
        total_ns += number * unit_ns;
        rest = &rest[unit_len..];
    }
    if total_ns < 1.0 {
        return Err("it must be longer than nothing".to_owned());
    }
    if total_ns > CENTURY_NS {
        return Err("that is more than a hundred years".to_owned());
    }
    Ok(Duration::from_secs_f64(total_ns / 1e9))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        for (text, bytes) in [
            ("4096", 4096),
            ("10B", 10),
            ("64k", 64 << 10),
            ("64M", 64 << 20),
            ("64MiB", 64 << 20),
            ("1G", 1 << 30),
            ("1_000K", 1_024_000),
        ] {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        for text in ["", "M", "-1", "64MB", "1.5G", "64 M", "99999999999999G"] {
            assert!(size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn durations() {
        for (text, ms) in [
            ("500ms", 500),
            ("2s", 2000),
            ("1.5s", 1500),
            ("1m30s", 90_000),
            ("1h", 3_600_000),
            ("2000us", 2),
            ("2000µs", 2),
        ] {
            assert_eq!(duration(text), Ok(Duration::from_millis(ms)), "{text}");
        }
        for text in [
            "",
            "2",
            "s",
            "0s",
            "-1s",
            "2 s",
            "1.2.3s",
            "1x",
            "1e9s",
            "999999999999999h",
        ] {
            assert!(duration(text).is_err(), "{text}");
        }
        assert_eq!(
            duration("2"),
            Err("the unit is missing: 2s for seconds".into())
        );
    }
}
