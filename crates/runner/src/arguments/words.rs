//! From words to a command.

use super::{Arguments, Command, RunArguments};
use clap::Parser;
use std::ffi::OsString;

/// `fossor run` without the other commands. Those are most of the flags, and to make
/// clap's description of all of them executes 170 KB of code, at each start.
#[derive(Parser)]
struct RunAlone {
    #[command(flatten)]
    run: RunArguments,
}

/// The command that the words mean, or what clap has to say.
pub fn parse(words: &[OsString]) -> Result<Command, clap::Error> {
    if let [_, rest @ ..] = words
        && rest.first().is_some_and(|name| name == "run")
        && let Ok(alone) = RunAlone::try_parse_from(rest)
    {
        return Ok(Command::Run(Box::new(alone.run)));
    }
    // Help and errors are the whole command's.
    Arguments::try_parse_from(words).map(|arguments| arguments.command)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn run_alone_has_the_flags_of_run() {
        let (mut alone, mut whole) = (RunAlone::command(), Arguments::command());
        alone.build();
        whole.build();
        let run = whole.find_subcommand("run").expect("there is one");
        let flags = |command: &clap::Command| {
            let flags = command.get_arguments();
            Vec::from_iter(flags.map(|flag| format!("{flag:?}")))
        };
        assert_eq!(flags(&alone), flags(run));
    }

    #[test]
    fn errors_and_other_commands_are_the_whole_commands() {
        let parse = |line: &str| parse(&Vec::from_iter(line.split(' ').map(OsString::from)));
        assert!(matches!(parse("fossor man"), Ok(Command::Man)));
        let Ok(Command::Run(run)) = parse("fossor run --fuel 7 run.wasm -x") else {
            panic!("it runs a program");
        };
        assert_eq!(run.module_and_args, ["run.wasm", "-x"]);
        assert_eq!(run.limits.fuel, Some(7));
        for wrong in [
            "fossor run --no-such-flag",
            "fossor run --help",
            "fossor run",
        ] {
            let said = parse(wrong).err().expect(wrong).to_string();
            assert!(said.contains("Usage: fossor"), "{said}");
        }
    }
}
