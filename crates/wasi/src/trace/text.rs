//! Pieces of a trace line: texts, times, sets of flags.

use std::fmt::Write as _;

use crate::abi::{Dirent, Rights};

/// Rights named before the rest becomes `…`.
const NAMED_RIGHTS: usize = 3;

/// In quotes, at most `most_bytes` of it, with what cannot be printed escaped.
pub(super) fn quote(bytes: &[u8], most_bytes: usize) -> String {
    let cut = bytes.len() > most_bytes;
    let shown = &bytes[..bytes.len().min(most_bytes)];
    let mut out = String::from("\"");
    escape(shown, &mut out);
    out.push('"');
    if cut {
        out.push('…');
    }
    out
}

/// Appends it with what cannot be printed escaped, and quotes.
pub(super) fn escape(bytes: &[u8], out: &mut String) {
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '"' => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                c if c.is_control() => {
                    let _ = write!(out, "\\x{:02x}", u32::from(c));
                }
                // Letters that run backwards, and ends of lines.
                c if !fossor_text::is_fit(c) => out.extend(c.escape_unicode()),
                c => out.push(c),
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
}

/// In hexadecimal, at most `most_bytes` of it.
pub(super) fn hex(bytes: &[u8], most_bytes: usize) -> String {
    let mut out = String::new();
    for byte in bytes.iter().take(most_bytes) {
        let _ = write!(out, "{byte:02x}");
    }
    if bytes.len() > most_bytes {
        out.push('…');
    }
    out
}

/// `1µs`, `50.2ms`, `3s`.
pub(super) fn short_ns(ns: u64) -> String {
    let (unit_ns, unit) = match ns {
        0..1_000 => (1, "ns"),
        1_000..1_000_000 => (1_000, "µs"),
        1_000_000..1_000_000_000 => (1_000_000, "ms"),
        _ => (1_000_000_000, "s"),
    };
    let tenths = ns / unit_ns * 10 + ns % unit_ns * 10 / unit_ns;
    match tenths % 10 {
        0 => format!("{}{unit}", tenths / 10),
        tenth => format!("{}.{tenth}{unit}", tenths / 10),
    }
}

/// Seconds with nine decimals.
pub(super) fn seconds(ns: u64) -> String {
    format!("{}.{:09}", ns / 1_000_000_000, ns % 1_000_000_000)
}

/// `2026-11-22T05:11:57Z`, from ns since 1970.
pub(super) fn date(ns: u64) -> String {
    let total_seconds = ns / 1_000_000_000;
    let (days, second) = (total_seconds / 86_400, total_seconds % 86_400);
    // Days to a date of the Gregorian calendar, counting years from March, so
    // that the leap day is a year's last (H. Hinnant, `civil_from_days`).
    let shifted = days + 719_468;
    let era = shifted / 146_097;
    let day_of_era = shifted % 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z",
        second / 3_600,
        second / 60 % 60,
        second % 60
    )
}

/// The names of the bits that are set, `0x8000` for those without a name, and
/// `0` for none.
pub(super) fn flags<F>(bits: u64) -> String
where
    F: bitflags::Flags,
    F::Bits: TryFrom<u64> + Into<u64>,
{
    let mut named = Vec::new();
    let mut rest = bits;
    for flag in F::FLAGS {
        let value: u64 = flag.value().bits().into();
        if rest & value == value {
            named.push(flag.name().to_owned());
            rest &= !value;
        }
    }
    if rest != 0 || named.is_empty() {
        named.push(if rest == 0 {
            "0".to_owned()
        } else {
            format!("{rest:#x}")
        });
    }
    named.join("|")
}

/// The first few rights.
pub(super) fn rights(bits: u64) -> String {
    let all = flags::<Rights>(bits).replace("POLL_FD_READWRITE", "POLL");
    let names: Vec<&str> = all.split('|').collect();
    if names.len() <= NAMED_RIGHTS {
        return all;
    }
    format!("{}…", names[..NAMED_RIGHTS].join("|"))
}

/// Directory entries: the fixed part of each, and its name. The last one may be
/// cut, and is left out then.
pub(super) fn entries(bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let (head, tail) = rest.split_at_checked(Dirent::SIZE_BYTES)?;
        let name_len = u32::from_le_bytes([head[16], head[17], head[18], head[19]]);
        let (name, tail) = tail.split_at_checked(name_len as usize)?;
        rest = tail;
        Some((head, name))
    })
}

/// The cells as the guest passed them.
pub(super) fn raw(cells: &[u64]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| format!("{cell:#x}")).collect();
    format!(" [{}]", cells.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_short() {
        for (ns, text) in [
            (0, "0ns"),
            (999, "999ns"),
            (1_000, "1µs"),
            (50_200_000, "50.2ms"),
            (3_000_000_000, "3s"),
            (u64::MAX, "18446744073.7s"),
        ] {
            assert_eq!(short_ns(ns), text);
        }
    }

    #[test]
    fn dates_are_gregorian() {
        assert_eq!(date(0), "1970-01-01T00:00:00Z");
        assert_eq!(date(1_795_324_317_746_363_998), "2026-11-22T05:11:57Z");
        assert_eq!(date(951_782_400_000_000_000), "2000-02-29T00:00:00Z");
    }

    #[test]
    fn texts_are_cut_and_escaped() {
        assert_eq!(quote(b"a\"b\n\xff", 32), "\"a\\\"b\\n\\xff\"");
        assert_eq!(quote(b"abcdef", 3), "\"abc\"…");
        let odd = "\u{9b}2J\u{202e}\u{2028}\u{2066}é".as_bytes();
        let escaped = r#""\x9b2J\u{202e}\u{2028}\u{2066}é""#;
        assert_eq!(quote(odd, 32), escaped);
    }
}
