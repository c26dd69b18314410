//! `cargo xtask tour`: the commands of `docs/tour.md`, and whether they print
//! what the page says.

use crate::error::Error;
use crate::process::{self, Input};
use crate::tally::Tally;
use crate::{runtime, workspace};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// What `cargo xtask tour` takes.
#[derive(clap::Args, Default)]
pub struct Options {
    /// Run this instead of the release build of fossor.
    #[arg(long, value_name = "PROGRAM")]
    pub runtime: Option<PathBuf>,
    /// Write what the commands print into the page.
    #[arg(long)]
    pub write: bool,
}

const LIMIT: Duration = Duration::from_secs(60);

/// Runs all commands, and compares or writes.
pub fn perform(options: &Options) -> Result<Tally, Error> {
    let page = workspace::root().join("docs").join("tour.md");
    let fossor = runtime::binary(options.runtime.as_deref())?;
    let text = workspace::read(&page)?;
    let (fresh, changed, commands) = rerun(&text, |command| print(&fossor, command))?;
    if options.write {
        workspace::write(&page, fresh)?;
    }
    let mut tally = Tally::default();
    for command in &changed {
        println!("CHANGED  {command}");
    }
    tally.failed += if options.write {
        0
    } else {
        changed.len() as u64
    };
    tally.passed += commands - tally.failed;
    if tally.failed > 0 {
        println!("`cargo xtask tour --write` writes what they print now: read it, too");
    }
    println!("tour: {tally}");
    Ok(tally)
}

/// The page with what its commands print now, the commands that print something
/// else than the page says, and how many there are.
fn rerun(
    text: &str,
    mut print: impl FnMut(&str) -> Result<String, Error>,
) -> Result<(String, Vec<String>, u64), Error> {
    let mut fresh = String::new();
    let mut changed = Vec::new();
    let mut commands = 0;
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        fresh += &format!("{line}\n");
        if line != "```console" {
            continue;
        }
        let command = lines.next().and_then(|line| line.strip_prefix("$ "));
        let command = command.ok_or_else(|| {
            Error::message("docs/tour.md: a block of a console begins with `$ ` and a command")
        })?;
        let mut old = String::new();
        for line in lines.by_ref().take_while(|line| *line != "```") {
            old += &format!("{line}\n");
        }
        let printed = print(command)?;
        if printed != old {
            changed.push(command.to_owned());
        }
        commands += 1;
        fresh += &format!("$ {command}\n{printed}```\n");
    }
    Ok((fresh, changed, commands))
}

/// What a command prints, run beside the module with Fossor on PATH.
fn print(fossor: &Path, command: &str) -> Result<String, Error> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let directory = fossor.parent().map(Path::to_path_buf);
    let paths = directory.into_iter().chain(std::env::split_paths(&path));
    let path = std::env::join_paths(paths).map_err(|error| Error::message(error.to_string()))?;
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(command).env("PATH", path);
    shell.current_dir(workspace::fixtures().join("prebuilt"));
    let got = process::capture(&mut shell, &Input::Empty, LIMIT)?;
    let text = String::from_utf8_lossy(&got.stdout).into_owned();
    match got.status.success() {
        true => Ok(text),
        false => Err(Error::message(format!(
            "docs/tour.md: `{command}` failed:\n{}",
            String::from_utf8_lossy(&got.stderr)
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_run_and_written_anew() {
        let page = "a\n```console\n$ one\nold\n```\nb\n```console\n$ two\n2\n```\n";
        let print = |command: &str| Ok(if command == "one" { "new\n" } else { "2\n" }.to_owned());
        let (fresh, changed, commands) = rerun(page, print).unwrap();
        assert_eq!(fresh, page.replace("old", "new"));
        assert_eq!((changed, commands), (vec!["one".to_owned()], 2));
        assert!(rerun("```console\nno prompt\n```\n", print).is_err());
    }
}
