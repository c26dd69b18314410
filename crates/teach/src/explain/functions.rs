//! Pages of functions.

use super::{Topic, function, notes};
use fossor_wasi::abi::AbiType;
use fossor_wasi::{Content, Function, Kind, ParamInfo, spans};
use std::fmt::Write as _;

pub(super) fn topics() -> Vec<Topic> {
    let topic = |function: &Function| Topic {
        name: function.name.to_owned(),
        about: sentence(function.doc),
        group: group(function.name),
    };
    fossor_wasi::functions().iter().map(topic).collect()
}

/// The page of what `os.ReadDir` or `openat` comes to: the function's own, or a list of
/// them.
pub(super) fn page_of_caller(caller: &str) -> Option<String> {
    let go = format!("`{caller}`");
    let found = notes::NOTES.iter().filter(|note| {
        let mut posix = note.posix.split([',', '(', ' ']);
        note.go.to_lowercase().contains(&go) || posix.any(|name| !name.is_empty() && name == caller)
    });
    let found = Vec::from_iter(found);
    if let [note] = found[..] {
        return page(note.name);
    }
    let functions = found.iter().filter_map(|note| function(note.name));
    let rows = functions.map(|function| {
        let about = sentence(function.doc);
        format!("| {} | {about} |\n", function.name)
    });
    let table = String::from_iter(rows);
    (!table.is_empty())
        .then(|| format!("# {go}\n\nIt comes to calls of these.\n\n| | |\n| --- | --- |\n{table}"))
}

/// Where a function is listed.
pub(super) fn group(name: &str) -> &'static str {
    match name.split('_').next().unwrap_or_default() {
        "args" | "environ" => "Arguments and environment",
        "clock" | "poll" | "sched" | "random" => "Time, waiting, chance",
        "fd" => "Descriptors",
        "path" => "Paths",
        "proc" => "The end",
        _ => "Sockets",
    }
}

pub(super) fn page(topic: &str) -> Option<String> {
    let function = function(topic)?;
    let note = notes::of(function.name)?;
    let mut text = format!("# `{}`\n\n{}\n\n", function.name, sentence(function.doc));
    signatures(function, &mut text);
    parameters(function, &mut text);
    let errnos = function.errnos();
    if !errnos.is_empty() {
        text += "\n## Errors\n\n| | | when |\n| --- | --- | --- |\n";
        for (errno, when) in errnos {
            let _ = writeln!(text, "| {} | {errno} | {when} |", errno.number());
        }
        if function
            .param_infos
            .iter()
            .any(|info| matches!(info.kind, Kind::Path | Kind::Fd))
        {
            text += "\nand what the host's own call answers.\n";
        }
    }
    text += "\n## Who uses it\n\n";
    let none = |what: &str| match what.is_empty() {
        true => "nothing".to_owned(),
        false => what.to_owned(),
    };
    let _ = writeln!(text, "| | |\n| --- | --- |");
    let _ = writeln!(text, "| Go | {} |", none(note.go));
    let _ = writeln!(
        text,
        "| POSIX | {} |",
        match note.posix {
            "" => "nothing like it".to_owned(),
            posix => format!("`{posix}`"),
        }
    );
    let _ = writeln!(
        text,
        "| needs | {} |",
        match note.grant {
            "" => "nothing that must be given",
            grant => grant,
        }
    );
    let _ = write!(
        text,
        "\n## Example\n\n```wat\n{}```\n\n",
        note.example.wat()
    );
    let _ = writeln!(
        text,
        "`fossor explain --run {0}` runs it and shows the memory; as `x.wat` it can be traced: \
         `fossor trace {1}x.wat`.",
        function.name,
        note.example.flags()
    );
    Some(text.replace("\n\n\n", "\n\n"))
}

/// The type in wasm, and what to write in C and Go.
fn signatures(function: &Function, text: &mut String) {
    let cells: Vec<&str> = function.params.iter().map(|ty| wasm(*ty)).collect();
    let result = if function.has_result { " -> i32" } else { "" };
    let _ = writeln!(text, "```wat\n;; ({}){result}", cells.join(", "));
    let mut params = String::new();
    for (index, ty) in function.params.iter().enumerate() {
        let _ = write!(
            params,
            " (param ${} {})",
            function.param_name(index),
            wasm(*ty)
        );
    }
    let result = if function.has_result {
        " (result i32)"
    } else {
        ""
    };
    let _ = writeln!(
        text,
        "(import \"{}\" \"{}\"\n  (func{params}{result}))\n```\n",
        function.module, function.name
    );
    let of = |spell: fn(&Function, usize) -> String| {
        let params = 0..function.params.len();
        params
            .map(|index| spell(function, index))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let result = if function.has_result {
        "uint16_t"
    } else {
        "_Noreturn void"
    };
    let _ = writeln!(text, "```c\n{result} {}({});\n```\n", function.name, of(c));
    let result = if function.has_result { " uint32" } else { "" };
    let _ = writeln!(
        text,
        "```go\n//go:wasmimport {} {}\nfunc {}({}){result}\n```\n",
        function.module,
        function.name,
        function.name,
        of(go)
    );
}

fn parameters(function: &Function, text: &mut String) {
    if function.params.is_empty() {
        return;
    }
    text.push_str("| parameter | |\n| --- | --- |\n");
    for info in function.param_infos {
        let _ = writeln!(text, "| {} | {} |", info.name, about(info));
    }
    for info in function.result_infos {
        let (_, content) = spans::result(info.kind);
        let what = match content {
            Content::Struct(layout) => format!("a `{}`", layout.name),
            Content::Number(ty) => format!("the result, {}", ty.text()),
            _ => "the result".to_owned(),
        };
        let _ = writeln!(text, "| {} | where to store {what} |", info.name);
    }
}

fn about(info: &ParamInfo) -> String {
    match info.kind {
        Kind::Fd => "a descriptor".to_owned(),
        Kind::Path => "a path below the descriptor: address and length, UTF-8, no NUL".to_owned(),
        Kind::LinkText => "the text of the link: address and length".to_owned(),
        Kind::Iovecs => "buffers to fill: address and number of `iovec`s".to_owned(),
        Kind::Ciovecs => "buffers to take from: address and number of `ciovec`s".to_owned(),
        Kind::Buffer => "a buffer to fill: address and length".to_owned(),
        Kind::Pointer => "where to store them; the sizes come from the other function".to_owned(),
        Kind::Subscriptions => {
            "where the `subscription`s are, where to store `event`s, how many".to_owned()
        }
        Kind::Timestamp => "ns".to_owned(),
        Kind::FileSize | Kind::Offset => "bytes".to_owned(),
        Kind::FileDelta => "bytes, may be negative".to_owned(),
        Kind::Cookie => "0 from the start, or the `d_next` of the entry before".to_owned(),
        Kind::ExitCode => "the status; a process passes on its low 8 bits".to_owned(),
        Kind::Signal => "a number as of `kill -l`".to_owned(),
        kind => match super::types::of(kind) {
            Some(info) => {
                let items = info
                    .items
                    .iter()
                    .map(|item| format!("{} {}", item.name, item.value));
                let items: Vec<String> = items.collect();
                match items.len() {
                    0 => format!("`{}`: none is defined, 0", info.witx_name()),
                    1..=8 => format!("`{}`: {}", info.witx_name(), items.join(", ")),
                    count => format!("`{}`: one of {count}, or several", info.witx_name()),
                }
            }
            None => "a number".to_owned(),
        },
    }
}

fn c(function: &Function, index: usize) -> String {
    let name = function.param_name(index);
    let results = function.params.len() - function.result_infos.len();
    if let Some(info) = index
        .checked_sub(results)
        .map(|at| &function.result_infos[at])
    {
        let (_, content) = spans::result(info.kind);
        let ty = match content {
            Content::Struct(layout) => layout.name.to_owned(),
            Content::Number(ty) => format!("uint{}_t", 8 * ty.size_bytes()),
            _ => "void".to_owned(),
        };
        return format!("{ty} *{name}");
    }
    let ty = match (kind(function, index), function.params[index]) {
        (Some(Kind::Path | Kind::LinkText), AbiType::I32) if !name.ends_with("_len") => {
            "const char *"
        }
        (Some(Kind::Iovecs), _) if !name.ends_with("_len") => "const iovec *",
        (Some(Kind::Ciovecs), _) if !name.ends_with("_len") => "const ciovec *",
        (Some(Kind::Buffer | Kind::Pointer), _) if !name.ends_with("_len") => "uint8_t *",
        (Some(Kind::Subscriptions), _) if name == "in" => "const subscription *",
        (Some(Kind::Subscriptions), _) if name == "out" => "event *",
        (Some(Kind::FileDelta), _) => "int64_t ",
        (_, AbiType::I32) => "uint32_t ",
        (_, AbiType::I64) => "uint64_t ",
    };
    format!("{ty}{name}")
}

fn go(function: &Function, index: usize) -> String {
    let name = function.param_name(index);
    let pointer = index + function.result_infos.len() >= function.params.len()
        || matches!(
            kind(function, index),
            Some(
                Kind::Path
                    | Kind::LinkText
                    | Kind::Iovecs
                    | Kind::Ciovecs
                    | Kind::Buffer
                    | Kind::Pointer
                    | Kind::Subscriptions
            )
        ) && !name.ends_with("_len")
            && name != "nsubscriptions";
    let ty = match (pointer, function.params[index]) {
        (true, _) => "unsafe.Pointer",
        (false, AbiType::I32) => "uint32",
        (false, AbiType::I64)
            if name == "offset" && kind(function, index) == Some(Kind::FileDelta) =>
        {
            "int64"
        }
        (false, AbiType::I64) => "uint64",
    };
    format!("{} {ty}", camel(&name))
}

/// The kind of the parameter that a cell belongs to.
fn kind(function: &Function, index: usize) -> Option<Kind> {
    let mut at = 0;
    let found = function.param_infos.iter().find(|info| {
        at += info.kind.cells().len();
        index < at
    });
    found.map(|info| info.kind)
}

fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let mut text = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut chars = word.chars();
        text.extend(chars.next().map(|first| first.to_ascii_uppercase()));
        text.push_str(chars.as_str());
    }
    text
}

fn wasm(ty: AbiType) -> &'static str {
    match ty {
        AbiType::I32 => "i32",
        AbiType::I64 => "i64",
    }
}

/// Documentation as one line.
pub(super) fn sentence(doc: &str) -> String {
    doc.split_whitespace().collect::<Vec<_>>().join(" ")
}
