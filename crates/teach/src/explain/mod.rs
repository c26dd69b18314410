//! `fossor explain`: what WASI's functions, structures, flags and errors are,
//! and how modules and hosts work together. Pages are Markdown, made from the
//! tables of `fossor-wasi`, the notes here, and the articles in `articles/`.

mod articles;
mod documents;
mod example;
mod functions;
mod memory;
mod notes;
mod terminal;
mod types;

pub use documents::documents;
pub use example::{Example, Shown};
pub use memory::{drawn, viewed};
pub use notes::{NOTES, Note};
pub use terminal::{Style, rendered};

pub(crate) use memory::parts;

use fossor_wasi::Function;

/// Something that can be explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    /// What to ask for.
    pub name: String,
    /// What it is, in a few words.
    pub about: String,
    /// Where it is listed.
    pub group: &'static str,
}

/// The page of a topic, in Markdown.
pub fn page(topic: &str) -> Option<String> {
    let topic = normal(topic);
    let found = || functions::page(&topic).or_else(|| types::page(&topic));
    articles::page(&topic)
        .or_else(found)
        .or_else(|| functions::page_of_caller(&topic))
}

/// The function that a topic is, if it is one.
pub fn function(topic: &str) -> Option<&'static Function> {
    let topic = normal(topic);
    fossor_wasi::functions()
        .iter()
        .find(|function| function.name == topic)
}

/// Everything that can be explained, by group. Errors and flags are only listed
/// on the pages that they are part of.
pub fn topics() -> Vec<Topic> {
    let mut topics = articles::topics();
    topics.extend(functions::topics());
    topics.extend(types::topics());
    let groups = Vec::from_iter(topics.iter().map(|topic| topic.group));
    topics.sort_by_key(|topic| groups.iter().position(|group| *group == topic.group));
    topics
}

/// The topics whose names are most like a word.
pub fn nearest<'a>(topic: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let topic = normal(topic);
    let own = topics().into_iter().map(|topic| topic.name);
    let others = types::names().map(str::to_owned);
    let others = others.chain(names.into_iter().map(str::to_owned));
    let mut found: Vec<(f64, String)> = own
        .chain(others)
        .map(|name| (strsim::jaro_winkler(&topic, &name.to_lowercase()), name))
        .filter(|(likeness, _)| *likeness > 0.7)
        .collect();
    // Topics come first where names are equally near.
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    found.dedup_by(|a, b| a.1.eq_ignore_ascii_case(&b.1));
    found.into_iter().take(3).map(|(_, name)| name).collect()
}

/// As topics are spelled: small letters, without the module's name.
fn normal(topic: &str) -> String {
    let topic = topic.trim().to_lowercase();
    let prefixes = ["wasi_snapshot_preview1.", "errno ", "go:", "//go:"];
    let stripped = prefixes
        .iter()
        .find_map(|prefix| topic.strip_prefix(prefix));
    stripped.unwrap_or(&topic).trim_end_matches("()").to_owned()
}
