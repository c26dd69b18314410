//! `fossor`, the command: runs WebAssembly programs from the command line, and
//! is Go's exec wrapper under the name `go_wasip1_wasm_exec`.
//!
//! [`arguments`] is the command line, [`run`] the main command; [`codes`] lists
//! everything that can go wrong. Only this crate prints or exits, and it is
//! built on the crate `fossor` alone.

#![forbid(unsafe_code)]

mod arguments;
mod codes;
#[cfg(feature = "count")]
mod count;
mod debug;
mod diff;
mod disassemble;
mod ending;
mod environment;
mod exec_wrapper;
mod explain;
mod failure;
mod fault;
mod inspect;
mod install;
mod invoke;
mod invoke_values;
mod logging;
mod manual;
mod module_file;
mod mount;
mod observe;
mod output;
mod profile;
mod record;
mod run;
mod signals;
mod spelling;
mod timer_slack;
mod trace;
mod units;
mod usage;
mod wast;
mod watch;

use arguments::{Command, RunArguments};
use clap::error::ErrorKind;
use failure::Failure;
use std::ffi::OsString;

fn main() {
    fault::report_panics();
    let words = Vec::from_iter(std::env::args_os());
    let code = perform(words).unwrap_or_else(|failure| {
        failure.print();
        failure.exit()
    });
    // Nothing is dropped: the system is faster at taking memory back.
    std::process::exit(code.into());
}

/// Does what the command line says; gives the exit code.
fn perform(words: Vec<OsString>) -> Result<u8, Failure> {
    if words
        .first()
        .is_some_and(|name| exec_wrapper::is_wrapper(name))
    {
        let arguments = exec_wrapper::arguments(&words)?;
        return run::run(arguments);
    }
    match parse(words)? {
        None => return Ok(0),
        Some(Command::Run(arguments)) => return run::run(without_dashes(*arguments)),
        Some(Command::Trace(arguments)) => {
            let run = without_dashes(arguments.run);
            return run::traced(run, Some(arguments.trace));
        }
        Some(Command::Debug(mut arguments)) => {
            arguments.run = without_dashes(arguments.run);
            return debug::debug(*arguments);
        }
        Some(Command::Replay(arguments)) => return record::replay(*arguments),
        Some(Command::Invoke(command)) => return invoke::invoke((*command).into()),
        Some(Command::Profile(mut arguments)) => {
            arguments.run = without_dashes(arguments.run);
            return profile::run(*arguments);
        }
        Some(Command::Inspect(arguments)) => return inspect::run(&arguments),
        Some(Command::Diff(arguments)) => return diff::run(&arguments),
        Some(Command::Wast(arguments)) => return wast::run(&arguments),
        Some(Command::Disassemble(arguments)) => disassemble::run(&arguments)?,
        Some(Command::Explain(arguments)) => explain::run(&arguments)?,
        Some(Command::InstallExec(arguments)) => install::install(&arguments)?,
        Some(Command::Completions { shell }) => manual::completions(shell),
        Some(Command::Man) => manual::man(),
    }
    Ok(0)
}

/// `MODULE -- ARGS`: the dashes are a separator.
fn without_dashes(mut arguments: RunArguments) -> RunArguments {
    let words = &mut arguments.module_and_args;
    if words.get(1).is_some_and(|word| word == "--") {
        words.remove(1);
    }
    arguments
}

/// The command; `None` if help or the version was asked for and printed.
fn parse(mut words: Vec<OsString>) -> Result<Option<Command>, Failure> {
    spelling::insert_run(&mut words);
    if words.get(1).is_some_and(|word| {
        ["run", "trace", "profile", "debug"]
            .iter()
            .any(|name| word == *name)
    }) {
        spelling::double_dashes(&mut words[2..]);
    }
    let help = match words.get(1).and_then(|word| word.to_str()) {
        Some(name) if arguments::COMMANDS.contains(&name) => format!("fossor {name} --help"),
        _ => "fossor --help".to_owned(),
    };
    match arguments::parse(&words) {
        Ok(command) => Ok(Some(command)),
        Err(error) => match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
                // A reader that has gone is no error.
                let _ = error.print();
                Ok(None)
            }
            ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
                let _ = error.print();
                Err(Failure::new(
                    codes::Code::Usage,
                    "a module or a command is missing",
                ))
            }
            _ => Err(usage::failure(&error, &help)),
        },
    }
}
