//! Pages of structures, flags and errors.

use super::functions::sentence;
use super::{Topic, memory};
use fossor_wasi::abi::*;
use fossor_wasi::{Content, Kind, spans};
use std::fmt::Write as _;

const STRUCTURES: &str = "Structures in memory";
const VALUES: &str = "Flags and enums";

pub(super) fn topics() -> Vec<Topic> {
    let mut topics = Vec::new();
    for layout in LAYOUTS {
        topics.push(Topic {
            name: layout.name.to_owned(),
            about: format!("{} bytes. {}", layout.size_bytes, layout.doc),
            group: STRUCTURES,
        });
    }
    for info in TYPES {
        topics.push(Topic {
            name: info.witx_name(),
            about: about(info),
            group: VALUES,
        });
    }
    topics.push(Topic {
        name: "errno".to_owned(),
        about: "every error; or ask for one, by number or name".to_owned(),
        group: VALUES,
    });
    topics
}

/// Names of errors and flags, which topics are not.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    let items = TYPES.iter().flat_map(|info| info.items);
    let errnos = Errno::ALL.iter().map(|errno| errno.name());
    errnos.chain(items.map(|item| item.name))
}

pub(super) fn page(topic: &str) -> Option<String> {
    if topic == "errno" {
        return Some(errnos());
    }
    if let Some(layout) = LAYOUTS.iter().find(|layout| layout.name == topic) {
        return Some(structure(layout));
    }
    if let Some(info) = TYPES.iter().find(|info| info.witx_name() == topic) {
        return Some(values(info));
    }
    let named = Errno::ALL.iter().find(|errno| {
        [topic, topic.strip_prefix('e').unwrap_or(topic)].contains(&&*errno.name().to_lowercase())
    });
    let numbered = || topic.parse().ok().and_then(Errno::from_number);
    if let Some(errno) = named.copied().or_else(numbered) {
        return Some(one_errno(errno));
    }
    let has = |info: &&&TypeInfo| {
        info.items
            .iter()
            .any(|item| item.name.to_lowercase() == topic.strip_prefix("o_").unwrap_or(topic))
    };
    TYPES.iter().find(has).map(|info| values(info))
}

/// The enum or set of flags that a parameter is.
pub(super) fn of(kind: Kind) -> Option<&'static TypeInfo> {
    let name = format!("{kind:?}");
    TYPES.iter().find(|info| info.name == name).copied()
}

fn structure(layout: &Layout) -> String {
    let mut text = format!(
        "# `{}`\n\n{}\n\n{} bytes, aligned to {}. Bytes between fields are 0.\n\n```text\n{}```\n\n",
        layout.name,
        layout.doc,
        layout.size_bytes,
        layout.align_bytes,
        memory::drawn(layout)
    );
    text += "| offset | field | type | |\n| --- | --- | --- | --- |\n";
    for field in layout.fields {
        let only = match field.tag {
            Some(tag) => format!(" (if the tag is {tag})"),
            None => String::new(),
        };
        let _ = writeln!(
            text,
            "| {} | {} | {} | {}{only} |",
            field.offset_bytes,
            field.name,
            field.ty.text(),
            field.doc
        );
    }
    let users = users(|kind| kinds_of(layout.name).contains(&kind) || is_result(kind, layout));
    if !users.is_empty() {
        let _ = writeln!(text, "\nUsed by {users}.");
    }
    text
}

fn is_result(kind: Kind, layout: &Layout) -> bool {
    matches!(kind, Kind::Fdstat | Kind::Filestat | Kind::Prestat)
        && matches!(spans::result(kind).1, Content::Struct(other) if other.name == layout.name)
}

/// The kinds of parameters that lead to a structure.
fn kinds_of(layout: &str) -> &'static [Kind] {
    match layout {
        "iovec" => &[Kind::Iovecs],
        "ciovec" => &[Kind::Ciovecs],
        "subscription" | "event" => &[Kind::Subscriptions],
        "dirent" => &[Kind::Cookie],
        _ => &[],
    }
}

fn values(info: &TypeInfo) -> String {
    let what = if info.flags {
        "Flags"
    } else {
        "One of these values"
    };
    let mut text = format!(
        "# `{}`\n\n{} {what}, as `{}`.\n\n| value | name | |\n| --- | --- | --- |\n",
        info.witx_name(),
        capital(&about(info)),
        info.repr
    );
    for item in info.items {
        let value = if info.flags {
            format!("{:#x}", item.value)
        } else {
            item.value.to_string()
        };
        let _ = writeln!(text, "| {value} | {} | {} |", item.name, sentence(item.doc));
    }
    if info.items.is_empty() {
        text += "| 0 | | none is defined |\n";
    }
    let users = users(|kind| of(kind).is_some_and(|other| other.name == info.name));
    if !users.is_empty() {
        let _ = writeln!(text, "\nA parameter of {users}.");
    }
    if info.name == "Rights" {
        text += "\nWhat rights are good for: `fossor explain sandbox`.\n";
    }
    text
}

/// Its documentation without the name and type that it begins with.
fn about(info: &TypeInfo) -> String {
    let doc = sentence(info.doc);
    match doc.split_once(": ") {
        Some((_, about)) => about.to_owned(),
        None => format!(
            "which {}.",
            doc.split(',').next().unwrap_or_default().trim_matches('`')
        ),
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(chars).collect()
}

fn errnos() -> String {
    let mut text = "# `errno`\n\nWhat every function but `proc_exit` returns, as `u16` in memory \
                    and `i32` as a result. Go shows most of them as the system's texts, as an \
                    `*fs.PathError` or a `syscall.Errno` of the same number.\n\n\
                    | | | |\n| --- | --- | --- |\n"
        .to_owned();
    for errno in Errno::ALL {
        let _ = writeln!(
            text,
            "| {} | {errno} | {} |",
            errno.number(),
            sentence(errno.doc())
        );
    }
    text
}

fn one_errno(errno: Errno) -> String {
    let mut text = format!(
        "# {errno}: error {}\n\n{}\n",
        errno.number(),
        sentence(errno.doc())
    );
    let mut rows = String::new();
    for function in fossor_wasi::functions() {
        for (other, when) in function.errnos() {
            if other == errno {
                let _ = writeln!(rows, "| {} | {when} |", function.name);
            }
        }
    }
    if rows.is_empty() {
        text += "\nNo function answers this of itself; the host may.\n";
    } else {
        text += &format!("\n| answered by | when |\n| --- | --- |\n{rows}");
    }
    text
}

/// Functions with a parameter or a result of such a kind.
fn users(is: impl Fn(Kind) -> bool) -> String {
    let functions = fossor_wasi::functions().iter();
    let names = functions.filter(|function| {
        let infos = function.param_infos.iter().chain(function.result_infos);
        infos.into_iter().any(|info| is(info.kind))
    });
    names
        .map(|function| format!("`{}`", function.name))
        .collect::<Vec<_>>()
        .join(", ")
}
