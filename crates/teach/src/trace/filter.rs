//! Which calls a trace shows: `path,poll,!fd_write`.

use fossor_wasi::Function;

/// Functions by name or by family: the part of a name before its first `_`.
///
/// Words are separated by commas. A word with `!` takes away, any other adds;
/// if the first one takes away, it takes from all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    words: Vec<(bool, String)>,
}

/// A word that no function has as its name or family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownFunction {
    /// The word.
    pub word: String,
    /// All families.
    pub families: Vec<&'static str>,
    /// Functions whose name is like it.
    pub near: Vec<&'static str>,
}

impl std::fmt::Display for UnknownFunction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "`{}` is no function of WASI and no family of functions; families are {}",
            self.word,
            self.families.join(", ")
        )?;
        match &self.near[..] {
            [] => Ok(()),
            near => write!(f, "; perhaps {}", near.join(", ")),
        }
    }
}

impl std::error::Error for UnknownFunction {}

impl Filter {
    /// From the words of a command line, each of which may be a list; `trace=`
    /// before it, as strace has it, is allowed.
    pub fn parse<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self, UnknownFunction> {
        let mut words = Vec::new();
        for text in texts {
            let text = text.strip_prefix("trace=").unwrap_or(text);
            for word in text.split(',').filter(|word| !word.is_empty()) {
                let (adds, name) = match word.strip_prefix('!') {
                    Some(name) => (false, name),
                    None => (true, word),
                };
                let known = fossor_wasi::functions()
                    .iter()
                    .any(|function| matches(name, function.name));
                if !known {
                    return Err(UnknownFunction {
                        word: name.to_owned(),
                        families: families(),
                        near: near(name),
                    });
                }
                words.push((adds, name.to_owned()));
            }
        }
        Ok(Self { words })
    }

    /// Whether calls of this function are shown.
    pub fn shows(&self, function: &Function) -> bool {
        let all = self.words.first().is_none_or(|(adds, _)| !adds);
        self.words.iter().fold(all, |shown, (adds, word)| {
            if matches(word, function.name) {
                *adds
            } else {
                shown
            }
        })
    }
}

/// Functions that are named without their family, or misspelt.
fn near(word: &str) -> Vec<&'static str> {
    let names = fossor_wasi::functions()
        .iter()
        .map(|function| function.name);
    let parts = names
        .clone()
        .filter(|name| word.len() > 2 && name.contains(word));
    let mut near = Vec::from_iter(parts.take(3));
    if near.is_empty() {
        let scored = names.map(|name| {
            let rest = name.split_once('_').map_or(name, |(_, rest)| rest);
            let likeness = [name, rest].map(|name| strsim::jaro_winkler(word, name));
            (likeness[0].max(likeness[1]), name)
        });
        let best = scored.max_by(|a, b| a.0.total_cmp(&b.0));
        near.extend(
            best.filter(|(likeness, _)| *likeness > 0.8)
                .map(|(_, name)| name),
        );
    }
    near
}

/// The parts of names before their first `_`, each once.
pub fn families() -> Vec<&'static str> {
    let mut families = Vec::new();
    for function in fossor_wasi::functions() {
        let family = function.name.split('_').next().unwrap_or_default();
        if !families.contains(&family) {
            families.push(family);
        }
    }
    families
}

fn matches(word: &str, name: &str) -> bool {
    let rest = name.strip_prefix(word);
    word == "all" || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(texts: &[&str]) -> Vec<&'static str> {
        let filter = Filter::parse(texts.iter().copied()).unwrap();
        let functions = fossor_wasi::functions().iter();
        functions
            .filter(|f| filter.shows(f))
            .map(|f| f.name)
            .collect()
    }

    #[test]
    fn words_add_and_take_away() {
        assert_eq!(shown(&[]).len(), 46);
        assert_eq!(shown(&["trace=poll,sched"]), ["poll_oneoff", "sched_yield"]);
        assert_eq!(shown(&["random_get"]), ["random_get"]);
        assert_eq!(shown(&["!fd,!path"]).len(), 46 - 21 - 10);
        assert!(!shown(&["fd", "!fd_write"]).contains(&"fd_write"));
        assert!(shown(&["fd", "!fd_write"]).contains(&"fd_read"));
        // A family is whole words: `fd_read` is not `fd_readdir`.
        assert_eq!(shown(&["fd_read"]), ["fd_read"]);
        assert_eq!(shown(&["all,!all,proc_exit"]), ["proc_exit"]);
    }

    #[test]
    fn unknown_words_are_named() {
        let error = Filter::parse(["path,opne"]).unwrap_err();
        assert!(error.to_string().starts_with("`opne` is no function"));
        assert!(error.families.contains(&"poll"));
    }
}
