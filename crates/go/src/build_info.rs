//! What the go command wrote into a program: module, dependencies, settings.
//! Source: `cmd/go/internal/modload/build.go`, `runtime/debug/mod.go`.

use crate::image::Image;

/// What stands before the text, and behind it.
const BEFORE: [u8; 16] = *b"0w\xaf\x0c\x92t\x08\x02A\xe1\xc1\x07\xe6\xd6\x18\xe6";
const BEHIND: [u8; 16] = *b"\xf92C1\x86\x18 r\x00\x82B\x10A\x16\xd8\xf2";

/// Longer texts are none.
const MAX_BYTES: usize = 4 << 20;

/// What `go version -m` shows of a native program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct BuildInfo {
    /// The main package's import path.
    pub path: String,
    /// The main module and its version.
    pub main: Option<(String, String)>,
    /// The modules that it uses, with their versions.
    pub dependencies: Vec<(String, String)>,
    /// Settings of the build: `-trimpath`, `GOOS`, `vcs.revision`, …
    pub settings: Vec<(String, String)>,
}

impl BuildInfo {
    /// Finds it in a program's data.
    pub fn find(image: Image<'_>) -> Option<Self> {
        let start = memchr::memmem::find(image.bytes(), &BEFORE)? + BEFORE.len();
        let rest = &image.bytes()[start..];
        let rest = &rest[..rest.len().min(MAX_BYTES)];
        let text = &rest[..memchr::memmem::find(rest, &BEHIND)?];
        Some(Self::parse(&String::from_utf8_lossy(text)))
    }

    fn parse(text: &str) -> Self {
        let mut info = Self::default();
        for line in text.lines() {
            let mut fields = line.split('\t').map(fossor_text::shown);
            let kind = fields.next().unwrap_or_default();
            let first = fields.next().unwrap_or_default().into_owned();
            let second = || fields.next().unwrap_or_default().into_owned();
            match &*kind {
                "path" => info.path = first,
                "mod" => info.main = Some((first, { second }())),
                "dep" => info.dependencies.push((first, { second }())),
                "build" => {
                    let (key, value) = first.split_once('=').unwrap_or((&first, ""));
                    let value = value.trim_matches('"').to_owned();
                    info.settings.push((key.to_owned(), value));
                }
                _ => {}
            }
        }
        info
    }

    /// A setting of the build.
    pub fn setting(&self, key: &str) -> Option<&str> {
        let found = self.settings.iter().find(|(name, _)| name == key);
        found.map(|(_, value)| value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_understood() {
        let text = "path\texample.com/app\nmod\texample.com/app\t(devel)\t\n\
                    dep\tgolang.org/x/text\tv0.3.0\th1:abc=\nbuild\t-trimpath=true\n\
                    build\tCGO_LDFLAGS=\"-O2 -g\"\n";
        let bytes = [&[1, 2, 3], &BEFORE[..], text.as_bytes(), &BEHIND].concat();
        let info = BuildInfo::find(Image::new(&bytes)).unwrap();
        assert_eq!(info.path, "example.com/app");
        assert_eq!(
            info.main,
            Some(("example.com/app".into(), "(devel)".into()))
        );
        assert_eq!(
            info.dependencies,
            [("golang.org/x/text".into(), "v0.3.0".into())]
        );
        assert_eq!(info.setting("-trimpath"), Some("true"));
        assert_eq!(info.setting("CGO_LDFLAGS"), Some("-O2 -g"));
        assert_eq!(BuildInfo::find(Image::new(&bytes[..40])), None);
    }
}
