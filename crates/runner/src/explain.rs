//! `fossor explain`: pages of `fossor-teach`, and of our own messages.

use crate::arguments::ExplainArguments;
use crate::codes::{Code, exit};
use crate::failure::Failure;
use crate::output;
use fossor_teach::explain::{self, NOTES, Style, rendered};
use std::io::IsTerminal;

/// Explains a topic, or lists all.
pub fn run(arguments: &ExplainArguments) -> Result<(), Failure> {
    let topic = arguments.topic.join(" ");
    if topic.is_empty() {
        output::print(&list());
        return Ok(());
    }
    if arguments.run {
        return example(&topic);
    }
    let code = Code::ALL
        .iter()
        .find(|code| code.text().eq_ignore_ascii_case(&topic));
    let page = match code {
        Some(code) => Some(message(*code)),
        None => explain::page(&topic),
    };
    let page = page.ok_or_else(|| unknown(&topic))?;
    output::print(&rendered(&page, style()));
    Ok(())
}

fn style() -> Style {
    let plain = !std::io::stdout().is_terminal() || std::env::var_os("NO_COLOR").is_some();
    if plain { Style::default() } else { Style::ANSI }
}

fn list() -> String {
    let mut page = "# Topics\n\nfossor explain TOPIC, for one of these, the name or number of an \
                    error, a flag's name,\nor the code of a message of Fossor's (F0102).\n"
        .to_owned();
    let mut group = "";
    for topic in explain::topics() {
        if topic.group != group {
            group = topic.group;
            page += &format!("\n## {group}\n\n| | |\n| --- | --- |\n");
        }
        page += &format!("| {} | {} |\n", topic.name, topic.about);
    }
    rendered(&page, style())
}

fn message(code: Code) -> String {
    let exit = match code.exit() {
        exit::NONE => "It is a hint; the exit code is the guest's.".to_owned(),
        exit => format!("The exit code is {exit}."),
    };
    format!("# {}\n\n{}\n\n{exit}\n", code.text(), code.explanation())
}

fn unknown(topic: &str) -> Failure {
    let codes = Code::ALL.iter().map(|code| code.text());
    let nearest = explain::nearest(topic, codes);
    let failure = Failure::new(
        Code::Topic,
        format!("there is nothing to explain `{topic}`"),
    );
    match nearest.is_empty() {
        true => failure.help("`fossor explain` lists all topics"),
        false => failure.help(format!("like it are {}", nearest.join(", "))),
    }
}

/// Runs a function's example and shows what it did.
fn example(topic: &str) -> Result<(), Failure> {
    let function = explain::function(topic);
    let note = function.and_then(|function| NOTES.iter().find(|note| note.name == function.name));
    let Some(note) = note else {
        let sentence = format!("--run takes a function of WASI, and `{topic}` is none");
        let nearest = explain::nearest(topic, []);
        return Err(
            Failure::new(Code::Topic, sentence).help(format!("like it are {}", nearest.join(", ")))
        );
    };
    let directory = std::env::temp_dir().join(format!("fossor-explain-{}", std::process::id()));
    let shown = std::fs::create_dir(&directory)
        .map_err(Into::into)
        .and_then(|()| note.example.run(&directory));
    // What cannot be removed is the system's to remove.
    let _ = std::fs::remove_dir_all(&directory);
    let shown = shown.map_err(|error| {
        let sentence = format!("the example needs {}: {error}", directory.display());
        Failure::new(Code::Output, sentence)
    })?;
    let mut text = String::new();
    for line in shown.first.iter().chain([&shown.line]) {
        text += &format!("{line}\n");
    }
    text += &format!("\n{}", shown.memory);
    if !shown.stdout.is_empty() {
        text += &format!(
            "standard output:\n  {:?}\n",
            String::from_utf8_lossy(&shown.stdout)
        );
    }
    output::print(&text);
    Ok(())
}
