//! `fossor completions` and `fossor man`, both from what clap knows.

use crate::arguments::Arguments;
use crate::codes::{Code, exit};
use crate::output;
use clap::CommandFactory;
use clap_mangen::roff::{Roff, bold, roman};

/// Prints completions for a shell.
pub fn completions(shell: clap_complete::Shell) {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "fossor", &mut script);
    output::print(&String::from_utf8_lossy(&script));
}

/// Prints the manual page: the commands, the flags of each, and all messages.
pub fn man() {
    let mut command = Arguments::command();
    command.build();
    let mut page = Vec::new();
    // Writing into memory does not fail.
    let _ = render(&command, &mut page);
    output::print(&String::from_utf8_lossy(&page));
}

fn render(command: &clap::Command, page: &mut Vec<u8>) -> std::io::Result<()> {
    let man = clap_mangen::Man::new(command.clone());
    man.render_title(page)?;
    man.render_name_section(page)?;
    man.render_synopsis_section(page)?;
    man.render_description_section(page)?;
    for subcommand in command.get_subcommands() {
        if subcommand.get_name() == "help" {
            continue;
        }
        let mut heading = Roff::new();
        heading.control(
            "SH",
            [format!("fossor {}", subcommand.get_name())
                .to_uppercase()
                .as_str()],
        );
        heading.to_writer(page)?;
        let man = clap_mangen::Man::new(subcommand.clone());
        let mut options = Vec::new();
        man.render_description_section(&mut options)?;
        man.render_options_section(&mut options)?;
        if let Some(notes) = subcommand.get_after_help() {
            let mut section = Roff::new();
            section.control("SH", ["NOTES"]).control("nf", []);
            section.text([roman(notes.to_string())]).control("fi", []);
            section.to_writer(&mut options)?;
        }
        // Below the command's heading, not beside it.
        page.extend(
            String::from_utf8_lossy(&options)
                .replace(".SH ", ".SS ")
                .bytes(),
        );
    }
    let mut messages = Roff::new();
    messages.control("SH", ["MESSAGES"]);
    for code in Code::ALL {
        messages.control("TP", []);
        let exit = match code.exit() {
            exit::NONE => " (a hint)".to_owned(),
            exit::SIGNAL => " (exit code 128 and the signal's number)".to_owned(),
            exit => format!(" (exit code {exit})"),
        };
        messages.text([bold(code.text()), roman(exit)]);
        messages.text([roman(code.explanation())]);
    }
    messages.to_writer(page)
}
