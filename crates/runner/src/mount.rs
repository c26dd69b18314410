//! Directories on the command line: `--dir HOST[::GUEST][:ro]`.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

/// A directory of the host that the guest gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// The host's directory.
    pub host: PathBuf,
    /// Its name in the guest as given, which the facade makes absolute.
    pub guest: String,
    /// Whether nothing below it can be changed.
    pub read_only: bool,
}

impl Mount {
    /// The host's whole file system under its own names.
    pub fn root() -> Self {
        Self {
            host: "/".into(),
            guest: "/".to_owned(),
            read_only: false,
        }
    }

    /// `HOST[::GUEST][:ro]`. The guest's name is the host's if not given.
    pub fn parse(text: &OsStr) -> Result<Self, String> {
        let (text, read_only) = strip_access(text.as_bytes());
        let separator = text.windows(2).position(|pair| pair == b"::");
        Self::new(text, separator, 2, read_only)
    }

    /// `HOST[:GUEST][:ro]`, as wazero has it.
    pub fn parse_wazero(text: &OsStr) -> Result<Self, String> {
        let (text, read_only) = strip_access(text.as_bytes());
        let separator = text.iter().rposition(|&byte| byte == b':');
        Self::new(text, separator, 1, read_only)
    }

    fn new(
        text: &[u8],
        separator: Option<usize>,
        separator_len: usize,
        read_only: bool,
    ) -> Result<Self, String> {
        let (host, guest) = match separator {
            Some(at) => (&text[..at], &text[at + separator_len..]),
            None => (text, text),
        };
        if host.is_empty() {
            return Err("the host's directory is missing".to_owned());
        }
        if guest.is_empty() {
            return Err("the name in the guest is missing".to_owned());
        }
        let guest = std::str::from_utf8(guest)
            .map_err(|_| "the name in the guest must be UTF-8: --dir HOST::GUEST sets it")?;
        Ok(Self {
            host: OsStr::from_bytes(host).into(),
            guest: guest.to_owned(),
            read_only,
        })
    }

    /// Whether the guest sees the host's files under their own names.
    pub fn is_whole_root(&self) -> bool {
        self.host == std::path::Path::new("/") && self.guest == "/"
    }
}

/// Takes `:ro` or `:rw` off the end.
fn strip_access(text: &[u8]) -> (&[u8], bool) {
    if let Some(rest) = text.strip_suffix(b":ro") {
        (rest, true)
    } else {
        (text.strip_suffix(b":rw").unwrap_or(text), false)
    }
}

/// Sentences about names of which one lies within the other: the guest finds
/// below the longer name another directory than the shorter one's.
pub fn overlaps(names: &[String]) -> Vec<String> {
    let mut sentences = Vec::new();
    for inner in names {
        for outer in names {
            let below = inner.strip_prefix(outer.trim_end_matches('/'));
            if inner != outer && below.is_some_and(|rest| rest.starts_with('/')) {
                sentences.push(format!(
                    "--dir: {inner} lies within {outer} in the guest; \
                     what {outer} has there on the host is hidden"
                ));
            }
        }
    }
    sentences
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mount(host: &str, guest: &str, read_only: bool) -> Result<Mount, String> {
        Ok(Mount {
            host: host.into(),
            guest: guest.to_owned(),
            read_only,
        })
    }

    #[test]
    fn all_spellings() {
        let dir = |text: &str| Mount::parse(OsStr::new(text));
        assert_eq!(dir("."), mount(".", ".", false));
        assert_eq!(dir("sub:ro"), mount("sub", "sub", true));
        assert_eq!(dir("/a::/b"), mount("/a", "/b", false));
        assert_eq!(dir("/a::b:ro"), mount("/a", "b", true));
        assert_eq!(dir("a:b::/c:rw"), mount("a:b", "/c", false));
        assert!(dir("").is_err() && dir("::/a").is_err() && dir("a::").is_err());
        let wazero = |text: &str| Mount::parse_wazero(OsStr::new(text));
        assert_eq!(wazero("/a:/b:ro"), mount("/a", "/b", true));
        assert_eq!(wazero("/a"), mount("/a", "/a", false));
    }

    #[test]
    fn host_names_need_not_be_utf8_if_the_guests_is() {
        let parse = |bytes| Mount::parse(OsStr::from_bytes(bytes));
        assert!(parse(b"\xff::/a").is_ok());
        assert!(parse(b"\xff").is_err());
    }

    #[test]
    fn overlap_is_by_component() {
        let names = ["/", "/a", "/ab"].map(str::to_owned);
        let sentences = overlaps(&names);
        assert_eq!(sentences.len(), 2);
        assert!(sentences[0].contains("/a lies within /"));
        assert!(overlaps(&names[1..]).is_empty());
    }
}
