//! Go's versions.

use std::fmt;

/// Longer texts are cut.
const MAX_BYTES: usize = 64;

/// A version of Go: `1.MINOR`, and what the toolchain calls it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// The number behind `1.`.
    pub minor: u32,
    /// The whole text, without `go`: `1.26.8`.
    pub text: String,
}

impl Version {
    /// Out of `1.26.8`, `go1.27rc1`, `devel go1.28-abcdef …`.
    pub fn parse(text: &str) -> Option<Self> {
        let number = text.rsplit("go").next()?.trim();
        let rest = number.strip_prefix("1.")?;
        let digits = rest.find(|c: char| !c.is_ascii_digit());
        let minor = rest[..digits.unwrap_or(rest.len())].parse().ok()?;
        let text = number.split_whitespace().next().unwrap_or(number);
        Some(Self {
            minor,
            text: fossor_text::lossy(text.as_bytes(), MAX_BYTES),
        })
    }

    /// Out of the contents of the custom section `producers`.
    ///
    /// Source: tool-conventions, `ProducersSection.md`. Go's linker writes
    /// `processed-by: Go cmd/compile VERSION`.
    pub fn of_producers(section: &[u8]) -> Option<Self> {
        let reader = wasmparser::BinaryReader::new(section, 0);
        let fields = wasmparser::ProducersSectionReader::new(reader).ok()?;
        for field in fields {
            for value in field.ok()?.values {
                let value = value.ok()?;
                if value.name == "Go cmd/compile" {
                    return Self::parse(value.version);
                }
            }
        }
        None
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_toolchains() {
        let minor = |text| Version::parse(text).map(|version| version.minor);
        assert_eq!(minor("1.26.8"), Some(26));
        assert_eq!(minor("go1.27rc1"), Some(27));
        assert_eq!(minor("devel go1.28-abcdef Mon"), Some(28));
        assert_eq!(minor("2.0"), None);
        assert_eq!(minor(""), None);
    }
}
